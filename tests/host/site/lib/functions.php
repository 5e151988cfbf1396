<?php

/** The global functions of CMS Made Simple that modules and admin pages call. */

function cmsms(): CmsApp
{
    return CmsApp::get_instance();
}

function cms_db_prefix(): string
{
    return CMS_DB_PREFIX;
}

function NewDataDictionary($db): \CMSMS\Database\DataDictionary
{
    return new \CMSMS\Database\DataDictionary($db);
}

function startswith($text, $start): bool
{
    return str_starts_with((string) $text, (string) $start);
}

function endswith($text, $end): bool
{
    return str_ends_with((string) $text, (string) $end);
}

function cms_join_path(...$parts): string
{
    return implode(DIRECTORY_SEPARATOR, $parts);
}

function cms_to_bool($value): bool
{
    return in_array(strtolower((string) $value), ['1', 'y', 'yes', 'true', 'on', 't'], true);
}

function cms_htmlentities($value, $flags = ENT_QUOTES, $charset = 'UTF-8', $convert_single_quotes = false)
{
    if ($value == '') {
        return '';
    }
    // As the engine does it: entities become text, apart from the one for a space.
    $value = str_replace(['&#032;', '&'], [' ', '&amp;'], (string) $value);
    return str_replace(['>', '<', '"', '!', "'"], ['&gt;', '&lt;', '&quot;', '&#33;', '&#39;'], $value);
}

function cms_html_entity_decode($value)
{
    return html_entity_decode((string) $value, ENT_QUOTES, 'UTF-8');
}

function cleanValue($value)
{
    if (is_array($value)) {
        return array_map('cleanValue', $value);
    }
    return $value == '' ? $value : htmlspecialchars(strip_tags(str_replace("\0", '', (string) $value)), ENT_QUOTES, 'UTF-8', false);
}

function is_email($text): bool
{
    return filter_var($text, FILTER_VALIDATE_EMAIL) !== false;
}

function get_site_preference($name, $default = '')
{
    return cms_siteprefs::get($name, $default);
}

function set_site_preference($name, $value): void
{
    cms_siteprefs::set($name, $value);
}

function debug_buffer(...$ignored): void
{
}

function debug_to_log(...$ignored): void
{
}

function allow_admin_lang($flag = true): void
{
}

/** The few places of strftime that people here use. */
function locale_ftime($format, $at = null): string
{
    $places = ['d' => 'd', 'm' => 'm', 'Y' => 'Y', 'y' => 'y', 'e' => 'j', 'B' => 'F', 'b' => 'M', 'H' => 'H', 'M' => 'i', 'S' => 's', 'x' => 'm/d/y', 'X' => 'H:i:s'];
    return preg_replace_callback('/%(\w)/', static fn (array $place): string => date($places[$place[1]] ?? '?', $at ?? time()), $format);
}

function get_encoding(): string
{
    return 'UTF-8';
}

function cms_admin_sendheaders($type = 'text/html', $charset = ''): void
{
    header("Content-Type: $type; charset=" . ($charset ?: get_encoding()));
    if (cms_config::get_instance()['admin_csp_header'] === 'self') {
        header("Content-Security-Policy: default-src 'self'; script-src 'unsafe-inline' 'self'; style-src 'unsafe-inline' 'self';");
    }
}

function setup_session($cachable = false): void
{
    if (session_status() === PHP_SESSION_ACTIVE) {
        return;
    }
    @session_cache_limiter('nocache');
    header('Cache-Control: no-cache, no-store, must-revalidate');
    header('Pragma: no-cache');
    header('Expires: 0');
    $name = 'CMSSESSID' . substr(md5(__DIR__ . CMS_VERSION), 0, 12);
    session_name($name);
    if (isset($_COOKIE[$name]) && !preg_match('/^[a-zA-Z0-9,-]{22,40}$/', $_COOKIE[$name])) {
        session_id(uniqid());
        session_start();
        session_regenerate_id();
        return;
    }
    session_start();
}

/** Ends the request. A relative address is relative to the page that was asked for. */
function redirect($to)
{
    $app = cmsms();
    if ($app->is_cli()) {
        die("ERROR: no redirect on cli based scripts ---\n");
    }
    if (!preg_match('#^https?://#', $to)) {
        $host = ($app->is_https_request() ? 'https://' : 'http://') . $_SERVER['HTTP_HOST'];
        $to = str_starts_with($to, '/') ? $host . $to : $host . rtrim(dirname(strtok($_SERVER['REQUEST_URI'], '?')), '/') . '/' . $to;
    }
    session_write_close();
    if (headers_sent()) {
        echo '<script>location.replace("' . $to . '");</script><noscript><meta http-equiv="Refresh" content="0;URL=' . $to . '"></noscript>';
    } else {
        header("Location: $to");
    }
    exit;
}

function get_userid($redirect = true)
{
    if (cmsms()->is_cli()) {
        return 1;
    }
    $uid = \CMSMS\LoginOperations::get_instance()->get_effective_uid();
    if (!$uid && $redirect) {
        redirect(cms_config::get_instance()['admin_url'] . '/login.php');
    }
    return $uid;
}

function get_username($check = true)
{
    if (cmsms()->is_cli()) {
        return '';
    }
    $name = \CMSMS\LoginOperations::get_instance()->get_effective_username();
    if (!$name && $check) {
        redirect(cms_config::get_instance()['admin_url'] . '/login.php');
    }
    return $name;
}

/** Sends away whoever is not signed in or has no key in the request. Asked not to, it says true to everyone. */
function check_login($no_redirect = false): bool
{
    $ok = get_userid(!$no_redirect) > 0 && \CMSMS\LoginOperations::get_instance()->validate_requestkey();
    if (!$ok && !$no_redirect) {
        $config = cms_config::get_instance();
        if (startswith(realpath($_SERVER['SCRIPT_FILENAME']), $config['root_path'])) {
            $_SESSION['login_redirect_to'] = $_SERVER['REQUEST_URI'];
        }
        redirect($config['admin_url'] . '/login.php');
    }
    return true;
}

function check_permission($uid, $permission): bool
{
    return UserOperations::get_instance()->CheckPermission($uid, $permission);
}

function audit($item_id, $item_name, $action): void
{
    $uid = get_userid(false);
    cmsms()->GetDb()->Execute(
        'INSERT INTO ' . CMS_DB_PREFIX . 'adminlog (timestamp, user_id, username, item_id, item_name, action, ip_addr) VALUES (?,?,?,?,?,?,?)',
        [
            time(),
            $uid > 0 ? $uid : 0,
            (string) get_username(false),
            $item_id == '' ? -1 : $item_id,
            substr((string) $item_name, 0, 50),
            $action ?? '-- unset --',
            $uid > 0 && !cmsms()->is_cli() ? cms_utils::get_real_ip() : null,
        ],
    );
}

function lang(...$arguments)
{
    if (count($arguments) === 1 && is_array($arguments[0])) {
        $arguments = $arguments[0];
    }
    return CmsLangOperations::lang_from_realm('admin', ...$arguments);
}

function lang_by_realm($realm, ...$arguments)
{
    return CmsLangOperations::lang_from_realm($realm, ...$arguments);
}
