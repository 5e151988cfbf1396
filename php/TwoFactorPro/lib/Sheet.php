<?php

/**
 * A table as a file: comma-separated values (RFC 4180), in UTF-8.
 *
 * Programs that open such a file take what begins with one of a few signs for a formula, and somebody else may have chosen
 * what stands in a cell: such a cell begins with an apostrophe (OWASP, CSV Injection). Where a spreadsheet splits at other signs
 * than commas (a semicolon in many countries, a tab), quotation marks in the middle of its cell mean nothing to it, so there a cell
 * may begin, and a row, after every one of these signs: there it begins with an apostrophe, too.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

final class Sheet
{
    /** What is passed over on the way to the sign of a formula; and those signs, the wide ones of East Asian keyboards among them. */
    private const PASSED = '[\s\p{Z}\p{C}"]*+';
    private const BLANK = '["\p{Z}\p{Cf}]*+';
    private const SIGNS = '[=+\-@|%\x{FF0B}\x{FF0D}\x{FF1D}\x{FF20}]';
    /**
     * Where a cell may begin that must not begin as it does; a cell that ended so would make another one of the quotation mark
     * behind it.
     */
    private const FORMULA = '/\A(?=' . self::BLANK . '[\t\r\n]|' . self::PASSED . self::SIGNS . ')'
        . '|([,;|\t\n]|\r\n?+)(?=' . self::BLANK . '(?:\t|\r(?!\n))|' . self::PASSED . '(?:' . self::SIGNS . '|\z))/u';

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
        $text = preg_match('//u', $value) === 1 ? $value : (string) preg_replace('/[^\x20-\x7E]/', '?', $value);
        $text = (string) preg_replace(self::FORMULA, "$1'", $text);
        return preg_match('/[",;|\t\r\n\']|\A\s|\s\z/', $text) === 1 ? '"' . strtr($text, ['"' => '""']) . '"' : $text;
    }
}
