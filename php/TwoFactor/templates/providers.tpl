<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<p>{$t->providers_about|escape}</p>
{if $broken}<p class="tf-alert" role="alert">{$t->providers_broken|escape}</p><p lang="en">{$broken|escape}</p>
{if !$must_prove && !$obstacle}<form method="post" action="moduleinterface.php" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='provider-remove'}
<input type="hidden" name="{$p}name" value="*">
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->provider_remove_confirm|escape}">{$t->providers_remove_all|escape}</button></form>{/if}
{elseif !$here}<p class="tf-note tf-careful">{$t->providers_elsewhere|escape}</p>{/if}
{include file='module_file_tpl:TwoFactor;operator.tpl'}
{if $proves_apart}
<section class="tf-panel" aria-labelledby="tf-prove"><h2 id="tf-prove">{$t->prove_title|escape}</h2>
<p>{$t->prove_providers|escape}</p>
{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='defaultadmin' tab='providers'}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='providers-prove'}
{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}
<button type="submit" class="tf-button">{$t->verify|escape}</button>
</form></section>
{/if}
<section class="tf-panel" aria-labelledby="tf-list"><h2 id="tf-list">{$t->tab_providers|escape}</h2>
{if !$providers}{if !$broken}<p>{$t->no_providers|escape}</p>{/if}{else}
<ol class="tf-providers">
{foreach $providers as $one}
<li><h3>{$one->name()|escape} <span class="tf-hint">{$show->named('kind', $one->kind())|escape}</span></h3>
<p>{$show->methods($one->methods())|escape}. {if $one->name() == $failed}<strong class="tf-bad">{$t->provider_failed_now|escape}</strong>{elseif !$one->isConfirmed()}<span class="tf-hint">{$t->provider_unused|escape}</span>{elseif $one->isAvailable()}<span class="tf-good">{$t->provider_available|escape}</span>{else}<strong class="tf-bad">{$t->provider_rests|escape}{if $one->retryAt()} {$t->until|escape} {$show->moment($one->retryAt())|escape}{/if}</strong>{/if}{if $one->isReporting()} {$t->provider_reports|escape}{/if}{if $one->keepsLog()} <a href="{$show->adminUrl(['tab' => 'providers', 'log' => $one->name()])|escape}">{$t->provider_log|escape}</a>{/if}</p>
{if !$one->isConfirmed()}<p class="tf-note tf-careful tf-plain">{$show->text('provider_waits', $one->name())|escape}</p>{/if}
{if !$must_prove && !$obstacle}<form method="post" action="moduleinterface.php" class="tf-actions">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='provider-check'}
<input type="hidden" name="{$p}name" value="{$one->name()|escape}">
<button type="submit" class="tf-button tf-light">{$t->provider_check|escape}<span class="tf-unseen"> {$one->name()|escape}</span></button>
{if !$one->isConfirmed() && $may['provider-confirm']}<button type="submit" class="tf-button tf-light" name="{$p}do" value="provider-confirm">{$t->provider_confirm|escape}<span class="tf-unseen"> {$one->name()|escape}</span></button>{/if}
{if $here}{if isset($kinds[$one->kind()])}<a class="tf-button tf-light" href="{$show->adminUrl(['tab' => 'providers', 'edit' => $one->name()])|escape}">{$t->provider_edit|escape}<span class="tf-unseen"> {$one->name()|escape}</span></a>{/if}
{if !$one@first}<button type="submit" class="tf-button tf-light" name="{$p}do" value="provider-up">{$t->provider_up|escape}<span class="tf-unseen"> {$one->name()|escape}</span></button>{/if}
<button type="submit" class="tf-button tf-danger" name="{$p}do" value="provider-remove" data-confirm="{$t->provider_remove_confirm|escape}">{$t->provider_remove|escape}<span class="tf-unseen"> {$one->name()|escape}</span></button>{/if}
</form>{/if}</li>
{/foreach}
</ol>
<p><a href="{$show->adminUrl(['tab' => 'messages'])|escape}">{$t->to_messages|escape}</a></p>{/if}
<p><a href="{$show->adminUrl(['tab' => 'texts'])|escape}">{$t->to_texts|escape}</a></p>
</section>
{if $tests}<section class="tf-panel" aria-labelledby="tf-test"><h2 id="tf-test">{$t->test_title|escape}</h2>
<p>{$t->test_about|escape}</p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='provider-test'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<div class="tf-row"><label for="tf-by">{$t->col_provider|escape}</label>
<select id="tf-by" name="{$p}name">{foreach $providers as $one}<option value="{$one->name()|escape}"{if $one->name() == $test.name} selected{/if}>{$one->name()|escape}</option>{/foreach}</select></div>
<div class="tf-row"><label for="tf-way">{$t->way|escape}</label>
<select id="tf-way" name="{$p}way">{foreach $ways as $one}<option value="{$one->value|escape}"{if $one->value == $test.way} selected{/if}>{$show->method($one)|escape}</option>{/foreach}</select></div>
<div class="tf-row"><label for="tf-number">{$t->number|escape}</label>
<input id="tf-number" name="{$p}number" type="tel" value="{$test.number|escape}" required inputmode="tel" autocomplete="tel" maxlength="64"></div>
<div class="tf-row"><label for="tf-region">{$t->region|escape}</label>
<select id="tf-region" name="{$p}region"><option value="">{$t->region_none|escape}</option>{foreach $show->regions() as $code => $name}<option value="{$code|escape}"{if $code == $test.region} selected{/if}>{$name|escape}</option>{/foreach}</select></div>
<button type="submit" class="tf-button">{$t->test_send|escape}</button>
</form></section>{/if}
{if !$must_prove && !$obstacle && $here}<section class="tf-panel" aria-labelledby="tf-add"><h2 id="tf-add">{$t->provider_add|escape}</h2>
<dl class="tf-kinds">{foreach $kinds as $kind => $one}<dt><a href="{$show->adminUrl(['tab' => 'providers', 'add' => $kind])|escape}">{$show->named('kind', $kind)|escape}</a></dt><dd>{$show->named('kind', "{$kind}_about")|escape}</dd>{/foreach}</dl></section>{/if}
</div>
