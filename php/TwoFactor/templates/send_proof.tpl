{if $sendable}<form method="post" action="moduleinterface.php" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page=$page do='send'}
{if $tab|default:''}<input type="hidden" name="{$p}tab" value="{$tab|escape}">{/if}
{if $sent}<p>{$sent|escape}</p>{/if}
<div class="tf-actions">{foreach $sendable as $one}<button type="submit" class="tf-button tf-light" name="{$p}method" value="{$one->value|escape}">{$show->named('send', $one->value)|escape}</button>{/foreach}</div>
{include file='module_file_tpl:TwoFactor;again.tpl'}
</form>{/if}
