<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p>{$t->messages_about|escape}</p>
<table class="tf-table">
<caption>{$t->tab_messages|escape}</caption>
<thead><tr><th scope="col">{$t->col_time|escape}</th><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_to|escape}</th><th scope="col">{$t->col_provider|escape}</th><th scope="col">{$t->col_state|escape}</th></tr></thead>
<tbody>
{foreach $list as $one}
<tr><td data-label="{$t->col_time|escape}" class="tf-whole">{$show->moment($one->at())|escape}</td><td data-label="{$t->col_user|escape}">{if $one->userId() == ''}{$t->message_test|escape}{else}{$show->user($one->userId())|escape}{/if}</td><td data-label="{$t->col_to|escape}">{$show->method($one->method())|escape} <bdi dir="ltr">{$show->unbroken($one->maskedDestination())|escape}</bdi></td><td data-label="{$t->col_provider|escape}"><bdi>{$one->provider()|escape}</bdi>{if $one->reference()} <span class="tf-hint tf-reference"><bdi dir="ltr">{$one->reference()|escape}</bdi></span>{/if}</td><td data-label="{$t->col_state|escape}"><span class="tf-message-{$one->status()|escape}">{$show->named('message', $one->status())|escape} {$show->ago($one->statusAt())|escape}</span>{if $one->deliverySeconds() !== null} <span class="tf-hint">{$show->text('message_took', $show->duration($one->deliverySeconds()))|escape}</span>{elseif $one->detail() == 'notice'} <span class="tf-hint">{$t->message_notice|escape}</span>{elseif $one->detail() !== null} <span class="tf-hint">{$show->text('message_error', $one->detail())|escape}</span>{/if}</td></tr>
{foreachelse}
<tr><td colspan="5">{$t->no_messages|escape}</td></tr>
{/foreach}
</tbody></table>
{include file='module_file_tpl:TwoFactor;paging.tpl'}
</div>
