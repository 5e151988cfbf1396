<?php

/**
 * Alerts: a page about them, and the mails of what was unusual, which leave as the notices of TwoFactor do.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\LicenceRequired;
use TwoFactor\Message;
use TwoFactorModule\Act;
use TwoFactorModule\Extension;
use TwoFactorModule\Host;
use TwoFactorModule\Verification;

final class AlertsExtension extends Extension
{
    private const PAGE = 'alerts';
    /** People who are alerted in one request; the rest in another. */
    private const AT_ONCE = 50;

    public function __construct(private readonly Verification $verification, private readonly Host $host)
    {
    }

    public function adminPages(): array
    {
        return [self::PAGE => AlertsPage::class];
    }

    public function acts(): array
    {
        return [
            'alerts-set' => Act::onAll(AlertsPage::class, 'set', self::PAGE),
            'alerts-preview' => Act::look(AlertsPage::class, 'preview', self::PAGE),
        ];
    }

    /** @return list<Message> */
    public function messages(): array
    {
        $administrators = array_map(strval(...), array_keys($this->host->users->administrators()));
        $language = str_replace('_', '-', (string) \cms_siteprefs::get('frontendlang', ''));
        return $this->verification->quietly(function () use ($administrators, $language): array {
            try {
                return $this->verification->alerts(self::AT_ONCE, array_slice($administrators, 0, 1000), $language);
            } catch (LicenceRequired) {
                return [];
            }
        });
    }
}
