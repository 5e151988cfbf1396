--TEST--
dl() is refused: what is set up at start would be missing
--FILE--
<?php
require __DIR__ . '/php.inc';
[$folder, $file] = [dirname(extension()), basename(extension())];
echo php("dl('$file'); echo 'not reached';", ['-d', "extension_dir=$folder", '-d', 'display_errors=1'], loaded: false);
?>
--EXPECTF--
%AWarning: %Stwofactor cannot be loaded by dl(): name it in php.ini with extension=twofactor in %s
%AUnable to start twofactor module%A
