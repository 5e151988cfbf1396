<div class="tf tf-wide">
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
<table class="tf-table">
<caption>{$t->tab_audit|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_event|escape}</th><th scope="col">{$t->col_method|escape}</th><th scope="col">{$t->col_by|escape}</th><th scope="col">{$t->col_ip|escape}</th></tr></thead>
<tbody>
{foreach $list as $one}{$event = $one.event}
<tr{if $one.goes_on} class="tf-goes-on"{/if}><td data-label="{$t->col_time|escape}" class="tf-whole">{$show->moment($event->at())|escape}</td><td data-label="{$t->col_user|escape}">{$one.user|escape}</td><td data-label="{$t->col_event|escape}">{$one.what|escape}{if $one.circumstances}<br><small>{$one.circumstances|escape}</small>{/if}</td><td data-label="{$t->col_method|escape}" class="tf-whole{if !$event->method()} tf-none{/if}">{$show->method($event->method())|default:'–'|escape}{if $event->factorLabel() !== null}: {$event->factorLabel()|escape}{/if}</td><td data-label="{$t->col_by|escape}"{if !$one.by} class="tf-none"{/if}>{if $one.by}{$one.by|escape}{if $one.reason}: {$one.reason|escape}{/if}{else}–{/if}</td><td data-label="{$t->col_ip|escape}" class="tf-whole{if !$event->ip()} tf-none{/if}">{$event->ip()|default:'–'|escape}</td></tr>
{foreachelse}
<tr><td colspan="6">{$t->no_events|escape}</td></tr>
{/foreach}
</tbody></table>
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
