--TEST--
Every strange argument, without strict types: converted exactly where PHP converts
--INI--
memory_limit=256M
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/arguments.inc';
examine(fn (string $code) => eval($code));
?>
--EXPECT--
many tried, many TypeErrors
