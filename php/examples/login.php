<?php

declare(strict_types=1);

// A login with a second factor, from enrolment to sign-in, in the terminal.
//
//     php php/examples/login.php            asks for codes of your phone
//     php php/examples/login.php --phone    plays the phone, too
//
// Everything is kept in memory and ends with the script; leave `store` out to use php.ini's.

use TwoFactor\{Client, LoginState, Method, Totp, User, Verifier};
use TwoFactor\Exception\{Denied, LockedOut, Rejected};

$verifier = Verifier::open(['store' => 'memory:', 'issuer' => 'Example']);
$user = new User(id: '1', name: 'alice@example.org');
$client = Client::fromGlobals();

// 1. Enrol. Nothing is enrolled until a code proves that the phone has the secret. $setup->token() belongs into the
// session, never into the page: only who holds it goes on with this set-up.
$setup = $verifier->startTotp($user);
echo "Add this to an authenticator app:\n  {$setup->uri()}\n  or type {$setup->secret()}\n";

$phone = Totp::fromUri($setup->uri());
$played = in_array('--phone', $argv, true);
$waited = 0; // the phone's next code, without waiting for it
$ask = static function (string $what) use ($played, $phone, &$waited): string {
    $answer = $played ? $phone->at(time() + $waited) : readline("$what: ");
    $waited = 30;
    return $answer !== false ? $answer : exit("\n");
};

do {
    try {
        $enrolled = $verifier->confirmTotp($setup->token(), $ask('The code it shows'), $client);
    } catch (Rejected $rejected) {
        echo $rejected->getMessage(), "\n";
    }
} while (!isset($enrolled));
echo "Enrolled. Backup codes, shown once:\n  ", implode("\n  ", $enrolled->backupCodes()), "\n";

// 2. Sign in, after the password was right.
$login = $verifier->beginLogin($user, $client);
if ($login->state() !== LoginState::Allowed) {
    // $login->challenge() belongs into the session, never into the page.
    while (true) {
        try {
            $verified = $verifier->verify($login->challenge(), Method::Totp, $ask('The next code'), $client);
            break;
        } catch (LockedOut $locked) {
            exit("Too many attempts: try again in $locked->retryAfter seconds.\n");
        } catch (Rejected $rejected) {
            echo $rejected->getMessage(), "\n";
        } catch (Denied $denied) {
            exit($denied->getMessage() . "\n");
        }
    }
    echo "Signed in as {$verified->userId()} by {$verified->method()->value}.\n";
}

// 3. A backup code works once.
$code = $enrolled->backupCodes()[0];
$login = $verifier->beginLogin($user, $client);
$verified = $verifier->verify($login->challenge(), Method::BackupCode, $code, $client);
echo "Signed in with a backup code; {$verified->backupCodesLeft()} are left.\n";
try {
    $verifier->verify($verifier->beginLogin($user, $client)->challenge(), Method::BackupCode, $code, $client);
} catch (Rejected) {
    echo "The same backup code was refused.\n";
}
