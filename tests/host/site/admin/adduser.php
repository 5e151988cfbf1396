<?php

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Manage Users')) {
    die('Permission Denied');
}
require_once '../lib/userform.php';
$user = new User();
$user->active = 1;
host_user_form($user, 'adduser.php', false, true);
