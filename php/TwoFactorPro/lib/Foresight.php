<?php

/**
 * What rules do to whom, as the extension says it. Each account has to be opened for that: a page looks at as many as there is
 * time for, and the next one for the same rules goes on. How far it came is kept in the session.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\LicenceRequired;
use TwoFactorModule\Host;
use TwoFactorModule\Kept;
use TwoFactorModule\Verification;

final class Foresight
{
    /** Users that are asked about at once, and by a page; for how many seconds it goes on, and for how many the next one may. */
    private const AT_ONCE = 100;
    private const MOST = 2000;
    private const SECONDS = 0.08;
    private const KEEPS = 600;
    /** Users that are named. */
    private const BY_NAME = 50;
    /** In the order in which they are told. */
    private const OUTCOMES = ['stopped', 'grace', 'step-up', 'encouraged'];

    public function __construct(private readonly Host $host, private readonly Verification $verification)
    {
    }

    /** Whether the rules that are set suggest something to a user now. */
    public function isEncouraged(\User $user): bool
    {
        return $this->verification->askedOf($this->host->users->person($user))['encouraged'];
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
        $users = $this->host->users;
        [$about, $administrator] = [hash('sha256', $policy), (int) $this->host->session->loggedInId()];
        $kept = Kept::Foresight->of($administrator);
        $isKept = $kept !== null && $kept['about'] === $about && abs(time() - $kept['begun']) < self::KEEPS;
        $seen = $isKept ? $kept : ['about' => $about, 'begun' => time(), 'place' => 0, 'looked' => 0, 'counts' => [], 'first' => [], 'codes' => 0];
        [$end, $most] = [microtime(true) + self::SECONDS, $seen['looked'] + self::MOST];
        do {
            $ids = $users->idsLike('%', $seen['place'], self::AT_ONCE);
            // Also for nobody: rules are read in any case.
            $seen = $this->counted($seen, $this->verification->previewEnforcement($policy, $users->people($ids)));
            $seen['looked'] += count($ids);
            $seen['place'] = (int) end($ids);
            $isAll = count($ids) < self::AT_ONCE;
        } while (!$isAll && $seen['looked'] < $most && microtime(true) < $end);
        $isAll ? Kept::Foresight->forget() : Kept::Foresight->put($administrator, $seen);
        $names = $users->names(array_map(static fn (array $one) => (int) $one['userId'], $seen['first']));
        return [
            'first' => array_map(static fn (array $one) => [
                'name' => $names[$one['userId']] ?? $one['userId'],
                'outcome' => $one['outcome'],
                'due' => $one['due'],
            ], $seen['first']),
            'counts' => array_replace(array_intersect_key(array_fill_keys(self::OUTCOMES, 0), $seen['counts']), $seen['counts']),
            'concerned' => array_sum($seen['counts']),
            'without_codes' => $seen['codes'],
            'looked_at' => $seen['looked'],
            'all' => $isAll ? $seen['looked'] : $users->countLike('%'),
        ];
    }

    /**
     * With these, too.
     *
     * @param array<string, mixed> $seen
     * @param list<array<string, mixed>> $found
     * @return array<string, mixed>
     */
    private function counted(array $seen, array $found): array
    {
        $rank = static fn (array $one) => [$one['due']?->getTimestamp() ?? PHP_INT_MAX, (int) $one['userId']];
        $seen['codes'] += count(array_filter(array_column($found, 'lacksCodes')));
        $found = array_filter($found, static fn (array $one) => $one['outcome'] !== 'unaffected');
        foreach (array_count_values(array_column($found, 'outcome')) as $outcome => $count) {
            $seen['counts'][$outcome] = ($seen['counts'][$outcome] ?? 0) + $count;
        }
        $first = [...$seen['first'], ...$found];
        usort($first, static fn (array $a, array $b) => $rank($a) <=> $rank($b));
        $seen['first'] = array_slice($first, 0, self::BY_NAME);
        return $seen;
    }
}
