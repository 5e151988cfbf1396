<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-support">
<h2 id="tf-support">{$t->support_title|escape}</h2>
<p>{$t->support_about|escape}</p>
<p class="tf-hint">{$t->support_not_in_it|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='support-make'}
{include file='module_file_tpl:TwoFactor;first_button.tpl'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p class="tf-actions"><button type="submit" class="tf-button{if $text} tf-light{/if}">{if $text}{$t->support_again|escape}{else}{$t->support_make|escape}{/if}</button>
{if $text}<button type="submit" class="tf-button" name="{$p}do" value="support-file">{$t->support_file|escape}</button>{/if}</p>
</form>
{/if}
</section>
{if $text}<section class="tf-panel" aria-labelledby="tf-support-text">
<h2 id="tf-support-text">{$t->support_text|escape}</h2>
<p>{$t->support_read|escape}</p>
<pre class="tf-json" lang="en">{$text|escape}</pre>
</section>{/if}
</div>
