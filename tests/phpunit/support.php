<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use DateTimeImmutable;
use PHPUnit\Framework\TestCase;
use Throwable;
use TwoFactor\{Client, Method, Purpose, Totp, User, Verified, Verifier};
use TwoFactor\Exception\Denied;

/** A clock that moves when told to (PSR-20). */
final class TestClock
{
    public function __construct(public int $time = 1_700_000_010) {}

    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable("@$this->time");
    }

    public function pass(int $seconds): void
    {
        $this->time += $seconds;
    }
}

/** A person with a phone and a list of backup codes. */
final class Person
{
    /** @param list<string> $backupCodes */
    public function __construct(
        public readonly User $user,
        private readonly Totp $phone,
        private readonly TestClock $clock,
        public array $backupCodes = [],
    ) {}

    /** What the phone shows, or showed $steps time steps ago. */
    public function code(int $steps = 0): string
    {
        return $this->phone->at($this->clock->time + 30 * $steps);
    }

    /** Six digits the phone shows at no time near now. */
    public function wrongCode(): string
    {
        $near = array_map($this->code(...), range(-3, 3));
        for ($code = 0; in_array(sprintf('%06d', $code), $near, true); $code++);
        return sprintf('%06d', $code);
    }
}

abstract class VerifierTestCase extends TestCase
{
    protected TestClock $clock;
    protected Verifier $verifier;
    protected Client $client;

    protected function setUp(): void
    {
        $this->clock = new TestClock();
        $this->verifier = $this->open();
        $this->client = new Client('192.0.2.7', 'Firefox');
    }

    /** @param array<string, mixed> $settings */
    protected function open(array $settings = []): Verifier
    {
        return Verifier::open($settings + ['store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Shop']);
    }

    /** Somebody whose authenticator is confirmed; the next time step has begun. */
    protected function enrol(string $id = '1', ?string $grant = null): Person
    {
        $user = new User($id, "user$id");
        $setup = $this->verifier->startTotp($user, null, $grant);
        $phone = Totp::fromUri($setup->uri());
        $enrolled = $this->verifier->confirmTotp($setup->token(), $phone->at($this->clock->time), $this->client);
        $this->clock->pass(30);
        return new Person($user, $phone, $this->clock, $enrolled->backupCodes());
    }

    protected function challenge(Person $person, Purpose $purpose = Purpose::Login): string
    {
        $login = $purpose === Purpose::Login
            ? $this->verifier->beginLogin($person->user, $this->client)
            : $this->verifier->beginChallenge($person->user, $purpose, $this->client);
        return $login->challenge();
    }

    protected function verify(string $challenge, Method $method, string $proof): Verified
    {
        return $this->verifier->verify($challenge, $method, $proof, $this->client);
    }

    protected function signIn(Person $person, ?string $code = null): Verified
    {
        return $this->verify($this->challenge($person), Method::Totp, $code ?? $person->code());
    }

    /** A fresh step-up; a time step passes. */
    protected function grant(Person $person): string
    {
        $this->clock->pass(30);
        return $this->verify($this->challenge($person, Purpose::StepUp), Method::Totp, $person->code())->grant();
    }

    protected function fail5(Person $person, Method $method = Method::Totp): void
    {
        for ($i = 0; $i < 5; $i++) {
            $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), $method, $person->wrongCode()));
        }
    }

    /** @return Denied what was thrown */
    protected function assertDenied(string $class, callable $call): Throwable
    {
        $class = "TwoFactor\\Exception\\$class";
        try {
            $call();
        } catch (Throwable $thrown) {
            self::assertSame($class, $thrown::class, $thrown->getMessage());
            self::assertInstanceOf(Denied::class, $thrown);
            return $thrown;
        }
        self::fail("nothing was thrown where $class was due");
    }

    /** @return list<string> types of a user's events, oldest first */
    protected function events(string $id): array
    {
        $types = [];
        foreach ($this->verifier->audit($id, 1000) as $event) {
            array_unshift($types, $event->type());
        }
        return $types;
    }
}
