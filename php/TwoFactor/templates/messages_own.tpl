{if $message|default:''}<p class="tf-note" role="status">{$message|escape}</p>{/if}
{if $problem|default:'' && $at|default:'' != 'start-phone'}{include file='module_file_tpl:TwoFactor;problem.tpl'}{/if}
{if $detail|default:''}<p lang="en">{$detail|escape}</p>{/if}
{if $findings|default:''}{foreach $findings as $one}<p class="tf-finding"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>{/foreach}{/if}
