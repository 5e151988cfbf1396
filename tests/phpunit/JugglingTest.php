<?php

// No strict types: this is how most code calls the extension.

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use Throwable;
use TwoFactor\{Client, Method, Totp, Secret};
use TwoFactor\Exception\Denied;

/** Attack 25: only a string of the strict form is ever compared. */
final class JugglingTest extends VerifierTestCase
{
    private static function normal(string $text): string
    {
        return str_replace([' ', '-', "\t", "\r", "\n"], '', $text);
    }

    /** @return list<mixed> values that PHP's == takes for a code, and worse */
    private static function juggled(string $code): array
    {
        $number = (int) $code;
        return [
            true, false, null, 0, 1, -0.0, '0', '', 'true', '0e1', '0e0', 'a', [], [$code], ['0' => true], [[$code]], new \stdClass(), NAN, INF, -INF,
            $number, (float) $number, $number + 0.5, "$number", "$code.0", "{$code}e0", "+$code", " $code", "$code\n", "0$code", '0x' . dechex($number), '0b' . decbin($number),
            substr($code, 0, 5), $code . '0', strrev($code), str_repeat('0', 6), json_decode("{\"a\":$number}"), fopen('php://memory', 'r'),
            new class ($code) { public function __construct(private $c) {} public function __toString(): string { return $this->c; } },
        ];
    }

    public function test_b25_a_juggled_code_is_accepted_only_if_its_text_is_the_code(): void
    {
        $this->verifier = $this->open(['disable_after' => 0]);
        $person = $this->enrol();
        $tried = $accepted = 0;
        for ($round = 0; $round < 40; $round++) {
            $this->clock->pass(60);
            $code = $person->code();
            foreach (self::juggled($code) as $proof) {
                $is_code = (is_scalar($proof) || $proof instanceof \Stringable) && self::normal((string) $proof) === $code;
                $this->verifier->unlock('1', 'test', 'next value');
                $this->client = new Client(long2ip(0x0A000000 + $tried));
                try {
                    $this->verifyUntyped($this->challenge($person), $proof);
                    self::assertTrue($is_code, var_export($proof, true) . " was taken for $code");
                    $accepted++;
                    $this->clock->pass(60);
                    $code = $person->code();
                    break;
                } catch (Denied) {
                    self::assertFalse($is_code, var_export($proof, true));
                } catch (\TypeError) {
                    self::assertFalse(is_scalar($proof) && !is_float($proof));
                }
                $tried++;
            }
        }
        self::assertGreaterThan(500, $tried);
        self::assertGreaterThan(20, $accepted);
    }

    /** As a caller without types would: whatever came in goes on. */
    private function verifyUntyped($challenge, $proof)
    {
        return $this->verifier->verify($challenge, Method::Totp, $proof, $this->client);
    }

    public function test_b25_no_juggled_marker_and_no_juggled_grant_is_taken(): void
    {
        $person = $this->enrol();
        $marker = $this->challenge($person);
        $grant = $this->grant($person);
        foreach (self::juggled($marker) as $juggled) {
            if ((is_string($juggled) || $juggled instanceof \Stringable) && (string) $juggled === $marker) {
                continue;
            }
            foreach ([
                fn () => $this->verifyUntyped($juggled, $person->code(1)),
                fn () => $this->verifier->regenerateBackupCodes('1', $juggled),
                fn () => $this->verifier->remove('1', Method::Totp, $juggled),
                fn () => $this->verifier->startTotp($person->user, null, $juggled),
            ] as $call) {
                try {
                    $call();
                    self::fail(var_export($juggled, true) . ' was taken');
                } catch (Denied | \TypeError) {
                    self::addToAssertionCount(1);
                }
            }
        }
        $this->verifier->regenerateBackupCodes('1', $grant);
    }

    public function test_b25_match_takes_no_juggled_code(): void
    {
        $totp = new Totp(Secret::generate());
        for ($round = 0; $round < 300; $round++) {
            $time = random_int(0, 4_000_000_000);
            $code = $totp->at($time);
            foreach (self::juggled($code) as $juggled) {
                $is_code = (is_scalar($juggled) || $juggled instanceof \Stringable) && self::normal((string) $juggled) === $code;
                try {
                    $matched = @$totp->match($juggled, $time, 0);
                    self::assertSame($is_code, $matched !== null, var_export($juggled, true) . " and $code");
                } catch (\TypeError) {
                    self::assertFalse($is_code);
                }
            }
        }
    }

    public function test_b25_a_user_id_is_never_another_s(): void
    {
        $this->enrol('10');
        foreach (['1e1', '010', '10.0', ' 10', '0xa', 10.5, true, '+10'] as $id) {
            self::assertFalse(@$this->verifier->account($id)->isEnrolled(), var_export($id, true));
        }
        self::assertTrue($this->verifier->account(10)->isEnrolled(), 'an int is its decimal text');
    }
}
