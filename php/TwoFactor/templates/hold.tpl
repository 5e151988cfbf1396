<section class="tf-panel" aria-labelledby="tf-hold">
<h2 id="tf-hold">{$t->hold_title|escape}</h2>
<p class="tf-note tf-careful">{$show->text('hold_since', $show->moment($account->heldSince()))|escape}</p>
<p>{$t->hold_about|escape}</p>
{if $account->codeEndsHold()}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='end-hold'}
<input type="hidden" name="{$p}release_method" value="{$codes_kind|escape}">
<div class="tf-row"><label for="tf-release-code">{if $codes_kind == 'recovery'}{$t->hold_code_recovery|escape}{else}{$t->hold_code|escape}{/if}</label>
<input id="tf-release-code" name="{$p}release_code" type="text" class="tf-code" value="" required spellcheck="false" autocapitalize="characters" maxlength="64" aria-describedby="tf-release-about"></div>
<p class="tf-hint" id="tf-release-about">{$t->hold_code_about|escape}</p>
<button type="submit" class="tf-button">{$t->hold_end|escape}</button>
</form>
{else}
<p>{$t->hold_ask|escape}</p>
{/if}
</section>
