<?php

/**
 * An administrator's own fresh proof. Whoever is enrolled gives it before any change: a stolen session must not
 * be able to take a factor away, or to have codes sent another way.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Exception\Denied;
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
        if (!$this->isDue()) {
            return '';
        }
        $method = Method::tryFrom($change->text('method'));
        $user = $this->host->user($this->own());
        if ($method === null || $user === null || $change->text('code') === '') {
            return $this->view->text('code_missing');
        }
        try {
            $this->stepUp->prove($this->host->person($user), $method, $change->text('code'));
            return '';
        } catch (Denied | Undelivered $refusal) {
            return $this->view->problem('wrong_' . $method->value, $refusal);
        }
    }

    /** Sends a code for it. What to say when that did not work; '' when it is on its way. */
    public function send(Change $change): string
    {
        $own = $this->host->user($this->own());
        try {
            $this->stepUp->send($this->host->person($own), Method::from($change->text('method')));
            return '';
        } catch (Denied | Undelivered $refusal) {
            return $this->view->problem('try_again', $refusal);
        }
    }

    /** Not from somebody who has nothing to prove, nor in an emergency, nor twice within five minutes. */
    public function isDue(): bool
    {
        if ($this->emergency->isActive()) {
            return false;
        }
        $account = $this->account();
        // Null is an account of their own that cannot be opened: they are here by the emergency setting or not at all.
        return $account === null || $account->isEnrolled() && $this->stepUp->grant($this->own()) === null;
    }

    /**
     * What the forms for it show.
     *
     * @return array<string, mixed>
     */
    public function fields(): array
    {
        return ['must_prove' => $this->isDue()]
            + $this->view->proving($this->account(), $this->verification, $this->stepUp, $this->own());
    }

    private function own(): int
    {
        return (int) $this->host->loggedInId();
    }

    private function account(): ?Account
    {
        return $this->verification->accountIfReadable($this->own());
    }
}
