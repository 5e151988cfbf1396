<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
<p class="tf-note tf-careful" role="status">{$t->licence_required|escape}{if $sees.premium|default:false} <a href="{$show->adminUrl(['tab' => 'premium'])|escape}">{$t->licence_required_link|escape}</a>{/if}</p>
</div>
