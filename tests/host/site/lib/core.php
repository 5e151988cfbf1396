<?php

/** Configuration, preferences, cookies, addresses and the application object. */

class CmsException extends Exception
{
}
class CmsError404Exception extends CmsException
{
}
class CmsFileSystemException extends CmsException
{
}

final class CmsApp
{
    public const STATE_ADMIN_PAGE = 'admin_request';
    public const STATE_LOGIN_PAGE = 'login_request';

    private static ?self $instance = null;
    private ?\CMSMS\Database\Connection $db = null;

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    public function GetDb(): \CMSMS\Database\Connection
    {
        return $this->db ??= new \CMSMS\Database\Connection(cms_config::get_instance());
    }

    public function GetDbPrefix(): string
    {
        return CMS_DB_PREFIX;
    }

    public function GetConfig(): cms_config
    {
        return cms_config::get_instance();
    }

    public function GetSmarty(): Smarty_CMS
    {
        return Smarty_CMS::get_instance();
    }

    public function GetUserOperations(): UserOperations
    {
        return UserOperations::get_instance();
    }

    public function GetGroupOperations(): GroupOperations
    {
        return GroupOperations::get_instance();
    }

    public function GetModuleOperations(): ModuleOperations
    {
        return ModuleOperations::get_instance();
    }

    public function GetModuleInstance($name, $version = '')
    {
        return ModuleOperations::get_instance()->get_module_instance($name, $version);
    }

    /** Another one than the files', while an upgrade of the CMS itself waits to be finished. */
    public function get_installed_schema_version(): string
    {
        return (string) cms_siteprefs::get('host_schema', CMS_SCHEMA_VERSION);
    }

    public function clear_cached_files($age_days = 0): void
    {
        cms_cache_handler::get_instance()->clear();
    }

    public function test_state($state): bool
    {
        return match ($state) {
            self::STATE_ADMIN_PAGE => isset($GLOBALS['CMS_ADMIN_PAGE']),
            self::STATE_LOGIN_PAGE => isset($GLOBALS['CMS_LOGIN_PAGE']),
            default => false,
        };
    }

    public function is_cli(): bool
    {
        return PHP_SAPI === 'cli';
    }

    public function is_frontend_request(): bool
    {
        return !isset($GLOBALS['CMS_ADMIN_PAGE']) && !isset($GLOBALS['CMS_INSTALL_PAGE']);
    }

    public function is_https_request(): bool
    {
        return isset($_SERVER['HTTPS']) && cms_to_bool($_SERVER['HTTPS']);
    }
}

final class cms_config implements ArrayAccess
{
    private const KNOWN = ['dbms', 'db_hostname', 'db_username', 'db_password', 'db_name', 'db_port', 'db_prefix', 'root_url', 'root_path',
        'admin_dir', 'admin_url', 'uploads_path', 'debug', 'timezone', 'tmp_cache_location', 'assets_path', 'admin_csp_header'];

    private static ?self $instance = null;
    private array $data;

    private function __construct()
    {
        $config = [];
        include CONFIG_FILE_LOCATION;
        $this->data = $config;
    }

    public static function &get_instance(): self
    {
        if (!self::$instance) {
            self::$instance = new self();
            define('CMS_ROOT_PATH', self::$instance['root_path']);
            define('CMS_ROOT_URL', self::$instance['root_url']);
            define('CMS_DB_PREFIX', self::$instance['db_prefix']);
            define('TMP_CACHE_LOCATION', CMS_ROOT_PATH . '/tmp/cache');
            define('TMP_TEMPLATES_C_LOCATION', CMS_ROOT_PATH . '/tmp/templates_c');
        }
        return self::$instance;
    }

    /** What the CMS knows the type of is there, whether config.php has it or not. */
    public function offsetExists($key): bool
    {
        return isset($this->data[$key]) || in_array($key, self::KNOWN, true);
    }

    public function offsetGet($key): mixed
    {
        if (isset($this->data[$key])) {
            return $this->data[$key];
        }
        return match ($key) {
            'root_url' => $this->rootUrlOfRequest(),
            'root_path' => dirname(__DIR__),
            'admin_dir' => 'admin',
            'admin_path' => $this['root_path'] . '/admin',
            'admin_url' => $this['root_url'] . '/admin',
            'assets_path' => $this['root_path'] . '/assets',
            'db_prefix' => 'cms_',
            'uploads_path' => $this['root_path'] . '/uploads',
            'tmp_cache_location' => $this['root_path'] . '/tmp/cache',
            'debug' => false,
            default => null,
        };
    }

    /**
     * What the CMS makes of the request where config.php has no root_url: the host is Host where that is SERVER_NAME, or is in
     * host_whitelist, else SERVER_NAME. That is here what Apache says as it comes (UseCanonicalName Off): Host itself, without
     * a port. So whoever asks says where the site is.
     */
    private function rootUrlOfRequest(): ?string
    {
        if (!isset($_SERVER['HTTP_HOST'])) {
            return null;
        }
        $host = $server = (string) preg_replace('/:\d+\z/', '', $_SERVER['HTTP_HOST']);
        foreach ($server === $_SERVER['HTTP_HOST'] ? [] : explode(',', (string) $this['host_whitelist']) as $listed) {
            $host = strcasecmp($_SERVER['HTTP_HOST'], trim($listed)) === 0 ? trim($listed) : $host;
        }
        $path = dirname((string) parse_url($_SERVER['PHP_SELF'], PHP_URL_PATH));
        $path = (string) preg_replace('~/admin\z|/lib\b.*\z|/index\.php.*\z~', '', $path);
        $isSecure = isset($_SERVER['HTTPS']) && cms_to_bool($_SERVER['HTTPS']);
        return ($isSecure ? 'https://' : 'http://') . $host . rtrim($path, '/');
    }

    public function offsetSet($key, $value): void
    {
        trigger_error('Modification of config variables is deprecated', E_USER_ERROR);
    }

    public function offsetUnset($key): void
    {
        trigger_error('Unsetting of config variables is deprecated', E_USER_ERROR);
    }
}

final class cms_siteprefs
{
    public static function get($key, $default = '')
    {
        $value = cmsms()->GetDb()->GetOne('SELECT sitepref_value FROM ' . CMS_DB_PREFIX . 'siteprefs WHERE sitepref_name = ?', [$key]);
        return $value ?? $default;
    }

    public static function exists($key): bool
    {
        return self::get($key, null) !== null;
    }

    public static function set($key, $value): void
    {
        $db = cmsms()->GetDb();
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'siteprefs WHERE sitepref_name = ?', [$key]);
        $db->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'siteprefs (sitepref_name, sitepref_value) VALUES (?,?)', [$key, $value]);
    }

    public static function remove($key, $like = false): void
    {
        cmsms()->GetDb()->Execute(
            'DELETE FROM ' . CMS_DB_PREFIX . 'siteprefs WHERE sitepref_name ' . ($like ? 'LIKE ?' : '= ?'),
            [$like ? $key . '%' : $key],
        );
    }

    public static function list_by_prefix($prefix): array
    {
        return cmsms()->GetDb()->GetCol('SELECT sitepref_name FROM ' . CMS_DB_PREFIX . 'siteprefs WHERE sitepref_name LIKE ?', [$prefix . '%']);
    }
}

/** Per user, in plain text; the user list's "clear" and "copy settings" wipe and clone them. */
final class cms_userprefs
{
    public static function get_for_user($uid, $key, $default = '')
    {
        return cmsms()->GetDb()->GetOne(
            'SELECT value FROM ' . CMS_DB_PREFIX . 'userprefs WHERE user_id = ? AND preference = ?',
            [$uid, $key],
        ) ?? $default;
    }

    public static function get($key, $default = '')
    {
        return self::get_for_user(get_userid(false), $key, $default);
    }

    public static function get_all_for_user($uid): array
    {
        return cmsms()->GetDb()->GetAssoc('SELECT preference, value FROM ' . CMS_DB_PREFIX . 'userprefs WHERE user_id = ?', [$uid]);
    }

    public static function set_for_user($uid, $key, $value): void
    {
        self::remove_for_user($uid, $key);
        cmsms()->GetDb()->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'userprefs (user_id, preference, value) VALUES (?,?,?)', [$uid, $key, $value]);
    }

    public static function set($key, $value): void
    {
        self::set_for_user(get_userid(false), $key, $value);
    }

    public static function remove_for_user($uid, $key = '', $like = false): void
    {
        $sql = 'DELETE FROM ' . CMS_DB_PREFIX . 'userprefs WHERE user_id = ?';
        $key === ''
            ? cmsms()->GetDb()->Execute($sql, [$uid])
            : cmsms()->GetDb()->Execute($sql . ' AND preference ' . ($like ? 'LIKE ?' : '= ?'), [$uid, $like ? $key . '%' : $key]);
    }
}

final class cms_cookies
{
    private static function write($key, $value, $expire): bool
    {
        $parts = parse_url(CMS_ROOT_URL);
        return setcookie($key, $value, $expire, $parts['path'] ?? '/', $parts['host'], cmsms()->is_https_request(), true);
    }

    public static function set($key, $value, $expire = 0)
    {
        return self::write($key, $value, $expire);
    }

    public static function get($key)
    {
        return $_COOKIE[$key] ?? null;
    }

    public static function exists($key): bool
    {
        return isset($_COOKIE[$key]);
    }

    public static function erase($key): void
    {
        unset($_COOKIE[$key]);
        self::write($key, '', time() - 3600);
    }
}

final class cms_utils
{
    private static array $data = [];

    public static function get_app_data($key)
    {
        return self::$data[$key] ?? null;
    }

    public static function set_app_data($key, $value): void
    {
        self::$data[$key] = $value;
    }

    public static function get_module($name, $version = '')
    {
        return ModuleOperations::get_instance()->get_module_instance($name, $version);
    }

    public static function module_available($name): bool
    {
        return in_array($name, ModuleOperations::get_instance()->GetInstalledModules(), true);
    }

    public static function get_db()
    {
        return cmsms()->GetDb();
    }

    public static function get_config()
    {
        return cmsms()->GetConfig();
    }

    public static function get_smarty()
    {
        return cmsms()->GetSmarty();
    }

    public static function get_real_ip()
    {
        return $_SERVER['REMOTE_ADDR'] ?? null;
    }

    public static function get_theme_object(): HostTheme
    {
        return HostTheme::get_instance();
    }
}

final class CmsAdminUtils
{
    public static function get_generic_url($url)
    {
        return str_replace([CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY], cms_config::get_instance()['admin_url'] . '/'], ['[SECURITYTAG]', ''], $url);
    }

    public static function get_session_url($url)
    {
        if (empty($_SESSION[CMS_USER_KEY])) {
            throw new \LogicException('This method can only be called for admin requests');
        }
        return str_replace('[SECURITYTAG]', CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY], $url);
    }
}

final class cms_url
{
    private array $parts;
    private array $query = [];

    public function __construct($url = '')
    {
        $this->parts = parse_url((string) $url) ?: [];
        parse_str($this->parts['query'] ?? '', $this->query);
    }

    public function set_queryvar($key, $value): void
    {
        $this->query[$key] = $value;
    }

    public function erase_queryvar($key): void
    {
        unset($this->query[$key]);
    }

    public function get_queryvar($key)
    {
        return $this->query[$key] ?? null;
    }

    public function queryvar_exists($key): bool
    {
        return isset($this->query[$key]);
    }

    public function __toString(): string
    {
        $host = isset($this->parts['host']) ? ($this->parts['scheme'] ?? 'http') . '://' . $this->parts['host'] : '';
        $port = isset($this->parts['port']) ? ':' . $this->parts['port'] : '';
        return $host . $port . ($this->parts['path'] ?? '') . ($this->query ? '?' . http_build_query($this->query) : '');
    }
}

/** What the theme keeps of the menu, per user, until somebody clears it. */
final class cms_cache_handler
{
    private static ?self $instance = null;

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    private function file($key): string
    {
        return TMP_CACHE_LOCATION . '/' . md5($key) . '.cms';
    }

    public function get($key, $group = '')
    {
        return is_file($this->file($key)) ? file_get_contents($this->file($key)) : null;
    }

    public function set($key, $value, $group = ''): void
    {
        file_put_contents($this->file($key), $value, LOCK_EX);
    }

    public function erase($key, $group = ''): void
    {
        @unlink($this->file($key));
    }

    public function clear($group = ''): void
    {
        array_map('unlink', glob(TMP_CACHE_LOCATION . '/*.cms'));
    }
}
