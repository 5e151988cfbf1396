<?php

/**
 * Site Admin, Two-factor, Premium, Many users: users by what their account is, and one act on those that are ticked. First it is
 * shown whom it would be done to; then it is done to one after the other, by the same acts and checks as on each one's own page,
 * and said what came of each.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Account;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\LicenceState;
use TwoFactorModule\Access;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Factors;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Unverifiable;
use TwoFactorModule\UserActs;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class PeoplePage extends AdminPage
{
    private const STATES = ['all', 'without', 'due', 'locked', 'disabled', 'codeless', 'unreadable'];
    private const ACTS = ['unlock', 'end', 'require', 'reset'];
    /** Users on a page, and whose accounts are looked at for one. */
    private const SHOWN = 50;
    private const LOOKED_AT = 200;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly UserActs $acts,
        private readonly Access $access,
        private readonly AdminPages $pages,
        private readonly Factors $factors,
        private readonly SavedFilters $filters,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $this->assertLicensed();
        $isChosen = $input instanceof Change && self::isOnMany($input) && $this->objection($input) === '';
        return $isChosen ? $this->chosen($input, $notice) : $this->list($input, $notice);
    }

    public function objection(Change $change): string
    {
        $ids = self::ids($change);
        return match (true) {
            !self::isOnMany($change) => '',
            !in_array($change->text('act'), self::ACTS, true) => $this->view->text('people_no_act'),
            $ids === [] => $this->view->text('people_nobody'),
            count($ids) > self::SHOWN => $this->view->text('people_too_many', self::SHOWN),
            default => '',
        };
    }

    /** Not about a filter. */
    private static function isOnMany(Change $change): bool
    {
        return in_array($change->text('do'), ['people-look', 'people-act'], true);
    }

    /** @throws LicenceRequired */
    private function assertLicensed(): void
    {
        if (!in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true)) {
            throw new LicenceRequired();
        }
    }

    /** Nothing is done: the page shows whom it would be done to. */
    public function look(): Notice
    {
        return Notice::none();
    }

    public function saveFilter(Change $change): Notice
    {
        $this->assertLicensed();
        return $this->filters->save('people', $change->text('filter'), self::asked($change));
    }

    public function removeFilter(Change $change): never
    {
        $this->assertLicensed();
        $this->filters->remove('people', $change->text('filter'));
    }

    /** @return array{state: string, search: string} '' where a field is not looked for */
    private static function asked(Input $input): array
    {
        $asked = $input->texts('state', 'search');
        return ['state' => in_array($asked['state'], array_slice(self::STATES, 1), true) ? $asked['state'] : ''] + $asked;
    }

    public function act(Change $change, Actor $actor): Notice
    {
        $this->assertLicensed();
        [$act, $reason] = [$change->text('act'), $change->reason()];
        $done = $failed = [];
        foreach (self::ids($change) as $id) {
            $why = $this->obstacle($id) ?: $this->done($act, $id, $reason, $actor);
            if ($why === '') {
                $done[] = $this->host->users->userName($id);
            } else {
                $failed[] = ['name' => $this->host->users->userName($id), 'why' => $why];
            }
        }
        return Notice::page($this->pages->page('TwoFactorPro;people_done', Notice::none(), [
            'act' => $this->view->text("people_act_$act"),
            'done' => $done,
            'failed' => $failed,
            'back' => $this->pages->url(['tab' => 'people']),
        ]));
    }

    /**
     * '' when it was done, else why not. What is missing of the proof is missing for everybody, and ends it before the first.
     *
     * @throws StepUpRequired|TooRecent
     */
    private function done(string $act, int $id, string $reason, Actor $actor): string
    {
        try {
            match ($act) {
                'require' => $this->acts->requireEnrolment($id, null, $reason, $actor),
                'unlock' => $this->acts->unlock($id, $reason, $actor),
                'reset' => $this->acts->reset($id, $reason, $actor),
                'end' => $this->end($id, $reason, $actor),
            };
        } catch (StepUpRequired | TooRecent $refusal) {
            throw $refusal;
        } catch (Denied $refusal) {
            return $this->view->problem('try_again', $refusal);
        } catch (Unverifiable) {
            return $this->view->text('people_unavailable');
        }
        return '';
    }

    private function end(int $id, string $reason, Actor $actor): void
    {
        $this->verification->endSessions((string) $id, null, ...$actor, reason: $reason);
        $this->host->log('log_sessions_ended', [$this->host->users->userName($id)], $id);
    }

    /** Why nothing of it may be done to somebody; '' when it may. */
    private function obstacle(int $id): string
    {
        return match (true) {
            $this->host->users->user($id) === null => $this->view->text('people_gone'),
            $id === $this->host->session->loggedInId() => $this->view->text('people_yourself'),
            !$this->access->mayChange($id) => $this->view->text('no_permission'),
            default => '',
        };
    }

    /** Whom it would be done to. */
    private function chosen(Change $change, Notice $notice): string
    {
        $act = $change->text('act');
        $people = array_map(fn (int $id) => [
            'id' => $id,
            'name' => $this->host->users->userName($id),
            'obstacle' => $this->obstacle($id),
        ], self::ids($change));
        return $this->pages->form('TwoFactorPro;people_act', $notice, [
            'act' => $act,
            'about' => $this->view->text("people_about_$act"),
            'title' => $this->view->text("people_act_$act"),
            'is_dangerous' => $act === 'reset',
            'people' => $people,
            'is_any' => array_filter($people, static fn (array $one) => $one['obstacle'] === '') !== [],
            'reason' => $change->typed('reason'),
            'back' => $this->pages->url(['tab' => 'people']),
        ]);
    }

    private function list(Input $input, Notice $notice): string
    {
        $asked = self::asked($input);
        $state = $asked['state'] ?: 'all';
        $after = $input instanceof Change ? '' : $input->text('after');
        $rows = $this->host->users->search($asked['search'], self::LOOKED_AT + 1, $after);
        $people = [];
        $seen = 0;
        foreach (array_slice($rows, 0, self::LOOKED_AT) as $row) {
            $seen++;
            $account = $this->verification->accountIfReadable((int) $row['user_id']);
            if (self::is($state, $account)) {
                $people[] = [
                    'id' => (int) $row['user_id'],
                    'name' => $row['username'],
                    'full_name' => trim($row['first_name'] . ' ' . $row['last_name']),
                    'account' => $account,
                    'methods' => $account === null ? '' : $this->factors->methods($account),
                ];
            }
            if (count($people) === self::SHOWN) {
                break;
            }
        }
        $query = ['tab' => 'people'] + $asked;
        return $this->pages->page('TwoFactorPro;people', $notice, [
            'search' => $asked['search'],
            'states' => array_map(fn (string $one) => [
                'value' => $one,
                'text' => $this->view->text("people_state_$one"),
                'is_chosen' => $one === $state,
            ], self::STATES),
            'acts' => array_map(fn (string $one) => ['value' => $one, 'text' => $this->view->text("people_act_$one")], self::ACTS),
            'people' => $people,
            'looked' => $this->view->text('people_looked_at', $seen),
            'first' => $after === '' ? '' : $this->pages->url($query),
            'next' => $seen < count($rows) ? $this->pages->url($query + ['after' => $rows[$seen - 1]['username']]) : '',
        ] + $this->filters->values('people', $asked));
    }

    private static function is(string $state, ?Account $account): bool
    {
        return match ($state) {
            'without' => $account !== null && !$account->isEnrolled(),
            'due' => $account?->enrolmentDue() !== null,
            'locked' => $account?->lockedUntil() !== null,
            'disabled' => $account !== null && $account->disabledMethods() !== [],
            'codeless' => $account !== null && $account->isEnrolled() && $account->backupCodesLeft() + $account->recoveryCodesLeft() === 0,
            'unreadable' => $account === null,
            default => true,
        };
    }

    /** @return list<int> each once */
    private static function ids(Change $change): array
    {
        $ids = array_filter($change->many('users'), static fn (mixed $id) => is_string($id) && ctype_digit($id) && strlen($id) < 10);
        return array_values(array_unique(array_map(intval(...), $ids)));
    }
}
