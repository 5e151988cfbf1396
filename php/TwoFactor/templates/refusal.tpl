<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{if $good|default:false}<p class="tf-note" role="status">{$message|escape}</p>{else}<p class="tf-alert" role="alert">{$message|escape}</p>{/if}
{if $detail|default:''}<p lang="en">{$detail|escape}</p>{/if}
</div>
