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

    public function __construct(private readonly HostUsers $users, private readonly Verification $verification)
    {
    }

    /** Whether the rules that are set suggest something to a user now. */
    public function isEncouraged(\User $user): bool
    {
        $policy = $this->verification->enforcement();
        if ($policy === null) {
            return false;
        }
        try {
            $found = $this->verification->previewEnforcement($policy, [$this->users->person($user)]);
        } catch (LicenceRequired) {
            return false;
        }
        return $found[0]['outcome'] === 'encouraged';
    }

    /**
     * Everybody who may sign in and is concerned, the first to be stopped first.
     *
     * @return list<array{name: string, outcome: string, due: \DateTimeImmutable|null}>
     * @throws LicenceRequired
     * @throws \ValueError what is wrong with the rules
     */
    public function of(string $policy): array
    {
        $found = [];
        $users = array_filter(array_map($this->users->userWhoMaySignIn(...), $this->users->userIds()));
        // Also for nobody: rules are read in any case.
        foreach (array_chunk($users, self::AT_ONCE) ?: [[]] as $some) {
            $found = [...$found, ...$this->verification->previewEnforcement($policy, array_map($this->users->person(...), $some))];
        }
        $found = array_filter($found, static fn (array $one) => $one['outcome'] !== 'unaffected');
        usort($found, static fn (array $a, array $b) => [$a['due'] ?? new \DateTimeImmutable('@253402300799'), $a['userId']]
            <=> [$b['due'] ?? new \DateTimeImmutable('@253402300799'), $b['userId']]);
        return array_map(fn (array $one) => [
            'name' => $this->users->userName((int) $one['userId']),
            'outcome' => $one['outcome'],
            'due' => $one['due'],
        ], $found);
    }
}
