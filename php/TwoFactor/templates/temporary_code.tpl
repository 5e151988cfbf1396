<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-temporary">
<h2 id="tf-temporary">{$t->temporary_title|escape} {$name|escape}</h2>
<p class="tf-secret"><code>{$code|escape}</code></p>
<p>{$show->text('temporary_until', $until)|escape}</p>
<p class="tf-note tf-careful">{$t->temporary_tell|escape}</p>
<p>{$t->temporary_how|escape}</p>
<a class="tf-button" href="{$back|escape}">{$t->temporary_told|escape}</a>
</section>
</div>
