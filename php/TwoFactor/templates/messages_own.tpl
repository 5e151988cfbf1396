{if $message|default:''}<p class="tf-note" role="status">{$message|escape}</p>{/if}
{if $problem|default:''}<p class="tf-alert" role="alert">{$problem|escape}</p>{/if}
