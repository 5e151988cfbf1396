<?php

declare(strict_types=1);

namespace TwoFactorTests;

/** For a case of the host: a site with TwoFactorPro, and a licence from a gateway on loopback. */
trait LicensedSite
{
    private Fakes $fakes;

    /**
     * An administrator of it, who has a factor.
     *
     * @param array<string, string> $settings of php.ini
     */
    private function start(array $settings = [], bool $isLicensed = true): Person
    {
        $this->fakes = new Fakes();
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        // First of all: the engine may run tasks in the first request.
        $this->fakes->setClock($site->clock->now());
        $key = $isLicensed ? ['twofactor.licence_key' => $this->fakes->gateway()['licence_key']] : [];
        $site->start($settings + $key + $this->fakes->licensing() + $site->ini());
        $site->install('TwoFactorPro');
        $isLicensed && $this->asOperator(static fn ($verifier) => $verifier->renewLicence());
        return $this->administrator();
    }

    /** @param array<string, mixed> $settings of the verifier that is asked, beside those of the licence */
    private function asOperator(callable $ask, array $settings = []): mixed
    {
        $gateway = $this->fakes->gateway();
        return $this->site()->asOperator($ask, $settings + [
            'clock' => $this->siteClock(),
            'licence_key' => $gateway['licence_key'],
            'licence_url' => $gateway['url'],
            'licence_public_keys' => implode(', ', $gateway['keys']),
            'site_url' => $gateway['site_url'],
            'http_ca_file' => $this->fakes->about['ca'],
        ]);
    }
}
