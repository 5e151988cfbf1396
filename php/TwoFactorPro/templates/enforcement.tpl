<div class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-rules">
<h2 id="tf-rules">{$t->rules_title|escape}</h2>
<p>{$t->rules_about|escape}{if $is_licensed} {$t->rules_try_first|escape}{/if}</p>
<p><strong>{if $is_set}{$t->rules_are_set|escape}{else}{$t->rules_none|escape}{/if}</strong></p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='enforcement-try'}
{if !$is_licensed}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<div class="tf-row"><label for="tf-policy">{$t->rules_text|escape}</label>
<textarea id="tf-policy" name="{$p}policy" rows="12" cols="80" maxlength="32768" spellcheck="false" aria-describedby="tf-policy-about">{$rules|escape}</textarea></div>
<p class="tf-hint" id="tf-policy-about">{$t->rules_text_about|escape}</p>
{if $is_licensed}<p class="tf-actions"><button type="submit" class="tf-button tf-light" formnovalidate>{$t->rules_try|escape}</button></p>{/if}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{elseif $is_licensed || $is_set}
<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p class="tf-actions">{if $is_licensed}<button type="submit" class="tf-button" name="{$p}do" value="enforcement-set" data-confirm="{$t->rules_confirm|escape}">{$t->rules_save|escape}</button>{/if}
{if $is_set}<button type="submit" class="tf-button tf-danger" name="{$p}do" value="enforcement-remove" data-confirm="{$t->rules_remove_confirm|escape}">{$t->rules_remove|escape}</button>{/if}</p>
{/if}
</form>
<details><summary>{$t->rules_groups|escape}</summary>
<dl class="tf-facts">{foreach $groups as $id => $group}<dt>{$group|escape}</dt><dd>{$id|escape}</dd>{/foreach}</dl></details>
</section>
{if $is_read}<section class="tf-panel" aria-labelledby="tf-concerned">
<h2 id="tf-concerned">{if $is_tried}{$t->rules_would|escape}{else}{$t->rules_do|escape}{/if}</h2>
{if $concerned}
<table class="tf-table"><caption>{if $is_tried}{$t->rules_would|escape}{else}{$t->rules_do|escape}{/if}</caption>
<thead><tr><th scope="col">{$t->col_rule_user|escape}</th><th scope="col">{$t->col_rule_outcome|escape}</th><th scope="col">{$t->col_rule_due|escape}</th></tr></thead>
<tbody>
{foreach $concerned as $one}<tr><th scope="row" data-label="{$t->col_rule_user|escape}">{$one.name|escape}</th><td data-label="{$t->col_rule_outcome|escape}">{$show->named('rule', $one.outcome)|escape}</td><td data-label="{$t->col_rule_due|escape}">{if $one.due}{$show->moment($one.due)|escape}{else}{$t->rule_no_day|escape}{/if}</td></tr>
{/foreach}
</tbody></table>
{else}<p>{$t->rules_nobody|escape}</p>{/if}
</section>{/if}
</div>
