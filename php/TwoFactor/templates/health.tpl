<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $verdict == 'ok'}<p class="tf-note">{$t->health_ok|escape}</p>{elseif $verdict == 'warning'}<p class="tf-note tf-careful">{$t->health_warning|escape}</p>{elseif $verdict == 'partly'}<p class="tf-alert" role="alert">{$t->health_partly|escape}</p>{else}<p class="tf-alert" role="alert">{$t->health_bad|escape}</p>{/if}
{if $emergency}<p class="tf-alert" role="alert">{$t->emergency_on|escape} {$emergency|escape}</p>{/if}
{if $emergency_mistaken}<p class="tf-alert" role="alert">{$emergency_mistaken|escape}</p>{/if}
{if $former}<p class="tf-note tf-careful">{$former|escape}{if $sees.former} <a href="{$show->adminUrl(['tab' => 'former'])|escape}">{$t->former_title|escape}</a>{/if}</p>{/if}
{if $damaged}<p class="tf-note tf-careful">{$t->extension_damaged|escape} <span lang="en">{$damaged|escape}</span></p>{/if}
<table class="tf-table">
<caption>{$t->tab_health|escape}</caption>
<thead><tr><th scope="col">{$t->col_check|escape}</th><th scope="col">{$t->col_state|escape}</th><th scope="col">{$t->col_message|escape}</th></tr></thead>
<tbody>
{foreach $checks as $check}
<tr><th scope="row" data-label="{$t->col_check|escape}">{$show->named('health', $check.name)|escape}</th><td data-label="{$t->col_state|escape}" class="tf-whole"><strong class="tf-{$check.status|escape}">{$show->named('status', $check.status)|escape}</strong></td><td data-label="{$t->col_message|escape}">{foreach $check.said as $one}<p class="tf-finding"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>{/foreach}</td></tr>
{/foreach}
{if $sender !== null}<tr><th scope="row" data-label="{$t->col_check|escape}">{$t->health_mail|escape}</th><td data-label="{$t->col_state|escape}" class="tf-whole">{if $sender == ''}<strong class="tf-problem">{$t->status_problem|escape}</strong>{else}<strong class="tf-ok">{$t->status_ok|escape}</strong>{/if}</td><td data-label="{$t->col_message|escape}"><p class="tf-finding">{if $sender == ''}{$t->health_mail_unset|escape}{else}{$show->text('health_mail_ok', $sender)|escape}{/if}</p></td></tr>{/if}
</tbody></table>
{if !$is_strict}<p class="tf-hint">{$t->profile_standard|escape}</p>
{/if}</div>
