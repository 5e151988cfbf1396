{include file='module_file_tpl:TwoFactor;login_head.tpl'}
{if $problem}<p class="tf-alert" role="alert" id="twofactor_problem">{$problem|escape}</p>{/if}
<form method="post" action="{$action|escape}" autocomplete="off">
<input type="hidden" name="twofactor" value="reset">
<input type="hidden" name="loginsubmit" value="1">
<input type="hidden" name="twofactor_token" value="{$token|escape}">
{if $step == 'choose'}
<p>{$t->reset_choose|escape} <strong><bdi>{$name|escape}</bdi></strong></p>
<p class="tf-hint">{$t->reset_choose_about|escape}</p>
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go" name="twofactor_send" value="1">{$t->reset_by_phone|escape}</button>
</div>
</form>
<form method="post" action="{$action|escape}">
<input type="hidden" name="forgotpwform" value="1">
<input type="hidden" name="forgottenusername" value="{$name|escape}">
<input type="hidden" name="twofactor_by" value="email">
<input type="hidden" name="loginsubmit" value="1">
<input type="hidden" name="twofactor_token" value="{$token|escape}">
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->reset_by_email|escape}</button>
</div>
</form>
<p class="tf-back"><a href="{$action|escape}">{$t->to_login|escape}</a></p>
{elseif $step == 'code'}
<fieldset>
<p class="tf-hint" id="twofactor_hint">{$t->reset_sent|escape}</p>
<label for="twofactor_code">{$t->code|escape}</label>
<input id="twofactor_code" name="twofactor_code" type="text" class="tf-code" value="" required autofocus spellcheck="false" inputmode="numeric" autocomplete="one-time-code" maxlength="64" {if $problem}aria-invalid="true" aria-describedby="twofactor_problem twofactor_hint"{else}aria-describedby="twofactor_hint"{/if}>
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->verify|escape}</button>
<button type="submit" class="tf-quiet" name="twofactor_send" value="1" formnovalidate>{$t->send_again|escape}</button>
<button type="submit" class="tf-quiet" name="twofactor_cancel" value="1" formnovalidate>{$t->cancel|escape}</button>
</div>
<p class="tf-hint tf-others">{$t->reset_none_came|escape}</p>
</fieldset>
</form>
{else}
<fieldset>
<p class="tf-hint" id="twofactor_hint">{$t->reset_password_about|escape}</p>
<label for="twofactor_name">{$t->reset_name|escape}</label>
<input id="twofactor_name" type="text" class="tf-code" value="{$name|escape}" readonly autocomplete="username">
<label for="twofactor_password">{$t->new_password|escape}</label>
<input id="twofactor_password" name="twofactor_password" type="password" class="tf-code" required autofocus autocomplete="new-password" maxlength="100" {if $problem}aria-invalid="true" aria-describedby="twofactor_problem twofactor_hint"{else}aria-describedby="twofactor_hint"{/if}>
<label for="twofactor_again">{$t->new_password_again|escape}</label>
<input id="twofactor_again" name="twofactor_again" type="password" class="tf-code" required autocomplete="new-password" maxlength="100">
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->set_password|escape}</button>
<button type="submit" class="tf-quiet" name="twofactor_cancel" value="1" formnovalidate>{$t->cancel|escape}</button>
</div>
</fieldset>
</form>
{/if}
</div></main></div></div>
</body>
</html>
