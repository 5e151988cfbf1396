<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-everybody">
<h2 id="tf-everybody">{$t->everybody_title|escape}</h2>
<p>{$t->everybody_about|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='end-everybody'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->everybody_confirm}{/if}
<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" required maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->everybody_confirm|escape}">{$t->everybody_end|escape}</button>
</form>
{/if}
</section>
</div>
