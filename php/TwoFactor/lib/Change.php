<?php

/**
 * A form that was sent on purpose: by POST, with the engine's own request key in the body, by the person
 * who is signed in. The engine accepts the key from the address as well and remembers addresses across a
 * login, so a link could carry a change; a body cannot be carried that way.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Change extends Input
{
    private const LONGEST_REASON = 200;
    private const LONGEST_OF_MANY = 65536;

    private function __construct()
    {
    }

    /** Whether the request asks for a change at all. A change asked for by GET is shown the page instead. */
    public static function isAsked(): bool
    {
        return ($_SERVER['REQUEST_METHOD'] ?? '') === 'POST';
    }

    /** Null when this request may change nothing. */
    public static function fromRequest(): ?self
    {
        $sent = $_POST[CMS_SECURE_PARAM_NAME] ?? null;
        $kept = $_SESSION[CMS_USER_KEY] ?? null;
        $genuine = self::isAsked()
            && is_string($sent) && is_string($kept) && $kept !== ''
            && hash_equals($kept, $sent);
        return $genuine ? new self() : null;
    }

    /** What was typed, without the spaces around it: pages show it again, so no more of it than a person types. */
    public function text(string $field): string
    {
        $value = $_POST[View::PREFIX . $field] ?? '';
        return is_string($value) ? mb_strcut(trim($value, " \t\r\n"), 0, self::LONGEST) : '';
    }

    /**
     * A field that is a list, or one of lists and texts: as the form has it, without the spaces around each text and without
     * what is neither. What is longer than LONGEST_OF_MANY is cut, and has to be refused by whoever reads it.
     *
     * @return array<mixed>
     */
    public function many(string $field): array
    {
        $clean = static function (mixed $value) use (&$clean): mixed {
            return is_array($value)
                ? array_filter(array_map($clean, $value), static fn (mixed $one) => $one !== null)
                : (is_string($value) ? mb_strcut(trim($value, " \t\r\n"), 0, self::LONGEST_OF_MANY) : null);
        };
        return (array) $clean($_POST[View::PREFIX . $field] ?? []);
    }

    public function typed(string $field): string
    {
        return $this->text($field);
    }

    /** Why somebody does something to others, for the audit. */
    public function reason(): string
    {
        return mb_strcut($this->text('reason'), 0, self::LONGEST_REASON);
    }

    /** Whether the form had this field at all. */
    public function has(string $field): bool
    {
        return isset($_POST[View::PREFIX . $field]);
    }
}
