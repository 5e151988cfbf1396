<?php

/** Languages of the host and of modules: English first, then the user's, then the site's own overrides. */

final class CmsNlsOperations
{
    /** Hebrew is not the engine's own: a site has it by a file of its own in lib/nls. */
    private const KNOWN = ['en_US' => 'en', 'de_DE' => 'de', 'fr_FR' => 'fr', 'es_ES' => 'es', 'it_IT' => 'it', 'fi_FI' => 'fi', 'he_IL' => 'he'];
    private static ?string $current = null;

    public static function set_language($lang = null): bool
    {
        // The engine's alias of each is its short name.
        $lang = (array_search($lang, self::KNOWN, true) ?: $lang) ?: self::get_default_language();
        if (isset(self::KNOWN[$lang])) {
            self::$current = $lang;
        }
        return isset(self::KNOWN[$lang]);
    }

    public static function get_current_language(): string
    {
        return self::$current ?? self::get_default_language();
    }

    /** On the login page the browser decides, elsewhere the user's preference comes first. */
    public static function get_default_language(): string
    {
        if (!isset($GLOBALS['CMS_ADMIN_PAGE'])) {
            return 'en_US';
        }
        $uid = isset($GLOBALS['CMS_LOGIN_PAGE']) ? null : get_userid(false);
        $lang = $uid ? cms_userprefs::get_for_user($uid, 'default_cms_language') : '';
        if (isset(self::KNOWN[$lang])) {
            return $lang;
        }
        foreach (explode(',', $_SERVER['HTTP_ACCEPT_LANGUAGE'] ?? '') as $accepted) {
            $short = strtolower(substr(trim($accepted), 0, 2));
            if (in_array($short, self::KNOWN, true)) {
                return array_search($short, self::KNOWN, true);
            }
        }
        return 'en_US';
    }

    public static function get_encoding(): string
    {
        return 'UTF-8';
    }
}

final class CmsLangOperations
{
    private static array $texts = [];

    private static function load(string $realm): array
    {
        $lang = CmsNlsOperations::get_current_language();
        if (isset(self::$texts[$lang][$realm])) {
            return self::$texts[$lang][$realm];
        }
        $config = cms_config::get_instance();
        $base = $realm === 'admin' ? $config['admin_path'] . '/lang' : CMS_ROOT_PATH . "/modules/$realm/lang";
        $custom = $realm === 'admin' ? $config['assets_path'] . '/admin_custom/lang' : $config['assets_path'] . "/module_custom/$realm/lang";
        $texts = [];
        foreach (["$base/en_US.php", "$base/ext/$lang.php", "$custom/en_US.php", "$custom/$lang.php", "$custom/ext/$lang.php"] as $file) {
            if (is_file($file)) {
                $lang_before = $lang;
                $lang = [];
                include $file;
                $texts = array_merge($texts, $lang);
                $lang = $lang_before;
            }
        }
        return self::$texts[$lang][$realm] = $texts;
    }

    public static function lang_from_realm(...$arguments)
    {
        if (count($arguments) === 1 && is_array($arguments[0])) {
            $arguments = $arguments[0];
        }
        [$realm, $key] = [array_shift($arguments), array_shift($arguments)];
        if (count($arguments) === 1 && is_array($arguments[0])) {
            $arguments = $arguments[0];
        }
        $text = self::load($realm)[$key] ?? null;
        if ($text === null) {
            return "-- Missing Languagestring: $key --";
        }
        return $arguments ? vsprintf($text, $arguments) : $text;
    }

    public static function key_exists($key, $realm = 'admin'): bool
    {
        return isset(self::load($realm)[$key]);
    }
}
