<?php

/**
 * Deleting a group, by a link. Its check for the first group compares what was sent, "1abc" for one passes; the group
 * is then that of the number in front, and refuses after Core::DeleteGroupPre.
 */

use CMSMS\HookManager;

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
$list = 'listusers.php?' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
$id = $_GET['group_id'] ?? -1;
if (isset($_GET['group_id'])) {
    if ($id == 1 || !check_permission(get_userid(), 'Manage Groups')) {
        redirect($list);
    }
    $group = GroupOperations::get_instance()->LoadGroupByID($id);
    $name = $group->name;
    if (UserOperations::get_instance()->UserInGroup(get_userid(), $id)) {
        redirect($list);
    }
    HookManager::do_hook('Core::DeleteGroupPre', ['group' => &$group]);
    $done = $group->Delete();
    HookManager::do_hook('Core::DeleteGroupPost', ['group' => &$group]);
    if ($done) {
        audit($id, 'Admin User Group: ' . $name, 'Deleted');
    }
}
redirect($list);
