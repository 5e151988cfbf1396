<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\{Client, HealthStatus, Licence, LicenceState, Method, Totp, User, Verifier};
use TwoFactorTests\Fakes;

/** A licence as a host sees it: renewed over TLS, kept, in its grace, ended, refused; and what it has no say in. */
final class LicenceTest extends TestCase
{
    private const DAY = 86400;
    private const GRACE = 14 * self::DAY;

    private Fakes $fakes;
    private TestClock $clock;
    private Verifier $verifier;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $gateway = $this->fakes->gateway();
        $this->verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'],
            'site_url' => 'https://www.example.org/cms', 'licence_url' => $gateway['url'], 'licence_key' => $gateway['licence_key'],
            'licence_public_keys' => implode(', ', $gateway['keys'])]);
    }

    private function pass(int $seconds): void
    {
        $this->clock->pass($seconds);
        $this->fakes->ask('/clock', ['advance' => $seconds]);
    }

    private function finding(): string
    {
        foreach ($this->verifier->health()->checks() as $check) {
            if ($check->name() === 'licence') {
                self::assertNotSame(HealthStatus::Problem, $check->status());
                return $check->findings()[0]->id();
            }
        }
        return '';
    }

    private function licence(): Licence
    {
        return $this->verifier->licence() ?? throw new \LogicException('there is none');
    }

    public function test_a_licence_is_renewed_and_goes_on_for_its_time_and_the_grace_without_the_gateway(): void
    {
        self::assertNull($this->verifier->licence());
        self::assertSame('licence.missing', $this->finding());
        $renewed = $this->verifier->renewLicence();
        $now = $this->fakes->about['now'];
        self::assertSame(['pro', 'example.org', 'lic_0001'], [$renewed->plan(), $renewed->domain(), $renewed->id()]);
        self::assertSame($now + self::DAY, $renewed->expiresAt()->getTimestamp());
        self::assertSame($now + self::DAY + self::GRACE, $renewed->graceUntil()->getTimestamp());
        self::assertEquals($now, $renewed->validFrom()->getTimestamp());
        self::assertSame([LicenceState::Valid, true, null], [$renewed->state(), $renewed->counts(), $renewed->because()]);
        self::assertSame('licence.ok', $this->finding());
        self::assertSame(json_encode($renewed), json_encode($this->licence()));
        $shown = print_r($renewed, true) . json_encode($renewed) . print_r($this->verifier, true);
        self::assertStringNotContainsString($this->fakes->gateway()['licence_key'], $shown);
        self::assertStringNotContainsString('TFL1', $shown);

        $this->pass(self::DAY);
        self::assertSame([LicenceState::Grace, true], [$this->licence()->state(), $this->licence()->counts()]);
        self::assertSame('licence.grace', $this->finding());
        $this->pass(self::GRACE);
        self::assertSame([LicenceState::Expired, false], [$this->licence()->state(), $this->licence()->counts()]);
        self::assertSame('licence.expired', $this->finding());
        self::assertTrue($this->verifier->renewLicence()->counts());
    }

    public function test_the_gateway_s_no_is_a_no_at_once(): void
    {
        $this->verifier->renewLicence();
        $this->pass(60);
        $this->fakes->ask('/gateway/fail', ['status' => 403, 'code' => 'license_expired']);
        try {
            $this->verifier->renewLicence(now: true);
            self::fail('a licence that was refused');
        } catch (LicenceRequired $required) {
            self::assertStringContainsString('license_expired', $required->getMessage());
        }
        self::assertSame([LicenceState::Refused, false], [$this->licence()->state(), $this->licence()->counts()]);
        self::assertSame('licence.refused', $this->finding());
        $this->pass(3600);
        self::assertTrue($this->verifier->renewLicence()->counts());
    }

    public function test_a_key_that_a_person_enters_is_kept_and_shown_nowhere(): void
    {
        $gateway = $this->fakes->gateway();
        $settings = ['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'], 'licence_key' => 'stored',
            'site_url' => 'https://example.org', 'licence_url' => $gateway['url'], 'licence_public_keys' => implode(', ', $gateway['keys'])];
        $verifier = Verifier::open($settings);
        self::assertNull($verifier->licence());
        foreach (['TF-WRONG-c4nary-0000', 'c4nary', "TF-c4nary-\n0123456789"] as $wrong) {
            try {
                $verifier->setLicenceKey($wrong);
                self::fail('a wrong key');
            } catch (LicenceRequired $required) {
                self::assertStringNotContainsString('c4nary', $required . print_r($required, true) . print_r($verifier, true));
            }
        }
        self::assertNull($verifier->licence());
        self::assertTrue($verifier->setLicenceKey($gateway['licence_key'])?->counts());
        self::assertTrue($verifier->licence()?->counts());
        self::assertStringNotContainsString($gateway['licence_key'], print_r($verifier, true) . json_encode($verifier->licence()));
        self::assertNull($verifier->setLicenceKey(''));
        self::assertNull($verifier->licence());
        // Of the process's own it takes no place.
        try {
            $this->verifier->setLicenceKey($gateway['licence_key']);
            self::fail('the setting says another one');
        } catch (LicenceRequired $required) {
            self::assertStringContainsString('licence_key', $required->getMessage());
        }
    }

    public function test_the_address_that_is_entered_with_the_key_is_what_the_licence_is_for(): void
    {
        $gateway = $this->fakes->gateway();
        $settings = ['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'], 'licence_key' => 'stored',
            'licence_url' => $gateway['url'], 'licence_public_keys' => implode(', ', $gateway['keys'])];
        $verifier = Verifier::open($settings);
        $refused = function (Verifier $verifier, ?string $address, string $why) use ($gateway): void {
            try {
                $verifier->setLicenceKey($gateway['licence_key'], $address);
                self::fail("taken: $address");
            } catch (LicenceRequired $required) {
                self::assertStringContainsString($why, $required->getMessage());
            }
        };
        $refused($verifier, null, 'which site');
        $refused($verifier, '', 'which site');
        $refused($verifier, 'example.org', 'https://');
        $refused($verifier, 'https://evil.example', 'domain_mismatch');
        self::assertNull($verifier->licence());
        self::assertSame('example.org', $verifier->setLicenceKey($gateway['licence_key'], siteUrl: 'https://www.example.org/cms')?->domain());
        $refused($verifier, 'https://evil.example', 'domain_mismatch');
        self::assertTrue($verifier->licence()?->counts());
        $this->pass(self::DAY);
        self::assertSame(LicenceState::Valid, $verifier->renewLicence()->state());
        $refused(Verifier::open(['site_url' => 'https://example.org'] + $settings), 'https://example.org', 'site_url');
    }

    public function test_an_answer_that_is_not_signed_is_none(): void
    {
        $this->fakes->ask('/gateway/sign', ['signs' => false]);
        try {
            $this->verifier->renewLicence();
            self::fail('an unsigned yes');
        } catch (LicenceRequired $required) {
            self::assertStringContainsString('not signed', $required->getMessage());
            self::assertStringNotContainsString($this->fakes->gateway()['licence_key'], (string) $required);
        }
        self::assertNull($this->verifier->licence());
    }

    public function test_whoever_has_a_factor_signs_in_under_every_licence(): void
    {
        $anna = new User('7', 'anna');
        $client = new Client('192.0.2.1');
        $setup = $this->verifier->startTotp($anna);
        $totp = Totp::fromUri($setup->uri());
        $codes = $this->verifier->confirmTotp($setup->token(), $totp->at($this->clock->now()->getTimestamp()), $client)->backupCodes();
        $signsIn = function () use ($anna, $client, $totp, &$codes): void {
            $this->pass(60);
            $now = $this->clock->now()->getTimestamp();
            $proof = $this->verifier->verify($this->verifier->beginLogin($anna, $client)->challenge(), Method::Totp, $totp->at($now), $client);
            self::assertSame('7', $proof->userId());
            $challenge = $this->verifier->beginLogin($anna, $client)->challenge();
            self::assertSame(Method::BackupCode, $this->verifier->verify($challenge, Method::BackupCode, array_shift($codes), $client)->method());
            self::assertTrue($this->verifier->health()->canVerify());
        };
        $signsIn();
        $this->verifier->renewLicence();
        $signsIn();
        $this->pass(self::DAY);
        $signsIn();
        $this->pass(self::GRACE);
        self::assertSame(LicenceState::Expired, $this->licence()->state());
        $signsIn();
        $this->fakes->ask('/gateway/fail', ['status' => 401, 'code' => 'license_invalid']);
        try {
            $this->verifier->renewLicence(now: true);
            self::fail('a licence that was refused');
        } catch (LicenceRequired) {
        }
        self::assertSame(LicenceState::Refused, $this->licence()->state());
        $signsIn();
    }
}
