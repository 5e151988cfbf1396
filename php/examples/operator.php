<?php

declare(strict_types=1);

// What an operator does: see whether all is well, see who is blocked, let somebody back in.
//
//     php -d extension=twofactor php/examples/operator.php                        health and blocked accounts
//     php -d extension=twofactor php/examples/operator.php unlock USER REASON     ends a user's blocks
//     php -d extension=twofactor php/examples/operator.php audit USER             what happened to a user
//
// It uses the store and the keys of php.ini (twofactor.store, twofactor.key_file).

use TwoFactor\Exception\{ConfigurationError, Unavailable};
use TwoFactor\Verifier;

/** For whoever called this in a script: what did not work is not status 0. */
function fail(string $why): never
{
    fwrite(STDERR, "$why\n");
    exit(2);
}

try {
    $verifier = Verifier::open();
} catch (ConfigurationError $error) {
    fail($error->getMessage());
} catch (Unavailable) {
    fail("The store cannot be reached; the reason is in PHP's error log.");
}

// get_current_user() would be the owner of this file.
$operator = getenv('SUDO_USER') ?: trim((string) shell_exec('id -un'));
[, $command, $userId, $reason] = $argv + [1 => 'health', 2 => '', 3 => ''];

switch ($command) {
    case 'health':
        foreach ($verifier->health()->checks() as $check) {
            printf("%-8s %-7s %s\n", $check->status()->value, $check->name(), $check->message());
        }
        $last = null;
        do {
            $page = [...$verifier->accounts(limit: 100, after: $last)];
            foreach ($page as $account) {
                $last = $account->userId();
                if (!$account->isReadable()) {
                    echo "cannot be read: $last\n";
                } elseif ($until = $account->lockedUntil()) {
                    echo "blocked until {$until->format(DATE_ATOM)}: $last\n";
                } elseif ($account->disabledMethods() !== []) {
                    echo "has a disabled method: $last\n";
                }
            }
        } while (count($page) === 100);
        exit($verifier->health()->isOk() ? 0 : 1);

    case 'unlock':
        if ($userId === '' || $reason === '') {
            fail('Whom, and why? unlock USER REASON');
        }
        $verifier->unlock($userId, by: $operator, reason: $reason);
        echo "The blocks of $userId have ended.\n";
        break;

    case 'audit':
        foreach ($verifier->audit($userId) as $event) {
            echo json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
        echo $verifier->auditIsIntact($userId) ? "The audit is intact.\n" : "Events are missing or were altered.\n";
        break;

    default:
        fail('usage: operator.php [health | unlock USER REASON | audit USER]');
}
