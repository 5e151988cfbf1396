<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p><a href="{$show->adminUrl(['tab' => 'providers'])|escape}">{$t->all_providers|escape}</a></p>
<p>{$t->texts_about|escape}</p>
{if $broken}<p class="tf-alert" role="alert">{$t->texts_broken|escape}</p><p lang="en">{$broken|escape}</p>{/if}
{include file='module_file_tpl:TwoFactor;operator.tpl'}
<section class="tf-panel" aria-labelledby="tf-all"><h2 id="tf-all">{$t->texts_title|escape}</h2>
<dl class="tf-kinds">{foreach $ways as $one => $texts}<dt>{$show->named('method', $one)|escape}</dt><dd>{foreach $texts as $it}{if !$it@first} · {/if}<a href="{$show->adminUrl(['tab' => 'texts', 'way' => $one, 'language' => $it.language])|escape}"{if $one == $way && $it.language == $language} aria-current="page"{/if}>{$show->named('text_language', $it.language)|escape}</a>{if $it.text !== null} <span class="tf-hint">({$t->text_own|escape})</span>{/if}{/foreach}</dd>{/foreach}
{if $ways}<dt>{$t->texts_notices|escape}</dt><dd>{foreach $ways.sms as $it}{if !$it@first} · {/if}<a href="{$show->adminUrl(['tab' => 'texts', 'way' => $notices, 'language' => $it.language])|escape}"{if $way == $notices && $it.language == $language} aria-current="page"{/if}>{$show->named('text_language', $it.language)|escape}</a>{/foreach}</dd>{/if}</dl></section>
{if $way == $notices}{include file='module_file_tpl:TwoFactor;notice_texts.tpl'}{else}
<section class="tf-panel" aria-labelledby="tf-text"><h2 id="tf-text">{$show->named('method', $way)|escape}, {$show->named('text_language', $language)|escape}</h2>
{if !$kept.confirmed}<p class="tf-note tf-careful">{$t->text_waits|escape}</p>{elseif $is_proposed}<p class="tf-note">{$t->text_proposed|escape}</p>{/if}
{if $way == 'whatsapp'}<p class="tf-note">{$t->text_whatsapp|escape}</p>{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='text-preview'}
<input type="hidden" name="{$p}way" value="{$way|escape}"><input type="hidden" name="{$p}language" value="{$language|escape}">
<div class="tf-row"><label for="tf-own">{$t->text_label|escape}</label>
<textarea id="tf-own" name="{$p}text" rows="4" maxlength="1000" lang="{$language|escape}" dir="auto" required aria-describedby="tf-own-about">{$text|escape}</textarea></div>
<p class="tf-hint" id="tf-own-about">{$t->text_rules|escape}</p>
{if $preview.problem === null}<h3>{$t->text_preview_title|escape}</h3>
<blockquote class="tf-note tf-plain" lang="{$language|escape}" dir="auto">{$preview.text|escape|nl2br}</blockquote>
<p class="tf-hint">{if $preview.coding === null}{$show->text('text_cost_call', $preview.characters)|escape}{else}{$show->text('text_cost', $preview.characters, $preview.coding|upper, $preview.parts)|escape}{/if}</p>{/if}
{include file='module_file_tpl:TwoFactor;text_buttons.tpl'}
</form></section>{/if}
</div>
