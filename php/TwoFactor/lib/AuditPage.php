<?php

/**
 * Site Admin, Two-factor, Audit: what happened, to one user or to everybody, in the reader's words. What belongs together
 * and whether anything is missing the extension says.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\AuditEvent;
use TwoFactor\AuditTopic;
use TwoFactor\Requester;

final class AuditPage extends AdminPage
{
    /** What the extension keeps of these under no user's name was done to all, or concerns all. */
    private const OF_EVERYBODY = ['sessions.ended', 'enrolment.required', 'enrolment.waived', 'guessing.suspected'];

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $name = $input->text('name');
        $userId = $name === '' ? $input->number('user') ?: null : $this->host->users->idOf($name);
        $userName = $userId === null ? '' : $this->host->users->userName($userId);
        $id = $userId === null ? null : (string) $userId;
        $topic = AuditTopic::tryFrom($input->text('kind'));
        $part = $this->pages->part(
            ['tab' => 'audit', 'user' => $userId, 'kind' => $topic?->value],
            $input->text('before'),
            fn (int $limit, ?string $before) => $this->verification->audit($id, $limit, $before, $topic),
        );
        return $this->pages->page('audit', $notice, [
            'list' => $this->rows($part['list']),
            'name' => $name ?: $userName,
            'kind' => (string) $topic?->value,
            'kinds' => AuditTopic::cases(),
            'of' => $userName,
        ] + ($userId === null ? ['intact' => true, 'begins' => ''] : $this->chain($userId)) + $part);
    }

    /**
     * Whether the events of a user are all there, and a sentence about those that went when their time was over.
     *
     * @return array{intact: bool, begins: string}
     */
    public function chain(int $userId): array
    {
        if ($this->verification->accountIfReadable($userId) === null) {
            return ['intact' => false, 'begins' => ''];
        }
        $since = $this->verification->auditBegins((string) $userId);
        return [
            'intact' => $this->verification->auditIsIntact((string) $userId),
            'begins' => $since === null ? '' : $this->view->text('audit_begins', $this->view->moment($since)),
        ];
    }

    /**
     * Of events, what templates show.
     *
     * @param list<AuditEvent> $events the latest first
     * @return list<array<string, mixed>>
     */
    public function rows(array $events): array
    {
        $names = $this->names($events);
        return array_map(fn (AuditEvent $event, ?AuditEvent $later) => [
            'event' => $event,
            'user' => $event->userId() === '' && in_array($event->type(), self::OF_EVERYBODY, true)
                ? $this->view->text('everybody')
                : $this->who($event->userId(), $names),
            'what' => $this->what($event),
            'circumstances' => $this->circumstances($event),
            'by' => $this->by($event, $names),
            'reason' => $this->reason((string) $event->reason()),
            'goes_on' => $later !== null && $event->leadsTo($later),
        ], $events, array_slice([null, ...$events], 0, count($events)));
    }

    /**
     * Of whom they are and who acted.
     *
     * @param list<AuditEvent> $events
     * @return array<int, string> by id
     */
    private function names(array $events): array
    {
        $ids = [];
        foreach ($events as $event) {
            $ids += [$event->userId() => true, (string) $event->by() => true];
        }
        return $this->host->users->names(array_map(intval(...), array_filter(array_keys($ids), static fn (int|string $id) => ctype_digit((string) $id))));
    }

    /**
     * The extension keeps what was done to providers under a name of its own.
     *
     * @param array<int, string> $names
     */
    private function who(string $id, array $names): string
    {
        return match (true) {
            ctype_digit($id) => $names[(int) $id] ?? $id,
            $id === '' => $this->view->text('tab_providers'),
            default => $id,
        };
    }

    /** Some things are something else when nobody had given a password. */
    private function what(AuditEvent $event): string
    {
        $type = View::key($event->type());
        $text = $this->view->textOr(
            "audit_{$type}_" . View::key((string) $event->purpose()?->value),
            $this->view->textOr("audit_$type", $event->type()),
        );
        return $text
            . ($event->provider() === null ? '' : ': ' . $event->provider())
            . ($event->times() > 1 ? " ×{$event->times()}" : '');
    }

    /** What it was for, and what was known of whoever asked. */
    private function circumstances(AuditEvent $event): string
    {
        $purpose = $event->purpose();
        $since = $event->since();
        return implode('; ', array_filter([
            $purpose === null ? '' : $this->view->text('audit_for_' . View::key($purpose->value)),
            match ($event->requester()) {
                Requester::Nobody => $this->view->text('audit_by_nobody'),
                Requester::Password => $this->view->text('audit_by_password'),
                Requester::Proven => $this->view->text('audit_by_proven'),
                default => '',
            },
            $since === null ? '' : $this->view->text('audit_since', $this->view->moment($since)),
            $this->consent((string) $event->reason()),
        ]));
    }

    /** Which text about what will be sent was shown before a number was set up; '' where none was. */
    private function consent(string $reason): string
    {
        return preg_match('~\Aconsent: ([\w/-]+)\z~', $reason, $found) === 1 ? $this->view->text('audit_consent', $found[1]) : '';
    }

    /**
     * Users of the CMS are kept by their id; on the server it is a user of the system.
     *
     * @param array<int, string> $names
     */
    private function by(AuditEvent $event, array $names): string
    {
        $by = (string) $event->by();
        $authority = (string) $event->authority();
        return match ($authority) {
            '', 'proof' => $by === '' ? '' : $this->who($by, $names),
            'server' => $by . ' (' . $this->view->text('authority_server') . ')',
            default => $this->who($by, $names) . ' (' . $this->view->textOr("authority_$authority", $authority) . ')',
        };
    }

    /** The module's own reasons in the reader's language, anybody else's as they were given. */
    private function reason(string $kept): string
    {
        $reason = Reason::tryFrom($kept);
        return $reason === null ? $kept : $this->view->text($reason->key());
    }
}
