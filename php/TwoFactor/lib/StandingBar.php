<?php

/**
 * A bar on top of a whole admin page, whatever its theme, and in nothing else that the admin answers with: downloads,
 * data, fragments that a script asks for, what is shown in a frame of a page.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class StandingBar
{
    /** In bytes. A page that is longer goes on its way as it grows, as without this buffer; the bar is in its beginning. */
    private const HELD_BACK = 1 << 20;
    /** From the doctype to what opens the body, behind a head that may speak of bodies itself. */
    private const TOP = '~\A\s*(?:<!doctype\s+html\b|<html\b).*?</head>(?:\s|<!--.*?-->)*<body\b[^>]*>~is';

    /** @param (\Closure(): bool)|null $stands asked when the page is sent; without opening anything, for the site's database may be closed */
    public static function put(string $bar, ?\Closure $stands = null): void
    {
        if (!self::isPageAsked()) {
            return;
        }
        ob_start(static function (string $output, int $phase) use ($bar, $stands): string {
            $isTop = ($phase & PHP_OUTPUT_HANDLER_START) !== 0
                && ($stands === null || $stands())
                && self::isPage(headers_list())
                && preg_match(self::TOP, $output, $top) === 1;
            return $isTop ? $top[0] . $bar . substr($output, strlen($top[0])) : $output;
        }, self::HELD_BACK);
    }

    /** Browsers say what they want it for: a page, or a frame in one, or something for a script. */
    private static function isPageAsked(): bool
    {
        return ($_SERVER['HTTP_SEC_FETCH_DEST'] ?? 'document') === 'document'
            && !isset($_SERVER['HTTP_X_REQUESTED_WITH'])
            && ($_REQUEST['showtemplate'] ?? '') !== 'false'
            && !isset($_REQUEST['suppressoutput']);
    }

    /** Whether the page is asked for that a bar about one's own factors leads to. */
    public static function isOnOwnPage(): bool
    {
        $asked = $_REQUEST['mact'] ?? '';
        return is_string($asked) && str_starts_with($asked, 'TwoFactor,m1_,preferences');
    }

    /** @param list<string> $headers of the answer */
    private static function isPage(array $headers): bool
    {
        return preg_grep('~^Content-Disposition:~i', $headers) === []
            && preg_grep('~^Content-Type:(?!\s*text/html\b)~i', $headers) === [];
    }
}
