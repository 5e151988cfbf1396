<?php

/**
 * One act on one of many users: by the same acts and checks as on each one's own page.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\Denied;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactorModule\Access;
use TwoFactorModule\Actor;
use TwoFactorModule\Host;
use TwoFactorModule\Unverifiable;
use TwoFactorModule\UserActs;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class PersonAct
{
    /** What may be done, and the event in the audit that says it was. */
    public const ALL = [
        'remind' => 'enrolment.reminded',
        'unlock' => 'account.unlocked',
        'end' => 'sessions.ended',
        'require' => 'enrolment.required',
        'reset' => 'account.reset',
    ];
    /** Events of somebody among which it is looked for. */
    private const LATEST = 50;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly UserActs $acts,
        private readonly Access $access,
        private readonly View $view,
    ) {
    }

    /** Why nothing of it may be done to somebody; '' when it may. */
    public function obstacle(int $id): string
    {
        return match (true) {
            $this->host->users->user($id) === null => $this->view->text('people_gone'),
            $id === $this->host->session->loggedInId() => $this->view->text('people_yourself'),
            !$this->access->mayChange($id) => $this->view->text('no_permission'),
            default => '',
        };
    }

    /**
     * '' when it was done, else why not. What is missing of the proof is missing for everybody, and ends it before the first.
     *
     * @param key-of<self::ALL> $act
     * @throws StepUpRequired|TooRecent
     */
    public function on(int $id, string $act, string $reason, Actor $actor): string
    {
        $obstacle = $this->obstacle($id);
        if ($obstacle !== '') {
            return $obstacle;
        }
        try {
            return match ($act) {
                'remind' => $this->remind($id, $reason, $actor),
                'require' => $this->done($this->acts->requireEnrolment($id, null, $reason, $actor)),
                'unlock' => $this->done($this->acts->unlock($id, $reason, $actor)),
                'reset' => $this->done($this->acts->reset($id, $reason, $actor)),
                'end' => $this->done($this->end($id, $reason, $actor)),
            };
        } catch (StepUpRequired | TooRecent $refusal) {
            throw $refusal;
        } catch (Denied $refusal) {
            return $this->view->problem('try_again', $refusal);
        } catch (Unverifiable) {
            return $this->view->text('people_unavailable');
        }
    }

    /**
     * Whether their audit has it already, by the same person and for the same reason since then: asked where it is not known
     * how far somebody came.
     *
     * @param key-of<self::ALL> $act
     */
    public function wasDone(int $id, string $act, string $reason, int $since): bool
    {
        $by = (string) $this->host->session->loggedInId();
        foreach ($this->verification->audit((string) $id, self::LATEST) as $event) {
            $isIt = $event->type() === self::ALL[$act] && $event->by() === $by && $event->reason() === $reason;
            if ($isIt && $event->at()->getTimestamp() >= $since) {
                return true;
            }
        }
        return false;
    }

    private function done(mixed $nothing): string
    {
        return '';
    }

    private function end(int $id, string $reason, Actor $actor): void
    {
        $this->verification->endSessions((string) $id, null, ...$actor, reason: $reason);
        $this->host->log('log_sessions_ended', [$this->host->users->userName($id)], $id);
    }

    /** The mail goes out at the end of this request, the way of all that people are told. */
    private function remind(int $id, string $reason, Actor $actor): string
    {
        $person = $this->host->users->person($this->host->users->user($id));
        $became = $this->verification->remind($person, ...$actor, reason: $reason);
        if ($became !== 'written') {
            return $this->view->text('people_remind_' . View::key($became));
        }
        $this->host->log('log_reminded', [$this->host->users->userName($id)], $id);
        return '';
    }
}
