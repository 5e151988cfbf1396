<?php

/**
 * A file for whoever looks at a page, sent part by part as it is made: however long it is, a part of it is in memory.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\View;

final class Download
{
    private const TYPES = [
        'csv' => 'text/csv; charset=utf-8; header=present',
        'json' => 'application/json',
        'jsonl' => 'application/jsonl; charset=utf-8',
    ];
    /** Those that lists may be. */
    public const LISTS = ['csv', 'jsonl'];
    /** Seconds that a part may take. */
    private const PATIENCE = 60;

    /**
     * Ends the request.
     *
     * @param key-of<self::TYPES> $kind
     * @param iterable<string> $parts
     */
    public static function send(View $view, string $name, string $kind, iterable $parts): never
    {
        // Other pages of whoever waits for a long file do not wait, too.
        session_write_close();
        while (ob_get_level() > 0 && @ob_end_clean()) {
            continue;
        }
        $view->noStore();
        header('Content-Type: ' . self::TYPES[$kind]);
        header(sprintf('Content-Disposition: attachment; filename="two-factor-%s-%s.%s"', $name, date('Y-m-d'), $kind));
        header('X-Content-Type-Options: nosniff');
        foreach ($parts as $part) {
            function_exists('set_time_limit') && set_time_limit(self::PATIENCE);
            echo $part;
            flush();
        }
        exit;
    }

    /**
     * A list as the parts of such a file. Where something fails on the way the last line says so.
     *
     * @param value-of<self::LISTS> $kind
     * @param list<string> $head what the cells of a row are called
     * @param iterable<list<array<string, string|int>>> $pages of rows
     * @return \Generator<int, string>
     */
    public static function list(string $kind, array $head, iterable $pages, string $incomplete): \Generator
    {
        $line = $kind === 'csv'
            ? static fn (array $row): string => Sheet::line(array_values($row))
            : static fn (array $row): string => json_encode($row, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
        if ($kind === 'csv') {
            yield Sheet::line($head);
        }
        try {
            foreach ($pages as $rows) {
                yield implode('', array_map($line, $rows));
            }
        } catch (\Throwable) {
            yield $line(['incomplete' => $incomplete]);
        }
    }
}
