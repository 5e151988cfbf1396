--TEST--
Directives can be set in php.ini only
--FILE--
<?php
require __DIR__ . '/php.inc';
$directives = ini_get_all('twofactor');
echo count($directives), "\n";
foreach ($directives as $name => $facts) {
    if ($facts['access'] !== 4 /* INI_SYSTEM */ || ini_set($name, '7') !== false || ini_get($name) !== (string) $facts['local_value']) {
        echo "$name can be changed\n";
    }
}
var_dump(ini_get('twofactor.max_attempts'), ini_get('twofactor.store'), ini_get('twofactor.nonsense'));
echo php('var_dump(ini_get("twofactor.site"));', ['-d', 'twofactor.site=shop']);
?>
--EXPECTF--
%d
string(1) "5"
string(0) ""
bool(false)
string(4) "shop"
