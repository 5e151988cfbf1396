<?php

/**
 * Site Admin, Two-factor, Premium, Trusted browsers: for how many days a browser may be trusted.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\PremiumSettings;
use TwoFactorModule\Settings;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class DevicesPage extends AdminPage
{
    private const DAYS = 'device_days';

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly PremiumSettings $premium,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $days = $this->verification->deviceDays();
        return $this->pages->form('TwoFactorPro;devices', $notice, [
            'days' => $input->typed('do') === 'device-days' ? $input->typed('days') : $this->premium->kept(self::DAYS),
            'state' => $days === 0 ? $this->view->text('device_days_none') : $this->view->text('device_days_now', $this->view->days($days)),
            'is_secure' => $this->host->pages->isSecure(),
        ]);
    }

    public function objection(Change $change): string
    {
        return preg_match(Settings::isStrict() ? '/\A[01]?\z/' : '/\A\d{0,2}\z/', $change->text('days')) === 1 ? '' : $this->view->text('device_days_wrong');
    }

    public function setDays(Change $change): Notice
    {
        try {
            $this->premium->keep([self::DAYS => $change->text('days')], $this->settings->forExtension());
        } catch (ConfigurationError) {
            return Notice::problem($this->view->text('device_days_wrong'));
        }
        $this->host->log('log_device_days', [$change->text('days') === '' ? '–' : $change->text('days')]);
        return Notice::redirect('device_days_set');
    }
}
