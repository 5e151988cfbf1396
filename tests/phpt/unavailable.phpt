--TEST--
A store that is down denies; people read that it is so, the operator's log reads why
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Method, Totp, User, Verifier};

$log = tempnam(sys_get_temp_dir(), 'twofactor');
ini_set('error_log', $log);
ini_set('log_errors', '0'); // whatever PHP logs of itself
echo outcome(fn () => Verifier::open(['store' => 'mysql://cms:c4nary@127.0.0.1:1/cms', 'key_file' => ''])), "\n";
$said = file_get_contents($log);
echo preg_replace('/^\[.*?\] /', '', $said);
var_dump(str_contains($said, 'c4nary'));
try {
    Verifier::open(['store' => 'mysql://cms:c4nary@127.0.0.1:1/cms']);
} catch (TwoFactor\Exception\Denied $denied) {
    echo "Denied\n";
    var_dump($denied->getPrevious());
}
unlink($log);
?>
--INI--
error_log=/dev/null
--EXPECTF--
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
twofactor: the store is not available: %s
bool(false)
Denied
NULL
