<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl(['tab' => 'user', 'user' => $user_id])|escape}">{$name|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-devices">
<h2 id="tf-devices">{$t->devices_of|escape} {$name|escape}</h2>
<p>{$t->devices_of_about|escape}</p>
{if $obstacle || !$devices}
{include file='module_file_tpl:TwoFactor;operator.tpl'}
{include file='module_file_tpl:TwoFactorPro;device_rows.tpl' caption="{$t->devices_of} {$name}" can_end=false}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='end-user-device'}
<input type="hidden" name="{$p}user" value="{$user_id}">
{include file='module_file_tpl:TwoFactor;first_button.tpl'}{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{include file='module_file_tpl:TwoFactorPro;device_rows.tpl' caption="{$t->devices_of} {$name}" can_end=true}
<div class="tf-row"><label for="tf-reason">{$t->devices_reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="end-user-devices" data-confirm="{$t->devices_end_user_confirm|escape}">{$t->devices_end|escape}</button>
</form>
{/if}
</section>
</div>
