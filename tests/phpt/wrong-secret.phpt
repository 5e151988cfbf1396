--TEST--
A secret passed as text where an object is due is in no trace
--EXTENSIONS--
twofactor
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
try {
    new TwoFactor\Totp('JBSWY3DPEHPK3PXP');
} catch (TypeError $error) {
    var_dump(str_contains(print_r($error->getTrace(), true), 'JBSWY'));
}
?>
--EXPECT--
bool(false)
