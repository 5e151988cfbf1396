<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-encouraged">
<h2 id="tf-encouraged">{$t->encouraged_title|escape}</h2>
<p>{if $is_enrolled}{$t->encouraged_stronger|escape}{else}{$t->encouraged_about|escape}{/if}</p>
<form method="post" action="moduleinterface.php" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='page' do='skip'}
<p class="tf-actions"><a class="tf-button" href="{$back|escape}">{$t->encouraged_set_up|escape}</a>
<button type="submit" class="tf-button tf-light">{$t->encouraged_later|escape}</button></p>
</form>
</section>
</div>
