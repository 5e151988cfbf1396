<?php

/**
 * The password once more, before a first factor is set up on a site whose profile is strict: who has found an open browser
 * sets up nothing. Where something is set up that is proven instead, and at a sign-in that ends with a set-up the password
 * was given just now.
 *
 * Wrong ones are counted by user, so that whoever has such a browser does not guess there, however many sessions they make
 * of it: after five nobody is asked for a quarter of an hour. Nothing else is kept from them by that.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;

final class PasswordAgain
{
    private const FIELD = 'password';
    private const MOST = 5;
    /** In seconds. */
    private const WAIT = 900;
    private const WRONG = 'twofactor_wrong_passwords';

    public function __construct(private readonly Host $host, private readonly Verification $verification)
    {
    }

    public static function isNeeded(Account $account): bool
    {
        return Settings::isStrict() && !$account->isEnrolled();
    }

    /**
     * What a first set-up is begun with.
     *
     * @throws SetUpRefused
     * @throws Unverifiable
     */
    public function grant(\User $user, Change $form): string
    {
        $id = (int) $user->id;
        [$wrong, $since] = $this->wrong($id);
        if ($wrong >= self::MOST) {
            throw new SetUpRefused(null, 'password_later');
        }
        // Before it is looked at: what comes at once is counted, too.
        $password = $form->text(self::FIELD);
        $password === '' || \cms_userprefs::set_for_user($id, self::WRONG, ($wrong + 1) . ' ' . ($wrong === 0 ? time() : $since));
        if (!$this->host->users->hasPassword($user, $password)) {
            throw new SetUpRefused(null, $password === '' ? 'password_missing' : 'password_wrong');
        }
        \cms_userprefs::remove_for_user($id, self::WRONG);
        return $this->verification->grantAfterPassword((string) $id);
    }

    /** @return array{int, int} how many, and since when */
    private function wrong(int $id): array
    {
        $kept = (string) \cms_userprefs::get_for_user($id, self::WRONG);
        if (preg_match('/\A(\d{1,3}) (\d{1,12})\z/', $kept, $found) !== 1 || abs(time() - (int) $found[2]) >= self::WAIT) {
            return [0, 0];
        }
        return [(int) $found[1], (int) $found[2]];
    }
}
