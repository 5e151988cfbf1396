--TEST--
The stub says what the extension has, and the extension has what the stub says
--FILE--
<?php
require __DIR__ . '/php.inc';
$root = dirname(__DIR__, 2);
$have = php("require '$root/tests/phpt/api.inc';");
$want = php("\$argv[1] = '$root/stubs/twofactor.stub.php'; require '$root/tests/phpt/api.inc';", loaded: false);
$have = explode("\n", trim($have));
$want = explode("\n", trim($want));
echo count($want) > 150 ? "read\n" : implode("\n", $want);
echo implode("\n", array_map(fn ($line) => "only in the stub: $line\n", array_diff($want, $have)));
echo implode("\n", array_map(fn ($line) => "only in the extension: $line\n", array_diff($have, $want)));
?>
--EXPECT--
read
