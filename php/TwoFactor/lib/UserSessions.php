<?php

/**
 * Site Admin, Two-factor: the sign-ins of a user, and the end of one, of all of theirs, or of everybody's. Factors stay as
 * they are.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Verifier;

final class UserSessions extends AdminPage
{
    private const LONGEST_REASON = 200;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly Administrator $administrator,
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

    public function objection(Change $change): string
    {
        $needsReason = $change->text('do') !== 'end-user-session' && $change->text('reason') === '';
        return $needsReason ? $this->view->text('reason_missing') : '';
    }

    public function endOne(Change $change): never
    {
        [$id, $session, $actor] = [(string) $change->number('user'), $change->text('session'), $this->administrator->actor()];
        if ($session === '') {
            // The return key, in the field for the code: the proof was given, and nothing was chosen.
            $this->backTo($change, 'session_choose');
        }
        $this->verification->ask(static fn (Verifier $verifier) => $verifier->endSession($id, $session, ...$actor));
        $this->ended($change, 'session_ended');
    }

    public function endAll(Change $change): never
    {
        [$id, $actor, $reason] = [$change->number('user'), $this->administrator->actor(), self::reason($change)];
        $this->verification->ask(
            fn (Verifier $verifier) => $verifier->endSessions((string) $id, $this->ownOf($id), ...$actor, reason: $reason),
        );
        if ($this->ownOf($id) !== null && $actor->grant !== null) {
            // Copies of this one's cookie are worth nothing, either.
            $this->sessions->goOn($id, null, $actor->grant);
        }
        $this->ended($change, 'sessions_ended');
    }

    /** Whoever does it signs in again, too. */
    public function endEverybody(Change $change): never
    {
        [$actor, $reason] = [$this->administrator->actor(), self::reason($change)];
        $this->verification->ask(static fn (Verifier $verifier) => $verifier->endAllSessions(...$actor, reason: $reason));
        $this->host->log('log_everybody_signed_out');
        StepUp::forget();
        $this->host->session->deauthenticate();
        $this->view->loginNotice('everybody_signed_out', 200, 'menu_administration', true);
    }

    private static function reason(Change $change): string
    {
        return mb_strcut($change->text('reason'), 0, self::LONGEST_REASON);
    }

    private function ended(Change $change, string $done): never
    {
        $id = $change->number('user');
        $this->host->log('log_sessions_ended', [$this->host->users->userName($id)], $id);
        $this->backTo($change, $done);
    }

    private function backTo(Change $change, string $done): never
    {
        $this->pages->goTo($done, ['tab' => 'user-sessions', 'user' => $change->number('user')]);
    }

    private function ofUser(Input $input, Notice $notice): string
    {
        $id = $input->number('user');
        // An account that cannot be read lets nobody go on: it has no sign-ins.
        $sessions = $this->verification->accountIfReadable($id) === null ? [] : $this->verification->ask(
            fn (Verifier $verifier) => $verifier->sessions((string) $id, $this->ownOf($id)),
        );
        return $this->pages->form('user_sessions', $notice, [
            'reason' => $input->typed('reason'),
            'user_id' => $id,
            'name' => $this->host->users->userName($id),
            'sessions' => $sessions,
        ]);
    }

    /** An administrator who ends all of their own goes on in this one. */
    private function ownOf(int $id): ?string
    {
        return $id === $this->host->session->loggedInId() ? $this->host->cookie->credential() : null;
    }
}
