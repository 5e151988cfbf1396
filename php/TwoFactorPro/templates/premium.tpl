<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;tabs.tpl'}
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-licence">
<h2 id="tf-licence">{$t->licence_title|escape}</h2>
<p class="tf-state"><span class="tf-{$state.tone|escape}">{$state.text|escape}</span></p>
{if $licence}
<dl class="tf-facts">
<dt>{$t->licence_plan|escape}</dt><dd>{$show->named('licence_plan', $licence->plan())|escape}</dd>
<dt>{$t->licence_domain|escape}</dt><dd><bdi dir="ltr">{$licence->domain()|escape}</bdi></dd>
<dt>{$t->licence_id|escape}</dt><dd><bdi dir="ltr">{$licence->id()|escape}</bdi></dd>
<dt>{$t->licence_until|escape}</dt><dd>{$show->moment($licence->expiresAt())|escape}</dd>
{if $counts}<dt>{$t->licence_grace_until|escape}</dt><dd>{$show->moment($licence->graceUntil())|escape}</dd>{/if}
</dl>
{if $counts}<p class="tf-hint">{$t->licence_renewed_about|escape}</p>{/if}
{/if}
{foreach $said as $one}<p class="tf-finding"{if !$one.is_ours} lang="en"{/if}>{$one.text|escape}</p>
{/foreach}
{if $has_key}
<form method="post" action="moduleinterface.php" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='licence-renew'}
<button type="submit" class="tf-button tf-light">{$t->licence_renew|escape}</button>
</form>
{else}
<p>{$t->licence_none_about|escape}</p>
{/if}
</section>
<section class="tf-panel" aria-labelledby="tf-licence-change">
<h2 id="tf-licence-change">{if $has_key}{$t->licence_change|escape}{else}{$t->licence_enter|escape}{/if}</h2>
{if !$has_gateway}<p class="tf-note tf-careful">{$t->licence_no_gateway|escape}</p>{/if}
{if $obstacle}{include file='module_file_tpl:TwoFactor;operator.tpl'}
{elseif $keeps_rules}<p class="tf-note">{$t->licence_keeps_rules|escape}</p>
{else}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='licence-enter'}
{include file='module_file_tpl:TwoFactor;first_button.tpl'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl'}{/if}
<div class="tf-row"><label for="tf-key">{$t->licence_key|escape}</label>
<input id="tf-key" name="{$p}key" type="password" value="" maxlength="200" spellcheck="false" autocomplete="new-password" aria-describedby="tf-key-about"></div>
<p class="tf-hint" id="tf-key-about">{$t->licence_key_about|escape}</p>
{if $site_set == ''}<div class="tf-row"><label for="tf-site">{$t->licence_site|escape}</label>
<input id="tf-site" name="{$p}site" type="text" value="{$site|escape}" maxlength="250" inputmode="url" spellcheck="false" autocapitalize="none" placeholder="https://www.example.com" aria-describedby="tf-site-about"></div>
<p class="tf-hint" id="tf-site-about">{$t->licence_site_about|escape}</p>
{else}<dl class="tf-facts"><dt>{$t->licence_site|escape}</dt><dd>{$site_set|escape}</dd></dl>
<p class="tf-hint">{$t->licence_site_set|escape}</p>
{/if}
<p class="tf-actions"><button type="submit" class="tf-button">{$t->licence_key_save|escape}</button>
{if $has_key}<button type="submit" class="tf-button tf-danger" name="{$p}do" value="licence-forget" data-confirm="{$t->licence_forget_confirm|escape}">{$t->licence_forget|escape}</button>{/if}</p>
</form>
{/if}
</section>
{if $has_key && !$obstacle}<section class="tf-panel" aria-labelledby="tf-grace">
<h2 id="tf-grace">{$t->licence_grace|escape}</h2>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do='licence-grace'}
{include file='module_file_tpl:TwoFactor;first_button.tpl'}
<div class="tf-row"><label for="tf-days">{$t->licence_grace_days|escape}</label>
<input id="tf-days" name="{$p}days" type="text" value="{$grace|escape}" inputmode="numeric" maxlength="2" placeholder="14" aria-describedby="tf-days-about"></div>
<p class="tf-hint" id="tf-days-about">{$t->licence_grace_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' nth='-2'}{/if}
<p class="tf-actions"><button type="submit" class="tf-button tf-light">{$t->licence_grace_save|escape}</button></p>
</form>
</section>{/if}
</div>
