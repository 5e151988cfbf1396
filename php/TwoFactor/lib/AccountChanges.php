<?php

/**
 * What happens to users elsewhere in the admin and ends their sign-ins: a new password, other groups,
 * activation, deletion. The engine tells before and after; compared is what the database says.
 *
 * Nothing is done before: what is announced may still be refused, by the engine or by another module. And the
 * engine tells afterwards also of what it has refused. Whoever was spoken of is looked at once more at the end of the
 * request: another listener that fails keeps the end of a change from being told here.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;

final class AccountChanges
{
    /**
     * @var array<int, array{string, Reason, ?Privileges}> standings of users who may be about to change, what would change
     *     them, and what they could do here
     */
    private array $before = [];
    /** @var list<int> */
    private array $recovered = [];
    private bool $looksAgain = false;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Administrator $administrator,
        private readonly FormerVersion $formerVersion,
        private readonly NewPassword $newPassword,
    ) {
    }

    public function before(\User $user): void
    {
        $this->expect([(int) $user->id], Reason::StandingChanged);
    }

    /** Who is about to come into a group is known afterwards only. */
    public function beforeGroup(Reason $reason): void
    {
        $this->expect($this->host->users->userIds(), $reason);
    }

    public function after(\User $user): void
    {
        $id = (int) $user->id;
        if (!isset($this->before[$id])) {
            // It was not announced.
            $this->endSignIns($id, Reason::StandingChanged);
        }
        $this->look();
    }

    /**
     * What has become of them. Whoever is still there, or may be, keeps their factors.
     *
     * @param bool $isTold whether something has just happened; then what cannot be read has changed
     */
    public function look(bool $isTold = true): void
    {
        $this->formerVersion->noteChange();
        $now = $this->host->users->standings(array_keys($this->before));
        foreach ($this->before as $id => [$standing, $reason, $privileges]) {
            if (!isset($now[$id]) && $this->host->users->isGone($id)) {
                // By now its object has forgotten the id.
                unset($this->before[$id]);
                $this->removeFactors($id, Reason::UserDeleted);
            } elseif (isset($now[$id]) ? $now[$id] !== $standing : $isTold) {
                // What they could do before stays: also whoever gave it to others had no more than that when they did.
                $this->before[$id][0] = $now[$id] ?? '';
                $isRaised = $this->isRaisedByLess($id, $privileges, $this->privilegesOf([$id])[$id] ?? null);
                $this->endSignIns($id, $isRaised ? Reason::RaisedByLess : $reason, $isRaised);
            }
        }
    }

    /**
     * Whether somebody may do more than before, and it came from themselves or from somebody who could not do it, who may give
     * permissions all the same. They act on others a day later: so that others see it before.
     */
    private function isRaisedByLess(int $id, ?Privileges $before, ?Privileges $after): bool
    {
        $by = $this->host->session->loggedInId();
        $of = $by === null || $by === $id ? null : $this->before[$by][2] ?? $this->privilegesOf([$by])[$by] ?? null;
        return $after === null
            || !(bool) $before?->cover($after) && !(bool) $of?->cover($after);
    }

    /**
     * Empty where they cannot be read.
     *
     * @param list<int> $ids
     * @return array<int, Privileges>
     */
    private function privilegesOf(array $ids): array
    {
        try {
            return $this->host->users->privileges($ids);
        } catch (\RuntimeException) {
            return [];
        }
    }

    /** The engine tells so of a password that was set by telephone as well: that has ended everything. */
    public function passwordRecovered(int $userId): void
    {
        if (!in_array($userId, $this->recovered, true)) {
            $this->endSignIns($userId, Reason::RecoveredByEmail);
        }
    }

    /**
     * A password is about to be set by telephone. The proof is spent, and everything ends.
     *
     * @throws \TwoFactor\Exception\ChallengeClosed when the proof does not count any more
     * @throws Unverifiable
     */
    public function recoverPassword(int $userId, #[\SensitiveParameter] string $proof): void
    {
        $reason = Reason::RecoveredByTelephone->value;
        $this->verification->completePasswordReset((string) $userId, $proof, $this->administrator->by(), $reason, Client::fromGlobals());
        $this->recovered[] = $userId;
        $this->newPassword->forget($userId);
    }

    /**
     * An id is given twice only when the site's database was put back: the old factors are not the new user's. They
     * are removed where the operator has proven a factor; where not, they stay, and the new user cannot sign in until
     * somebody resets them. The engine tells of a new user also when the database has refused the row: then the id is
     * somebody else's.
     */
    public function added(\User $user): void
    {
        $id = (string) (int) $user->id;
        if ($this->host->users->idOf((string) $user->username) !== (int) $id) {
            return;
        }
        $this->removeFactors((int) $id, Reason::IdGivenAgain, static fn ($verifier) => $verifier->account($id)->isEnrolled());
        $this->formerVersion->noteChange();
    }

    /**
     * Nobody's factors go because somebody without a proof says so: they are kept, and listed for one who has. The
     * sessions end in any case.
     *
     * @param (callable(\TwoFactor\Verifier): bool)|null $isNeeded
     */
    private function removeFactors(int $id, Reason $why, ?callable $isNeeded = null): void
    {
        $this->newPassword->forget($id);
        $this->tell($id, function ($verifier) use ($id, $why, $isNeeded): void {
            $actor = $this->administrator->actor();
            try {
                $isReset = ($isNeeded === null || $isNeeded($verifier))
                    && $verifier->reset((string) $id, $actor->by, $why->value, $actor->grant, $actor->client) > 0;
                if (!$isReset) {
                    $verifier->endSessions((string) $id, null, $actor->by, $why->value, $actor->grant, $actor->client);
                }
            } catch (StepUpRequired | TooRecent) {
                $verifier->raiseEpoch((string) $id, $this->administrator->by(), $why->value, $actor->client);
                $this->host->log('log_factors_kept', [$id], $id);
            }
        });
    }

    /** @param list<int> $ids */
    private function expect(array $ids, Reason $reason): void
    {
        $privileges = $this->privilegesOf($ids);
        foreach ($this->host->users->standings($ids) as $id => $standing) {
            $this->before[$id] ??= [$standing, $reason, $privileges[$id] ?? null];
        }
        if (!$this->looksAgain) {
            $this->looksAgain = true;
            $this->host->database->atTheEnd(function (\Closure $reconnect): void {
                $reconnect();
                $this->look(false);
            });
        }
    }

    /** @param bool $endsTrust their factor acts on others a day later, as a new one */
    private function endSignIns(int $userId, Reason $reason, bool $endsTrust = false): void
    {
        $this->newPassword->forget($userId);
        $raise = fn ($verifier) => $verifier->raiseEpoch((string) $userId, $this->administrator->by(), $reason->value, Client::fromGlobals(), $endsTrust);
        $this->tell($userId, $raise);
        $endsTrust && $this->host->log('log_trust_ended', [$this->host->users->userName($userId)], $userId);
    }

    /**
     * The change itself has happened and is not undone. Where nobody can be verified now, nobody signs in either, and
     * what was there before ends as soon as somebody can be.
     */
    private function tell(int $userId, callable $what): void
    {
        try {
            if (!$this->verification->isPending()) {
                $this->verification->ask($what);
            }
        } catch (Unverifiable) {
            $this->verification->owe($userId);
        }
    }
}
