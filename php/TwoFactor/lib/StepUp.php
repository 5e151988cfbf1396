<?php

/**
 * A fresh proof before any change. The grant it earns stays in the session, on the server, for as long as the extension
 * says that it honours it.
 *
 * A code that is sent belongs to the challenge it was sent for, so that challenge is kept until it is answered.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\ChallengeClosed;
use TwoFactor\Exception\Throttled;
use TwoFactor\Method;
use TwoFactor\Purpose;
use TwoFactor\User;

final class StepUp
{
    private const KEY = 'twofactor_grant';
    private const ASKED = 'twofactor_step_up';

    public function __construct(
        private readonly Proof $proof,
        private readonly Verification $verification,
        private readonly Codes $codes,
    ) {
    }

    /** The grant of this user, null when there is none or it has run out. */
    public function grant(int $userId): ?string
    {
        $kept = $_SESSION[self::KEY] ?? null;
        return is_array($kept) && $kept['user'] === $userId && time() < $kept['until'] ? $kept['grant'] : null;
    }

    public function secondsLeft(int $userId): int
    {
        return $this->grant($userId) === null ? 0 : $_SESSION[self::KEY]['until'] - time();
    }

    /** The code that was sent last and is still good. */
    public function sent(int $userId): ?SentCode
    {
        $asked = $this->asked($userId);
        $sent = SentCode::fromKept($asked['sent'] ?? null);
        return $sent?->isGood() ? $sent : null;
    }

    /**
     * Sends a code for the next proof.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function send(User $person, Method $method): void
    {
        $userId = (int) $person->id();
        $challenge = $this->asked($userId)['challenge'] ?? $this->open($person);
        try {
            $sent = $this->codes->forChallenge($challenge, $method);
        } catch (ChallengeClosed) {
            $challenge = $this->open($person);
            $sent = $this->codes->forChallenge($challenge, $method);
        }
        $_SESSION[self::ASKED] = ['user' => $userId, 'challenge' => $challenge, 'sent' => $sent->kept()];
    }

    /**
     * @throws \TwoFactor\Exception\Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function prove(User $person, Method $method, #[\SensitiveParameter] string $code): void
    {
        $userId = (int) $person->id();
        $challenge = Codes::areSentBy($method)
            ? $this->asked($userId)['challenge'] ?? throw new Undelivered('not_sent_yet')
            : $this->open($person);
        $verified = $this->proof->check($challenge, $userId, Purpose::StepUp, $method, $code);
        $_SESSION[self::KEY] = [
            'user' => $userId,
            'grant' => $verified->grant(),
            'until' => (int) $verified->grantExpiresAt()?->getTimestamp(),
        ];
        unset($_SESSION[self::ASKED]);
    }

    public static function forget(): void
    {
        self::forgetGrant();
        self::forgetChallenge();
    }

    /** The extension does not take it any more, whatever its age here: the forms ask for another. */
    public static function forgetGrant(): void
    {
        unset($_SESSION[self::KEY]);
    }

    /** After a change that was made with the grant: the grant is good for the rest of its time, a challenge is closed. */
    public static function forgetChallenge(): void
    {
        unset($_SESSION[self::ASKED]);
    }

    /** @throws Undelivered when too many were opened: no code may be asked for, and the wait is not that of a code */
    private function open(User $person): string
    {
        try {
            return $this->verification->ask(
                static fn ($verifier) => $verifier->beginChallenge($person, Purpose::StepUp, Client::fromGlobals()),
            )->challenge();
        } catch (Throttled) {
            throw new Undelivered('too_many_confirmations');
        }
    }

    /** @return array{user: int, challenge: string, sent: mixed}|null */
    private function asked(int $userId): ?array
    {
        $asked = $_SESSION[self::ASKED] ?? null;
        return is_array($asked) && $asked['user'] === $userId ? $asked : null;
    }
}
