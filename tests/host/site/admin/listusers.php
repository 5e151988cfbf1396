<?php

/** The users, what can be done to many at once, and "Test as this user". */

use CMSMS\HookManager;

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
$uid = get_userid();
if (!check_permission($uid, 'Manage Users')) {
    die('Permission Denied');
}
$users = UserOperations::get_instance();
$key = CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
$theme = cms_utils::get_theme_object();

if (isset($_GET['switchuser']) && $users->UserInGroup($uid, 1)) {
    $to = $users->LoadUserByID((int) $_GET['switchuser']);
    if ($to && $to->active) {
        \CMSMS\LoginOperations::get_instance()->set_effective_user($to);
        redirect('index.php?' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY]);
    }
}
if (isset($_POST['bulkaction'])) {
    foreach ((array) ($_POST['multiselect'] ?? []) as $id) {
        $one = $users->LoadUserByID((int) $id);
        // Nobody can do this to the first user or to themselves.
        if (!$one || $one->id <= 1 || $one->id == $uid) {
            continue;
        }
        if ($_POST['bulkaction'] === 'delete') {
            HookManager::do_hook('Core::DeleteUserPre', ['user' => &$one]);
            $one->Delete();
            HookManager::do_hook('Core::DeleteUserPost', ['user' => &$one]);
            audit($id, 'Admin Username: ' . $one->username, 'Deleted');
            continue;
        }
        HookManager::do_hook('Core::EditUserPre', ['user' => &$one]);
        switch ($_POST['bulkaction']) {
            case 'clearoptions':
                cms_userprefs::remove_for_user($one->id);
                break;
            case 'copyoptions':
                cms_userprefs::remove_for_user($one->id);
                foreach (cms_userprefs::get_all_for_user((int) ($_POST['userlist'] ?? 0)) as $name => $value) {
                    cms_userprefs::set_for_user($one->id, $name, $value);
                }
                break;
            case 'disable':
            case 'enable':
                $one->active = $_POST['bulkaction'] === 'enable' ? 1 : 0;
                $one->Save();
        }
        HookManager::do_hook('Core::EditUserPost', ['user' => &$one]);
        audit($id, 'Admin Username: ' . $one->username, ucfirst($_POST['bulkaction']));
    }
}

cms_admin_sendheaders();
$theme->do_header();
echo $theme->ShowHeader(lang('users')), "<p><a href=\"adduser.php?$key\">", lang('adduser'), '</a></p><table><thead><tr><th>', lang('username'), '</th><th>', lang('active'), '</th><th>', lang('actions'), '</th></tr></thead><tbody>';
foreach ($users->LoadUsers() as $one) {
    echo '<tr><td><a href="edituser.php?', $key, "&amp;user_id=$one->id\">$one->username</a></td><td>", $one->active ? lang('yes') : lang('no'),
        "</td><td><a href=\"listusers.php?$key&amp;switchuser=$one->id\">", lang('testas', $one->username), '</a></td></tr>';
}
echo '</tbody></table>';
$theme->do_footer();
