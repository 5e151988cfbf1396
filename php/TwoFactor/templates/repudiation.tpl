{include file='module_file_tpl:TwoFactor;login_head.tpl'}
{if $step == 'done'}<p class="tf-note" role="status">{$t->link_done|escape}</p>
{elseif $step == 'used'}<p class="tf-note tf-careful" role="status">{$t->link_used|escape}</p>{/if}
<dl class="tf-facts">
<dt>{$t->link_what|escape}</dt><dd>{$what|escape}{if $method}<br>{$method|escape}{/if}</dd>
<dt>{$t->link_when|escape}</dt><dd>{$when|escape}</dd>
<dt>{$t->link_account|escape}</dt><dd>{$name|escape}</dd>
{if $held && $step != 'done'}<dt>{$t->hold_title|escape}</dt><dd>{$held|escape}</dd>{/if}
</dl>
{if $step == 'ask'}
<form method="post" action="{$action|escape}" autocomplete="off">
<input type="hidden" name="twofactor" value="repudiate">
<input type="hidden" name="loginsubmit" value="1">
<input type="hidden" name="twofactor_link" value="{$link|escape}">
<p>{$t->link_about|escape}</p>
<ul>
<li>{$t->link_ends|escape}</li>
<li>{$t->link_holds|escape}</li>
<li>{$t->link_tells|escape}</li>
</ul>
<p class="tf-hint">{$t->link_was_me|escape}</p>
<div class="tf-actions">
<button type="submit" class="loginsubmit tf-go">{$t->link_button|escape}</button>
</div>
</form>
{elseif $step == 'done'}
<p>{$t->link_next|escape}</p>
{/if}
<p class="tf-back"><a href="{$action|escape}">{$t->to_login|escape}</a></p>
</div></main></div></div>
</body>
</html>
