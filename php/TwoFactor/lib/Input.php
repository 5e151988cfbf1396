<?php

/**
 * What a page is asked with: the fields of a form that changes something (Change), or of an address (Query).
 */

declare(strict_types=1);

namespace TwoFactorModule;

abstract class Input
{
    /** Pages show it again: no more of what was typed than a person types. */
    protected const LONGEST = 16384;

    /** '' where there is none. */
    abstract public function text(string $field): string;

    /** What was typed into a form, to be shown again there; nothing comes into a form from an address. */
    public function typed(string $field): string
    {
        return '';
    }

    /** @return array<string, string> by their names, to be shown again */
    public function texts(string ...$fields): array
    {
        return array_combine($fields, array_map(fn (string $field) => mb_strcut($this->text($field), 0, self::LONGEST), $fields));
    }

    /** 0 where there is none. */
    public function number(string $field): int
    {
        $text = $this->text($field);
        return ctype_digit($text) && strlen($text) < 10 ? (int) $text : 0;
    }
}
