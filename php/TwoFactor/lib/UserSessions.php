<?php

/**
 * Site Admin, Two-factor: the sign-ins of a user, and the end of one, of all of theirs, or of everybody's. Factors stay as
 * they are.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class UserSessions extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        return $page === 'sessions'
            ? $this->pages->form('sessions', $notice, ['reason' => $input->typed('reason')])
            : $this->ofUser($input, $notice);
    }

    public function endOne(Change $change, Actor $actor): Notice
    {
        [$id, $session] = [$change->number('user'), $change->text('session')];
        if ($session === '') {
            // The return key, in the field for the code: the proof was given, and nothing was chosen.
            return Notice::redirect('session_choose');
        }
        $this->verification->endSession((string) $id, $session, ...$actor);
        $this->goOn($id, $actor);
        $this->host->log('log_sessions_ended', [$this->host->users->userName($id)], $id);
        return Notice::redirect('session_ended');
    }

    public function endAll(Change $change, Actor $actor): Notice
    {
        [$id, $reason] = [$change->number('user'), $change->reason()];
        $this->verification->endSessions((string) $id, $this->ownOf($id), ...$actor, reason: $reason);
        $this->goOn($id, $actor);
        $this->host->log('log_sessions_ended', [$this->host->users->userName($id)], $id);
        return Notice::redirect('sessions_ended');
    }

    /** Whoever does it signs in again, too. */
    public function endEverybody(Change $change, Actor $actor): never
    {
        $reason = $change->reason();
        $this->verification->endAllSessions(...$actor, reason: $reason);
        $this->host->log('log_everybody_signed_out');
        StepUp::forget();
        SetUps::forget();
        $this->host->session->deauthenticate();
        $this->view->loginNotice('everybody_signed_out', 200, 'menu_administration', true);
    }

    private function ofUser(Input $input, Notice $notice): string
    {
        $id = $input->number('user');
        // An account that cannot be read lets nobody go on: it has no sign-ins.
        $isReadable = $this->verification->accountIfReadable($id) !== null;
        $sessions = $isReadable ? $this->verification->sessions((string) $id, $this->ownOf($id)) : [];
        return $this->pages->form('user_sessions', $notice, [
            'reason' => $input->typed('reason'),
            'user_id' => $id,
            'name' => $this->host->users->userName($id),
            'sessions' => $sessions,
            // Also where nobody is signed in: browsers that are trusted could begin it.
            'can_end' => $isReadable,
        ]);
    }

    /**
     * Where it was one of their own, the administrator's sign-in may have come of a browser of which the trust has ended with
     * it; by the proof it goes on. Copies of its cookie are worth nothing, either.
     */
    private function goOn(int $id, Actor $actor): void
    {
        if ($this->ownOf($id) !== null && $actor->grant !== null) {
            $this->sessions->goOn($id, null, $actor->grant);
        }
    }

    /** An administrator who ends all of their own goes on in this one. */
    private function ownOf(int $id): ?string
    {
        return $id === $this->host->session->loggedInId() ? $this->host->cookie->credential() : null;
    }
}
