<?php

/**
 * Whether the engine's login cookie counts: always for a user whose account has never had anything to do
 * with a second factor, otherwise only with a mark that belongs to this user and to the account's present
 * epoch. So a reset or a change of groups ends the sign-ins of a user without a factor as well.
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
        $untouched = !$account->isEnrolled() && $account->epoch() === 0;
        return $untouched || $this->register->holds($credential, $userId, $account->epoch());
    }
}
