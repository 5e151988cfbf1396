<!doctype html>
<html lang="{$t->page_language|escape}" dir="{$t->page_direction|escape}">
<head>
<meta charset="utf-8">
<title>{$title|escape} - {$site|escape}</title>
<base href="{$admin|escape}/">
<meta name="robots" content="noindex, nofollow">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="loginstyle.php">
<link rel="stylesheet" href="{$asset|escape}/assets/twofactor.css">
<script src="{$asset|escape}/assets/twofactor.js" defer></script>
</head>
<body id="login" class="tf-login">
<div id="wrapper"><div class="login-container"><main><div class="login-box cf">
{if $logo}<div class="logo"><img src="{$logo|escape}" width="180" height="36" alt=""></div>{/if}
<p class="tf-site">{$site|escape}</p>
<h1>{$title|escape}</h1>
