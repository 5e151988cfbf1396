<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" maxlength="200" required aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
