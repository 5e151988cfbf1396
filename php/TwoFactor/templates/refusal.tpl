<div class="tf">
<p class="tf-alert" role="alert">{$message|escape}</p>
{if $detail|default:''}<p lang="en">{$detail|escape}</p>{/if}
</div>
