<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
<section class="tf-panel" aria-labelledby="tf-people">
<h2 id="tf-people">{$act|escape}</h2>
{if $failed}<p class="tf-alert" role="alert">{$show->text('people_failed', count($failed))|escape}</p>
<table class="tf-table"><caption>{$show->text('people_failed', count($failed))|escape}</caption>
<thead><tr><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->people_why|escape}</th></tr></thead>
<tbody>{foreach $failed as $one}<tr><th scope="row" data-label="{$t->col_user|escape}">{$one.name|escape}</th><td data-label="{$t->people_why|escape}">{$one.why|escape}</td></tr>
{/foreach}</tbody></table>{/if}
{if $done}<p class="tf-note" role="status">{$show->text('people_done', count($done))|escape}</p>
<ul class="tf-people">{foreach $done as $one}<li>{$one|escape}</li>
{/foreach}</ul>{/if}
<p><a href="{$back|escape}">{$t->people_back|escape}</a></p>
</section>
</div>
