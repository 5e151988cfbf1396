<?php

/**
 * Site Admin, Two-factor, Premium, Events: the audit searched by kind, user, urgency and time, however long it is. A page looks at
 * five thousand events at most and says how far it came; from there it goes on.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\AuditEvent;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\LicenceState;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\AuditPage;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class EventsPage extends AdminPage
{
    public const KINDS = [
        'challenge.opened', 'factor.accepted', 'factor.rejected', 'factor.blocked', 'factor.disabled', 'code.sent', 'code.failed',
        'check.unanswered', 'check.interrupted', 'device.accepted', 'device.reused', 'network.refused', 'password.suspected',
        'guessing.suspected', 'enrolment.started', 'factor.enrolled', 'factor.renamed', 'factor.removed', 'factor.suspended',
        'factor.resumed', 'temporary-code.issued', 'temporary-code.used', 'primary.changed',
        'backup.regenerated', 'backup.spent', 'recovery.regenerated', 'recovery.spent', 'account.switched-off', 'enrolment.required',
        'enrolment.waived', 'encouragement.put-off', 'account.unlocked', 'account.reset', 'account.exported',
        'account.forgotten', 'epoch.raised', 'session.ended',
        'sessions.ended', 'device.trusted', 'device.ended', 'devices.ended', 'operator.confirmed', 'number.told', 'number.untold',
        'notice.undelivered', 'changes.held', 'changes.released', 'policy.changed', 'policy.removed', 'licence.entered', 'licence.forgotten', 'provider.added',
        'provider.changed', 'provider.removed', 'providers.ordered', 'providers.resealed', 'provider.tested', 'text.changed',
        'text.removed', 'unreadable',
    ];
    /** Each of them and the later ones. */
    private const SEVERITIES = ['info', 'notice', 'warning', 'error', 'alert'];
    private const SHOWN = 50;
    private const AT_ONCE = 1000;
    private const PAGES = 5;
    private const DAY = '/\A\d{4}-\d\d-\d\d\z/';

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly AuditPage $audit,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        if (!in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true)) {
            throw new LicenceRequired();
        }
        $asked = $input->texts('name', 'type', 'severity', 'from', 'until', 'before');
        $userId = $asked['name'] === '' ? null : ($this->host->users->idOf($asked['name']) ?: null);
        $id = $userId === null ? null : (string) $userId;
        $problem = match (true) {
            $asked['name'] !== '' && $userId === null => 'events_no_user',
            array_filter([$asked['from'], $asked['until']], static fn (string $day) => $day !== '' && !self::isDay($day)) !== [] => 'events_no_day',
            default => '',
        };
        $found = $problem === '' ? $this->found($id, $asked) : ['events' => [], 'next' => null, 'back' => null];
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
            'first' => $asked['before'] === '' ? '' : $this->url(['before' => null] + $asked),
            'next' => $found['next'] === null ? '' : $this->url(['before' => $found['next']] + $asked),
        ] + ($userId === null ? ['intact' => true, 'begins' => ''] : $this->audit->chain($userId)));
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
    private function found(?string $userId, array $asked): array
    {
        $begin = $asked['from'] === '' ? null : self::midnight($asked['from']);
        $before = $asked['before'] !== '' && ctype_digit($asked['before']) ? $asked['before'] : null;
        if ($before === null && $asked['until'] !== '') {
            $before = $this->placeAt(self::midnight($asked['until'])->modify('+1 day'));
        }
        $least = (int) array_search($asked['severity'], self::SEVERITIES, true);
        $events = [];
        for ($page = 0; $page < self::PAGES; $page++) {
            $read = [...$this->verification->audit($userId, self::AT_ONCE, $before)];
            foreach ($read as $event) {
                if ($begin !== null && $event->at() < $begin) {
                    return ['events' => $events, 'next' => null, 'back' => null];
                }
                $before = $event->id();
                $isMeant = ($asked['type'] === '' || $event->type() === $asked['type'])
                    && array_search($event->severity(), self::SEVERITIES, true) >= $least;
                if ($isMeant) {
                    $events[] = $event;
                    if (count($events) === self::SHOWN) {
                        return ['events' => $events, 'next' => $before, 'back' => null];
                    }
                }
            }
            if (count($read) < self::AT_ONCE) {
                return ['events' => $events, 'next' => null, 'back' => null];
            }
        }
        return ['events' => $events, 'next' => $before, 'back' => end($read)->at()];
    }

    /** The place of the first event that is of that time or later: ids rise with time, so it is found by halves. */
    private function placeAt(\DateTimeImmutable $end): ?string
    {
        $last = $this->verification->audit(null, 1)[0] ?? null;
        if ($last === null || $last->at() < $end) {
            return null;
        }
        [$below, $above] = [0, (int) $last->id()];
        while ($above - $below > 1) {
            $middle = $below + intdiv($above - $below, 2);
            $event = $this->verification->audit(null, 1, (string) ($middle + 1))[0] ?? null;
            if ($event === null || $event->at() < $end) {
                $below = $middle;
            } else {
                $above = max((int) $event->id(), $below + 1);
            }
        }
        return (string) $above;
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
