<?php

/**
 * The way back in when nobody can be verified: whoever may edit config.php sets
 * `$config['twofactor_emergency_until']` to a time at most one hour ahead. Until then the password alone
 * is enough. It ends by itself, is written to the admin log at every use and shows on every admin page.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Emergency
{
    private const LONGEST = 3600;
    private const NOTED = 'twofactor_emergency_noted';

    public function __construct(private readonly Host $host)
    {
    }

    public function isActive(): bool
    {
        $until = $this->until();
        return $until !== null && $until > time() && $until <= time() + self::LONGEST;
    }

    /** A value that is set and not obeyed: too far ahead or not a time. A time that has passed is neither. */
    public function isMistaken(): bool
    {
        $set = $this->host->config('twofactor_emergency_until');
        if ($set === null || $set === '') {
            return false;
        }
        $until = $this->until();
        return $until === null || $until > time() + self::LONGEST;
    }

    public function until(): ?int
    {
        $set = $this->host->config('twofactor_emergency_until');
        if (is_int($set) || (is_string($set) && ctype_digit($set) && strlen($set) < 12)) {
            return (int) $set;
        }
        if (!is_string($set) || !preg_match('/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/', $set)) {
            return null;
        }
        try {
            return (new \DateTimeImmutable($set))->getTimestamp();
        } catch (\Exception) {
            return null;
        }
    }

    public function noteSignIn(\User $user): void
    {
        $this->host->audit("Emergency setting: {$user->username} signed in without a second factor", (int) $user->id);
    }

    /** Once a session: a page of the admin has many requests. */
    public function noteUse(int $userId): void
    {
        if (($_SESSION[self::NOTED] ?? null) !== $this->until()) {
            $_SESSION[self::NOTED] = $this->until();
            $name = $this->host->userName($userId);
            $this->host->audit("Emergency setting: requests of $name were not guarded", $userId);
        }
    }

    public function noteMistake(): void
    {
        if ($this->isMistaken()) {
            $this->host->audit('twofactor_emergency_until is ignored: it must be a time at most one hour ahead');
        }
    }
}
