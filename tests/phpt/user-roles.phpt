--TEST--
User: roles and groups cost a host nothing where no policy asks for them
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Method, User};

$looked = (function () {
    echo "the host looked up roles\n";
    yield 'editors';
})();
$user = new User('1', 'anna', null, $looked, 'de', (function () { yield new User('2', 'bert'); })());
$verifier = verifier();
$verifier->startTotp($user);
$verifier->beginLogin($user, new Client('192.0.2.1'));
$weak = WeakReference::create($looked);
unset($looked, $user);
echo $weak->get() === null ? "nothing is kept\n" : "kept\n";
// A generator that holds its user is found by the cycle collector.
$roles = (function () { $mine = yield 'a'; yield $mine; })();
$user = new User('1', 'anna', null, $roles);
$roles->send($user);
$weak = WeakReference::create($roles);
unset($roles, $user);
gc_collect_cycles();
echo $weak->get() === null ? "nothing is kept\n" : "kept\n";
foreach ([new User('1', 'anna', roles: ['editors']), new User('1', 'anna', groups: new ArrayIterator([5]))] as $user) {
    print_r($user);
}
echo outcome(fn () => new User('1', 'anna', roles: 'editors'));
?>
--EXPECTF--
nothing is kept
nothing is kept
TwoFactor\User Object
(
    [id] => 1
)
TwoFactor\User Object
(
    [id] => 1
)
TypeError: TwoFactor\User::__construct(): Argument #4 ($roles) must be of type %s, string given
