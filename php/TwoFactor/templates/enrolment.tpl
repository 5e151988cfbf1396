<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{if $sees.users}<p><a href="{$show->adminUrl()|escape}">{$t->all_users|escape}</a></p>
{else}<p><a href="{$show->adminUrl(['tab' => 'settings'])|escape}">{$t->tab_settings|escape}</a></p>
{/if}
<section class="tf-panel" aria-labelledby="tf-enrolment">
<h2 id="tf-enrolment">{$t->enrolment_title|escape}</h2>
<p>{$t->enrolment_about|escape}</p>
{if $required}{include file='module_file_tpl:TwoFactor;enrolment_stands.tpl'}
<p><strong>{$show->text('enrolment_owing', $owing, $enrolled)|escape}</strong></p>
{else}<p><strong>{$show->text('enrolment_concerns', $enrolled)|escape}</strong></p>{/if}
{if $counted !== null}<p class="tf-note tf-careful">{$show->text('enrolment_counted', $counted)|escape} <a href="{$count_on|escape}">{$t->enrolment_count_on|escape}</a></p>
{else}<p>{$show->text('enrolment_without', $without)|escape}</p>{/if}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='require-everybody'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$confirm}{/if}
<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" required maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
<div class="tf-row"><label for="tf-until">{$t->enrolment_day|escape}</label>
<input id="tf-until" name="{$p}until" type="date" value="{$until|escape}" min="{$first_day|escape}" max="{$last_day|escape}" aria-describedby="tf-until-about"></div>
<p class="tf-hint" id="tf-until-about">{$t->enrolment_day_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<button type="submit" class="tf-button tf-danger" data-confirm="{$confirm|escape}">{if $required}{$t->enrolment_again|escape}{else}{$t->enrolment_require|escape}{/if}</button>
{if $required}<button type="submit" class="tf-button" name="{$p}do" value="waive-everybody">{$t->enrolment_waive|escape}</button>{/if}
</form>
{/if}
</section>
</div>
