<?php

/** Who is in a group. */

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Manage Users')) {
    die('Permission Denied');
}
$theme = cms_utils::get_theme_object();
$users = UserOperations::get_instance()->LoadUsers();
if (isset($_POST['submit'])) {
    foreach (GroupOperations::get_instance()->LoadGroups() as $group) {
        $members = array_map('intval', (array) ($_POST['members'][$group->id] ?? []));
        \CMSMS\HookManager::do_hook('Core::ChangeGroupAssignPre', ['group' => $group, 'users' => UserOperations::get_instance()->LoadUsers()]);
        cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'user_groups WHERE group_id = ? AND user_id != ?', [$group->id, get_userid()]);
        foreach (array_diff($members, [(int) get_userid()]) as $uid) {
            UserOperations::get_instance()->AddMemberGroup($uid, $group->id);
        }
        \CMSMS\HookManager::do_hook('Core::ChangeGroupAssignPost', ['group' => $group, 'users' => UserOperations::get_instance()->LoadUsers()]);
        audit($group->id, 'Assignment Group: ' . $group->name, 'Changed');
    }
    $theme->ShowMessage(lang('accountupdated'));
}
cms_admin_sendheaders();
$theme->do_header();
echo $theme->ShowHeader(lang('usersgroups')), '<form method="post" action="changegroupassign.php"><input type="hidden" name="', CMS_SECURE_PARAM_NAME, '" value="', $_SESSION[CMS_USER_KEY], '">';
foreach (GroupOperations::get_instance()->LoadGroups() as $group) {
    echo "<fieldset><legend>$group->name</legend>";
    foreach ($users as $user) {
        $in = UserOperations::get_instance()->UserInGroup($user->id, $group->id) ? ' checked' : '';
        echo "<label><input type=\"checkbox\" name=\"members[$group->id][]\" value=\"$user->id\"$in> $user->username</label>";
    }
    echo '</fieldset>';
}
echo '<p><button name="submit" value="1">', lang('submit'), '</button></p></form>';
$theme->do_footer();
