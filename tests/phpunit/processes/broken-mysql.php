<?php

/**
 * A server of MySQL that greets as one and answers the first question with a packet of nothing, over which the crate `mysql`
 * panics: says on which port, and ends when its standard input does.
 */

declare(strict_types=1);

require __DIR__ . '/serve.php';

$greeting = "\x0a8.4.0\0\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15" . str_repeat("\0", 10) . "ijklmnopqrst\0mysql_native_password\0";
serve(static function ($peer) use ($greeting): void {
    fwrite($peer, pack('V', strlen($greeting)) . $greeting);
    fread($peer, 4096);
    fwrite($peer, "\7\0\0\2\0\0\0\2\0\0\0");
    fread($peer, 4096);
    fwrite($peer, "\0\0\0\1");
    fread($peer, 1);
});
