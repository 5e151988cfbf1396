<?php

/**
 * Walks through the whole extension once, for valgrind: every class is made, every kind of refusal thrown,
 * objects die in odd orders. Says what went wrong and exits 1 if it did: a walk that stopped early proves
 * nothing about memory.
 */

declare(strict_types=1);

use TwoFactor\{Client, LoginState, Method, Purpose, Secret, Totp, User, Verifier};
use TwoFactor\Exception\{ChallengeClosed, ConfigurationError, Denied, LockedOut, Rejected, StepUpRequired};

$steps = 0;
function holds(bool $condition, string $what): void
{
    global $steps;
    $steps++;
    if (!$condition) {
        fwrite(STDERR, "not so: $what\n");
        exit(1);
    }
}

/** @param class-string<Throwable> $class */
function refused(string $class, callable $what): Throwable
{
    try {
        $what();
    } catch (Throwable $e) {
        holds($e instanceof $class, "a $class, but it is " . get_class($e) . ': ' . $e->getMessage());
        return $e;
    }
    holds(false, "a $class is thrown");
    exit(1);
}

$clock = new class () {
    public int $time = 1_800_000_000;
    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable('@' . $this->time);
    }
};

$folder = sys_get_temp_dir() . '/twofactor-walk-' . getmypid();
mkdir($folder, 0700);
register_shutdown_function(static function () use ($folder): void {
    array_map('unlink', glob("$folder/*"));
    rmdir($folder);
});
Verifier::createKeyFile("$folder/walk.key");
refused(ConfigurationError::class, static fn () => Verifier::createKeyFile("$folder/walk.key"));

$stores = [
    ['store' => 'memory:', 'clock' => $clock],
    ['store' => "sqlite:$folder/walk.sqlite", 'key_file' => "$folder/walk.key", 'clock' => $clock],
];
foreach ($stores as $settings) {
    $verifier = Verifier::open($settings);
    $client = new Client('192.0.2.7', 'valgrind');
    $user = new User('7', 'Ada', 'ada@example.org', ['Admin'], 'en');

    holds($verifier->beginLogin($user, $client)->state() === LoginState::Allowed, 'nothing is due before enrolment');
    refused(Denied::class, static fn () => $verifier->beginChallenge($user, Purpose::StepUp, $client));

    $setup = $verifier->startTotp($user);
    holds(str_contains($setup->qrSvg(), '<svg') && str_starts_with($setup->qrPng(2), "\x89PNG"), 'the QR code is drawn');
    $app = Totp::fromUri($setup->uri());
    refused(Rejected::class, static fn () => $verifier->confirmTotp($setup->token(), '000000', $client));
    $enrolled = $verifier->confirmTotp($setup->token(), $app->at($clock->time), $client);
    $codes = $enrolled->backupCodes();
    holds(count($codes) === 10, 'ten backup codes come with the first factor');

    $clock->time += 60;
    $login = $verifier->beginLogin($user, $client);
    holds($login->state() === LoginState::ChallengeRequired && $login->methods()[0] === Method::Totp, 'a code is due');
    refused(Rejected::class, static fn () => $verifier->verify($login->challenge(), Method::Totp, "12\0456", $client));
    $verified = $verifier->verify($login->challenge(), Method::Totp, $app->at($clock->time), $client);
    holds($verified->userId() === '7', 'the right code is accepted');
    refused(Denied::class, static fn () => $verifier->verify($login->challenge(), Method::Totp, $app->at($clock->time), $client));
    refused(ChallengeClosed::class, static fn () => $verifier->verify('nonsense', Method::Totp, '123456', $client));

    $login = $verifier->beginLogin($user, $client);
    $verifier->verify($login->challenge(), Method::BackupCode, $codes[0], $client);
    $login = $verifier->beginLogin($user, $client);
    refused(Rejected::class, static fn () => $verifier->verify($login->challenge(), Method::BackupCode, $codes[0], $client));

    $stepUp = $verifier->beginChallenge($user, Purpose::StepUp, $client);
    $clock->time += 60;
    $grant = $verifier->verify($stepUp->challenge(), Method::Totp, $app->at($clock->time), $client)->grant();
    refused(StepUpRequired::class, static fn () => $verifier->startTotp($user));
    refused(StepUpRequired::class, static fn () => $verifier->regenerateBackupCodes('7', 'nonsense'));
    holds(count($verifier->regenerateBackupCodes('7', $grant)->codes()) === 10, 'a proof a moment ago gives new codes');

    $login = $verifier->beginLogin($user, $client);
    for ($locked = null, $i = 0; $i < 10 && !$locked; $i++) {
        try {
            $verifier->verify($login->challenge(), Method::Totp, '000000', $client);
        } catch (LockedOut $locked) {
            holds($locked->retryAfter > 0, 'the lock says how long');
        } catch (Rejected) {
        }
    }
    holds($locked instanceof LockedOut, 'guessing is locked out');
    holds($verifier->account('7')->lockedUntil() !== null, 'the account shows the lock');
    $verifier->unlock('7', 'operator', 'walk');
    holds($verifier->account('7')->lockedUntil() === null, 'the lock is gone');

    foreach ($verifier->accounts() as $account) {
        json_encode($account);
    }
    $events = 0;
    foreach ($verifier->audit('7') as $event) {
        json_encode($event);
        $events++;
    }
    holds($events > 5 && $verifier->auditIsIntact('7'), 'the audit is there and whole');
    foreach ($verifier->health()->checks() as $check) {
        $check->message();
    }
    $verifier->raiseEpoch('7', 'operator', 'walk');
    $verifier->reset('7', 'operator', 'walk');
    holds(!$verifier->account('7')->isEnrolled(), 'after a reset nothing is enrolled');
    // Everything dies here in whatever order PHP likes, with a challenge open.
    unset($verifier, $login, $verified, $setup, $enrolled, $app);
}

$secret = Secret::generate();
holds(Secret::fromBase32($secret->toBase32())->equals($secret), 'a secret survives its text');
refused(ValueError::class, static fn () => Secret::fromBase32('short'));
refused(TypeError::class, static fn () => (new Totp($secret))->at('now'));
refused(Error::class, static fn () => clone $secret);
refused(Exception::class, static fn () => serialize($secret));
ob_start();
var_dump($secret);
ob_end_clean();
gc_collect_cycles();
echo "$steps steps\n";
