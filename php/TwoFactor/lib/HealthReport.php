<?php

/**
 * Site Admin, Two-factor, Health: what the extension finds when it looks after itself, and what only the site knows (its mailer), in the reader's
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

final class HealthReport extends AdminPage
{
    /** What these say stands on a page that not everybody sees who sees this one. */
    private const OF_PAGES = ['networks' => 'networks', 'licence' => Extensions::FIRST, 'enforcement' => 'enforcement'];

    public function __construct(
        private readonly Host $host,
        private readonly Permissions $permissions,
        private readonly Verification $verification,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly AdminPages $pages,
        private readonly View $view,
        private readonly Extensions $extensions,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $health = $this->verification->health();
        $sender = $this->verification->usable([Method::Email]) === [] ? null : $this->host->mailSender();
        $mistake = $this->emergency->mistake();
        return $this->pages->page('health', $notice, [
            'verdict' => $this->verdict($health, $sender),
            'checks' => array_map($this->row(...), $health->checks()),
            'sender' => $sender,
            'is_strict' => Settings::isStrict(),
            'emergency' => $this->emergency->isActive() ? $this->view->at((int) $this->emergency->until()) : '',
            'emergency_mistaken' => $mistake === '' ? '' : $this->view->text($mistake, Emergency::line(time())),
            'former' => $this->aboutFormer(),
            'damaged' => $this->damages(),
        ]);
    }

    /** @return array{name: string, status: string, said: list<array{text: string, is_ours: bool}>} */
    private function row(HealthCheck $check): array
    {
        $page = self::OF_PAGES[$check->name()] ?? null;
        $isShown = $page === null || $this->permissions->sees($page);
        return [
            'name' => $check->name(),
            'status' => $check->status()->value,
            'said' => $isShown ? $this->findings($check) : [['text' => $this->view->text('health_for_administrators'), 'is_ours' => true]],
        ];
    }

    /** What is wrong with the module that adds to this one, in English; '' when nothing is. */
    private function damages(): string
    {
        $this->extensions->parts();
        return implode(' ', array_unique(array_filter([...$this->extensions->faults(), $this->verification->premiumFault()])));
    }

    /** What is left of version 3 and should not be; '' when nothing is. */
    public function aboutFormer(): string
    {
        return implode(' ', array_filter([
            $this->formerVersion->isStillThere()
                ? $this->view->text('former_about', $this->formerVersion->table())
                : '',
            $this->formerVersion->hasCredentials() ? $this->view->text('former_credentials') : '',
        ]));
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
     * The worst of what the page says: `ok`, `warning`, `partly` where something does not work that others do without,
     * or `problem` where nobody can be verified.
     *
     * @param string|null $sender of mails, where codes go by mail; '' while nobody has said who that is
     */
    private function verdict(Health $health, ?string $sender): string
    {
        $said = array_map(static fn (HealthCheck $check) => $check->status(), $health->checks());
        return match (true) {
            !$health->canVerify() => 'problem',
            !$health->isOk() || $sender === '' => 'partly',
            in_array(HealthStatus::Warning, $said, true) || $this->emergency->isActive()
                || $this->emergency->mistake() !== '' || $this->formerVersion->holdsSecrets()
                || $this->damages() !== '' => 'warning',
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
        if (str_starts_with($finding->id(), 'licence.') && isset($values['{why}'])) {
            $words = $this->whyNoLicence($values['{why}'], (string) ($values['{reason}'] ?? ''));
            $values['{why}'] = $words === '' ? $values['{why}'] : rtrim($words, '.');
        }
        // All at once: a value with braces is not read again.
        return strtr($sentence, $values);
    }

    /**
     * Why no licence counts, in the reader's words: by the code of the gateway's that the extension's text ends with, else by the
     * extension's own word for it; '' where the language has neither.
     */
    public function whyNoLicence(string $said, string $reason): string
    {
        $code = preg_match('/\((\w+)\)\z/', $said, $found) === 1 ? $found[1] : '';
        $words = $this->view->textOr('licence_said_' . View::key($code), '');
        return $words !== '' || $reason === '' ? $words : $this->view->textOr('licence_why_' . View::key($reason), '');
    }

    /** The key of the sentence of that id in the language files. */
    public static function key(string $id): string
    {
        return 'health_' . View::key($id);
    }

    private function value(string $name, int|string $value): string
    {
        return match ($name) {
            'at', 'since', 'until' => $this->view->at((int) $value),
            'seconds', 'most' => $this->view->duration((int) $value),
            'method' => $this->view->method(Method::tryFrom((string) $value)),
            'by' => ctype_digit((string) $value) ? $this->host->users->userName((int) $value) : (string) $value,
            'user' => $value === '' ? $this->view->text('health_user_of_providers') : $this->host->users->userName((int) $value),
            default => (string) $value,
        };
    }
}
