<?php

$CMS_ADMIN_PAGE = 1;
require_once '../lib/include.php';
// Asked for directly, without the key: the one of the session is taken to be meant.
if (isset($_SESSION[CMS_USER_KEY]) && !isset($_GET[CMS_SECURE_PARAM_NAME])) {
    $_GET[CMS_SECURE_PARAM_NAME] = $_SESSION[CMS_USER_KEY];
}
check_login();
cms_admin_sendheaders();
$theme = cms_utils::get_theme_object();
$theme->do_header();
$theme->do_toppage($_GET['section'] ?? '');
$theme->do_footer();
