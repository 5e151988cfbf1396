--TEST--
createKeyFile() writes a file only its owner can read, and never over another one
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\Verifier;

$path = sys_get_temp_dir() . '/twofactor-key-' . getmypid();
$id = Verifier::createKeyFile($path);
var_dump(preg_match('/^k[0-9a-f]{12}$/', $id));
printf("%o\n", fileperms($path) & 0o7777);
$written = file_get_contents($path);
var_dump(str_contains($written, "$id = "));
echo str_replace($path, 'X', outcome(fn () => Verifier::createKeyFile($path))), "\n";
var_dump(file_get_contents($path) === $written, glob("$path*") === [$path]);
echo outcome(fn () => Verifier::open(['store' => 'memory:', 'key_file' => $path])), "\n";

echo "- refused when everybody can read it\n";
chmod($path, 0o644);
echo str_replace($path, 'X', outcome(fn () => Verifier::open(['store' => 'memory:', 'key_file' => $path, 'site' => 'other']))), "\n";
unlink($path);
echo "- not a place for a file\n";
foreach (['', 'relative', '/nonexistent/folder/key', "/tmp/a\0b", '/', str_repeat('/x', 3000)] as $no) {
    echo substr(outcome(fn () => Verifier::createKeyFile($no)), 0, 110), "\n";
}
?>
--EXPECTF--
int(1)
600
bool(true)
TwoFactor\Exception\ConfigurationError: the key file X cannot be written: File exists (os error 17)
bool(true)
bool(true)
returned TwoFactor\Verifier
- refused when everybody can read it
TwoFactor\Exception\ConfigurationError: the key file X can be read by every user of this machine; run: chmod o-rwx X
- not a place for a file
ValueError: TwoFactor\Verifier::createKeyFile(): Argument #1 ($path) must be an absolute path
ValueError: TwoFactor\Verifier::createKeyFile(): Argument #1 ($path) must be an absolute path
TwoFactor\Exception\ConfigurationError: the key file /nonexistent/folder/key cannot be written: No such%S
ValueError: TwoFactor\Verifier::createKeyFile(): Argument #1 ($path) must be an absolute path
TwoFactor\Exception\ConfigurationError: the key file / cannot be written: %s
TwoFactor\Exception\ConfigurationError: the key file %s
