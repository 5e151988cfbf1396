--TEST--
Every strange argument, with strict types: what PHP calls a TypeError is one here, word for word
--INI--
memory_limit=256M
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/arguments.inc';
examine(fn (string $code) => eval("declare(strict_types=1); $code"));
?>
--EXPECT--
many tried, many TypeErrors
