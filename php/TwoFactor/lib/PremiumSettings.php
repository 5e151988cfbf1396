<?php

/**
 * What the extension is told for the sake of premium: where licences come from, and what administrators have set on the
 * pages of TwoFactorPro. Only while that module is there: without it nothing is premium, whatever the store has.
 *
 * The licence key is sealed in the extension's store (setLicenceKey()), unless php.ini or the environment has one, and the
 * site's address that the licence is for beside it, unless it is set: php.ini `twofactor.site_url`, else config.php
 * `twofactor_site_url`. It is never what the engine makes of a request, which can name any host.
 * Gateway: php.ini `twofactor.licence_url` and `twofactor.licence_public_keys`, else config.php
 * `twofactor_licence_url` and `twofactor_licence_public_keys`, else what the module TwoFactorPro came with.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Verifier;

final class PremiumSettings
{
    /** Settings of the extension that pages of TwoFactorPro may set, each on a line of its own. */
    public const ON_PAGES = [
        'premium_grace_days',
        'device_days',
        'alerts_off',
        'alert_failures',
        'alert_idle_days',
        'alert_failing_percent',
        'alert_budget_percent',
        'alert_person_day',
        'alert_digest_minutes',
    ];
    private const GATEWAY = ['licence_url', 'licence_public_keys'];
    private const KEPT = 'premium_';

    public function __construct(private readonly Host $host)
    {
    }

    /** @return array<string, string> for Verifier::open() */
    public function forExtension(): array
    {
        if (!Extensions::isThere()) {
            return ['licence_key' => ''];
        }
        $settings = ['licence_key' => 'stored'];
        if (!self::isElsewhere('site_url') && $this->siteUrl() !== '') {
            $settings['site_url'] = $this->siteUrl();
        }
        foreach (self::GATEWAY as $name) {
            $value = $this->ofGateway($name);
            if ($value !== '') {
                $settings[$name] = $value;
            }
        }
        foreach (self::ON_PAGES as $name) {
            $value = $this->kept($name);
            if ($value !== '') {
                $settings[$name] = $value;
            }
        }
        return $settings;
    }

    /** For which site the licence is, where that is set; '' where whoever enters the licence key says it. */
    public function siteUrl(): string
    {
        return trim((string) ini_get('twofactor.site_url')) ?: $this->host->configText('twofactor_site_url');
    }

    /** Whether anybody has said where licences come from. */
    public function hasGateway(): bool
    {
        return self::isElsewhere('licence_url') || $this->ofGateway('licence_url') !== '';
    }

    /** '' where nobody has said it, and where php.ini or the environment does. */
    private function ofGateway(string $name): string
    {
        return self::isElsewhere($name) ? '' : ($this->host->configText("twofactor_$name") ?: self::cameWith($name));
    }

    /** What was set on a page; '' where nothing was. */
    public function kept(string $name): string
    {
        return $this->host->preference(self::KEPT . $name);
    }

    /**
     * Keeps what was set on a page, all of it or nothing; '' means what the extension does by itself.
     *
     * @param array<string, string> $values by names of ON_PAGES
     * @param array<string, string> $open what the extension is opened with
     * @throws ConfigurationError it does not take them; nothing is kept
     */
    public function keep(array $values, array $open): void
    {
        $values = array_intersect_key($values, array_flip(self::ON_PAGES));
        Verifier::open(array_filter($values, static fn (string $value) => $value !== '') + array_diff_key($open, $values));
        foreach ($values as $name => $value) {
            $value === ''
                ? $this->host->removePreference(self::KEPT . $name)
                : $this->host->setPreference(self::KEPT . $name, $value);
        }
    }

    public function forgetAll(): void
    {
        array_map(fn (string $name) => $this->host->removePreference(self::KEPT . $name), [...self::ON_PAGES, 'tended']);
    }

    /** Whether php.ini or the environment says it, which goes before what is in config.php. */
    private static function isElsewhere(string $name): bool
    {
        return trim((string) ini_get("twofactor.$name")) !== '';
    }

    /** What whoever sells the module has put into it, in a file that is all there is to change for another gateway. */
    private static function cameWith(string $name): string
    {
        $gateway = @parse_ini_file(CMS_ROOT_PATH . '/modules/' . Extensions::MODULE . '/gateway.ini', false, INI_SCANNER_RAW);
        $value = is_array($gateway) ? $gateway[$name] ?? '' : '';
        return is_string($value) ? trim($value) : '';
    }
}
