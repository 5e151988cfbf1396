<?php

/**
 * Every admin request of somebody whom the engine takes for signed in.
 *
 * The engine's cookie proves a password, once, some time ago. So for a user who has a second factor it
 * counts only with a mark of a proof that came of this very login and belongs to the account's present
 * epoch. A cookie from before enrolment, from another login, from before a change or after a logout has none.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Guard
{
    /** Set by a sign-in with the app, until something was said of its clock if there is anything to say. */
    public const DRIFT = 'twofactor_drift';

    public function __construct(
        private readonly Host $host,
        private readonly Admission $admission,
        private readonly SignInRegister $register,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly Access $access,
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
            $this->refuseUnanswered($fault);
        }
    }

    /** Core::LogoutPre: what came of this login ends with it. */
    public function logout(): void
    {
        StepUp::forget();
        $credential = $this->host->cookie->credential();
        if ($credential !== null) {
            $this->register->endFamilyOf($credential);
        }
    }

    private function admit(int $userId): void
    {
        if ($this->emergency->isActive()) {
            $this->emergency->noteUse($userId);
            $this->view->standEmergencyBar((int) $this->emergency->until());
            return;
        }
        $credential = (string) $this->host->cookie->credential();
        if (!$this->admission->counts($credential, $userId)) {
            $this->host->session->deauthenticate();
            $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        $this->followUp($userId, $credential);
        try {
            $this->remindOfFormerVersion();
            $this->tellDrift($userId);
        } catch (\Throwable) {
            // A bar is a courtesy: whoever is signed in goes on without it.
        }
    }

    /** On the first page after a sign-in. */
    private function tellDrift(int $userId): void
    {
        $seconds = isset($_SESSION[self::DRIFT]) ? ClockDrift::of($userId) : null;
        unset($_SESSION[self::DRIFT]);
        if ($seconds !== null) {
            $this->view->standDriftBar($seconds);
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
            $this->view->standFormerBar($names);
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
                $this->register->adopt($now, $credential);
            }
        });
    }

    private function refuseUnanswered(\Throwable $fault): never
    {
        $this->view->outage($this->host->reportFault($fault));
    }
}
