<?php

/**
 * What an operator does to a user's account, from the pages and from the server's command line: the extension is asked,
 * who acts and why is in the account's audit, and what the site keeps of that user follows.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class UserActs
{
    /** How long a temporary code is good: to read it to somebody who then types a password, too. */
    public const CODE_SECONDS = 900;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly FormerVersion $formerVersion,
        private readonly NewPassword $newPassword,
    ) {
    }

    /** @throws \TwoFactor\Exception\Denied */
    public function unlock(int $id, string $reason, Actor $actor): void
    {
        $this->verification->unlock((string) $id, ...$actor, reason: $reason);
        $this->log('log_unlocked', $id);
    }

    /** @throws \TwoFactor\Exception\Denied */
    public function reset(int $id, string $reason, Actor $actor): void
    {
        $this->verification->reset((string) $id, ...$actor, reason: $reason);
        $this->formerVersion->noteChange();
        $this->log('log_reset_done', $id);
    }

    /** Their factors may be changed again. @throws \TwoFactor\Exception\Denied */
    public function releaseHold(int $id, string $reason, Actor $actor): void
    {
        $this->verification->releaseHold((string) $id, ...$actor, reason: $reason);
        $this->log('log_hold_ended', $id);
    }

    /**
     * For whoever lost everything else. The code is given back to be shown, and kept nowhere.
     *
     * @throws \TwoFactor\Exception\Denied
     */
    public function temporaryCode(int $id, string $reason, Actor $actor): string
    {
        $code = $this->verification->issueTemporaryCode((string) $id, ...$actor, reason: $reason, validSeconds: self::CODE_SECONDS);
        $this->log('log_temporary_code', $id);
        return $code;
    }

    /** It proves nothing until it is resumed. @throws \TwoFactor\Exception\Denied */
    public function suspend(int $id, string $factor, string $reason, Actor $actor): void
    {
        $this->verification->suspendFactor((string) $id, $factor, ...$actor, reason: $reason);
        $this->log('log_factor_suspended', $id);
    }

    /** @throws \TwoFactor\Exception\Denied */
    public function resume(int $id, string $factor, string $reason, Actor $actor): void
    {
        $this->verification->resumeFactor((string) $id, $factor, ...$actor, reason: $reason);
        $this->log('log_factor_resumed', $id);
    }

    /** Nothing is left of them here but their id. @throws \TwoFactor\Exception\Denied */
    public function forget(int $id, string $reason, Actor $actor, bool $isGone = false): void
    {
        $this->verification->forgetPerson($id, $reason, $actor, $isGone);
        $this->newPassword->forget($id);
        $this->formerVersion->noteChange();
        // By their id: the log of the site would keep the name.
        $this->host->log('log_forgotten', [(string) $id], $id);
    }

    /** Whose factor is new acts on others from now on. @throws \TwoFactor\Exception\Denied */
    public function confirmOperator(int $id, string $reason, Actor $actor): void
    {
        $this->verification->confirmOperator((string) $id, ...$actor, reason: $reason);
        $this->log('log_operator_confirmed', $id);
    }

    /** They set up a second factor, or a new one, at a sign-in. @throws \TwoFactor\Exception\Denied */
    public function requireEnrolment(int $id, ?\DateTimeImmutable $from, string $reason, Actor $actor): void
    {
        $this->verification->requireEnrolment((string) $id, $from?->getTimestamp(), ...$actor, reason: $reason);
        $this->log('log_enrolment_required', $id);
    }

    /** @throws \TwoFactor\Exception\Denied */
    public function waiveEnrolment(int $id, string $reason, Actor $actor): void
    {
        $this->verification->waiveEnrolment((string) $id, ...$actor, reason: $reason);
        $this->log('log_enrolment_waived', $id);
    }

    /** The same of everybody who has one. @throws \TwoFactor\Exception\Denied */
    public function requireAllEnrolments(?\DateTimeImmutable $from, string $reason, Actor $actor): void
    {
        $this->verification->requireAllEnrolments($from?->getTimestamp(), ...$actor, reason: $reason);
        $this->host->log('log_all_enrolments_required');
    }

    /** @throws \TwoFactor\Exception\Denied */
    public function waiveAllEnrolments(string $reason, Actor $actor): void
    {
        $this->verification->waiveAllEnrolments(...$actor, reason: $reason);
        $this->host->log('log_all_enrolments_waived');
    }

    private function log(string $key, int $id): void
    {
        $this->host->log($key, [$this->host->users->userName($id)], $id);
    }
}
