<?php

/**
 * Site Admin, Two-factor, Users: everybody sets up a new second factor, at the next sign-in or after a time of grace. How
 * many that concerns is said before it is required, and how many have not done so while it is.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class EnrolmentPage extends AdminPage
{
    private const MOST_DAYS = 365;

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
        $enrolled = $this->verification->enrolledUserIds();
        return $this->pages->form('enrolment', $notice, [
            'reason' => $input->typed('reason'),
            'until' => $input->typed('until'),
            'first_day' => date('Y-m-d', strtotime('tomorrow')),
            'last_day' => date('Y-m-d', strtotime('+' . self::MOST_DAYS . ' days')),
            'required' => $required,
            'confirm' => $this->view->text($required === null ? 'enrolment_confirm' : 'enrolment_confirm_again'),
            'enrolled' => count($enrolled),
            'without' => count(array_diff($this->host->users->userIds(), $enrolled)),
            'owing' => count($this->verification->enrolledUserIds(toEnrol: true)),
        ]);
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
        $this->acts->requireAllEnrolments(self::until($change), $change->reason(), $actor);
        return Notice::redirect('enrolment_required');
    }

    public function waive(Change $change, Actor $actor): Notice
    {
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
