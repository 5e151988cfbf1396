{* A mail with a code, or with news of an account, as HTML. $html is a whole document and escaped already. A site
   may put a file of this name into assets/module_custom/TwoFactor/templates/ and set the same in its own dress from
   $code_text, which is plain text: {$code_text|escape|nl2br}. There are $subject and $site, too. Do without links: they teach people to click. *}
{$html}
