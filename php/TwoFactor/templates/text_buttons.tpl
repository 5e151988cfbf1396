<p><button type="submit" class="tf-button tf-light" formnovalidate>{$t->text_preview|escape}</button></p>
{if !$obstacle}{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p class="tf-actions"><button type="submit" class="tf-button" name="{$p}do" value="text-save">{$t->text_save|escape}</button>
{if $kept.text !== null}<button type="submit" class="tf-button tf-danger" name="{$p}do" value="text-remove">{$t->text_remove|escape}</button>{/if}</p>{/if}
