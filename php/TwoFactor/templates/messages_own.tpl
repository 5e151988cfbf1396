{if $message|default:''}<p class="tf-note" role="status">{$message|escape}</p>{/if}
{if $problem|default:''}<p class="tf-alert" role="alert"{if $wait|default:0} data-wait="{$wait}" data-over="{$wait_over|escape}"{/if}>{$problem|escape}</p>{/if}
{if $detail|default:''}<p lang="en">{$detail|escape}</p>{/if}
