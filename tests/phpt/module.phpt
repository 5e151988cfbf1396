--TEST--
The module: its name and version, no global class, no function, no constant
--FILE--
<?php
$module = new ReflectionExtension('twofactor');
var_dump($module->getName(), $module->getVersion(), $module->isPersistent());
var_dump($module->getFunctions(), $module->getConstants());
var_dump(class_exists('TwoFactor', false));
foreach ($module->getClassNames() as $class) {
    if (!str_starts_with($class, 'TwoFactor\\')) {
        echo "not in the namespace: $class\n";
    }
}
?>
--EXPECTF--
string(9) "twofactor"
string(%d) "%d.%d.%d%S"
bool(true)
array(0) {
}
array(0) {
}
bool(false)
