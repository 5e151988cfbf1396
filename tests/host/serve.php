<?php

/**
 * Builds a site in which the module is installed and serves it until it is told to end (Ctrl-C, TERM, or the end of its
 * input with --json). For script/demo and the browser tests. A person is shown what is sent.
 *
 *   php -d extension=… tests/host/serve.php [--flow=old|new] [--folder=DIR] [--port=N] [--workers=N] [--csp] [--carriers] [--fakes] [--gateway] [--premium [--site-entered]] [--https] [--json]
 *
 * With --carriers messages to telephones go into the file `messages` of its folder. With --fakes they go to a Twilio on
 * this machine; when that is certain to have sent nothing, into that file. With --gateway a managed gateway on this
 * machine makes, sends and checks the codes. With --premium TwoFactorPro is there, and that gateway has its licence; for a
 * person it is installed. With --site-entered nobody has set for which site that is: whoever enters the key says it.
 * With --https a person can call it over HTTPS, too; with --json browsers do, and whoever starts it ends that in front of it,
 * by the certificate that is named.
 * With --json the site's time can be moved ahead by writing seconds, as 64 bits, into the file that is named; and a line of
 * JSON with settings of php.ini makes the server go on with these as well, which a line `"ready"` answers.
 */

declare(strict_types=1);

namespace TwoFactorTests;

require __DIR__ . '/autoload.php';

$options = getopt('', ['flow:', 'folder:', 'port:', 'workers:', 'csp', 'carriers', 'fakes', 'gateway', 'premium', 'site-entered', 'https', 'json']);
$kind = array_filter([
    'flow' => $options['flow'] ?? null,
    // A person's phone shows the real time.
    'clock' => isset($options['json']),
    'finishes' => false,
    'modules' => isset($options['premium']) ? ['TwoFactor', 'TwoFactorPro'] : null,
    'config' => array_filter([
        'admin_csp_header' => isset($options['csp']) ? 'self' : null,
        'twofactor_region' => isset($options['carriers']) || isset($options['fakes']) ? 'DE' : null,
    ]),
], static fn (mixed $value): bool => $value !== null);
$site = new Site(array_filter([
    'folder' => $options['folder'] ?? Site::base() . '/' . bin2hex(random_bytes(4)),
    'port' => isset($options['port']) ? (int) $options['port'] : null,
    'workers' => isset($options['workers']) ? (int) $options['workers'] : null,
], static fn (mixed $value): bool => $value !== null) + $kind, Snapshot::of($kind));
// The end of this process, whatever its cause, is the end of the server.
pcntl_async_signals(true);
foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
    pcntl_signal($signal, static fn () => exit(0));
}
register_shutdown_function($site->stop(...));
isset($options['carriers']) && $site->carriers();
$fakes = array_intersect_key($options, array_flip(['fakes', 'gateway', 'premium'])) === [] ? null : new Fakes();
$fakes?->setClock($set = time());
$licensing = isset($options['premium']) ? $fakes->licensing() : [];
if (isset($options['site-entered'])) {
    unset($licensing['twofactor.site_url']);
}
$secure = null;
if (isset($options['https'], $options['json'])) {
    $secure = ['url' => 'https://127.0.0.1:' . Site::freePort(), 'certificate' => $site->certificate()];
    $site->config(['root_url' => $secure['url']]);
    $licensing += ['auto_prepend_file' => __DIR__ . '/https.php'];
}
if (isset($options['gateway'])) {
    $site->carriers([$fakes->gateway()], $fakes->ini() + $licensing);
} elseif (isset($options['fakes'])) {
    $site->carriers([$fakes->provider(), $site->writer()], $fakes->ini() + ['twofactor.http_seconds' => '3'] + $licensing);
} elseif ($licensing !== []) {
    $site->start($licensing);
}
isset($options['premium']) && !isset($options['json']) && $site->install('TwoFactorPro');

if (isset($options['carriers']) || isset($options['fakes']) || isset($options['gateway'])) {
    $site->offerReset();
}
if (isset($options['https']) && !isset($options['json'])) {
    [$address] = $site->secure();
    $secure = ['url' => $address];
}
if (isset($options['json'])) {
    echo json_encode(['url' => $site->url, 'folder' => $site->folder, 'clock' => $site->folder . '/clock', 'passwords' => Site::PASSWORDS, 'flow' => $site->flow(), 'fakes' => $fakes?->admin, 'secure' => $secure, 'licence_key' => $fakes?->gateway()['licence_key']]), "\n";
    while (!feof(STDIN)) {
        $more = json_decode((string) fgets(STDIN), true);
        if (is_array($more)) {
            $site->start($more + $site->ini());
            echo "\"ready\"\n";
        }
    }
    exit(0);
}
printf("\n  %s/admin/\n", $site->url);
$secure === null || printf("  %s/admin/   for trusted browsers: yours warns of a certificate that it does not know\n", $secure['url']);
echo "\n";
foreach (Site::PASSWORDS as $name => $password) {
    printf("  user %-8s password %s\n", $name, $password);
}
echo "\nSign in, then: My preferences > Two-factor authentication. Ctrl-C ends it.\n";
if ($site->usesSqlite()) {
    printf("\nThe server's command line, in another terminal (and audit list, user show 2 …):\n\n  %s\n  %s\n", $site->program('user list'), $site->program('doctor'));
}
if ($fakes) {
    echo <<<TEXT

      For codes by SMS or a call give any mobile number there, such as 01512 3456789. It need not be yours: nothing
      leaves this machine. What would have been sent to a telephone, or by mail, is shown below as it comes, with its
      code; {$fakes->admin}/sent lists it, too. Another code to a number can be had after a minute.
      "Forgotten password" on the sign-in page offers such a code as well, once a number is set up.
      To see another provider take over: curl -d '{"fault": "reset"}' {$fakes->admin}/fault


    TEXT;
}
if (isset($options['premium'])) {
    echo <<<TEXT
      Premium: set up your own second factor first, then Site Admin > Two-factor administration > Premium. A licence key
      that counts here: {$fakes->gateway()['licence_key']}


    TEXT;
}
$shown = [];
while (true) {
    usleep(500_000);
    if ($fakes && time() - $set >= 60) {
        // What it signs counts for five minutes.
        $fakes->ask('/clock', ['advance' => time() - $set]);
        $set = time();
    }
    foreach ([...($fakes?->sent() ?? []), ...$site->outgoing()] as $message) {
        $text = trim(preg_replace('/\s+/', ' ', strip_tags($message['text'])));
        $line = sprintf("  %s to %s: %s\n", $message['channel'] ?? 'mail', implode(', ', (array) $message['to']), $text);
        $key = ($message['sid'] ?? $message['at'] ?? '') . $line;
        isset($shown[$key]) || print $line;
        $shown[$key] = true;
    }
}
