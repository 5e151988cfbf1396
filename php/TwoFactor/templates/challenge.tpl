{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<p>{$show->text('signs_in', $name)|escape}</p>
{if $problem}<p class="{if $calm}tf-note tf-careful{else}tf-alert{/if}" role="{if $calm}status{else}alert{/if}" id="twofactor_problem"{if $wait} data-wait="{$wait}" data-text="{$wait_text|escape}" data-over="{$wait_over|escape}"{/if}>{$problem|escape}</p>{/if}
<form method="post" action="{$action|escape}" autocomplete="off">
{include file=$head}
<input type="hidden" name="twofactor_method" value="{$method->value|escape}">
{if $is_lost}<input type="hidden" name="twofactor_lost" value="1">
<p class="tf-note tf-careful">{$t->lost_about|escape}</p>
{/if}
<fieldset>
<label for="twofactor_code">{$show->named('code_of', $method->value)|escape}</label>
<p class="tf-hint" id="twofactor_hint">{if !$method->isSent()}{$show->named('hint', $method->value)|escape}{elseif $sent}{$sent|escape}{elseif !$calm && !$is_refused}{$t->not_sent_yet|escape}{/if}</p>
<input id="twofactor_code" name="twofactor_code" type="text" class="tf-code" value="" required autofocus autocapitalize="characters" spellcheck="false" {if $problem && !$calm}aria-invalid="true" aria-describedby="twofactor_problem twofactor_hint"{else}aria-describedby="twofactor_hint"{/if}{if $method->isNumeric()} inputmode="numeric" autocomplete="one-time-code"{else} inputmode="text" autocomplete="off"{/if} maxlength="64">
{if $trust && $is_secure}<p class="tf-tick"><label><input type="checkbox" name="twofactor_trust" value="1"{if $is_trusted} checked{/if} aria-describedby="twofactor_trust_about"> {$trust|escape}</label></p>
<p class="tf-hint" id="twofactor_trust_about">{$t->trust_about|escape}</p>
{elseif $trust}<p class="tf-hint">{$t->trust_insecure|escape}</p>
{/if}
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->verify|escape}</button>
{if $method->isSent()}<button type="submit" class="tf-quiet" name="twofactor_send" value="1" formnovalidate>{if $sent}{$t->send_again|escape}{else}{$t->send|escape}{/if}</button>
{include file='module_file_tpl:TwoFactor;again.tpl'}{/if}
<button type="submit" class="tf-quiet" name="twofactor_cancel" value="1" formnovalidate>{$t->cancel|escape}</button>
</div>
{if $others}
<div class="tf-others">
{foreach $others as $other}<button type="submit" class="tf-quiet" name="twofactor_use" value="{$other->value|escape}" formnovalidate>{$show->named('use', $other->value)|escape}</button>{/foreach}
</div>
{/if}
<div class="tf-others">
{if $may_lose}<button type="submit" class="tf-quiet" name="twofactor_use" value="lost" formnovalidate>{$t->use_lost|escape}</button>{/if}
{if !$is_temporary}<button type="submit" class="tf-quiet" name="twofactor_use" value="temporary" formnovalidate>{$t->use_temporary|escape}</button>{/if}
</div>
</fieldset>
</form>
</div></main></div></div>
</body>
</html>
