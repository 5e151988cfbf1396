<?php

/**
 * Site Admin, Two-factor: who is protected, who is locked, what happened, whether all is well. Ends blocks
 * and resets accounts, with a reason and after a fresh proof of the administrator's own.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;

final class Administration
{
    private const PAGE = 25;
    private const EVENTS = 50;
    private const MESSAGE = 'twofactor_admin_message';

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly SignInRegister $register,
        private readonly StepUp $stepUp,
        private readonly View $view,
        private readonly Access $access,
        private readonly Emergency $emergency,
    ) {
    }

    /**
     * A page, or by POST what `do` asks for.
     *
     * @param array<string, mixed> $query
     */
    public function handle(array $query): string
    {
        if (!$this->access->mayManage()) {
            return $this->refusal($this->host->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            return Change::isAsked() ? $this->change(Change::fromRequest()) : $this->show($query);
        } catch (Unverifiable $reason) {
            return $this->refusal('unavailable_operator', $reason->getMessage());
        } catch (\ValueError) {
            $this->goTo('try_again');
        }
    }

    /** @param array<string, mixed> $query */
    private function show(array $query): string
    {
        if ($this->verification->isPending()) {
            return $this->foundation();
        }
        return match (self::word($query, 'tab')) {
            'audit' => $this->events($query),
            'health' => $this->health(),
            'user' => $this->forUser((int) self::word($query, 'user'), $this->detail(...)),
            default => $this->users($query),
        };
    }

    private function change(?Change $change): string
    {
        return match ($change?->text('do')) {
            'unlock' => $this->unlock($change),
            'reset' => $this->reset($change),
            'send' => $this->sendProof($change),
            'create-key' => $this->createKey($change),
            default => $this->goTo('try_again'),
        };
    }

    private function unlock(Change $change): string
    {
        return $this->act($change, 'unlocked', function (\User $user, string $by, string $reason): void {
            $this->verification->ask(fn ($verifier) => $verifier->unlock((string) (int) $user->id, $by, $reason));
        });
    }

    private function reset(Change $change): string
    {
        return $this->act($change, 'reset_done', function (\User $user, string $by, string $reason): void {
            $this->verification->ask(fn ($verifier) => $verifier->reset((string) (int) $user->id, $by, $reason));
            $this->register->endAllOf((int) $user->id);
        });
    }

    /** A code for the administrator's own fresh proof. */
    private function sendProof(Change $change): string
    {
        return $this->forUser($change->number('user'), function (\User $user) use ($change): string {
            $own = $this->host->user((int) $this->host->loggedInId());
            $method = Method::from($change->text('method'));
            try {
                $this->stepUp->send($this->host->person($own), $method);
            } catch (Denied | Undelivered $refusal) {
                return $this->detail($user, $this->view->problem('try_again', $refusal));
            }
            $this->goTo('code_sent', ['tab' => 'user', 'user' => (int) $user->id]);
        });
    }

    private function createKey(Change $change): string
    {
        if (!$this->verification->isPending()) {
            $this->goTo('try_again');
        }
        $path = $change->text('path');
        try {
            $this->settings->keyFile()->create($path);
            $this->settings->useKeyFile($path);
            $this->host->audit("Key file created: $path");
            $this->verification->verifier();
        } catch (Unverifiable $objection) {
            return $this->foundation($this->view->textOr($objection->getMessage(), $objection->getMessage()), $path);
        } catch (ConfigurationError $objection) {
            return $this->foundation($objection->getMessage(), $path);
        }
        $this->goTo('key_created');
    }

    /** @param array<string, mixed> $query */
    private function users(array $query): string
    {
        $search = self::word($query, 'search');
        $page = max(1, (int) self::word($query, 'page'));
        $like = '%' . addcslashes($search, '\\%_') . '%';
        $found = $this->host->database()->SelectLimit(
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
        return $this->page('users', [
            'search' => $search,
            'users' => array_map($this->userRow(...), array_slice($rows, 0, self::PAGE)),
            'previous' => $page > 1 ? $this->url(['search' => $search, 'page' => $page - 1]) : '',
            'next' => count($rows) > self::PAGE ? $this->url(['search' => $search, 'page' => $page + 1]) : '',
        ]);
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
            'url' => $this->url(['tab' => 'user', 'user' => $id]),
        ] + $this->state($this->account($id));
    }

    /**
     * Null when this one account cannot be opened though the store answers: the page that can reset it must
     * not go down with it.
     */
    private function account(int $id): ?\TwoFactor\Account
    {
        try {
            return $this->verification->account($id);
        } catch (Unverifiable) {
            $this->verification->ask(static fn ($verifier) => $verifier->accounts('', 1));
            return null;
        }
    }

    /** @return array<string, mixed> */
    private function state(?\TwoFactor\Account $account): array
    {
        if ($account === null) {
            $unknown = ['methods' => '', 'disabled' => '', 'codes_left' => '–', 'locked' => '', 'last' => ''];
            return ['readable' => false, 'enrolled' => true, 'drift' => null] + $unknown;
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
            'drift' => $account->totpDrift(),
        ];
    }

    /** Their names, with where codes go as far as it may be shown. */
    private function methods(\TwoFactor\Account $account): string
    {
        return implode(', ', array_map(fn (Method $method) => trim($this->view->method($method) . ' ' . match (true) {
            $method === Method::Email => $account->maskedEmail(),
            Codes::goByPhone($method) => $account->maskedPhone(),
            default => '',
        }), $account->methods()));
    }

    private function detail(\User $user, string $problem = '', string $reason = ''): string
    {
        $own = (int) $this->host->loggedInId();
        $id = (int) $user->id;
        $account = $this->account($own);
        return $this->page('user', [
            'problem' => $problem,
            'reason' => $reason,
            'user_id' => $id,
            'name' => $user->username,
            'must_prove' => !$this->mayActWithoutProof($account, $own),
            'audit' => $this->url(['tab' => 'audit', 'user' => $id]),
            'back' => $this->url([]),
        ] + $this->state($this->account($id)) + $this->view->proving($account, $this->settings, $this->stepUp, $own));
    }

    /** @param array<string, mixed> $query */
    private function events(array $query): string
    {
        $userId = (int) self::word($query, 'user') ?: null;
        $before = self::word($query, 'before') ?: null;
        $events = $this->verification->ask(fn ($verifier) => $verifier->audit(
            $userId === null ? null : (string) $userId,
            self::EVENTS + 1,
            $before,
        ));
        $events = is_array($events) ? array_values($events) : iterator_to_array($events, false);
        $more = count($events) > self::EVENTS;
        $events = array_slice($events, 0, self::EVENTS);
        return $this->page('audit', [
            'events' => array_map($this->eventRow(...), $events),
            'of' => $userId === null ? '' : $this->host->userName($userId),
            'intact' => $userId === null || $this->auditIsIntact($userId),
            'all' => $this->url(['tab' => 'audit']),
            'first' => $before === null ? '' : $this->url(['tab' => 'audit', 'user' => $userId]),
            'next' => $more ? $this->url(['tab' => 'audit', 'user' => $userId, 'before' => end($events)->id()]) : '',
        ]);
    }

    private function auditIsIntact(int $userId): bool
    {
        return $this->account($userId) !== null
            && $this->verification->ask(fn ($verifier) => $verifier->auditIsIntact((string) $userId));
    }

    /** @return array<string, string> */
    private function eventRow(\TwoFactor\AuditEvent $event): array
    {
        $id = $event->userId();
        return [
            'at' => $this->view->moment($event->at()),
            'user' => ctype_digit($id) ? $this->host->userName((int) $id) : $id,
            'what' => $this->view->textOr('audit_' . strtr($event->type(), '.-', '__'), $event->type()),
            'method' => $this->view->method($event->method()),
            'by' => (string) $event->by(),
            'reason' => (string) $event->reason(),
            'ip' => (string) $event->ip(),
        ];
    }

    private function health(): string
    {
        $health = $this->verification->ask(static fn ($verifier) => $verifier->health());
        return $this->page('health', [
            'verdict' => $this->verdict($health),
            'checks' => array_map(fn (\TwoFactor\HealthCheck $check) => [
                'name' => $this->view->textOr('health_' . $check->name(), $check->name()),
                'status' => $check->status()->value,
                'status_text' => $this->view->text('status_' . $check->status()->value),
                'message' => $check->message(),
            ], $health->checks()),
            'emergency' => $this->emergency->isActive() ? date('Y-m-d H:i', (int) $this->emergency->until()) : '',
            'emergency_mistaken' => $this->emergency->isMistaken(),
        ]);
    }

    /** ok, warning or problem: the worst of what is said below. */
    private function verdict(\TwoFactor\Health $health): string
    {
        $warnings = array_filter(
            $health->checks(),
            static fn (\TwoFactor\HealthCheck $check) => $check->status() !== \TwoFactor\HealthStatus::Ok,
        );
        return match (true) {
            !$health->isOk() => 'problem',
            $warnings !== [] || $this->emergency->isActive() || $this->emergency->isMistaken() => 'warning',
            default => 'ok',
        };
    }

    /** No key yet: nobody can enrol. Offers to create one. */
    private function foundation(string $problem = '', ?string $path = null): string
    {
        return $this->view->render('foundation', [
            'message' => $this->message(),
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

    /** @param callable(\User, string, string): void $do */
    private function act(Change $change, string $done, callable $do): string
    {
        return $this->forUser($change->number('user'), function (\User $user) use ($change, $done, $do): string {
            $reason = $change->text('reason');
            if ($reason === '') {
                return $this->detail($user, $this->view->text('reason_missing'));
            }
            $problem = $this->proofProblem($change);
            if ($problem !== '') {
                return $this->detail($user, $problem, $reason);
            }
            $do($user, $this->host->userName((int) $this->host->loggedInId()), mb_strcut($reason, 0, 200));
            $this->host->audit("$done: {$user->username}", (int) $user->id);
            $this->goTo($done, ['tab' => 'user', 'user' => (int) $user->id]);
        });
    }

    /** Whoever is enrolled proves it afresh: a stolen session must not be able to take a factor away. */
    private function proofProblem(Change $change): string
    {
        $id = (int) $this->host->loggedInId();
        if ($this->mayActWithoutProof($this->account($id), $id)) {
            return '';
        }
        $method = Method::tryFrom($change->text('method'));
        $user = $this->host->user($id);
        if ($method === null || $user === null || $change->text('code') === '') {
            return $this->view->text('code_missing');
        }
        try {
            $this->stepUp->prove($this->host->person($user), $method, $change->text('code'));
            return '';
        } catch (Denied | Undelivered $refusal) {
            return $this->view->problem('wrong_' . $method->value, $refusal);
        }
    }

    /** Null is an account of their own that cannot be opened: they are here by the emergency setting or not at all. */
    private function mayActWithoutProof(?\TwoFactor\Account $own, int $userId): bool
    {
        return $this->emergency->isActive()
            || $own !== null && (!$own->isEnrolled() || $this->stepUp->grant($userId) !== null);
    }

    /** @param callable(\User): string $do */
    private function forUser(int $id, callable $do): string
    {
        $user = $this->host->user($id);
        if ($user === null || !$this->access->mayChange($id)) {
            return $this->refusal('no_permission');
        }
        return $do($user);
    }

    /** @param array<string, mixed> $values */
    private function page(string $template, array $values): string
    {
        $this->view->noStore();
        return $this->view->render($template, $values + [
            'message' => $this->message(),
            'tabs' => array_map(fn (string $tab) => [
                'text' => $this->view->text("tab_$tab"),
                'url' => $this->url(['tab' => $tab]),
                'current' => $tab === ($template === 'user' ? 'users' : $template),
            ], ['users', 'audit', 'health']),
        ]);
    }

    private function refusal(string $key, string $detail = ''): string
    {
        return $this->view->render('refusal', ['message' => $this->view->text($key), 'detail' => $detail]);
    }

    private function message(): string
    {
        $key = $_SESSION[self::MESSAGE] ?? null;
        unset($_SESSION[self::MESSAGE]);
        return is_string($key) ? $this->view->text($key) : '';
    }

    /** @param array<string, int|string|null> $query */
    private function goTo(string $message, array $query = []): never
    {
        $_SESSION[self::MESSAGE] = $message;
        $this->host->redirect($this->url($query));
    }

    /** @param array<string, int|string|null> $query */
    private function url(array $query): string
    {
        return $this->view->actionUrl('defaultadmin', $query);
    }

    /** @param array<string, mixed> $query */
    private static function word(array $query, string $name): string
    {
        $value = $query[$name] ?? '';
        return is_scalar($value) ? trim(html_entity_decode((string) $value, ENT_QUOTES)) : '';
    }
}
