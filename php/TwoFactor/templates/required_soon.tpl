<div class="tf-note tf-careful tf-plain">
<p><strong>{if $is_due}{$t->enrolment_due_now|escape}{else}{$show->text('enrolment_due', $show->deadline($account->enrolmentDue()))|escape}{/if}</strong></p>
{if !$account->isEnrolled()}<p>{$t->enrolment_until_first|escape}</p>
{else}
<p>{if $is_due}{$t->enrolment_led|escape}{else}{$t->enrolment_until_anew|escape}{/if}</p>
{if $owed}<p>{$t->enrolment_left|escape}{if $owed.apps} {$show->text('enrolment_left_apps', $owed.apps)|escape}{/if}{if $owed.codes} {$t->enrolment_left_codes|escape}{/if}</p>
{else}<p>{$t->enrolment_counts|escape}{if $has_app} {$t->enrolment_at_once|escape}{/if}</p>{/if}
{if $has_app && !$asked}<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='rotate'}
<button type="submit" class="tf-button">{$t->enrolment_now|escape}</button></form>{/if}
{/if}
</div>
