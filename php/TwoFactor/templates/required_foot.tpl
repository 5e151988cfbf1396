<form method="post" action="{$action|escape}">{include file=$head}
{if $step|default:''}<button type="submit" class="tf-quiet" name="twofactor_other" value="1">{$t->required_other|escape}</button>{/if}
<button type="submit" class="tf-quiet" name="twofactor_cancel" value="1">{$t->cancel|escape}</button></form>
</div>
</div></main></div></div>
</body>
</html>
