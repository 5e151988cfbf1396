<?php

/**
 * What pages of a large site take: 100 000 accounts and 1 000 000 events, in MariaDB or MySQL, each question asked by itself as
 * a request asks it. Printed are the median and the longest of each, and how much memory PHP had at most.
 *
 *   php -d extension=… benches/php/many.php fill URL [ACCOUNTS [EVENTS]]   makes them; a URL of script/mariadb
 *   php -d extension=… benches/php/many.php measure URL                    with TWOFACTOR_FAKES, whose gateway gives a licence
 *
 * Accounts are made by the extension, with a few events each, whose chains are whole. The rest of the events are copies of those,
 * made by the database: they are counted, listed and exported as any, and no chain has them.
 */

declare(strict_types=1);

use TwoFactor\{AuditEvent, Verifier};

require dirname(__DIR__, 2) . '/tests/host/Fakes.php';

const KEY = '/twofactor-many.key';
const DAYS = 90;

final class ManyClock
{
    public function __construct(public int $time)
    {
    }

    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable("@$this->time");
    }
}

[, $do, $url] = $argv + [1 => '', ''];
$parts = parse_url($url);
$database = new PDO(
    sprintf('mysql:host=%s;port=%d;dbname=%s', $parts['host'], $parts['port'], ltrim($parts['path'], '/')),
    $parts['user'],
    $parts['pass'],
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
$key = sys_get_temp_dir() . KEY;
is_file($key) || Verifier::createKeyFile($key);
$settings = ['store' => $url, 'key_file' => $key, 'new_site' => '1'];

if ($do === 'fill') {
    [$accounts, $events] = [(int) ($argv[3] ?? 100_000), (int) ($argv[4] ?? 1_000_000)];
    // Only to fill it: what is measured is measured as a site runs it.
    $database->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 0');
    $clock = new ManyClock(time() - DAYS * 86_400);
    $verifier = Verifier::open($settings + ['clock' => $clock]);
    $start = $clock->time;
    for ($n = 0; $n < $accounts; $n++) {
        $clock->time = $start + intdiv($n * DAYS * 86_400, $accounts);
        $verifier->unlock(sprintf('user%06d', $n), by: 'bench', reason: 'filled');
    }
    for ($have = $accounts; $have < $events; $have += $more) {
        // Each a copy of one that is there, with another kind of event, a later place in no chain, and a time of its own.
        $more = min($have, $events - $have);
        $database->exec("INSERT INTO twofactor_audit (site, user, seq, at, body, mac)
            SELECT site, user, seq + 1000000 + $have, at, ELT(1 + (id % 6),
                '{\"kind\":\"factor.accepted\",\"method\":\"totp\",\"purpose\":\"login\",\"requester\":\"password\",\"ip\":\"192.0.2.7\"}',
                '{\"kind\":\"challenge.opened\",\"purpose\":\"login\",\"requester\":\"password\",\"ip\":\"192.0.2.7\"}',
                CONCAT('{\"kind\":\"factor.rejected\",\"method\":\"totp\",\"purpose\":\"login\",\"requester\":\"password\",\"ip\":\"198.51.', id % 250, '.', id % 7, '\"}'),
                '{\"kind\":\"code.sent\",\"method\":\"sms\",\"purpose\":\"login\",\"requester\":\"password\"}',
                '{\"kind\":\"factor.enrolled\",\"method\":\"totp\",\"requester\":\"password\"}',
                '{\"kind\":\"factor.blocked\",\"method\":\"totp\",\"purpose\":\"login\",\"requester\":\"password\"}'), mac
            FROM twofactor_audit ORDER BY at LIMIT $more");
    }
    $database->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    $database->exec('ANALYZE TABLE twofactor_audit, twofactor_account');
    exit;
}

$fakes = new TwoFactorTests\Fakes();
$gateway = $fakes->gateway();
$fakes->setClock(time());
$open = static fn (): Verifier => Verifier::open($settings + [
    'licence_key' => $gateway['licence_key'],
    'licence_url' => $gateway['url'],
    'licence_public_keys' => implode(', ', $gateway['keys']),
    'site_url' => $gateway['site_url'],
    'http_ca_file' => $fakes->about['ca'],
]);
$verifier = $open();
$verifier->renewLicence(true);

/** @param callable(int): mixed $ask until it says null, or that often */
function asked(string $what, callable $ask, int $most): void
{
    $times = [];
    memory_reset_peak_usage();
    $before = memory_get_usage();
    for ($n = 0; $n < $most; $n++) {
        $begin = hrtime(true);
        $answer = $ask($n);
        $times[] = (hrtime(true) - $begin) / 1e6;
        if ($answer === null) {
            break;
        }
        unset($answer);
    }
    sort($times);
    printf("%-58s %6d × %8.1f ms, longest %8.1f ms, %6.1f MB\n", $what, count($times), $times[intdiv(count($times), 2)], end($times), (memory_get_peak_usage() - $before) / 1e6);
}

printf("%d accounts, %d events\n", ...array_map(static fn (string $table) => $database->query("SELECT COUNT(*) FROM twofactor_$table")->fetchColumn(), ['account', 'audit']));
asked('metrics(), counting 3000 events', static fn () => $verifier->metrics(), 5);
asked('refreshFigures(), a turn, until nothing is left', static fn () => $verifier->refreshFigures() ? null : true, 1000);
asked('figures(90)', static fn () => $verifier->figures(), 30);
asked('figures(400), decoded', static fn () => json_decode($verifier->figures(400), true), 30);
asked('metrics(), nothing new', static fn () => $verifier->metrics(), 30);
asked('accounts(), the first page', static fn () => $verifier->accounts('', 50), 30);
asked('accounts(), a page in the middle', static fn () => $verifier->accounts('', 50, 'user050000'), 30);
asked('accounts(), searched for one', static fn () => $verifier->accounts('099999', 50), 30);
asked('accounts(), searched for nobody', static fn () => $verifier->accounts('nobody', 50), 30);
asked('audit(), the first page', static fn () => $verifier->audit(null, 51), 30);
asked('audit() of one user', static fn (int $n) => $verifier->audit(sprintf('user%06d', $n * 97), 51), 30);
asked('auditIsIntact() of one user', static fn (int $n) => $verifier->auditIsIntact('nobody') ?: true, 30);
$after = null;
asked('events(), a thousand at a time, all of them', static function () use ($verifier, &$after): ?array {
    $page = $verifier->events($after, 1000);
    $last = end($page);
    $after = $last instanceof AuditEvent ? $last->id() : $after;
    return $last ? array_map(json_encode(...), $page) : null;
}, 5000);
// A year later all of it is too old: what goes is what is whole, fifty of a user at most with a change, and two others with each sixteenth.
$late = new ManyClock(time() + 366 * 86_400);
$pruning = Verifier::open($settings + ['clock' => $late]);
for ($n = 0; $n < 600; $n++) {
    $verifier->unlock('pruned' . $n % 10, by: 'bench', reason: 'to go');
}
asked('unlock(), with fifty events that go', static fn (int $n) => $pruning->unlock("pruned$n", by: 'bench', reason: 'old') ?? true, 10);
asked('unlock(), looking after two others each sixteenth time', static fn (int $n) => $pruning->unlock('late', by: 'bench', reason: 'old') ?? true, 500);
