<input type="hidden" name="mact" value="TwoFactor,{$p|escape},{$do|escape},0"><input type="hidden" name="{$csrf_name|escape}" value="{$csrf|escape}">
