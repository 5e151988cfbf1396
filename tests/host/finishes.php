<?php

// In front of every script of a site whose server ends a request before its script, as PHP-FPM does. `php -S` does not:
// the answer is out when the script ends, and not before.

function fastcgi_finish_request(): bool
{
    flush();
    return true;
}
