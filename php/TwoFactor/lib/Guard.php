<?php

/**
 * Every admin request of somebody whom the engine takes for signed in.
 *
 * The engine's cookie proves a password, once, some time ago. So it counts only while the extension knows it as that of
 * a session: of a proof, or of a sign-in that needed none, in the account's present epoch.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Guard
{
    /** How far the clock of the app is off that signed in, until that was said; if there is anything to say. */
    public const DRIFT = 'twofactor_drift';

    public function __construct(
        private readonly Host $host,
        private readonly Sessions $sessions,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly Access $access,
        private readonly NewPassword $newPassword,
        private readonly Asked $asked,
        private readonly View $view,
    ) {
    }

    public function check(): void
    {
        if ($this->host->session->isLoginPage()) {
            return;
        }
        $userId = $this->host->session->loggedInId();
        if ($userId === null) {
            return;
        }
        try {
            $this->admit($userId);
        } catch (\Throwable $fault) {
            if ($this->host->session->isSignOutPage()) {
                // Nobody stays signed in because nobody can be asked: what has to end is noted there, and ends later.
                $this->host->session->askForSignOut();
                $this->host->pages->redirect($this->host->pages->loginUrl());
            }
            $this->refuseUnanswered($fault);
        }
    }

    /** Core::LogoutPre: what came of this login ends with it. */
    public function logout(): void
    {
        StepUp::forget();
        SetUps::forget();
        $userId = $this->host->session->loggedInId();
        $credential = $this->host->cookie->credential();
        if ($userId !== null && $credential !== null) {
            $this->sessions->signOut($userId, $credential);
        }
    }

    private function admit(int $userId): void
    {
        if ($this->emergency->isActive()) {
            $this->emergency->noteUse($userId);
            $until = date('H:i', (int) $this->emergency->until());
            $this->view->standBar(fn () => $this->view->text('emergency_banner', $until));
            return;
        }
        $credential = (string) $this->host->cookie->credential();
        if (!$this->sessions->counts($credential, $userId)) {
            StepUp::forget();
            SetUps::forget();
            $this->host->session->deauthenticate();
            $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        $this->followUp($userId, $credential);
        try {
            $this->askForNewPassword($userId);
            $this->remindOfCodes($userId);
            $this->remindOfFormerVersion();
            $this->asked->tell($userId);
            $this->tellDrift();
        } catch (\Throwable) {
            // A bar is a courtesy: whoever is signed in goes on without it.
        }
    }

    /** Whoever tests the site as somebody else would be led to the account of that one. */
    private function askForNewPassword(int $userId): void
    {
        if (!$this->host->session->isImpersonating() && $this->newPassword->isAsked($userId)) {
            $mayChange = $this->host->users->mayChangeOwnPassword($userId);
            $this->view->newPasswordBar($mayChange, fn () => $this->newPassword->isStillAsked($userId));
        }
    }

    /** Another module led elsewhere after the sign-in that they came with. */
    private function remindOfCodes(int $userId): void
    {
        $codes = SetUps::newCodes($userId);
        if ($codes !== null && !isset($codes['shown']) && !StandingBar::isOnOwnPage()) {
            $this->view->standBar(fn () => $this->view->text('codes_unseen'), 'careful');
        }
    }

    /** On the first page after a sign-in. */
    private function tellDrift(): void
    {
        $seconds = $_SESSION[self::DRIFT] ?? null;
        unset($_SESSION[self::DRIFT]);
        if ($seconds !== null) {
            $this->view->standBar(fn () => $this->view->drift($seconds), 'careful');
        }
    }

    /** Administrators learn on every page whom an upgrade has left with a password alone. */
    private function remindOfFormerVersion(): void
    {
        if (!$this->formerVersion->isThere() || !$this->access->mayDecideForAll()) {
            return;
        }
        $names = $this->formerVersion->namesKept();
        if ($names !== '') {
            $this->view->standBar(fn () => $this->view->text('former_bar', $names));
        }
    }

    /** "Test as this user" makes the engine mint another cookie for the same login. */
    private function followUp(int $userId, #[\SensitiveParameter] string $credential): void
    {
        $this->host->database->atTheEnd(function (\Closure $reconnect) use ($userId, $credential): void {
            $now = $this->host->cookie->sessionCredential();
            if ($now === null || $now === $credential) {
                return;
            }
            $reconnect();
            if ($this->host->session->loggedInId() === $userId) {
                $this->sessions->adopt($userId, $now, $credential);
            }
        });
    }

    private function refuseUnanswered(\Throwable $fault): never
    {
        $this->view->outage($this->host->reportFault($fault));
    }
}
