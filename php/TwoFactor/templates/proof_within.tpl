<fieldset class="tf-group"><legend>{$t->prove_title|escape}</legend>
{if $sendable}{if $sent}<p>{$sent|escape}</p>{/if}
<div class="tf-actions">{foreach $sendable as $one}<button type="submit" class="tf-button tf-light" name="{$p}send" value="{$one->value|escape}" formnovalidate>{$show->named('send', $one->value)|escape}</button>{/foreach}</div>
{include file='module_file_tpl:TwoFactor;again.tpl'}{/if}
{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}</fieldset>
