<?php

/**
 * A fresh proof before any change. The grant it earns stays in the session, on the server; the extension says for how
 * long it is good.
 *
 * A code that is sent belongs to the challenge it was sent for, so that challenge is kept until it is answered.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\ChallengeClosed;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\EnrolmentRequired;
use TwoFactor\Exception\Mistyped;
use TwoFactor\Exception\Rejected;
use TwoFactor\Exception\Throttled;
use TwoFactor\Method;
use TwoFactor\Purpose;
use TwoFactor\User;

final class StepUp
{
    /** The key of what is said of a proof that is right and too weak. */
    public const TOO_WEAK = 'set_up_first';

    public function __construct(
        private readonly Proof $proof,
        private readonly Verification $verification,
        private readonly Codes $codes,
        private readonly Sessions $sessions,
    ) {
    }

    /** The grant of this user, null when there is none or it is not good any more. */
    public function grant(int $userId): ?string
    {
        return $this->until($userId) === null ? null : Kept::Grant->of($userId)['grant'];
    }

    public function secondsLeft(int $userId): int
    {
        return max(0, (int) $this->until($userId)?->getTimestamp() - time());
    }

    /**
     * The challenge that was proven by something too weak for what the site asks, where nothing stronger is set up: it stands
     * in the place of a grant for a set-up, and for nothing else. Null where there is none.
     */
    public function permit(int $userId): ?string
    {
        return Kept::StepUp->of($userId)['permit'] ?? null;
    }

    /** The code that was sent last and is still good. */
    public function sent(int $userId): ?SentCode
    {
        return SentCode::fromKept(Kept::StepUp->of($userId)['sent'] ?? null);
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
        $challenge = Kept::StepUp->of($userId)['challenge'] ?? $this->open($person);
        try {
            try {
                $sent = $this->codes->forChallenge($challenge, $method);
            } catch (ChallengeClosed) {
                $challenge = $this->open($person);
                $sent = $this->codes->forChallenge($challenge, $method);
            }
        } catch (Rejected) {
            // It would prove nothing, as where the site's rules ask for something stronger that is set up, too.
            throw new Undelivered('confirm_otherwise');
        }
        Kept::StepUp->put($userId, ['challenge' => $challenge, 'sent' => $sent]);
    }

    /**
     * @throws \TwoFactor\Exception\Denied
     * @throws Undelivered
     * @throws Unverifiable
     * @return bool false when it was the last recovery code: there is nothing any more that could be proven
     */
    private function prove(User $person, Method $method, #[\SensitiveParameter] string $code): bool
    {
        $userId = (int) $person->id();
        $challenge = $method->isSent()
            ? Kept::StepUp->of($userId)['challenge'] ?? throw new Undelivered('not_sent_yet')
            : $this->open($person);
        try {
            $verified = $this->proof->check($challenge, $userId, Purpose::StepUp, $method, $code);
        } catch (EnrolmentRequired $isRight) {
            Kept::StepUp->put($userId, ['permit' => $challenge]);
            throw $isRight;
        }
        Kept::Grant->put($userId, ['grant' => $verified->grant()]);
        Kept::StepUp->forget();
        if ($verified->isSwitchedOff()) {
            // It has ended every session of the user, too, but for this one.
            $this->sessions->goOn($userId, null, $verified->grant());
        }
        return !$verified->isSwitchedOff();
    }

    /**
     * The proof that stands on a form.
     *
     * @param string $prefix of the fields that it is in
     * @return array{string, \Throwable|null} what is wrong with it, as the key of a text, and why; '' when it is right
     * @throws Unverifiable
     */
    public function check(User $person, Change $form, string $prefix = ''): array
    {
        $method = Method::tryFrom($form->text("{$prefix}method"));
        if ($method === null || $form->text("{$prefix}code") === '') {
            return ['code_missing', null];
        }
        try {
            return [$this->prove($person, $method, $form->text("{$prefix}code")) ? '' : 'recovery_last', null];
        } catch (EnrolmentRequired) {
            return [self::TOO_WEAK, null];
        } catch (Mistyped $refusal) {
            return ["mistyped_$method->value", $refusal];
        } catch (Denied | Undelivered $refusal) {
            return ["wrong_$method->value", $refusal];
        }
    }

    public static function forget(): void
    {
        Kept::Grant->forget();
        Kept::StepUp->forget();
    }

    private function until(int $userId): ?\DateTimeImmutable
    {
        $grant = Kept::Grant->of($userId)['grant'] ?? null;
        if ($grant === null) {
            return null;
        }
        try {
            return $this->verification->grantExpiresAt((string) $userId, $grant);
        } catch (Unverifiable) {
            return null;
        }
    }

    /** @throws Undelivered when too many were opened: no code may be asked for, and the wait is not that of a code */
    private function open(User $person): string
    {
        try {
            return $this->verification->beginChallenge($person, Purpose::StepUp, Client::fromGlobals())->challenge();
        } catch (Throttled) {
            throw new Undelivered('too_many_confirmations');
        }
    }
}
