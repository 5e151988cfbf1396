--TEST--
TWOFACTOR_STORE stands in for an empty twofactor.store, TWOFACTOR_KEYS for an empty twofactor.key_file
--FILE--
<?php
require __DIR__ . '/php.inc';
$open = 'try { foreach (TwoFactor\Verifier::open()->health()->checks() as $check) if ($check->name() === "key" || $check->name() === "store") echo $check->status()->value, ": ", $check->message(), "\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
$keys = 'spring = ' . base64_encode(str_repeat('k', 32)) . '; winter = ' . base64_encode(str_repeat('w', 32));
echo php($open, [], ['TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => $keys]);
echo "- php.ini comes first\n";
echo php($open, ['-d', 'twofactor.store=memory:'], ['TWOFACTOR_STORE' => 'nonsense', 'TWOFACTOR_KEYS' => $keys]);
echo "- keys that are none are an error, and no reason to make new ones\n";
echo php($open, [], ['TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => 'spring']);
// What a PHP-FPM worker has: the master's start, an environment that was cleared.
echo php('putenv("TWOFACTOR_KEYS"); putenv("TWOFACTOR_STORE");' . $open, [], ['TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => 'spring']);
echo php('putenv("TWOFACTOR_KEYS"); putenv("TWOFACTOR_STORE");' . $open, [], ['TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => $keys]);
?>
--EXPECTF--
warning: %s
ok: keys: spring, winter; the first one seals
- php.ini comes first
warning: %s
ok: keys: spring, winter; the first one seals
- keys that are none are an error, and no reason to make new ones
line 1 of the keys is not `id = key` %s
line 1 of the keys is not `id = key` %s
warning: %s
ok: keys: spring, winter; the first one seals
