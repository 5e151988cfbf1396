<button type="submit" class="tf-unseen" tabindex="-1" aria-hidden="true"{if $confirm|default:''} data-confirm="{$confirm|escape}"{/if}></button>
