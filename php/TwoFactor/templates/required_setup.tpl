{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
<p>{$show->text('signs_in', $name)|escape}</p>
<p class="tf-note tf-careful">{if $by_temporary_code}{$t->required_lost|escape}{elseif $is_weak}{$t->required_stronger|escape}{elseif $account->isEnrolled()}{$t->required_anew|escape}{else}{$t->required_first|escape}{/if}</p>
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<h2>{$t->method_totp|escape}</h2>
{include file='module_file_tpl:TwoFactor;app_steps.tpl'}
{if $offers}<h2>{$t->instead_title|escape}</h2>
<div class="tf-choices">
{include file='module_file_tpl:TwoFactor;offer_phone.tpl'}
{include file='module_file_tpl:TwoFactor;offer_email.tpl'}
</div>{/if}
{include file='module_file_tpl:TwoFactor;required_foot.tpl'}
