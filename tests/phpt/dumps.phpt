--TEST--
No dump, cast, export, error or trace shows a secret (attack 39)
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Method, PhoneNumber, Purpose, Secret, Totp, User, Verifier};

$clock = new Still();
$verifier = verifier($clock);
$user = new User('1', 'alice');
$client = new Client('192.0.2.1', 'Mozilla/5.0 br0wser-of-anna', 'd3vice-t0ken');
$setup = $verifier->startTotp($user);
$totp = Totp::fromUri($setup->uri());
$code = $totp->at($clock->time);
$enrolled = $verifier->confirmTotp($setup->token(), $code, $client);
$clock->time += 30;
$login = $verifier->beginChallenge($user, Purpose::StepUp, $client);
$challenge = $login->challenge();
$verified = $verifier->verify($challenge, Method::Totp, $totp->at($clock->time), $client);
$fresh = $verifier->regenerateBackupCodes('1', $verified->grant());
$derived = verifier($clock, ['secrets' => 'derived']);
$pending = $derived->startTotp($user);
$given = $derived->confirmTotp($pending->token(), Totp::fromUri($pending->uri())->at($clock->time), $client);
$clock->time += 30;
$proof = $derived->verify($derived->beginChallenge($user, Purpose::StepUp, $client)->challenge(), Method::RecoveryCode, $given->recoveryCodes()[0], $client);
$list = $derived->regenerateRecoveryCodes('1', $proof->grant());
$clock->time -= 30;
preg_match('/secret=(\w+)/', $setup->uri(), $found);
$secret = Secret::fromBase32($found[1]);

$credentials = ['user' => 'SKdeadbeefdeadbeefdeadbeefdeadbeef', 'secret' => 'cr3dential-of-twilio'];
$provider = ['provider' => 'twilio-verify', 'service' => 'VA0123456789abcdef0123456789abcdef'] + $credentials;
$verifier->saveProvider('main', $provider, 'anna');

$canaries = [
    ...$credentials,
    'challenge' => $challenge, 'set-up' => $setup->token(), 'grant' => $verified->grant(), 'secret' => $found[1], 'grouped' => $setup->secret(),
    'raw' => substr(print_r($secret->toBase32(), true), 0, 16), 'token' => 'd3vice-t0ken', 'browser' => 'br0wser-of-anna',
    'number' => '15123456789',
    ...array_combine(array_map(fn ($i) => "backup $i", range(0, 9)), $enrolled->backupCodes()),
    ...array_combine(array_map(fn ($i) => "fresh $i", range(0, 9)), $fresh->codes()),
    ...array_combine(array_map(fn ($i) => "recovery $i", range(0, 9)), $given->recoveryCodes()),
    ...array_combine(array_map(fn ($i) => "list $i", range(0, 9)), $list->codes()),
];
$audit = iterator_to_array((fn () => yield from $verifier->audit())());
$objects = [$verifier, $user, $client, $setup, $totp, $enrolled, $fresh, $given, $proof, $list, $derived->account('1'), $login, $verified, $secret, $verifier->account('1'), $audit, $verifier->health(), PhoneNumber::parse('+4915123456789'), $verifier->providers()[0]];

$shown = '';
ob_start();
foreach ($objects as $object) {
    var_dump($object);
    print_r($object);
    var_export($object);
    debug_zval_dump($object);
    foreach (is_object($object) ? (array) $object : [] as $value) {
        var_dump($value);
    }
    echo json_encode($object), json_encode(get_object_vars((object) ['o' => $object])), "\n";
    echo outcome(fn () => serialize($object)), outcome(fn () => (string) $object), "\n";
    debug_print_backtrace();
}
// Wrong in every way that makes a message or a trace.
$wrong = [
    fn () => $verifier->verify($challenge, Method::Totp, $code, $client),
    fn () => $verifier->verify([$challenge], Method::Totp, $code, $client),
    fn () => $verifier->verify($challenge, 'totp', $enrolled->backupCodes()[0], $client),
    fn () => $verifier->confirmTotp($setup->token() . "\0", $found[1], $client),
    fn () => $verifier->setPrimary('2', Method::Totp, $verified->grant()),
    fn () => $verifier->remove('', Method::Totp, $verified->grant()),
    fn () => $verifier->regenerateBackupCodes('2', $verified->grant()),
    fn () => $derived->regenerateRecoveryCodes('2', $verified->grant()),
    fn () => $derived->rotateSecret($user, $challenge),
    fn () => $derived->verify($challenge, Method::RecoveryCode, $given->recoveryCodes()[1], $client),
    fn () => $derived->verify($derived->beginLogin($user, $client)->challenge(), Method::RecoveryCode, $list->codes()[1] . 'X', $client),
    fn () => $verifier->startTotp($user, null, $challenge),
    fn () => $verifier->pendingTotp([$setup->token()]),
    fn () => Secret::fromBase32($found[1] . '!'),
    fn () => Totp::fromUri($setup->uri() . '&period=0'),
    fn () => $totp->match($enrolled->backupCodes()[1], -1),
    fn () => new Client('nowhere', 'br0wser-of-anna', 'd3vice-t0ken'),
    fn () => PhoneNumber::parse('15123456789'),
    fn () => PhoneNumber::parse('+4915123456789', 'XX'),
    fn () => PhoneNumber::parse(['+4915123456789']),
    fn () => Verifier::open(['store' => "mysql://cms:{$found[1]}@h/d?nonsense=1"]),
    fn () => Verifier::open(['http_proxy' => "http://u:{$found[1]}@h"]),
    fn () => Verifier::open(['http_proxy' => "http://u:{$found[1]}@x@h:1"]),
    fn () => Verifier::open(['nonsense' => $found[1]]),
    fn () => Verifier::open(['store' => [$found[1]]]),
    fn () => Verifier::open(['max_attempts' => $found[1]]),
    fn () => $verifier->saveProvider('main', ['service' => null] + $provider, 'anna'),
    fn () => $verifier->saveProvider('main', ['region' => $credentials['secret']] + $provider, 'anna'),
    fn () => $verifier->saveProvider('main', ['service' => $credentials['secret']] + $provider, 'anna'),
    fn () => $verifier->saveProvider('main', ['provider' => $credentials['secret']], 'anna'),
    fn () => $verifier->saveProvider('main', [$credentials['secret'] => 1], 'anna'),
    fn () => $verifier->saveProvider('main', [$credentials['secret'] => 1.5], 'anna'),
    fn () => $verifier->saveProvider('main', [$credentials['secret']], 'anna'),
    fn () => $verifier->saveProvider('main', ['secret' => $credentials], 'anna'),
    fn () => $verifier->saveProvider('main', ['url' => 'https://elsewhere.example'], 'anna'),
    fn () => $verifier->saveProvider('main', $provider, ''),
    fn () => $verifier->sendTest('none', '+4915123456789', null, Method::Sms, 'anna', $client),
    fn () => $verifier->sendTest('main', '+49151234567890000', null, Method::Sms, 'anna', $client),
];
$thrown = 0;
foreach ($wrong as $call) {
    try {
        $call();
        echo 'nothing thrown';
    } catch (Throwable $error) {
        $thrown++;
        echo $error, "\n", $error->getMessage(), $error->getTraceAsString(), print_r($error->getTrace(), true);
        var_dump($error);
    }
}
$shown = ob_get_clean();
echo strlen($shown) > 20000 ? "much was shown\n" : $shown;
echo "$thrown of ", count($wrong), " thrown\n";
foreach ($canaries as $name => $canary) {
    if (str_contains($shown, $canary) || str_contains($shown, substr($canary, 0, 12))) {
        echo "$name was shown: ", substr($shown, max(0, strpos($shown, substr($canary, 0, 12)) - 300), 400), "\n";
    }
}
echo substr_count($shown, 'SensitiveParameterValue') > 10 ? "traces hide arguments\n" : 'traces hide nothing';
?>
--INI--
zend.exception_string_param_max_len=1000
zend.exception_ignore_args=0
--EXPECT--
much was shown
38 of 38 thrown
traces hide arguments
