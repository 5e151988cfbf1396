<?php

/**
 * Site Admin, Two-factor, Premium, Events: the audit searched by kind, user, urgency and time, however long it is. A page looks at
 * five thousand events at most and says how far it came; from there it goes on. All that are found are a file, which is sent as it is
 * made, and for which all events are looked at, in whatever order clocks have put them.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\AuditEvent;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\LicenceState;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\AuditPage;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class EventsPage extends AdminPage
{
    public const KINDS = [
        'challenge.opened', 'factor.accepted', 'factor.rejected', 'factor.replayed', 'factor.blocked', 'factor.disabled', 'code.sent',
        'code.failed', 'check.unanswered', 'check.interrupted', 'device.accepted', 'device.reused', 'network.refused', 'password.suspected',
        'guessing.suspected', 'enrolment.started', 'factor.enrolled', 'factor.imported', 'factor.renamed', 'factor.removed', 'factor.suspended',
        'factor.resumed', 'factor.resynchronised', 'clock.set-back', 'temporary-code.issued', 'temporary-code.used', 'primary.changed',
        'backup.regenerated', 'backup.spent', 'recovery.regenerated', 'recovery.spent', 'account.switched-off', 'enrolment.required',
        'enrolment.waived', 'enrolment.reminded', 'encouragement.put-off', 'account.unlocked', 'account.reset', 'account.exported',
        'account.forgotten', 'epoch.raised', 'session.ended',
        'sessions.ended', 'device.trusted', 'device.ended', 'devices.ended', 'operator.confirmed', 'number.told', 'number.untold',
        'notice.undelivered', 'changes.held', 'changes.released', 'policy.changed', 'policy.removed', 'licence.entered', 'licence.forgotten', 'support-bundle.made', 'keys.changed', 'keys.resealed', 'provider.added',
        'provider.changed', 'provider.removed', 'providers.ordered', 'providers.resealed', 'provider.tested', 'text.changed',
        'text.removed', 'unreadable',
    ];
    /** Each of them and the later ones. */
    private const SEVERITIES = ['info', 'notice', 'warning', 'error', 'alert'];
    private const SHOWN = 50;
    private const AT_ONCE = 1000;
    private const PAGES = 5;
    private const IN_A_ROW = 100;
    private const COLUMNS = ['time', 'user', 'event', 'severity', 'circumstances', 'method', 'factor', 'by', 'reason', 'address'];
    private const DAY = '/\A\d{4}-\d\d-\d\d\z/';

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly AuditPage $audit,
        private readonly SavedFilters $filters,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $this->assertLicensed();
        $asked = self::asked($input);
        $before = $input->text('before');
        $userId = $asked['name'] === '' ? null : ($this->host->users->idOf($asked['name']) ?: null);
        $id = $userId === null ? null : (string) $userId;
        $problem = match (true) {
            $asked['name'] !== '' && $userId === null => 'events_no_user',
            array_filter([$asked['from'], $asked['until']], static fn (string $day) => $day !== '' && !self::isDay($day)) !== [] => 'events_no_day',
            default => '',
        };
        $file = $input->text('file');
        if ($problem === '' && in_array($file, Download::LISTS, true)) {
            $this->host->log('log_events_taken');
            $list = Download::list($file, self::COLUMNS, $this->rows($id, $asked), $this->view->text('file_incomplete'));
            Download::send($this->view, 'events', $file, $list);
        }
        $isByDay = $asked['from'] . $asked['until'] !== '';
        $found = $problem === '' ? $this->found($id, $asked, $before) : ['events' => [], 'next' => null, 'back' => null];
        return $this->pages->page('TwoFactorPro;events', $notice, [
            'asked' => $asked,
            'wrong' => $problem === '' ? '' : $this->view->text($problem),
            'list' => $this->audit->rows($found['events']),
            'kinds' => array_map(fn (string $kind) => [
                'value' => $kind,
                'text' => $this->view->textOr('audit_' . View::key($kind), $kind),
            ], self::KINDS),
            'severities' => array_map(fn (string $one) => [
                'value' => $one,
                'text' => $this->view->text("severity_$one"),
            ], self::SEVERITIES),
            'of' => $userId === null ? '' : $this->host->users->userName($userId),
            'back' => $found['back'] === null ? '' : $this->view->text('events_looked_back_to', $this->view->moment($found['back'])),
            'first' => $before === '' ? '' : $this->url($asked),
            'next' => $found['next'] === null ? '' : $this->url(['before' => $found['next']] + $asked),
            'is_by_day' => $problem === '' && $isByDay,
            'files' => $found['events'] === [] && !$isByDay || $problem !== '' ? [] : array_map(fn (string $one) => [
                'text' => $this->view->text("events_file_$one"),
                'url' => $this->url(['file' => $one] + $asked),
            ], Download::LISTS),
        ] + $this->filters->values('events', $asked) + ($userId === null ? ['intact' => true, 'begins' => ''] : $this->audit->chain($userId)));
    }

    public function saveFilter(Change $change): Notice
    {
        $this->assertLicensed();
        return $this->filters->save('events', $change->text('filter'), self::asked($change));
    }

    public function removeFilter(Change $change): never
    {
        $this->assertLicensed();
        $this->filters->remove('events', $change->text('filter'));
    }

    /** @throws LicenceRequired */
    private function assertLicensed(): void
    {
        if (!in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true)) {
            throw new LicenceRequired();
        }
    }

    /** @return array<string, string> '' where a field is not looked for */
    private static function asked(Input $input): array
    {
        $asked = $input->texts('name', 'type', 'severity', 'from', 'until');
        return [
            'type' => in_array($asked['type'], self::KINDS, true) ? $asked['type'] : '',
            'severity' => in_array($asked['severity'], array_slice(self::SEVERITIES, 1), true) ? $asked['severity'] : '',
        ] + $asked;
    }

    /** @param array<string, ?string> $asked */
    private function url(array $asked): string
    {
        return $this->pages->url(['tab' => 'events'] + $asked);
    }

    /**
     * The latest that fit; where to go on, if there may be more; and since when, if it was not looked back to the beginning.
     *
     * @param array<string, string> $asked
     * @return array{events: list<AuditEvent>, next: ?string, back: ?\DateTimeImmutable}
     */
    private function found(?string $userId, array $asked, string $before): array
    {
        $events = [];
        foreach ($this->looked($userId, $asked, ctype_digit($before) ? $before : null) as $page => [$fit, $last]) {
            $events = [...$events, ...$fit];
            if (count($events) > self::SHOWN) {
                $shown = array_slice($events, 0, self::SHOWN);
                return ['events' => $shown, 'next' => end($shown)->id(), 'back' => null];
            }
            if ($last !== null && $page + 1 === self::PAGES) {
                return ['events' => $events, 'next' => $last->id(), 'back' => $last->at()];
            }
        }
        return ['events' => $events, 'next' => null, 'back' => null];
    }

    /**
     * The latest first, a thousand at a time: those of them that fit, and the last of them all, or null where none is older.
     * The order is that in which they were written. By the time it may be another one, of several servers or of a clock that was
     * set: so one that is before the first day ends nothing, a thousand in a row do, unless all have to be looked at.
     *
     * @param array<string, string> $asked
     * @return \Generator<int, array{list<AuditEvent>, ?AuditEvent}>
     */
    private function looked(?string $userId, array $asked, ?string $before = null, bool $isToBeAll = false): \Generator
    {
        $begin = $asked['from'] === '' ? null : self::midnight($asked['from']);
        $end = $asked['until'] === '' ? null : self::midnight($asked['until'])->modify('+1 day');
        if ($before === null && $end !== null && !$isToBeAll) {
            $before = $this->placeAt($end);
        }
        $least = (int) array_search($asked['severity'], self::SEVERITIES, true);
        do {
            $read = [...$this->verification->audit($userId, self::AT_ONCE, $before)];
            $isOlder = static fn (AuditEvent $event): bool => $begin !== null && $event->at() < $begin;
            $fit = array_filter($read, static fn (AuditEvent $event): bool => !$isOlder($event)
                && ($end === null || $event->at() < $end)
                && ($asked['type'] === '' || $event->type() === $asked['type'])
                && array_search($event->severity(), self::SEVERITIES, true) >= $least);
            $isOver = count($read) < self::AT_ONCE || (!$isToBeAll && array_filter($read, $isOlder) === $read);
            $last = $isOver ? null : end($read);
            yield [array_values($fit), $last];
            $before = $last?->id();
        } while ($last !== null);
    }

    /**
     * What the page shows of each that fits, all of them.
     *
     * @param array<string, string> $asked
     * @return \Generator<int, list<array<string, string>>>
     */
    private function rows(?string $userId, array $asked): \Generator
    {
        foreach ($this->looked($userId, $asked, isToBeAll: true) as [$events]) {
            yield array_map($this->row(...), $this->audit->rows($events));
        }
    }

    /**
     * @param array<string, mixed> $one of AuditPage::rows()
     * @return array<string, string>
     */
    private function row(array $one): array
    {
        $event = $one['event'];
        return [
            'time' => $event->at()->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z'),
            'user' => $one['user'],
            'event' => $one['what'],
            'severity' => $event->severity(),
            'circumstances' => $one['circumstances'],
            'method' => $this->view->method($event->method()),
            'factor' => (string) $event->factorLabel(),
            'by' => $one['by'],
            'reason' => $one['reason'],
            'address' => (string) $event->ip(),
        ];
    }

    /**
     * A place behind which nothing is of before that time: ids rise with time but for clocks that differ or were set, so it is
     * found by halves, by whether all of a hundred events in a row are an hour later.
     */
    private function placeAt(\DateTimeImmutable $end): ?string
    {
        $end = $end->modify('+1 hour');
        $before = null;
        $below = 0;
        $above = (int) ($this->verification->audit(null, 1)[0] ?? null)?->id() + 1;
        while ($above - $below > self::IN_A_ROW) {
            $middle = $below + intdiv($above - $below, 2);
            $row = [...$this->verification->audit(null, self::IN_A_ROW, (string) ($middle + 1))];
            if ($row !== [] && array_filter($row, static fn (AuditEvent $event): bool => $event->at() < $end) === []) {
                $above = max((int) end($row)->id(), $below + 1);
                $before = (string) $above;
            } else {
                $below = $middle;
            }
        }
        return $before;
    }

    private static function isDay(string $day): bool
    {
        return preg_match(self::DAY, $day) === 1 && date_create($day) !== false && self::midnight($day)->format('Y-m-d') === $day;
    }

    /** As days begin where the pages' times are told. */
    private static function midnight(string $day): \DateTimeImmutable
    {
        return new \DateTimeImmutable("$day 00:00:00", new \DateTimeZone(date_default_timezone_get()));
    }
}
