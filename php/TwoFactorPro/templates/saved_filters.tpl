<div class="tf-filters">
{if $filters}<h2>{$t->filters|escape}</h2>
<ul class="tf-saved">{foreach $filters as $one}<li><a href="{$one.url|escape}"{if $one.is_current} aria-current="true"{/if}><bdi>{$one.name|escape}</bdi></a>
<form method="post" action="moduleinterface.php">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do="`$filter_tab`-filter-remove"}<button type="submit" class="tf-button tf-light" name="{$p}filter" value="{$one.name|escape}">{$t->filter_remove|escape}<span class="tf-unseen"> {$one.name|escape}</span></button></form></li>
{/foreach}</ul>{/if}
{if $filter}<details><summary>{$t->filter_save_this|escape}</summary>
<form method="post" action="moduleinterface.php" autocomplete="off" class="tf-search">{include file='module_file_tpl:TwoFactor;form_head.tpl' page='defaultadmin' do="`$filter_tab`-filter-save"}
{foreach $filter as $field => $value}<input type="hidden" name="{$p}{$field}" value="{$value|escape}">{/foreach}
<label for="tf-filter-name">{$t->filter_name|escape}</label>
<input id="tf-filter-name" type="text" name="{$p}filter" maxlength="{$longest_filter}" required>
<button type="submit" class="tf-button">{$t->filter_save|escape}</button>
</form></details>{/if}
</div>
