<?php

/**
 * Builds a site, installs the module and serves it until it is told to end (Ctrl-C, TERM, or the end of its
 * input with --json). For script/demo and the browser tests.
 *
 *   php -d extension=… tests/host/serve.php [--flow=old|new] [--folder=DIR] [--port=N] [--workers=N] [--csp] [--carriers] [--json]
 *
 * With --carriers messages to telephones go into the file `messages` of its folder.
 * With --json the site's time can be moved ahead by writing seconds to the file that is named.
 */

declare(strict_types=1);

namespace TwoFactorTests;

require __DIR__ . '/autoload.php';

$options = getopt('', ['flow:', 'folder:', 'port:', 'workers:', 'csp', 'carriers', 'json']);
$site = new Site(array_filter([
    'flow' => $options['flow'] ?? null,
    'folder' => $options['folder'] ?? null,
    'port' => isset($options['port']) ? (int) $options['port'] : null,
    'workers' => isset($options['workers']) ? (int) $options['workers'] : null,
    // A person's phone shows the real time.
    'clock' => isset($options['json']),
    'config' => array_filter([
        'admin_csp_header' => isset($options['csp']) ? 'self' : null,
        'twofactor_region' => isset($options['carriers']) ? 'DE' : null,
    ]),
], static fn (mixed $value): bool => $value !== null));
// The end of this process, whatever its cause, is the end of the server.
pcntl_async_signals(true);
foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
    pcntl_signal($signal, static fn () => exit(0));
}
register_shutdown_function($site->stop(...));
isset($options['carriers']) && $site->carriers();

$installed = $site->install();
if (isset($options['json'])) {
    echo json_encode(['url' => $site->url, 'folder' => $site->folder, 'clock' => $site->folder . '/clock', 'passwords' => Site::PASSWORDS, 'flow' => $site->flow(), 'installed' => $installed]), "\n";
    while (!feof(STDIN)) {
        fgets(STDIN);
    }
    exit(0);
}
printf("\n  %s/admin/\n\n", $site->url);
foreach (Site::PASSWORDS as $name => $password) {
    printf("  user %-8s password %s\n", $name, $password);
}
echo "\nSign in, then: My preferences > Two-factor authentication. Ctrl-C ends it.\n";
while (true) {
    sleep(3600);
}
