<?php

/**
 * The form of a provider: which fields its kind has, and what was typed into them. Secrets go in and never come
 * out: an empty field leaves the one that is there.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Provider;

final class ProviderForm
{
    private const PREFIX = 'set_';
    /** Says of a secret that it was typed before, into a form that was not saved. */
    private const TYPED_BEFORE = 'typed_';
    /** In bytes; the longest there is are session tokens. */
    private const LONGEST = 4096;
    private const WAYS = ['sms', 'voice', 'whatsapp'];
    private const KINDS = [
        'twilio-verify' => [
            'user' => 'secret', 'secret' => 'secret', 'service' => 'text', 'service_unproven' => 'text',
            'channels' => 'ways',
        ],
        'twilio-messaging' => [
            'account' => 'text', 'user' => 'secret', 'secret' => 'secret',
            'from' => 'text', 'messaging_service' => 'text', 'voice_from' => 'text',
            'whatsapp_from' => 'text', 'whatsapp_template' => 'text', 'whatsapp_variable' => 'text',
            'validity' => 'number', 'status_callback' => 'text', 'auth_token' => 'secret',
        ],
        'sns' => [
            'access_key' => 'secret', 'secret' => 'secret', 'session_token' => 'secret',
            'region' => 'text', 'sender_id' => 'text', 'max_price' => 'text',
        ],
        'gateway' => [
            'url' => 'text', 'licence_key' => 'secret', 'site_url' => 'text', 'keys' => 'lines',
        ],
    ];
    private const REQUIRED = [
        'twilio-verify' => ['user', 'secret', 'service'],
        'twilio-messaging' => ['account', 'user', 'secret'],
        'sns' => ['access_key', 'secret', 'region'],
        'gateway' => ['url', 'licence_key', 'site_url', 'keys'],
    ];

    public function __construct(private readonly View $view)
    {
    }

    /** @return list<string> */
    public static function kinds(): array
    {
        return array_keys(self::KINDS);
    }

    public static function knows(string $kind): bool
    {
        return isset(self::KINDS[$kind]);
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
        return array_map(fn (string $name, string $shape): array => [
            'name' => self::PREFIX . $name,
            'shape' => $shape,
            'label' => $this->text($kind, $name),
            'about' => $name === 'status_callback'
                ? $this->view->text('field_status_callback_about', $address)
                : $this->text($kind, $name, '_about'),
            'value' => match (true) {
                $shape === 'secret' => '',
                $shape === 'lines' => implode("\n", (array) ($values[$name] ?? [])),
                $shape === 'ways' => '',
                default => (string) ($values[$name] ?? ''),
            },
            'ways' => $shape === 'ways' ? $this->ways((array) ($values[$name] ?? [])) : [],
            'is_set' => in_array($name, $secrets, true) && !in_array($name, $lost, true),
            'is_lost' => in_array($name, $lost, true),
            'typed_before' => self::TYPED_BEFORE . $name,
            'required' => in_array($name, $lost, true)
                || in_array($name, self::REQUIRED[$kind], true) && !in_array($name, $secrets, true),
        ], array_keys(self::KINDS[$kind]), self::KINDS[$kind]);
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
            $groups[self::groupOf(substr($field['name'], strlen(self::PREFIX)))][] = $field;
        }
        return array_map(fn (string $group, array $fields): array => [
            'title' => $this->view->text("group_$group"),
            'folds' => !in_array($group, ['credentials', 'sms'], true),
            'open' => array_filter($fields, self::isFilled(...)) !== [],
            'fields' => $fields,
        ], array_keys($groups), array_values($groups));
    }

    /** @param array<string, mixed> $field */
    private static function isFilled(array $field): bool
    {
        return $field['value'] !== '' || $field['is_set'] || $field['is_lost'];
    }

    private static function groupOf(string $name): string
    {
        return match (true) {
            $name === 'voice_from' => 'calls',
            str_starts_with($name, 'whatsapp_') => 'whatsapp',
            in_array($name, ['status_callback', 'auth_token'], true) => 'reports',
            in_array($name, ['from', 'messaging_service', 'validity', 'sender_id', 'max_price'], true) => 'sms',
            default => 'credentials',
        };
    }

    /**
     * What was typed, for Verifier::saveProvider(): null takes a setting out, a secret that was left empty is
     * left as it is.
     *
     * @return array<string, mixed>
     */
    public function typed(Change $change, string $kind, ?Provider $known): array
    {
        $typed = [];
        foreach (self::KINDS[$kind] as $name => $shape) {
            $text = $change->text(self::PREFIX . $name);
            $value = match ($shape) {
                'ways' => array_values(array_filter(
                    self::WAYS,
                    static fn (string $way) => $change->text(self::PREFIX . "{$name}_$way") !== '',
                )) ?: null,
                'lines' => preg_split('/\s*\R\s*/', $text, -1, PREG_SPLIT_NO_EMPTY) ?: null,
                // What is no number is for the extension to refuse.
                'number' => ctype_digit($text) && strlen($text) < 10 ? (int) $text : ($text === '' ? null : $text),
                default => $text === '' ? null : $text,
            };
            if ($value !== null || $shape !== 'secret' && $known !== null) {
                $typed[$name] = $value;
            }
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
        return array_values(array_filter(
            array_keys(self::KINDS[$kind], 'secret', true),
            static fn (string $name) => $change->text(self::PREFIX . $name) !== ''
                || $change->text(self::TYPED_BEFORE . $name) !== '',
        ));
    }

    /**
     * Whether a person can have typed it or put it in from somewhere: no control characters, and not at any length.
     *
     * @param array<string, mixed> $typed
     */
    public static function isPlain(#[\SensitiveParameter] array $typed): bool
    {
        foreach ($typed as $value) {
            foreach ((array) $value as $text) {
                if (strlen((string) $text) > self::LONGEST || !preg_match('/^\P{Cc}*$/uD', (string) $text)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * @param array<mixed> $chosen
     * @return list<array{name: string, text: string, chosen: bool}>
     */
    private function ways(array $chosen): array
    {
        return array_map(fn (string $way): array => [
            'name' => self::PREFIX . "channels_$way",
            'text' => $this->view->text("method_$way"),
            'chosen' => in_array($way, $chosen ?: ['sms'], true),
        ], self::WAYS);
    }

    private function text(string $kind, string $name, string $what = ''): string
    {
        $otherwise = $what === '' ? $name : '';
        return $this->view->textOr(
            'field_' . strtr($kind, '-', '_') . "_$name$what",
            $this->view->textOr("field_$name$what", $otherwise),
        );
    }
}
