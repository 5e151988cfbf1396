<?php

/**
 * Addresses, languages and dates of CMS Made Simple's pages.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class HostPages
{
    /** The engine's page My Account. */
    private const OWN_ACCOUNT = 'myaccount.php';

    public function __construct(private readonly HostSession $session)
    {
    }

    /** Sets the language of the request: the one this user has chosen, else the engine's own choice. */
    public function speakTo(?int $userId): void
    {
        $chosen = $userId === null ? '' : (string) \cms_userprefs::get_for_user($userId, 'default_cms_language');
        \CmsNlsOperations::set_language($chosen);
    }

    /** Sets the language of the request to one of the extension's, such as "de". */
    public function speak(string $language): void
    {
        \CmsNlsOperations::set_language($language);
    }

    /** How the signed-in user has dates written, in the notation of strftime; '' when they have not chosen. */
    public function dateFormat(): string
    {
        $id = $this->session->loggedInId();
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

    /** Whether browsers call this site over HTTPS: here, or a proxy in front of it, as config.php says. */
    public function isSecure(): bool
    {
        return \CmsApp::get_instance()->is_https_request() || str_starts_with($this->rootUrl(), 'https://');
    }

    public function siteName(): string
    {
        return trim(html_entity_decode((string) \cms_siteprefs::get('sitename', ''), ENT_QUOTES));
    }

    public function adminUrl(): string
    {
        return rtrim(self::config('admin_url'), '/');
    }

    /** The front end's first page, for links on the page that is asked for: where config.php has none, wherever the request says. */
    public function rootUrl(): string
    {
        return rtrim(self::config('root_url'), '/') . '/';
    }

    /**
     * The site's address as config.php has it, without a slash at its end; '' where it has none, or makes it up: the engine
     * then takes it from the request, which may name any host. For whatever stays, or goes to somebody else.
     */
    public function fixedRootUrl(): string
    {
        $address = rtrim(self::config('root_url'), '/');
        $text = defined('CONFIG_FILE_LOCATION') && is_file(CONFIG_FILE_LOCATION) ? file_get_contents(CONFIG_FILE_LOCATION) : '';
        preg_match_all('~^[ \t]*\$config\[([\'"])root_url\1\]\s*=\s*([\'"])\s*(https?://[^\'"$\\\\\s]+)\s*\2\s*;~mi', (string) $text, $found);
        return in_array($address, array_map(static fn (string $one) => rtrim($one, '/'), $found[3]), true) ? $address : '';
    }

    /** An address of this site for a page of ours: without the host, which may be whatever the request says. */
    public static function pathOf(string $address): string
    {
        return (string) parse_url($address, PHP_URL_PATH);
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
        $file = CMS_ROOT_PATH . '/' . self::config('admin_dir') . $picture;
        return is_file($file) ? $this->adminUrl() . $picture : '';
    }

    /** Where the signed-in user changes their own password, as the engine remembers an address for after the login. */
    public function ownAccountPath(): string
    {
        return self::pathOf($this->adminUrl()) . '/' . self::OWN_ACCOUNT;
    }

    /** The same with the request's key. */
    public function ownAccountUrl(): string
    {
        return $this->ownAccountPath() . '?' . http_build_query([CMS_SECURE_PARAM_NAME => (string) ($_SESSION[CMS_USER_KEY] ?? '')]);
    }

    public function isOwnAccountPage(): bool
    {
        return basename((string) ($_SERVER['SCRIPT_NAME'] ?? '')) === self::OWN_ACCOUNT;
    }

    public function redirect(string $url): never
    {
        \redirect($url);
        exit;
    }

    private static function config(string $name): string
    {
        return trim((string) (\CmsApp::get_instance()->GetConfig()[$name] ?? ''));
    }
}
