<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Client;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Method;
use TwoFactor\Totp;
use TwoFactor\Secret;
use TwoFactor\User;
use TwoFactor\Verifier;

/** Users of other software, as an application hands them over. */
final class ImportTest extends TestCase
{
    private const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    private const WEAK = 'GEZDGNBVGY3TQOJQ';

    private TestClock $clock;
    private Verifier $verifier;

    protected function setUp(): void
    {
        $this->clock = new TestClock();
        $this->verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock]);
    }

    public function test_what_somebody_had_they_have_and_a_second_call_changes_nothing(): void
    {
        $users = [
            ['id' => '1', 'secrets' => [self::SECRET], 'codes' => ['cc8e60e8', '2F33-4E55'], 'primary' => 'totp'],
            ['id' => '2', 'email' => 'bert@example.org', 'phone' => '+49 151 12345678'],
            ['id' => '3', 'secrets' => ['not base 32!'], 'phone' => null],
        ];
        $done = $this->verifier->importUsers($users, 'root', 'we move');
        self::assertSame([
            ['id' => '1', 'taken' => ['totp', 'backup'], 'left' => []],
            ['id' => '2', 'taken' => ['email'], 'left' => ['sms' => 'no-provider']],
            ['id' => '3', 'taken' => [], 'left' => ['totp' => 'unreadable']],
        ], $done);
        $again = $this->verifier->importUsers($users, 'root', 'we move');
        self::assertSame([[], [], []], array_column($again, 'taken'));
        self::assertSame([], $again[0]['left']);
        self::assertFalse($this->verifier->account('3')->isEnrolled());
        $this->clock->pass(60);
        $code = (new Totp(Secret::fromBase32(self::SECRET)))->at($this->clock->time);
        $challenge = $this->verifier->beginLogin(new User('1', 'anna'), new Client('192.0.2.7'))->challenge();
        self::assertSame('1', $this->verifier->verify($challenge, Method::Totp, $code, new Client('192.0.2.7'))->userId());
    }

    public function test_a_short_secret_is_taken_where_that_is_asked_for(): void
    {
        $users = [['id' => '1', 'secrets' => [self::WEAK]]];
        self::assertSame(['totp' => 'weak-secret'], $this->verifier->importUsers($users, 'root', 'x')[0]['left']);
        self::assertSame(['totp'], $this->verifier->importUsers($users, 'root', 'x', acceptWeak: true)[0]['taken']);
        self::assertNotNull($this->verifier->account('1')->enrolmentDue());
    }

    public function test_what_is_no_list_of_users_is_refused_without_repeating_it(): void
    {
        foreach ([
            [self::SECRET], [['secrets' => [self::SECRET]]], [['id' => '1', 'secrets' => self::SECRET]], [['id' => '1', 'secrets' => [1]]],
            [['id' => '1', 'other' => self::SECRET]], [['id' => 1]], [['id' => '1', 'primary' => self::SECRET]], [['id' => '1', self::SECRET]],
        ] as $users) {
            try {
                $this->verifier->importUsers($users, 'root', 'x');
                self::fail(json_encode($users));
            } catch (\ValueError $error) {
                self::assertStringNotContainsString(self::SECRET, $error->getMessage());
            }
        }
        self::assertSame([], $this->verifier->importUsers([], 'root', 'x'));
    }

    public function test_in_a_request_it_takes_a_proof(): void
    {
        $verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock, 'cli_operators' => '0']);
        $this->expectException(StepUpRequired::class);
        $verifier->importUsers([['id' => '1', 'secrets' => [self::SECRET]]], '9', 'x');
    }
}
