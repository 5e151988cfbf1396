<?php

/**
 * An address or number that waits for its code, as this session began it. What is kept is the set-up's token, on the
 * server; the address or number itself is not, and whoever does not have the token can neither go on with the set-up
 * nor end it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Delivery;
use TwoFactor\Method;

final class PendingContact
{
    private const KEY = 'twofactor_contact';
    /** As long as the extension keeps it. */
    private const LIFETIME = 1800;

    private function __construct(
        public readonly Method $method,
        #[\SensitiveParameter] public readonly string $token,
        public readonly SentCode $sent,
        private readonly string $asked,
    ) {
    }

    /** The first code is on its way. What was asked for is known again, and not kept. */
    public static function begin(int $userId, Delivery $delivery, #[\SensitiveParameter] string $asked): self
    {
        return self::keep($userId, $delivery, hash('sha256', $asked), time());
    }

    public static function current(int $userId): ?self
    {
        $kept = $_SESSION[self::KEY] ?? null;
        if (!is_array($kept) || $kept['user'] !== $userId) {
            return null;
        }
        if (!Recent::is((int) $kept['since'], self::LIFETIME)) {
            self::forget();
            return null;
        }
        $sent = SentCode::fromKept($kept['sent']);
        return $sent === null ? null : new self($sent->method, $kept['token'], $sent, $kept['asked']);
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }

    /** Another code is on its way. */
    public function again(int $userId, Delivery $delivery): self
    {
        return self::keep($userId, $delivery, $this->asked, (int) $_SESSION[self::KEY]['since']);
    }

    /** Whether this is what was asked for before: a form that was sent twice. */
    public function isFor(#[\SensitiveParameter] string $asked): bool
    {
        return hash_equals($this->asked, hash('sha256', $asked));
    }

    private static function keep(int $userId, Delivery $delivery, string $asked, int $since): self
    {
        $sent = SentCode::of($delivery);
        $_SESSION[self::KEY] = [
            'user' => $userId,
            'token' => $delivery->token(),
            'sent' => $sent->kept(),
            'asked' => $asked,
            'since' => $since,
        ];
        return new self($sent->method, $delivery->token(), $sent, $asked);
    }
}
