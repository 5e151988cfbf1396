<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $running}<p class="tf-note">{$t->people_running|escape} <a href="{$running|escape}">{$t->people_running_link|escape}</a></p>{/if}
<form method="get" action="moduleinterface.php" class="tf-search tf-filter" role="search">
<input type="hidden" name="mact" value="TwoFactor,{$p|escape},defaultadmin,0"><input type="hidden" name="{$csrf_name|escape}" value="{$csrf|escape}"><input type="hidden" name="{$p}tab" value="people">
<div><label for="tf-state">{$t->col_state|escape}</label>
<select id="tf-state" name="{$p}state">{foreach $states as $one}<option value="{$one.value|escape}"{if $one.is_chosen} selected{/if}>{$one.text|escape}</option>{/foreach}</select></div>
<div><label for="tf-search">{$t->search_users|escape}</label>
<input id="tf-search" type="search" name="{$p}search" value="{$search|escape}"></div>
<button type="submit" class="tf-button">{$t->filter|escape}</button>
</form>
{include file='module_file_tpl:TwoFactorPro;saved_filters.tpl'}
<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='people-look'}
<input type="hidden" name="{$p}state" value="{$state|escape}"><input type="hidden" name="{$p}search" value="{$search|escape}">
<table class="tf-table">
<caption>{$t->tab_people|escape}</caption>
<thead><tr><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_state|escape}</th><th scope="col">{$t->col_methods|escape}</th><th scope="col">{$t->col_locked|escape}</th></tr></thead>
<tbody>
{foreach $people as $one}{$account = $one.account}
<tr><th scope="row" data-label="{$t->col_user|escape}"><label class="tf-pick"><input type="checkbox" name="{$p}users[]" value="{$one.id}"> {$one.name|escape}</label>{if $one.full_name} <span class="tf-hint">{$one.full_name|escape}</span>{/if}</th>
<td data-label="{$t->col_state|escape}">{if !$account}<strong class="tf-bad">{$t->unreadable|escape}</strong>{elseif $account->isEnrolled()}<span class="tf-good">{$t->on|escape}</span>{else}<span class="tf-bad">{$t->off|escape}</span>{/if}{if $account && $account->enrolmentDue()}, <span class="tf-warning">{$show->text('enrolment_from', $show->deadline($account->enrolmentDue()))|escape}</span>{/if}</td>
<td data-label="{$t->col_methods|escape}"{if !$one.methods} class="tf-none"{/if}>{$one.methods|default:'–'|escape}{if $account && $account->disabledMethods()} <strong class="tf-bad">({$t->col_disabled|escape}: {$show->methods($account->disabledMethods())|escape})</strong>{/if}</td>
<td data-label="{$t->col_locked|escape}"{if !$account || !$account->lockedUntil()} class="tf-none"{/if}>{if $account && $account->lockedUntil()}<strong class="tf-bad">{$t->until|escape} {$show->moment($account->lockedUntil())|escape}</strong>{else}–{/if}</td></tr>
{foreachelse}
<tr><td colspan="4">{$t->nobody_found|escape}</td></tr>
{/foreach}
</tbody></table>
<p class="tf-hint">{$looked|escape}</p>
{if $people}<div class="tf-search tf-filter"><div><label for="tf-act">{$t->people_what|escape}</label>
<select id="tf-act" name="{$p}act">{foreach $acts as $one}<option value="{$one.value|escape}">{$one.text|escape}</option>{/foreach}</select></div>
<button type="submit" class="tf-button">{$t->people_look|escape}</button></div>
<p><label class="tf-pick"><input type="checkbox" name="{$p}all" value="1"> {$t->people_all|escape}</label></p>{/if}
</form>
{include file='module_file_tpl:TwoFactor;paging.tpl' to_first=$t->from_the_first to_next=$t->next}
{include file='module_file_tpl:TwoFactorPro;list_files.tpl' about=$t->people_files_about}
</div>
