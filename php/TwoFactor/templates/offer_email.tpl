{if $offers_email}<form method="post" action="{$action|escape}">{include file=$head page='preferences' do='start-email'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3>{$t->set_up_email|escape}</h3><p>{$t->email_about|escape}</p>
{if $email}<p class="tf-hint">{$t->email_goes_to|escape} <strong><bdi dir="ltr">{$email|escape}</bdi></strong></p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{if $account->maskedEmail()}{$t->email_anew|escape}{else}{$t->send_email|escape}{/if}</button>
{else}<p class="tf-hint">{$t->email_missing|escape}</p>{/if}</form>{/if}
