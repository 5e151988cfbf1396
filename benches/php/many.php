<?php

/**
 * What pages of a large site take: 100 000 accounts and 1 000 000 events, in MariaDB, MySQL or SQLite, each question asked by
 * itself as a request asks it. Printed are the median and the longest of each, what of the processor PHP and MariaDB used, which
 * is the same on a busy machine, and how much memory PHP had at most.
 *
 *   php -d extension=… benches/php/many.php fill URL [ACCOUNTS [EVENTS]]   makes them; a URL of script/mariadb, or sqlite:/a/file
 *   php -d extension=… benches/php/many.php measure URL                    with TWOFACTOR_FAKES, whose gateway gives a licence
 *   php -d extension=… benches/php/many.php pages URL                      pages of the CMS module for as many users, in the test
 *                                                                          host; with TWOFACTOR_EXTENSION and TWOFACTOR_FAKES
 *
 * A machine that does something else besides is measured with `nice -n -15 php …` and every thread of MariaDB at the same.
 *
 * Accounts are made by the extension, with a few events each, whose chains are whole; every fifth has an app. The rest of the
 * events are copies of those, made by the database: they are counted, listed and exported as any, and no chain has them.
 */

declare(strict_types=1);

use TwoFactor\{AuditEvent, Client, User, Verifier};

require dirname(__DIR__, 2) . '/tests/host/autoload.php';

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

/** The code of an app at that time (RFC 6238): every fifth account has one. */
function code(string $secret, int $time): string
{
    $bits = '';
    foreach (str_split(strtr($secret, [' ' => ''])) as $letter) {
        $bits .= str_pad(decbin((int) strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $letter)), 5, '0', STR_PAD_LEFT);
    }
    $key = implode('', array_map(static fn (string $byte) => chr(bindec($byte)), str_split(substr($bits, 0, 8 * intdiv(strlen($bits), 8)), 8)));
    $hash = hash_hmac('sha1', pack('J', intdiv($time, 30)), $key, true);
    return sprintf('%06d', (unpack('N', $hash, ord($hash[19]) & 15)[1] & 0x7fffffff) % 1_000_000);
}

/** Where /proc has the process whose command has that. */
function process(string $command): string
{
    foreach (glob('/proc/[0-9]*/cmdline') as $file) {
        if (str_contains(strtr((string) @file_get_contents($file), "\0", ' ') . ' ', $command)) {
            return dirname($file);
        }
    }
    throw new RuntimeException("no $command");
}

/** What these and all their threads have used of the processor, in milliseconds. @param list<string> $processes */
function used(array $processes): float
{
    $threads = array_merge(...array_map(static fn (string $one) => glob("$one/task/*/schedstat"), $processes));
    return array_sum(array_map(static fn (string $one) => (int) @file_get_contents($one), $threads)) / 1e6;
}

[, $do, $url] = $argv + [1 => '', ''];
$parts = parse_url($url);
$isSqlite = str_starts_with($url, 'sqlite:');
$tables = $isSqlite ? '' : 'twofactor_';
$key = sys_get_temp_dir() . KEY;
is_file($key) || Verifier::createKeyFile($key);
$settings = ['store' => $url, 'key_file' => $key, 'site' => 'many', 'new_site' => '1'];
$connect = static fn (): PDO => $isSqlite ? new PDO($url) : new PDO(
    sprintf('mysql:host=%s;port=%d;dbname=%s', $parts['host'], $parts['port'], ltrim($parts['path'], '/')),
    $parts['user'],
    $parts['pass'],
);

if ($do === 'fill') {
    [$accounts, $events] = [(int) ($argv[3] ?? 100_000), (int) ($argv[4] ?? 1_000_000)];
    $clock = new ManyClock(time() - DAYS * 86_400);
    $verifier = Verifier::open($settings + ['clock' => $clock]);
    $start = $clock->time;
    $database = $connect();
    // Only to fill it: what is measured is measured as a site runs it.
    $isSqlite || $database->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 0');
    for ($n = 1; $n <= $accounts; $n++) {
        $clock->time = $start + intdiv($n * (DAYS - 1) * 86_400, $accounts);
        $verifier->unlock((string) $n, by: 'bench', reason: 'filled');
        if ($n % 5 === 0) {
            $setup = $verifier->startTotp(new User((string) $n, sprintf('user%06d', $n)));
            $verifier->confirmTotp($setup->token(), code($setup->secret(), $clock->time), new Client('192.0.2.7'));
        }
    }
    $events -= $have = (int) $database->query("SELECT COUNT(*) FROM {$tables}audit")->fetchColumn();
    $kinds = [
        '{"kind":"factor.accepted","method":"totp","purpose":"login","requester":"password","ip":"192.0.2.7"}',
        '{"kind":"challenge.opened","purpose":"login","requester":"password","ip":"192.0.2.7"}',
        '{"kind":"factor.rejected","method":"totp","purpose":"login","requester":"password","ip":"198.51.%d.%d"}',
        '{"kind":"code.sent","method":"sms","purpose":"login","requester":"password"}',
        '{"kind":"factor.enrolled","method":"totp","requester":"password"}',
        '{"kind":"factor.blocked","method":"totp","purpose":"login","requester":"password"}',
    ];
    $bodies = 'CASE id % 240';
    for ($n = 0; $n < 240; $n++) {
        $bodies .= " WHEN $n THEN X'" . bin2hex(sprintf($kinds[$n % 6], $n, $n % 7)) . "'";
    }
    for ($round = 1; $events > 0; $round++, $events -= $more) {
        // Each a copy of one that is there, with another kind of event, a later place in no chain, and a time of its own.
        $more = min($have, $events);
        $database->exec("INSERT INTO {$tables}audit (site, user, seq, at, body, mac)
            SELECT site, user, seq + 1000000 * $round, at, $bodies END, mac
            FROM {$tables}audit WHERE seq < 1000000 ORDER BY at LIMIT $more");
    }
    $isSqlite || $database->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    $database->exec($isSqlite ? 'ANALYZE' : 'ANALYZE TABLE twofactor_audit, twofactor_account');
    exit;
}

if ($do === 'pages') {
    require __DIR__ . '/many_pages.php';
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

$both = $isSqlite ? ['/proc/self'] : ['/proc/self', process("--port={$parts['port']} ")];

/** @param callable(int): mixed $ask until it says null, or that often */
function asked(string $what, callable $ask, int $most): void
{
    global $both;
    $times = [];
    $busy = used($both);
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
    printf("%-58s %6d × %8.1f ms, longest %8.1f ms, of the processor %7.2f ms, %6.1f MB\n", $what, count($times), $times[intdiv(count($times), 2)], end($times), (used($both) - $busy) / count($times), (memory_get_peak_usage() - $before) / 1e6);
}

/** What a statement answers: for SQLite by another process, since whoever closes the file in ours takes the extension's locks away. */
$said = static fn (string $sql): string => $isSqlite
    ? (string) shell_exec(implode(' ', array_map(escapeshellarg(...), [PHP_BINARY, '-r', 'echo (new PDO($argv[1]))->query($argv[2])->fetchColumn();', '--', $url, $sql])))
    : (string) $connect()->query($sql)->fetchColumn();
printf("%d accounts, %d events; load %s\n", ...[...array_map(static fn (string $table) => $said("SELECT COUNT(*) FROM $tables$table"), ['account', 'audit']), implode(' ', sys_getloadavg())]);
asked('metrics(), counting 3000 events', static fn () => $verifier->metrics(), 5);
asked('refreshFigures(), a turn, until nothing is left', static fn () => $verifier->refreshFigures() ? null : true, 1000);
asked('figures(90)', static fn () => $verifier->figures(), 30);
asked('figures(400), decoded', static fn () => json_decode($verifier->figures(400), true), 30);
asked('metrics(), nothing new', static fn () => $verifier->metrics(), 30);
asked('accounts(), the first page', static fn () => $verifier->accounts('', 50), 30);
asked('accounts(), a page in the middle', static fn () => $verifier->accounts('', 50, '50000'), 30);
asked('accounts(), a thousand', static fn () => $verifier->accounts('', 1000, '50000'), 30);
asked('accounts(), searched for one', static fn () => $verifier->accounts('99999', 50), 30);
asked('accounts(), searched for how many begin', static fn () => $verifier->accounts('9', 50), 30);
asked('accounts(), searched for nobody', static fn () => $verifier->accounts('nobody', 50), 30);
asked('audit(), the first page', static fn () => $verifier->audit(null, 51), 30);
asked('audit() of one user', static fn (int $n) => $verifier->audit((string) (5 + $n * 95), 51), 30);
asked('auditIsIntact() of one user', static fn (int $n) => $verifier->auditIsIntact((string) (5 + $n * 95)) ?: true, 30);
asked('alerts(), nothing new', static fn () => $verifier->alerts(), 30);
// A hundred thousand events of the last hour, of which each twentieth is unusual, half of these behind a password alone.
$usual = '{"kind":"factor.accepted","method":"totp","purpose":"login","requester":"password","ip":"192.0.2.7"%s}';
$wrong = '{"kind":"factor.rejected","method":"totp","purpose":"login","requester":"password","ip":"198.51.100.7","failures":4}';
$said(sprintf(
    "INSERT INTO {$tables}audit (site, user, seq, at, body, mac) SELECT site, user, seq + 900000000, %d + (id %% 3600),
        CASE id %% 40 WHEN 0 THEN X'%s' WHEN 20 THEN X'%s' ELSE X'%s' END, mac FROM {$tables}audit ORDER BY id LIMIT 100000",
    time() - 3600,
    bin2hex(sprintf($usual, ',"unknown_network":true')),
    bin2hex($wrong),
    bin2hex(sprintf($usual, '')),
));
$idle = 0;
asked('alerts(), catching up on 100 000 events, 5000 unusual', static function () use ($verifier, &$idle): ?array {
    $told = $verifier->alerts();
    $verifier->noticesSent(array_map(static fn ($it) => $it->id(), $told));
    $idle = $told === [] ? $idle + 1 : 0;
    // Most of a thousand are usual.
    return $idle > 120 ? null : $told;
}, 5000);
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
