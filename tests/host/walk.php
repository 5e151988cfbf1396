<?php

/**
 * Walks through the demo without a person: oathtool is the phone, every step says what it saw, and the first
 * surprise ends with status 1. It does not wait for the clock: with one step accepted to either side there are
 * three codes to be had at any moment (started late in a step, it waits the few seconds to the next), and
 * backup codes for the rest.
 */

declare(strict_types=1);

namespace TwoFactorTests;

require __DIR__ . '/autoload.php';

function step(bool $holds, string $what, ?Page $page = null): void
{
    static $number = 0;
    printf("%s %2d  %s\n", $holds ? 'ok    ' : 'NOT OK', ++$number, $what);
    if (!$holds) {
        $page && fwrite(STDERR, "\n$page->status $page->url\n{$page->text()}\n");
        exit(1);
    }
}

$site = new Site();
register_shutdown_function($site->stop(...));
pcntl_async_signals(true);
foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
    pcntl_signal($signal, static fn () => exit(130));
}
printf("a site on %s, %s login flow, embedded store\n\n", $site->url, $site->flow());

$result = $site->install();
step(str_contains($result, 'TwoFactor'), "the module is installed: $result");

$anna = new Person($site, 'anna');
$page = $anna->givePassword();
step($anna->isIn() === 'anna', 'anna has no second factor yet and signs in with her password', $page);

$page = $anna->startEnrolment();
step(str_contains($page->body, '<svg'), 'the page shows a QR code and the secret', $page);
$page = $anna->send($page, 'confirm', ['code' => $anna->phone->wrong()]);
step(Person::codesOn($page) === [], 'a wrong code does not enrol her phone', $page);
$page = $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
$anna->codes = Person::codesOn($page);
step(count($anna->codes) === 10, 'the right code does, and she gets ten backup codes', $page);

$page = $anna->signOut();
step($anna->isIn() === null, 'she signs out', $page);

$page = $anna->givePassword();
step(Person::isChallenge($page) && $anna->isIn() === null, 'her password alone no longer signs in: a code is asked for', $page);
$page = $anna->givePassword();
$page = $anna->answer($page, $anna->phone->code());
step($anna->isIn() === 'anna', 'her password and a code do', $page);

$thief = $anna->elsewhere();
$page = $thief->answer($thief->givePassword(), $anna->phone->again());
step(Person::isChallenge($page) && $thief->isIn() === null, 'the same code in another browser is refused', $page);

for ($i = 0; $i < 6; $i++) {
    $page = $thief->answer($page, $anna->phone->wrong(), 'totp');
}
step((bool) preg_match('/minute|second/', $page->text()), 'after guessing, the page says: ' . trim($page->one('//*[@role="alert"]')?->textContent ?? ''), $page);
$right = $anna->phone->code();
$page = $thief->answer($page, $right, 'totp');
step($thief->isIn() === null, 'now even a right code is refused', $page);

$home = $anna->elsewhere();
$page = $home->answer($home->givePassword(), $anna->codes[0], 'backup');
step($home->isIn() === 'anna', 'a backup code signs in all the same', $page);
$again = $anna->elsewhere();
$page = $again->answer($again->givePassword(), $anna->codes[0], 'backup');
step($again->isIn() === null, 'the same backup code a second time is refused', $page);

$admin = new Person($site, 'admin');
$admin->givePassword();
$page = $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'shown in the demo']);
$page = $again->answer($again->givePassword(), $right, 'totp');
step($again->isIn() === 'anna', 'the administrator ends the lock, and the code that was refused works', $page);

step($site->complaints() === [], 'PHP had nothing to complain about' . implode('', $site->complaints()));
echo "\nThe demo went as it should.\n";
