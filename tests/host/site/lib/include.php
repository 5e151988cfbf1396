<?php

/**
 * Every page of the host starts here, as every page of CMS Made Simple starts with its lib/include.php.
 * The order is part of the behaviour that modules rely on: input is filtered, the session opens, modules
 * load (and may answer the request themselves), and only then is the language set and Smarty built.
 */

define('CMS_VERSION', '2.2.22');
define('CMS_SCHEMA_VERSION', '206');
define('CMS_SECURE_PARAM_NAME', '__c');
define('CMS_USER_KEY', '_userkey_');
define('CONFIG_FILE_LOCATION', dirname(__DIR__) . '/config.php');

global $CMS_INSTALL_PAGE, $CMS_ADMIN_PAGE, $CMS_LOGIN_PAGE;

// $_GET and $_SERVER (not $_POST) lose their tags and have their quotes encoded.
array_walk_recursive($_SERVER, $hostFilter = static function (&$value): void {
    if (is_string($value)) {
        $value = str_replace(["'", '"'], ['&#39;', '&#34;'], preg_replace('/\x00|<[^>]*>?/', '', $value));
    }
});
array_walk_recursive($_GET, $hostFilter);

require_once __DIR__ . '/flow.php';
require_once __DIR__ . '/functions.php';
require_once __DIR__ . '/core.php';
require_once __DIR__ . '/database.php';
require_once __DIR__ . '/hooks.php';
require_once __DIR__ . '/users.php';
require_once __DIR__ . '/language.php';
require_once __DIR__ . '/login.php';
require_once __DIR__ . '/modules.php';
require_once __DIR__ . '/theme.php';
require_once __DIR__ . '/mailer.php';

cms_config::get_instance();
if (isset($CMS_ADMIN_PAGE)) {
    setup_session();
}
if (!isset($CMS_INSTALL_PAGE)) {
    ModuleOperations::get_instance()->LoadModules(!isset($CMS_ADMIN_PAGE));
}
if (isset($CMS_ADMIN_PAGE)) {
    CmsNlsOperations::set_language();
}
$smarty = CmsApp::get_instance()->GetSmarty();
$smarty->assignGlobal('sitename', cms_siteprefs::get('sitename', 'Host'));
