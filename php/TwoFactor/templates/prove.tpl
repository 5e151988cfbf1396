{include file='module_file_tpl:TwoFactor;send_proof.tpl' page='preferences'}
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-form">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='preferences' do='prove'}
{include file='module_file_tpl:TwoFactor;prove_fields.tpl'}
<button type="submit" class="tf-button">{$t->verify|escape}</button>
</form>
