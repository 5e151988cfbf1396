{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<p>{$show->text('signs_in', $account)|escape}</p>
<p>{$t->required_about|escape}</p>
{if $problem}<p class="tf-alert" role="alert" id="twofactor_problem">{$problem|escape}</p>{/if}
<ol class="tf-steps">
<li><p>{$t->setup_scan|escape}</p>
<div class="tf-qr" role="img" aria-label="{$t->qr_label|escape}"><div aria-hidden="true">{$setup->qrSvg()}</div></div>
<p><a href="{$setup->uri()|escape}">{$t->setup_open|escape}</a></p>
<p>{$t->setup_type|escape}</p>
<p class="tf-secret"><code id="tf-secret">{$setup->secret()|escape}</code>
<button type="button" class="tf-button tf-light" data-copy="tf-secret" data-copied="{$t->copied|escape}" hidden>{$t->copy|escape}</button></p>
<p class="tf-hint">{$t->setup_account|escape} <strong>{$account|escape}</strong></p></li>
<li><form method="post" action="{$action|escape}" autocomplete="off">
<input type="hidden" name="twofactor" value="answer">
<input type="hidden" name="loginsubmit" value="1">
<input type="hidden" name="twofactor_token" value="{$token|escape}">
<input type="hidden" name="twofactor_page" value="{$page}">
<label for="twofactor_code">{$t->setup_confirm|escape}</label>
<input id="twofactor_code" name="twofactor_code" type="text" class="tf-code" value="" required spellcheck="false" inputmode="numeric" autocomplete="one-time-code" maxlength="64"{if $problem} autofocus aria-invalid="true" aria-describedby="twofactor_problem"{/if}>
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->confirm|escape}</button>
<button type="submit" class="tf-quiet" name="twofactor_cancel" value="1" formnovalidate>{$t->cancel|escape}</button>
</div>
</form></li>
</ol>
</div></main></div></div>
</body>
</html>
