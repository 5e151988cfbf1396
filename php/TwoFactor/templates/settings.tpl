<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-password-reset">
<h2 id="tf-password-reset">{$t->reset_setting|escape}</h2>
<p class="tf-state">{if $reset_on}<span class="tf-good">{$t->on|escape}</span>{else}<span class="tf-bad">{$t->off|escape}</span>{/if}</p>
<p>{$t->reset_setting_about|escape}</p>
<p>{$t->reset_setting_risk|escape}</p>
{if !$reset_possible}
<p class="tf-note tf-careful">{$t->reset_setting_impossible|escape}</p>
{else}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
{if $must_prove}{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='defaultadmin' tab='settings'}{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='switch-reset'}
<input type="hidden" name="{$p}reset" value="{if $reset_on}off{else}on{/if}">
{if $must_prove}<p>{$t->prove_to_act|escape}</p>{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}{/if}
<button type="submit" class="tf-button">{if $reset_on}{$t->switch_off|escape}{else}{$t->switch_on|escape}{/if}</button>
</form>
{/if}
{/if}
</section>
{if !$has_premium}<p class="tf-hint">{$t->premium_about|escape}</p>{/if}
{if !$sees.users}<p><a href="{$show->adminUrl(['tab' => 'enrolment'])|escape}">{$t->enrolment_title|escape}</a></p>
{/if}{if $sees.leave}<p><a href="{$show->adminUrl(['tab' => 'leave'])|escape}">{$t->leave_title|escape}</a></p>
{/if}
</div>
