{if $files}<section class="tf-panel" aria-labelledby="tf-list-files">
<h2 id="tf-list-files">{$t->figures_files|escape}</h2>
<p class="tf-hint">{$about|escape}</p>
<p class="tf-actions">{foreach $files as $one}<a class="tf-button tf-light" href="{$one.url|escape}" download>{$one.text|escape}</a>
{/foreach}</p>
</section>{/if}
