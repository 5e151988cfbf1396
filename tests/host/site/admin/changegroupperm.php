<?php

/** What a group may do. No event tells of it. */

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Manage Groups')) {
    die('Permission Denied');
}
$theme = cms_utils::get_theme_object();
$database = cmsms()->GetDb();
$groups = array_filter(GroupOperations::get_instance()->LoadGroups(), static fn (Group $group): bool => $group->id > 1);
if (isset($_POST['submitted'])) {
    foreach ($groups as $group) {
        $database->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'group_perms WHERE group_id = ?', [$group->id]);
    }
    foreach ($_POST as $key => $value) {
        [$kind, $permission, $group] = explode('_', $key) + ['', 0, 0];
        if ($kind === 'pg' && (int) $permission > 0 && $group !== '1' && $value === '1') {
            $id = $database->GenID(CMS_DB_PREFIX . 'group_perms_seq');
            $database->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'group_perms (group_perm_id, group_id, permission_id) VALUES (?,?,?)', [$id, (int) $group, (int) $permission]);
        }
    }
    audit(get_userid(), 'Permission Group ID: ' . get_userid(), 'Changed');
    cmsms()->clear_cached_files();
    $theme->ShowMessage(lang('accountupdated'));
}
$all = $database->GetArray('SELECT permission_id, permission_name, permission_text FROM ' . CMS_DB_PREFIX . 'permissions ORDER BY permission_text');
CMSMS\HookManager::add_hook('localizeperm', static fn (string $text): string => $text, CMSMS\HookManager::PRIORITY_HIGH);
$label = static fn (string $text): string => CMSMS\HookManager::do_hook_first_result('localizeperm', $text);
cms_admin_sendheaders();
$theme->do_header();
echo $theme->ShowHeader(lang('usersgroups')), '<form method="post" action="changegroupperm.php"><input type="hidden" name="submitted" value="1"><input type="hidden" name="', CMS_SECURE_PARAM_NAME, '" value="', $_SESSION[CMS_USER_KEY], '">';
foreach ($groups as $group) {
    echo "<fieldset><legend>$group->name</legend>";
    foreach ($all as $one) {
        $has = GroupOperations::get_instance()->CheckPermission($group->id, $one['permission_name']) ? ' checked' : '';
        echo "<label><input type=\"checkbox\" name=\"pg_$one[permission_id]_$group->id\" value=\"1\"$has> ", cms_htmlentities($label($one['permission_text'])), '</label> ';
    }
    echo '</fieldset>';
}
echo '<p><button name="submit" value="1">', lang('submit'), '</button></p></form>';
$theme->do_footer();
