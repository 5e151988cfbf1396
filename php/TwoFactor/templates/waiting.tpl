<p id="tf-sent">{if $sent}{$sent|escape}{elseif !$calm && !$problem}{$t->not_sent_yet|escape}{/if}</p>
<form method="post" action="{$action|escape}" autocomplete="off" class="tf-form">{include file=$head page='preferences' do='confirm-destination'}
<div class="tf-row"><label for="tf-code">{$t->destination_code|escape}</label>
<input id="tf-code" name="{$p}code" type="text" class="tf-code" value="" required inputmode="numeric" autocomplete="one-time-code" maxlength="64" aria-describedby="tf-sent" autofocus></div>
<button type="submit" class="tf-button tf-go">{$t->confirm|escape}</button>
</form>
<form method="post" action="{$action|escape}">{include file=$head page='preferences' do='send-again'}
<button type="submit" class="tf-button tf-light">{$t->send_again|escape}</button>
{include file='module_file_tpl:TwoFactor;again.tpl'}
</form>
