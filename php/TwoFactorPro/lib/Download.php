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
}
