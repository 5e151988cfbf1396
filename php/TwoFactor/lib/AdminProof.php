<?php

/**
 * What an administrator needs to act on others, on providers and on settings: a factor of their own, proven within five
 * minutes, and not one that was enrolled a moment ago with a password alone. Whoever knows an administrator's password,
 * or has stolen a session, must not be able to take a factor away, or to have codes sent another way. The extension
 * decides; the pages say beforehand what is missing.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\Method;

final class AdminProof
{
    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly StepUp $stepUp,
        private readonly View $view,
        private readonly Emergency $emergency,
    ) {
    }

    /** What to say when the proof is missing or wrong; '' when the change may be made. */
    public function problem(Change $change): string
    {
        $obstacle = $this->obstacle();
        if ($obstacle !== '' || !$this->isDue()) {
            return $obstacle;
        }
        $method = Method::tryFrom($change->text('method'));
        $user = $this->host->users->user($this->own());
        if ($method === null || $user === null || $change->text('code') === '') {
            return $this->view->text($change->has('code') ? 'code_missing' : 'proof_over');
        }
        try {
            $this->stepUp->prove($this->host->users->person($user), $method, $change->text('code'));
            return '';
        } catch (Denied | Undelivered $refusal) {
            return $this->view->problem('wrong_' . $method->value, $refusal);
        }
    }

    /** Whether a form whose proof is on it asks for the code of that proof first. */
    public static function isCodeAskedFor(Change $change): bool
    {
        return $change->text('send') !== '';
    }

    /**
     * Sends a code for it. What to say when that did not work; '' when it is on its way.
     *
     * @param string $field which names the method
     */
    public function send(Change $change, string $field = 'method'): string
    {
        $own = $this->host->users->user($this->own());
        try {
            $this->stepUp->send($this->host->users->person($own), Method::from($change->text($field)));
            return '';
        } catch (Denied | Undelivered $refusal) {
            return $this->view->problem('try_again', $refusal);
        }
    }

    /** What to say when the extension refuses a change for want of a proof. */
    public function refused(StepUpRequired | TooRecent $refusal): string
    {
        return $this->view->problem('prove_first', $refusal);
    }

    /** Whether whoever is signed in can act right now. */
    public function isGiven(): bool
    {
        return $this->obstacle() === '' && !$this->isDue();
    }

    /**
     * What the forms for it show.
     *
     * @return array<string, mixed>
     */
    public function fields(): array
    {
        $obstacle = $this->obstacle();
        return [
            'obstacle' => $obstacle,
            'set_up' => $obstacle !== '' && $this->hasNone() ? $this->view->actionUrl('preferences') : '',
            'must_prove' => $obstacle === '' && $this->isDue(),
        ] + $this->view->proving($this->account(), $this->verification, $this->stepUp, $this->own());
    }

    /** From when a user acts on others, if that is not yet. */
    public function actsFrom(int $userId): ?\DateTimeImmutable
    {
        $from = $this->verification->ask(static fn ($verifier) => $verifier->operatorFrom((string) $userId));
        return $from !== null && $from->getTimestamp() > time() ? $from : null;
    }

    /** Why no proof would help; '' when it would, or when none is needed. */
    private function obstacle(): string
    {
        $account = $this->account();
        // Null is an account of their own that cannot be opened: they are here by the emergency setting or not at all.
        if ($this->emergency->isActive() || $account === null) {
            return '';
        }
        if ($this->hasNone()) {
            return $this->view->text('operator_has_none');
        }
        $from = $this->actsFrom($this->own());
        if ($from === null) {
            return '';
        }
        $others = implode(', ', $this->whoConfirms());
        return $this->view->text('operator_too_recent', $this->view->moment($from)) . ' '
            . ($others === '' ? $this->view->text('operator_nobody_confirms') : $this->view->text('operator_confirmed_by', $others));
    }

    /** Not from somebody who cannot be helped by it, nor in an emergency, nor twice within five minutes. */
    private function isDue(): bool
    {
        return !$this->emergency->isActive() && $this->stepUp->grant($this->own()) === null;
    }

    private function hasNone(): bool
    {
        return $this->account()?->isEnrolled() === false;
    }

    /** @return list<string> names of administrators who act on others already */
    private function whoConfirms(): array
    {
        $names = [];
        foreach ($this->host->users->administrators() as $id => $name) {
            $account = $id === $this->own() ? null : $this->verification->accountIfReadable($id);
            if ($account?->isEnrolled() && $this->actsFrom($id) === null) {
                $names[] = $name;
            }
        }
        return $names;
    }

    private function own(): int
    {
        return (int) $this->host->session->loggedInId();
    }

    private function account(): ?Account
    {
        return $this->verification->accountIfReadable($this->own());
    }
}
