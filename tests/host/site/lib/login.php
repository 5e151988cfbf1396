<?php

/**
 * Who is signed in. The cookie is a bearer of its own: it works without a session and survives a sign-out;
 * only another password ends it. That is how the real thing is, and what a second factor has to cope with.
 *
 * Two flows exist and differ in what this class offers: the old one persists a sign-in at once, the new one
 * first marks it pending. HOST_FLOW says which one this site has.
 */

namespace CMSMS;

abstract class LoginState
{
    protected string $loginkey;
    protected ?array $data = null;

    protected function __construct()
    {
        $this->loginkey = sha1(CMS_VERSION . $this->salt());
    }

    protected function salt(): string
    {
        $salt = \cms_siteprefs::get(LoginOperations::class);
        if (!$salt) {
            $salt = sha1(random_bytes(32));
            \cms_siteprefs::set(LoginOperations::class, $salt);
        }
        return $salt;
    }

    /** Forgets the cookie and the session's copy, but not what this request has already read. */
    public function deauthenticate(): void
    {
        \cms_cookies::erase($this->loginkey);
        \cms_cookies::erase(CMS_USER_KEY);
        \cms_cookies::erase(CMS_SECURE_PARAM_NAME);
        unset($_SESSION[$this->loginkey], $_SESSION[CMS_USER_KEY]);
    }

    protected function persist(\User $user, ?\User $effective): string
    {
        $impersonates = $effective && $effective->id > 0 && $effective->id != $user->id;
        $payload = base64_encode(json_encode([
            'uid' => $user->id,
            'username' => $user->username,
            'eff_uid' => $impersonates ? $effective->id : null,
            'eff_username' => $impersonates ? $effective->username : null,
            'hash' => password_hash($user->id . $user->password . __FILE__, PASSWORD_BCRYPT, ['cost' => 4]),
        ]));
        $_SESSION[$this->loginkey] = sha1($this->salt() . $payload) . '::' . $payload;
        \cms_cookies::set($this->loginkey, $_SESSION[$this->loginkey]);
        $key = substr(bin2hex(random_bytes(16)), -19);
        $_SESSION[CMS_USER_KEY] = $key;
        \cms_cookies::set(CMS_SECURE_PARAM_NAME, $key);
        $this->data = null;
        return $key;
    }

    private function data(): ?array
    {
        if ($this->data) {
            return $this->data;
        }
        if (!isset($_SESSION[$this->loginkey]) && isset($_COOKIE[$this->loginkey])) {
            $_SESSION[$this->loginkey] = $_COOKIE[$this->loginkey];
        }
        [$hash, $payload] = array_pad(explode('::', $_SESSION[$this->loginkey] ?? '', 2), 2, '');
        if ($hash !== sha1($this->salt() . $payload)) {
            return null;
        }
        $data = json_decode(base64_decode($payload), true);
        if (empty($data['uid']) || empty($data['username']) || empty($data['hash'])) {
            return null;
        }
        // The front end does not even look at the password.
        if (!\CmsApp::get_instance()->is_frontend_request()) {
            $user = \UserOperations::get_instance()->LoadUserByID((int) $data['uid']);
            if (!$user || !$user->active || !password_verify($user->id . $user->password . __FILE__, $data['hash'])) {
                return null;
            }
        }
        if (!isset($_SESSION[CMS_USER_KEY]) && \cms_cookies::exists(CMS_SECURE_PARAM_NAME)) {
            $_SESSION[CMS_USER_KEY] = \cms_cookies::get(CMS_SECURE_PARAM_NAME);
        }
        return $this->data = $data;
    }

    public function validate_requestkey(): bool
    {
        if (!isset($_SESSION[CMS_USER_KEY])) {
            throw new \LogicException('Internal: User key not found in session.');
        }
        $given = $_POST[CMS_SECURE_PARAM_NAME] ?? $_GET[CMS_SECURE_PARAM_NAME] ?? '';
        return $given == $_SESSION[CMS_USER_KEY];
    }

    public function get_loggedin_uid()
    {
        $data = $this->data();
        return $data ? (int) $data['uid'] : null;
    }

    public function get_loggedin_username()
    {
        $data = $this->data();
        return $data ? trim($data['username']) : null;
    }

    public function get_loggedin_user()
    {
        $uid = $this->get_loggedin_uid();
        return $uid ? \UserOperations::get_instance()->LoadUserByID($uid) : null;
    }

    public function get_effective_uid()
    {
        return $this->data()['eff_uid'] ?? $this->get_loggedin_uid();
    }

    public function get_effective_username()
    {
        return $this->data()['eff_username'] ?? $this->get_loggedin_username();
    }

    public function set_effective_user(?\User $user = null)
    {
        $signedIn = $this->get_loggedin_user();
        if (!$signedIn || !$signedIn->id) {
            throw new \LogicException('Cannot switch effective user without an authenticated session');
        }
        if ($user && $user->id == $signedIn->id) {
            return null;
        }
        return $this->save_authentication($signedIn, $user);
    }
}

if (HOST_FLOW === 'old') {
    final class LoginOperations extends LoginState
    {
        private static ?self $instance = null;

        public static function &get_instance(): self
        {
            self::$instance ??= new self();
            return self::$instance;
        }

        public function save_authentication(\User $user, ?\User $effective = null)
        {
            if ($user->id < 1 || empty($user->password)) {
                throw new \LogicException('User information invalid for ' . __METHOD__);
            }
            return $this->persist($user, $effective);
        }
    }
} else {
    final class LoginOperations extends LoginState
    {
        private static ?self $instance = null;

        public static function &get_instance(): self
        {
            self::$instance ??= new self();
            return self::$instance;
        }

        public function initialize_authentication(\User $user, ?\User $effective = null): void
        {
            if (!$user->id) {
                throw new \LogicException('Invalid user for authentication initialization');
            }
            session_regenerate_id(true);
            unset($_SESSION['cms_userid'], $_SESSION['cms_loggedin'], $_SESSION[$this->loginkey]);
            $_SESSION['cms_pending_auth_userid'] = (int) $user->id;
            $_SESSION['cms_pending_auth_time'] = time();
            $_SESSION['cms_pending_effective_userid'] = $effective && $effective->id > 0 ? (int) $effective->id : null;
        }

        /** Looks at the age of the pending sign-in and not at whose it is. */
        public function finalize_authentication(\User $user, ?\User $effective = null): string
        {
            if (!$user->id) {
                throw new \LogicException('Invalid user for authentication finalization');
            }
            if (($_SESSION['cms_pending_auth_time'] ?? 0) < time() - 300) {
                throw new \LogicException('Pending authentication expired');
            }
            return $this->save_authentication($user, $effective);
        }

        public function save_authentication(\User $user, ?\User $effective = null): string
        {
            if (!$user->id) {
                throw new \LogicException('Invalid user for authentication save');
            }
            session_regenerate_id(true);
            $_SESSION['cms_userid'] = (int) $user->id;
            $_SESSION['cms_loggedin'] = 1;
            unset($_SESSION['cms_pending_auth_userid'], $_SESSION['cms_pending_auth_time']);
            $key = $this->persist($user, $effective);
            HookManager::do_hook('Core::LoginPost', ['user' => $user]);
            return $key;
        }
    }
}
