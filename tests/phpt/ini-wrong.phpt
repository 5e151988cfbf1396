--TEST--
A wrong value in php.ini does not stop PHP; opening a verifier says what is wrong
--FILE--
<?php
require __DIR__ . '/php.inc';
$folder = folder();
$open = 'try { TwoFactor\Verifier::open(["store" => "sqlite:' . $folder . '/db"]); echo "open\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
foreach (['max_attempts=', 'max_attempts=0', 'max_attempts=lots', 'site=', 'key_file=relative', 'key_file=/nonexistent', 'store=nonsense'] as $wrong) {
    echo $wrong, ': ', php($open, ['-d', "twofactor.$wrong"]);
}
?>
--EXPECTF--
max_attempts=: `max_attempts` must be a whole number from 1 to 20
max_attempts=0: `max_attempts` must be a whole number from 1 to 20
max_attempts=lots: `max_attempts` must be a whole number from 1 to 20
site=: `site` must not be empty
key_file=relative: `key_file` must be an absolute path
key_file=/nonexistent: the key file /nonexistent cannot be read: %s
store=nonsense: open
