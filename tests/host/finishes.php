<?php

// In front of every script of a site whose server ends a request before its script, as PHP-FPM does. `php -S` does not:
// the answer is out when the script ends, and not before. From PHP 8.4 on it comes in front of the router, too.

if (!function_exists('fastcgi_finish_request')) {
    function fastcgi_finish_request(): bool
    {
        flush();
        return true;
    }
}
