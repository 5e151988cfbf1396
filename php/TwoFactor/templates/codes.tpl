<div lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}" class="tf">
{include file='module_file_tpl:TwoFactor;messages_own.tpl'}
{include file='module_file_tpl:TwoFactor;codes_sheet.tpl'}
</div>
