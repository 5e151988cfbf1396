<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl(['tab' => 'providers'])|escape}">{$t->all_providers|escape}</a></p>
<section class="tf-panel" aria-labelledby="tf-provider"><h2 id="tf-provider">{if $known}{$known|escape} <span class="tf-hint">{$show->named('kind', $kind)|escape}</span>{else}{$show->named('kind', $kind)|escape}{/if}</h2>
<p>{$show->named('kind', "{$kind}_about")|escape}</p>
{if $is_proposed}<p class="tf-note tf-careful">{$t->provider_proposed|escape}</p>
{/if}<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='provider-save'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
{if $lost}<p class="tf-note tf-careful">{$lost|escape}</p>{/if}
<input type="hidden" name="{$p}kind" value="{$kind|escape}"><input type="hidden" name="{$p}known" value="{$known|escape}">
{if !$known}<div class="tf-row"><label for="tf-name">{$t->provider_name|escape}</label>
<input id="tf-name" name="{$p}name" type="text" value="{$name|escape}" required maxlength="32" pattern="[A-Za-z0-9\-]+" spellcheck="false" aria-describedby="tf-name-about"></div>
<p class="tf-hint" id="tf-name-about">{$t->provider_name_about|escape}</p>{/if}
{foreach $groups as $group}
{if $group.folds}<details class="tf-group"{if $group.open} open{/if}><summary>{$group.title|escape}</summary>
{else}<fieldset class="tf-group"><legend>{$group.title|escape}</legend>{/if}
{foreach $group.fields as $one}
{if $one.shape == 'some'}<fieldset class="tf-choices"><legend>{$one.label|escape}</legend>
{foreach $one.words as $word}<label><input type="checkbox" name="{$p}{$word.name|escape}" value="1"{if $word.chosen} checked{/if}> {$word.text|escape}</label> {/foreach}</fieldset>
{else}<div class="tf-row"><label for="tf-{$one.name|escape}">{$one.label|escape}</label>
{if $one.shape == 'one'}<select id="tf-{$one.name|escape}" name="{$p}{$one.name|escape}"{if $one.about} aria-describedby="tf-{$one.name|escape}-about"{/if}>{foreach $one.words as $word}<option value="{$word.word|escape}"{if $word.chosen} selected{/if}>{$word.text|escape}</option>{/foreach}</select>
{elseif $one.shape == 'lines' || $one.shape == 'json'}<textarea id="tf-{$one.name|escape}" name="{$p}{$one.name|escape}" rows="{if $one.shape == 'json'}8{else}3{/if}" spellcheck="false"{if $one.required} required{/if}{if $one.about} aria-describedby="tf-{$one.name|escape}-about"{/if}>{$one.value|escape}</textarea>
{else}{if $one.is_lost}<input type="hidden" name="{$p}{$one.typed_before|escape}" value="1">{/if}<input id="tf-{$one.name|escape}" name="{$p}{$one.name|escape}" type="{if $one.shape == 'secret'}password{else}text{/if}" value="{$one.value|escape}" spellcheck="false" autocomplete="{if $one.shape == 'secret'}new-password{else}off{/if}"{if $one.shape == 'number'} inputmode="numeric"{/if}{if $one.required} required{/if}{if $one.is_set} placeholder="{$t->secret_set|escape}"{/if}{if $one.about} aria-describedby="tf-{$one.name|escape}-about"{/if}>{/if}</div>{/if}
{if $one.about}<p class="tf-hint" id="tf-{$one.name|escape}-about">{$one.about|escape}</p>{/if}
{/foreach}
{if $group.folds}</details>{else}</fieldset>{/if}
{/foreach}
<p class="tf-hint">{$t->secrets_about|escape}</p>
<button type="submit" class="tf-button">{$t->provider_save|escape}</button>
</form></section>
</div>
