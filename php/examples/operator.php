<?php

declare(strict_types=1);

// What an operator does: see whether all is well, see who is blocked, let somebody back in.
//
//     php php/examples/operator.php                        health and blocked accounts
//     php php/examples/operator.php unlock USER REASON     ends a user's blocks
//     php php/examples/operator.php reset USER REASON      removes every factor of a user
//     php php/examples/operator.php release USER REASON    USER's factors may be changed again, after "this was not me"
//     php php/examples/operator.php temp-code USER REASON  a code for whoever lost everything: with the password it leads
//                                                          to setting up a new factor, once and within 15 minutes
//     php php/examples/operator.php suspend USER REASON    what is on a lost telephone proves nothing until it is resumed
//     php php/examples/operator.php resume USER REASON     everything that is suspended counts again
//     php php/examples/operator.php confirm USER REASON    lets somebody whose factor is new act on others at once
//     php php/examples/operator.php export USER            all that is kept about a user, as JSON
//     php php/examples/operator.php forget USER REASON     removes it; USER sets up anew at the next sign-in
//     php php/examples/operator.php forget-gone USER REASON
//                                                          the same of a user whom your application has deleted
//     php php/examples/operator.php require USER REASON [DAYS]
//                                                          USER has to set up anew, "everybody" all who have a factor: at
//                                                          the next sign-in, or after so many days
//     php php/examples/operator.php waive USER REASON      takes that back
//     php php/examples/operator.php owing                  who has to set up anew and has not yet
//     php php/examples/operator.php rules                  the rules of who needs a second factor, as they were set
//     php php/examples/operator.php remove-rules REASON    takes them back; needs no licence
//     php php/examples/operator.php devices USER           the browsers that USER trusts; needs a licence
//     php php/examples/operator.php end-devices USER REASON
//                                                          USER is asked in every browser again; needs no licence
//     php php/examples/operator.php confirm-provider NAME  codes go by a provider that was saved with a password alone
//     php php/examples/operator.php keys                   what each key of the key file is still needed for
//     php php/examples/operator.php audit USER             what happened to a user
//     php php/examples/operator.php events [AFTER] [--follow]
//                                                          what happened to everybody, as lines of JSON for a log: from
//                                                          the first event that is there, or after the one with that id
//     php php/examples/operator.php messages               the latest messages, and what became of them
//     php php/examples/operator.php metrics                what happened here and what providers did, as OpenMetrics text
//
// It uses the store and the keys of php.ini (twofactor.store, twofactor.key_file). Whoever can run it on the server's
// command line needs no second factor of their own for it: the audit has who and why, and that it was done here.

use TwoFactor\Exception\Unavailable;
use TwoFactor\Method;
use TwoFactor\Verifier;

/** For whoever called this in a script: what did not work is not status 0. */
function fail(string $why): never
{
    fwrite(STDERR, "$why\n");
    exit(2);
}

/** True also for an account that cannot be read, because its key is lost: that one can be reset. */
function isEnrolled(Verifier $verifier, string $userId): bool
{
    try {
        return $verifier->account($userId)->isEnrolled();
    } catch (Unavailable) {
        return true;
    }
}

// What is wrong with the settings, or that the store cannot be reached; PHP's error log has the reason.
set_exception_handler(static fn (Throwable $error) => fail($error->getMessage()));

if (!extension_loaded('twofactor')) {
    fail("PHP's extension twofactor is not loaded for the command line: sudo phpenmod -s cli twofactor");
}
$verifier = Verifier::open();
// get_current_user() would be the owner of this file.
$operator = getenv('SUDO_USER') ?: trim((string) shell_exec('id -un'));
[, $command, $userId, $reason, $days] = $argv + [1 => 'health', 2 => '', 3 => '', 4 => '0'];

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
                if ($since = $account->heldSince()) {
                    echo "changes on hold since {$since->format(DATE_ATOM)}: $last\n";
                }
            }
        } while (count($page) === 100);
        exit($verifier->health()->isOk() ? 0 : 1);

    case 'unlock':
    case 'reset':
    case 'release':
    case 'temp-code':
    case 'suspend':
    case 'resume':
    case 'confirm':
    case 'end-devices':
        if ($userId === '' || $reason === '') {
            fail("Whom, and why? $command USER REASON");
        }
        // Whoever was reset while changes were on hold has none.
        if ($command !== 'release' && !isEnrolled($verifier, $userId)) {
            fail("$userId has no second factor here. Are these the store, the site and the id that your application uses?");
        }
        if ($command === 'unlock') {
            $verifier->unlock($userId, by: $operator, reason: $reason);
            echo "The blocks of $userId have ended.\n";
        } elseif ($command === 'release') {
            if ($verifier->account($userId)->heldSince() === null) {
                fail("Nothing of $userId is on hold.");
            }
            $verifier->releaseHold($userId, by: $operator, reason: $reason);
            echo "The second factors of $userId may be changed again.\n";
        } elseif ($command === 'temp-code') {
            echo $verifier->issueTemporaryCode($userId, by: $operator, reason: $reason), "\n";
        } elseif ($command === 'suspend') {
            foreach ($verifier->account($userId)->factors() as $factor) {
                if ($factor->method() === Method::Totp || $factor->method()->isPhone()) {
                    $verifier->suspendFactor($userId, $factor->id(), by: $operator, reason: $reason);
                }
            }
            echo "The apps and the number of $userId prove nothing until they are resumed.\n";
        } elseif ($command === 'resume') {
            foreach ($verifier->account($userId)->factors() as $factor) {
                $verifier->resumeFactor($userId, $factor->id(), by: $operator, reason: $reason);
            }
            echo "Everything of $userId counts again.\n";
        } elseif ($command === 'confirm') {
            $verifier->confirmOperator($userId, by: $operator, reason: $reason);
            echo "$userId acts on others from now on.\n";
        } elseif ($command === 'end-devices') {
            $verifier->revokeAllDevices($userId, by: $operator, reason: $reason);
            echo "$userId is asked for a second factor in every browser, and what signed in by a trusted one has ended.\n";
        } else {
            $verifier->reset($userId, by: $operator, reason: $reason);
            echo "$userId has no second factor any more.\n";
        }
        break;

    case 'export':
        $userId !== '' || fail('Of whom? export USER');
        echo $verifier->export($userId, by: $operator), "\n";
        break;

    case 'forget':
    case 'forget-gone':
        if ($userId === '' || $reason === '') {
            fail("Whom, and why? $command USER REASON");
        }
        // Your application would mail them: they are handed out once.
        $messages = $verifier->forget($userId, by: $operator, reason: $reason, isGone: $command === 'forget-gone');
        echo "Nothing is kept about $userId any more but that.\n", $messages === [] ? '' : "Nobody has told them.\n";
        break;

    case 'require':
    case 'waive':
        if ($userId === '' || $reason === '' || preg_match('/^\d{1,3}$/D', $days) !== 1) {
            fail($command === 'require' ? 'Whom, why, and after how many days? require USER|everybody REASON [DAYS]' : 'Whose, and why? waive USER|everybody REASON');
        }
        $due = $days === '0' ? null : time() + 86400 * (int) $days;
        $when = $due === null ? 'From now on' : 'From ' . gmdate(DATE_ATOM, $due) . ' on';
        if ($userId === 'everybody') {
            $command === 'require' ? $verifier->requireAllEnrolments($due, $operator, $reason) : $verifier->waiveAllEnrolments($operator, $reason);
        } else {
            $command === 'require' ? $verifier->requireEnrolment($userId, $due, $operator, $reason) : $verifier->waiveEnrolment($userId, $operator, $reason);
        }
        $whose = $userId === 'everybody' ? 'anybody who has a second factor' : $userId;
        echo $command === 'require' ? "$when no sign-in of $whose ends before a new one is set up.\n" : "Nothing is required of $userId any more.\n";
        break;

    case 'rules':
        echo $verifier->enforcement() ?? 'There are none.', "\n";
        break;

    case 'remove-rules':
        // Also those that cannot be read. The second word is the reason.
        $userId === '' && fail('Why? remove-rules REASON');
        $verifier->setEnforcement('', by: $operator, reason: $userId);
        echo "No rule asks anybody for a second factor any more. What is set up stays, and is asked for.\n";
        break;

    case 'devices':
        $userId === '' && fail('Whose? devices USER');
        foreach ($verifier->devices($userId) as $device) {
            echo json_encode($device, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
        break;

    case 'owing':
        foreach ($verifier->enrolledUserIds(toEnrol: true) as $id) {
            echo "$id\n";
        }
        break;

    case 'confirm-provider':
        if (!in_array($userId, array_map(static fn ($provider) => $provider->name(), $verifier->providers()), true)) {
            fail($userId === '' ? 'Which one? confirm-provider NAME' : "There is no provider $userId.");
        }
        $verifier->saveProvider($userId, [], by: $operator);
        echo "Codes go by $userId from now on.\n";
        break;

    case 'keys':
        foreach ($verifier->keyUse() as $key) {
            $need = $key['sealed'] + $key['derived'] === 0 ? 'may go, a day after it stopped being the first'
                : "{$key['sealed']} accounts are sealed with it, {$key['derived']} have their secrets from it";
            echo $key['key'], $key['present'] ? '' : ' (MISSING from the key file)', ": $need\n";
        }
        break;

    case 'audit':
        $events = [...$verifier->audit($userId)];
        if ($events === [] && $verifier->auditIsIntact($userId)) {
            echo "Nothing is recorded about $userId.\n";
            break;
        }
        foreach ($events as $event) {
            echo json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
        echo $verifier->auditIsIntact($userId) ? "The audit is intact.\n" : "Events are missing or were altered.\n";
        break;

    case 'events':
        $follow = in_array('--follow', $argv, true);
        $after = preg_match('/^\d+$/D', $userId) === 1 ? $userId : null;
        do {
            foreach ($events = [...$verifier->events($after)] as $event) {
                // A reader that has gone away ends this: PHP writes nothing more, and says so.
                if (fwrite(STDOUT, json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\n") === false) {
                    fail("Nobody reads any more. The last event was $after.");
                }
                $after = $event->id();
            }
            if ($events === [] && $follow) {
                sleep(1);
            }
        } while ($follow || $events !== []);
        break;

    case 'messages':
        foreach ($verifier->deliveries() as $message) {
            echo json_encode($message, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
        break;

    case 'metrics':
        echo $verifier->metrics();
        break;

    default:
        fail('usage: operator.php [health | unlock USER REASON | reset USER REASON | release USER REASON | confirm USER REASON | require USER REASON [DAYS] | waive USER REASON | owing | rules | remove-rules REASON | devices USER | end-devices USER REASON | confirm-provider NAME | keys | audit USER | events [AFTER] [--follow] | messages'
            . ' | metrics]');
}
