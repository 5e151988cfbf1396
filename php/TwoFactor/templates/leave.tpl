<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-leave">
<h2 id="tf-leave">{$t->leave_title|escape}</h2>
<p>{$t->leave_about|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='remove-everything'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->leave_confirm}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<div class="tf-row"><label><input type="checkbox" name="{$p}sure" value="1" required{if $sure} checked{/if}> {$t->leave_sure|escape}</label></div>
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->leave_confirm|escape}">{$t->leave_remove|escape}</button>
</form>
{/if}
</section>
</div>
