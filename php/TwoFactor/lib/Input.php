<?php

/**
 * What a page is asked with: the fields of a form that changes something (Change), or of an address (Query).
 */

declare(strict_types=1);

namespace TwoFactorModule;

abstract class Input
{
    /** '' where there is none. */
    abstract public function text(string $field): string;

    /** What was typed into a form, to be shown again there; nothing comes into a form from an address. */
    public function typed(string $field): string
    {
        return '';
    }

    /** 0 where there is none. */
    public function number(string $field): int
    {
        $text = $this->text($field);
        return ctype_digit($text) && strlen($text) < 10 ? (int) $text : 0;
    }
}
