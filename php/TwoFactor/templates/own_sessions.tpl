<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf tf-wide">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$back|escape}">{$t->sessions_back|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-sessions">
<h2 id="tf-sessions">{$t->sessions_title|escape}</h2>
<p>{$t->sessions_about|escape}</p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='sessions' do='end-session'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{include file='module_file_tpl:TwoFactor;session_rows.tpl' caption=$t->sessions_title can_end=$others}
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="end-other-sessions" data-confirm="{$t->sessions_end_others_confirm|escape}">{$t->sessions_end_others|escape}</button>
</form>
</section>
</div>
