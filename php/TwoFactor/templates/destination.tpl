<div class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-destination">
<h2 id="tf-destination">{$title|escape}</h2>
<p id="tf-sent">{if $sent}{$sent|escape}{elseif !$calm}{$t->not_sent_yet|escape}{/if}</p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='confirm-destination'}
<div class="tf-row"><label for="tf-code">{$t->destination_code|escape}</label>
<input id="tf-code" name="{$p}code" type="text" class="tf-code" value="" required inputmode="numeric" autocomplete="one-time-code" maxlength="64" aria-describedby="tf-sent" autofocus></div>
<button type="submit" class="tf-button">{$t->confirm|escape}</button>
</form>
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='send-again'}
<button type="submit" class="tf-button tf-light">{$t->send_again|escape}</button>
{include file='module_file_tpl:TwoFactor;again.tpl'}
</form>
<p><a href="{$back|escape}">{if $method == 'email'}{$t->give_up|escape}{else}{$t->other_number|escape}{/if}</a></p>
</section>
</div>
