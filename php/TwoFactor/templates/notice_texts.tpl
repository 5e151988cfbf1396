<section class="tf-panel" aria-labelledby="tf-told"><h2 id="tf-told">{$t->texts_notices|escape}, {$show->named('text_language', $language)|escape}</h2>
<p>{$t->texts_notices_about|escape}</p>
{foreach $groups as $group => $texts}{if $group == 'text_for_one'}<details{if $is_one} open{/if}><summary>{$t->$group|escape}</summary>{else}<h3>{$t->$group|escape}</h3>{/if}
<ul>{foreach $texts as $it}<li><a href="{$show->adminUrl(['tab' => 'texts', 'way' => $notices, 'language' => $language, 'kind' => $it.kind])|escape}"{if $it.name == $name} aria-current="page"{/if}>{$it.name|escape}</a>{if $it.text !== null} <span class="tf-hint">({$t->text_own|escape})</span>{/if}</li>
{/foreach}</ul>{if $group == 'text_for_one'}</details>{/if}
{/foreach}</section>
<section class="tf-panel" aria-labelledby="tf-text"><h2 id="tf-text">{$name|escape}, {$show->named('text_language', $language)|escape}</h2>
{if !$kept.confirmed}<p class="tf-note tf-careful">{$t->text_waits|escape}</p>{elseif $is_proposed}<p class="tf-note">{$t->text_proposed|escape}</p>{/if}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='text-preview'}
<input type="hidden" name="{$p}way" value="{$way|escape}"><input type="hidden" name="{$p}language" value="{$language|escape}"><input type="hidden" name="{$p}kind" value="{$kind|escape}">
{if $subject !== null}<div class="tf-row"><label for="tf-subject">{$t->text_subject|escape}</label>
<input id="tf-subject" name="{$p}subject" type="text" value="{$subject|escape}" maxlength="100" lang="{$language|escape}" dir="auto" aria-describedby="tf-own-about"></div>{/if}
<div class="tf-row"><label for="tf-own">{$t->text_label|escape}</label>
<textarea id="tf-own" name="{$p}text" rows="{if $subject === null}4{else}12{/if}" maxlength="1000" lang="{$language|escape}" dir="auto" required aria-describedby="tf-own-about">{$text|escape}</textarea></div>
<p class="tf-hint" id="tf-own-about">{if $subject === null}{$t->text_rules_sms|escape}{else}{$show->text('text_rules_mail', $needed, $places)|escape}{/if}</p>
<div class="tf-choices">
{if $is_own && $preview.problem === null}<div><h3>{$t->text_preview_title|escape}</h3>
<blockquote class="tf-note tf-plain" lang="{$language|escape}" dir="auto">{if $preview.subject != ''}<b>{$preview.subject|escape}</b><br>{/if}{$preview.text|escape|nl2br}</blockquote>
{if $preview.parts !== null}<p class="tf-hint">{$show->text('text_cost', $preview.characters, $preview.coding|upper, $preview.parts)|escape}</p>{/if}</div>{/if}
<div><h3>{$t->text_ours|escape}</h3>
<blockquote class="tf-note tf-plain" lang="{$language|escape}" dir="auto">{if $ours.subject != ''}<b>{$ours.subject|escape}</b><br>{/if}{$ours.text|escape|nl2br}</blockquote></div>
</div>
{include file='module_file_tpl:TwoFactor;text_buttons.tpl'}
</form></section>
