<?php

declare(strict_types=1);

/**
 * The edges, for valgrind: every kind of object and exception, wrong arguments, dumps, clocks that
 * throw, cycles, both kinds of store that need no server, verifiers kept and pushed out.
 */

use TwoFactor\{Algorithm, Client, Method, PhoneNumber, Purpose, Secret, Totp, User, Verifier};

final class EdgeClock
{
    public int $time = 1_700_000_000;
    public bool $broken = false;

    public function now(): mixed
    {
        return $this->broken ? throw new DomainException('broken') : new DateTimeImmutable("@$this->time");
    }
}

function refused(callable $call): string
{
    try {
        $call();
    } catch (Throwable $thrown) {
        return $thrown::class . strlen($thrown->getTraceAsString());
    }
    throw new LogicException('not refused');
}

function walk(array $settings): void
{
    $clock = new EdgeClock();
    $verifier = Verifier::open($settings + ['clock' => $clock]);
    $user = new User('1', 'alice', 'alice@example.org', ['admin', 'editor'], 'de');
    $client = new Client('2001:db8::1', "Firefox\xff", 'token', ['X-Forwarded-For' => '192.0.2.1']);
    $setup = $verifier->startTotp($user);
    $verifier->pendingTotp($setup->token());
    strlen($setup->uri() . $setup->secret() . $setup->qrSvg() . $setup->qrPng(2));
    $phone = Totp::fromUri($setup->uri());
    refused(fn () => $verifier->confirmTotp($setup->token(), '000000', $client));
    $enrolled = $verifier->confirmTotp($setup->token(), $phone->at($clock->time), $client);
    $clock->time += 30;
    $login = $verifier->beginLogin($user, $client);
    $verified = $verifier->verify($login->challenge(), Method::Totp, $phone->at($clock->time), $client);
    refused(fn () => $verifier->verify($login->challenge(), Method::Totp, 'x', $client));
    $clock->time += 30;
    $step = $verifier->beginChallenge($user, Purpose::StepUp, $client);
    $grant = $verifier->verify($step->challenge(), Method::Totp, $phone->at($clock->time), $client)->grant();
    $verifier->setPrimary('1', Method::Totp, $grant);
    $codes = $verifier->regenerateBackupCodes('1', $grant)->codes();
    $verifier->verify($verifier->beginLogin($user, $client)->challenge(), Method::BackupCode, $codes[0], $client);
    for ($i = 0; $i < 7; $i++) {
        refused(fn () => $verifier->verify($verifier->beginLogin($user, $client)->challenge(), Method::Totp, '000000', $client));
    }
    $account = $verifier->account('1');
    $account->lockedUntil()->format('c');
    $account->lockedUntil(Method::Totp);
    $account->lastVerifiedAt();
    $verifier->unlock('1', 'root', 'walk');
    $verifier->raiseEpoch('1', 'root', 'walk');
    $shown = [$verifier, $user, $client, $setup, $phone, $enrolled, $login, $verified, $account, ...$verifier->accounts('1', 10, ''), ...$verifier->audit('1', 5), $verifier->health(), ...$verifier->health()->checks()];
    strlen(print_r($shown, true) . json_encode($shown) . var_export($shown, true));
    foreach ($shown as $object) {
        refused(fn () => clone $object);
        refused(fn () => serialize($object));
        refused(fn () => $object->extra = 1);
        refused(fn () => $object->__construct(...[]));
    }
    $verifier->auditIsIntact('1');
    $clock->broken = true;
    refused(fn () => $verifier->account('1'));
    refused(fn () => $verifier->health());
    $clock->broken = false;
    $verifier->reset('1', 'root', 'walk');
    refused(fn () => $verifier->verify([], 1, null, $client));
    refused(fn () => $verifier->audit(before: 'x'));
    refused(fn () => $verifier->account("\xff"));
}

ini_set('error_log', '/dev/null');
$folder = sys_get_temp_dir() . '/twofactor-edges-' . getmypid();
mkdir($folder, 0700);
Verifier::createKeyFile("$folder/key");
refused(fn () => Verifier::createKeyFile("$folder/key"));

for ($round = 0; $round < 2; $round++) {
    walk(['store' => 'memory:']);
    walk(['store' => 'memory:', 'key_file' => "$folder/key"]);
    walk(['store' => "sqlite:$folder/accounts.sqlite", 'site' => "round $round", 'new_site' => 1]);
}
// More than are kept.
for ($site = 0; $site < 12; $site++) {
    Verifier::open(['store' => "sqlite:$folder/accounts.sqlite", 'site' => "site $site", 'new_site' => 1])->account('1');
}
foreach ([['nonsense' => 1], ['store' => []], ['clock' => 1], ['store' => 'mysql://a:b@127.0.0.1:1/c', 'key_file' => "$folder/key"], ["\xff" => 'x'], ['key_file' => '/nonexistent']] as $wrong) {
    refused(fn () => Verifier::open($wrong));
}
foreach (Algorithm::cases() as $algorithm) {
    $totp = new Totp($secret = Secret::generate(32), $algorithm, 8, 60);
    $totp->match($totp->at(59), 59, 10);
    $totp->match("\xff", 59);
    $secret->equals(Secret::fromBase32($secret->toBase32()));
}
foreach (['+4915123456789' => null, '020 7183 8750' => 'GB', '011 49 15123456789' => 'US', '+870301234567' => null] as $input => $region) {
    $number = PhoneNumber::parse((string) $input, $region);
    strlen($number->e164() . $number->region() . $number->type() . $number->masked() . json_encode($number) . print_r($number, true));
    refused(fn () => clone $number);
}
foreach (['', "\xff", '0151', '+49 1512 3456789 ext. 5', str_repeat('9', 1 << 20)] as $input) {
    refused(fn () => PhoneNumber::parse($input));
}
refused(fn () => PhoneNumber::parse('01512 3456789', 'XX'));
refused(fn () => Secret::fromBase32('!'));
refused(fn () => Totp::fromUri('otpauth://'));
refused(fn () => new Totp(Secret::generate(), digits: 9));
Client::fromGlobals();
for ($i = 0; $i < 3; $i++) {
    $circle = new class extends ArrayObject {
        public function now(): DateTimeImmutable
        {
            return new DateTimeImmutable();
        }
    };
    $circle['verifier'] = Verifier::open(['store' => 'memory:', 'clock' => $circle]);
}
unset($circle);
gc_collect_cycles();
array_map('unlink', glob("$folder/*"));
rmdir($folder);
echo "done\n";
