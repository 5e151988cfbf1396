<p><progress class="tf-progress" max="{$total}" value="{$looked}" aria-label="{$t->people_progress_label|escape}"></progress></p>
<p>{$far|escape}</p>
{if $failed}<table class="tf-table"><caption>{$t->people_not_done|escape}</caption>
<thead><tr><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->people_why|escape}</th></tr></thead>
<tbody>{foreach $failed as $one}<tr><th scope="row" data-label="{$t->col_user|escape}"><bdi>{$one.name|escape}</bdi></th><td data-label="{$t->people_why|escape}">{$one.why|escape}</td></tr>
{/foreach}</tbody></table>{/if}
