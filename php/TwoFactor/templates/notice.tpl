{include file='module_file_tpl:TwoFactor;login_head.tpl'}
{if $good}<p class="tf-note" role="status">{$message|escape}</p>{else}<p class="tf-alert" role="alert">{$message|escape}</p>{/if}
<p class="tf-actions"><a class="tf-button" href="{$back|escape}">{$t->to_login|escape}</a></p>
</div></main></div></div>
</body>
</html>
