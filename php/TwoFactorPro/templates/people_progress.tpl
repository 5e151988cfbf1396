<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-people">
<h2 id="tf-people">{$title|escape}</h2>
<p>{$about|escape}{if $search}<br>{$search|escape}{/if}</p>
<div id="tf-far">{include file='module_file_tpl:TwoFactorPro;people_far.tpl'}</div>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form"{if !$must_prove && !$problem} data-go-on="tf-far"{/if}>{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='people-go-on'}
{include file='module_file_tpl:TwoFactor;first_button.tpl'}
<input type="hidden" name="{$p}long" value="{$mark|escape}"><input type="hidden" name="{$p}reason" value="{$reason|escape}">
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p class="tf-actions"><button type="submit" class="tf-button{if $is_dangerous} tf-danger{/if}">{$t->people_go_on|escape}</button></p>
</form>
{/if}
<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='people-stop'}
<p class="tf-actions"><button type="submit" class="tf-button tf-light">{$t->people_stop|escape}</button></p>
</form>
<p><a href="{$back|escape}">{$t->people_back|escape}</a></p>
</section>
</div>
