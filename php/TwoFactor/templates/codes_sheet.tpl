<section class="tf-panel tf-print" aria-labelledby="tf-codes">
{if $kind == 'recovery'}
<h2 id="tf-codes">{$t->codes_title_recovery|escape}</h2>
<p>{$t->codes_about_recovery|escape}</p>
<p>{$t->codes_jump_recovery|escape}</p>
<p class="tf-note tf-careful">{$last|escape}</p>
{else}
<h2 id="tf-codes">{$t->codes_title|escape}</h2>
<p>{$t->codes_about|escape}</p>
{/if}
<p class="tf-hint">{$site|escape}, {$name|escape}, {$date|escape}</p>
{if $kind == 'recovery'}
<ol class="tf-codes tf-numbered">{foreach $codes as $code}<li><code>{$code|escape}</code></li>{/foreach}</ol>
{else}
<ul class="tf-codes">{foreach $codes as $code}<li><code>{$code|escape}</code></li>{/foreach}</ul>
{/if}
<p class="tf-noprint">{$t->codes_lost|escape}</p>
<div class="tf-actions tf-noprint">
<form method="post" action="moduleinterface.php" data-stays>{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='download'}
<input type="hidden" name="suppressoutput" value="1"><input type="hidden" name="{$p}kind" value="{$kind|escape}"><input type="hidden" name="{$p}codes" value="{foreach $codes as $code}{$code|escape} {/foreach}">
<button type="submit" class="tf-button">{$t->download|escape}</button></form>
<button type="button" class="tf-button" data-print hidden>{$t->print|escape}</button>
<a class="tf-button" href="{$back|escape}">{$t->codes_kept|escape}</a>
</div>
</section>
