<?php

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
$uid = get_userid();
if (!check_permission($uid, 'Manage My Account')) {
    die('Permission Denied');
}
require_once '../lib/userform.php';
host_user_form(UserOperations::get_instance()->LoadUserByID($uid), 'myaccount.php', true);
