<?php

/**
 * A server of MySQL that greets as one and answers the log-in with a packet of nothing, over which the crate `mysql`
 * panics: says on which port, and ends when its standard input does.
 */

declare(strict_types=1);

$greeting = "\x0a8.4.0\0\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15" . str_repeat("\0", 10) . "ijklmnopqrst\0mysql_native_password\0";
$server = stream_socket_server('tcp://127.0.0.1:0') ?: exit(1);
echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";

while (true) {
    $ready = [$server, STDIN];
    $none = null;
    stream_select($ready, $none, $none, null);
    if (in_array(STDIN, $ready, true)) {
        exit(0);
    }
    $peer = stream_socket_accept($server, 0) ?: exit(1);
    stream_set_timeout($peer, 10);
    fwrite($peer, pack('V', strlen($greeting)) . $greeting);
    fread($peer, 4096);
    fwrite($peer, "\0\0\0\x02");
    fread($peer, 1);
    fclose($peer);
}
