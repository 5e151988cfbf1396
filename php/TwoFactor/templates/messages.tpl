<div class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p>{$t->messages_about|escape}</p>
<table class="tf-table">
<caption>{$t->tab_messages|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_to|escape}</th><th scope="col">{$t->col_provider|escape}</th><th scope="col">{$t->col_state|escape}</th></tr></thead>
<tbody>
{foreach $list as $one}
<tr><td data-label="{$t->col_time|escape}" class="tf-whole">{$one.at|escape}</td><td data-label="{$t->col_user|escape}">{$one.user|escape}</td><td data-label="{$t->col_to|escape}">{$one.method|escape} {$one.to|escape}</td><td data-label="{$t->col_provider|escape}">{$one.provider|escape}{if $one.reference} <span class="tf-hint tf-reference">{$one.reference|escape}</span>{/if}</td><td data-label="{$t->col_state|escape}"><span{if $one.tone} class="tf-{$one.tone|escape}"{/if}>{$one.state|escape}</span>{if $one.detail} <span class="tf-hint">{$one.detail|escape}</span>{/if}</td></tr>
{foreachelse}
<tr><td colspan="5">{$t->no_messages|escape}</td></tr>
{/foreach}
</tbody></table>
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
