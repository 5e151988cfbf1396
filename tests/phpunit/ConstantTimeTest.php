<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use PHPUnit\Framework\TestCase;

/**
 * The extension as it was built and as PHP calls it: tests/it/constant_time.rs counts what a comparison costs in a
 * build for tests, and an optimiser may make something else of it.
 */
final class ConstantTimeTest extends TestCase
{
    /** So many that the start of PHP, which differs with its environment by up to 3 000 instructions, is no matter. */
    private const COMPARISONS = 10_000;

    /** Compares a code that is wrong in one digit, or in all. */
    private const PROGRAM = <<<'PHP'
        [, $digit, $comparisons] = $argv;
        $totp = new TwoFactor\Totp(TwoFactor\Secret::fromBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'));
        $typed = $totp->at(1_700_000_010);
        $wrong = strtr($typed, '0123456789', '1234567890');
        if ($digit === 'all') {
            $typed = $wrong;
        } else {
            $typed[(int) $digit] = $wrong[(int) $digit];
        }
        for ($i = 0; $i < $comparisons; $i++) {
            if ($totp->match($typed, 1_700_000_010) !== null) {
                exit(1);
            }
        }
        PHP;

    private const USERS = 20;
    private const REFUSALS = 15;

    /** Shows codes to a verifier: such as were accepted before, or such as never were. */
    private const SHOW = <<<'PHP'
        [, $isSpent, $users, $refusals, $ip] = $argv;
        $clock = new class {
            public int $time = 1_700_000_010;
            public function now(): DateTimeImmutable { return new DateTimeImmutable("@$this->time"); }
        };
        $verifier = TwoFactor\Verifier::open(['store' => 'memory:', 'clock' => $clock, 'max_attempts' => '20']);
        [$home, $other] = [new TwoFactor\Client('192.0.2.1', 'Firefox'), new TwoFactor\Client($ip, 'Firefox')];
        for ($user = 0; $user < $users; $user++) {
            $clock->time = 1_700_000_010;
            $id = sprintf('%04d', $user);
            $person = new TwoFactor\User($id, $id, null, [], 'en');
            $setup = $verifier->startTotp($person);
            $app = TwoFactor\Totp::fromUri($setup->uri());
            $verifier->confirmTotp($setup->token(), $app->at($clock->time), $home);
            $clock->time += 30;
            $right = $app->at($clock->time);
            $verifier->verify($verifier->beginLogin($person, $home)->challenge(), TwoFactor\Method::Totp, $right, $home);
            $shown = $isSpent ? $right : $app->at($clock->time + 3_000);
            $challenge = $verifier->beginLogin($person, $other)->challenge();
            for ($n = 0; $n < $refusals; $n++) {
                try {
                    $verifier->verify($challenge, TwoFactor\Method::Totp, $shown, $other);
                    exit(1);
                } catch (TwoFactor\Exception\Rejected) {
                }
            }
        }
        PHP;

    private static function instructions(string $digit, int $comparisons): int
    {
        return self::counted(self::PROGRAM, [$digit, (string) $comparisons]);
    }

    /** @param list<string> $arguments */
    private static function counted(string $program, array $arguments): int
    {
        $command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', PHP_BINARY, '-n',
            '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-r', $program, ...$arguments];
        $process = proc_open($command, [2 => ['pipe', 'w']], $pipes);
        $said = stream_get_contents($pipes[2]);
        self::assertSame(0, proc_close($process), $said);
        self::assertSame(1, preg_match('/Collected : (\d+)/', $said, $found), $said);
        return (int) $found[1];
    }

    public function test_b23_a_wrong_code_costs_not_one_instruction_more_for_its_right_digits(): void
    {
        $counts = [];
        foreach (['0', '1', '2', '3', '4', '5', 'all'] as $digit) {
            $counts[$digit] = self::instructions($digit, self::COMPARISONS);
        }
        // Each compares in hundreds of instructions; those were counted, not the start of PHP alone.
        self::assertGreaterThan(self::instructions('0', 1) + 500 * self::COMPARISONS, $counts['0']);
        self::assertLessThan(self::COMPARISONS, max($counts) - min($counts), json_encode($counts));
    }

    public function test_b138_a_code_that_was_accepted_before_costs_what_a_wrong_one_costs(): void
    {
        $count = static fn (string $isSpent, int $refusals, string $ip): int
            => self::counted(self::SHOW, [$isSpent, (string) self::USERS, (string) $refusals, $ip]);
        [$home, $elsewhere] = ['192.0.2.1', '192.0.2.9'];
        $all = self::USERS * self::REFUSALS;
        $each = intdiv($count('0', self::REFUSALS, $home) - $count('0', 0, $home), $all);
        self::assertGreaterThan(10_000, $each, 'those were counted');
        // Secrets differ from run to run, and with them what base 32 and JSON of them cost. From elsewhere its user is told of
        // it: the notice is written into the account once, and read with each wrong code after it until it was sent.
        foreach ([$home => 50, $elsewhere => 20] as $ip => $share) {
            $more = $count('1', self::REFUSALS, $ip) - $count('0', self::REFUSALS, $ip);
            self::assertLessThan($each / $share, abs($more) / $all, "$ip: $more of $each");
        }
    }
}
