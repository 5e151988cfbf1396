<?php

/**
 * A table as a file: comma-separated values (RFC 4180), in UTF-8.
 *
 * Programs that open such a file take what begins with one of a few signs for a formula, and somebody else may have chosen
 * what stands in a cell: such a cell begins with an apostrophe, which they do not show (OWASP, CSV Injection).
 */

declare(strict_types=1);

namespace TwoFactorProModule;

final class Sheet
{
    /**
     * @param list<string> $head
     * @param list<list<string|int>> $rows as long as the head
     */
    public static function csv(array $head, array $rows): string
    {
        return implode('', array_map(self::line(...), [$head, ...$rows]));
    }

    /** @param list<string|int> $cells */
    public static function line(array $cells): string
    {
        return implode(',', array_map(self::cell(...), $cells)) . "\r\n";
    }

    private static function cell(string|int $value): string
    {
        if (is_int($value)) {
            return (string) $value;
        }
        // Signs of a formula, also behind what is passed over before them.
        $text = preg_match('/\A\s*[=+\-@|%\x{FF0B}\x{FF0D}\x{FF1D}\x{FF20}]|\A[\t\r\n]/u', $value) === 0 ? $value : "'$value";
        return preg_match('/[",\r\n\']|\A\s|\s\z/', $text) === 1 ? '"' . strtr($text, ['"' => '""']) . '"' : $text;
    }
}
