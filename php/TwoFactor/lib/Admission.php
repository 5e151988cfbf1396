<?php

/**
 * Whether the engine's login cookie counts: always for a user without a second factor, otherwise only with
 * a mark of a proof of that user that belongs to the account's present epoch.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Admission
{
    public function __construct(
        private readonly Verification $verification,
        private readonly SignInRegister $register,
    ) {
    }

    /** @throws Unverifiable */
    public function counts(#[\SensitiveParameter] string $credential, int $userId): bool
    {
        if ($this->verification->isPending()) {
            return true;
        }
        $account = $this->verification->account($userId);
        return !$account->isEnrolled() || $this->register->holds($credential, $userId, $account->epoch());
    }
}
