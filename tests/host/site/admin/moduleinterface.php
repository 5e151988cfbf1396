<?php

/** Runs a module's action inside the theme: ?mact=Module,prefix,action,inline */

$CMS_ADMIN_PAGE = 1;
$CMS_MODULE_PAGE = 1;
require_once '../lib/include.php';
check_login();

$smarty = Smarty_CMS::get_instance();
[$name, $id, $action] = array_pad(explode(',', cms_htmlentities($_REQUEST['mact'] ?? ''), 4), 3, '');
$module = ModuleOperations::get_instance()->get_module_instance($name);
if (!$module) {
    trigger_error("Module $name not found in memory");
    redirect('index.php');
}
$id = $id ?: 'm1_';
$action = $action ?: 'defaultadmin';
$params = ModuleOperations::get_instance()->GetModuleParameters($id);
$bare = ($_REQUEST['showtemplate'] ?? '') === 'false' || $module->SuppressAdminOutput($_REQUEST) || isset($_REQUEST['suppressoutput']);
if ($bare) {
    echo $module->DoActionBase($action, $id, $params, '', $smarty);
    return;
}
$theme = cms_utils::get_theme_object();
$theme->set_action_module($name);
ob_start();
echo $module->DoActionBase($action, $id, $params, '', $smarty);
$content = ob_get_clean();
if ($text = $module->GetHeaderHTML($action)) {
    $theme->add_headtext($text);
}
cms_admin_sendheaders();
$theme->do_header();
echo $theme->ShowHeader($theme->title ?: $module->GetFriendlyName()), '<div class="pagecontainer">', $content, '</div>';
$theme->do_footer();
