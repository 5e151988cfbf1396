<?php

/**
 * Deleting one user, by a link. It asks only whether it is somebody else; that the first user cannot be deleted is
 * found out after Core::DeleteUserPre, and Core::DeleteUserPost follows whatever came of it.
 */

use CMSMS\HookManager;

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Manage Users')) {
    die('Permission Denied');
}
$id = $_GET['user_id'] ?? -1;
if (isset($_GET['user_id']) && $id != get_userid()) {
    $user = UserOperations::get_instance()->LoadUserByID($id);
    $name = $user->username;
    HookManager::do_hook('Core::DeleteUserPre', ['user' => &$user]);
    cms_userprefs::remove_for_user($id);
    $user->Delete();
    HookManager::do_hook('Core::DeleteUserPost', ['user' => &$user]);
    audit($id, 'Admin Username: ' . $name, 'Deleted');
}
redirect('listusers.php?' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY]);
