<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-devices">
<h2 id="tf-devices">{$t->tab_devices|escape}</h2>
<p>{$t->device_days_about|escape}</p>
<p class="tf-state">{$state|escape}</p>
{if !$is_secure}<p class="tf-note tf-careful">{$t->device_days_insecure|escape}</p>{/if}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='device-days'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<div class="tf-row"><label for="tf-days">{$t->device_days|escape}</label>
<input id="tf-days" name="{$p}days" type="text" value="{$days|escape}" inputmode="numeric" maxlength="2" aria-describedby="tf-days-about"></div>
<p class="tf-hint" id="tf-days-about">{$t->device_days_hint|escape}</p>
<p class="tf-actions"><button type="submit" class="tf-button">{$t->device_days_save|escape}</button></p>
</form>
{/if}
</section>
</div>
