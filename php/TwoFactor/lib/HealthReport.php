<?php

/**
 * What the extension finds when it looks after itself, and what only the site knows (its mailer), in the reader's
 * words. A finding has an id and values: the sentence is in the language files, under the id. What no language has
 * stays as the extension says it, in English.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Health;
use TwoFactor\HealthCheck;
use TwoFactor\HealthFinding;
use TwoFactor\HealthStatus;
use TwoFactor\Method;

final class HealthReport
{
    /** Checks without which nobody can be verified. */
    private const NEEDED = ['store', 'key', 'clock'];

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly View $view,
    ) {
    }

    /**
     * For the page: every check, and the mailer, which the extension does not know.
     *
     * @return list<array{name: string, status: string, status_text: string, findings: list<array{text: string, is_ours: bool}>}>
     */
    public function checks(Health $health): array
    {
        return [...array_map(fn (HealthCheck $check) => $this->row(
            $this->view->textOr('health_' . $check->name(), $check->name()),
            $check->status()->value,
            $this->findings($check),
        ), $health->checks()), ...$this->mail()];
    }

    /** @return list<array{text: string, is_ours: bool}> */
    public function findings(HealthCheck $check): array
    {
        return array_map(function (HealthFinding $finding): array {
            $text = $this->text($finding);
            return ['text' => $text ?? $finding->message(), 'is_ours' => $text !== null];
        }, $check->findings());
    }

    /**
     * The worst of what is said below: `ok`, `warning`, `partly` where something does not work that others do without,
     * or `problem` where nobody can be verified.
     */
    public function verdict(Health $health): string
    {
        $notOk = array_filter(
            $health->checks(),
            static fn (HealthCheck $check) => $check->status() !== HealthStatus::Ok,
        );
        $needed = array_filter(
            $notOk,
            static fn (HealthCheck $check) => $check->status() === HealthStatus::Problem
                && in_array($check->name(), self::NEEDED, true),
        );
        return match (true) {
            $needed !== [] => 'problem',
            !$health->isOk(), in_array('problem', array_column($this->mail(), 'status'), true) => 'partly',
            $notOk !== [] || $this->emergency->isActive() || $this->emergency->mistake() !== ''
                || $this->formerVersion->holdsSecrets() => 'warning',
            default => 'ok',
        };
    }

    /** In the reader's language; null where that has no sentence for it. */
    private function text(HealthFinding $finding): ?string
    {
        // What stands in config.php is handed to the extension, which knows of php.ini alone.
        $key = $finding->id() === 'emergency.active' && $this->emergency->isActive()
            ? 'emergency_in_config'
            : self::key($finding->id());
        $sentence = $this->view->textOr($key, '');
        if ($sentence === '') {
            return null;
        }
        $values = [];
        foreach ($finding->values() as $name => $value) {
            $values['{' . $name . '}'] = $this->value($name, $value);
        }
        // All at once: a value with braces is not read again.
        return strtr($sentence, $values);
    }

    /** The key of the sentence of that id in the language files. */
    public static function key(string $id): string
    {
        return 'health_' . strtr($id, '.-', '__');
    }

    private function value(string $name, int|string $value): string
    {
        return match ($name) {
            'at' => $this->view->moment(new \DateTimeImmutable('@' . (int) $value)),
            'seconds', 'most' => $this->view->duration((int) $value),
            'method' => $this->view->method(Method::tryFrom((string) $value)),
            'by' => ctype_digit((string) $value) ? $this->host->users->userName((int) $value) : (string) $value,
            'user' => $value === '' ? $this->view->text('health_user_of_providers') : $this->host->users->userName((int) $value),
            default => (string) $value,
        };
    }

    /** @return list<array{name: string, status: string, status_text: string, findings: list<array{text: string, is_ours: bool}>}> */
    private function mail(): array
    {
        if ($this->verification->usable([Method::Email]) === []) {
            return [];
        }
        $from = $this->host->mailSender();
        $text = $from === ''
            ? $this->view->text('health_mail_unset')
            : $this->view->text('health_mail_ok', $from);
        return [$this->row(
            $this->view->text('health_mail'),
            $from === '' ? 'problem' : 'ok',
            [['text' => $text, 'is_ours' => true]],
        )];
    }

    /**
     * @param list<array{text: string, is_ours: bool}> $findings
     * @return array{name: string, status: string, status_text: string, findings: list<array{text: string, is_ours: bool}>}
     */
    private function row(string $name, string $status, array $findings): array
    {
        return [
            'name' => $name,
            'status' => $status,
            'status_text' => $this->view->text("status_$status"),
            'findings' => $findings,
        ];
    }
}
