<?php

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Manage Users')) {
    die('Permission Denied');
}
require_once '../lib/userform.php';
$user = UserOperations::get_instance()->LoadUserByID((int) ($_POST['user_id'] ?? $_GET['user_id'] ?? get_userid()));
if (!$user) {
    redirect('listusers.php?' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY]);
}
host_user_form($user, 'edituser.php', false);
