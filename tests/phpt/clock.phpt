--TEST--
A clock object: whatever it does, nobody is let in by it and nothing breaks
--INI--
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, User, Verifier};

function with(mixed $now): Verifier
{
    return Verifier::open(['store' => 'memory:', 'clock' => new class ($now) {
        public function __construct(private mixed $now) {}

        public function now(): mixed
        {
            return $this->now instanceof Closure ? ($this->now)() : $this->now;
        }
    }]);
}
$ask = fn (mixed $now) => outcome(fn () => with($now)->account('1'));

echo $ask(new DateTimeImmutable('2026-11-21')), "\n", $ask(new DateTime('@0')), "\n";
echo "- no time to rely on\n";
foreach ([null, 0, '2026-11-21', new stdClass(), [], new DateTimeImmutable('@-1'), new DateTimeImmutable('@253402300800'), new DateTimeImmutable('0000-01-01')] as $no) {
    echo $ask($no), "\n";
}
echo with(null)->health()->isOk() ? 'ok' : 'health says so', "\n";
echo "- its exceptions pass through\n";
echo $ask(fn () => throw new DomainException('broken clock')), "\n";
echo outcome(fn () => with(fn () => throw new DomainException('broken clock'))->health()), "\n";
echo "- not a clock\n";
foreach ([null, 1, 'now', [], new stdClass(), new ArrayObject()] as $no) {
    echo outcome(fn () => Verifier::open(['store' => 'memory:', 'clock' => $no])), "\n";
}
echo outcome(fn () => Verifier::open(['store' => 'memory:', 'clock' => new class { public function now(int $x): int { return 1; } }])->account('1')), "\n";
echo "- a clock that asks the verifier\n";
$verifier = with(function () use (&$verifier, &$depth) {
    return $depth++ < 3 ? new DateTimeImmutable('@' . $verifier->account('1')->epoch()) : new DateTimeImmutable('@5');
});
echo outcome(fn () => $verifier->account('1')), "\n";
echo "- a clock that constructs the user anew\n";
$user = new User('1', 'alice');
$changing = with(function () use ($user) {
    $user->__construct('2', 'mallory');
    return new DateTimeImmutable();
});
echo outcome(fn () => $changing->beginLogin($user, new Client('192.0.2.1'))), ' ', $user->id(), "\n";
echo "- a circle of clock and verifier is collected\n";
unset($verifier, $depth);
gc_collect_cycles();
for ($i = 0; $i < 3; $i++) {
    $clock = new class extends ArrayObject { public function now() { return new DateTimeImmutable(); } public function __destruct() { echo "gone\n"; } };
    $clock['verifier'] = Verifier::open(['store' => 'memory:', 'clock' => $clock]);
    unset($clock);
}
gc_collect_cycles();
echo "- the end of the request inside a clock\n";
echo php('TwoFactor\Verifier::open(["store" => "memory:", "clock" => new class { function now() { echo "bye\n"; exit(3); } }])->account("1"); echo "not reached";');
echo php('register_shutdown_function(fn () => print("shut down\n")); TwoFactor\Verifier::open(["store" => "memory:", "clock" => new class { function now() { trigger_error("over", E_USER_ERROR); } }])->account("1"); echo "not reached";', ['-d', 'display_errors=0', '-d', 'log_errors=0']);
?>
--EXPECT--
returned TwoFactor\Account
returned TwoFactor\Account
- no time to rely on
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
TwoFactor\Exception\Unavailable: Second factors cannot be verified right now.
health says so
- its exceptions pass through
DomainException: broken clock
DomainException: broken clock
- not a clock
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
TypeError: TwoFactor\Verifier::open(): Argument #1 ($settings) must have an object with a method now() as "clock"
ArgumentCountError: Too few arguments to function class@anonymous::now(), 0 passed and exactly 1 expected
- a clock that asks the verifier
returned TwoFactor\Account
- a clock that constructs the user anew
Error: An object is constructed only once 1
- a circle of clock and verifier is collected
gone
gone
gone
- the end of the request inside a clock
bye
(exit 3)
shut down
(exit 255)
