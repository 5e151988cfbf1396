{if $ways}<form method="post" action="{$action|escape}" autocomplete="off">{include file=$head page='preferences' do='start-phone'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3>{if $account->maskedPhone()}{$t->change_phone|escape}{elseif count($ways) > 1}{$t->set_up_phone|escape}{else}{$show->method($ways[0])|escape}{/if}</h3><p>{if $account->maskedPhone()}{$t->change_phone_about|escape}{else}{$t->phone_about|escape}{/if}</p>{if $is_strict|default:false}<p class="tf-hint">{$t->phone_strict|escape}</p>{/if}
{if $problem && $at == 'start-phone'}{include file='module_file_tpl:TwoFactor;problem.tpl'}{/if}
<div class="tf-row"><label for="tf-number">{$t->number|escape}</label>
<input id="tf-number" name="{$p}number" type="tel" value="{$typed['start-phone'].number|default:''|escape}" required inputmode="tel" autocomplete="tel" maxlength="64"{if $problem && $at == 'start-phone'} autofocus{if !$calm} aria-invalid="true"{/if} aria-describedby="tf-problem"{/if}></div>
<div class="tf-row"><label for="tf-region">{$t->region|escape}</label>
<select id="tf-region" name="{$p}region"><option value="">{$t->region_none|escape}</option>{foreach $show->regions() as $code => $name}<option value="{$code|escape}"{if $code == $region} selected{/if}>{$name|escape}</option>{/foreach}</select></div>
{if count($ways) > 1}<div class="tf-row"><label for="tf-way">{$t->way|escape}</label>
<select id="tf-way" name="{$p}method">{foreach $ways as $one}<option value="{$one->value|escape}"{if $one->value == $typed['start-phone'].method|default:''} selected{/if}>{$show->method($one)|escape}</option>{/foreach}</select></div>
{else}<input type="hidden" name="{$p}method" value="{$ways[0]->value|escape}">{/if}
<p class="tf-hint">{$show->phoneConsent()|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{$t->send|escape}</button></form>{/if}
