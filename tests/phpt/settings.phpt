--TEST--
Verifier::open(): names, types and values of settings
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\Verifier;

$open = fn (array $settings) => outcome(fn () => Verifier::open($settings + ['store' => 'memory:']));
echo $open(['max_attempts' => 3]), "\n", $open(['max_attempts' => '3']), "\n", $open(['totp_window' => true]), "\n";
$name = 'memory:';
echo outcome(fn () => Verifier::open(['store' => &$name])), "\n";
echo "- unknown names\n";
foreach (['nonsense' => 1, 'twofactor.store' => 'x', 'STORE' => 'x', '' => 'x', 0 => 'x', "a\0b" => 'x', "\xff" => 'x'] as $key => $value) {
    echo str_replace("\0", '\0', $open([$key => $value])), "\n";
}
echo strlen($open([str_repeat('x', 1 << 20) => 1])) < 200 ? "a megabyte of name is not repeated\n" : '';
echo "- wrong types\n";
foreach ([1.5, null, [], new stdClass(), fopen('php://memory', 'r')] as $value) {
    echo $open(['max_attempts' => $value]), "\n";
}
echo "- wrong values\n";
foreach ([0, -1, PHP_INT_MAX, false, '', '5.0', '+5', "5\0", "\xff", '٥', '1e1', str_repeat('5', 1 << 20)] as $value) {
    echo $open(['max_attempts' => $value]), "\n";
}
?>
--EXPECT--
returned TwoFactor\Verifier
returned TwoFactor\Verifier
returned TwoFactor\Verifier
returned TwoFactor\Verifier
- unknown names
TwoFactor\Exception\ConfigurationError: there is no setting `nonsense`
TwoFactor\Exception\ConfigurationError: there is no setting `twofactor.store`
TwoFactor\Exception\ConfigurationError: there is no setting `STORE`
TwoFactor\Exception\ConfigurationError: there is no setting ``
TwoFactor\Exception\ConfigurationError: there is no setting `0`
TwoFactor\Exception\ConfigurationError: there is no setting `a\0b`
TwoFactor\Exception\ConfigurationError: there is no setting `�`
a megabyte of name is not repeated
- wrong types
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have a string, int or bool as "max_attempts"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have a string, int or bool as "max_attempts"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have a string, int or bool as "max_attempts"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have a string, int or bool as "max_attempts"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have a string, int or bool as "max_attempts"
- wrong values
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
ValueError: TwoFactor\Verifier::open(): Argument #1 ($settings) must hold valid UTF-8
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
TwoFactor\Exception\ConfigurationError: `max_attempts` must be a whole number from 1 to 20
