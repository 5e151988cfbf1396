--TEST--
Client::fromGlobals(): the address of $_SERVER as it is now, whatever it is, the browser's name whatever it is
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, User};

$address = function (): string {
    $verifier = verifier();
    $setup = $verifier->startTotp(new User('1', 'alice'));
    try {
        $verifier->confirmTotp($setup->token(), '000000', Client::fromGlobals());
    } catch (TwoFactor\Exception\Rejected) {
    }
    return print_r(Client::fromGlobals(), true);
};
echo $address();
foreach (['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'] as $ip) {
    $_SERVER['REMOTE_ADDR'] = $ip;
    echo $address();
}
echo "- whatever the browser says\n";
foreach (["\xff\xfe", "\0", str_repeat("\u{1F600}", 1 << 18), '', ['array'], 5, null] as $agent) {
    $_SERVER['HTTP_USER_AGENT'] = $agent;
    echo outcome(Client::fromGlobals(...)), "\n";
}
echo "- not an address\n";
foreach (['unix:', 'fe80::1%eth0', '', 'localhost', '192.0.2.1, 10.0.0.1', '192.0.2.1:80', "192.0.2.1\n", "\xff", '1', '0x7f000001', ['array'], 5, null] as $no) {
    $_SERVER['REMOTE_ADDR'] = $no;
    echo trim(preg_replace('/\s+/', ' ', $address())), "\n";
}
unset($_SERVER['REMOTE_ADDR']);
echo "- forwarded headers are not looked at\n";
$_SERVER = ['REMOTE_ADDR' => '192.0.2.1', 'HTTP_X_FORWARDED_FOR' => '10.0.0.1', 'HTTP_CLIENT_IP' => '10.0.0.2'];
echo $address();
$_SERVER = 'gone';
echo $address();
?>
--EXPECT--
TwoFactor\Client Object
(
    [ip] => 127.0.0.1
)
TwoFactor\Client Object
(
    [ip] => 192.0.2.1
)
TwoFactor\Client Object
(
    [ip] => 2001:db8::1
)
TwoFactor\Client Object
(
    [ip] => ::ffff:192.0.2.1
)
- whatever the browser says
returned TwoFactor\Client
returned TwoFactor\Client
returned TwoFactor\Client
returned TwoFactor\Client
returned TwoFactor\Client
returned TwoFactor\Client
returned TwoFactor\Client
- not an address
TwoFactor\Client Object ( [ip] => unix: )
TwoFactor\Client Object ( [ip] => fe80::1 )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => unknown )
TwoFactor\Client Object ( [ip] => 127.0.0.1 )
TwoFactor\Client Object ( [ip] => 127.0.0.1 )
TwoFactor\Client Object ( [ip] => 127.0.0.1 )
- forwarded headers are not looked at
TwoFactor\Client Object
(
    [ip] => 192.0.2.1
)
TwoFactor\Client Object
(
    [ip] => 127.0.0.1
)
