<?php

/**
 * Serves php/examples/api on 127.0.0.1 with everything it can offer, until it is told to end (Ctrl-C, TERM, or the end
 * of its input with --json). For script/demo, the browser tests and what holds the OpenAPI document to it. Codes to
 * telephones go into the file `messages` of its folder and mails into `mails`; a person is shown both.
 *
 *   php -d extension=… tests/host/serve_api.php [--port=N] [--workers=N] [--generous] [--derived] [--require=NAME] [--premium] [--json]
 *
 * With --generous no number of requests is too many, with --derived secrets are derived, with --require that person has to
 * enrol. With --premium it has a licence, of a gateway on this machine. With --json the time can be moved ahead by the file `clock` of its folder, as that of a site (Clock.php).
 */

declare(strict_types=1);

require __DIR__ . '/../../php/examples/api/Service.php';
require __DIR__ . '/autoload.php';

$options = getopt('', ['port:', 'workers:', 'generous', 'derived', 'require:', 'premium', 'json']);
$isJson = isset($options['json']);
$root = dirname(__DIR__, 2);
$folder = sys_get_temp_dir() . '/twofactor-api-' . bin2hex(random_bytes(6));
mkdir($folder, 0700);
mkdir("$folder/store", 0700);
file_put_contents("$folder/providers.json", json_encode([['provider' => 'development', 'name' => 'dev', 'file' => "$folder/messages"]]));
$settings = ['store' => "sqlite:$folder/store/twofactor.sqlite", 'issuer' => 'Example', 'development' => 1, 'providers_file' => "$folder/providers.json", 'send_cooldown_seconds' => 10]
    + (isset($options['generous']) ? ['api_per_network_minute' => 100000, 'api_per_network_hour' => 100000] : []) + (isset($options['derived']) ? ['secrets' => 'derived'] : []);
$fakes = isset($options['premium']) ? new TwoFactorTests\Fakes() : null;
if ($fakes !== null) {
    $gateway = $fakes->gateway();
    $fakes->setClock(time());
    $settings += ['http_ca_file' => $fakes->about['ca'], 'site_url' => $gateway['site_url'], 'licence_url' => $gateway['url'],
        'licence_key' => $gateway['licence_key'], 'licence_public_keys' => implode(', ', $gateway['keys'])];
}
// The clock of tests is read anew by every request.
file_put_contents("$folder/clock", pack('q', 0));
$clock = $isJson ? "+ ['clock' => new class { public function now(): DateTimeImmutable { return new DateTimeImmutable('@' . (time() + unpack('q', (string) file_get_contents('$folder/clock'))[1])); } }]" : '';
file_put_contents("$folder/config.php", sprintf(
    "<?php\nreturn ['database' => %s, 'mails' => %s, 'settings' => %s%s];\n",
    var_export("$folder/users.sqlite", true),
    var_export("$folder/mails", true),
    var_export($settings, true),
    $clock,
));
chmod("$folder/providers.json", 0600);
$fakes === null || TwoFactor\Verifier::open((require "$folder/config.php")['settings'])->renewLicence();
$passwords = ['alice' => 'battery-staple-1', 'bob' => 'paper-clip-tower-2'];
$users = Service::database("$folder/users.sqlite");
foreach ($passwords as $name => $password) {
    Service::addUser($users, $name, "$name@example.org", $password);
}
if (isset($options['require'])) {
    $id = $users->query('SELECT id FROM users WHERE name = ' . $users->quote($options['require']))->fetchColumn();
    TwoFactor\Verifier::open((require "$folder/config.php")['settings'])->requireEnrolment((string) $id, null, 'server', 'as told');
}

$port = (int) ($options['port'] ?? 0);
if ($port === 0) {
    $free = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($free, false), ':'), 1);
    fclose($free);
}
$environment = ['API_CONFIG' => "$folder/config.php", 'PHP_CLI_SERVER_WORKERS' => $options['workers'] ?? '4'] + getenv();
$command = [PHP_BINARY, '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-d', 'display_errors=0', '-d', "error_log=$folder/errors", '-S', "127.0.0.1:$port", '-t', "$root/php/examples/api/public", "$root/php/examples/api/public/index.php"];
// In a group of its own: the server's workers end with it.
$server = proc_open(['setsid', ...$command], [['file', '/dev/null', 'r'], ['file', "$folder/server", 'a'], ['file', "$folder/server", 'a']], $pipes, null, $environment);
$stop = static function () use ($server, $folder): void {
    $pid = proc_get_status($server)['pid'];
    posix_kill(-$pid, SIGTERM);
    proc_close($server);
    exec('rm -rf ' . escapeshellarg($folder));
};
pcntl_async_signals(true);
foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
    pcntl_signal($signal, static fn () => exit(0));
}
register_shutdown_function($stop);
for ($end = microtime(true) + 30; @fsockopen('127.0.0.1', $port) === false; usleep(20_000)) {
    if (microtime(true) > $end || !proc_get_status($server)['running']) {
        fwrite(STDERR, file_get_contents("$folder/server"));
        exit(1);
    }
}
$url = "http://127.0.0.1:$port";
if ($isJson) {
    echo json_encode(['url' => $url, 'folder' => $folder, 'clock' => "$folder/clock", 'passwords' => $passwords]), "\n";
    while (!feof(STDIN)) {
        fgets(STDIN);
    }
    exit(0);
}
printf("\n  %s/                     the page over JSON\n  %s/api/openapi.json     what it asks for\n\n", $url, $url);
foreach ($passwords as $name => $password) {
    printf("  user %-8s password %s\n", $name, $password);
}
echo "\nNothing leaves this machine: messages and mails are shown here. Ctrl-C ends it.\n";
$seen = ['messages' => 0, 'mails' => 0];
while (true) {
    usleep(500_000);
    foreach ($seen as $file => $shown) {
        $lines = @file("$folder/$file") ?: [];
        foreach (array_slice($lines, $shown) as $line) {
            $message = json_decode($line, true);
            printf("  to %s: %s\n", $message['to'], trim(preg_replace('/\s+/', ' ', $message['text'])));
        }
        $seen[$file] = count($lines);
    }
}
