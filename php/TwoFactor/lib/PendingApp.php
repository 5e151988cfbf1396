<?php

/**
 * An authenticator app that this session has begun to set up. What is kept is the set-up's token, on the server;
 * whoever does not have it sees nothing of the set-up.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class PendingApp
{
    private const KEY = 'twofactor_setup';

    public static function begin(int $userId, #[\SensitiveParameter] string $token): void
    {
        $_SESSION[self::KEY] = ['user' => $userId, 'token' => $token];
    }

    /** The token of the set-up; null when this session has none for this user. */
    public static function token(int $userId): ?string
    {
        $kept = $_SESSION[self::KEY] ?? null;
        return is_array($kept) && $kept['user'] === $userId ? $kept['token'] : null;
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }
}
