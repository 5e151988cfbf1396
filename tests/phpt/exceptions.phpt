--TEST--
Exceptions have file, line, trace, previous and typed properties, and a refusal is always Denied
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\Exception\{ChallengeClosed, ConfigurationError, Denied, EnrolmentRequired, LockedOut, Mistyped, Rejected, OnHold, StepUpRequired, TooRecent, TwoFactorException, Unavailable};
use TwoFactor\{Client, Method, Totp, User};

foreach ([Rejected::class, Mistyped::class, LockedOut::class, ChallengeClosed::class, StepUpRequired::class, EnrolmentRequired::class, OnHold::class, TooRecent::class, Unavailable::class] as $class) {
    var_dump(is_subclass_of($class, Denied::class) && is_subclass_of($class, RuntimeException::class) && is_subclass_of($class, TwoFactorException::class));
}
var_dump(is_subclass_of(ConfigurationError::class, Denied::class), is_subclass_of(ConfigurationError::class, TwoFactorException::class));

function ask(TwoFactor\Verifier $verifier, string $challenge): void
{
    $verifier->verify($challenge, Method::Totp, '000000', new Client('192.0.2.1')); // line 13
}
$clock = new Still();
$verifier = verifier($clock);
try {
    ask($verifier, 'nothing');
} catch (Denied $denied) {
    var_dump($denied::class, $denied->getMessage(), $denied->getCode(), basename($denied->getFile()), $denied->getLine(), $denied->getPrevious());
    var_dump(array_column($denied->getTrace(), 'function'));
}

$user = new User('1', 'alice');
$setup = $verifier->startTotp($user);
$totp = Totp::fromUri($setup->uri());
$verifier->confirmTotp($setup->token(), $totp->at($clock->time), new Client('192.0.2.1'));
for ($try = 1; $try <= 6; $try++) {
    try {
        ask($verifier, $verifier->beginLogin($user, new Client('192.0.2.1'))->challenge());
    } catch (LockedOut $locked) {
        var_dump($try, $locked->getMessage(), $locked->retryAfter, $locked->disabled);
    } catch (Rejected) {
    }
}
echo outcome(fn () => $locked->retryAfter = 0), "\n";
$wrapped = new Rejected('mine', 3, $locked);
var_dump($wrapped->getPrevious() === $locked, $wrapped->getCode());
echo outcome(fn () => throw new class ('yours') extends Denied {}) === '' ? '' : "Denied can be extended by a host\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
string(35) "TwoFactor\Exception\ChallengeClosed"
string(31) "This sign-in is no longer open."
int(0)
string(14) "exceptions.php"
int(13)
NULL
array(2) {
  [0]=>
  string(6) "verify"
  [1]=>
  string(3) "ask"
}
int(6)
string(18) "Too many attempts."
int(60)
bool(false)
Error: Cannot modify readonly property TwoFactor\Exception\LockedOut::$retryAfter
bool(true)
int(3)
Denied can be extended by a host
