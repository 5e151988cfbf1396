<?php

/**
 * What the site adds to the support bundle of the extension: versions of the CMS, of modules and of PHP's extensions, and the
 * values of php.ini that have a say in whether this works. As there, only what software says of itself is in it: of what a
 * person has typed it is said that it is set.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use CMSMS\LoginOperations;
use TwoFactorModule\Host;

final class SupportFacts
{
    /** Numbers, switches and words of PHP's own. */
    private const INI = [
        'date.timezone', 'default_charset', 'display_errors', 'max_execution_time', 'max_input_vars', 'memory_limit',
        'opcache.enable', 'opcache.jit', 'open_basedir', 'output_buffering', 'post_max_size', 'precision', 'session.cookie_httponly',
        'session.cookie_samesite', 'session.cookie_secure', 'session.gc_maxlifetime', 'session.save_handler',
        'session.use_strict_mode', 'zend.assertions', 'zend.exception_ignore_args',
    ];
    /** Of which no more is said than whether it is set: names and paths. */
    private const SET = ['open_basedir', 'date.timezone'];
    /** Lines of config.php that the module reads, by what follows `twofactor_`. */
    private const CONFIG = [
        'store', 'key_file', 'region', 'emergency', 'site_url', 'licence_url', 'licence_public_keys',
    ];
    private const LONGEST = 80;

    public function __construct(private readonly Host $host)
    {
    }

    public function text(): string
    {
        $sections = ['cms' => $this->cms(), 'modules' => $this->modules(), 'php' => self::php(), 'extensions' => self::extensions()];
        $text = '';
        foreach ($sections as $name => $facts) {
            $text .= "\n[$name]\n";
            foreach ($facts as $what => $value) {
                $text .= self::shown((string) $what) . ': ' . self::shown((string) $value) . "\n";
            }
        }
        return $text;
    }

    /** @return array<string, string> */
    private function cms(): array
    {
        $facts = [
            'version' => CMS_VERSION,
            'flow' => method_exists(LoginOperations::class, 'initialize_authentication') ? 'new' : 'old',
            'https' => $this->host->pages->isSecure() ? 'yes' : 'no',
            'mail_sender' => $this->host->mailSender() === '' ? '(not set)' : '(set)',
            'server' => (string) ($_SERVER['SERVER_SOFTWARE'] ?? ''),
        ];
        foreach (self::CONFIG as $name) {
            $facts["config.$name"] = $this->host->configText("twofactor_$name") === '' ? '(not set)' : '(set)';
        }
        return $facts;
    }

    /** @return array<string, string> */
    private function modules(): array
    {
        $rows = $this->host->database->rows('SELECT module_name, version, active FROM ' . CMS_DB_PREFIX . 'modules ORDER BY module_name');
        $facts = [];
        foreach ($rows as $row) {
            $facts[(string) $row['module_name']] = $row['version'] . ((int) $row['active'] === 0 ? ' (not active)' : '');
        }
        return $facts;
    }

    /** @return array<string, string> */
    private static function php(): array
    {
        $facts = ['disabled_functions' => (string) count(array_filter(explode(',', (string) ini_get('disable_functions'))))];
        foreach (self::INI as $name) {
            $value = ini_get($name);
            $facts[$name] = match (true) {
                $value === false => '(unknown)',
                $value === '' => '(not set)',
                in_array($name, self::SET, true) => '(set)',
                default => $value,
            };
        }
        return $facts;
    }

    /** @return array<string, string> */
    private static function extensions(): array
    {
        $names = get_loaded_extensions();
        sort($names);
        return array_combine($names, array_map(static fn (string $name) => (string) phpversion($name), $names));
    }

    /** One line of letters and signs that versions, names of software and values of php.ini have. */
    private static function shown(string $text): string
    {
        $text = (string) preg_replace('~[^A-Za-z0-9 .,_+()/&\\~^-]~', '', $text);
        $text = (string) preg_replace('~\d{7,}|(?:\d{1,3}\.){3}\d{1,3}|(?<!\S)/\S*~', '...', $text);
        return substr($text, 0, self::LONGEST);
    }
}
