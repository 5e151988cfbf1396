<div class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $of}<p>{$t->events_of|escape} <strong>{$of|escape}</strong>. <a href="{$all|escape}">{$t->events_all|escape}</a></p>
{if !$intact}<p class="tf-alert" role="alert">{$t->audit_broken|escape}</p>{else}<p class="tf-note">{$t->audit_intact|escape}{if $begins} {$begins|escape}{/if}</p>{/if}{/if}
<table class="tf-table">
<caption>{$t->tab_audit|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_event|escape}</th><th scope="col">{$t->col_method|escape}</th><th scope="col">{$t->col_by|escape}</th><th scope="col">{$t->col_ip|escape}</th></tr></thead>
<tbody>
{foreach $list as $event}
<tr><td data-label="{$t->col_time|escape}">{$event.at|escape}</td><td data-label="{$t->col_user|escape}">{$event.user|escape}</td><td data-label="{$t->col_event|escape}">{$event.what|escape}{if $event.circumstances}<br><small>{$event.circumstances|escape}</small>{/if}</td><td data-label="{$t->col_method|escape}">{$event.method|default:'–'|escape}</td><td data-label="{$t->col_by|escape}">{if $event.by}{$event.by|escape}{if $event.reason}: {$event.reason|escape}{/if}{else}–{/if}</td><td data-label="{$t->col_ip|escape}">{$event.ip|default:'–'|escape}</td></tr>
{foreachelse}
<tr><td colspan="6">{$t->no_events|escape}</td></tr>
{/foreach}
</tbody></table>
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
