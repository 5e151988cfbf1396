--TEST--
Every setting may come from the environment at the start, php.ini wins, and a script changes nothing
--FILE--
<?php
require __DIR__ . '/php.inc';
$folder = folder();
$in = ['TWOFACTOR_STORE' => "sqlite:$folder/db", 'TWOFACTOR_KEYS' => 'spring = ' . base64_encode(str_repeat('k', 32))];
$open = 'try { TwoFactor\Verifier::open(); echo "open\n"; }
    catch (TwoFactor\Exception\ConfigurationError $e) { echo str_replace("' . $folder . '", "X", $e->getMessage()), "\n"; }';
$limit = 'foreach (TwoFactor\Verifier::open()->health()->checks() as $check) foreach ($check->findings() as $it)
    if (in_array($check->name(), ["policy", "settings", "emergency"], true)) echo $it->message(), "\n";';

echo "- each\n";
$wrong = [];
// What is wrong with a licence keeps nobody out, and what is wrong with a list of networks is said where it is used.
$ofLicence = ['licence_key', 'licence_url', 'licence_public_keys', 'site_url', 'network_allow', 'network_deny'];
foreach (array_keys(ini_get_all('twofactor')) as $directive) {
    $name = substr($directive, strlen('twofactor.'));
    if (in_array($name, $ofLicence, true)) {
        $told = php($open, [], ['TWOFACTOR_' . strtoupper($name) => 'x y'] + $in);
        echo $told === "open\n" ? '' : "$name: $told";
        continue;
    }
    $variable = 'TWOFACTOR_' . strtoupper($name);
    $value = match ($name) {
        'site' => "\1", 'issuer' => 'a:b', 'store' => 'nonsense', default => 'x y',
    };
    $wrong[] = $told = php($open, [], [$variable => $value] + $in);
    if (!str_starts_with($told, "the environment variable $variable: `$name`")) {
        echo "$variable: $told";
    }
}
echo count($wrong) > 50 ? "denies, and names the variable\n" : count($wrong);
echo php($open, [], ['TWOFACTOR_MAX_ATTEMPTS' => '0'] + $in);
// proc_open() leaves out what is empty.
file_put_contents("$folder/open.php", "<?php $open");
echo shell_exec(sprintf('TWOFACTOR_MAX_ATTEMPTS= TWOFACTOR_STORE=memory: %s -n -d extension=%s %s', getenv('TEST_PHP_EXECUTABLE'), extension(), "$folder/open.php"));
echo php($open, [], ['TWOFACTOR_SITE' => "\xff"] + $in), php($open, [], ['TWOFACTOR_STORE' => "sqlite:$folder/\xff"] + $in);

echo "- it is obeyed\n";
echo php($limit, [], ['TWOFACTOR_MAX_ATTEMPTS' => '7'] + $in);
echo php('var_dump(ini_get("twofactor.max_attempts"));', [], ['TWOFACTOR_MAX_ATTEMPTS' => '7']);
echo "- php.ini wins, also with an empty value\n";
echo php($limit, ['-d', 'twofactor.max_attempts=8'], ['TWOFACTOR_MAX_ATTEMPTS' => '7'] + $in);
echo php($limit, ['-d', 'twofactor.max_attempts=5'], ['TWOFACTOR_MAX_ATTEMPTS' => 'wrong'] + $in);
echo php($open, ['-d', 'twofactor.max_attempts=wrong'], ['TWOFACTOR_MAX_ATTEMPTS' => '7'] + $in);
echo php($open, ['-d', 'twofactor.http_proxy='], ['TWOFACTOR_HTTP_PROXY' => 'wrong'] + $in);
echo php($open, ['-d', 'twofactor.phone_regions='], ['TWOFACTOR_PHONE_REGIONS' => 'wrong'] + $in);
echo "- and so does who opens the verifier\n";
echo php('TwoFactor\Verifier::open(["max_attempts" => 5]); echo "open\n";', [], ['TWOFACTOR_MAX_ATTEMPTS' => 'wrong'] + $in);
echo php('try { TwoFactor\Verifier::open(["max_attempts" => "wrong"]); } catch (TwoFactor\Exception\ConfigurationError $e) { echo $e->getMessage(), "\n"; }', [], ['TWOFACTOR_MAX_ATTEMPTS' => '5'] + $in);

echo "- a script changes nothing\n";
$put = 'foreach (["MAX_ATTEMPTS=7", "STORE=memory:", "KEYS=x", "CLI_OPERATORS=0", "EMERGENCY=0/1", "NONSENSE=1"] as $it) putenv("TWOFACTOR_$it"); $_ENV["TWOFACTOR_MAX_ATTEMPTS"] = $_SERVER["TWOFACTOR_MAX_ATTEMPTS"] = "7";';
echo php($put . $limit . $open, [], $in);
echo php('putenv("TWOFACTOR_MAX_ATTEMPTS");' . $limit, [], ['TWOFACTOR_MAX_ATTEMPTS' => '7'] + $in);
$store = str_replace($folder, 'X', php($put . 'foreach (TwoFactor\Verifier::open()->health()->checks() as $it) if ($it->name() === "store") echo $it->status()->value, "\n";', [], $in));
echo $store;

echo "- a password is not in the table that scripts read\n";
$secret = ['TWOFACTOR_STORE' => 'mysql://u:c4nary@127.0.0.1:1/d', 'TWOFACTOR_HTTP_PROXY' => 'http://u:c4nary@proxy.example:3128'];
echo str_contains(php('putenv("TWOFACTOR_STORE"); putenv("TWOFACTOR_HTTP_PROXY"); $_SERVER = $_ENV = []; var_dump(ini_get_all("twofactor"), ini_get("twofactor.store"));
    ob_start(); phpinfo(INFO_MODULES); echo strstr(ob_get_clean(), "Second factors");', [], $secret), 'c4nary') ? "shown\n" : "not shown\n";

echo "- what is the operator's to say may be said there\n";
echo php($limit, [], ['TWOFACTOR_EMERGENCY' => '1000000000/1000000060'] + $in);
echo php('try { TwoFactor\Verifier::open()->assertOperator("anna", null); echo "may\n"; } catch (Throwable $e) { echo $e::class, "\n"; }', [], ['TWOFACTOR_CLI_OPERATORS' => '0'] + $in);
echo "- but not with a request\n";
foreach (['TWOFACTOR_EMERGENCY' => '1000000000/1000000060', 'TWOFACTOR_STORE' => 'memory:', 'TWOFACTOR_KEYS' => 'x'] as $name => $value) {
    echo php($open, ['-d', "twofactor.store=memory:"], [$name => $value, 'GATEWAY_INTERFACE' => 'CGI/1.1']);
}
echo php($open, ['-d', "twofactor.store=memory:"], ['HTTP_TWOFACTOR_STORE' => 'x', 'GATEWAY_INTERFACE' => 'CGI/1.1']);

echo "- what is none is named\n";
echo $told = php($limit, [], ['TWOFACTOR_MAX_ATEMPTS' => 'c4nary', 'TWOFACTOR_SERVICE_HOST' => 'c4nary'] + $in);
?>
--EXPECT--
- each
denies, and names the variable
the environment variable TWOFACTOR_MAX_ATTEMPTS: `max_attempts` must be a whole number from 1 to 20
the environment variable TWOFACTOR_MAX_ATTEMPTS: `max_attempts` must be a whole number from 1 to 20
the environment variable TWOFACTOR_SITE is not valid text
the environment variable TWOFACTOR_STORE is not valid text
- it is obeyed
max_attempts is 7: a guesser has more tries before the first block (recommended: 5)
string(1) "7"
- php.ini wins, also with an empty value
max_attempts is 8: a guesser has more tries before the first block (recommended: 5)
all limits are as recommended
`max_attempts` must be a whole number from 1 to 20
open
open
- and so does who opens the verifier
open
`max_attempts` must be a whole number from 1 to 20
- a script changes nothing
all limits are as recommended
open
max_attempts is 7: a guesser has more tries before the first block (recommended: 5)
ok
- a password is not in the table that scripts read
not shown
- what is the operator's to say may be said there
all limits are as recommended
twofactor.emergency is over and does nothing any more: take it out
TwoFactor\Exception\StepUpRequired
- but not with a request
the environment variable TWOFACTOR_EMERGENCY came with a CGI request, so that it need not be the operator's: set it in php.ini
the environment variable TWOFACTOR_STORE came with a CGI request, so that it need not be the operator's: set it in php.ini
the environment variable TWOFACTOR_KEYS came with a CGI request, so that it need not be the operator's: set it in php.ini
open
- what is none is named
all limits are as recommended
the environment has a variable that is no setting and changes nothing: TWOFACTOR_MAX_ATEMPTS: did you mean TWOFACTOR_MAX_ATTEMPTS?
the environment has a variable that is no setting and changes nothing: TWOFACTOR_SERVICE_HOST
