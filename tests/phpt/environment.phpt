--TEST--
TWOFACTOR_STORE stands in for an empty twofactor.store, TWOFACTOR_KEYS for an empty twofactor.key_file, TWOFACTOR_PROVIDERS for an empty twofactor.providers_file
--FILE--
<?php
require __DIR__ . '/php.inc';
$folder = folder();
$store = "sqlite:$folder/a.sqlite";
$open = 'try { foreach (TwoFactor\Verifier::open()->health()->checks() as $check) if ($check->name() === "key" || $check->name() === "store") echo $check->status()->value, ": ", $check->message(), "\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
$keys = 'spring = ' . base64_encode(str_repeat('k', 32)) . '; winter = ' . base64_encode(str_repeat('w', 32));
echo php($open, [], ['TWOFACTOR_STORE' => $store, 'TWOFACTOR_KEYS' => $keys]);
echo "- php.ini comes first\n";
echo php($open, ['-d', "twofactor.store=$store"], ['TWOFACTOR_STORE' => 'nonsense', 'TWOFACTOR_KEYS' => $keys]);
echo "- keys that are none are an error, and no reason to make new ones\n";
echo php($open, [], ['TWOFACTOR_STORE' => $store, 'TWOFACTOR_KEYS' => 'spring']);
// What a PHP-FPM worker has: the master's start, an environment that was cleared.
echo php('putenv("TWOFACTOR_KEYS"); putenv("TWOFACTOR_STORE");' . $open, [], ['TWOFACTOR_STORE' => $store, 'TWOFACTOR_KEYS' => 'spring']);
echo php('putenv("TWOFACTOR_KEYS"); putenv("TWOFACTOR_STORE");' . $open, [], ['TWOFACTOR_STORE' => $store, 'TWOFACTOR_KEYS' => $keys]);
echo "- whether a key was given, be it one that is none, and not by the script\n";
$given = 'echo json_encode(TwoFactor\Verifier::hasKey()), "\n";';
echo php($given), php($given, [], ['TWOFACTOR_KEYS' => $keys]), php($given, ['-d', 'twofactor.key_file=/nonexistent']);
echo php('putenv("TWOFACTOR_KEYS");' . $given, [], ['TWOFACTOR_KEYS' => 'spring']), php('putenv("TWOFACTOR_KEYS=x");' . $given);

echo "- a store in memory is no site's: it has a key of its own\n";
echo php($open, ['-d', 'twofactor.key_file=/nonexistent'], ['TWOFACTOR_STORE' => 'memory:']);
echo php($open, [], ['TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => $keys]);

echo "- providers\n";
$list = 'try { foreach (TwoFactor\Verifier::open()->providers() as $provider) echo json_encode($provider), "\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
$change = 'try { TwoFactor\Verifier::open()->removeProvider("*", "anna"); } catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }';
$sns = ['provider' => 'sns', 'access_key' => 'AKIACANARYCANARY', 'secret' => 'canary-secret-0123456789', 'region' => 'us-east-1'];
$in = ['TWOFACTOR_STORE' => "sqlite:$folder/b.sqlite", 'TWOFACTOR_PROVIDERS' => json_encode([$sns])];
echo php($list . $change, [], $in);
echo php('putenv("TWOFACTOR_PROVIDERS");' . $list, [], $in);
echo "- a script cannot put others in their place, nor any where there are none\n";
echo php('putenv("TWOFACTOR_PROVIDERS=[]");' . $list, [], $in);
echo php('putenv(\'TWOFACTOR_PROVIDERS=' . $in['TWOFACTOR_PROVIDERS'] . '\');' . $list, [], ['TWOFACTOR_STORE' => "sqlite:$folder/b.sqlite"]);
echo "- what is none is an error without a word of it\n";
echo php($list, [], ['TWOFACTOR_PROVIDERS' => '[{"provider": "canary'] + $in);
echo php($list, [], ['TWOFACTOR_PROVIDERS' => json_encode([['region' => 'canary'] + $sns])] + $in);
echo "- a file comes first\n";
$file = sys_get_temp_dir() . '/twofactor-providers-' . getmypid();
file_put_contents($file, json_encode([['name' => 'filed'] + $sns]));
chmod($file, 0640);
echo str_replace($file, 'X', php($list . $change, ['-d', "twofactor.providers_file=$file"], $in));
// What a PHP-FPM worker may find: the file as it was when the master started.
echo php('unlink("' . $file . '");' . $list, ['-d', "twofactor.providers_file=$file"], $in);
echo str_replace($file, 'X', php($list, ['-d', "twofactor.providers_file=$file"], $in));
echo "- nor has a store in memory the site's providers\n";
echo php($list, ['-d', 'twofactor.providers_file=/nonexistent'], ['TWOFACTOR_STORE' => 'memory:'] + $in);
echo php($list, [], ['TWOFACTOR_STORE' => 'memory:'] + $in);
?>
--EXPECTF--
ok: SQLite %s
ok: keys: spring, winter; the first one seals
- php.ini comes first
ok: SQLite %s
ok: keys: spring, winter; the first one seals
- keys that are none are an error, and no reason to make new ones
line 1 of the keys is not `id = key` %s
line 1 of the keys is not `id = key` %s
ok: SQLite %s
ok: keys: spring, winter; the first one seals
- whether a key was given, be it one that is none, and not by the script
false
true
true
true
false
- a store in memory is no site's: it has a key of its own
warning: SQLite %s
warning: the key ends with the process. For tests only
warning: SQLite %s
warning: the key ends with the process. For tests only
- providers
{"name":"sns","kind":"sns","methods":["sms"],"checksItsOwnCodes":false,"keepsLog":false,"settings":{"region":"us-east-1"},"secrets":["access_key","secret"],"reporting":false,"source":"environment","confirmed":true,"available":true,"retryAt":null}
the providers come from the environment variable TWOFACTOR_PROVIDERS: change them there
{"name":"sns","kind":"sns","methods":["sms"],"checksItsOwnCodes":false,"keepsLog":false,"settings":{"region":"us-east-1"},"secrets":["access_key","secret"],"reporting":false,"source":"environment","confirmed":true,"available":true,"retryAt":null}
- a script cannot put others in their place, nor any where there are none
{"name":"sns","kind":"sns","methods":["sms"],"checksItsOwnCodes":false,"keepsLog":false,"settings":{"region":"us-east-1"},"secrets":["access_key","secret"],"reporting":false,"source":"environment","confirmed":true,"available":true,"retryAt":null}
- what is none is an error without a word of it
the environment variable TWOFACTOR_PROVIDERS: line 1, column 21 is not what a list of providers may have there
the environment variable TWOFACTOR_PROVIDERS: entry 1 (sns): the region must be one of AWS's, like us-east-1
- a file comes first
{"name":"filed","kind":"sns","methods":["sms"],"checksItsOwnCodes":false,"keepsLog":false,"settings":{"region":"us-east-1"},"secrets":["access_key","secret"],"reporting":false,"source":"file","confirmed":true,"available":true,"retryAt":null}
the providers come from X: change them there
{"name":"filed","kind":"sns","methods":["sms"],"checksItsOwnCodes":false,"keepsLog":false,"settings":{"region":"us-east-1"},"secrets":["access_key","secret"],"reporting":false,"source":"file","confirmed":true,"available":true,"retryAt":null}
X: cannot be read (No such file or directory (os error 2))
- nor has a store in memory the site's providers
