<?php

/**
 * The end of a request, for what nobody is to wait for: where the server can end a request before its script (PHP-FPM,
 * LiteSpeed) the browser has its answer then, and the session is free for its next request. Under mod_php and php -S the
 * answer is complete when the script is, and this does nothing.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class RequestEnd
{
    private const FUNCTIONS = ['fastcgi_finish_request', 'litespeed_finish_request'];

    /** Whether the server can. */
    public static function isEarly(): bool
    {
        return self::functions() !== [];
    }

    /** Ends the request, if the server can; no header is sent and nothing put into the session after this. */
    public static function answer(): bool
    {
        if (!self::isEarly()) {
            return false;
        }
        session_write_close();
        foreach (self::functions() as $function) {
            $function();
        }
        return true;
    }

    /** @return list<callable-string> */
    private static function functions(): array
    {
        return array_values(array_filter(self::FUNCTIONS, function_exists(...)));
    }
}
