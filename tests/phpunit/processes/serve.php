<?php

/**
 * A server on this machine, one connection after the other: says on which port, and ends when its standard input
 * does.
 */

declare(strict_types=1);

/** @param callable(resource): void $answer reads a connection and writes to it */
function serve(callable $answer): never
{
    $server = stream_socket_server('tcp://127.0.0.1:0') ?: exit(1);
    echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";
    while (true) {
        $ready = [$server, STDIN];
        $none = null;
        stream_select($ready, $none, $none, null);
        if (in_array(STDIN, $ready, true)) {
            exit(0);
        }
        $peer = stream_socket_accept($server, 0);
        if ($peer !== false) {
            stream_set_timeout($peer, 10);
            $answer($peer);
            fclose($peer);
        }
    }
}
