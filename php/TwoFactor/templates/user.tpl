<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl()|escape}">{$t->all_users|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-user">
<h2 id="tf-user"><bdi>{$name|escape}</bdi></h2>
<dl class="tf-facts">
<dt>{$t->col_state|escape}</dt><dd>{if !$account}<strong class="tf-bad">{$t->unreadable|escape}</strong>{elseif $account->isEnrolled()}<span class="tf-good">{$t->on|escape}</span>{else}<span class="tf-bad">{$t->off|escape}</span>{/if}{if $account && $account->enrolmentDue()}<br><span class="tf-warning">{$show->text('enrolment_from', $show->deadline($account->enrolmentDue()))|escape}</span>{/if}{if $asked}<br><span class="tf-warning">{$asked|escape}</span>{/if}{if $account && $account->heldSince()}<br><strong class="tf-bad">{$show->text('hold_since', $show->moment($account->heldSince()))|escape}</strong>{/if}</dd>
{if $account}{include file='module_file_tpl:TwoFactor;factors.tpl' factors=$account->factors()}{/if}
{if $account}
{if $account->disabledMethods()}<dt>{$t->col_disabled|escape}</dt><dd><strong class="tf-bad">{$show->methods($account->disabledMethods())|escape}</strong></dd>{/if}
{if $account->isEnrolled() && !$account->backupCodesLeft() && !$account->recoveryCodesLeft()}<dt>{$t->col_codes|escape}</dt><dd>0</dd>{/if}
{if $account->lockedUntil()}<dt>{$t->col_locked|escape}</dt><dd><strong class="tf-bad">{$t->until|escape} {$show->moment($account->lockedUntil())|escape}</strong></dd>
{/if}{if $account->lastVerifiedAt()}<dt>{$t->last_verified|escape}</dt><dd>{$show->moment($account->lastVerifiedAt())|escape}</dd>
{/if}{if $account->totpDrift() !== null}<dt>{$t->drift|escape}</dt><dd>{$show->driftShort($account->totpDrift())|escape}</dd>{/if}
{/if}
</dl>
{if $sees.audit}<p><a href="{$show->adminUrl(['tab' => 'audit', 'user' => $user_id])|escape}">{$t->audit_of_user|escape}</a></p>
{/if}<p><a href="{$show->adminUrl(['tab' => 'user-sessions', 'user' => $user_id])|escape}">{$t->sessions_of_user|escape}</a></p>
{foreach $others as $one}<p><a href="{$one.url|escape}">{$one.text|escape}</a></p>
{/foreach}
</section>
<section class="tf-panel" aria-labelledby="tf-act">
<h2 id="tf-act">{$t->act_title|escape}</h2>
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{elseif $account && !$account->isEnrolled() && !$account->lockedUntil() && !$account->disabledMethods() && !$account->heldSince() && !$acts_from}<p>{$t->act_none|escape}</p>
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='unlock'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<input type="hidden" name="{$p}user" value="{$user_id}">
<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" required maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p>{$t->unlock_about|escape}</p>
<button type="submit" class="tf-button">{$t->unlock|escape}</button>
{if $account && $account->isEnrolled()}
{if !$is_own && $may['temporary-code'] && ($may['release-hold'] || !$account->heldSince())}<p>{$t->temporary_about|escape}</p>
<button type="submit" class="tf-button" name="{$p}do" value="temporary-code">{$t->temporary_issue|escape}</button>
{/if}{if $may['suspend-factor'] && ($suspendable || $suspended)}<p id="tf-factor-about">{$t->suspend_user_about|escape}</p>
<div class="tf-row"><label for="tf-factor">{$t->suspend_which|escape}</label>
<select id="tf-factor" name="{$p}factor" aria-describedby="tf-factor-about">{foreach $suspendable as $one}<option value="{$one->id()|escape}"{if $one->id() == $factor} selected{/if}>{$names->line($one)|escape}</option>{/foreach}{foreach $suspended as $one}<option value="{$one->id()|escape}"{if $one->id() == $factor} selected{/if}>{$names->line($one)|escape} ({$t->suspended_short|escape})</option>{/foreach}</select></div>
{if $suspendable}<button type="submit" class="tf-button" name="{$p}do" value="suspend-factor">{$t->suspend|escape}</button>{/if}
{if $suspended}<button type="submit" class="tf-button" name="{$p}do" value="resume-factor">{$t->resume|escape}</button>{/if}
{/if}{/if}
{if $may.reset}<p>{$t->reset_about|escape}</p>
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="reset" data-confirm="{$t->reset_confirm|escape}">{$t->reset|escape}</button>
{/if}{if $may['release-hold'] && $account && $account->heldSince()}<p>{$t->hold_end_about|escape}</p>
<button type="submit" class="tf-button" name="{$p}do" value="release-hold" data-confirm="{$t->hold_end_confirm|escape}">{$t->hold_end|escape}</button>{/if}
{if $acts_from}<p>{$t->operator_new|escape} {$acts_from|escape}. {$t->operator_confirm_about|escape}</p>
<button type="submit" class="tf-button" name="{$p}do" value="confirm-operator">{$t->operator_confirm|escape}</button>{/if}
</form>
{/if}
</section>
{if !$obstacle && $may['export-user']}<section class="tf-panel" aria-labelledby="tf-person">
<h2 id="tf-person">{$t->person_title|escape}</h2>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='export-user'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<input type="hidden" name="{$p}user" value="{$user_id}">
<p>{$t->export_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' nth='-2'}{/if}
<button type="submit" class="tf-button">{$t->export_person|escape}</button>
</form>
{if !$is_own}<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='forget'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->forget_confirm}{/if}
<input type="hidden" name="{$p}user" value="{$user_id}">
<p>{$t->forget_about|escape}</p>
<div class="tf-row"><label for="tf-forget-reason">{$t->reason|escape}</label>
<input id="tf-forget-reason" name="{$p}reason" type="text" required maxlength="200" aria-describedby="tf-forget-reason-about"></div>
<p class="tf-hint" id="tf-forget-reason-about">{$t->reason_forget_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' nth='-3'}{/if}
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->forget_confirm|escape}">{$t->forget_person|escape}</button>
</form>{/if}
</section>{/if}
</div>
