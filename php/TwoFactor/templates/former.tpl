<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-former">
<h2 id="tf-former">{$t->former_title|escape}</h2>
<p>{$about|escape}</p>
{if $owing}<p>{$owing|escape}</p>{/if}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
{if $must_prove}{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='defaultadmin' tab='former'}{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='remove-former'}
{if $must_prove}<p>{$t->prove_to_act|escape}</p>{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}{/if}
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->former_remove_confirm|escape}">{$t->former_remove|escape}</button>
</form>
{/if}
</section>
</div>
