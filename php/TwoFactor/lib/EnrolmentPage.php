<?php

/**
 * Site Admin, Two-factor, Users: everybody sets up a new second factor, at the next sign-in or after a time of grace. How
 * many that concerns is said before it is required, and how many have not done so while it is. Each account has to be opened
 * for that, so on a large site a page counts so many of them, and the next one goes on.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;

final class EnrolmentPage extends AdminPage
{
    private const MOST_DAYS = 365;
    /** Accounts that are read at once, how often a page does so, and for how many seconds it goes on with what was counted. */
    private const AT_ONCE = 1000;
    private const PAGES = 5;
    private const KEEPS = 600;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly UserActs $acts,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $required = $this->verification->allEnrolmentsRequired();
        $count = $this->count();
        return $this->pages->form('enrolment', $notice, [
            'reason' => $input->typed('reason'),
            'until' => $input->typed('until'),
            'first_day' => date('Y-m-d', strtotime('tomorrow')),
            'last_day' => date('Y-m-d', strtotime('+' . self::MOST_DAYS . ' days')),
            'required' => $required,
            'confirm' => $this->view->text($required === null ? 'enrolment_confirm' : 'enrolment_confirm_again'),
            'enrolled' => $count['enrolled'],
            'without' => max($this->host->users->countLike('%') - $count['users'], 0),
            'owing' => $count['owing'],
            'counted' => $count['after'] === null ? null : $count['looked'],
            'count_on' => $this->pages->url(['tab' => 'enrolment']),
        ]);
    }

    /**
     * Of the accounts so far: how many were looked at, have a factor, owe a new one; of how many with a factor there is a user;
     * and where to go on, or null at the end.
     *
     * @return array{looked: int, enrolled: int, owing: int, users: int, after: ?string}
     */
    private function count(): array
    {
        $userId = (int) $this->host->session->loggedInId();
        $kept = Kept::Count->of($userId);
        $isKept = $kept !== null && abs(time() - $kept['begun']) < self::KEEPS;
        $count = $isKept ? $kept : ['looked' => 0, 'enrolled' => 0, 'owing' => 0, 'users' => 0, 'after' => '', 'begun' => time()];
        for ($page = 0; $page < self::PAGES && $count['after'] !== null; $page++) {
            $accounts = [...$this->verification->accounts('', self::AT_ONCE, $count['after'])];
            $enrolled = array_filter($accounts, static fn (Account $account) => $account->isEnrolled());
            $ids = array_map(static fn (Account $account) => $account->userId(), $enrolled);
            $count['looked'] += count($accounts);
            $count['enrolled'] += count($enrolled);
            $count['owing'] += count(array_filter($enrolled, self::owes(...)));
            $count['users'] += count($this->host->users->names(array_map(intval(...), array_values(array_filter($ids, ctype_digit(...))))));
            $count['after'] = count($accounts) < self::AT_ONCE ? null : end($accounts)->userId();
        }
        // On a small site it is counted anew for each page.
        $count['looked'] > self::PAGES * self::AT_ONCE || $count['after'] !== null ? Kept::Count->put($userId, $count) : Kept::Count->forget();
        return $count;
    }

    /** Who cannot be read does. */
    private static function owes(Account $account): bool
    {
        return !$account->isReadable() || $account->enrolmentDue() !== null || $account->isTooWeak();
    }

    public function objection(Change $change): string
    {
        $day = self::until($change);
        $isPossible = $day === null
            || $day->format('Y-m-d') === $change->text('until')
            && $day->getTimestamp() > time()
            && $day->getTimestamp() <= strtotime('+' . self::MOST_DAYS . ' days');
        return $isPossible ? '' : $this->view->text('enrolment_day_wrong');
    }

    public function require(Change $change, Actor $actor): Notice
    {
        Kept::Count->forget();
        $this->acts->requireAllEnrolments(self::until($change), $change->reason(), $actor);
        return Notice::redirect('enrolment_required');
    }

    public function waive(Change $change, Actor $actor): Notice
    {
        Kept::Count->forget();
        $this->acts->waiveAllEnrolments($change->reason(), $actor);
        return Notice::redirect('enrolment_waived');
    }

    /** From the beginning of that day on; null: at once. One that is none comes out as another one. */
    private static function until(Change $change): ?\DateTimeImmutable
    {
        $day = $change->text('until');
        return $day === '' ? null : (\DateTimeImmutable::createFromFormat('!Y-m-d', $day) ?: new \DateTimeImmutable('@0'));
    }
}
