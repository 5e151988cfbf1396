--TEST--
Names that are kept for later versions: no list offers them, no call takes them, and they cost nobody an attempt
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, LoginState, Method, Purpose, Totp, User, Verifier};

$folder = folder();
$clock = new Still();
$verifier = verifier($clock, ['development' => 1, 'max_attempts' => 1]);
$verifier->saveProvider('dev', ['provider' => 'development', 'file' => "$folder/codes"], 'anna');
$code = fn () => preg_match('/"code":"(\d+)"/', (string) file("$folder/codes")[array_key_last(file("$folder/codes"))], $found) ? $found[1] : '';
[$user, $client] = [new User('1', 'alice', 'alice@example.org'), new Client('192.0.2.1')];
$grant = function () use ($verifier, $user, $client, $clock, &$totp) {
    $clock->time += 30;
    return $verifier->verify($verifier->beginChallenge($user, Purpose::StepUp, $client)->challenge(), Method::Totp, $totp->at($clock->time), $client)->grant();
};

$states = [$verifier->beginLogin($user, $client)->state()];
$setup = $verifier->startTotp($user);
$totp = Totp::fromUri($setup->uri());
$verifier->confirmTotp($setup->token(), $totp->at($clock->time), $client);
$sent = $verifier->startPhone($user, '+4915123456789', null, $client, Method::Sms, $grant());
$verifier->confirmPhone($sent->token(), $code(), $client);
$login = $verifier->beginLogin($user, $client);
$states[] = $login->state();

$reserved = [Method::Passkey];
$lists = [
    $login->methods(), $verifier->account('1')->methods(), $verifier->account('1')->disabledMethods(), [$verifier->account('1')->primary()],
    ...array_map(fn ($it) => $it->methods(), $verifier->providers()), ...array_map(fn ($it) => $it->methods(), Verifier::providerKinds()),
];
$offered = array_merge(...$lists);
echo json_encode(array_values(array_unique(array_map(fn ($it) => $it->value, $offered)))), "\n";
foreach ($reserved as $name) {
    echo in_array($name, [...$offered, ...$states], true) ? "{$name->name} is offered\n" : '';
}

$calls = [
    'verify' => fn ($it) => $verifier->verify($login->challenge(), $it, '123456', $client),
    'sendCode' => fn ($it) => $verifier->sendCode($login->challenge(), $it, $client),
    'startPhone' => fn ($it) => $verifier->startPhone($user, '+4915123456780', null, $client, $it, $grant()),
    'proveNumber' => fn ($it) => $verifier->proveNumber('subject', '+4915123456780', null, $client, $it),
    'setPrimary' => fn ($it) => $verifier->setPrimary('1', $it, $grant()),
    'remove' => fn ($it) => $verifier->remove('1', $it, $grant()),
    'sendTest' => fn ($it) => $verifier->sendTest('dev', '+4915123456789', null, $it, 'anna', $client),
    'setMessageText' => fn ($it) => $verifier->setMessageText($it, 'en', '{code}', 'anna', $grant(), $client),
    'previewMessageText' => fn ($it) => $verifier->previewMessageText($it, 'en', '{code}'),
    'offers' => fn ($it) => $verifier->offers($it),
];
$takes = array_filter(get_class_methods(Verifier::class), fn ($name) => array_filter(
    (new ReflectionMethod(Verifier::class, $name))->getParameters(),
    fn ($it) => ltrim((string) $it->getType(), '?') === Method::class,
));
echo implode(', ', array_diff($takes, array_keys($calls))), "\n";
foreach ($calls as $name => $call) {
    foreach ($reserved as $method) {
        try {
            $said = $call($method) === false ? 'false' : 'done';
        } catch (Throwable $thrown) {
            $said = $thrown::class;
        }
        echo "$name({$method->name}): $said\n";
    }
}
foreach ([...$reserved, null] as $method) {
    var_dump($verifier->account('1')->lockedUntil($method));
}
$clock->time += 30;
echo $verifier->verify($login->challenge(), Method::Totp, $totp->at($clock->time), $client)->method()->value, "\n";

echo "- a device token\n";
$trusted = new Client('192.0.2.1', 'Firefox', 'd3vice-t0ken');
echo $verifier->beginLogin($user, $trusted)->state()->value, "\n";
?>
--EXPECT--
["totp","sms","backup","voice","whatsapp"]

verify(Passkey): TwoFactor\Exception\Rejected
sendCode(Passkey): TwoFactor\Exception\NotSent
startPhone(Passkey): ValueError
proveNumber(Passkey): ValueError
setPrimary(Passkey): ValueError
remove(Passkey): ValueError
sendTest(Passkey): ValueError
setMessageText(Passkey): ValueError
previewMessageText(Passkey): ValueError
offers(Passkey): false
NULL
NULL
totp
- a device token
challenge
