<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<form method="get" action="moduleinterface.php" class="tf-search tf-filter" role="search">
<input type="hidden" name="mact" value="TwoFactor,{$p|escape},defaultadmin,0"><input type="hidden" name="{$csrf_name|escape}" value="{$csrf|escape}"><input type="hidden" name="{$p}tab" value="events">
<div><label for="tf-type">{$t->kind_of_event|escape}</label>
<select id="tf-type" name="{$p}type"><option value="">{$t->kind_all|escape}</option>{foreach $kinds as $one}<option value="{$one.value|escape}"{if $one.value == $asked.type} selected{/if}>{$one.text|escape}</option>{/foreach}</select></div>
<div><label for="tf-severity">{$t->col_severity|escape}</label>
<select id="tf-severity" name="{$p}severity">{foreach $severities as $one}<option value="{$one.value|escape}"{if $one.value == $asked.severity} selected{/if}>{$one.text|escape}</option>{/foreach}</select></div>
<div><label for="tf-name">{$t->col_user|escape}</label>
<input id="tf-name" type="search" name="{$p}name" value="{$asked.name|escape}"></div>
<div><label for="tf-from">{$t->events_from|escape}</label>
<input id="tf-from" type="date" name="{$p}from" value="{$asked.from|escape}"></div>
<div><label for="tf-until">{$t->events_until|escape}</label>
<input id="tf-until" type="date" name="{$p}until" value="{$asked.until|escape}"></div>
<button type="submit" class="tf-button">{$t->filter|escape}</button>
</form>
{include file='module_file_tpl:TwoFactorPro;saved_filters.tpl'}
{if $wrong}<p class="tf-alert" role="alert">{$wrong|escape}</p>{/if}
{if $of}{if !$intact}<p class="tf-alert" role="alert">{$t->audit_broken|escape}</p>{else}<p class="tf-note">{$t->audit_intact|escape}{if $begins} {$begins|escape}{/if}</p>{/if}{/if}
{include file='module_file_tpl:TwoFactor;audit_rows.tpl'}
{if $is_by_day}<p class="tf-hint">{$t->events_by_day|escape}</p>{/if}
{if $back}<p class="tf-note" role="status">{$back|escape}</p>{/if}
{include file='module_file_tpl:TwoFactor;paging.tpl'}
{include file='module_file_tpl:TwoFactorPro;list_files.tpl' about=$t->events_files_about}
</div>
