<?php

/**
 * My Preferences, Two-factor, Sign-ins: where the signed-in person is signed in, and the end of all but this one. It takes
 * the fresh proof of any other change, so that a stolen session does not throw its owner out.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Method;
use TwoFactor\Verifier;

final class OwnSessions
{
    private const MESSAGE = 'twofactor_sessions_message';

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly StepUp $stepUp,
        private readonly View $view,
        private readonly Access $access,
    ) {
    }

    /** The page, or by POST what `do` asks for. */
    public function handle(): string
    {
        PageHeaders::send();
        $user = $this->host->users->user((int) $this->host->session->loggedInId());
        if ($user === null || !$this->access->mayUse()) {
            return $this->refusal($this->host->session->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            if ($this->verification->isPending()) {
                return $this->refusal('not_set_up');
            }
            // First of all: without the extension its methods and the like are not even there to be named.
            $this->verification->verifier();
            return Change::isAsked() ? $this->change($user, Change::fromRequest()) : $this->page($user);
        } catch (Unverifiable) {
            return $this->refusal('unavailable');
        } catch (Denied | \ValueError) {
            $this->goBack('try_again');
        }
    }

    private function change(\User $user, ?Change $change): string
    {
        $id = (string) (int) $user->id;
        return match ($change?->text('do')) {
            'end-session' => $this->end($user, $change, 'session_ended', static fn (Verifier $verifier, ?string $grant) =>
                $verifier->endSession($id, $change->text('session'), $id, $grant, Client::fromGlobals())),
            'end-other-sessions' => $this->end($user, $change, 'sessions_ended', fn (Verifier $verifier, ?string $grant) =>
                $verifier->endSessions($id, $this->current(), $id, Reason::ByItsUser->value, $grant, Client::fromGlobals())),
            default => $this->goBack('try_again'),
        };
    }

    /** @param callable(Verifier, ?string): void $end */
    private function end(\User $user, Change $change, string $done, callable $end): string
    {
        $person = $this->host->users->person($user);
        $method = Method::tryFrom($change->text('send') ?: $change->text('method'));
        try {
            if ($change->text('send') !== '') {
                $this->stepUp->send($person, $method ?? Method::Totp);
                return $this->page($user, message: 'code_sent');
            }
            if ($change->has('code') && $this->stepUp->grant((int) $user->id) === null) {
                if ($method === null || $change->text('code') === '') {
                    return $this->page($user, 'code_missing');
                }
                $this->stepUp->prove($person, $method, $change->text('code'));
            }
        } catch (Denied | Undelivered $refusal) {
            return $this->page($user, $change->text('send') !== '' ? 'try_again' : 'wrong_' . $method?->value, $refusal);
        }
        if ($change->text('do') === 'end-session' && $change->text('session') === '') {
            // The return key, in the field for the code.
            $this->goBack('session_choose');
        }
        try {
            $grant = $this->stepUp->grant((int) $user->id);
            $this->verification->ask(static fn (Verifier $verifier) => $end($verifier, $grant));
            if ($change->text('do') === 'end-other-sessions' && $grant !== null) {
                // Whoever has a copy of this one's cookie is one of the others.
                $this->sessions->goOn((int) $user->id, null, $grant);
            }
        } catch (StepUpRequired) {
            return $this->page($user, 'proof_over');
        }
        $this->goBack($done);
    }

    private function page(\User $user, string $problem = '', ?\Throwable $why = null, string $message = ''): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $sessions = $this->verification->ask(
            fn (Verifier $verifier) => $verifier->sessions((string) $id, $this->current()),
        );
        $this->view->noStore();
        return $this->view->render('own_sessions', [
            'message' => $message === '' ? $this->message() : $this->view->text($message),
            'problem' => $problem === '' ? '' : $this->view->problem($problem, $why),
            'sessions' => $sessions,
            'others' => count($sessions) > 1,
            'must_prove' => $account->isEnrolled() && $this->stepUp->grant($id) === null,
            'back' => $this->view->actionUrl('preferences'),
        ] + $this->view->wait($why) + $this->view->proving($account, $this->verification, $this->stepUp, $id));
    }

    private function current(): ?string
    {
        return $this->host->cookie->credential();
    }

    private function refusal(string $key): string
    {
        return $this->view->render('refusal', ['message' => $this->view->text($key)]);
    }

    private function message(): string
    {
        $key = $_SESSION[self::MESSAGE] ?? null;
        unset($_SESSION[self::MESSAGE]);
        return is_string($key) ? $this->view->text($key) : '';
    }

    private function goBack(string $message): never
    {
        $_SESSION[self::MESSAGE] = $message;
        $this->host->pages->redirect($this->view->actionUrl('sessions'));
    }
}
