<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl(['tab' => 'user', 'user' => $user_id])|escape}">{$name|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-sessions">
<h2 id="tf-sessions">{$t->sessions_of|escape} {$name|escape}</h2>
<p>{$t->sessions_of_about|escape}</p>
{if $obstacle || !$can_end}
{include file='module_file_tpl:TwoFactor;operator.tpl'}
{include file='module_file_tpl:TwoFactor;session_rows.tpl' caption="{$t->sessions_of} {$name}" can_end=false}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='end-user-session'}
<input type="hidden" name="{$p}user" value="{$user_id}">
{include file='module_file_tpl:TwoFactor;first_button.tpl'}{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{include file='module_file_tpl:TwoFactor;session_rows.tpl' caption="{$t->sessions_of} {$name}" can_end=$sessions}
<div class="tf-row"><label for="tf-reason">{$t->sessions_reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" maxlength="200" aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="end-user-sessions" data-confirm="{$t->sessions_end_user_confirm|escape}">{$t->sessions_end_user|escape}</button>
</form>
{/if}
</section>
</div>
