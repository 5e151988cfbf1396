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
];';
$temp = sys_get_temp_dir();
foreach (['in', 'out'] as $side) {
    echo "- $side\n", str_replace($folder, 'X', php(sprintf($calls, "$folder/$side") . $try, ['-d', "open_basedir=$folder/in"]));
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
- out
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/key
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/db
TwoFactor\Exception\ConfigurationError: open_basedir does not allow X/out/key
- by php.ini
done
