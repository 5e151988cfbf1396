<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-figures">
<h2 id="tf-figures">{$t->figures_accounts|escape}</h2>
{foreach $about as $one}<p class="tf-hint">{$one|escape}</p>
{/foreach}
{if $accounts}<p class="tf-state">{$t->figures_all_accounts|escape} {$figures.accounts.accounts}</p>
<table class="tf-table tf-figures"><caption>{$t->figures_accounts|escape}</caption>
<thead><tr><th scope="col">{$t->col_figures_what|escape}</th><th scope="col" class="tf-number">{$t->figures_accounts|escape}</th><th scope="col" class="tf-number">{$t->col_figures_share|escape}</th><th scope="col" class="tf-picture"><span class="tf-unseen">{$t->col_figures_picture|escape}</span></th></tr></thead>
<tbody>
{foreach $accounts as $one}<tr><th scope="row">{$one.name|escape}</th><td class="tf-number" data-label="{$t->figures_accounts|escape}">{$one.number}</td><td class="tf-number" data-label="{$t->col_figures_share|escape}">{$one.share|escape}</td><td class="tf-picture">{$one.bar}</td></tr>
{/foreach}
</tbody></table>{/if}
</section>
<nav class="tf-periods" aria-label="{$t->figures_period|escape}"><span>{$t->figures_period|escape}</span>
{foreach $periods as $one} <a href="{$one.url|escape}"{if $one.current} aria-current="true"{/if}>{$one.text|escape}</a>
{/foreach}</nav>
<div class="tf-charts">
{foreach $charts as $chart}<section class="tf-panel" aria-labelledby="tf-chart-{$chart.id|escape}">
<h2 id="tf-chart-{$chart.id|escape}">{$chart.title|escape}</h2>
<p class="tf-legend">{foreach $chart.heads as $nth => $head}<span class="tf-key-{if $chart.is_lines}{$nth}{else}c{/if}">{$head|escape}{if isset($chart.sums[$nth])}: {$chart.sums[$nth]}{/if}</span> {/foreach}</p>
{$chart.image}
<details><summary>{$t->figures_table|escape}</summary>
<table class="tf-table tf-days"><caption>{$chart.title|escape}</caption>
<thead><tr><th scope="col">{$t->col_figures_day|escape}</th>{foreach $chart.heads as $head}<th scope="col" class="tf-number">{$head|escape}</th>{/foreach}</tr></thead>
<tbody>
{foreach $chart.rows as $row}<tr>{foreach $row as $place => $cell}{if $place == 0}<th scope="row" class="tf-whole">{$cell|escape}</th>{else}<td class="tf-number" data-label="{$chart.heads[$place - 1]|escape}">{$cell}</td>{/if}{/foreach}</tr>
{foreachelse}<tr><td colspan="{count($chart.heads) + 1}">{$t->figures_nothing|escape}</td></tr>
{/foreach}
</tbody></table></details>
</section>
{/foreach}
</div>
<section class="tf-panel" aria-labelledby="tf-methods">
<h2 id="tf-methods">{$t->figures_methods|escape}</h2>
<table class="tf-table tf-figures"><caption>{$t->figures_methods|escape}</caption>
<thead><tr><th scope="col">{$t->col_method|escape}</th><th scope="col" class="tf-number">{$t->figures_accounts|escape}</th><th scope="col" class="tf-picture"><span class="tf-unseen">{$t->col_figures_picture|escape}</span></th><th scope="col" class="tf-number">{$t->figures_sign_ins|escape}</th><th scope="col" class="tf-number">{$t->figures_failures|escape}</th><th scope="col" class="tf-number">{$t->figures_blocked|escape}</th><th scope="col" class="tf-number">{$t->figures_enrolments|escape}</th></tr></thead>
<tbody>
{foreach $methods as $one}<tr><th scope="row">{$one.name|escape}</th><td class="tf-number" data-label="{$t->figures_accounts|escape}">{$one.accounts}</td><td class="tf-picture">{$one.bar}</td><td class="tf-number" data-label="{$t->figures_sign_ins|escape}">{$one.signIns}</td><td class="tf-number" data-label="{$t->figures_failures|escape}">{$one.failures}</td><td class="tf-number" data-label="{$t->figures_blocked|escape}">{$one.blocked}</td><td class="tf-number" data-label="{$t->figures_enrolments|escape}">{$one.enrolments}</td></tr>
{foreachelse}<tr><td colspan="7">{$t->figures_nothing|escape}</td></tr>
{/foreach}
</tbody></table>
</section>
<section class="tf-panel" aria-labelledby="tf-delivery">
<h2 id="tf-delivery">{$t->figures_delivery|escape}</h2>
<p class="tf-hint">{$t->figures_delivery_about|escape}</p>
<table class="tf-table tf-figures"><caption>{$t->figures_delivery|escape}</caption>
<thead><tr><th scope="col">{$t->col_provider|escape}</th><th scope="col">{$t->col_method|escape}</th><th scope="col" class="tf-number">{$t->figures_sent|escape}</th><th scope="col" class="tf-number">{$t->figures_not_sent|escape}</th><th scope="col" class="tf-number">{$t->figures_cost|escape}</th></tr></thead>
<tbody>
{foreach $delivery as $one}<tr><th scope="row">{$one.provider|escape}</th><td data-label="{$t->col_method|escape}">{$one.way|escape}</td><td class="tf-number" data-label="{$t->figures_sent|escape}">{$one.sent}</td><td class="tf-number" data-label="{$t->figures_not_sent|escape}">{$one.failed}</td><td class="tf-number" data-label="{$t->figures_cost|escape}">{$one.cost|default:'–'|escape}</td></tr>
{foreachelse}<tr><td colspan="5">{$t->figures_nothing|escape}</td></tr>
{/foreach}
</tbody></table>
<h3>{$t->figures_messages|escape}</h3>
<p class="tf-hint">{$t->figures_messages_about|escape}</p>
<table class="tf-table tf-figures"><caption>{$t->figures_messages|escape}</caption>
<thead><tr><th scope="col">{$t->col_figures_country|escape}</th><th scope="col">{$t->col_provider|escape}</th><th scope="col" class="tf-number">{$t->figures_sent|escape}</th><th scope="col" class="tf-number">{$t->figures_delivered|escape}</th><th scope="col" class="tf-number">{$t->figures_undelivered|escape}</th></tr></thead>
<tbody>
{foreach $messages as $one}<tr><th scope="row"><bdi>{$one.country|default:'–'|escape}</bdi></th><td data-label="{$t->col_provider|escape}">{$one.provider|default:'–'|escape}</td><td class="tf-number" data-label="{$t->figures_sent|escape}">{$one.sent}</td><td class="tf-number" data-label="{$t->figures_delivered|escape}">{$one.delivered}</td><td class="tf-number" data-label="{$t->figures_undelivered|escape}">{$one.failed}</td></tr>
{foreachelse}<tr><td colspan="5">{$t->figures_nothing|escape}</td></tr>
{/foreach}
</tbody></table>
</section>
<section class="tf-panel" aria-labelledby="tf-figures-networks">
<h2 id="tf-figures-networks">{$t->figures_networks|escape}</h2>
<p class="tf-hint">{$t->figures_networks_about|escape}</p>
<table class="tf-table tf-figures"><caption>{$t->figures_networks|escape}</caption>
<thead><tr><th scope="col">{$t->col_figures_network|escape}</th><th scope="col" class="tf-number">{$t->figures_failures|escape}</th><th scope="col" class="tf-number">{$t->figures_network_refusals|escape}</th><th scope="col" class="tf-number">{$t->figures_surplus|escape}</th></tr></thead>
<tbody>
{foreach $networks as $one}<tr><th scope="row"><bdi>{$one.network|escape}</bdi></th><td class="tf-number" data-label="{$t->figures_failures|escape}">{$one.wrong}</td><td class="tf-number" data-label="{$t->figures_network_refusals|escape}">{$one.refused}</td><td class="tf-number" data-label="{$t->figures_surplus|escape}">{$one.surplus}</td></tr>
{foreachelse}<tr><td colspan="4">{$t->figures_nothing|escape}</td></tr>
{/foreach}
</tbody></table>
</section>
<section class="tf-panel" aria-labelledby="tf-figures-files">
<h2 id="tf-figures-files">{$t->figures_files|escape}</h2>
<p class="tf-hint">{$t->figures_files_about|escape}</p>
<p class="tf-actions">{foreach $files as $one}<a class="tf-button tf-light" href="{$one.url|escape}" download>{$one.text|escape}</a>
{/foreach}</p>
</section>
</div>
