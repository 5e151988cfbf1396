{if $again}<p class="tf-hint tf-again" data-again="{$again}" hidden>{$t->again_in|escape} <span></span></p>{/if}
