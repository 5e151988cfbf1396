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

    /** What to write into config.php at that moment; good for half an hour. */
    public static function line(int $now): string
    {
        return "\$config['twofactor_emergency_until'] = '" . gmdate('Y-m-d\TH:i:s\Z', $now + 1800) . "';";
    }

    public function noteSignIn(\User $user): void
    {
        $this->host->log('log_emergency_sign_in', [$user->username], (int) $user->id);
    }

    /** Once a session: a page of the admin has many requests. */
    public function noteUse(int $userId): void
    {
        if (($_SESSION[self::NOTED] ?? null) !== $this->until()) {
            $_SESSION[self::NOTED] = $this->until();
            $this->host->log('log_emergency_use', [$this->host->userName($userId)], $userId);
        }
    }

    public function noteMistake(): void
    {
        if ($this->isMistaken()) {
            $this->host->log('emergency_mistaken');
        }
    }
}
