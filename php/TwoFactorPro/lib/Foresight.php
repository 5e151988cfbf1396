<?php

/**
 * What rules do to whom, as the extension says it. Nothing is kept of it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\LicenceRequired;
use TwoFactorModule\HostUsers;
use TwoFactorModule\Verification;

final class Foresight
{
    /** Users that are asked about at once; the extension takes no more. */
    private const AT_ONCE = 1000;
    /** Users that are looked at: each is some questions to the database. */
    private const MOST = 10000;
    /** Users that are named. */
    private const BY_NAME = 50;
    /** In the order in which they are told. */
    private const OUTCOMES = ['stopped', 'grace', 'step-up', 'encouraged'];

    public function __construct(private readonly HostUsers $users, private readonly Verification $verification)
    {
    }

    /** Whether the rules that are set suggest something to a user now. */
    public function isEncouraged(\User $user): bool
    {
        return $this->verification->askedOf($this->users->person($user))['encouraged'];
    }

    /**
     * Everybody who may sign in and is concerned, counted, and the first of them by name: those who are stopped first.
     *
     * @return array{first: list<array{name: string, outcome: string, due: \DateTimeImmutable|null}>, counts: array<string, int>,
     *     concerned: int, without_codes: int, looked_at: int, all: int}
     * @throws LicenceRequired
     * @throws \ValueError what is wrong with the rules
     */
    public function of(string $policy): array
    {
        [$first, $counts, $withoutCodes] = [[], [], 0];
        $ids = $this->users->userIds();
        $rank = static fn (array $one) => [$one['due']?->getTimestamp() ?? PHP_INT_MAX, (int) $one['userId']];
        // Also for nobody: rules are read in any case.
        foreach (array_chunk(array_slice($ids, 0, self::MOST), self::AT_ONCE) ?: [[]] as $some) {
            $users = array_values(array_filter(array_map($this->users->userWhoMaySignIn(...), $some)));
            $found = $this->verification->previewEnforcement($policy, array_map($this->users->person(...), $users));
            $withoutCodes += count(array_filter(array_column($found, 'lacksCodes')));
            $found = array_filter($found, static fn (array $one) => $one['outcome'] !== 'unaffected');
            foreach (array_count_values(array_column($found, 'outcome')) as $outcome => $count) {
                $counts[$outcome] = ($counts[$outcome] ?? 0) + $count;
            }
            $first = [...$first, ...$found];
            usort($first, static fn (array $a, array $b) => $rank($a) <=> $rank($b));
            $first = array_slice($first, 0, self::BY_NAME);
        }
        return [
            'first' => array_map(fn (array $one) => [
                'name' => $this->users->userName((int) $one['userId']),
                'outcome' => $one['outcome'],
                'due' => $one['due'],
            ], $first),
            'counts' => array_replace(array_intersect_key(array_fill_keys(self::OUTCOMES, 0), $counts), $counts),
            'concerned' => array_sum($counts),
            'without_codes' => $withoutCodes,
            'looked_at' => min(count($ids), self::MOST),
            'all' => count($ids),
        ];
    }
}
