--TEST--
A wrong value in php.ini does not stop PHP; opening a verifier says what is wrong
--FILE--
<?php
require __DIR__ . '/php.inc';
$folder = folder();
$open = 'try { TwoFactor\Verifier::open(["store" => "sqlite:' . $folder . '/db"]); echo "open\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
foreach (['max_attempts=', 'max_attempts=0', 'max_attempts=lots', 'site=', 'key_file=relative', 'key_file=/nonexistent', 'store=nonsense', 'http_proxy=proxy.example:3128',
    'http_proxy=http://u:c4n@ry@proxy.example:3128'] as $wrong) {
    echo str_replace('c4n@ry', '…', $wrong), ': ', php($open, ['-d', "twofactor.$wrong"]);
}
?>
--EXPECTF--
max_attempts=: `max_attempts` must be a whole number from 1 to 20
max_attempts=0: `max_attempts` must be a whole number from 1 to 20
max_attempts=lots: `max_attempts` must be a whole number from 1 to 20
site=: `site` must not be empty
key_file=relative: `key_file` must be an absolute path, credential: and a name, or command: and a path
key_file=/nonexistent: the key file /nonexistent cannot be read: %s
store=nonsense: open
http_proxy=proxy.example:3128: `http_proxy` must be the address of an HTTP proxy: write http://proxy.example:3128, or http://user:password@proxy.example:3128
http_proxy=http://u:…@proxy.example:3128: `http_proxy` must have user and password percent-encoded: write %25 for a percent sign, %40 for @, %3A for a colon in the password, %2F for a slash, %23 for #, %3F for ?
