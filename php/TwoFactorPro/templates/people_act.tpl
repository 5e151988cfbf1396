<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-people">
<h2 id="tf-people">{$title|escape}</h2>
<p>{$about|escape}</p>
{if $whom}<p><strong>{$whom|escape}</strong></p>
<p>{$t->people_all_about|escape}</p>{/if}
<ul class="tf-people">
{foreach $people as $one}<li>{$one.name|escape}{if $one.obstacle} <span class="tf-warning">{$one.obstacle|escape}</span>{/if}</li>
{/foreach}
</ul>
{if !$is_any}<p class="tf-note">{$t->people_none_of_them|escape}</p>
{elseif $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='people-act'}
{include file='module_file_tpl:TwoFactor;first_button.tpl'}
<input type="hidden" name="{$p}act" value="{$act|escape}">
{foreach $on_all as $field => $value}<input type="hidden" name="{$p}{$field}" value="{$value|escape}">{foreachelse}{foreach $people as $one}{if !$one.obstacle}<input type="hidden" name="{$p}users[]" value="{$one.id}">{/if}{/foreach}{/foreach}
{if $whom}<input type="hidden" name="{$p}all" value="1">{/if}
<div class="tf-row"><label for="tf-reason">{$t->reason|escape}</label>
<input id="tf-reason" name="{$p}reason" type="text" value="{$reason|escape}" maxlength="200" required aria-describedby="tf-reason-about"></div>
<p class="tf-hint" id="tf-reason-about">{$t->reason_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<p class="tf-actions"><button type="submit" class="tf-button{if $is_dangerous} tf-danger{/if}">{$t->people_do|escape}</button></p>
</form>
{/if}
<p><a href="{$back|escape}">{$t->people_back|escape}</a></p>
</section>
</div>
