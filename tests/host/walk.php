<?php

/**
 * Walks through the demo without a person: oathtool is the authenticator app, the Twilio of this machine carries what
 * goes to telephones, every step says what it saw, and the first surprise ends with status 1. It does not wait for the
 * clock, it moves the site's.
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

$site = new Site(['modules' => ['TwoFactor', 'TwoFactorPro']]);
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
$page = $admin->lookUp('anna');
step(!$page->has('//input[@value="unlock"]'), 'an administrator with only a password can do nothing for her', $page);
$admin->enrol();
$site->asOperator(static fn ($verifier) => $verifier->confirmOperator('1', 'the demo', 'who runs the server vouches for a new factor'));
$admin->stepUp();
$page = $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'shown in the demo']);
$page = $again->answer($again->givePassword(), $right, 'totp');
step($again->isIn() === 'anna', 'the administrator ends the lock, and the code that was refused works', $page);

$number = '+49 1512 3456789';
$fakes = new Fakes();
$site->offerReset();
$site->carriers([$fakes->provider(), $site->writer()], $fakes->ini() + ['twofactor.http_seconds' => '3']);
$bert = new Person($site, 'bert');
$bert->givePassword();
$page = $bert->send($bert->action('preferences'), 'start-phone', ['number' => $number]);
step(str_contains($page->text(), '+49 ••• 89') && count($fakes->sent()) === 1, 'bert gives his number, and an SMS went to ' . $fakes->sent()[0]['to'], $page);
$wrong = $fakes->code($number) === '123456' ? '654321' : '123456';
$page = $bert->send($page, 'confirm-destination', ['code' => $wrong]);
step(Person::codesOn($page) === [], 'a wrong code does not confirm it', $page);
$page = $bert->send($page, 'confirm-destination', ['code' => $fakes->code($number)]);
step(count(Person::codesOn($page)) === 10, 'the code from the SMS does, and he gets ten backup codes', $page);
$bert->signOut();

$site->clock->advance(61);
$page = $bert->givePassword();
step(Person::isChallenge($page) && $bert->isIn() === null && count($fakes->sent()) === 2, 'his password alone no longer signs in: another SMS is on its way', $page);
$page = $bert->answer($page, $fakes->code($number));
step($bert->isIn() === 'bert', 'his password and its code do', $page);
$bert->signOut();

$site->clock->advance(61);
$page = $bert->askForReset();
step(count($fakes->sent()) === 3 && $bert->isIn() === null, 'he has forgotten his password and asks for a code: an SMS is on its way', $page);
$page = $bert->resetStep($page, ['code' => $fakes->code($number)]);
$page = $bert->resetStep($page, ['password' => 'stapler', 'again' => 'stapler']);
step($page->has('//*[@role="status"]') && $bert->isIn() === null, 'with it he sets a new one, and is not signed in by that', $page);
step(count($fakes->sent()) === 4, 'an SMS tells his telephone that it was done', $page);

$fakes->fault('reset');
$site->clock->advance(61);
$page = $bert->givePassword('stapler');
step(Person::isChallenge($page) && count($fakes->sent()) === 4, 'the first provider cannot be reached, and the second carries the code', $page);
$page = $bert->answer($page, $site->handset($number)->code());
step($bert->isIn() === 'bert', 'new password and code sign him in', $page);

$fakes->fault('none');
$site->start($fakes->licensing() + $site->ini());
$fakes->setClock($site->clock->now());
$admin->signIn();
$admin->stepUp();
$page = $admin->page('/admin/modulemanager.php');
$form = $page->form(".//input[@name='module'][@value='TwoFactorPro'] and .//button[@name='install']");
$admin->browser->submit($page, $form, [], 'install');
$page = $admin->action('defaultadmin', ['tab' => 'premium']);
step(str_contains($page->text(), 'No licence'), 'the premium module adds a page, and says that there is no licence', $page);
$page = $admin->send($page, 'licence-enter', ['key' => $fakes->gateway()['licence_key']]);
step(str_contains($page->text(), 'the licence is good'), 'the administrator enters a key, and the gateway gives a licence', $page);
[$address, $certificate] = $site->secure();
$anna->browser = new Visitor($address, $certificate);
$page = $anna->givePassword();
step(Person::isChallenge($page) && $page->has('//input[@name="twofactor_trust"]'), 'over HTTPS anna is asked whether this browser is to be trusted', $page);
$site->clock->advance(30);
$page = $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1']);
$trusted = preg_grep('/^__Host-/', array_keys($anna->browser->cookies));
step($anna->isIn() === 'anna' && count($trusted) === 1, 'she wants that, and has a cookie for this host alone', $page);
$anna->signOut();
$page = $anna->givePassword();
step($anna->isIn() === 'anna', 'from then on her password alone signs her in there', $page);
$page = $anna->elsewhere()->givePassword();
step(Person::isChallenge($page), 'and in no other browser', $page);
$anna->browser = new Visitor($site->url);
$site->clock->advance(40 * 86400);
$page = $anna->elsewhere()->givePassword();
step(Person::isChallenge($page), 'when it has ended, a code is asked for as before', $page);
$page = $anna->signIn();
step($anna->isIn() === 'anna', 'and anna signs in with hers', $page);

$accounts = json_decode((string) shell_exec($site->program('user list --json')), true)['accounts'] ?? [];
step(array_intersect(['2', '3'], array_column($accounts, 'userId')) === ['2', '3'], "the server's command line lists anna and bert");

step($site->complaints() === [], 'PHP had nothing to complain about' . implode('', $site->complaints()));
echo "\nThe demo went as it should.\n";
