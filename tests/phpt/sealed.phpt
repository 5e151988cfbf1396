--TEST--
No object of ours can be cloned, serialised, extended, compared, changed or made out of nothing
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Account, AuditEvent, Client, Enrolled, Health, HealthCheck, Login, Method, PhoneNumber, Secret, Totp, TotpSetup, User, Verified, Verifier};

$clock = new Still();
$verifier = verifier($clock);
$user = new User('1', 'alice');
$client = new Client('192.0.2.1');
$setup = $verifier->startTotp($user);
$totp = Totp::fromUri($setup->uri());
$enrolled = $verifier->confirmTotp($setup->token(), $totp->at($clock->time), $client);
$clock->time += 30;
$login = $verifier->beginLogin($user, $client);
$verifier->saveProvider('main', ['provider' => 'sns', 'access_key' => 'AKIA000000000000', 'secret' => str_repeat('s', 40), 'region' => 'us-east-1'], 'anna');
$objects = [
    $verifier, $user, $client, $setup, $totp, $enrolled, $login,
    $verifier->verify($login->challenge(), Method::Totp, $totp->at($clock->time), $client),
    Secret::generate(), $verifier->account('1'), $verifier->audit()[0], $verifier->health(), $verifier->health()->checks()[0],
    $verifier->health()->checks()[0]->findings()[0],
    PhoneNumber::parse('+4915123456789'), $verifier->providers()[0], $verifier->account('1')->factors()[0],
];
$clock->time += 30;
$challenge = $verifier->beginChallenge($user, TwoFactor\Purpose::StepUp, $client)->challenge();
$grant = $verifier->verify($challenge, Method::Totp, $totp->at($clock->time), $client)->grant();
$objects[] = $verifier->regenerateBackupCodes('1', $grant);
$derived = verifier($clock, ['secrets' => 'derived']);
$setup = $derived->startTotp($user);
$derived->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($clock->time), $client);
$clock->time += 30;
$challenge = $derived->beginChallenge($user, TwoFactor\Purpose::StepUp, $client)->challenge();
$grant = $derived->verify($challenge, Method::Totp, Totp::fromUri($setup->uri())->at($clock->time), $client)->grant();
$objects[] = $derived->regenerateRecoveryCodes('1', $grant);
echo count($objects), " classes\n";
foreach ($objects as $object) {
    $class = $object::class;
    $said = [];
    $said[] = outcome(fn () => clone $object);
    $said[] = outcome(fn () => serialize($object));
    $said[] = outcome(fn () => unserialize(sprintf('O:%d:"%s":0:{}', strlen($class), $class)));
    $said[] = outcome(fn () => $object->extra = 1);
    $said[] = outcome(fn () => (new ReflectionClass($class))->newInstanceWithoutConstructor());
    $said[] = outcome(fn () => @Closure::bind(fn () => new $class(), null, $class)());
    $said[] = (new ReflectionClass($class))->isFinal() ? 'final' : 'not final';
    $said = array_map(fn ($line) => str_replace($class, 'X', $line), $said);
    $usual ??= $said;
    if ($said !== $usual) {
        echo $class, ': ', print_r(array_diff_assoc($said, $usual), true);
    }
}
echo implode("\n", $usual), "\n";

echo "- compared by nothing but equals()\n";
$a = Secret::fromBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
$b = Secret::fromBase32('gezd gnbv-gy3t qojq gezd gnbv gy3t qojq');
$c = Secret::fromBase32('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
var_dump($a == $b, $a == $c, $a <=> $c, $a == $a, $a->equals($b), $a->equals($c), in_array($a, [$c]));

echo "- constructed once\n";
echo outcome(fn () => $user->__construct('2', 'mallory')), "\n";
echo outcome(fn () => $client->__construct('192.0.2.2')), "\n";
echo outcome(fn () => $totp->__construct($c)), "\n";
echo outcome(fn () => (new ReflectionMethod(Login::class, '__construct'))->invoke($login)), "\n";
echo $user->id(), "\n";
echo php('final class X extends TwoFactor\User {}', ['-d', 'display_errors=1']);
echo php('enum X: string { const A = 1; } class Y extends TwoFactor\Method {}', ['-d', 'display_errors=1']);
?>
--EXPECTF--
19 classes
Error: Trying to clone an uncloneable object of class X
Exception: Serialization of 'X' is not allowed
Exception: Unserialization of 'X' is not allowed
Error: Cannot create dynamic property X::$extra
ReflectionException: Class X is an internal class marked as final that cannot be instantiated without invoking its constructor
%s
final
- compared by nothing but equals()
bool(false)
bool(false)
int(1)
bool(true)
bool(true)
bool(false)
bool(false)
- constructed once
Error: An object is constructed only once
Error: An object is constructed only once
Error: An object is constructed only once
Error: This class cannot be instantiated
1

Fatal error: Class X %s final class %STwoFactor\User%S in %s on line 1
(exit 255)

Fatal error: Class Y %s final class %STwoFactor\Method%S in %s on line 1
(exit 255)
