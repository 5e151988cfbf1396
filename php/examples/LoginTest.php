<?php

declare(strict_types=1);

// How to test your own code against the extension: a store in memory and a clock that moves when told to.
//
//     phpunit php/examples/LoginTest.php       (or vendor/bin/phpunit, as you have it)

use PHPUnit\Framework\TestCase;
use TwoFactor\{Client, Method, Totp, User, Verifier};
use TwoFactor\Exception\{LockedOut, Rejected};

/** Any object with this method will do; it may implement PSR-20's ClockInterface. */
final class FrozenClock
{
    public function __construct(private DateTimeImmutable $now = new DateTimeImmutable('2026-11-21 12:00:00 UTC')) {}

    public function now(): DateTimeImmutable
    {
        return $this->now;
    }

    public function pass(int $seconds): void
    {
        $this->now = $this->now->modify("+$seconds seconds");
    }
}

final class LoginTest extends TestCase
{
    public function test_a_locked_out_person_gets_in_when_the_block_has_ended(): void
    {
        $clock = new FrozenClock();
        $verifier = Verifier::open(['store' => 'memory:', 'clock' => $clock]);
        $alice = new User('1', 'alice');
        $client = new Client('192.0.2.1');

        // Alice enrols; her phone is a Totp made from the URI in the QR code.
        $setup = $verifier->startTotp($alice);
        $phone = Totp::fromUri($setup->uri());
        $verifier->confirmTotp($setup->token(), $phone->at($clock->now()->getTimestamp()), $client);
        $clock->pass(30);

        // Five wrong codes.
        $challenge = $verifier->beginLogin($alice, $client)->challenge();
        $wrong = $phone->at($clock->now()->getTimestamp() + 86_400);
        for ($try = 1; $try <= 5; $try++) {
            try {
                $verifier->verify($challenge, Method::Totp, $wrong, $client);
                self::fail('a wrong code was accepted');
            } catch (Rejected) {
                self::addToAssertionCount(1);
            }
        }

        // Now even the right one has to wait.
        try {
            $verifier->verify($challenge, Method::Totp, $phone->at($clock->now()->getTimestamp()), $client);
            self::fail('nobody was locked out');
        } catch (LockedOut $locked) {
            self::assertSame(60, $locked->retryAfter);
        }

        // A minute passes at once.
        $clock->pass($locked->retryAfter);
        $verified = $verifier->verify($challenge, Method::Totp, $phone->at($clock->now()->getTimestamp()), $client);
        self::assertSame('1', $verified->userId());
    }
}
