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

    private static function instructions(string $digit, int $comparisons): int
    {
        $command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', PHP_BINARY, '-n',
            '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-r', self::PROGRAM, $digit, (string) $comparisons];
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
}
