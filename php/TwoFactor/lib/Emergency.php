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
    /** How long after its end it may have been meant for now, in seconds. */
    private const RECENT = 86400;
    private const NOTED = 'twofactor_emergency_noted';

    public function __construct(private readonly Host $host)
    {
    }

    public function isActive(): bool
    {
        $until = $this->until();
        return $until !== null && $until > time() && $until <= time() + self::LONGEST;
    }

    /** Why a value that is set is not obeyed, as the key of a text; '' when there is none, or it is obeyed. */
    public function mistake(): string
    {
        $set = $this->host->config('twofactor_emergency_until');
        if ($set === null || $set === '') {
            return '';
        }
        $until = $this->until();
        return match (true) {
            $until === null => 'emergency_unreadable',
            $until > time() + self::LONGEST => 'emergency_ahead',
            $until <= time() => 'emergency_over',
            default => '',
        };
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
        $mistake = $this->mistake();
        // One that has been over for long was forgotten and not mistyped: health says so, and no line at every sign-in.
        if ($mistake !== '' && ($mistake !== 'emergency_over' || $this->until() > time() - self::RECENT)) {
            $this->host->log($mistake, [self::line(time())]);
        }
    }
}
