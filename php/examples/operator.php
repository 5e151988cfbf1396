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
use TwoFactor\{HealthStatus, Verifier};

try {
    $verifier = Verifier::open();
} catch (ConfigurationError $error) {
    exit($error->getMessage() . "\n");
} catch (Unavailable) {
    exit("The store cannot be reached; the reason is in PHP's error log.\n");
}

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
        $verifier->unlock($userId, by: get_current_user(), reason: $reason);
        echo "The blocks of $userId have ended.\n";
        break;

    case 'audit':
        foreach ($verifier->audit($userId) as $event) {
            echo json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
        echo $verifier->auditIsIntact($userId) ? "The audit is intact.\n" : "Events are missing or were altered.\n";
        break;

    default:
        exit("usage: operator.php [health | unlock USER REASON | audit USER]\n");
}
