<?php

/**
 * The way back in when nobody can be verified: whoever may edit config.php sets `$config['twofactor_emergency']` to two
 * times with a slash between them, at most an hour apart. Between them the password alone is enough. It ends by itself,
 * is written to the admin log at every use and shows on every admin page.
 *
 * The value says itself when it was meant for. With its end alone, one that was mistyped far ahead would be refused until
 * its last hour and then let everybody in, long forgotten; two times that are further apart are never obeyed.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Emergency
{
    private const SETTING = 'twofactor_emergency';
    private const LONGEST = 3600;
    /** How long after its end it may have been meant for now, in seconds. */
    private const RECENT = 86400;
    private const NOTED = 'twofactor_emergency_noted';

    public function __construct(private readonly Host $host)
    {
    }

    public function isActive(): bool
    {
        return $this->isShort() && $this->from() <= time() && time() < $this->until();
    }

    /** Why a value that is set is not obeyed, as the key of a text; '' when there is none, or it is obeyed. */
    public function mistake(): string
    {
        $set = $this->host->config(self::SETTING);
        return match (true) {
            $set === null || $set === '', $this->isActive() => '',
            $this->times() === null => 'emergency_unreadable',
            !$this->isShort() => 'emergency_too_long',
            $this->from() > time() => 'emergency_not_yet',
            default => 'emergency_over',
        };
    }

    public function from(): ?int
    {
        return $this->times()[0] ?? null;
    }

    public function until(): ?int
    {
        return $this->times()[1] ?? null;
    }

    private function isShort(): bool
    {
        $times = $this->times();
        return $times !== null && $times[0] < $times[1] && $times[1] - $times[0] <= self::LONGEST;
    }

    /** @return array{int, int}|null from when until when, as it is written */
    private function times(): ?array
    {
        $set = $this->host->config(self::SETTING);
        $times = is_string($set) ? array_map(self::moment(...), explode('/', $set)) : [];
        return count($times) === 2 && !in_array(null, $times, true) ? $times : null;
    }

    private static function moment(string $text): ?int
    {
        if (ctype_digit($text) && strlen($text) < 12) {
            return (int) $text;
        }
        if (!preg_match('/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/', $text)) {
            return null;
        }
        try {
            return (new \DateTimeImmutable($text))->getTimestamp();
        } catch (\Exception) {
            return null;
        }
    }

    /** What to write into config.php at that moment; good for half an hour. */
    public static function line(int $now): string
    {
        $times = implode('/', array_map(static fn (int $time) => gmdate('Y-m-d\TH:i:s\Z', $time), [$now, $now + 1800]));
        return "\$config['" . self::SETTING . "'] = '$times';";
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
            $this->host->log('log_emergency_use', [$this->host->users->userName($userId)], $userId);
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
