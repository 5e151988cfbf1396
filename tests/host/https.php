<?php

// In front of every script of a site that browsers call over HTTPS, which a proxy in front of it ends.

require __DIR__ . '/finishes.php';
$_SERVER['HTTPS'] = 'on';
