<?php

/**
 * Whether something of a certain time still counts: for no longer than it may, and not when the clock was ahead that
 * wrote it. That clock would make it last until its time comes, and longer; so it is over, and whoever keeps it drops
 * it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Recent
{
    /** How far the clocks of two servers may be apart, in seconds; as in the extension. */
    private const SKEW = 30;

    public static function is(int $since, int $lifetime): bool
    {
        $age = time() - $since;
        return $age >= -self::SKEW && $age <= $lifetime;
    }
}
