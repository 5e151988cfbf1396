<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $of}<p>{$t->events_of|escape} <strong>{$of|escape}</strong>. <a href="{$show->adminUrl(['tab' => 'audit'])|escape}">{$t->events_all|escape}</a></p>
{if !$intact}<p class="tf-alert" role="alert">{$t->audit_broken|escape}</p>{else}<p class="tf-note">{$t->audit_intact|escape}{if $begins} {$begins|escape}{/if}</p>{/if}{/if}
<form method="get" action="moduleinterface.php" class="tf-search" role="search">
<input type="hidden" name="mact" value="TwoFactor,{$p|escape},defaultadmin,0"><input type="hidden" name="{$csrf_name|escape}" value="{$csrf|escape}"><input type="hidden" name="{$p}tab" value="audit">
<div><label for="tf-name">{$t->col_user|escape}</label>
<input id="tf-name" type="search" name="{$p}name" value="{$name|escape}"></div>
<div><label for="tf-kind">{$t->kind_of_event|escape}</label>
<select id="tf-kind" name="{$p}kind"><option value="">{$t->kind_all|escape}</option>{foreach $kinds as $one}<option value="{$one->value|escape}"{if $one->value == $kind} selected{/if}>{$show->named('kind', $one->value)|escape}</option>{/foreach}</select></div>
<button type="submit" class="tf-button">{$t->filter|escape}</button>
</form>
{include file='module_file_tpl:TwoFactor;audit_rows.tpl'}
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
