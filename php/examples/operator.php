<?php

declare(strict_types=1);

// What an operator's script looks like. Who is locked out, what happened, keys, stores and numbers are at home in the command
// line `twofactor` (docs/cli.md), which works when PHP does not; here is what it leaves to PHP.
//
//     php php/examples/operator.php                        health
//     php php/examples/operator.php confirm USER REASON    lets somebody whose factor is new act on others at once
//     php php/examples/operator.php export USER            all that is kept about a user, as JSON
//     php php/examples/operator.php forget USER REASON     removes it; USER sets up anew at the next sign-in
//     php php/examples/operator.php forget-gone USER REASON
//                                                          the same of a user whom your application has deleted
//     php php/examples/operator.php require USER REASON [DAYS]
//                                                          USER has to set up anew, "everybody" all who have a factor: at
//                                                          the next sign-in, or after so many days
//     php php/examples/operator.php waive USER REASON      takes that back
//     php php/examples/operator.php rules                  the rules of who needs a second factor, as they were set
//     php php/examples/operator.php remove-rules REASON    takes them back; needs no licence
//     php php/examples/operator.php devices USER           the browsers that USER trusts; needs a licence
//     php php/examples/operator.php end-sign-ins REASON    ends everybody's sign-ins
//     php php/examples/operator.php confirm-provider NAME  codes go by a provider that was saved with a password alone
//     php php/examples/operator.php messages               the latest messages, and what became of them
//
// It uses the store and the keys of php.ini (twofactor.store, twofactor.key_file). Whoever can run it on the server's
// command line needs no second factor of their own for it: the audit has who and why, and that it was done here.

use TwoFactor\Verifier;

/** For whoever called this in a script: what did not work is not status 0. */
function fail(string $why, int $status = 2): never
{
    fwrite(STDERR, "$why\n");
    exit($status);
}

/** @param iterable<\JsonSerializable> $things each in a line */
function show(iterable $things): void
{
    foreach ($things as $thing) {
        echo json_encode($thing, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
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
[, $command, $whom, $reason, $days] = $argv + [1 => 'health', 2 => '', 3 => '', 4 => '0'];
if (in_array($command, ['confirm', 'forget', 'forget-gone', 'require', 'waive'], true) && ($whom === '' || $reason === '')) {
    fail("Whom, and why? $command USER REASON");
}
if (in_array($command, ['export', 'devices', 'remove-rules', 'end-sign-ins', 'confirm-provider'], true) && $whom === '') {
    fail("$command: of whom, which, or why?");
}
// A name in the place of an id would be an account of its own, about which nothing is kept.
$isKnown = static fn (string $id): bool => $verifier->account($id)->isEnrolled() || [...$verifier->audit($id, 1)] !== [];
if (in_array($command, ['confirm', 'export', 'forget', 'forget-gone', 'require', 'waive', 'devices'], true) && $whom !== 'everybody' && !$isKnown($whom)) {
    fail("Nothing is kept about $whom here. Are these the store, the site and the id (not the name) that your application uses?", 3);
}

switch ($command) {
    case 'health':
        foreach ($verifier->health()->checks() as $check) {
            printf("%-8s %-7s %s\n", $check->status()->value, $check->name(), $check->message());
        }
        exit($verifier->health()->isOk() ? 0 : 1);

    case 'confirm':
        $verifier->account($whom)->isEnrolled() || fail("User $whom has no second factor.", 3);
        $verifier->confirmOperator($whom, by: $operator, reason: $reason);
        echo "$whom acts on others from now on.\n";
        break;

    case 'export':
        echo $verifier->export($whom, by: $operator), "\n";
        break;

    case 'forget':
    case 'forget-gone':
        // Your application would mail them: they are handed out once.
        $messages = $verifier->forget($whom, by: $operator, reason: $reason, isGone: $command === 'forget-gone');
        echo "Everything that was kept about user $whom is removed. What stays: the id, and that you did it, when and why.\n",
            $messages === [] ? '' : "No mail was sent to them: tell them yourself.\n";
        break;

    case 'require':
        preg_match('/^\d{1,3}$/D', $days) === 1 || fail('After how many days? require USER|everybody REASON [DAYS]');
        $due = $days === '0' ? null : time() + 86400 * (int) $days;
        $whom === 'everybody'
            ? $verifier->requireAllEnrolments($due, $operator, $reason)
            : $verifier->requireEnrolment($whom, $due, $operator, $reason);
        $when = $due === null ? 'From now on' : 'From ' . gmdate(DATE_ATOM, $due) . ' on';
        $whose = $whom === 'everybody' ? 'anybody who has a second factor' : $whom;
        echo "$when no sign-in of $whose ends before a new one is set up.\n";
        break;

    case 'waive':
        $whom === 'everybody' ? $verifier->waiveAllEnrolments($operator, $reason) : $verifier->waiveEnrolment($whom, $operator, $reason);
        echo "Nothing is required of $whom any more.\n";
        break;

    case 'rules':
        echo $verifier->enforcement() ?? 'There are none.', "\n";
        break;

    case 'remove-rules':
        // Also those that cannot be read.
        $verifier->setEnforcement('', by: $operator, reason: $whom);
        echo "No rule asks anybody for a second factor any more. What is set up stays, and is asked for.\n";
        break;

    case 'devices':
        show($verifier->devices($whom));
        break;

    case 'end-sign-ins':
        $verifier->endAllSessions(by: $operator, reason: $whom);
        echo "Everybody signs in anew.\n";
        break;

    case 'confirm-provider':
        in_array($whom, array_map(static fn ($provider) => $provider->name(), $verifier->providers()), true)
            || fail("There is no provider $whom.");
        $verifier->saveProvider($whom, [], by: $operator);
        echo "Codes go by $whom from now on.\n";
        break;

    case 'messages':
        show($verifier->deliveries());
        break;

    default:
        fail('usage: operator.php [health | confirm USER REASON | export USER | forget USER REASON | forget-gone USER REASON'
            . ' | require USER REASON [DAYS] | waive USER REASON | rules | remove-rules REASON | devices USER | end-sign-ins REASON'
            . ' | confirm-provider NAME | messages]');
}
