<?php

/**
 * Site Admin, Two-factor, Users: who is protected and who is blocked, and one user's factors. Ends blocks, resets
 * accounts and vouches for administrators, with a reason.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Exception\OnHold;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;

final class UserPages extends AdminPage
{
    private const PAGE = 25;
    /** Accounts among which whose user is gone is looked for: on the first page, and on one that is about them. */
    private const LOOKED_AT = 100;
    private const LOOKED_ON_AT = 1000;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly UserActs $acts,
        private readonly AdminProof $proof,
        private readonly AdminPages $pages,
        private readonly View $view,
        private readonly Access $access,
        private readonly Emergency $emergency,
        private readonly Factors $factors,
        private readonly OtherPages $others,
        private readonly Asked $asked,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        return $page === 'user' ? $this->one($input, $notice) : $this->all($input, $notice);
    }

    public function unlock(Change $change, Actor $actor): Notice
    {
        $this->acts->unlock($change->number('user'), $change->reason(), $actor);
        return Notice::redirect('unlocked');
    }

    public function reset(Change $change, Actor $actor): Notice
    {
        $this->acts->reset($change->number('user'), $change->reason(), $actor);
        return Notice::redirect('reset_done');
    }

    /** Never by the emergency setting: what was let in then would stay. */
    public function releaseHold(Change $change, Actor $actor): Notice
    {
        try {
            $this->acts->releaseHold($change->number('user'), $change->reason(), $actor);
        } catch (StepUpRequired | OnHold $refusal) {
            return $this->emergency->isActive() ? Notice::problem($this->view->text('hold_emergency')) : throw $refusal;
        }
        return Notice::redirect('hold_ended');
    }

    /** Shown in this answer, and nowhere else. */
    public function temporaryCode(Change $change, Actor $actor): Notice
    {
        $id = $change->number('user');
        if ($id === $this->host->session->loggedInId()) {
            return Notice::problem($this->view->text('temporary_own'));
        }
        // The set-up that it leads to ends a hold.
        if (!$this->access->may(Permission::Manage) && $this->verification->account($id)->heldSince() !== null) {
            return Notice::problem($this->view->text('on_hold'));
        }
        $code = $this->acts->temporaryCode($id, $change->reason(), $actor);
        return Notice::page($this->pages->page('temporary_code', Notice::none(), [
            'code' => $code,
            'name' => $this->host->users->userName($id),
            'until' => date('H:i', time() + UserActs::CODE_SECONDS),
            'back' => $this->pages->url(['tab' => 'user', 'user' => $id]),
        ]));
    }

    public function suspend(Change $change, Actor $actor): Notice
    {
        $this->acts->suspend($change->number('user'), $change->text('factor'), $change->reason(), $actor);
        return Notice::redirect('factor_suspended');
    }

    public function resume(Change $change, Actor $actor): Notice
    {
        $this->acts->resume($change->number('user'), $change->text('factor'), $change->reason(), $actor);
        return Notice::redirect('factor_resumed');
    }

    /** All that is kept of somebody, as a file for them. */
    public function export(Change $change, Actor $actor): Notice
    {
        $id = $change->number('user');
        $this->view->download("two-factor-data-$id", $this->verification->export((string) $id, ...$actor));
    }

    /** Never oneself: the events would go that tell what was done in one's name. */
    public function forget(Change $change, Actor $actor): Notice
    {
        $id = $change->number('user');
        if ($id === $this->host->session->loggedInId()) {
            return Notice::problem($this->view->text('forget_own'));
        }
        $this->acts->forget($id, $change->reason(), $actor);
        return Notice::redirect('forgotten');
    }

    /** Never by the emergency setting, whose end that would outlive. */
    public function confirmOperator(Change $change, Actor $actor): Notice
    {
        try {
            $this->acts->confirmOperator($change->number('user'), $change->reason(), $actor);
        } catch (StepUpRequired | TooRecent $refusal) {
            return $this->emergency->isActive()
                ? Notice::problem($this->view->text('operator_confirm_emergency'))
                : throw $refusal;
        }
        return Notice::redirect('operator_confirmed');
    }

    /** What is left of somebody who was deleted by an administrator who could prove nothing. */
    public function removeOrphan(Change $change, Actor $actor): Notice
    {
        $id = $change->number('user');
        if ($id === 0 || !$this->host->users->isGone($id) || !($this->verification->accountIfReadable($id)?->isEnrolled() ?? true)) {
            return Notice::redirect('try_again');
        }
        $this->acts->reset($id, Reason::UserDeleted->value, $actor);
        return Notice::redirect('reset_done');
    }

    private function all(Input $input, Notice $notice): string
    {
        [$search, $after] = [$input->text('search'), $input->text('after')];
        $rows = $this->host->users->search($search, self::PAGE + 1, $after);
        $shown = array_slice($rows, 0, self::PAGE);
        $reach = $this->access->reach(array_map(intval(...), array_column($shown, 'user_id')));
        $orphans = $this->access->mayDecideForAll() ? $this->orphans($input->text('orphans')) : ['orphans' => [], 'more_orphans' => ''];
        return $this->pages->form('users', $notice, $orphans + [
            'required' => $this->verification->allEnrolmentsRequired(),
            'search' => $search,
            'users' => array_map(fn (array $row) => $row + [
                'full_name' => trim($row['first_name'] . ' ' . $row['last_name']),
                'account' => $this->verification->accountIfReadable((int) $row['user_id']),
                'asked' => $this->asked->ofUser((int) $row['user_id']),
                'is_in_reach' => $reach[(int) $row['user_id']],
            ], $shown),
            'names' => $this->factors,
            'first' => $after === '' ? '' : $this->pages->url(['search' => $search]),
            'next' => $shown === $rows ? '' : $this->pages->url(['search' => $search, 'after' => end($shown)['username']]),
        ]);
    }

    /**
     * Those with a factor who are no users any more, among so many accounts after one of them; and where to look on.
     *
     * @return array{orphans: list<int>, more_orphans: string}
     */
    private function orphans(string $after): array
    {
        $accounts = [...$this->verification->accounts('', $after === '' ? self::LOOKED_AT : self::LOOKED_ON_AT, $after === '' ? null : $after)];
        $enrolled = array_filter($accounts, static fn (Account $account) => $account->isEnrolled() && ctype_digit($account->userId()));
        $ids = array_map(static fn (Account $account) => (int) $account->userId(), array_values($enrolled));
        $isMore = count($accounts) === ($after === '' ? self::LOOKED_AT : self::LOOKED_ON_AT);
        return [
            'orphans' => array_values(array_diff($ids, array_keys($this->host->users->names($ids)))),
            'more_orphans' => $isMore ? $this->pages->url(['orphans' => end($accounts)->userId()]) : '',
        ];
    }

    private function one(Input $input, Notice $notice): string
    {
        $id = $input->number('user');
        $account = $this->verification->accountIfReadable($id);
        return $this->pages->form('user', $notice, [
            'reason' => $input->typed('reason'),
            'user_id' => $id,
            'name' => $this->host->users->userName($id),
            'acts_from' => $account === null ? '' : $this->actsFrom($id),
            'account' => $account,
            'asked' => $this->asked->ofUser($id),
            'names' => $this->factors,
            'is_own' => $id === $this->host->session->loggedInId(),
            'suspendable' => $account === null ? [] : Factors::suspendable($account),
            'suspended' => $account === null ? [] : Factors::suspended($account),
            'factor' => $input->text('factor'),
            'others' => $this->others->linksOf($id),
        ]);
    }

    /** For those who decide over others, when they cannot yet. */
    private function actsFrom(int $id): string
    {
        $isAsked = $id !== $this->host->session->loggedInId()
            && $this->access->mayDecideForAll()
            && $this->access->isOperator($id);
        return $isAsked ? $this->view->moment($this->proof->actsFrom($id)) : '';
    }
}
