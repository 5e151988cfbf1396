{$id = "{$r}-{$one.of}users"}{$wrong = "{$one.of}users"}
<fieldset class="tf-choices"><legend>{$t->rule_roles|escape}</legend>
{foreach $one.roles as $choice}<label><input type="checkbox" name="{$n|escape}[{$one.of}roles][]" value="{$choice.value|escape}"{if $choice.is_chosen} checked{/if}> {$choice.text|escape}</label>
{/foreach}</fieldset>
<fieldset class="tf-choices tf-many"><legend>{$t->rule_groups|escape}</legend>
{foreach $one.groups as $choice}<label><input type="checkbox" name="{$n|escape}[{$one.of}groups][]" value="{$choice.value|escape}"{if $choice.is_chosen} checked{/if}> {$choice.text|escape}</label>
{/foreach}</fieldset>
<div class="tf-row"><label for="{$id}">{$t->rule_users|escape}</label>
<input id="{$id}" name="{$n|escape}[{$one.of}users]" type="text" value="{$one.users|escape}" spellcheck="false" autocapitalize="none" autocomplete="off" aria-describedby="{$id}-about"{if $e.$wrong|default:''} aria-invalid="true"{/if}></div>
<p class="tf-hint" id="{$id}-about">{if $e.$wrong|default:''}<span class="tf-bad">{$e.$wrong|escape}</span> {/if}{$t->rule_users_about|escape}</p>
