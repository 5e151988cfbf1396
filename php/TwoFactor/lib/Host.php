<?php

/**
 * What the module needs of CMS Made Simple: its users, their sessions, its database and its pages, each in a class of its
 * own; here are configuration, preferences and the admin log.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;

final class Host
{
    public readonly HostSession $session;
    public readonly EngineCookie $cookie;
    public readonly HostUsers $users;
    public readonly HostDatabase $database;
    public readonly HostPages $pages;
    /** '' as long as there is none to report. */
    private string $faultReference = '';

    public function __construct(private readonly \TwoFactor $module)
    {
        $this->session = new HostSession();
        $this->cookie = new EngineCookie($this->session);
        $this->database = new HostDatabase();
        $this->users = new HostUsers($this->database);
        $this->pages = new HostPages($this->session);
    }

    /** Also those the engine has not come to yet. */
    public function loadAllModules(): void
    {
        \ModuleOperations::get_instance()->LoadModules();
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

    /** All whose names begin so. */
    public function removePreferences(string $prefix): void
    {
        \cms_siteprefs::remove('TwoFactor_' . $prefix, true);
    }

    /** Whom mails of this site come from; '' while nobody has said so. */
    public function mailSender(): string
    {
        $kept = @unserialize((string) \cms_siteprefs::get('mailprefs'), ['allowed_classes' => false]);
        $from = is_array($kept) ? trim((string) ($kept['from'] ?? '')) : '';
        return str_ends_with($from, '@localhost.localdomain') ? '' : $from;
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
            $action = $this->module->words($key, ...$values);
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
}
