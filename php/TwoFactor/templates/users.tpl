<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $required}{include file='module_file_tpl:TwoFactor;enrolment_stands.tpl'}{/if}
{if $sees.enrolment}<p><a href="{$show->adminUrl(['tab' => 'enrolment'])|escape}">{$t->enrolment_title|escape}</a></p>{/if}
<form method="get" action="moduleinterface.php" class="tf-search" role="search">
<input type="hidden" name="mact" value="TwoFactor,{$p|escape},defaultadmin,0"><input type="hidden" name="{$csrf_name|escape}" value="{$csrf|escape}">
<label for="tf-search">{$t->search_users|escape}</label>
<input id="tf-search" type="search" name="{$p}search" value="{$search|escape}">
<button type="submit" class="tf-button">{$t->search|escape}</button>
</form>
<table class="tf-table">
<caption>{$t->tab_users|escape}</caption>
<thead><tr><th scope="col">{$t->col_user|escape}</th><th scope="col">{$t->col_state|escape}</th><th scope="col">{$t->col_methods|escape}</th><th scope="col">{$t->col_codes|escape}</th><th scope="col">{$t->col_locked|escape}</th><th scope="col">{$t->last_verified|escape}</th></tr></thead>
<tbody>
{foreach $users as $user}
{$account = $user.account}
<tr><th scope="row" data-label="{$t->col_user|escape}">{if $user.is_in_reach}<a href="{$show->adminUrl(['tab' => 'user', 'user' => $user.user_id])|escape}"><bdi>{$user.username|escape}</bdi></a>{else}<bdi>{$user.username|escape}</bdi>{/if}{if $user.full_name} <span class="tf-hint tf-full"><bdi>{$user.full_name|escape}</bdi></span>{/if}{if !$user.active} <span class="tf-hint">({$t->inactive|escape})</span>{/if}</th>
<td data-label="{$t->col_state|escape}">{if !$account}<strong class="tf-bad">{$t->unreadable|escape}</strong>{elseif $account->isEnrolled()}<span class="tf-good">{$t->on|escape}</span>{else}<span class="tf-bad">{$t->off|escape}</span>{/if}{if $account && $account->enrolmentDue()}, <span class="tf-warning">{$show->text('enrolment_from', $show->deadline($account->enrolmentDue()))|escape}</span>{/if}{if $account && $account->heldSince()}, <strong class="tf-bad">{$t->on_hold_short|escape}</strong>{/if}{if $user.asked}, <span class="tf-warning">{$user.asked|escape}</span>{/if}</td>
<td data-label="{$t->col_methods|escape}"{if !$account || !$account->methods()} class="tf-none"{/if}>{if $account}{$names->methods($account)|default:'–'|escape}{if $account->disabledMethods()} <strong class="tf-bad">({$t->col_disabled|escape}: {$show->methods($account->disabledMethods())|escape})</strong>{/if}{else}–{/if}</td>
<td data-label="{$t->col_codes|escape}"{if !$account || !$account->isEnrolled()} class="tf-none"{/if}>{if $account && $account->isEnrolled()}{$account->backupCodesLeft() + $account->recoveryCodesLeft()}{else}–{/if}</td>
<td data-label="{$t->col_locked|escape}"{if !$account || !$account->lockedUntil()} class="tf-none"{/if}>{if $account && $account->lockedUntil()}<strong class="tf-bad">{$t->until|escape} {$show->moment($account->lockedUntil())|escape}</strong>{else}–{/if}</td>
<td data-label="{$t->last_verified|escape}" class="tf-whole{if !$account || !$account->lastVerifiedAt()} tf-none{/if}">{if $account && $account->lastVerifiedAt()}{$show->moment($account->lastVerifiedAt())|escape}{else}–{/if}</td></tr>
{foreachelse}
<tr><td colspan="6">{$t->nobody_found|escape}</td></tr>
{/foreach}
</tbody></table>
{if $orphans}<section class="tf-panel" aria-labelledby="tf-orphans"><h2 id="tf-orphans">{$t->orphans_title|escape}</h2>
<p>{$t->orphans_about|escape}</p>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
{if $must_prove}{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='defaultadmin' tab='users'}{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='remove-orphan'}
{if $must_prove}<p>{$t->prove_to_act|escape}</p>{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}{/if}
<div class="tf-actions">{foreach $orphans as $orphan}<button type="submit" class="tf-button tf-danger" name="{$p}user" value="{$orphan}">{$t->orphan_remove|escape} {$orphan}</button>{/foreach}</div></form>
{/if}
</section>{/if}
{include file='module_file_tpl:TwoFactor;paging.tpl' to_first=$t->from_the_first to_next=$t->next}
{if $more_orphans}<p><a href="{$more_orphans|escape}">{$t->orphans_more|escape}</a></p>{/if}
</div>
