{include file='module_file_tpl:TwoFactor;login_head.tpl'}
<div class="tf">
{include file='module_file_tpl:TwoFactor;codes_sheet.tpl'}
</div>
</div></main></div></div>
</body>
</html>
