<div class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-leave">
<h2 id="tf-leave">{$t->leave_title|escape}</h2>
<p>{$t->leave_about|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
{if $must_prove}{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='defaultadmin' tab='leave'}{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='remove-everything'}
{if $must_prove}<p>{$t->prove_to_act|escape}</p>{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}{/if}
<div class="tf-row"><label><input type="checkbox" name="{$p}sure" value="1" required> {$t->leave_sure|escape}</label></div>
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->leave_confirm|escape}">{$t->leave_remove|escape}</button>
</form>
{/if}
</section>
</div>
