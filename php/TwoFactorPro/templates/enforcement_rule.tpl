{$r = "tf-r{$rule.place}"}{$n = "{$p}{$rule.name}"}{$e = $rule.errors}
<fieldset class="tf-rule"{if !$is_licensed} disabled{/if}><legend>{$show->text('rule_title', $rule.place + 1)|escape}</legend>
{foreach $rule.notes as $note}<p class="tf-note tf-careful">{$note|escape}</p>{/foreach}
{if $rule.kept}
<p>{$t->rule_kept|escape}</p>
<pre class="tf-json" lang="en">{$rule.kept|escape}</pre>
{if $e.kept|default:''}<p class="tf-bad">{$e.kept|escape}</p>{/if}
<input type="hidden" name="{$n|escape}[kept]" value="{$rule.kept|escape}">
{else}
<fieldset class="tf-choices"{if $e.whom|default:''} aria-describedby="{$r}-whom-wrong"{/if}><legend>{$t->rule_whom|escape}</legend>
<label><input type="radio" name="{$n|escape}[whom]" value="all" class="tf-whom-all"{if $rule.whom == 'all'} checked{/if}{if $at == $rule.place + 1} autofocus{/if}> {$t->rule_all|escape}</label>
<label><input type="radio" name="{$n|escape}[whom]" value="named"{if $rule.whom != 'all'} checked{/if}> {$t->rule_named|escape}</label>
{if $e.whom|default:''}<p class="tf-bad" id="{$r}-whom-wrong">{$e.whom|escape}</p>{/if}</fieldset>
<div class="tf-named">{include file='module_file_tpl:TwoFactorPro;enforcement_named.tpl' one=$rule.of[0]}</div>
<details class="tf-group"{if $rule.of[1].is_open} open{/if}><summary>{$t->rule_except|escape}</summary>
{include file='module_file_tpl:TwoFactorPro;enforcement_named.tpl' one=$rule.of[1]}</details>
<div class="tf-row"><label for="{$r}-level">{$t->rule_level|escape}</label>
<select id="{$r}-level" name="{$n|escape}[level]">{foreach ['off', 'encourage', 'required', 'required-now'] as $level}<option value="{$level}"{if $level == $rule.level} selected{/if}>{$show->named('rule_level', $level)|escape}</option>{/foreach}</select></div>
<div class="tf-row tf-grace"><label for="{$r}-grace">{$t->rule_grace_days|escape}</label>
<input id="{$r}-grace" name="{$n|escape}[grace_days]" type="text" inputmode="numeric" maxlength="3" value="{$rule.grace_days|escape}" aria-describedby="{$r}-grace-about"{if $e.grace_days|default:''} aria-invalid="true"{/if}></div>
<p class="tf-hint tf-grace" id="{$r}-grace-about">{if $e.grace_days|default:''}<span class="tf-bad">{$e.grace_days|escape}</span> {/if}{$t->rule_grace_about|escape}</p>
<div class="tf-row tf-again-days"><label for="{$r}-again">{$t->rule_again_days|escape}</label>
<input id="{$r}-again" name="{$n|escape}[again_days]" type="text" inputmode="numeric" maxlength="3" value="{$rule.again_days|escape}"{if $e.again_days|default:''} aria-invalid="true" aria-describedby="{$r}-again-wrong"{/if}></div>
{if $e.again_days|default:''}<p class="tf-bad tf-again-days" id="{$r}-again-wrong">{$e.again_days|escape}</p>{/if}
<div class="tf-row"><label for="{$r}-sign-in">{$t->rule_sign_in|escape}</label>
<select id="{$r}-sign-in" name="{$n|escape}[sign_in]">{foreach ['any', 'no-restricted', 'phishing-resistant'] as $strength}<option value="{$strength}"{if $strength == $rule.sign_in} selected{/if}{if $strength == 'phishing-resistant'} disabled{/if}>{$show->named('rule_strength', $strength)|escape}</option>{/foreach}</select></div>
<div class="tf-row"><label for="{$r}-step-up">{$t->rule_step_up_strength|escape}</label>
<select id="{$r}-step-up" name="{$n|escape}[step_up]"><option value="">{$t->rule_strength_same|escape}</option>{foreach ['any', 'no-restricted', 'phishing-resistant'] as $strength}<option value="{$strength}"{if $strength == $rule.step_up} selected{/if}{if $strength == 'phishing-resistant'} disabled{/if}>{$show->named('rule_strength', $strength)|escape}</option>{/foreach}</select></div>
{/if}
{if $is_licensed}<p class="tf-actions"><button type="submit" class="tf-button tf-light" name="{$p}edit" value="remove-{$rule.place}" formnovalidate>{$show->text('rule_remove', $rule.place + 1)|escape}</button></p>{/if}
</fieldset>
