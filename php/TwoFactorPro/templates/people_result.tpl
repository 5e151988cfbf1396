<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
<section class="tf-panel" aria-labelledby="tf-people">
<h2 id="tf-people">{$title|escape}</h2>
<p class="tf-note" role="status">{$how|escape}</p>
<p>{$about|escape}</p>
{include file='module_file_tpl:TwoFactorPro;people_far.tpl'}
<p><a href="{$back|escape}">{$t->people_back|escape}</a></p>
</section>
</div>
