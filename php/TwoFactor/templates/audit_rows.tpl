<table class="tf-table">
<caption>{$t->tab_audit|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_event|escape}</th><th scope="col">{$t->col_method|escape}</th><th scope="col">{$t->col_by|escape}</th><th scope="col">{$t->col_ip|escape}</th></tr></thead>
<tbody>
{foreach $list as $one}{$event = $one.event}
<tr{if $one.goes_on} class="tf-goes-on"{/if}><td data-label="{$t->col_time|escape}" class="tf-whole">{$show->moment($event->at())|escape}</td><td data-label="{$t->col_user|escape}"><bdi>{$one.user|escape}</bdi></td><td data-label="{$t->col_event|escape}">{$one.what|escape}{if $one.circumstances}<br><small>{$one.circumstances|escape}</small>{/if}</td><td data-label="{$t->col_method|escape}" class="tf-whole{if !$event->method()} tf-none{/if}">{$show->method($event->method())|default:'–'|escape}{if $event->factorLabel() !== null}: <bdi>{$event->factorLabel()|escape}</bdi>{/if}</td><td data-label="{$t->col_by|escape}"{if !$one.by} class="tf-none"{/if}>{if $one.by}{$one.by|escape}{if $one.reason}: {$one.reason|escape}{/if}{else}–{/if}</td><td data-label="{$t->col_ip|escape}" class="tf-whole{if !$event->ip()} tf-none{/if}"><bdi dir="ltr">{$event->ip()|default:'–'|escape}</bdi></td></tr>
{foreachelse}
<tr><td colspan="6">{$t->no_events|escape}</td></tr>
{/foreach}
</tbody></table>
