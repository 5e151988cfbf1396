{if $message|default:''}<p class="tf-note" role="status">{$message|escape}</p>{/if}
{if $problem|default:''}<p class="{if $calm|default:false}tf-note tf-careful{else}tf-alert{/if}" role="{if $calm|default:false}status{else}alert{/if}" id="tf-problem"{if $wait|default:0} data-wait="{$wait}" data-text="{$wait_text|escape}" data-over="{$wait_over|escape}"{/if}>{$problem|escape}</p>{/if}
{if $detail|default:''}<p lang="en">{$detail|escape}</p>{/if}
{if $findings|default:''}{foreach $findings as $one}<p class="tf-finding"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>{/foreach}{/if}
