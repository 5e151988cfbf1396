--TEST--
open_basedir binds the paths a script names, not those of php.ini
--FILE--
<?php
require __DIR__ . '/php.inc';
$folder = sys_get_temp_dir() . '/twofactor-basedir-' . getmypid();
mkdir("$folder/in", 0700, true);
mkdir("$folder/out", 0700, true);
$try = 'foreach ($calls as $call) try { $call(); echo "done\n"; } catch (Throwable $e) { echo $e::class, ": ", $e->getMessage(), "\n"; }';
$calls = '$calls = [
    fn () => TwoFactor\Verifier::createKeyFile("%1$s/key"),
    fn () => TwoFactor\Verifier::open(["store" => "sqlite:%1$s/db"]),
    fn () => TwoFactor\Verifier::open(["store" => "memory:", "key_file" => "%1$s/key"]),
    fn () => TwoFactor\Verifier::open(["store" => "mysql://u@127.0.0.1:1/d?password_file=%1$s/password", "key_file" => "%2$s/key"]),
    fn () => TwoFactor\Verifier::open(["store" => "mysql://u:p@127.0.0.1:1/d?ca=%1$s/ca.pem", "key_file" => "%2$s/key"]),
    fn () => TwoFactor\Verifier::open(["store" => "mysql://u:p@localhost/d?socket=%1$s/socket", "key_file" => "%2$s/key"]),
    fn () => TwoFactor\Verifier::open(["store" => "memory:", "key_file" => "%2$s/key", "network_deny" => "%1$s/list"]),
    fn () => TwoFactor\Verifier::open(["store" => "memory:", "key_file" => "%2$s/key", "network_allow" => " %1$s/list"]),
    fn () => TwoFactor\Verifier::open(["store" => "memory:", "key_file" => " %1$s/key"]),
    fn () => TwoFactor\Verifier::open(["store" => " sqlite:%1$s/db"]),
];';
$temp = sys_get_temp_dir();
foreach (['in', 'out'] as $side) {
    echo "- $side\n", str_replace($folder, 'X', php(sprintf($calls, "$folder/$side", "$folder/in") . $try, ['-d', "open_basedir=$folder/in"]));
}
echo "- by php.ini\n", php('$calls = [fn () => TwoFactor\Verifier::open()];' . $try, ['-d', "open_basedir=$folder/in", '-d', "twofactor.store=sqlite:$folder/out/db"]);
foreach (glob("$folder/*/*") as $file) {
    unlink($file);
}
array_map('rmdir', ["$folder/in", "$folder/out", $folder]);
?>
--EXPECT--
- in
done
done
done
TwoFactor\Exception\ConfigurationError: the password file X/in/password cannot be read (entity not found); make it a text file this process may read
TwoFactor\Exception\ConfigurationError: the certificates in X/in/ca.pem cannot be read (entity not found): correct the option ca of the store
twofactor: the store is not available: mysql://u@localhost/d?prefix=&socket=X/in/socket&tls=off does not answer: start the server, or correct the address
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
done
done
done
done
- out
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/key
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/db
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/key
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/password
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/ca.pem
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/socket
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/list
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/list
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/key
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/db
- by php.ini
done
