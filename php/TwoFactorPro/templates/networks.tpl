<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-networks">
<h2 id="tf-networks">{$t->networks_title|escape}</h2>
<p>{$t->networks_about|escape}</p>
{foreach $rules as $one}<p class="tf-finding tf-{$one.tone|escape}"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>
{/foreach}
</section>
<section class="tf-panel" aria-labelledby="tf-alarms">
<h2 id="tf-alarms">{$t->networks_alarms|escape}</h2>
{foreach $alarms as $one}<p class="tf-finding tf-{$one.tone|escape}"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>
{foreachelse}<p>{$t->networks_no_alarms|escape}</p>
{/foreach}
{if $sees.audit}<p><a href="{$show->adminUrl(['tab' => 'audit'])|escape}">{$t->networks_audit|escape}</a></p>{/if}
</section>
<section class="tf-panel" aria-labelledby="tf-settings">
<h2 id="tf-settings">{$t->networks_settings|escape}</h2>
<p>{$t->networks_settings_about|escape}</p>
<table class="tf-table"><caption>{$t->networks_settings|escape}</caption>
<thead><tr><th scope="col">{$t->col_network_setting|escape}</th><th scope="col">{$t->col_network_value|escape}</th><th scope="col">{$t->col_network_about|escape}</th></tr></thead>
<tbody>
{foreach $settings as $one}<tr><th scope="row" data-label="{$t->col_network_setting|escape}"><code>{$one.name|escape|replace:'_':'_<wbr>'|replace:'.':'.<wbr>'}</code></th><td data-label="{$t->col_network_value|escape}">{if $one.value == ''}{$t->networks_unset|escape}{else}<code>{$one.value|escape}</code>{/if}</td><td data-label="{$t->col_network_about|escape}">{$one.about|escape}</td></tr>
{/foreach}
</tbody></table>
<p class="tf-hint">{$t->networks_docs|escape}</p>
</section>
</div>
