<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl(['tab' => 'providers'])|escape}">{$t->all_providers|escape}</a></p>
<h2>{$name|escape}</h2>
<p>{$t->provider_log_about|escape}</p>
<table class="tf-table">
<caption>{$name|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_to|escape}</th><th scope="col">{$t->col_method|escape}</th><th scope="col">{$t->col_state|escape}</th></tr></thead>
<tbody>
{foreach $entries as $one}
<tr><td data-label="{$t->col_time|escape}"><bdi dir="ltr">{$one.timestamp|escape}</bdi></td><td data-label="{$t->col_to|escape}"><bdi dir="ltr">{$one.phone|escape}</bdi> {$one.country|escape}</td><td data-label="{$t->col_method|escape}">{$one.type|escape}</td><td data-label="{$t->col_state|escape}">{$one.status|escape}</td></tr>
{foreachelse}
<tr><td colspan="4">{$t->no_messages|escape}</td></tr>
{/foreach}
</tbody></table>
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
