<?php

/**
 * What differs from site to site. Copy it to where no web server serves files, and name the copy in API_CONFIG.
 *
 * - `database`: the service's own users and sessions
 * - `settings`: what Verifier::open() takes; better in php.ini (`twofactor.store`, `twofactor.key_file`, …)
 * - `mails`: a file in place of mail(), for trying it out
 */

declare(strict_types=1);

return [
    'database' => '/var/lib/example/users.sqlite',
    'settings' => ['issuer' => 'Example'],
    'mails' => null,
];
