<?php

/**
 * How far off the clock of somebody's authenticator app is, once it is sure: a code that was typed late looks the same
 * as a slow clock, so only what was so at several sign-ins in a row is told. It widens nothing.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class ClockDrift
{
    private const PREFERENCE = 'TwoFactor_clock_drift';
    /** Sign-ins in a row, and seconds: less than the length of a time step. */
    private const SURE_AFTER = 3;
    private const HARMLESS = 20;

    /** After a sign-in with the app. */
    public static function note(int $userId, ?int $seconds): void
    {
        $before = self::kept($userId);
        if ($seconds === null || abs($seconds) <= self::HARMLESS) {
            self::forget($userId);
            return;
        }
        $times = $before['seconds'] * $seconds > 0 ? $before['times'] + 1 : 1;
        \cms_userprefs::set_for_user($userId, self::PREFERENCE, "$seconds $times");
    }

    /** In seconds, behind if negative; null while there is nothing to tell. */
    public static function of(int $userId): ?int
    {
        $kept = self::kept($userId);
        return $kept['times'] >= self::SURE_AFTER ? $kept['seconds'] : null;
    }

    /** There is another app. */
    public static function forget(int $userId): void
    {
        \cms_userprefs::remove_for_user($userId, self::PREFERENCE);
    }

    /** @return array{seconds: int, times: int} */
    private static function kept(int $userId): array
    {
        $kept = (string) \cms_userprefs::get_for_user($userId, self::PREFERENCE);
        return preg_match('/^(-?\d{1,6}) (\d{1,9})$/', $kept, $match) === 1
            ? ['seconds' => (int) $match[1], 'times' => (int) $match[2]]
            : ['seconds' => 0, 'times' => 0];
    }
}
