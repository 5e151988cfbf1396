<?php

/**
 * What the module needs of CMS Made Simple, in one place: the login it goes on with, the cookie the
 * engine believes, users, groups, configuration, the admin log.
 *
 * There are two login flows. They are told apart by what LoginOperations can do, never by version:
 * both report the same one.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;
use CMSMS\LoginOperations;

final class Host
{
    private const ADMIN_GROUP = 1;

    /** Kept, because the database may be closed when it is asked for last. */
    private ?string $credentialName = null;
    /** '' as long as there is none to report. */
    private string $faultReference = '';

    public function __construct(private readonly \TwoFactor $module)
    {
    }

    public function hasTwoStepLogin(): bool
    {
        return method_exists(LoginOperations::class, 'initialize_authentication');
    }

    /** True in login.php, which has to stay reachable: it lets nobody in by itself. */
    public function isLoginPage(): bool
    {
        return isset($GLOBALS['CMS_LOGIN_PAGE']);
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

    /** What the engine takes as proof of a login: the session's copy first, then the cookie. */
    public function credential(): ?string
    {
        $name = $this->credentialName();
        $value = $_SESSION[$name] ?? $_COOKIE[$name] ?? null;
        return is_string($value) && $value !== '' ? $value : null;
    }

    public function sessionCredential(): ?string
    {
        $value = $_SESSION[$this->credentialName()] ?? null;
        return is_string($value) && $value !== '' ? $value : null;
    }

    /**
     * Gives this browser another login cookie and session id for the same login, so that copies of the old
     * ones are worth nothing. The engine would do it, too, but tell every listener of Core::LoginPost, and
     * one of them may redirect away from a page that is shown only once.
     *
     * @throws Unverifiable when the engine's cookie is not what this module knows
     */
    public function renewCredential(): string
    {
        [$seal, $payload] = array_pad(explode('::', (string) $this->credential(), 2), 2, '');
        $claims = json_decode((string) base64_decode($payload), true);
        $salt = (string) \cms_siteprefs::get('CMSMS\\LoginOperations');
        if (!is_array($claims) || !hash_equals(sha1($salt . $payload), $seal)) {
            throw new Unverifiable('The login cookie has a form this version of the module does not know.');
        }
        $payload = base64_encode((string) json_encode(['renewed' => bin2hex(random_bytes(16))] + $claims));
        $credential = sha1($salt . $payload) . '::' . $payload;
        $this->renewSession();
        $_SESSION[$this->credentialName()] = $credential;
        \cms_cookies::set($this->credentialName(), $credential);
        return $credential;
    }

    /** Gives this browser the cookies of the login in its session once more. False when there is none. */
    public function repeatCredential(): bool
    {
        $credential = $this->sessionCredential();
        $key = $_SESSION[CMS_USER_KEY] ?? null;
        if ($credential === null || !is_string($key)) {
            return false;
        }
        \cms_cookies::set($this->credentialName(), $credential);
        \cms_cookies::set(CMS_SECURE_PARAM_NAME, $key);
        return true;
    }

    /** Also those the engine has not come to yet. */
    public function loadAllModules(): void
    {
        \ModuleOperations::get_instance()->LoadModules();
    }

    private function credentialName(): string
    {
        if ($this->credentialName === null) {
            LoginOperations::get_instance();
            $this->credentialName = sha1(CMS_VERSION . \cms_siteprefs::get('CMSMS\\LoginOperations'));
        }
        return $this->credentialName;
    }

    /**
     * Takes the login out of the request and the session.
     *
     * @return \Closure(): void puts it back
     */
    public function withhold(): \Closure
    {
        $name = $this->credentialName();
        $session = $_SESSION[$name] ?? null;
        $cookie = $_COOKIE[$name] ?? null;
        unset($_SESSION[$name], $_COOKIE[$name]);
        return static function () use ($name, $session, $cookie): void {
            if ($session !== null) {
                $_SESSION[$name] = $session;
            }
            if ($cookie !== null) {
                $_COOKIE[$name] = $cookie;
            }
        };
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

    public function renewSession(): void
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
            $this->renewSession();
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

    /** Sets the language of the request: the one this user has chosen, else the engine's own choice. */
    public function speakTo(?int $userId): void
    {
        $chosen = $userId === null ? '' : (string) \cms_userprefs::get_for_user($userId, 'default_cms_language');
        \CmsNlsOperations::set_language($chosen);
    }

    /** How the signed-in user has dates written, in the notation of strftime; '' when they have not chosen. */
    public function dateFormat(): string
    {
        $id = $this->loggedInId();
        return $id === null ? '' : trim((string) \cms_userprefs::get_for_user($id, 'date_format_string'));
    }

    /** Where login.php sends a user who has just signed in. */
    public function destination(\User $user): string
    {
        $asked = $_SESSION['login_redirect_to'] ?? null;
        unset($_SESSION['login_redirect_to']);
        if (is_string($asked) && self::isOnThisSite($asked)) {
            $url = new \cms_url($asked);
            $url->erase_queryvar('_s_');
            $url->erase_queryvar('sp_');
            $url->set_queryvar(CMS_SECURE_PARAM_NAME, $_SESSION[CMS_USER_KEY]);
            return (string) $url;
        }
        $home = \cms_userprefs::get_for_user($user->id, 'homepage') ?: $this->adminUrl();
        return html_entity_decode(\CmsAdminUtils::get_session_url($home));
    }

    /**
     * The engine keeps the request's address as it was sent. "//elsewhere/..%2fadmin/index.php" is served here by
     * some web servers and leads elsewhere in a redirect, with the request key in it.
     */
    private static function isOnThisSite(string $address): bool
    {
        return preg_match('~^/(?![/\\\\])~', $address) === 1;
    }

    /** Null unless the user may sign in to the admin now. */
    public function userWhoMaySignIn(int $id): ?\User
    {
        $user = \UserOperations::get_instance()->LoadUserByID($id);
        return $user && $user->active && $user->adminaccess ? $user : null;
    }

    public function user(int $id): ?\User
    {
        return \UserOperations::get_instance()->LoadUserByID($id) ?: null;
    }

    /** As the database has it. */
    public function isNamed(int $id, string $name): bool
    {
        $row = $this->row('SELECT username FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?', [$id]);
        return $row !== null && (string) $row['username'] === $name;
    }

    /** Asked of the database, which has to answer: no answer is a no. */
    public function isGone(int $id): bool
    {
        $count = $this->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?', [$id]);
        return $count !== null && (int) $count['n'] === 0;
    }

    /** As login.php finds who has forgotten a password. Null unless they may sign in to the admin now. */
    public function userNamed(string $name): ?\User
    {
        $user = \UserOperations::get_instance()->LoadUserByUsername($name);
        return $user ? $this->userWhoMaySignIn((int) $user->id) : null;
    }

    /** The engine's way of storing one. A link to a new password that was mailed ends with it. */
    public function setPassword(\User $user, #[\SensitiveParameter] string $password): bool
    {
        $user->SetPassword($password);
        if (!$user->Save()) {
            return false;
        }
        \cms_userprefs::remove_for_user($user->id, 'pwreset');
        return true;
    }

    /** What login.php tells when a password was set by a link. It has happened: nobody can stop it here. */
    public function tellPasswordRecovered(\User $user): void
    {
        try {
            HookManager::do_hook('Core::LostPasswordReset', [
                'uid' => $user->id,
                'username' => $user->username,
                'ip' => \cms_utils::get_real_ip(),
            ]);
        } catch (\Throwable $fault) {
            $this->log('log_listener_failed', ['Core::LostPasswordReset', $fault->getMessage()]);
        }
    }

    /** 0 when nobody has this name. */
    public function idOf(string $name): int
    {
        $row = $this->row('SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE username = ?', [$name]);
        return (int) ($row['user_id'] ?? 0);
    }

    public function userName(int $id): string
    {
        return (string) ($this->user($id)?->username ?? $id);
    }

    /** The user in the extension's terms. Mails and messages speak the language they have chosen. */
    public function person(\User $user): \TwoFactor\User
    {
        $chosen = (string) \cms_userprefs::get_for_user((int) $user->id, 'default_cms_language');
        $language = preg_match('/^\w{2,20}$/', $chosen) ? $chosen : (string) \CmsNlsOperations::get_current_language();
        $email = trim((string) $user->email);
        return new \TwoFactor\User(
            (string) (int) $user->id,
            (string) $user->username,
            $email === '' ? null : $email,
            $this->groupNames((int) $user->id),
            str_replace('_', '-', $language) ?: null,
        );
    }

    /** @return list<int> */
    public function groupsOf(int $userId): array
    {
        $rows = $this->rows(
            'SELECT group_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE user_id = ? ORDER BY group_id',
            [$userId],
        );
        return array_map(static fn (array $row) => (int) $row['group_id'], $rows);
    }

    /** @return list<int> */
    public function membersOf(int $groupId): array
    {
        $rows = $this->rows(
            'SELECT user_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE group_id = ? ORDER BY user_id',
            [$groupId],
        );
        return array_map(static fn (array $row) => (int) $row['user_id'], $rows);
    }

    /** @return array<int, string> names of those who may sign in, by id */
    public function administrators(): array
    {
        $names = [];
        foreach (array_unique([1, ...$this->membersOf(self::ADMIN_GROUP)]) as $id) {
            $user = $this->userWhoMaySignIn($id);
            if ($user !== null) {
                $names[$id] = (string) $user->username;
            }
        }
        return $names;
    }

    /** @return list<int> of everybody there is */
    public function userIds(): array
    {
        $rows = $this->rows('SELECT user_id FROM ' . CMS_DB_PREFIX . 'users');
        return array_map(static fn (array $row) => (int) $row['user_id'], $rows);
    }

    public function isAdministrator(int $userId): bool
    {
        return $userId === 1 || in_array(self::ADMIN_GROUP, $this->groupsOf($userId), true);
    }

    /** @return list<string> */
    private function groupNames(int $userId): array
    {
        $rows = $this->rows(
            'SELECT g.group_name FROM `' . CMS_DB_PREFIX . 'groups` g INNER JOIN ' . CMS_DB_PREFIX
            . 'user_groups ug ON ug.group_id = g.group_id WHERE ug.user_id = ? ORDER BY g.group_name',
            [$userId],
        );
        return array_map(static fn (array $row) => (string) $row['group_name'], $rows);
    }

    /**
     * What makes a sign-in belong to these circumstances: password, groups and whether the user is active.
     * Read from the database.
     */
    public function standing(int $userId): string
    {
        $row = $this->row(
            'SELECT password, active, admin_access FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?',
            [$userId],
        );
        $standing = (string) json_encode([array_values($row ?? []), $this->groupsOf($userId)]);
        return $row === null ? '' : hash('sha256', $standing);
    }

    /**
     * @param list<int|string> $values
     * @return list<array<string, mixed>>
     */
    public function rows(string $sql, array $values = []): array
    {
        $rows = $this->database()->GetArray($sql, $values);
        return is_array($rows) ? array_values($rows) : [];
    }

    /**
     * @param list<int|string> $values
     * @return array<string, mixed>|null
     */
    public function row(string $sql, array $values = []): ?array
    {
        $row = $this->database()->GetRow($sql, $values);
        return is_array($row) && $row !== [] ? $row : null;
    }

    /** True only when the database answers other questions: one that is away has not said that a table is missing. */
    public function lacksTable(string $table): bool
    {
        return $this->row("SELECT COUNT(*) AS n FROM $table") === null
            && $this->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . 'users') !== null;
    }

    /** @param list<int|string> $values */
    public function execute(string $sql, array $values = []): void
    {
        $this->database()->Execute($sql, $values);
    }

    /**
     * Runs at the end of the request, also after a redirect. The engine's own shutdown function has closed
     * the database by then, so it is opened once more.
     */
    public function atTheEnd(\Closure $do): void
    {
        register_shutdown_function(function () use ($do): void {
            $database = $this->database();
            $do(static function () use ($database): void {
                if (method_exists($database, 'IsConnected') && !$database->IsConnected()) {
                    $database->Connect();
                }
            });
        });
    }

    public function database(): object
    {
        return \CmsApp::get_instance()->GetDb();
    }

    /** A value of config.php, or null. */
    public function config(string $name): mixed
    {
        $config = \CmsApp::get_instance()->GetConfig();
        return isset($config[$name]) ? $config[$name] : null;
    }

    public function configText(string $name): string
    {
        $value = $this->config($name);
        return is_string($value) ? trim($value) : '';
    }

    public function preference(string $name): string
    {
        return (string) \cms_siteprefs::get('TwoFactor_' . $name, '');
    }

    public function setPreference(string $name, string $value): void
    {
        \cms_siteprefs::set('TwoFactor_' . $name, $value);
    }

    public function removePreference(string $name): void
    {
        \cms_siteprefs::remove('TwoFactor_' . $name);
    }

    /** Whom mails of this site come from; '' while nobody has said so. */
    public function mailSender(): string
    {
        $kept = @unserialize((string) \cms_siteprefs::get('mailprefs'), ['allowed_classes' => false]);
        $from = is_array($kept) ? trim((string) ($kept['from'] ?? '')) : '';
        return str_ends_with($from, '@localhost.localdomain') ? '' : $from;
    }

    public function siteName(): string
    {
        return trim(html_entity_decode((string) \cms_siteprefs::get('sitename', ''), ENT_QUOTES));
    }

    public function adminUrl(): string
    {
        return rtrim((string) $this->config('admin_url'), '/');
    }

    /** The front end's first page. */
    public function rootUrl(): string
    {
        return rtrim((string) $this->config('root_url'), '/') . '/';
    }

    public function loginUrl(): string
    {
        return $this->adminUrl() . '/login.php';
    }

    /** The picture on the theme's own login page, '' when it has none in the usual place. */
    public function themeLogo(): string
    {
        $theme = (string) \cms_utils::get_theme_object()->themeName;
        $picture = "/themes/$theme/images/layout/cmsms_login_logo.png";
        $file = CMS_ROOT_PATH . '/' . $this->configText('admin_dir') . $picture;
        return is_file($file) ? $this->adminUrl() . $picture : '';
    }

    /**
     * Writes to the admin log, in the site's language: whoever reads it later is not who made the request. What
     * the extension or another module said about a fault stays as it said it.
     *
     * @param list<int|string> $values
     */
    public function log(string $key, array $values = [], int|string $userId = ''): void
    {
        $spoken = (string) \CmsNlsOperations::get_current_language();
        \CmsNlsOperations::set_language(trim((string) \cms_siteprefs::get('frontendlang', '')) ?: 'en_US');
        try {
            $action = (string) $this->module->Lang($key, ...$values);
        } finally {
            \CmsNlsOperations::set_language($spoken);
        }
        \audit($userId, 'TwoFactor', mb_strcut($action, 0, 250));
    }

    /** Whom PHP runs as, for advice about files. */
    public static function systemUser(): string
    {
        $user = function_exists('posix_getpwuid') ? posix_getpwuid(posix_geteuid()) : false;
        return is_array($user) ? $user['name'] : 'the user that runs PHP';
    }

    /**
     * Why nobody can be verified now: one line a request, whoever notices first, in the admin log and, since nobody
     * can read that now, in PHP's error log with the way back in.
     *
     * @return string by which the page that is shown and the line in the log are found to belong together
     */
    public function reportFault(\Throwable $fault): string
    {
        if ($this->faultReference === '') {
            $this->faultReference = strtoupper(bin2hex(random_bytes(4)));
            $kind = $fault instanceof Unverifiable ? '' : get_class($fault) . ': ';
            $reason = $kind . $fault->getMessage();
            $this->log('log_unverifiable', [$this->faultReference, $reason]);
            // Read by whoever runs the server: in English, as the rest of that log.
            error_log("TwoFactor $this->faultReference: nobody can be verified: $reason "
                . 'To let passwords alone sign in for half an hour, put this line into config.php: '
                . Emergency::line(time()));
        }
        return $this->faultReference;
    }

    public function redirect(string $url): never
    {
        \redirect($url);
        exit;
    }
}
