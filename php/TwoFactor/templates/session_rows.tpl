<table class="tf-table">
<caption>{$caption|escape}</caption>
<thead><tr><th scope="col">{$t->col_browser|escape}</th><th scope="col">{$t->col_ip|escape}</th><th scope="col">{$t->col_signed_in|escape}</th><th scope="col">{$t->col_seen|escape}</th><th scope="col">{$t->col_proven|escape}</th>{if $can_end}<th scope="col">{$t->col_end|escape}</th>{/if}</tr></thead>
<tbody>
{foreach $sessions as $one}
<tr><th scope="row" data-label="{$t->col_browser|escape}">{$one.with|escape}</th><td data-label="{$t->col_ip|escape}">{$one.from|escape}</td><td data-label="{$t->col_signed_in|escape}">{$one.since|escape}</td><td data-label="{$t->col_seen|escape}">{if $one.current}<strong class="tf-good">{$one.seen|escape}</strong>{else}{$one.seen|escape}{/if}</td><td data-label="{$t->col_proven|escape}">{$one.by|escape}</td>{if $can_end}<td{if $one.current} class="tf-none"{/if}>{if $one.current}–{else}<button type="submit" class="tf-button tf-light" name="{$p}session" value="{$one.id|escape}" aria-label="{$t->session_end|escape}: {$one.with|escape}, {$one.since|escape}">{$t->session_end|escape}</button>{/if}</td>{/if}</tr>
{foreachelse}
<tr><td colspan="{if $can_end}6{else}5{/if}">{$t->sessions_none|escape}</td></tr>
{/foreach}
</tbody></table>
