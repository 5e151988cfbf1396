<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-destination">
<h2 id="tf-destination">{$step|escape}</h2>
{include file='module_file_tpl:TwoFactor;waiting.tpl'}
<p><a href="{$back|escape}">{if $method == 'email'}{$t->give_up|escape}{else}{$t->other_number|escape}{/if}</a></p>
</section>
</div>
