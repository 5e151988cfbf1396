<div class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-state">
<h2 id="tf-state">{$t->state_title|escape}</h2>
{if $enrolled}
<p class="tf-state tf-good">{$t->state_on|escape}</p>
<dl class="tf-facts">
<dt>{$t->method_totp|escape}</dt><dd>{if $app_disabled}<strong class="tf-bad">{$t->method_disabled_short|escape}</strong>{elseif $has_app}{$t->is_set_up|escape}{else}{$t->is_not_set_up|escape}{/if}</dd>
<dt>{$t->method_backup|escape}</dt><dd>{if $codes_few}<strong class="tf-bad">{/if}{$codes_left} {$t->codes_unused|escape}{if $codes_few}</strong>{/if}</dd>
<dt>{$t->last_verified|escape}</dt><dd>{$last|default:'–'|escape}</dd>
</dl>
{else}
<p class="tf-state tf-bad">{$t->state_off|escape}</p>
<p>{$t->state_off_about|escape}</p>
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
<button type="submit" class="tf-button">{$t->set_up_app|escape}</button>
</form>
{/if}
</section>
{if $enrolled}
<section class="tf-panel" aria-labelledby="tf-change">
<h2 id="tf-change">{$t->change_title|escape}</h2>
{if !$proven}
<p>{$t->prove_about|escape}</p>
{include file='module_file_tpl:TwoFactor;prove.tpl'}
{else}
<p>{$t->proven_for|escape} {$proven_for|escape}.</p>
<div class="tf-choices">
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
<h3>{$t->new_app_title|escape}</h3><p>{$t->new_app_about|escape}</p>
<button type="submit" class="tf-button">{$t->new_app|escape}</button></form>
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='regenerate'}
<h3>{$t->regenerate_title|escape}</h3><p>{$t->regenerate_about|escape}</p>
<button type="submit" class="tf-button">{$t->regenerate|escape}</button></form>
{if $primaries}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='primary'}
<h3><label for="tf-primary">{$t->primary_title|escape}</label></h3>
<select id="tf-primary" name="{$p}method">{foreach $primaries as $one}<option value="{$one.value|escape}"{if $one.value == $primary} selected{/if}>{$one.text|escape}</option>{/foreach}</select>
<button type="submit" class="tf-button">{$t->save|escape}</button></form>
{/if}
{if $has_app}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='remove'}
<input type="hidden" name="{$p}method" value="totp">
<h3>{$t->remove_title|escape}</h3><p>{$t->remove_about|escape}</p>
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->remove_confirm|escape}">{$t->remove|escape}</button></form>
{/if}
</div>
{/if}
</section>
{/if}
</div>
