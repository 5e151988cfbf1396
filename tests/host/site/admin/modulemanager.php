<?php

/** Installs, upgrades and removes modules. The first two are queued, and done by the request that follows. */

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
check_login();
if (!check_permission(get_userid(), 'Modify Modules')) {
    die('Permission Denied');
}
$theme = cms_utils::get_theme_object();
$key = CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
$modules = ModuleOperations::get_instance();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $name = basename((string) ($_POST['module'] ?? ''));
    if (isset($_POST['uninstall'])) {
        try {
            $_SESSION['moduleoperations_result'][$name] = $modules->UninstallModule($name);
        } catch (Exception $objection) {
            // Shown, as the Module Manager does it.
            $_SESSION['moduleoperations_result'][$name] = [false, $objection->getMessage()];
        }
    } else {
        $modules->QueueForInstall($name);
    }
    redirect("modulemanager.php?$key");
}
foreach ($_SESSION['moduleoperations_result'] ?? [] as $name => $result) {
    $result[0] ? $theme->ShowMessage("<b class=\"result\">$name</b> " . ($result[1] ?? '')) : $theme->ShowErrors("<b class=\"result\">$name</b> " . ($result[1] ?? ''));
}
unset($_SESSION['moduleoperations_result']);

cms_admin_sendheaders();
$theme->do_header();
echo $theme->ShowHeader('Modules');
$installed = $modules->GetInstalledModuleInfo();
foreach (glob(CMS_ROOT_PATH . '/modules/*/*.module.php') as $file) {
    $name = basename($file, '.module.php');
    echo '<form method="post" action="modulemanager.php"><input type="hidden" name="', CMS_SECURE_PARAM_NAME, '" value="', $_SESSION[CMS_USER_KEY], '">',
        "<input type=\"hidden\" name=\"module\" value=\"$name\"><p>$name <span class=\"version\" data-module=\"$name\">", $installed[$name]['version'] ?? '', '</span> ',
        isset($installed[$name]) ? '<button name="upgrade" value="1">Upgrade</button> <button name="uninstall" value="1">Uninstall</button>' : '<button name="install" value="1">Install</button>',
        '</p></form>';
}
$theme->do_footer();
