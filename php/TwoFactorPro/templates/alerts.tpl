<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-alerts">
<h2 id="tf-alerts">{$t->tab_alerts|escape}</h2>
<p>{$t->alerts_about|escape}</p>
<p class="tf-hint">{$t->alerts_elsewhere|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='alerts-set'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{foreach $groups as $group => $kinds}<fieldset class="tf-choices"><legend>{$t->$group|escape}</legend>
{foreach $kinds as $one}<input type="hidden" name="{$p}kinds[]" value="{$one.name|escape}"><label><input type="checkbox" name="{$p}on[]" value="{$one.name|escape}"{if $one.is_on} checked{/if}> {$one.text|escape}</label>
{/foreach}</fieldset>
{/foreach}
{foreach $limits as $one}<div class="tf-row"><label for="tf-{$one.name|escape}">{$one.text|escape}</label>
<input id="tf-{$one.name|escape}" name="{$p}{$one.name|escape}" type="text" value="{$one.value|escape}" inputmode="numeric" maxlength="4" aria-describedby="tf-{$one.name|escape}-about"></div>
<p class="tf-hint" id="tf-{$one.name|escape}-about">{$one.about|escape}</p>
{/foreach}
<p class="tf-actions"><button type="submit" class="tf-button">{$t->alerts_save|escape}</button></p>
</form>
{/if}
</section>
<section class="tf-panel" aria-labelledby="tf-latest">
<h2 id="tf-latest">{$t->alerts_latest|escape}</h2>
<p>{if $moved}{$show->text('alerts_moved', $moved)|escape}{else}{$t->alerts_not_yet|escape}{/if}</p>
<table class="tf-table"><caption>{$t->alerts_latest|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_alert|escape}</th></tr></thead>
<tbody>
{foreach $latest as $one}<tr><th scope="row" data-label="{$t->col_time|escape}">{$one.at|escape}</th><td data-label="{$t->col_user|escape}">{$one.user|escape}</td><td data-label="{$t->col_alert|escape}">{$one.kind|escape}</td></tr>
{foreachelse}<tr><td colspan="3">{$t->alerts_none|escape}</td></tr>
{/foreach}
</tbody></table>
<h3>{$t->alerts_to_administrators|escape}</h3>
<p>{$show->text('alerts_managers', $managers)|escape} {if $told}{$show->text('alerts_digest_at', $told)|escape}{/if} {if $waits}{$t->alerts_digest_waits|escape}{/if}</p>
</section>
<section class="tf-panel" aria-labelledby="tf-example">
<h2 id="tf-example">{$t->alerts_example|escape}</h2>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='alerts-preview'}
<fieldset class="tf-choices" id="tf-kind"><legend>{$t->col_alert|escape}</legend>
{foreach $examples as $one}<label><input type="radio" name="{$p}example" value="{$one.value|escape}"{if $one.value == $kind} checked{/if}> {$one.text|escape}</label>
{/foreach}</fieldset>
<div class="tf-row"><label for="tf-language">{$t->alerts_language|escape}</label>
<select id="tf-language" name="{$p}language">{foreach $languages as $one}<option value="{$one|escape}"{if $one == $language} selected{/if}>{$show->named('text_language', $one)|escape}</option>{/foreach}</select></div>
<p><button type="submit" class="tf-button tf-light">{$t->alerts_show|escape}</button></p>
</form>
<h3 lang="{$language|escape}" dir="auto">{$mail->subject()|escape}</h3>
<blockquote class="tf-note tf-plain" lang="{$language|escape}" dir="auto">{$mail->text()|escape|nl2br}</blockquote>
</section>
</div>
