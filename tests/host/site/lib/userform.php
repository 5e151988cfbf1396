<?php

/** The form behind adduser.php, edituser.php and myaccount.php, and what saving it fires. */

use CMSMS\HookManager;

function host_user_form(User $user, string $page, bool $own, bool $new = false): void
{
    $theme = cms_utils::get_theme_object();
    $key = CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
    if (isset($_POST['submit'])) {
        $password = (string) ($_POST['password'] ?? '');
        if (($_POST['user'] ?? '') === '' || $password !== ($_POST['passwordagain'] ?? '')) {
            $theme->ShowErrors(lang('nopasswordmatch'));
        } else {
            $user->username = cleanValue($_POST['user']);
            $user->email = filter_var($_POST['email'] ?? '', FILTER_SANITIZE_EMAIL);
            if (!$own) {
                $user->active = isset($_POST['active']) ? 1 : 0;
            }
            // On one's own page the hook comes before the password is set, elsewhere after.
            if ($password !== '' && !$own) {
                $user->SetPassword($password);
            }
            HookManager::do_hook($new ? 'Core::AddUserPre' : 'Core::EditUserPre', ['user' => &$user]);
            if ($password !== '' && $own) {
                $user->SetPassword($password);
            }
            if ($user->Save()) {
                if (!$own && isset($_POST['groups'])) {
                    cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'user_groups WHERE user_id = ?', [$user->id]);
                    foreach ((array) $_POST['groups'] as $gid) {
                        UserOperations::get_instance()->AddMemberGroup($user->id, (int) $gid);
                    }
                }
                HookManager::do_hook($new ? 'Core::AddUserPost' : 'Core::EditUserPost', ['user' => &$user]);
                audit($user->id, 'Admin Username: ' . $user->username, $new ? 'Added' : 'Edited');
                if (!$own) {
                    redirect("listusers.php?$key");
                }
                $theme->ShowMessage(lang('accountupdated'));
            }
        }
    }
    cms_admin_sendheaders();
    $theme->do_header();
    echo $theme->ShowHeader(lang($own ? 'myaccount' : ($new ? 'adduser' : 'edituser'))),
    "<form method=\"post\" action=\"$page\" autocomplete=\"off\"><input type=\"hidden\" name=\"", CMS_SECURE_PARAM_NAME, '" value="', $_SESSION[CMS_USER_KEY], '">',
    $new ? '' : "<input type=\"hidden\" name=\"user_id\" value=\"$user->id\">";
    foreach (['user' => ['text', $user->username], 'email' => ['email', $user->email], 'password' => ['password', ''], 'passwordagain' => ['password', '']] as $name => [$type, $value]) {
        echo "<p><label for=\"$name\">", lang($name === 'user' ? 'username' : $name), "</label> <input id=\"$name\" name=\"$name\" type=\"$type\" value=\"", htmlspecialchars((string) $value), '"></p>';
    }
    if (!$own) {
        echo '<p><label><input type="checkbox" name="active" value="1"', $user->active ? ' checked' : '', '> ', lang('active'), '</label></p>';
        $member = $new ? [] : UserOperations::get_instance()->GetMemberGroups($user->id);
        foreach (GroupOperations::get_instance()->LoadGroups() as $group) {
            echo "<p><label><input type=\"checkbox\" name=\"groups[]\" value=\"$group->id\"", in_array($group->id, $member, true) ? ' checked' : '', "> $group->name</label></p>";
        }
    }
    echo '<p><button name="submit" value="1">', lang('submit'), '</button></p></form>';
    $theme->do_footer();
}
