--TEST--
User: roles cost a host nothing, for nothing asks for them
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Method, User};

$roles = (function () {
    echo "the host looked up roles\n";
    yield 'editors';
})();
$user = new User('1', 'anna', null, $roles, 'de');
$verifier = verifier();
$verifier->startTotp($user);
$verifier->beginLogin($user, new Client('192.0.2.1'));
$weak = WeakReference::create($roles);
unset($roles);
echo $weak->get() === null ? "nothing is kept\n" : "kept\n";
foreach ([new User('1', 'anna', roles: ['editors']), new User('1', 'anna', roles: new ArrayIterator([5])), $user] as $user) {
    print_r($user);
}
echo outcome(fn () => new User('1', 'anna', roles: 'editors'));
?>
--EXPECTF--
nothing is kept
TwoFactor\User Object
(
    [id] => 1
)
TwoFactor\User Object
(
    [id] => 1
)
TwoFactor\User Object
(
    [id] => 1
)
TypeError: TwoFactor\User::__construct(): Argument #4 ($roles) must be of type %s, string given
