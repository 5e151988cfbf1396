{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
<p>{$show->text('signs_in', $name)|escape}</p>
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<h2>{$step|escape}</h2>
{include file='module_file_tpl:TwoFactor;waiting.tpl'}
{include file='module_file_tpl:TwoFactor;required_foot.tpl'}
