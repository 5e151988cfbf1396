{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<section class="tf-print">
{if $is_recovery}
<p>{$t->codes_about_recovery|escape}</p>
<p>{$t->codes_jump_recovery|escape}</p>
<p class="tf-note tf-careful">{$last|escape}</p>
{else}
<p>{$t->codes_about|escape}</p>
{/if}
<p class="tf-hint">{$site|escape}, {$account|escape}</p>
{if $is_recovery}
<ol class="tf-codes tf-numbered">{foreach $codes as $code}<li><code>{$code|escape}</code></li>{/foreach}</ol>
{else}
<ul class="tf-codes">{foreach $codes as $code}<li><code>{$code|escape}</code></li>{/foreach}</ul>
{/if}
<div class="tf-actions tf-noprint">
<button type="button" class="tf-button" data-print hidden>{$t->print|escape}</button>
<a class="tf-button" href="{$destination|escape}">{$t->codes_kept|escape}</a>
</div>
</section>
</div></main></div></div>
</body>
</html>
