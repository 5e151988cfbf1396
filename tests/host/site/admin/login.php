<?php

/** Signing in, signing out and recovering a password, in the two flows that modules meet. */

namespace CMSMS;

$CMS_ADMIN_PAGE = 1;
$CMS_LOGIN_PAGE = 1;
require_once '../lib/include.php';

if (HOST_FLOW === 'new') {
    HookManager::do_hook('Core::LoginAttempted', []);
}
$login = LoginOperations::get_instance();
$users = \UserOperations::get_instance();
$config = \cms_config::get_instance();
$show = ['error' => '', 'changepwhash' => ''];

function user_of_recovery(string $code): ?\User
{
    foreach (\UserOperations::get_instance()->LoadUsers() as $user) {
        $kept = \cms_userprefs::get_for_user($user->id, 'pwreset');
        if ($kept && $code === $kept) {
            return $user;
        }
    }
    return null;
}

if (isset($_REQUEST['forgotpwform'], $_REQUEST['forgottenusername'])) {
    $name = \cms_html_entity_decode($_REQUEST['forgottenusername']);
    unset($_REQUEST['loginsubmit'], $_POST['loginsubmit']);
    HookManager::do_hook('Core::LostPassword', ['username' => $name]);
    $user = $users->LoadUserByUsername($name);
    if ($user) {
        $code = bin2hex(random_bytes(16));
        \cms_userprefs::set_for_user($user->id, 'pwreset', $code);
        // The host sends no mail: it leaves the letter where a test can read it.
        file_put_contents(TMP_CACHE_LOCATION . '/outbox.txt', $config['admin_url'] . "/login.php?recoverme=$code\n", FILE_APPEND);
        $show['warningLogin'] = \lang('recoveryemailsent');
    } else {
        HookManager::do_hook('Core::LoginFailed', ['user' => $name]);
        $show['error'] = \lang('usernotfound');
    }
} elseif (!empty($_REQUEST['recoverme'])) {
    user_of_recovery($_REQUEST['recoverme']) ? $show['changepwhash'] = $_REQUEST['recoverme'] : $show['error'] = \lang('usernotfound');
} elseif (!empty($_REQUEST['forgotpwchangeform'])) {
    $user = user_of_recovery($_REQUEST['changepwhash'] ?? '');
    if ($user && ($_REQUEST['password'] ?? '') !== '' && $_REQUEST['password'] === ($_REQUEST['passwordagain'] ?? '')) {
        $user->SetPassword($_REQUEST['password']);
        $user->Save();
        \cms_userprefs::remove_for_user($user->id, 'pwreset');
        HookManager::do_hook('Core::LostPasswordReset', ['uid' => $user->id, 'username' => $user->username, 'ip' => \cms_utils::get_real_ip()]);
        $show['acceptLogin'] = \lang('passwordchangedlogin');
    } else {
        $show['error'] = \lang($user ? 'nopasswordmatch' : 'usernotfound');
    }
    unset($_POST['loginsubmit']);
}

if (isset($_SESSION['logout_user_now'])) {
    unset($_SESSION['logout_user_now']);
    $who = ['uid' => $login->get_loggedin_uid(), 'username' => $login->get_loggedin_username()];
    HookManager::do_hook('Core::LogoutPre', $who);
    $login->deauthenticate();
    HookManager::do_hook('Core::LogoutPost', $who);
    \audit($who['uid'], 'Admin Username: ' . $who['username'], 'Logged Out');
}

if (isset($_POST['loginsubmit'])) {
    $login->deauthenticate();
    $name = \cleanValue($_POST['username'] ?? null);
    $password = $_POST['password'] ?? null;
    unset($_POST['username'], $_POST['password'], $_REQUEST['username'], $_REQUEST['password']);
    try {
        $user = $name && $password && is_string($password) ? $users->LoadUserByUsername($name, $password, true, true) : null;
        if (!$user) {
            throw new \LogicException(\lang('usernameincorrect'));
        }
        HookManager::do_hook('Core::LoginPre', ['user' => $user]);
        if (HOST_FLOW === 'new') {
            $login->initialize_authentication($user);
            HookManager::do_hook('Core::LoginVerified', ['user' => $user]);
            if (!isset($_SESSION['cms_pending_auth_userid'])) {
                return;
            }
            $login->finalize_authentication($user);
            \audit($user->id, 'Admin Username: ' . $user->username, 'Logged In');
        } else {
            $login->save_authentication($user);
            \audit($user->id, 'Admin Username: ' . $user->username, 'Logged In');
            HookManager::do_hook('Core::LoginPost', ['user' => $user]);
        }
        if (isset($_SESSION['login_redirect_to'])) {
            $url = new \cms_url($_SESSION['login_redirect_to']);
            unset($_SESSION['login_redirect_to']);
            $url->set_queryvar(CMS_SECURE_PARAM_NAME, $_SESSION[CMS_USER_KEY]);
            \redirect((string) $url);
        }
        $home = \cms_userprefs::get_for_user($user->id, 'homepage') ?: $config['admin_url'];
        \redirect(html_entity_decode(\CmsAdminUtils::get_session_url($home)));
    } catch (\Exception $e) {
        $show['error'] = $e->getMessage();
        HookManager::do_hook('Core::LoginFailed', ['user' => $name]);
        \audit('', '(IP: ' . \cms_utils::get_real_ip() . ') Admin Username: ' . $name, 'Login Failed');
    }
}

\cms_admin_sendheaders();
\cms_utils::get_theme_object()->do_login($show);
