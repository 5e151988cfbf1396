<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
<section class="tf-panel" aria-labelledby="tf-state">
<h2 id="tf-state">{$t->state_title|escape}</h2>
{if $account->enrolmentDue()}{include file='module_file_tpl:TwoFactor;required_soon.tpl'}{/if}
{if $asked_of}<p class="tf-note tf-careful">{$asked_of|escape}</p>{/if}
{if $account->isEnrolled()}
<p class="tf-state tf-good">{$t->state_on|escape}</p>
<dl class="tf-facts">
{include file='module_file_tpl:TwoFactor;factors.tpl' factors=$account->factors()}
{if !$codes_left}<dt>{if $codes_kind == 'recovery'}{$t->method_recovery|escape}{else}{$t->method_backup|escape}{/if}</dt><dd><strong class="tf-bad">0 {$t->codes_unused|escape}</strong></dd>
{/if}{if $account->lastVerifiedAt()}<dt>{$t->last_verified|escape}</dt><dd>{$show->moment($account->lastVerifiedAt())|escape}</dd>{/if}
</dl>
{if $account->steadyTotpDrift()}<p class="tf-note tf-careful">{$show->drift($account->steadyTotpDrift())|escape}</p>{/if}
{else}
<p class="tf-state tf-bad">{$t->state_off|escape}</p>
{if $owes}<p class="tf-note tf-careful">{$t->former_owes|escape}</p>{/if}
<p>{$t->state_off_about|escape}</p>
{if !$account->heldSince()}<form method="post" action="moduleinterface.php" autocomplete="off"{if $needs_password} class="tf-form"{/if}>{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
{if $needs_password}<div class="tf-row"><label for="tf-password">{$t->password_again|escape}</label>
<input id="tf-password" name="{$p}password" type="password" value="" required autocomplete="current-password" maxlength="255" aria-describedby="tf-password-about"></div>
<p class="tf-hint" id="tf-password-about">{$t->password_again_about|escape}</p>{/if}
<button type="submit" class="tf-button">{$t->set_up_app|escape}</button>
</form>{/if}
{/if}
</section>
{if $account->heldSince()}{include file='module_file_tpl:TwoFactor;hold.tpl'}{/if}
{if $offers && !$account->isEnrolled() && !$account->heldSince()}
<section class="tf-panel" aria-labelledby="tf-instead">
<h2 id="tf-instead">{$t->instead_title|escape}</h2>
<div class="tf-choices">
{include file='module_file_tpl:TwoFactor;offer_phone.tpl'}
{include file='module_file_tpl:TwoFactor;offer_email.tpl'}
</div>
</section>
{/if}
{if $account->isEnrolled() && !$account->heldSince() && $asked != 'export'}
<section class="tf-panel" aria-labelledby="tf-change">
<h2 id="tf-change">{$t->change_title|escape}</h2>
{if $may_set_up && !$asked}
<p>{$t->set_up_stronger|escape}</p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
<div class="tf-row"><label for="tf-app-name">{$t->app_name|escape}</label>
<input id="tf-app-name" name="{$p}label" type="text" value="{$app_name|escape}" maxlength="{$longest_label}"></div>
<button type="submit" class="tf-button">{$t->set_up_app|escape}</button>
</form>
{elseif $must_prove && !$provable}
<p class="tf-note tf-careful">{$t->nothing_provable|escape}</p>
{elseif $must_prove && !$asked}
<p>{$t->prove_about|escape}</p>
{include file='module_file_tpl:TwoFactor;prove.tpl'}
{else}
{if !$must_prove}<p>{$t->proven_for|escape} {$proven_for|escape}.</p>{/if}
<div class="tf-choices">
{if $account->takesAnotherApp() && (!$asked || $asked == 'start')}<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='start'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
{if $has_app}<h3>{$t->new_app_title|escape}</h3><p>{$t->new_app_about|escape}</p>{else}<h3>{$t->method_totp|escape}</h3><p>{$t->app_about|escape}</p>{/if}
<div class="tf-row"><label for="tf-app-name">{$t->app_name|escape}</label>
<input id="tf-app-name" name="{$p}label" type="text" value="{$typed.start.label|default:$app_name|escape}" maxlength="{$longest_label}"></div>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{if $has_app}{$t->new_app|escape}{else}{$t->set_up_app|escape}{/if}</button></form>{elseif !$may_rotate && !$asked}<div><h3>{$t->new_app_title|escape}</h3><p>{$t->factor_too_many|escape}</p></div>{/if}
{if $may_rotate && !$asked || $asked == 'rotate'}<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='rotate'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3>{$t->rotate_title|escape}</h3><p>{$t->rotate_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{$t->rotate|escape}</button></form>{/if}
{if !$asked || $asked == 'start-phone'}{include file='module_file_tpl:TwoFactor;offer_phone.tpl'}{/if}
{if !$asked || $asked == 'start-email'}{include file='module_file_tpl:TwoFactor;offer_email.tpl'}{/if}
{if !$asked || $asked == 'regenerate'}<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='regenerate'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3>{if $codes_kind == 'recovery'}{$t->regenerate_title_recovery|escape}{else}{$t->regenerate_title|escape}{/if}</h3><p>{$t->regenerate_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{$t->regenerate|escape}</button></form>{/if}
{if count($primaries) > 1 && (!$asked || $asked == 'primary')}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='primary'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3><label for="tf-primary">{$t->primary_title|escape}</label></h3>
<select id="tf-primary" name="{$p}method">{foreach $primaries as $one}<option value="{$one->value|escape}"{if $one->value == $typed.primary.method|default:$account->primary()->value} selected{/if}>{$show->method($one)|escape}</option>{/foreach}</select>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-after">{$t->save|escape}</button></form>
{/if}
{if $removable && (!$asked || $asked == 'rename')}
<form method="post" action="moduleinterface.php" autocomplete="off">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='rename'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3><label for="tf-rename">{$t->rename_title|escape}</label></h3>
<select id="tf-rename" name="{$p}factor">{foreach $removable as $one}<option value="{$one->id()|escape}" data-method="{$one->method()->value|escape}"{if $one->id() == $typed.rename.factor|default:''} selected{/if}>{$names->line($one)|escape}</option>{/foreach}</select>
<div class="tf-row tf-after"><label for="tf-new-name">{$t->rename_name|escape}</label>
<input id="tf-new-name" name="{$p}label" type="text" value="{$typed.rename.label|default:''|escape}" required maxlength="{$longest_label}"></div>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-after">{$t->rename_save|escape}</button></form>
{/if}
{if $suspendable && (!$asked || $asked == 'suspend')}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='suspend'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->suspend_confirm}{/if}
<h3><label for="tf-suspend">{$t->suspend_title|escape}</label></h3><p>{$t->suspend_about|escape}</p>
<select id="tf-suspend" name="{$p}factor">{foreach $suspendable as $one}<option value="{$one->id()|escape}" data-method="{$one->method()->value|escape}"{if $one->id() == $typed.suspend.factor|default:''} selected{/if}>{$names->line($one)|escape}</option>{/foreach}</select>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-danger tf-after" data-confirm="{$t->suspend_confirm|escape}">{$t->suspend|escape}</button></form>
{/if}
{if $suspended && (!$asked || $asked == 'resume')}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='resume'}
{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{/if}
<h3><label for="tf-resume">{$t->resume_title|escape}</label></h3><p>{$t->resume_about|escape}</p>
<select id="tf-resume" name="{$p}factor">{foreach $suspended as $one}<option value="{$one->id()|escape}" data-method="{$one->method()->value|escape}"{if $one->id() == $typed.resume.factor|default:''} selected{/if}>{$names->line($one)|escape}</option>{/foreach}</select>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-after">{$t->resume|escape}</button></form>
{/if}
{if $removable && (!$asked || $asked == 'remove')}
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='remove'}
{if count($removable) > 1}{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->remove_one_confirm}{/if}<h3><label for="tf-remove">{$t->remove_one_title|escape}</label></h3>
<select id="tf-remove" name="{$p}factor">{foreach $removable as $one}<option value="{$one->id()|escape}" data-method="{$one->method()->value|escape}"{if $one->id() == $typed.remove.factor|default:''} selected{/if}>{$names->line($one)|escape}</option>{/foreach}</select>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-danger tf-after" data-confirm="{$t->remove_one_confirm|escape}">{$t->remove|escape}</button>
{else}{if $must_prove}{include file='module_file_tpl:TwoFactor;first_button.tpl' confirm=$t->remove_confirm}{/if}<input type="hidden" name="{$p}factor" value="{$removable[0]->id()|escape}">
<h3>{$t->remove_title|escape} {$names->line($removable[0])|escape}</h3><p>{$t->remove_about|escape}</p>
{if $must_prove}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button tf-danger" data-confirm="{$t->remove_confirm|escape}">{$t->remove|escape}</button>{/if}</form>
{/if}
</div>
{/if}
</section>
{/if}
{if !$account->heldSince() && (!$asked || $asked == 'export')}<section class="tf-panel" aria-labelledby="tf-data">
<h2 id="tf-data">{$t->data_title|escape}</h2>
<p>{$t->data_about|escape}</p>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='export'}
{if $asked}{include file='module_file_tpl:TwoFactor;first_button.tpl'}{include file='module_file_tpl:TwoFactor;proof_within.tpl' of='proof_'}{/if}
<button type="submit" class="tf-button">{$t->data_download|escape}</button>
</form>
</section>
{/if}
<p><a href="{$show->actionUrl('sessions')|escape}">{$t->sessions_title|escape}</a></p>
{foreach $others as $one}<p><a href="{$one.url|escape}">{$one.text|escape}</a></p>
{/foreach}
</div>
