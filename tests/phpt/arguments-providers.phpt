--TEST--
Settings of providers: no field of any kind takes a text of any length, or control characters, and nothing is kept
--FILE--
<?php
require __DIR__ . '/php.inc';

$fields = [
    'twilio-verify' => ['user', 'secret', 'service', 'service_unproven', 'url'],
    'twilio-messaging' => [
        'user', 'secret', 'account', 'from', 'messaging_service', 'voice_from', 'whatsapp_from', 'whatsapp_template',
        'whatsapp_variable', 'status_callback', 'auth_token', 'url',
    ],
    'sns' => ['access_key', 'secret', 'session_token', 'region', 'sender_id', 'max_price', 'url'],
    'gateway' => ['url', 'licence_key', 'site_url', 'module', 'signature'],
    'development' => ['file'],
];
$lists = ['twilio-verify' => ['channels'], 'gateway' => ['keys']];
$strange = [
    'must have at most 4096 bytes' => [str_repeat('x', 4097), str_repeat('ä', 1 << 19)],
    'must not have control characters' => ["\0", "a\r\nb", "\u{85}"],
];
$verifier = TwoFactor\Verifier::open(['store' => 'memory:']);
$tried = 0;
foreach ($fields as $kind => $names) {
    foreach ([...array_map(fn ($name) => [$name, false], $names), ...array_map(fn ($name) => [$name, true], $lists[$kind] ?? [])] as [$name, $list]) {
        foreach ($strange as $why => $texts) {
            foreach ($texts as $text) {
                // PHP itself refuses such a path.
                if ($name === 'file' && $text === "\0") {
                    continue;
                }
                $said = outcome(fn () => $verifier->saveProvider('main', ['provider' => $kind, $name => $list ? [$text] : $text], 'anna'));
                $tried++;
                if ($said !== "TwoFactor\\Exception\\ConfigurationError: main: `$name` $why") {
                    echo "$kind $name: ", substr($said, 0, 200), "\n";
                }
            }
        }
    }
}
foreach ($lists as $kind => [$name]) {
    echo outcome(fn () => $verifier->saveProvider('main', ['provider' => $kind, $name => array_fill(0, 17, 'sms')], 'anna')), "\n";
}
foreach (['', str_repeat('x', 33), "a\nb"] as $name) {
    echo outcome(fn () => $verifier->saveProvider($name, ['provider' => 'sns'], 'anna')), "\n";
}
echo $tried, ' tried, ', count($verifier->providers()), " kept\n";
?>
--EXPECT--
TwoFactor\Exception\ConfigurationError: main: `channels` must have at most 16 texts
TwoFactor\Exception\ConfigurationError: main: `keys` must have at most 16 texts
TwoFactor\Exception\ConfigurationError: the name of a provider must be 1 to 32 letters, digits and dashes
TwoFactor\Exception\ConfigurationError: the name of a provider must be 1 to 32 letters, digits and dashes
TwoFactor\Exception\ConfigurationError: the name of a provider must be 1 to 32 letters, digits and dashes
159 tried, 0 kept
