{if $stronger}<p class="tf-note tf-careful">{$t->stronger_about|escape} <a href="{$stronger|escape}" target="_blank" rel="noopener">{$t->stronger_link|escape}</a></p>
{/if}<div class="tf-row"><label for="tf-method{$nth|default:''}">{$t->prove_with|escape}</label>
<select id="tf-method{$nth|default:''}" name="{$p}{$of|default:''}method">{foreach $provable as $one}<option value="{$one->value|escape}"{if $one->value == $proving} selected{/if}>{$show->method($one)|escape}</option>{/foreach}</select></div>
<div class="tf-row"><label for="tf-code{$nth|default:''}">{$t->code|escape}</label>
<input id="tf-code{$nth|default:''}" name="{$p}{$of|default:''}code" type="text" class="tf-code{$nth|default:''}" value="" required autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="64"></div>
