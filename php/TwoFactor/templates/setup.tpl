<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-setup">
<h2 id="tf-setup">{$t->setup_title|escape}</h2>
{include file='module_file_tpl:TwoFactor;app_steps.tpl'}
</section>
</div>
