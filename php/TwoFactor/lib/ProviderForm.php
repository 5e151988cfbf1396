<?php

/**
 * The form of a provider, made from what the extension says of its kind, and what was typed into it. Secrets go in and
 * never come out: an empty field leaves the one that is there.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\ProviderKind;
use TwoFactor\Verifier;

final class ProviderForm
{
    private const PREFIX = 'set_';
    /** Says of a secret that it was typed before, into a form that was not saved. */
    private const TYPED_BEFORE = 'typed_';
    /** Groups that everybody needs; others are folded while they are empty. */
    private const OPEN_GROUPS = ['credentials', 'sms', 'request', 'reply'];

    public function __construct(private readonly View $view)
    {
    }

    /**
     * Those that are offered, by name.
     *
     * @return array<string, ProviderKind>
     */
    public function kinds(): array
    {
        $kinds = array_filter(Verifier::providerKinds(), static fn (ProviderKind $kind) => !$kind->isForDevelopment());
        return array_combine(array_map(static fn (ProviderKind $kind) => $kind->name(), $kinds), $kinds);
    }

    public function knows(string $kind): bool
    {
        return isset($this->kinds()[$kind]);
    }

    /**
     * What a new provider has before anything was typed. The site's address is one that is fixed, or none.
     *
     * @return array<string, string>
     */
    public function suggested(string $kind, string $siteUrl): array
    {
        $fields = array_filter($this->schema($kind), static fn (array $field) => $field['hostValue'] === 'site_url');
        return array_fill_keys(array_column($fields, 'name'), $siteUrl);
    }

    /**
     * @param array<string, mixed> $values what is shown in the fields: settings, never secrets
     * @param list<string> $secrets the secrets there are
     * @param string $address where deliveries would be reported
     * @param list<string> $lost secrets that were typed, and that no page has again: they have to be typed once more,
     *     or an empty field would mean that the one there was is kept
     * @return list<array<string, mixed>>
     */
    public function fields(string $kind, array $values, array $secrets, string $address, array $lost = []): array
    {
        return array_map(fn (array $field): array => [
            'name' => self::PREFIX . $field['name'],
            'shape' => $field['type'],
            'group' => $field['group'],
            'label' => $this->view->textOr("field_{$field['text']}", $field['name']),
            'about' => $field['hostValue'] === 'report_url'
                ? $this->view->text("field_{$field['text']}_about", $address)
                : $this->view->textOr("field_{$field['text']}_about", ''),
            'value' => match ($field['type']) {
                'secret', 'some', 'one' => '',
                'lines' => implode("\n", (array) ($values[$field['name']] ?? [])),
                default => (string) ($values[$field['name']] ?? ''),
            },
            'words' => $this->words($field, (array) ($values[$field['name']] ?? [])),
            'chosen' => !in_array($values[$field['name']] ?? '', ['', []], true),
            'is_set' => in_array($field['name'], $secrets, true) && !in_array($field['name'], $lost, true),
            'is_lost' => in_array($field['name'], $lost, true),
            'typed_before' => self::TYPED_BEFORE . $field['name'],
            'required' => in_array($field['name'], $lost, true)
                || $field['required'] && !in_array($field['name'], $secrets, true),
        ], $this->schema($kind));
    }

    /**
     * Its fields by what they are for; what nobody needs is folded while it is empty.
     *
     * @param list<array<string, mixed>> $fields
     * @return list<array{title: string, folds: bool, open: bool, fields: list<array<string, mixed>>}>
     */
    public function groups(array $fields): array
    {
        $groups = [];
        foreach ($fields as $field) {
            $groups[$field['group']][] = $field;
        }
        return array_map(fn (string $group, array $fields): array => [
            'title' => $this->view->text("group_$group"),
            'folds' => !in_array($group, self::OPEN_GROUPS, true),
            'open' => array_filter($fields, self::isFilled(...)) !== [],
            'fields' => $fields,
        ], array_keys($groups), array_values($groups));
    }

    /** @param array<string, mixed> $field */
    private static function isFilled(array $field): bool
    {
        return $field['value'] !== '' || $field['chosen'] || $field['is_set'] || $field['is_lost'];
    }

    /**
     * What was typed, for ProviderKind::read(), and to be shown again.
     *
     * @return array<string, string|list<string>>
     */
    public function typed(Change $change, string $kind): array
    {
        $typed = [];
        foreach ($this->schema($kind) as ['name' => $name, 'type' => $type, 'words' => $words]) {
            $isChosen = static fn (string $word) => $change->text(self::PREFIX . "{$name}_$word") !== '';
            $typed[$name] = $type === 'some'
                ? array_values(array_filter($words, $isChosen))
                : $change->text(self::PREFIX . $name);
        }
        return $typed;
    }

    /**
     * Secrets that were typed into this form, or into the one it came back from.
     *
     * @return list<string>
     */
    public function secretsTyped(Change $change, string $kind): array
    {
        $secrets = array_filter($this->schema($kind), static fn (array $field) => $field['type'] === 'secret');
        return array_values(array_filter(
            array_column($secrets, 'name'),
            static fn (string $name) => $change->text(self::PREFIX . $name) !== ''
                || $change->text(self::TYPED_BEFORE . $name) !== '',
        ));
    }

    /** @return list<array<string, mixed>> */
    private function schema(string $kind): array
    {
        return ($this->kinds()[$kind] ?? null)?->fields() ?? [];
    }

    /**
     * @param array<string, mixed> $field
     * @param array<mixed> $chosen nothing: the first holds
     * @return list<array{name: string, word: string, text: string, chosen: bool}>
     */
    private function words(array $field, array $chosen): array
    {
        $chosen = array_filter($chosen) ?: array_slice($field['words'], 0, 1);
        return array_map(fn (string $word): array => [
            'name' => self::PREFIX . "{$field['name']}_$word",
            'word' => $word,
            'text' => $this->view->textOr("field_{$field['text']}_$word", $word),
            'chosen' => in_array($word, $chosen, true),
        ], $field['words']);
    }
}
