<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-foundation">
<h2 id="tf-foundation">{$t->foundation_title|escape}</h2>
{if $missing !== ''}
<p class="tf-alert" role="alert">{$missing|escape}</p>
{else}
<p>{$t->foundation_about|escape}</p>
<form method="post" action="moduleinterface.php" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='create-key'}
<div class="tf-row"><label for="tf-path">{$t->key_path|escape}</label>
<input id="tf-path" name="{$p}path" type="text" value="{$path|escape}" required aria-describedby="tf-path-about"></div>
<p class="tf-hint" id="tf-path-about">{$t->key_path_about|escape}</p>
<button type="submit" class="tf-button">{$t->create_key|escape}</button>
</form>
{/if}
</section>
</div>
