<?php

/**
 * What PHP sees of the extension's speed, beside PHP libraries and the machine's own floor, measured
 * in one run: absolute figures move with the machine, ratios do not. Run it with script/bench.
 *
 *   --quick          fewer rounds and accounts
 *   --mysql=URL      also a MySQL or MariaDB store
 *   --core=FOLDER    also what criterion measured of the core alone, in that folder
 *
 * With TWOFACTOR_FAKES, whose gateway gives a licence, also what is premium.
 */

declare(strict_types=1);

use TwoFactor\{Client, Method, PhoneNumber, Purpose, Secret, Totp, User, Verifier};

const START = 1_700_000_010;

/** A clock that stands where it is put. */
final class BenchClock
{
    private DateTimeImmutable $now;

    public function __construct(public int $time)
    {
        $this->set($time);
    }

    public function set(int $time): void
    {
        $this->time = $time;
        $this->now = new DateTimeImmutable("@$time");
    }

    public function now(): DateTimeImmutable
    {
        return $this->now;
    }
}

/** Median of several rounds, in microseconds a call. */
function timed(callable $call, int $calls, int $rounds = 7): float
{
    $results = [];
    for ($r = 0; $r < $rounds; $r++) {
        $begin = hrtime(true);
        for ($i = 0; $i < $calls; $i++) {
            $call($i);
        }
        $results[] = (hrtime(true) - $begin) / $calls / 1000;
    }
    sort($results);
    return $results[intdiv($rounds, 2)];
}

function figure(string $what, float $value, string $unit = 'µs'): void
{
    printf("  %-58s %12s %s\n", $what, number_format($value, $value < 10 ? 2 : 0), $unit);
}

/** @var list<array{string, float, string, bool}> what, measured, goal, met */
$ratios = [];
function ratio(string $what, float $value, string $unit, string $goal, bool $met): void
{
    global $ratios;
    $ratios[] = [$what, $value, $unit, $goal, $met];
}

/** What opens that store with the key that this run made; one in memory has its own. The environment is read by PHP's start only. */
function keyFor(string $store): array
{
    return $store === 'memory:' ? [] : ['key_file' => (string) getenv('BENCH_KEY_FILE')];
}

/** One enrolled user whose phone and clock the bench holds. */
final class Bench
{
    public readonly Verifier $verifier;
    public readonly Client $client;
    public readonly BenchClock $clock;
    private Totp $phone;
    private User $user;

    /** @param array<string, string> $settings */
    public function __construct(string $store, array $settings = [], int $start = START)
    {
        $this->clock = new BenchClock($start);
        $this->client = new Client('127.0.0.1');
        $this->user = new User('bench', 'bench');
        $this->verifier = Verifier::open(['store' => $store, 'clock' => $this->clock] + $settings + keyFor($store));
        $setup = $this->verifier->startTotp($this->user);
        $this->phone = Totp::fromUri($setup->uri());
        $this->verifier->confirmTotp($setup->token(), $this->phone->at($start), $this->client);
    }

    /**
     * Medians of verify() alone and of a sign-in by a trusted device, turn by turn, in microseconds.
     *
     * @return array{float, float}
     */
    public function byDevice(int $rounds): array
    {
        $codes = $devices = [];
        $token = null;
        for ($i = 0; $i < $rounds; $i++) {
            $this->clock->set($this->clock->time + 30);
            $challenge = $this->verifier->beginLogin($this->user, $this->client)->challenge();
            $code = $this->phone->at($this->clock->time);
            $begin = hrtime(true);
            $proof = $this->verifier->verify($challenge, Method::Totp, $code, $this->client, $token === null);
            $codes[] = (hrtime(true) - $begin) / 1000;
            $client = new Client('127.0.0.1', '', $token ??= $proof->deviceToken());
            $begin = hrtime(true);
            $login = $this->verifier->beginLogin($this->user, $client);
            $devices[] = (hrtime(true) - $begin) / 1000;
            $token = $login->deviceToken() ?? exit('no device');
        }
        sort($codes);
        sort($devices);
        return [$codes[intdiv($rounds, 2)], $devices[intdiv($rounds, 2)]];
    }

    /**
     * Medians of verify() alone, the right code of one time step after the other, and of making one
     * page durable, turn by turn: disks have moods. In microseconds.
     *
     * @return array{float, float}
     */
    public function verify(int $rounds, ?Floor $floor = null): array
    {
        $took = $floors = [];
        for ($i = 0; $i < $rounds; $i++) {
            $took[] = $this->once();
            $floors[] = $floor?->once() ?? 0.0;
        }
        sort($took);
        sort($floors);
        return [$took[intdiv($rounds, 2)], $floors[intdiv($rounds, 2)]];
    }

    /**
     * Medians of verify() alone here and at another one, turn by turn, in microseconds.
     *
     * @return array{float, float}
     */
    public function beside(self $other, int $rounds): array
    {
        $here = $there = [];
        for ($i = 0; $i < $rounds; $i++) {
            $here[] = $this->once();
            $there[] = $other->once();
        }
        sort($here);
        sort($there);
        return [$here[intdiv($rounds, 2)], $there[intdiv($rounds, 2)]];
    }

    /** verify() alone of a challenge that was opened just before, in microseconds. */
    private function once(): float
    {
        $this->clock->set($this->clock->time + 30);
        $challenge = $this->verifier->beginLogin($this->user, $this->client)->challenge();
        $code = $this->phone->at($this->clock->time);
        $begin = hrtime(true);
        $this->verifier->verify($challenge, Method::Totp, $code, $this->client);
        return (hrtime(true) - $begin) / 1000;
    }

    /** What every page of somebody who is signed in asks: median in microseconds, with four other sign-ins of theirs. */
    public function guard(int $calls): float
    {
        for ($i = 0; $i < 5; $i++) {
            $this->clock->set($this->clock->time + 30);
            $challenge = $this->verifier->beginLogin($this->user, $this->client)->challenge();
            $code = $this->phone->at($this->clock->time);
            $proof = $this->verifier->verify($challenge, Method::Totp, $code, $this->client);
            $this->verifier->admitSession($proof, "cookie $i", $this->client);
        }
        return timed(fn() => $this->verifier->sessionCounts('bench', 'cookie 2') || exit('no session'), $calls);
    }

    public function fill(int $from, int $to): void
    {
        for ($i = $from; $i < $to; $i++) {
            $this->verifier->startTotp(new User("user-$i", 'x'));
        }
    }
}

/** Overwriting a page and making it durable: nothing durable is faster. */
final class Floor
{
    /** @var resource */
    private $file;
    private string $page;
    private int $turn = 0;

    public function __construct(string $folder)
    {
        $this->file = fopen("$folder/floor", 'w+b');
        fwrite($this->file, str_repeat("\0", 1 << 20));
        fsync($this->file);
        $this->page = random_bytes(4096);
    }

    /** Microseconds of one. */
    public function once(): float
    {
        fseek($this->file, ($this->turn++ % 256) * 4096);
        $begin = hrtime(true);
        fwrite($this->file, $this->page);
        fdatasync($this->file);
        return (hrtime(true) - $begin) / 1000;
    }
}

/** Eight processes change one row for a while: [changes a second, longest wait in ms]. */
function eightProcesses(string $kind, string $store, float $seconds): array
{
    $children = [];
    for ($i = 0; $i < 8; $i++) {
        $command = [PHP_BINARY, '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), __FILE__,
            "--child=$store", "--kind=$kind", "--seconds=$seconds"];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $pipes);
        $children[] = [$process, $pipes];
    }
    foreach ($children as [, $pipes]) {
        fgets($pipes[1]);
    }
    foreach ($children as [, $pipes]) {
        fwrite($pipes[0], "go\n");
    }
    $changes = $longest = 0;
    foreach ($children as [$process, $pipes]) {
        [$count, $wait] = explode(' ', trim((string) fgets($pipes[1])));
        $changes += (int) $count;
        $longest = max($longest, (float) $wait);
        proc_close($process);
    }
    return [$changes / $seconds, $longest];
}

/** One round trip that reads what something is decided on: in a transaction, and from a server that takes writes. */
function decided(PDO $pdo): void
{
    $read = $pdo->query("START TRANSACTION; SELECT REPEAT('x', 1000); SELECT CAST(@@GLOBAL.read_only AS CHAR); COMMIT");
    do {
        $read->columnCount() > 0 && $read->fetchAll();
    } while ($read->nextRowset());
}

function database(string $url): PDO
{
    $at = parse_url($url);
    return new PDO("mysql:host={$at['host']};port={$at['port']};dbname=" . ltrim($at['path'], '/'), $at['user'], $at['pass']);
}

/** What a careful PHP program does in MariaDB: lock the row, read, write, note it in a log, commit. */
function counter(string $url): Closure
{
    $pdo = database($url);
    $pdo->exec('CREATE TABLE IF NOT EXISTS bench_counter (id INT PRIMARY KEY, n INT NOT NULL) ENGINE=InnoDB');
    $pdo->exec('CREATE TABLE IF NOT EXISTS bench_log (id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL, UNIQUE (n)) ENGINE=InnoDB');
    $pdo->exec('INSERT IGNORE INTO bench_counter VALUES (1, 0)');
    return static function () use ($pdo): void {
        $pdo->beginTransaction();
        $n = 1 + $pdo->query('SELECT n FROM bench_counter WHERE id = 1 FOR UPDATE')->fetchColumn();
        $pdo->exec("UPDATE bench_counter SET n = $n WHERE id = 1");
        $pdo->exec("INSERT INTO bench_log (n) VALUES ($n)");
        $pdo->commit();
    };
}

function child(string $kind, string $store, float $seconds): void
{
    if ($kind === 'counter') {
        $change = counter($store);
    } else {
        $verifier = Verifier::open(['store' => $store] + keyFor($store));
        $change = static fn() => $verifier->raiseEpoch('shared', 'bench', 'bench');
    }
    echo "ready\n";
    fgets(STDIN);
    $end = hrtime(true) + (int) ($seconds * 1e9);
    $count = $longest = 0;
    while (($begin = hrtime(true)) < $end) {
        $change();
        $longest = max($longest, hrtime(true) - $begin);
        $count++;
    }
    echo $count, ' ', $longest / 1e6, "\n";
}

/**
 * What starting PHP and doing nothing takes without the extension, and how much longer with it: median wall
 * time, and median difference of neighbours, in ms.
 *
 * @param list<string> $php  options of every start
 * @param list<string> $with options of every other one
 * @return array{float, float}
 */
function startUp(array $php, array $with, int $rounds): array
{
    $start = static function (string ...$options): float {
        $begin = hrtime(true);
        proc_close(proc_open([PHP_BINARY, ...$options, '-r', ';'], [], $pipes));
        return (hrtime(true) - $begin) / 1e6;
    };
    $without = $more = [];
    for ($i = 0; $i < $rounds; $i++) {
        $without[] = $start(...$php);
        $more[] = $start(...$php, ...$with) - $without[$i];
    }
    sort($without);
    sort($more);
    return [$without[intdiv($rounds, 2)], $more[intdiv($rounds, 2)]];
}

/** Median of what the first telephone number of a process takes, in ms: the metadata are read for it. */
function firstNumber(array $with, int $rounds): float
{
    $code = '$begin = hrtime(true); TwoFactor\PhoneNumber::parse("01512 3456789", "DE"); echo hrtime(true) - $begin;';
    $took = [];
    for ($i = 0; $i < $rounds; $i++) {
        $process = proc_open([PHP_BINARY, '-n', ...$with, '-r', $code], [1 => ['pipe', 'w']], $pipes);
        $took[] = (int) stream_get_contents($pipes[1]) / 1e6;
        proc_close($process);
    }
    sort($took);
    return $took[intdiv($rounds, 2)];
}

/** Memory of its own that a PHP process has, in kB. */
function ownMemory(array $arguments, string $code): int
{
    $code .= ' foreach (file("/proc/self/smaps_rollup") as $l) if (preg_match("/^Private_\w+:\s+(\d+)/", $l, $m)) $s = ($s ?? 0) + $m[1]; echo $s;';
    $process = proc_open([PHP_BINARY, '-n', ...$arguments, '-r', $code], [1 => ['pipe', 'w']], $pipes);
    $kilobytes = (int) stream_get_contents($pipes[1]);
    proc_close($process);
    return $kilobytes;
}

$options = getopt('', ['quick', 'mysql:', 'core:', 'child:', 'kind:', 'seconds:']);
if (isset($options['child'])) {
    child($options['kind'], $options['child'], (float) $options['seconds']);
    exit;
}
$quick = isset($options['quick']);
$folder = sys_get_temp_dir() . '/twofactor-bench-' . getmypid();
mkdir($folder, 0700);
register_shutdown_function(static fn() => array_map('unlink', glob("$folder/*")) && rmdir($folder));
$extension = ['-d', 'extension=' . getenv('TWOFACTOR_EXTENSION')];
Verifier::createKeyFile("$folder/keys");
putenv("BENCH_KEY_FILE=$folder/keys"); // for the processes of this one, too

echo "Computation\n";
$secret = Secret::generate();
$totp = new Totp($secret);
$ours = timed(fn($i) => $totp->match('000000', START + $i), 20_000);
figure('TOTP, wrong code, window ±1', $ours);
ratio('TOTP, wrong code, window ±1', $ours, 'µs', '≤ 0.5 µs', $ours <= 0.5);
if (@include_once 'ChristianRiesen/Otp/autoload.php') {
    $bytes = \Base32\Base32::decode($secret->toBase32());
    $library = new \Otp\Otp();
    $theirs = timed(fn($i) => $library->checkTotp($bytes, '000000', 1), 2_000);
    figure('the same with christian-riesen/otp', $theirs);
    ratio('TOTP: christian-riesen/otp ÷ ours', $theirs / $ours, '×', '≥ 10 ×', $theirs / $ours >= 10);
}
$memory = new Bench('memory:');
$user = new User('qr', 'alice@example.com');
$svg = timed(fn() => $memory->verifier->startTotp($user)->qrSvg(), 50);
figure('secret, URI and QR code as SVG', $svg);
if (@include_once 'Bacon/BaconQrCode/autoload.php') {
    $writer = new \BaconQrCode\Writer(new \BaconQrCode\Renderer\ImageRenderer(
        new \BaconQrCode\Renderer\RendererStyle\RendererStyle(256),
        new \BaconQrCode\Renderer\Image\SvgImageBackEnd(),
    ));
    $uri = $totp->uri('Example', 'alice@example.com');
    $theirs = timed(fn() => $writer->writeString($uri), 5);
    figure('QR code alone with bacon/bacon-qr-code', $theirs);
    ratio('QR: bacon/bacon-qr-code ÷ ours', $theirs / $svg, '×', '≥ 9 ×', $theirs / $svg >= 9);
}

if (isset($options['core'])) {
    $core = static fn (string $name): float =>
        json_decode((string) file_get_contents("$options[core]/$name/new/estimates.json"), true, 8, JSON_THROW_ON_ERROR)['median']['point_estimate'] / 1000;
    $compared = $core('backup code_ wrong one against ten, with its charge') - $core('backup code_ no code at all, with its charge');
    figure('backup code, a wrong one against ten (core alone)', $compared);
    ratio('backup code, a wrong one against ten', $compared, 'µs', '≤ 0.6 µs', $compared <= 0.6);
    $looked = $core('networks_ an address in 10 000 lines');
    figure('an address in 10 000 networks (core alone)', $looked);
    ratio('an address in 10 000 networks', $looked, 'µs', '≤ 20 µs', $looked <= 20);
}

$numbers = [
    ['01512 3456789', 'DE'], ['0664 1234567', 'AT'], ['078 123 45 67', 'CH'], ['07400 123456', 'GB'], ['06 12 34 56 78', 'FR'],
    ['312 345 6789', 'IT'], ['612 34 56 78', 'ES'], ['050-234-5678', 'IL'], ['(201) 555-0123', 'US'], ['+55 11 96123-4567', null],
];
$first = firstNumber($extension, $quick ? 11 : 51);
figure('telephone number, the first of a process', $first, 'ms');
ratio('telephone number, the first of a process', $first, 'ms', '≤ 5 ms', $first <= 5);
figure('telephone number, mixed regions', timed(fn($i) => PhoneNumber::parse(...$numbers[$i % 10]), 2_000));

echo "\nThe whole verification: load, open, decide, seal, durable swap, audit\n";
$rounds = $quick ? 200 : 1_000;
figure('in memory', $memory->verify($rounds)[0]);
$sqlite = new Bench("sqlite:$folder/db");
$sqlite->verify(1_000); // past the first checkpoint: from then on the log is overwritten, not extended
$first = null;
$have = 1;
foreach ($quick ? [10, 1_000] : [10, 1_000, 10_000, 100_000] as $accounts) {
    $sqlite->fill($have, $accounts);
    $have = $accounts;
    [$took, $floor] = $sqlite->verify($rounds, new Floor($folder));
    $first ??= $took;
    figure("SQLite FULL, $accounts accounts (fdatasync: " . round($floor) . ' µs)', $took);
    ratio("SQLite FULL, $accounts accounts ÷ fdatasync", $took / $floor, '×', '≤ 1.5 ×', $took / $floor <= 1.5);
}
ratio('SQLite: most accounts ÷ 10 accounts', $took / $first, '×', 'flat (≤ 1.3 ×)', $took / $first <= 1.3);
$guard = $sqlite->guard($quick ? 200 : 2_000);
figure('SQLite: whether a sign-in counts, at every page', $guard);
ratio('SQLite: whether a sign-in counts', $guard, 'µs', '≤ 60 µs', $guard <= 60);
if (getenv('TWOFACTOR_FAKES')) {
    require_once dirname(__DIR__, 2) . '/tests/host/Fakes.php';
    $fakes = new TwoFactorTests\Fakes();
    $gateway = $fakes->gateway();
    $licensed = ['http_ca_file' => $fakes->about['ca'], 'site_url' => 'https://example.org', 'licence_url' => $gateway['url'],
        'licence_key' => $gateway['licence_key'], 'licence_public_keys' => implode(', ', $gateway['keys']), 'premium_grace_days' => '60'];
    $premium = static function (string $store, array $more = []) use ($licensed, $fakes): Bench {
        $bench = new Bench($store, $licensed + $more, $fakes->about['now']);
        $bench->verifier->renewLicence();
        return $bench;
    };
    foreach (['in memory' => 'memory:', 'SQLite' => "sqlite:$folder/premium"] as $name => $store) {
        $bench = $premium($store);
        $bench->verify(1_000);
        [$code, $device] = $bench->byDevice($rounds);
        figure("$name: a code, beside it", $code);
        figure("$name: a sign-in by a trusted device", $device);
        ratio("$name: a trusted device ÷ a code", $device / $code, '×', '≤ 1.3 ×', $device / $code <= 1.3);
    }
    $networks = [];
    for ($i = 0; $i < 5_000; $i++) {
        $networks[] = long2ip(0x0A000000 + $i * 4096) . '/28';
        $networks[] = sprintf('2001:db8:%x::/48', $i);
    }
    file_put_contents("$folder/networks", implode("\n", $networks));
    $ruled = $premium('memory:', ['network_deny' => "$folder/networks"]);
    [$without, $with] = $premium('memory:')->beside($ruled, $rounds);
    figure('in memory: a code', $without);
    figure('the same where 10 000 networks are denied', $with);
    ratio('10 000 networks, a request more', $with - $without, 'µs', '≤ 20 µs', $with - $without <= 20);
}
$stores = ['SQLite' => "sqlite:$folder/shared"];
if (isset($options['mysql'])) {
    $prefix = 'bench_' . bin2hex(random_bytes(3)) . '_';
    $url = $options['mysql'] . (str_contains($options['mysql'], '?') ? '&' : '?') . "prefix=$prefix";
    register_shutdown_function(static function () use ($options): void {
        $pdo = database($options['mysql']);
        $tables = $pdo->query("SHOW TABLES LIKE 'bench\\_%'")->fetchAll(PDO::FETCH_COLUMN);
        $pdo->exec('DROP TABLE ' . implode(', ', $tables));
    });
    $mysql = new Bench($url);
    figure('MariaDB', $mysql->verify($rounds)[0]);
    $pdo = database($options['mysql']);
    $trip = timed(static fn() => decided($pdo), 500);
    $guard = $mysql->guard(500);
    figure('MariaDB: whether a sign-in counts, at every page', $guard);
    figure('MariaDB: one round trip that reads as much, with PDO', $trip);
    ratio('MariaDB: whether a sign-in counts ÷ that round trip', $guard / $trip, '×', '≤ 4 ×', $guard / $trip <= 4);
    $stores['MariaDB'] = $url;
}

echo "\nEight processes change one user\n";
$seconds = $quick ? 2 : 5;
foreach ($stores as $name => $store) {
    [$rate, $longest] = eightProcesses('account', $store, $seconds);
    figure("$name: durable changes", $rate, 'a second');
    figure("$name: longest wait", $longest, 'ms');
    if ($name === 'SQLite') {
        ratio("$name: eight processes, one user", $rate, '/s', '≥ 4 000 /s', $rate >= 4_000);
    } else {
        [$plain] = eightProcesses('counter', $store, $seconds);
        figure("$name: count and log with PDO and SELECT … FOR UPDATE", $plain, 'a second');
        ratio("$name, eight processes: one user ÷ the same with PDO", $rate / $plain, '×', '≥ 0.8 ×', $rate / $plain >= 0.8);
    }
    ratio("$name: longest wait", $longest, 'ms', '≤ 100 ms', $longest <= 100);
}

echo "\nWeight\n";
// Bare, a start takes the cost of PHP's own table of strings, which doubles at 4096 and has room for a few
// dozen more; with the extensions that a site has, it has long doubled.
$runs = $quick ? 100 : 1_000;
[$without, $more] = startUp([], $extension, $runs);
figure('start of PHP as it is configured', $without, 'ms');
figure('and more with the extension', $more, 'ms');
ratio('start-up', $more, 'ms', '≤ 1 ms', $more <= 1);
[$without, $more] = startUp(['-n'], $extension, $runs);
figure('start of PHP with no php.ini', $without, 'ms');
figure('and more with the extension', $more, 'ms');
$size = filesize((string) getenv('TWOFACTOR_EXTENSION')) / 1e6;
figure('size of the .so', $size, 'MB');
ratio('size of the .so', $size, 'MB', '≤ 10 MB', $size <= 10);
$use = 'TwoFactor\Verifier::open(["store" => "memory:"])->account("7");';
$more = (ownMemory($extension, $use) - ownMemory([], ';')) / 1024;
figure('memory of a process that uses it', $more, 'MB more');
$numbers = (ownMemory($extension, $use . 'TwoFactor\PhoneNumber::parse("01512 3456789", "DE");') - ownMemory($extension, $use)) / 1024;
figure('and of one that reads telephone numbers', $numbers, 'MB on top');
ratio('memory of a process', $more, 'MB', '≤ 3 MB', $more <= 3);

echo "\n";
printf("%-52s %12s   %-16s %s\n", 'ratio', 'measured', 'goal', '');
foreach ($ratios as [$what, $value, $unit, $goal, $met]) {
    printf("%-52s %12s   %-16s %s\n", $what, number_format($value, $value < 100 ? 2 : 0) . " $unit", $goal, $met ? 'met' : 'MISSED');
}
