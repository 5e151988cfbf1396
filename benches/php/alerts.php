<?php

/**
 * What a turn of alerts takes while many events wait: sign-ins of 1 000 users, half of the events of the proofs and half without one,
 * are looked at to the end, turn by turn. Printed are the turns with the median and the longest, in milliseconds of the processor (of
 * this process: not MariaDB's), what they handed out, and a turn when nothing waits.
 *
 *   php -d extension=… benches/php/alerts.php URL [EVENTS [LIMIT]]     with TWOFACTOR_FAKES, whose gateway gives a licence; an empty
 *                                                              store: a URL of script/mariadb, sqlite:/a/file or memory:
 */

declare(strict_types=1);

use TwoFactor\{Client, Method, Totp, User, Verifier};

require dirname(__DIR__, 2) . '/tests/host/autoload.php';

const USERS = 1_000;

$clock = new class {
    public int $time = 0;

    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable("@$this->time");
    }
};
[, $url, $events, $limit] = $argv + [1 => 'memory:', '100000', '50'];
$fakes = new TwoFactorTests\Fakes();
$gateway = $fakes->gateway();
$clock->time = $fakes->about['now'];
$verifier = Verifier::open(['store' => $url, 'new_site' => '1', 'clock' => $clock, 'http_ca_file' => $fakes->about['ca'], 'licence_url' => $gateway['url'],
    'site_url' => $gateway['site_url'], 'licence_key' => $gateway['licence_key'], 'licence_public_keys' => implode(', ', $gateway['keys'])]);
$verifier->renewLicence(true);
$people = [];
for ($n = 1; $n <= USERS; $n++) {
    $user = new User((string) $n, "user$n", "user$n@example.org");
    $setup = $verifier->startTotp($user);
    $phone = Totp::fromUri($setup->uri());
    $verifier->noticesSent(array_map(static fn ($it) => $it->id(), $verifier->confirmTotp($setup->token(), $phone->at($clock->time), new Client('192.0.2.7'))->notices()));
    $people[] = [$user, $phone];
}
// What was before is told to nobody.
$verifier->alerts();
// A challenge and a proof from another network each time: two events, one of which is unusual.
for ($done = 0; $done < (int) $events; $done += 2 * USERS) {
    $clock->time += 30;
    foreach ($people as $n => [$user, $phone]) {
        $client = new Client(sprintf('10.%d.%d.7', intdiv($done, 2 * USERS), $n % 250));
        $verifier->verify($verifier->beginLogin($user, $client)->challenge(), Method::Totp, $phone->at($clock->time), $client);
    }
}
$clock->time += 60;
[$times, $told, $all] = [[], 0, hrtime(true)];
$used = static fn (): float => array_sum(array_map(static fn (string $of) => getrusage()["ru_$of.tv_sec"] * 1e3 + getrusage()["ru_$of.tv_usec"] / 1e3, ['utime', 'stime']));
do {
    $clock->time++;
    $begin = $used();
    $messages = $verifier->alerts((int) $limit);
    $times[] = $used() - $begin;
    $told += count($messages);
    $verifier->noticesSent(array_map(static fn ($it) => $it->id(), $messages));
    $moved = strtotime((string) json_decode($verifier->alertRecord(), true)['movedAt']);
} while ($moved === $clock->time && count($times) < 10_000);
$last = array_pop($times);
$sum = array_sum($times);
sort($times);
printf(
    "%d events in %d turns: %.0f ms (%.0f s on the clock), a turn %.1f ms, the longest %.1f ms; %d mails; %.1f MB. With nothing to look at: %.2f ms\n",
    $done,
    count($times),
    $sum,
    (hrtime(true) - $all) / 1e9,
    $times[intdiv(count($times), 2)],
    end($times),
    $told,
    memory_get_peak_usage() / 1e6,
    $last,
);
