<?php

/**
 * Site Admin, Two-factor, Premium: what is licensed, for which site, until when, and what the gateway said. The key is
 * handed to the extension, which seals it; nothing here reads it back. For which site a licence is asked is set, or said by
 * whoever enters the key, and kept beside it: the engine may take its own address from the request, which can name any host.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\HealthCheck;
use TwoFactor\HealthFinding;
use TwoFactor\HealthStatus;
use TwoFactor\Licence;
use TwoFactor\LicenceState;
use TwoFactorModule\Access;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\HealthReport;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Permission;
use TwoFactorModule\PremiumSettings;
use TwoFactorModule\Reason;
use TwoFactorModule\Settings;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class LicencePage extends AdminPage
{
    private const GRACE = 'premium_grace_days';
    /** As people write it, with or without the beginning; what is in it the extension judges. */
    private const ADDRESS = '~\A(?:https?://)?[a-z0-9.-]+(?::\d{1,5})?(?:/\S{0,200})?\z~i';

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly PremiumSettings $premium,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly HealthReport $report,
        private readonly Access $access,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        if (!$input instanceof Change) {
            $this->renewIfDue();
        }
        $licence = $this->verification->licence();
        $check = $this->check();
        $grace = $input->typed('do') === 'licence-grace' ? $input->typed('days') : $this->premium->kept(self::GRACE);
        return $this->pages->form('TwoFactorPro;premium', $notice, [
            'licence' => $licence,
            'counts' => in_array($licence?->state(), [LicenceState::Valid, LicenceState::Grace], true),
            'state' => $this->state($licence),
            'said' => $check === null || $check->status() === HealthStatus::Ok ? [] : $this->report->findings($check),
            'has_key' => $check !== null,
            'has_gateway' => $this->premium->hasGateway(),
            'site_set' => $this->premium->siteUrl(),
            'site' => $input->typed('do') === 'licence-enter' ? $input->typed('site') : $this->site($licence, $check),
            'grace' => $grace,
            'asked' => $input->typed('do'),
            'keeps_rules' => $this->keepsRules(),
        ]);
    }

    public function objection(Change $change): string
    {
        $enters = $change->text('do') === 'licence-enter';
        return match (true) {
            $enters && $change->text('key') === '' => $this->view->text('licence_key_missing'),
            $enters && $this->premium->siteUrl() === '' && preg_match(self::ADDRESS, $change->text('site')) !== 1
                => $this->view->text('licence_site_wrong'),
            $change->text('do') === 'licence-grace' && preg_match('/\A\d{0,2}\z/', $change->text('days')) !== 1
                => $this->view->text('licence_grace_wrong'),
            // Without a licence rules ask nobody for anything: so it is for whoever may change them.
            $change->text('do') !== 'licence-grace' && $this->keepsRules() => $this->view->text('licence_keeps_rules'),
            default => '',
        };
    }

    /** Whether rules are set that whoever is signed in may not change. */
    private function keepsRules(): bool
    {
        return !$this->access->may(Permission::Settings) && $this->verification->enforcement() !== null;
    }

    public function enter(Change $change, Actor $actor): Notice
    {
        $site = $this->premium->siteUrl() === '' ? self::address($change->text('site')) : null;
        try {
            $this->verification->setLicenceKey($change->text('key'), $site, ...$actor, reason: Reason::OnLicencePage->value);
        } catch (LicenceRequired $required) {
            return $this->refused('licence_not_taken', $required);
        }
        $this->host->log('log_licence_entered');
        return Notice::redirect('licence_entered');
    }

    public function forget(Change $change, Actor $actor): Notice
    {
        $this->verification->setLicenceKey('', null, ...$actor, reason: Reason::OnLicencePage->value);
        $this->host->log('log_licence_forgotten');
        return Notice::redirect('licence_forgotten');
    }

    public function renew(): Notice
    {
        try {
            $this->verification->renewLicence(true);
        } catch (LicenceRequired $required) {
            return $this->refused('licence_none_counts', $required);
        }
        return Notice::redirect('licence_renewed');
    }

    public function setGrace(Change $change): Notice
    {
        try {
            $this->premium->keep([self::GRACE => $change->text('days')], $this->settings->forExtension());
        } catch (ConfigurationError) {
            return Notice::problem($this->view->text('licence_grace_wrong'));
        }
        $this->host->log('log_licence_grace', [$change->text('days') === '' ? '–' : $change->text('days')]);
        return Notice::redirect('licence_grace_set');
    }

    /** Why there is none, in the reader's words; where there are none, or somebody was asked and gave no answer, in the extension's. */
    private function refused(string $key, LicenceRequired $required): Notice
    {
        $said = $required->getMessage();
        $words = $this->report->whyNoLicence($said, $required->reason);
        $isWhole = $words !== '' && ($required->reason !== 'missing' || $this->report->whyNoLicence($said, '') !== '');
        $told = implode(' ', array_filter([$this->view->text($key), $words]));
        return $isWhole ? Notice::problem($told) : Notice::problem($told, $said);
    }

    /** Where the engine's tasks do not run it is asked for here, by whoever looks at it, as often as by the task. */
    private function renewIfDue(): void
    {
        try {
            $this->verification->renewLicence();
        } catch (LicenceRequired) {
            // The page says why.
        }
    }

    private static function address(string $typed): string
    {
        return preg_match('~\A(https?://)(.*)\z~is', $typed, $found) === 1 ? strtolower($found[1]) . $found[2] : "https://$typed";
    }

    /** What the form proposes: the site that there is a licence or a no for, else what config.php fixes; '' where neither is. */
    private function site(?Licence $licence, ?HealthCheck $check): string
    {
        $domains = array_map(static fn (HealthFinding $finding) => $finding->values()['domain'] ?? null, $check?->findings() ?? []);
        $domain = $licence?->domain() ?? current(array_filter($domains, is_string(...)));
        return is_string($domain) ? "https://$domain" : $this->host->pages->fixedRootUrl();
    }

    /** What health has to say of it; null where there is no key. */
    private function check(): ?HealthCheck
    {
        foreach ($this->verification->health()->checks() as $check) {
            if ($check->name() === 'licence') {
                return $check;
            }
        }
        return null;
    }

    /** @return array{text: string, tone: string} */
    private function state(?Licence $licence): array
    {
        $state = $licence?->state();
        return [
            'text' => $this->view->text('licence_state_' . ($state->value ?? 'none')),
            'tone' => match ($state) {
                LicenceState::Valid => 'good',
                LicenceState::Grace => 'warning',
                null => 'hint',
                default => 'bad',
            },
        ];
    }
}
