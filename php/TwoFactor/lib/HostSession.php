<?php

/**
 * Who is signed in to CMS Made Simple, and how somebody is.
 *
 * There are two login flows. They are told apart by what LoginOperations can do, never by version:
 * both report the same one.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;
use CMSMS\LoginOperations;

final class HostSession
{
    public function hasTwoStepLogin(): bool
    {
        return method_exists(LoginOperations::class, 'initialize_authentication');
    }

    /** True in login.php, which has to stay reachable: it lets nobody in by itself. */
    public function isLoginPage(): bool
    {
        return isset($GLOBALS['CMS_LOGIN_PAGE']);
    }

    /** True in logout.php, which only asks login.php for it. */
    public function isSignOutPage(): bool
    {
        return basename((string) ($_SERVER['SCRIPT_NAME'] ?? '')) === 'logout.php';
    }

    /** True where the engine is about to store what groups may do, of which it tells nobody. */
    public function isChangeOfPermissions(): bool
    {
        return basename((string) ($_SERVER['SCRIPT_NAME'] ?? '')) === 'changegroupperm.php' && ($_SERVER['REQUEST_METHOD'] ?? '') === 'POST';
    }

    /** What logout.php does: login.php signs out whoever comes with it. */
    public function askForSignOut(): void
    {
        $_SESSION['logout_user_now'] = '1';
    }

    /** The signed-in user, also while they test the site as somebody else. */
    public function loggedInId(): ?int
    {
        $id = (int) LoginOperations::get_instance()->get_loggedin_uid();
        return $id > 0 ? $id : null;
    }

    public function isImpersonating(): bool
    {
        $login = LoginOperations::get_instance();
        return (int) $login->get_loggedin_uid() !== (int) $login->get_effective_uid();
    }

    /** Whom the engine takes the request for: somebody else while the site is tested as them. */
    public function effectiveId(): int
    {
        return (int) LoginOperations::get_instance()->get_effective_uid();
    }

    public function deauthenticate(): void
    {
        LoginOperations::get_instance()->deauthenticate();
        $this->dropEnginePending();
    }

    /** Forgets a login that the engine of the new flow has begun and not finished. */
    public function dropEnginePending(): void
    {
        unset(
            $_SESSION['cms_pending_auth_userid'],
            $_SESSION['cms_pending_auth_time'],
            $_SESSION['cms_pending_effective_userid'],
        );
    }

    public function renew(): void
    {
        if (session_status() === PHP_SESSION_ACTIVE) {
            session_regenerate_id(true);
        }
    }

    /** Signs the user in the way this engine does it. False when another module stopped it. */
    public function signIn(\User $user): bool
    {
        $login = LoginOperations::get_instance();
        if (!$this->hasTwoStepLogin()) {
            $this->renew();
            $login->save_authentication($user);
            HookManager::do_hook('Core::LoginPost', ['user' => $user]);
            return true;
        }
        $login->initialize_authentication($user);
        HookManager::do_hook('Core::LoginVerified', ['user' => $user]);
        if (!isset($_SESSION['cms_pending_auth_userid'])) {
            return false;
        }
        $login->finalize_authentication($user);
        return true;
    }
}
