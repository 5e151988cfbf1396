<ol class="tf-steps">
<li><p>{$t->setup_scan|escape} {$t->setup_app_about|escape}</p>
<div class="tf-qr" role="img" aria-label="{$t->qr_label|escape}"><div aria-hidden="true">{$setup->qrSvg()}</div></div>
<p><a href="{$setup->uri()|escape}">{$t->setup_open|escape}</a></p>
<p>{$t->setup_type|escape}</p>
<p class="tf-secret"><code id="tf-secret">{$setup->secret()|escape}</code>
<button type="button" class="tf-button tf-light" data-copy="tf-secret" data-copied="{$t->copied|escape}" hidden>{$t->copy|escape}</button></p>
<p class="tf-hint">{$t->setup_account|escape} <strong><bdi>{$name|escape}</bdi></strong></p></li>
<li><form method="post" action="{$action|escape}" autocomplete="off" class="tf-form">{include file=$head page='preferences' do='confirm'}
<div class="tf-row"><label for="tf-code">{$t->setup_confirm|escape}</label>
<input id="tf-code" name="{$p}code" type="text" class="tf-code" value="" required spellcheck="false" inputmode="numeric" autocomplete="one-time-code" maxlength="64"{if $problem && $at == 'confirm'} autofocus aria-invalid="true" aria-describedby="tf-problem"{/if}></div>
<button type="submit" class="tf-button tf-go">{$t->confirm|escape}</button>
</form></li>
</ol>
