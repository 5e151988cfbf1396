<?php

/**
 * Site Admin, Two-factor: who is protected, who is locked, what happened, whether all is well. Ends blocks
 * and resets accounts, with a reason, and changes settings; each after a fresh proof of the administrator's own.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\Method;
use TwoFactor\Requester;

final class Administration
{
    private const PAGE = 25;
    /** What an audit may be narrowed to: types of events. */
    private const EVENT_KINDS = [
        'sign_in' => '/^(challenge\.|code\.|factor\.(accepted|rejected|blocked|disabled|unfinished)|backup\.spent)/',
        'change' => '/^(enrolment\.|factor\.(enrolled|renamed|removed)|number\.|primary\.|backup\.reg|account\.|epoch\.)/',
        'provider' => '/^providers?\./',
    ];
    private const EVENTS_AT_ONCE = 200;
    private const EVENTS_LOOKED_AT = 5000;
    /** In seconds: as long as a challenge is answered in the module. */
    private const LONGEST_SIGN_IN = 600;

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly SignInRegister $register,
        private readonly AdminProof $proof,
        private readonly Administrator $administrator,
        private readonly AdminPages $pages,
        private readonly Providers $providers,
        private readonly MessageTexts $texts,
        private readonly View $view,
        private readonly Access $access,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly Removal $removal,
        private readonly HealthReport $report,
    ) {
    }

    /**
     * A page, or by POST what `do` asks for.
     *
     * @param array<string, mixed> $query
     */
    public function handle(array $query): string
    {
        PageHeaders::send();
        if (!$this->access->mayManage()) {
            return $this->pages->refusal($this->host->session->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            return Change::isAsked() ? $this->change(Change::fromRequest()) : $this->show($query);
        } catch (Unverifiable $reason) {
            return $this->pages->refusal('unavailable_operator', $reason->getMessage());
        } catch (\ValueError) {
            $this->pages->goTo('try_again');
        }
    }

    /** @param array<string, mixed> $query */
    private function show(array $query): string
    {
        if ($this->verification->isPending()) {
            return $this->foundation();
        }
        $this->verification->verifier();
        $tab = self::word($query, 'tab');
        if (in_array($tab, AdminPages::OF_ADMINISTRATORS, true) && !$this->access->mayDecideForAll()) {
            return $this->pages->refusal('no_permission');
        }
        return match ($tab) {
            'audit' => $this->events($query),
            'messages' => $this->messages($query),
            'providers' => $this->providers->show(
                self::word($query, 'edit'),
                self::word($query, 'add'),
                self::word($query, 'log'),
                self::word($query, 'cursor'),
            ),
            'texts' => $this->texts->show(self::word($query, 'way'), self::word($query, 'language')),
            'health' => $this->health(),
            'settings' => $this->settings(),
            'former' => $this->former(),
            'leave' => $this->leave(),
            'user' => $this->forUser((int) self::word($query, 'user'), $this->detail(...)),
            default => $this->users($query),
        };
    }

    private function change(?Change $change): string
    {
        $do = $change?->text('do');
        $forAll = [...Providers::CHANGES, ...MessageTexts::CHANGES, 'switch-reset', 'remove-former', 'remove-everything', 'confirm-operator',
            'remove-orphan'];
        if (in_array($do, $forAll, true) && !$this->access->mayDecideForAll()) {
            return $this->pages->refusal('no_permission');
        }
        if ($do !== null && $do !== 'create-key') {
            // First of all: without the extension its methods and the like are not even there to be named.
            $this->verification->verifier();
        }
        if (in_array($do, Providers::CHANGES, true)) {
            return $this->providers->change($change);
        }
        if (in_array($do, MessageTexts::CHANGES, true)) {
            return $this->texts->change($change);
        }
        return match ($do) {
            'unlock' => $this->unlock($change),
            'reset' => $this->reset($change),
            'send' => $this->sendProof($change),
            'switch-reset' => $this->switchReset($change),
            'remove-former' => $this->removeFormer($change),
            'remove-everything' => $this->removeEverything($change),
            'confirm-operator' => $this->confirmOperator($change),
            'remove-orphan' => $this->removeOrphan($change),
            'create-key' => $this->createKey($change),
            default => $this->pages->goTo('try_again'),
        };
    }

    private function unlock(Change $change): string
    {
        return $this->act($change, 'unlocked', function (string $id, string $reason): void {
            $this->verification->ask(fn ($verifier) => $verifier->unlock(
                $id,
                $this->administrator->by(),
                $reason,
                $this->administrator->grant(),
                $this->administrator->client(),
            ));
        });
    }

    private function reset(Change $change): string
    {
        return $this->act($change, 'reset_done', $this->removeFactors(...));
    }

    private function removeFactors(string $id, string $reason): void
    {
        $this->verification->ask(fn ($verifier) => $verifier->reset(
            $id,
            $this->administrator->by(),
            $reason,
            $this->administrator->grant(),
            $this->administrator->client(),
        ));
        $this->register->endAllOf((int) $id);
        $this->formerVersion->noteChange();
    }

    /** Whose factor is new acts on others from now on: never by the emergency setting, whose end that would outlive. */
    private function confirmOperator(Change $change): string
    {
        return $this->act($change, 'operator_confirmed', function (string $id, string $reason): void {
            $this->verification->ask(fn ($verifier) => $verifier->confirmOperator(
                $id,
                $this->administrator->by(),
                $reason,
                $this->administrator->grant(),
                $this->administrator->client(),
            ));
        }, $this->emergency->isActive() ? 'operator_confirm_emergency' : '');
    }

    /** What is left of somebody who was deleted by an administrator who could prove nothing. */
    private function removeOrphan(Change $change): string
    {
        $id = $change->number('user');
        if (!in_array($id, $this->verification->orphans($this->host->users->userIds()), true)) {
            $this->pages->goTo('try_again');
        }
        $problem = $this->proof->problem($change)
            ?: $this->refusal(fn () => $this->removeFactors((string) $id, Reason::UserDeleted->value));
        if ($problem !== '') {
            return $this->users([], $problem);
        }
        $this->host->log('log_reset_done', [$id], $id);
        $this->pages->goTo('reset_done');
    }

    /** What to say to whoever may not change what is everybody's; '' when they may. */
    private function forAll(Change $change): string
    {
        return $this->proof->problem($change) ?: $this->refusal(fn () => $this->verification->ask(
            fn ($verifier) => $verifier->assertOperator($this->administrator->by(), $this->administrator->grant()),
        ));
    }

    /**
     * What to say when the extension refuses; '' when it is done.
     *
     * @param callable(): void $do
     * @param string $refused a text for it; '': the one that says what is missing
     */
    private function refusal(callable $do, string $refused = ''): string
    {
        try {
            $do();
            return '';
        } catch (StepUpRequired | TooRecent $refusal) {
            $problem = $this->proof->refused($refusal);
            return $refused === '' ? $problem : $this->view->text($refused);
        }
    }

    /**
     * A code for the administrator's own fresh proof, asked for on the page that names itself, and back to it. Only
     * pages into which nothing is typed go that way; a form that would lose something asks for the code itself.
     */
    private function sendProof(Change $change): string
    {
        $tab = $change->text('tab');
        if (in_array($tab, AdminPages::OF_ADMINISTRATORS, true) && !$this->access->mayDecideForAll()) {
            return $this->pages->refusal('no_permission');
        }
        $again = match ($tab) {
            'users' => fn (string $problem) => $this->users([], $problem),
            'providers' => $this->providers->list(...),
            'settings' => $this->settings(...),
            'former' => $this->former(...),
            default => $this->pages->goTo('try_again'),
        };
        $problem = $this->proof->send($change);
        return $problem === '' ? $this->pages->goTo('code_sent', ['tab' => $tab]) : $again($problem);
    }

    /** A weaker way to a password is as good as a factor less: it takes the same proof. */
    private function switchReset(Change $change): string
    {
        $problem = $this->forAll($change);
        if ($problem !== '') {
            return $this->settings($problem);
        }
        $on = $change->text('reset') === 'on';
        $this->settings->offerReset($on);
        $this->host->log($on ? 'log_reset_on' : 'log_reset_off');
        $this->pages->goTo($on ? 'reset_switched_on' : 'reset_switched_off', ['tab' => 'settings']);
    }

    private function createKey(Change $change): string
    {
        if (!$this->verification->isPending() || !Verification::isLoaded()) {
            $this->pages->goTo('try_again');
        }
        $path = $change->text('path');
        try {
            $this->settings->keyFile()->create($path);
            $this->settings->useKeyFile($path);
            $this->host->log('log_key_created', [$path]);
            $this->verification->verifier();
        } catch (Unverifiable $objection) {
            return $this->foundation($this->view->textOr($objection->getMessage(), $objection->getMessage()), $path);
        } catch (ConfigurationError $objection) {
            return $this->foundation($objection->getMessage(), $path);
        }
        $this->pages->goTo('key_created');
    }

    /** @param array<string, mixed> $query */
    private function users(array $query, string $problem = ''): string
    {
        $search = self::word($query, 'search');
        $page = max(1, (int) self::word($query, 'page'));
        $like = '%' . addcslashes($search, '\\%_') . '%';
        $found = $this->host->database->connection()->SelectLimit(
            'SELECT user_id, username, first_name, last_name, active FROM ' . CMS_DB_PREFIX . 'users'
            . ' WHERE username LIKE ? OR email LIKE ? OR CONCAT(first_name, \' \', last_name) LIKE ? ORDER BY username',
            self::PAGE + 1,
            ($page - 1) * self::PAGE,
            [$like, $like, $like],
        );
        $rows = [];
        while ($found && ($row = $found->FetchRow())) {
            $rows[] = $row;
        }
        return $this->pages->page('users', [
            'problem' => $problem,
            'orphans' => $this->access->mayDecideForAll() ? $this->verification->orphans($this->host->users->userIds()) : [],
            'search' => $search,
            'users' => array_map($this->userRow(...), array_slice($rows, 0, self::PAGE)),
            'previous' => $page > 1 ? $this->pages->url(['search' => $search, 'page' => $page - 1]) : '',
            'next' => count($rows) > self::PAGE ? $this->pages->url(['search' => $search, 'page' => $page + 1]) : '',
        ] + $this->proof->fields());
    }

    /**
     * @param array<string, mixed> $row
     * @return array<string, mixed>
     */
    private function userRow(array $row): array
    {
        $id = (int) $row['user_id'];
        return [
            'name' => $row['username'],
            'full_name' => trim($row['first_name'] . ' ' . $row['last_name']),
            'active' => (bool) $row['active'],
            'url' => $this->pages->url(['tab' => 'user', 'user' => $id]),
        ] + $this->state($this->account($id));
    }

    private function account(int $id): ?\TwoFactor\Account
    {
        return $this->verification->accountIfReadable($id);
    }

    /** @return array<string, mixed> */
    private function state(?\TwoFactor\Account $account): array
    {
        if ($account === null) {
            $unknown = ['methods' => '', 'disabled' => '', 'codes_left' => '–', 'locked' => '', 'last' => ''];
            return ['readable' => false, 'enrolled' => true, 'drift' => ''] + $unknown;
        }
        $names = fn (array $methods) => implode(', ', array_map($this->view->method(...), $methods));
        $locked = $account->lockedUntil();
        return [
            'readable' => $account->isReadable(),
            'enrolled' => $account->isEnrolled(),
            'methods' => $this->methods($account),
            'disabled' => $names($account->disabledMethods()),
            'codes_left' => $account->backupCodesLeft(),
            'locked' => $locked !== null && $locked->getTimestamp() > time() ? $this->view->moment($locked) : '',
            'last' => $this->view->moment($account->lastVerifiedAt()),
            'drift' => $this->view->driftShort($account->totpDrift()),
        ];
    }

    /** Their names, with where codes go as far as it may be shown. */
    private function methods(\TwoFactor\Account $account): string
    {
        return implode(', ', array_map(fn (Method $method) => trim($this->view->method($method) . ' ' . View::unbroken(match (true) {
            $method === Method::Email => (string) $account->maskedEmail(),
            Codes::goByPhone($method) => (string) $account->maskedPhone(),
            default => '',
        })), $account->methods()));
    }

    private function detail(\User $user, string $problem = '', string $reason = '', string $message = ''): string
    {
        $id = (int) $user->id;
        return $this->pages->page('user', ($message === '' ? [] : ['message' => $message]) + [
            'problem' => $problem,
            'reason' => $reason,
            'user_id' => $id,
            'name' => $user->username,
            'audit' => $this->pages->url(['tab' => 'audit', 'user' => $id]),
            'back' => $this->pages->url([]),
            'acts_from' => $this->actsFrom($user),
            'factors' => $this->factorsOf($id),
        ] + $this->state($this->account($id)) + $this->proof->fields());
    }

    /** @return list<array<string, mixed>> */
    private function factorsOf(int $id): array
    {
        $account = $this->account($id);
        return $account === null ? [] : (new Factors($this->view))->rows($account);
    }

    /** For those who decide over others, when they cannot yet. */
    private function actsFrom(\User $user): string
    {
        $id = (int) $user->id;
        $isAsked = $id !== $this->host->session->loggedInId()
            && $this->access->mayDecideForAll()
            && $this->access->isOperator($id)
            && $this->account($id) !== null;
        return $isAsked
            ? $this->view->moment($this->proof->actsFrom($id))
            : '';
    }

    /** @param array<string, mixed> $query */
    private function events(array $query): string
    {
        $name = self::word($query, 'name');
        $userId = $name === '' ? (int) self::word($query, 'user') ?: null : $this->host->users->idOf($name);
        $kind = self::word($query, 'kind');
        $kind = isset(self::EVENT_KINDS[$kind]) ? $kind : '';
        $part = $this->pages->part(
            ['tab' => 'audit', 'user' => $userId, 'kind' => $kind],
            self::word($query, 'before'),
            fn (int $limit, ?string $before) => $this->eventsOf($userId, $kind, $limit, $before),
        );
        return $this->pages->page('audit', [
            'list' => array_map(
                fn (\TwoFactor\AuditEvent $event, int $place) => $this->eventRow($event)
                    + ['goes_on' => $place > 0 && self::areOneSignIn($event, $part['list'][$place - 1])],
                $part['list'],
                array_keys($part['list']),
            ),
            'name' => $name ?: ($userId === null ? '' : $this->host->users->userName($userId)),
            'kind' => $kind,
            'kinds' => array_map(
                fn (string $one) => ['value' => $one, 'text' => $this->view->text("kind_$one")],
                array_keys(self::EVENT_KINDS),
            ),
            'of' => $userId === null ? '' : $this->host->users->userName($userId),
            'intact' => $userId === null || $this->auditIsIntact($userId),
            'begins' => $userId === null ? '' : $this->auditBegins($userId),
            'all' => $this->pages->url(['tab' => 'audit']),
        ] + $part);
    }

    /**
     * The latest of one kind, as far back as a page may be asked to look.
     *
     * @return list<\TwoFactor\AuditEvent>
     */
    private function eventsOf(?int $userId, string $kind, int $limit, ?string $before): array
    {
        $found = [];
        $many = $kind === '' ? $limit : self::EVENTS_AT_ONCE;
        for ($looked = 0; $looked < self::EVENTS_LOOKED_AT; $looked += self::EVENTS_AT_ONCE) {
            $events = $this->verification->ask(static fn ($verifier) => iterator_to_array($verifier->audit(
                $userId === null ? null : (string) $userId,
                $many,
                $before,
            ), false));
            if ($kind === '') {
                return $events;
            }
            array_push($found, ...array_filter($events, static fn (\TwoFactor\AuditEvent $event) => preg_match(
                self::EVENT_KINDS[$kind],
                $event->type(),
            ) === 1));
            if (count($found) >= $limit || count($events) < self::EVENTS_AT_ONCE) {
                break;
            }
            $before = end($events)->id();
        }
        return array_slice($found, 0, $limit);
    }

    /** Asked, sent, accepted: whether an event and the one after it are read together. */
    private static function areOneSignIn(\TwoFactor\AuditEvent $event, \TwoFactor\AuditEvent $next): bool
    {
        return $event->userId() === $next->userId()
            && $next->type() !== 'challenge.opened'
            && preg_match(self::EVENT_KINDS['sign_in'], $event->type()) === 1
            && preg_match(self::EVENT_KINDS['sign_in'], $next->type()) === 1
            && $next->at()->getTimestamp() - $event->at()->getTimestamp() < self::LONGEST_SIGN_IN;
    }

    /** A sentence about what went when its time was over. */
    private function auditBegins(int $userId): string
    {
        $since = $this->account($userId) === null ? null : $this->verification->ask(
            static fn ($verifier) => $verifier->auditBegins((string) $userId),
        );
        return $since === null ? '' : $this->view->text('audit_begins', $this->view->moment($since));
    }

    private function auditIsIntact(int $userId): bool
    {
        return $this->account($userId) !== null
            && $this->verification->ask(fn ($verifier) => $verifier->auditIsIntact((string) $userId));
    }

    /** The extension keeps what was done to providers under a name of its own. */
    private function who(string $id): string
    {
        return match (true) {
            ctype_digit($id) => $this->host->users->userName((int) $id),
            $id === '' => $this->view->text('tab_providers'),
            default => $id,
        };
    }

    /** The module's own reasons in the reader's language, anybody else's as they were given. */
    private function reason(string $kept): string
    {
        $reason = Reason::tryFrom($kept);
        return $reason === null ? $kept : $this->view->text($reason->key());
    }

    /** Users of the CMS are kept by their id where they had a factor; on the server it is a user of the system. */
    private function by(\TwoFactor\AuditEvent $event): string
    {
        $by = (string) $event->by();
        $authority = (string) $event->authority();
        return match ($authority) {
            '' => $by,
            'proof' => $this->who($by),
            'server' => $by . ' (' . $this->view->text('authority_server') . ')',
            default => $this->who($by) . ' (' . $this->view->textOr("authority_$authority", $authority) . ')',
        };
    }

    /** @return array<string, string> */
    private function eventRow(\TwoFactor\AuditEvent $event): array
    {
        $id = $event->userId();
        return [
            'at' => $this->view->moment($event->at()),
            'user' => $this->who($id),
            'what' => $this->eventText($event)
                . ($event->provider() === null ? '' : ': ' . $event->provider())
                . ($event->times() > 1 ? " ×{$event->times()}" : ''),
            'circumstances' => $this->circumstances($event),
            'method' => implode(': ', array_filter([
                $this->view->method($event->method()),
                (string) $event->factorLabel(),
            ])),
            'by' => $this->by($event),
            'reason' => $this->reason((string) $event->reason()),
            'ip' => (string) $event->ip(),
        ];
    }

    private function eventText(\TwoFactor\AuditEvent $event): string
    {
        $type = strtr($event->type(), '.-', '__');
        $purpose = strtr((string) $event->purpose()?->value, '-', '_');
        // Some things are something else when nobody had given a password.
        return $this->view->textOr(
            "audit_{$type}_$purpose",
            $this->view->textOr("audit_$type", $event->type()),
        );
    }

    /** What it was for, and what was known of whoever asked. */
    private function circumstances(\TwoFactor\AuditEvent $event): string
    {
        $purpose = strtr((string) $event->purpose()?->value, '-', '_');
        return implode('; ', array_filter([
            $purpose === '' ? '' : $this->view->text("audit_for_$purpose"),
            match ($event->requester()) {
                Requester::Nobody => $this->view->text('audit_by_nobody'),
                Requester::Password => $this->view->text('audit_by_password'),
                Requester::Proven => $this->view->text('audit_by_proven'),
                default => '',
            },
            $event->since() === null
                ? ''
                : $this->view->text('audit_since', $this->view->moment($event->since())),
        ]));
    }

    /**
     * Codes by telephone, and what became of them.
     *
     * @param array<string, mixed> $query
     */
    private function messages(array $query): string
    {
        $part = $this->pages->part(
            ['tab' => 'messages'],
            self::word($query, 'before'),
            fn (int $limit, ?string $before) => $this->verification->ask(
                static fn ($verifier) => $verifier->deliveries($limit, $before),
            ),
        );
        return $this->pages->page('messages', ['list' => array_map($this->messageRow(...), $part['list'])] + $part);
    }

    /** @return array<string, string> */
    private function messageRow(\TwoFactor\SentMessage $message): array
    {
        $id = $message->userId();
        $state = $this->view->textOr('message_' . $message->status(), $message->status());
        $took = $message->deliverySeconds();
        return [
            'at' => $this->view->moment($message->at()),
            'user' => $this->who($id),
            'method' => $this->view->method($message->method()),
            'to' => View::unbroken($message->maskedDestination()),
            'provider' => $message->provider(),
            'reference' => (string) $message->reference(),
            'state' => $state . ' ' . $this->view->ago($message->statusAt()),
            'tone' => match ($message->status()) {
                'delivered' => 'good',
                'undelivered', 'failed' => 'bad',
                default => '',
            },
            'detail' => match (true) {
                $took !== null => $this->view->text('message_took', $this->view->duration($took)),
                $message->detail() === 'notice' => $this->view->text('message_notice'),
                $message->detail() !== null => $this->view->text('message_error', $message->detail()),
                default => '',
            },
        ];
    }

    private function health(): string
    {
        $health = $this->verification->ask(static fn ($verifier) => $verifier->health());
        return $this->pages->page('health', [
            'verdict' => $this->report->verdict($health),
            'checks' => $this->report->checks($health),
            'emergency' => $this->emergency->isActive()
                ? $this->view->moment(new \DateTimeImmutable('@' . (int) $this->emergency->until()))
                : '',
            'emergency_mistaken' => $this->emergencyMistake(),
            'former' => $this->aboutFormer(),
            'former_url' => $this->pages->url(['tab' => 'former']),
        ]);
    }

    /** What is left of version 3 and should not be; '' when nothing is. */
    private function aboutFormer(): string
    {
        return implode(' ', array_filter([
            $this->formerVersion->isStillThere()
                ? $this->view->text('former_about', $this->formerVersion->table())
                : '',
            $this->formerVersion->hasCredentials() ? $this->view->text('former_credentials') : '',
        ]));
    }

    private function former(string $problem = ''): string
    {
        if (!$this->formerVersion->holdsSecrets()) {
            return $this->health();
        }
        $names = $this->formerVersion->namesOwing();
        return $this->pages->page('former', [
            'problem' => $problem,
            'about' => $this->aboutFormer(),
            'owing' => $names === '' ? '' : $this->view->text('former_bar', $names),
        ] + $this->proof->fields());
    }

    private function leave(string $problem = '', bool $sure = false, string $message = ''): string
    {
        return $this->pages->page('leave', ($message === '' ? [] : ['message' => $message]) + [
            'problem' => $problem,
            'sure' => $sure,
        ] + $this->proof->fields());
    }

    private function removeEverything(Change $change): string
    {
        $sure = $change->text('sure') === '1';
        if (AdminProof::isCodeAskedFor($change)) {
            $problem = $this->proof->send($change, 'send');
            return $this->leave($problem, $sure, $problem === '' ? $this->view->text('code_sent') : '');
        }
        $problem = $sure ? $this->proof->problem($change) : $this->view->text('leave_not_sure');
        $left = [];
        $problem = $problem ?: $this->refusal(function () use (&$left): void {
            $left = $this->removal->everything($this->administrator->by(), $this->administrator->grant());
        });
        if ($problem !== '') {
            return $this->leave($problem, $sure);
        }
        StepUp::forget();
        return $this->pages->farewell($left === [] ? 'leave_done' : 'leave_done_but', implode(', ', $left));
    }

    private function removeFormer(Change $change): string
    {
        $problem = $this->forAll($change);
        if ($problem !== '') {
            return $this->former($problem);
        }
        $this->formerVersion->remove();
        $this->pages->goTo('former_removed', ['tab' => 'health']);
    }

    /** Why the setting of config.php is not obeyed, with a line that would be. */
    private function emergencyMistake(): string
    {
        $mistake = $this->emergency->mistake();
        return $mistake === '' ? '' : $this->view->text($mistake, Emergency::line(time()));
    }

    private function settings(string $problem = ''): string
    {
        return $this->pages->page('settings', [
            'problem' => $problem,
            'reset_possible' => $this->verification->usable([Method::Sms]) !== [],
            'reset_on' => $this->settings->offersReset(),
            'leave_url' => $this->pages->url(['tab' => 'leave']),
        ] + $this->proof->fields());
    }

    /** No key yet: nobody can enrol. Offers to create one. */
    private function foundation(string $problem = '', ?string $path = null): string
    {
        return $this->view->render('foundation', [
            'message' => $this->pages->message(),
            'problem' => $problem ?: $this->storeProblem(),
            'loaded' => Verification::isLoaded(),
            'path' => $path ?? $this->settings->keyFile()->proposal(),
        ]);
    }

    /** A key is named already: then what keeps the extension from working is something else. */
    private function storeProblem(): string
    {
        if (!Verification::isLoaded() || !$this->settings->hasKey()) {
            return '';
        }
        try {
            $this->verification->verifier();
            return '';
        } catch (Unverifiable $reason) {
            return $this->view->text('foundation_fails', $reason->getMessage());
        }
    }

    /** @param callable(string, string): void $do with the user's id and the reason */
    private function act(Change $change, string $done, callable $do, string $refused = ''): string
    {
        return $this->forUser($change->number('user'), function (\User $user) use ($change, $done, $do, $refused): string {
            $reason = $change->text('reason');
            if (AdminProof::isCodeAskedFor($change)) {
                $problem = $this->proof->send($change, 'send');
                return $this->detail($user, $problem, $reason, $problem === '' ? $this->view->text('code_sent') : '');
            }
            if ($reason === '') {
                return $this->detail($user, $this->view->text('reason_missing'));
            }
            $problem = $this->proof->problem($change)
                ?: $this->refusal(static fn () => $do((string) (int) $user->id, mb_strcut($reason, 0, 200)), $refused);
            if ($problem !== '') {
                return $this->detail($user, $problem, $reason);
            }
            $this->host->log("log_$done", [$user->username], (int) $user->id);
            $this->pages->goTo($done, ['tab' => 'user', 'user' => (int) $user->id]);
        });
    }

    /** @param callable(\User): string $do */
    private function forUser(int $id, callable $do): string
    {
        $user = $this->host->users->user($id);
        if ($user === null || !$this->access->mayChange($id)) {
            return $this->pages->refusal('no_permission');
        }
        return $do($user);
    }

    /** @param array<string, mixed> $query */
    private static function word(array $query, string $name): string
    {
        $value = $query[$name] ?? '';
        return is_scalar($value) ? trim(html_entity_decode((string) $value, ENT_QUOTES)) : '';
    }
}
