<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{ConfigurationError, Denied, Rejected, Unavailable};
use TwoFactor\{Client, HealthStatus, Method, User, Verifier};
use TwoFactorTests\Fakes;

/** The managed gateway makes, sends and checks the code; nothing counts without its explicit, signed word. */
final class GatewayTest extends TestCase
{
    private const NUMBER = '+49 1512 3456789';

    private Fakes $fakes;
    private TestClock $clock;
    private Verifier $verifier;
    private Client $client;
    private User $anna;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->client = new Client('192.0.2.1');
        $this->anna = new User('7', 'anna', null, [], 'de-AT');
        $this->verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca']]);
        $this->verifier->saveProvider('managed', $this->fakes->gateway(), 'the test');
    }

    private function pass(int $seconds): void
    {
        $this->clock->pass($seconds);
        $this->fakes->ask('/clock', ['advance' => $seconds]);
    }

    private function code(): string
    {
        $sent = $this->fakes->gatewaySent();
        return end($sent)['code'];
    }

    private function enrolled(): void
    {
        $setup = $this->verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->token();
        self::assertSame(Method::Sms, $this->verifier->confirmPhone($setup, $this->code(), $this->client)->method());
        $this->pass(301);
    }

    private function challenge(): string
    {
        $challenge = $this->verifier->beginLogin($this->anna, $this->client)->challenge();
        $this->verifier->sendCode($challenge, Method::Sms, $this->client);
        return $challenge;
    }

    public function test_a_person_enrols_and_signs_in_by_the_gateway_s_own_code(): void
    {
        $this->enrolled();
        $challenge = $this->challenge();
        try {
            $wrong = $this->code() === '123456' ? '654321' : '123456';
            $this->verifier->verify($challenge, Method::Sms, $wrong, $this->client);
            self::fail('a wrong code');
        } catch (Rejected) {
        }
        $verified = $this->verifier->verify($challenge, Method::Sms, $this->code(), $this->client);
        self::assertSame(['7', Method::Sms], [$verified->userId(), $verified->method()]);
        $this->expectException(Denied::class);
        $this->verifier->verify($challenge, Method::Sms, $this->code(), $this->client);
    }

    public function test_an_answer_that_is_not_signed_signs_nobody_in(): void
    {
        $this->enrolled();
        $challenge = $this->challenge();
        $this->fakes->ask('/gateway/sign', ['signs' => false]);
        $log = ini_set('error_log', '/dev/null');
        try {
            $this->verifier->verify($challenge, Method::Sms, $this->code(), $this->client);
            self::fail('an unsigned yes');
        } catch (Unavailable) {
        } finally {
            ini_set('error_log', $log);
        }
        self::assertSame(HealthStatus::Problem, $this->verifier->checkProvider('managed')->status());
        $this->expectException(ConfigurationError::class);
        $this->verifier->providerLog('managed');
    }

    public function test_its_licence_is_checked_and_its_list_is_shown_with_masked_numbers(): void
    {
        self::assertSame(HealthStatus::Ok, $this->verifier->checkProvider('managed')->status());
        $this->enrolled();
        $page = $this->verifier->providerLog('managed');
        self::assertNotSame([], $page['entries']);
        foreach ($page['entries'] as $entry) {
            self::assertSame(['timestamp', 'phone', 'country', 'status', 'type'], array_keys($entry));
        }
        self::assertStringNotContainsString('3456789', json_encode($page));
        for ($pages = 1; $page['next'] !== null; $pages++) {
            $page = $this->verifier->providerLog('managed', $page['next']);
            self::assertLessThan(50, $pages);
        }
        foreach (['managed' => 'a b', 'other' => null] as $name => $cursor) {
            try {
                $this->verifier->providerLog($name, $cursor);
                self::fail("$name $cursor");
            } catch (ConfigurationError $e) {
                self::assertStringNotContainsString($this->fakes->about['gateway']['licence_key'], (string) $e);
            }
        }
    }

    public function test_a_balance_is_shown_to_who_checks_and_changes_nothing(): void
    {
        $text = function (mixed $told): string {
            $this->fakes->tellBalance($told);
            $check = $this->verifier->checkProvider('managed');
            self::assertSame(HealthStatus::Ok, $check->status());
            return $check->message();
        };
        $without = 'managed: the credentials are right';
        foreach ([42 => 42, '-7' => -7, '0' => 0, 'about 40' => 'about 40', '2.5' => 2.5] as $shown => $told) {
            self::assertSame("$without; credits remaining, as it tells: $shown", $text($told));
        }
        foreach ([null, '', "4\n2", [42], true, str_repeat('9', 41), 1e300] as $told) {
            self::assertSame($without, $text($told), json_encode($told));
        }
        $text('balance of today');
        $this->enrolled();
        $shown = json_encode([$this->verifier->health(), $this->verifier->providers(), [...$this->verifier->audit()]]);
        self::assertStringNotContainsString('balance of today', $shown . $this->verifier->metrics());
    }

    public function test_a_provider_without_a_list_says_so(): void
    {
        $this->verifier->saveProvider('twilio', $this->fakes->provider(), 'the test');
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessage('it keeps no list of messages');
        $this->verifier->providerLog('twilio');
    }
}
