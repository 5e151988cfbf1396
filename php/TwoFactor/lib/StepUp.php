<?php

/**
 * A fresh proof before any change. The grant it earns stays in the session, on the server, for the five
 * minutes the extension honours it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Method;
use TwoFactor\Purpose;

final class StepUp
{
    private const KEY = 'twofactor_grant';
    private const LIFETIME = 300;

    public function __construct(private readonly Proof $proof, private readonly Verification $verification)
    {
    }

    /** The grant of this user, null when there is none or it has run out. */
    public function grant(int $userId): ?string
    {
        $kept = $_SESSION[self::KEY] ?? null;
        $fresh = is_array($kept) && $kept['user'] === $userId && $kept['until'] > time();
        return $fresh ? $kept['grant'] : null;
    }

    public function secondsLeft(int $userId): int
    {
        return $this->grant($userId) === null ? 0 : $_SESSION[self::KEY]['until'] - time();
    }

    /**
     * @throws \TwoFactor\Exception\Denied
     * @throws Unverifiable
     */
    public function prove(\TwoFactor\User $person, Method $method, #[\SensitiveParameter] string $code): void
    {
        $login = $this->verification->ask(
            static fn ($verifier) => $verifier->beginChallenge($person, Purpose::StepUp, Client::fromGlobals()),
        );
        $userId = (int) $person->id();
        $verified = $this->proof->check($login->challenge(), $userId, Purpose::StepUp, $method, $code);
        $_SESSION[self::KEY] = [
            'user' => $userId,
            'grant' => $verified->grant(),
            'until' => time() + self::LIFETIME,
        ];
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }
}
