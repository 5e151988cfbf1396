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
use TwoFactor\User;

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
        $obstacle = $this->obstacle($this->account());
        if ($obstacle !== '' || !$this->isDue()) {
            return $obstacle;
        }
        if (!$change->has('code')) {
            return $this->view->text('proof_over');
        }
        [$problem, $why] = $this->stepUp->check($this->person(), $change);
        return $problem === '' ? '' : $this->view->problem($problem, $why);
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
        try {
            $this->stepUp->send($this->person(), Method::from($change->text($field)));
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
        return $this->obstacle($this->account()) === '' && !$this->isDue();
    }

    /**
     * What the forms for it show.
     *
     * @return array<string, mixed>
     */
    public function fields(): array
    {
        $account = $this->account();
        $obstacle = $this->obstacle($account);
        return [
            'obstacle' => $obstacle,
            'set_up' => $account?->isEnrolled() === false ? $this->view->actionUrl('preferences') : '',
            'must_prove' => $obstacle === '' && $this->isDue(),
        ] + $this->view->proving($account, $this->verification, $this->stepUp, $this->own());
    }

    /** From when a user acts on others, if that is not yet. */
    public function actsFrom(int $userId): ?\DateTimeImmutable
    {
        $from = $this->verification->operatorFrom((string) $userId);
        return $from !== null && $from->getTimestamp() > time() ? $from : null;
    }

    /** Why no proof would help; '' when it would, or when none is needed. */
    private function obstacle(?Account $account): string
    {
        // Null is an account of their own that cannot be opened: they are here by the emergency setting or not at all.
        if ($this->emergency->isActive() || $account === null) {
            return '';
        }
        if (!$account->isEnrolled()) {
            return $this->view->text('operator_has_none');
        }
        if ($account->heldSince() !== null) {
            return $this->view->text('hold_own');
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

    private function person(): User
    {
        return $this->host->users->person($this->host->users->user($this->own()));
    }

    private function account(): ?Account
    {
        return $this->verification->accountIfReadable($this->own());
    }
}
