<?php

$CMS_ADMIN_PAGE = 1;
$CMS_LOGIN_PAGE = 1;
require_once '../lib/include.php';
header('Content-Type: text/css; charset=utf-8');
readfile(__DIR__ . '/style.css');
