<?php

/**
 * Headers of every page on which somebody proves who they are, or changes how: it stands in nobody's frame, its
 * address goes to nobody, and it has no use for camera, microphone or place.
 *
 * A Content-Security-Policy of the site's own is not replaced: of several headers each applies (CSP level 3,
 * section 4.1.1). The engine sends its own after modules have run and replaces what is there by then, so ours is
 * looked for once more when the headers go out.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class PageHeaders
{
    private const POLICY = "frame-ancestors 'none'";

    private static bool $isAsked = false;

    public static function send(): void
    {
        if (self::$isAsked || headers_sent()) {
            return;
        }
        self::$isAsked = true;
        header('X-Frame-Options: DENY');
        header('Referrer-Policy: no-referrer');
        header('Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()');
        header('X-Content-Type-Options: nosniff');
        self::addPolicy();
        header_register_callback(self::addPolicy(...));
    }

    private static function addPolicy(): void
    {
        foreach (headers_list() as $line) {
            if (stripos($line, 'Content-Security-Policy:') === 0 && str_contains($line, self::POLICY)) {
                return;
            }
        }
        header('Content-Security-Policy: ' . self::POLICY, false);
    }
}
