--TEST--
Without a licence what is premium says what is missing, and signing in is as it was
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Exception\Denied, Exception\LicenceRequired, Exception\TwoFactorException, LicenceState, Totp, User};

$clock = new Still();
$key = 'TF-c4nary-0123456789';
$public = 'k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
$whole = ['licence_key' => $key, 'licence_url' => 'https://gateway.example', 'licence_public_keys' => $public, 'site_url' => 'https://example.org'];
$worlds = [
    'no key' => [],
    'a key alone' => ['licence_key' => $key],
    'no address' => ['licence_url' => ''] + $whole,
    'not over TLS' => ['licence_url' => 'http://gateway.example'] + $whole,
    'a key that is none' => ['licence_key' => 'c4nary'] + $whole,
    'a public key that is none' => ['licence_public_keys' => 'k1 = c4nary'] + $whole,
    'three public keys' => ['licence_public_keys' => "$public, a" . substr($public, 2) . ', b' . substr($public, 2)] + $whole,
    'a site that is none' => ['site_url' => 'example.org'] + $whole,
    'everything' => $whole,
];
foreach ($worlds as $name => $settings) {
    $verifier = verifier($clock, $settings);
    echo "- $name\n";
    var_dump($verifier->licence());
    // With everything it would ask.
    echo $name === 'everything' ? '' : outcome(fn () => $verifier->renewLicence()) . "\n";
    foreach ($verifier->health()->checks() as $check) {
        if ($check->name() === 'licence') {
            echo $check->status()->value, ': ', $check->findings()[0]->id(), "\n", $check->message(), "\n";
        }
    }
    $user = new User('1', 'alice');
    $setup = $verifier->startTotp($user);
    $client = new Client('192.0.2.1');
    $totp = Totp::fromUri($setup->uri());
    $verifier->confirmTotp($setup->token(), $totp->at($clock->time), $client);
    $clock->time += 30;
    $challenge = $verifier->beginLogin($user, $client)->challenge();
    echo $verifier->verify($challenge, TwoFactor\Method::Totp, $totp->at($clock->time), $client)->userId(), " is in\n";
    if (!$verifier->health()->canVerify()) {
        echo "nobody can be verified\n";
    }
}
echo "- the exception\n";
var_dump(is_subclass_of(LicenceRequired::class, Denied::class), is_subclass_of(LicenceRequired::class, TwoFactorException::class));
echo outcome(fn () => (new ReflectionClass(TwoFactor\Licence::class))->newInstance()), "\n";
echo implode(' ', array_column(LicenceState::cases(), 'value')), "\n";
echo outcome(fn () => verifier($clock, ['premium_grace_days' => 61])), "\n";
$said = php('var_dump(ini_get("twofactor.licence_key")); phpinfo(INFO_MODULES);', [], ['TWOFACTOR_LICENCE_KEY' => $key]);
echo str_contains($said, 'c4nary') ? "told\n" : "not told\n";
echo "- entered by a person\n";
echo outcome(fn () => verifier($clock, ['licence_key' => 'stored'] + $whole)->renewLicence()), "\n";
echo outcome(fn () => verifier($clock, ['licence_key' => 'stored'] + $whole)->setLicenceKey('c4nary')), "\n";
echo outcome(fn () => verifier($clock, $whole)->setLicenceKey('')), "\n";
// A key of the process goes before it, from wherever; the text "stored" is no key of anybody's.
$asks = 'try { TwoFactor\Verifier::open(["store" => "memory:", "licence_key" => "stored"])->renewLicence(); } catch (Exception $e) { echo $e->getMessage(); }';
foreach (['', 'TF-x4nary-0123456789'] as $known) {
    echo php($asks, [], ['TWOFACTOR_LICENCE_KEY' => $known]), "\n";
    echo php($asks, ['-d', "twofactor.licence_key=$known"], []), "\n";
}
?>
--EXPECT--
- no key
NULL
TwoFactor\Exception\LicenceRequired: this needs a licence: set twofactor.licence_key
1 is in
- a key alone
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64
warning: licence.settings
the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- no address
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: the gateway's URL must be https://, a host, perhaps a port and a path
warning: licence.settings
the settings of the licence: the gateway's URL must be https://, a host, perhaps a port and a path. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- not over TLS
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: the gateway's URL must be https://, a host, perhaps a port and a path
warning: licence.settings
the settings of the licence: the gateway's URL must be https://, a host, perhaps a port and a path. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- a key that is none
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: the licence key must be 8 to 200 visible letters
warning: licence.settings
the settings of the licence: the licence key must be 8 to 200 visible letters. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- a public key that is none
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64
warning: licence.settings
the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- three public keys
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: the gateway has two public keys: the current one and the next
warning: licence.settings
the settings of the licence: the gateway has two public keys: the current one and the next. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- a site that is none
NULL
TwoFactor\Exception\LicenceRequired: the settings of the licence: the site's root URL must be https:// and a host name
warning: licence.settings
the settings of the licence: the site's root URL must be https:// and a host name. Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- everything
NULL
warning: licence.missing
no licence has come yet for example.org: call renewLicence(). Trusted browsers and the policy of who needs a second factor stop; nobody is locked out
1 is in
- the exception
bool(false)
bool(true)
ReflectionException: Access to non-public constructor of class TwoFactor\Licence
valid grace expired refused
TwoFactor\Exception\ConfigurationError: `premium_grace_days` must be a whole number from 0 to 60
not told
- entered by a person
TwoFactor\Exception\LicenceRequired: this needs a licence: enter its key, which setLicenceKey() takes
TwoFactor\Exception\LicenceRequired: the settings of the licence: the licence key must be 8 to 200 visible letters
TwoFactor\Exception\LicenceRequired: the settings of the licence: the licence key is not taken from the store: licence_key says which it is
this needs a licence: enter its key, which setLicenceKey() takes
this needs a licence: enter its key, which setLicenceKey() takes
the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64
the settings of the licence: a public key of the gateway must be its id, an equals sign and 32 bytes in base 64
