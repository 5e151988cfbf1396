<?php

/**
 * Site Admin, Two-factor, Premium, Many users: users by what their account is, and one act on those that are ticked. First it is
 * shown whom it would be done to; then it is done to one after the other, by the same acts and checks as on each one's own page,
 * and said what came of each. All whom a filter finds are a file, which is sent as it is made.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Account;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\LicenceState;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Factors;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class PeoplePage extends AdminPage
{
    private const STATES = ['all', 'without', 'due', 'locked', 'disabled', 'codeless', 'unreadable'];
    /** Users on a page, and whose accounts are looked at for one. */
    private const SHOWN = 50;
    private const LOOKED_AT = 100;
    private const COLUMNS = ['id', 'user', 'name', 'second factor', 'methods', 'codes left', 'to be set up from', 'disabled', 'blocked until'];

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly PersonAct $acts,
        private readonly LongActPage $long,
        private readonly AdminPages $pages,
        private readonly Factors $factors,
        private readonly SavedFilters $filters,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        self::assertLicensed($this->verification);
        $isChosen = $input instanceof Change && self::isOnMany($input) && $this->objection($input) === '';
        return $isChosen ? $this->chosen($input, $notice) : $this->list($input, $notice);
    }

    public function objection(Change $change): string
    {
        $ids = self::ids($change);
        return match (true) {
            !self::isOnMany($change) => '',
            !isset(PersonAct::ALL[$change->text('act')]) => $this->view->text('people_no_act'),
            self::isOnAll($change) => '',
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
    public static function assertLicensed(Verification $verification): void
    {
        if (!in_array($verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true)) {
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
        self::assertLicensed($this->verification);
        return $this->filters->save('people', $change->text('filter'), self::asked($change));
    }

    public function removeFilter(Change $change): never
    {
        self::assertLicensed($this->verification);
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
        self::assertLicensed($this->verification);
        [$act, $reason] = [$change->text('act'), $change->reason()];
        if (self::isOnAll($change)) {
            return $this->long->begin($act, $reason, self::asked($change), $actor);
        }
        $done = $failed = [];
        foreach (self::ids($change) as $id) {
            $why = $this->acts->on($id, $act, $reason, $actor);
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

    /** Everybody whom the filter finds, and not those who are ticked. */
    private static function isOnAll(Change $change): bool
    {
        return $change->text('all') === '1';
    }

    /** Whom it would be done to. */
    private function chosen(Change $change, Notice $notice): string
    {
        $act = $change->text('act');
        $asked = self::asked($change);
        $isOnAll = self::isOnAll($change);
        $ids = $isOnAll ? array_column($this->found($asked, '')['people'], 'id') : self::ids($change);
        $people = array_map(fn (int $id) => [
            'id' => $id,
            'name' => $this->host->users->userName($id),
            'obstacle' => $this->acts->obstacle($id),
        ], $ids);
        return $this->pages->form('TwoFactorPro;people_act', $notice, [
            'act' => $act,
            'about' => $this->view->text("people_about_$act"),
            'title' => $this->view->text("people_act_$act"),
            'is_dangerous' => $act === 'reset',
            'people' => $people,
            'is_any' => $isOnAll || array_filter($people, static fn (array $one) => $one['obstacle'] === '') !== [],
            'on_all' => $isOnAll ? $asked : [],
            'whom' => $isOnAll ? $this->view->text('people_all_whom', $this->view->text('people_state_' . ($asked['state'] ?: 'all')), $this->host->users->countLike($this->host->users->pattern($asked['search']))) : '',
            'reason' => $change->typed('reason'),
            'back' => $this->pages->url(['tab' => 'people'] + $asked),
        ]);
    }

    private function list(Input $input, Notice $notice): string
    {
        $asked = self::asked($input);
        $after = $input instanceof Change ? '' : $input->text('after');
        $file = $input instanceof Change ? '' : $input->text('file');
        if (in_array($file, Download::LISTS, true)) {
            $this->host->log('log_people_taken');
            $list = Download::list($file, self::COLUMNS, $this->rows($asked), $this->view->text('file_incomplete'));
            Download::send($this->view, 'users', $file, $list);
        }
        $found = $this->found($asked, $after);
        $query = ['tab' => 'people'] + $asked;
        return $this->pages->page('TwoFactorPro;people', $notice, [
            'search' => $asked['search'],
            'state' => $asked['state'],
            'states' => array_map(fn (string $one) => [
                'value' => $one,
                'text' => $this->view->text("people_state_$one"),
                'is_chosen' => $one === ($asked['state'] ?: 'all'),
            ], self::STATES),
            'acts' => array_map(fn (string $one) => ['value' => $one, 'text' => $this->view->text("people_act_$one")], array_keys(PersonAct::ALL)),
            'people' => $found['people'],
            'looked' => $this->view->text('people_looked_at', $found['looked']),
            'running' => LongAct::of($this->host, (int) $this->host->session->loggedInId()) === null ? '' : $this->pages->url(['tab' => 'people-progress']),
            'first' => $after === '' ? '' : $this->pages->url($query),
            'next' => $found['next'] === '' ? '' : $this->pages->url($query + ['after' => $found['next']]),
            // Where nobody is found on the first page there may be somebody on the next.
            'files' => $found['people'] === [] && $found['next'] === '' ? [] : array_map(fn (string $one) => [
                'text' => $this->view->text("people_file_$one"),
                'url' => $this->pages->url($query + ['file' => $one]),
            ], Download::LISTS),
        ] + $this->filters->values('people', $asked));
    }

    /**
     * A page of them, and after whom to look on.
     *
     * @param array{state: string, search: string} $asked
     * @return array{people: list<array<string, mixed>>, looked: int, next: string}
     */
    private function found(array $asked, string $after): array
    {
        $rows = $this->host->users->search($asked['search'], self::LOOKED_AT + 1, $after);
        $people = [];
        $seen = 0;
        foreach (array_slice($rows, 0, self::LOOKED_AT) as $row) {
            $seen++;
            $account = $this->verification->accountIfReadable((int) $row['user_id']);
            if (self::is($asked['state'] ?: 'all', $account)) {
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
        return ['people' => $people, 'looked' => $seen, 'next' => $seen < count($rows) ? $rows[$seen - 1]['username'] : ''];
    }

    /**
     * What the page shows of each whom the filter finds, all of them, in the order of ids.
     *
     * @param array{state: string, search: string} $asked
     * @return \Generator<int, list<array<string, string|int>>>
     */
    private function rows(array $asked): \Generator
    {
        $pattern = $this->host->users->pattern($asked['search']);
        $last = 0;
        do {
            $ids = $this->host->users->idsLike($pattern, $last, self::LOOKED_AT);
            $rows = [];
            foreach ($this->host->users->listed($ids, 'user_id') as $user) {
                $account = $this->verification->accountIfReadable((int) $user['user_id']);
                if (self::is($asked['state'] ?: 'all', $account)) {
                    $rows[] = $this->row($user, $account);
                }
            }
            yield $rows;
            $last = (int) end($ids);
        } while (count($ids) === self::LOOKED_AT);
    }

    /**
     * @param array<string, mixed> $user
     * @return array<string, string|int>
     */
    private function row(array $user, ?Account $account): array
    {
        $time = static fn (?\DateTimeImmutable $at): string => (string) $at?->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z');
        return array_combine(self::COLUMNS, [
            (int) $user['user_id'],
            (string) $user['username'],
            trim($user['first_name'] . ' ' . $user['last_name']),
            $this->view->text($account === null ? 'unreadable' : ($account->isEnrolled() ? 'on' : 'off')),
            $account === null ? '' : $this->factors->methods($account),
            $account?->isEnrolled() ? $account->backupCodesLeft() + $account->recoveryCodesLeft() : '',
            $time($account?->enrolmentDue()),
            $account === null ? '' : $this->view->methods($account->disabledMethods()),
            $time($account?->lockedUntil()),
        ]);
    }

    public static function is(string $state, ?Account $account): bool
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
