<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $rules === null}
<section class="tf-panel" aria-labelledby="tf-rules">
<h2 id="tf-rules">{$t->rules_title|escape}</h2>
<p>{$t->rules_not_shown|escape}</p>
<pre class="tf-json" lang="en">{$set|escape}</pre>
</section>
{else}
<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='enforcement-try'}
<button type="submit" class="tf-unseen" tabindex="-1" aria-hidden="true"{if $may_set} name="{$p}do" value="enforcement-set" data-confirm="{$t->rules_confirm|escape}"{else} formnovalidate{/if}></button>
<input type="hidden" name="{$p}base" value="{$base|escape}">{if $seen}<input type="hidden" name="{$p}seen" value="{$seen|escape}">{/if}
<section class="tf-panel" aria-labelledby="tf-rules">
<h2 id="tf-rules">{$t->rules_title|escape}</h2>
<p>{$t->rules_about|escape}{if $is_licensed} {$t->rules_try_first|escape}{/if}</p>
<p><strong>{if $is_example}{$t->rules_none|escape}{elseif $is_set && !$is_new}{$t->rules_are_set|escape}{else}{$t->rules_unsaved|escape}{/if}</strong></p>
{foreach $rules as $rule}{include file='module_file_tpl:TwoFactorPro;enforcement_rule.tpl'}
{/foreach}
{if $is_licensed}<p class="tf-actions"><button type="submit" class="tf-button tf-light" name="{$p}edit" value="add" formnovalidate{if $is_removed} autofocus{/if}>{$t->rule_add|escape}</button></p>
<p class="tf-actions"><button type="submit" class="tf-button{if $may_set} tf-light{/if}" formnovalidate>{$t->rules_try|escape}</button></p>{/if}
</section>
{if $foreseen}<section class="tf-panel" aria-labelledby="tf-concerned">
<h2 id="tf-concerned">{if $is_new}{$t->rules_would|escape}{else}{$t->rules_do|escape}{/if}</h2>
{if $foreseen.concerned}
<dl class="tf-facts">{foreach $foreseen.counts as $outcome => $count}<dt>{$show->named('rule', $outcome)|escape}</dt><dd>{$count|escape}</dd>{/foreach}</dl>
{if $foreseen.concerned > count($foreseen.first)}<p>{$show->text('rules_first_of', count($foreseen.first), $foreseen.concerned)|escape}</p>{/if}
<table class="tf-table"><caption>{if $is_new}{$t->rules_would|escape}{else}{$t->rules_do|escape}{/if}</caption>
<thead><tr><th scope="col">{$t->col_rule_user|escape}</th><th scope="col">{$t->col_rule_outcome|escape}</th><th scope="col">{$t->col_rule_due|escape}</th></tr></thead>
<tbody>
{foreach $foreseen.first as $one}<tr><th scope="row" data-label="{$t->col_rule_user|escape}">{$one.name|escape}</th><td data-label="{$t->col_rule_outcome|escape}">{$show->named('rule', $one.outcome)|escape}</td><td data-label="{$t->col_rule_due|escape}">{if $one.due}{$show->moment($one.due)|escape}{else}{$t->rule_no_day|escape}{/if}</td></tr>
{/foreach}
</tbody></table>
{else}<p>{$t->rules_nobody|escape}</p>{/if}
{if $foreseen.without_codes}<p class="tf-note tf-careful">{$show->text('rules_without_codes', $foreseen.without_codes)|escape}</p>
{/if}
{if $foreseen.looked_at < $foreseen.all}<p class="tf-note tf-careful">{$show->text('rules_looked_at', $foreseen.looked_at, $foreseen.all)|escape}</p>
<p class="tf-actions"><button type="submit" class="tf-button tf-light" formnovalidate>{$t->rules_look_on|escape}</button></p>{/if}
{if $may_set}{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}<div class="tf-form">
{include file='module_file_tpl:TwoFactorPro;enforcement_proof.tpl'}
<p class="tf-actions"><button type="submit" class="tf-button" name="{$p}do" value="enforcement-set" data-confirm="{$t->rules_confirm|escape}">{$t->rules_save|escape}</button></p>
</div>{/if}
{/if}
</section>{/if}
<input type="hidden" name="{$p}whole" value="1">
</form>
{/if}
{if $is_set && !$may_set}<section class="tf-panel" aria-labelledby="tf-rules-remove">
<h2 id="tf-rules-remove">{$t->rules_remove|escape}</h2>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='enforcement-remove'}
{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->rules_remove_confirm}
{include file='module_file_tpl:TwoFactorPro;enforcement_proof.tpl'}
<p class="tf-actions"><button type="submit" class="tf-button tf-danger" data-confirm="{$t->rules_remove_confirm|escape}">{$t->rules_remove|escape}</button></p>
</form>{/if}
</section>{/if}
{if $is_licensed}<details class="tf-panel"{if $json_open} open{/if}><summary>{$t->rules_json|escape}</summary>
<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='enforcement-try'}
<input type="hidden" name="{$p}edit" value="read"><input type="hidden" name="{$p}base" value="{$base|escape}">
<div class="tf-row"><label for="tf-policy">{$t->rules_text|escape}</label>
<textarea id="tf-policy" name="{$p}policy" rows="12" cols="80" maxlength="32768" spellcheck="false" lang="en" aria-describedby="tf-policy-about">{$json|escape}</textarea></div>
<p class="tf-hint" id="tf-policy-about">{$t->rules_text_about|escape}</p>
<p class="tf-actions"><button type="submit" class="tf-button tf-light">{$t->rules_json_read|escape}</button></p>
</form></details>{/if}
</div>
