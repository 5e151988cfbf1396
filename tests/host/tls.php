<?php

/**
 * Ends HTTPS in front of a site on this machine, for what browsers do over HTTPS alone. One process a connection; whoever
 * starts it ends its group.
 *
 *   php tests/host/tls.php PORT CERTIFICATE PORT-OF-THE-SITE
 */

declare(strict_types=1);

[, $port, $certificate, $inside] = $argv;
$options = stream_context_create(['ssl' => ['local_cert' => $certificate]]);
$server = stream_socket_server("tcp://127.0.0.1:$port", context: $options) ?: exit(1);
// Whoever is done is waited for by nobody.
pcntl_signal(SIGCHLD, SIG_IGN);
echo "listening\n";

while (true) {
    $browser = @stream_socket_accept($server, 3600);
    if ($browser === false || pcntl_fork() !== 0) {
        continue;
    }
    fclose($server);
    // A browser that does not know the certificate leaves in the middle of this.
    stream_set_timeout($browser, 30);
    if (@stream_socket_enable_crypto($browser, true, STREAM_CRYPTO_METHOD_TLS_SERVER) !== true) {
        exit(0);
    }
    $site = stream_socket_client("tcp://127.0.0.1:$inside") ?: exit(1);
    while (true) {
        $readable = [$browser, $site];
        $none = null;
        if (stream_select($readable, $none, $none, 60) < 1) {
            exit(0);
        }
        foreach ($readable as $from) {
            $bytes = fread($from, 65536);
            $to = $from === $browser ? $site : $browser;
            if ($bytes === '' || $bytes === false) {
                feof($from) && exit(0);
                continue;
            }
            for ($sent = 0; $sent < strlen($bytes); $sent += $count) {
                $count = @fwrite($to, substr($bytes, $sent)) ?: exit(0);
            }
        }
    }
}
