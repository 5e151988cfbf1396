<?php

/**
 * A PHP process with verifiers of its own on one SQLite file: does what each line of its standard input says and
 * answers with a line, until that ends.
 *
 * php signin.php FILE
 */

declare(strict_types=1);

use TwoFactor\{Client, Method, Totp, User, Verifier};

ini_set('error_log', '/dev/null');
[, $file] = $argv;
$open = static fn (string $issuer): Verifier => Verifier::open(['store' => "sqlite:$file", 'issuer' => $issuer]);
$verifier = $open('One');
$second = null;
$client = new Client('192.0.2.1');
$challenge = '';

$do = [
    'enrol' => static function (string $id) use (&$verifier, $client): string {
        $setup = $verifier->startTotp(new User($id, "user$id"));
        $phone = Totp::fromUri($setup->uri());
        return implode(' ', $verifier->confirmTotp($setup->token(), $phone->at(time()), $client)->backupCodes());
    },
    'begin' => static function (string $id) use (&$verifier, &$challenge, $client): string {
        $login = $verifier->beginLogin(new User($id, "user$id"), $client);
        $challenge = (string) $login->challenge();
        return $login->state()->name;
    },
    'backup' => static function (string $code) use (&$verifier, &$challenge, $client): string {
        return 'verified ' . $verifier->verify($challenge, Method::BackupCode, $code, $client)->userId();
    },
    'left' => static fn (string $id): string => (string) $verifier->account($id)->backupCodesLeft(),
    // Another verifier of the same process, and what it says.
    'second' => static function (string $id) use (&$second, $open): string {
        $second ??= $open('Two');
        return (string) $second->account($id)->backupCodesLeft();
    },
    // As daemons start: the process that opened everything ends, a copy of it goes on.
    'fork' => static function (): string {
        $parent = getmypid();
        if (pcntl_fork() !== 0) {
            exit(0);
        }
        while (posix_getppid() === $parent) {
            usleep(1000);
        }
        return 'forked';
    },
    // As plugins that save a site do.
    'copy' => static function () use ($file): string {
        foreach (glob("$file*") as $one) {
            copy($one, "$one.copy");
            unlink("$one.copy");
        }
        return 'copied';
    },
    // As plugins that show databases do.
    'look' => static function () use ($file): string {
        $there = (new PDO("sqlite:$file"))->query('SELECT count(*) FROM account')->fetchColumn();
        return "looked at $there";
    },
];

while (($line = fgets(STDIN)) !== false) {
    [$what, $with] = explode(' ', rtrim($line), 2) + ['', ''];
    try {
        echo $do[$what]($with), "\n";
    } catch (Throwable $error) {
        echo $error::class, ' ', strtok($error->getMessage(), "\n"), "\n";
    }
}
