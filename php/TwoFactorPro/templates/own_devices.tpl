<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$back|escape}">{$t->sessions_back|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-devices">
<h2 id="tf-devices">{$t->devices_title|escape}</h2>
<p>{$t->devices_about|escape}</p>
{if $devices}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='page' do='end-device'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{include file='module_file_tpl:TwoFactorPro;device_rows.tpl' caption=$t->devices_title can_end=true}
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="end-devices" data-confirm="{$t->devices_end_confirm|escape}">{$t->devices_end|escape}</button>
</form>
{else}
{include file='module_file_tpl:TwoFactorPro;device_rows.tpl' caption=$t->devices_title can_end=false}
{/if}
</section>
</div>
