<table class="tf-table">
<caption>{$caption|escape}</caption>
<thead><tr><th scope="col">{$t->col_browser|escape}</th><th scope="col">{$t->col_ip|escape}</th><th scope="col">{$t->col_signed_in|escape}</th><th scope="col">{$t->col_seen|escape}</th><th scope="col">{$t->col_proven|escape}</th>{if $can_end}<th scope="col">{$t->col_end|escape}</th>{/if}</tr></thead>
<tbody>
{foreach $sessions as $one}
<tr><th scope="row" data-label="{$t->col_browser|escape}">{$show->device($one)|escape}</th><td data-label="{$t->col_ip|escape}"><bdi dir="ltr">{$show->unbroken($one->maskedAddress())|escape}</bdi></td><td data-label="{$t->col_signed_in|escape}">{$show->moment($one->createdAt())|escape}</td><td data-label="{$t->col_seen|escape}">{if $one->isCurrent()}<strong class="tf-good">{$t->session_now|escape}</strong>{else}{$show->ago($one->lastSeenAt())|escape}{/if}</td><td data-label="{$t->col_proven|escape}">{$show->proven($one)|escape}</td>{if $can_end}<td{if $one->isCurrent()} class="tf-none"{/if}>{if $one->isCurrent()}–{else}<button type="submit" class="tf-button tf-light" name="{$p}session" value="{$one->id()|escape}" aria-label="{$t->session_end|escape}: {$show->device($one)|escape}, {$show->moment($one->createdAt())|escape}">{$t->session_end|escape}</button>{/if}</td>{/if}</tr>
{foreachelse}
<tr><td colspan="{if $can_end}6{else}5{/if}">{$t->sessions_none|escape}</td></tr>
{/foreach}
</tbody></table>
