<?php

/**
 * My Preferences, Two-factor, Sign-ins: where the signed-in person is signed in, and the end of all but this one. It takes
 * the fresh proof of any other change, so that a stolen session does not throw its owner out.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

final class OwnSessions extends OwnPage
{
    protected const ACTION = 'sessions';

    protected function answer(\User $user, ?Change $change): string
    {
        return match ($change?->text('do')) {
            'end-session' => $this->proven($user, $change, fn () => $this->end($user, $change->text('session'))),
            'end-other-sessions' => $this->proven($user, $change, fn () => $this->endOthers($user)),
            default => $this->goBack('try_again'),
        };
    }

    protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $sessions = $this->verification->sessions((string) $id, $this->host->cookie->credential());
        return $this->show('own_sessions', [
            'sessions' => $sessions,
            'others' => count($sessions) > 1,
            'must_prove' => $account->isEnrolled() && $this->stepUp->grant($id) === null,
        ] + $this->view->proving($account, $this->verification, $this->stepUp, $id), $problem, $why);
    }

    private function end(\User $user, string $session): never
    {
        // The return key, in the field for the code, names none.
        $session === '' && $this->goBack('session_choose');
        $id = (string) $user->id;
        $grant = $this->stepUp->grant((int) $id);
        $this->verification->endSession($id, $session, $id, $grant, Client::fromGlobals());
        // It may have come of this very browser, of which the trust has ended with it.
        $grant === null || $this->sessions->goOn((int) $id, null, $grant);
        $this->goBack('session_ended');
    }

    private function endOthers(\User $user): never
    {
        [$id, $own] = [(string) $user->id, $this->host->cookie->credential()];
        $grant = $this->stepUp->grant((int) $id);
        $this->verification->endSessions($id, $own, $id, Reason::ByItsUser->value, $grant, Client::fromGlobals());
        // Whoever has a copy of this one's cookie is one of the others.
        $grant === null || $this->sessions->goOn((int) $id, null, $grant);
        $this->goBack('sessions_ended');
    }
}
