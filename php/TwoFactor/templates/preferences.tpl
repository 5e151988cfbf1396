<div class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-state">
<h2 id="tf-state">{$t->state_title|escape}</h2>
{if $enrolled}
<p class="tf-state tf-good">{$t->state_on|escape}</p>
<dl class="tf-facts">
<dt>{$t->method_totp|escape}</dt><dd>{if $app_disabled}<strong class="tf-bad">{$t->method_disabled_short|escape}</strong>{elseif $has_app}{$t->is_set_up|escape}{else}{$t->is_not_set_up|escape}{/if}</dd>
{foreach $reached as $one}<dt>{$one.name|escape}</dt><dd>{if $one.disabled}<strong class="tf-bad">{$t->method_disabled_short|escape}</strong>{else}{$one.to|escape}{/if}</dd>
{/foreach}<dt>{$t->method_backup|escape}</dt><dd>{if $codes_few}<strong class="tf-bad">{/if}{$codes_left} {$t->codes_unused|escape}{if $codes_few}</strong>{/if}</dd>
{if $last}<dt>{$t->last_verified|escape}</dt><dd>{$last|escape}</dd>{/if}
</dl>
{if $drift}<p class="tf-note tf-careful">{$drift|escape}</p>{/if}
{else}
<p class="tf-state tf-bad">{$t->state_off|escape}</p>
{if $owes}<p class="tf-note tf-careful">{$t->former_owes|escape}</p>{/if}
<p>{$t->state_off_about|escape}</p>
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
<button type="submit" class="tf-button">{$t->set_up_app|escape}</button>
</form>
{/if}
</section>
{if $offers && !$enrolled}
<section class="tf-panel" aria-labelledby="tf-instead">
<h2 id="tf-instead">{$t->instead_title|escape}</h2>
<div class="tf-choices">
{include file='module_file_tpl:TwoFactor;offer_phone.tpl'}
{include file='module_file_tpl:TwoFactor;offer_email.tpl'}
</div>
</section>
{/if}
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
{if $has_app}<h3>{$t->new_app_title|escape}</h3><p>{$t->new_app_about|escape}</p>
<button type="submit" class="tf-button">{$t->new_app|escape}</button>{else}<h3>{$t->method_totp|escape}</h3><p>{$t->app_about|escape}</p>
<button type="submit" class="tf-button">{$t->set_up_app|escape}</button>{/if}</form>
{include file='module_file_tpl:TwoFactor;offer_phone.tpl'}
{include file='module_file_tpl:TwoFactor;offer_email.tpl'}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='regenerate'}
<h3>{$t->regenerate_title|escape}</h3><p>{$t->regenerate_about|escape}</p>
<button type="submit" class="tf-button">{$t->regenerate|escape}</button></form>
{if $primaries}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='primary'}
<h3><label for="tf-primary">{$t->primary_title|escape}</label></h3>
<select id="tf-primary" name="{$p}method">{foreach $primaries as $one}<option value="{$one.value|escape}"{if $one.value == $primary} selected{/if}>{$one.text|escape}</option>{/foreach}</select>
<button type="submit" class="tf-button tf-after">{$t->save|escape}</button></form>
{/if}
{if $removable}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='remove'}
{if $removes_one}<h3><label for="tf-remove">{$t->remove_one_title|escape}</label></h3>
<select id="tf-remove" name="{$p}method">{foreach $removable as $one}<option value="{$one.value|escape}">{$one.text|escape}</option>{/foreach}</select>
<button type="submit" class="tf-button tf-danger tf-after" data-confirm="{$t->remove_one_confirm|escape}">{$t->remove|escape}</button>
{else}<input type="hidden" name="{$p}method" value="{$removable.0.value|escape}">
<h3>{$t->remove_title|escape} {$removable.0.text|escape}</h3><p>{$t->remove_about|escape}</p>
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->remove_confirm|escape}">{$t->remove|escape}</button>{/if}</form>
{/if}
</div>
{/if}
</section>
{/if}
</div>
