<table class="tf-table">
<caption>{$caption|escape}</caption>
<thead><tr><th scope="col">{$t->col_browser|escape}</th><th scope="col">{$t->col_ip|escape}</th><th scope="col">{$t->col_trusted|escape}</th><th scope="col">{$t->col_used|escape}</th><th scope="col">{$t->col_until|escape}</th>{if $can_end}<th scope="col">{$t->col_remove|escape}</th>{/if}</tr></thead>
<tbody>
{foreach $devices as $one}
<tr><th scope="row" data-label="{$t->col_browser|escape}">{$show->device($one)|escape}{if $one->isCurrent()} <strong class="tf-good">{$t->device_now|escape}</strong>{/if}</th><td data-label="{$t->col_ip|escape}"><bdi dir="ltr">{$show->unbroken($one->maskedAddress())|escape}</bdi></td><td data-label="{$t->col_trusted|escape}">{$show->moment($one->createdAt())|escape}</td><td data-label="{$t->col_used|escape}">{$show->ago($one->lastUsedAt())|escape}</td><td data-label="{$t->col_until|escape}">{$show->moment($one->expiresAt())|escape}</td>{if $can_end}<td><button type="submit" class="tf-button tf-light" name="{$p}device" value="{$one->id()|escape}" aria-label="{$t->device_end|escape}: {$show->device($one)|escape}, {$show->moment($one->createdAt())|escape}">{$t->device_end|escape}</button></td>{/if}</tr>
{foreachelse}
<tr><td colspan="{if $can_end}6{else}5{/if}">{$t->devices_none|escape}</td></tr>
{/foreach}
</tbody></table>
