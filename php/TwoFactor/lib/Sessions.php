<?php

/**
 * Which of the engine's login cookies count. Such a cookie is a bearer that proves a password, once, some time ago, and
 * outlives a logout. The extension keeps which of them came of which sign-in, and is asked at every request.
 *
 * Everybody who signs in is admitted, also whoever has no factor: so an enrolment ends what was there before, and any
 * sign-in can be ended. A cookie from before the second factor was set up here, from before an enrolment or another change,
 * or after a logout counts for nothing, and neither does one that cannot be asked about.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Enrolled;
use TwoFactor\Exception\Denied;
use TwoFactor\Login;
use TwoFactor\LoginState;
use TwoFactor\Verified;

final class Sessions
{
    public function __construct(private readonly Host $host, private readonly Verification $verification)
    {
    }

    /** @throws Unverifiable */
    public function counts(#[\SensitiveParameter] string $credential, int $userId): bool
    {
        if ($this->verification->isPending()) {
            return true;
        }
        return $this->verification->sessionCounts((string) $userId, $credential) && !$this->verification->owes($userId);
    }

    /**
     * What the engine has minted for a sign-in counts from now on.
     *
     * @throws Denied when the account has changed since: a first factor may have been confirmed
     * @throws Unverifiable
     */
    public function admit(Verified|Login $cameOf, #[\SensitiveParameter] string $credential): void
    {
        $this->verification->admitSession($cameOf, $credential, Client::fromGlobals());
    }

    /**
     * Whoever sets the second factor up here is signed in already and stays so; everybody else signs in once more.
     * Nobody who has a factor is admitted this way.
     */
    public function admitWhoSetsUp(): void
    {
        $credential = $this->host->cookie->credential();
        $user = $this->host->users->user((int) $this->host->session->loggedInId());
        if ($credential === null || $user === null) {
            return;
        }
        try {
            if ($this->verification->account((int) $user->id)->isEnrolled()) {
                return;
            }
            $login = $this->verification->beginLogin($this->host->users->person($user), Client::fromGlobals());
            if ($login->state() === LoginState::Allowed) {
                $this->admit($login, $credential);
            }
        } catch (Denied | Unverifiable) {
            // They sign in once more, too.
        }
    }

    /** A cookie that the engine made during a request of a session belongs to it, and ends with it. */
    public function adopt(int $userId, #[\SensitiveParameter] string $child, #[\SensitiveParameter] string $parent): void
    {
        try {
            $this->verification->adoptSession((string) $userId, $child, $parent);
        } catch (Denied | Unverifiable) {
            // The session has ended meanwhile: neither of them counts.
        }
    }

    /**
     * A change of one's own factors has ended every session of the user; the one that it was made in goes on with another
     * cookie, by what came of the change. Where that cannot be, it ends with this page: that is shown all the same, for
     * it may be the only one with the backup codes.
     */
    public function goOn(int $userId, ?Enrolled $enrolled, #[\SensitiveParameter] ?string $grant): void
    {
        $before = (string) $this->host->cookie->credential();
        try {
            $renewed = $this->host->cookie->renew();
            $this->verification->adoptSession((string) $userId, $renewed, $before, $enrolled, $grant);
        } catch (Denied | Unverifiable) {
            // It ends with this page.
        }
    }

    /** What came of this login ends with it. Where that cannot be kept now, all sessions of the user end later. */
    public function signOut(int $userId, #[\SensitiveParameter] string $credential): void
    {
        if ($this->verification->isPending()) {
            return;
        }
        try {
            $this->verification->signOut((string) $userId, $credential);
        } catch (Unverifiable) {
            $this->verification->owe($userId);
        }
    }
}
