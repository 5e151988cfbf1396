{if $obstacle}<p class="tf-note tf-careful">{$obstacle|escape}{if $set_up} <a href="{$set_up|escape}">{$t->operator_set_up|escape}</a>{/if}</p>{/if}
