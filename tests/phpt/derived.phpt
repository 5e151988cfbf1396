--TEST--
Secrets that are derived: an app, recovery codes that jump ahead, new ones, the last one, and a change of the setting
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\Exception\{FactorRefused, Rejected};
use TwoFactor\{Client, LoginState, Method, Purpose, Totp, User, Verifier};

$folder = folder();
Verifier::createKeyFile("$folder/first");
Verifier::createKeyFile("$folder/second");
[$first, $second] = array_map(fn ($file) => trim((string) preg_replace('/^#.*\n/m', '', (string) file_get_contents("$folder/$file"))), ['first', 'second']);
$keys = function (string ...$lines) use ($folder): void {
    file_put_contents("$folder/key", implode("\n", $lines));
    chmod("$folder/key", 0600);
};
$keys($first);
$clock = new Still();
$open = fn (string $secrets = 'derived', array $more = []) => Verifier::open($more + ['store' => "sqlite:$folder/db", 'key_file' => "$folder/key", 'clock' => $clock, 'site' => 's', 'secrets' => $secrets]);
[$user, $client] = [new User('1', 'alice'), new Client('192.0.2.1')];
$said = function (callable $call): string {
    try {
        $call();
        return 'accepted';
    } catch (Throwable $thrown) {
        return substr(strrchr('\\' . $thrown::class, '\\'), 1) . (isset($thrown->reason) ? " ({$thrown->reason})" : '');
    }
};
$answer = fn (Verifier $it, Method $method, string $proof, Purpose $purpose = Purpose::Login) => $it->verify(
    ($purpose === Purpose::Login ? $it->beginLogin($user, $client) : $it->beginChallenge($user, $purpose, $client))->challenge(), $method, $proof, $client
);
$grant = function (Verifier $it, Totp $app) use ($answer, $clock): string {
    $clock->time += 30;
    return $answer($it, Method::Totp, $app->at($clock->time), Purpose::StepUp)->grant();
};

echo "- set up\n";
$derived = $open();
echo $derived->lookupMethod()->value, ' ', $open('sealed')->lookupMethod()->value, "\n";
$setup = $derived->startTotp($user);
$other = $derived->startTotp($user);
var_dump($setup->secret() !== $other->secret(), $derived->pendingTotp($setup->token())->uri() === $setup->uri());
$app = Totp::fromUri($setup->uri());
$enrolled = $derived->confirmTotp($setup->token(), $app->at($clock->time), $client);
$codes = $enrolled->recoveryCodes();
var_dump(count($codes), $enrolled->backupCodes());
echo preg_match('/^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/', $codes[0]), ' ', json_encode(array_map(fn ($it) => $it->value, $derived->account('1')->methods())), "\n";
echo $said(fn () => $derived->startTotp($user, null, $grant($derived, $app))), "\n";

echo "- codes jump ahead\n";
foreach ([2, 1, 2, 4, 3] as $number) {
    echo $number, ': ', $said(fn () => $answer($derived, Method::RecoveryCode, $codes[$number - 1])), ', next ', $derived->account('1')->nextRecoveryCode(), "\n";
}
$verified = $answer($open(), Method::RecoveryCode, strtolower(strtr(" $codes[4]\n", ['-' => ' ', '0' => 'O', '1' => 'l'])));
echo json_encode([$verified->method()->value, $verified->amr(), $verified->recoveryCodesLeft(), $verified->backupCodesLeft(), $verified->isSwitchedOff()]), "\n";
$challenge = $derived->beginLogin($user, $client)->challenge();
for ($try = 0; $try < 20; $try++) {
    $wrong = substr($codes[9], 0, -1) . ($codes[9][23] === 'A' ? 'B' : 'A');
    $mistyped[] = $said(fn () => $derived->verify($challenge, Method::RecoveryCode, $wrong, $client));
}
echo json_encode(array_count_values($mistyped)), ' ', $said(fn () => $derived->verify($challenge, Method::RecoveryCode, $codes[5], $client)), "\n";

echo "- new codes\n";
echo $said(fn () => $derived->regenerateRecoveryCodes('1', 'nothing')), ', ', $said(fn () => $derived->regenerateBackupCodes('1', $grant($derived, $app))), "\n";
$new = $derived->regenerateRecoveryCodes('1', $grant($derived, $app))->codes();
echo count($new), ' ', $said(fn () => $answer($derived, Method::RecoveryCode, $codes[9])), ' ', $said(fn () => $answer($derived, Method::RecoveryCode, $new[0])), "\n";
$clock->time += 30;
echo $said(fn () => $answer($derived, Method::Totp, $app->at($clock->time))), "\n";

echo "- keys\n";
$keys($second, $first);
$clock->time += 30;
echo $said(fn () => $answer($open(), Method::Totp, $app->at($clock->time))), "\n";
$id = fn (string $line) => explode(' ', $line)[0];
foreach ($open()->keyUse() as $key) {
    echo $key['key'] === $id($second) ? 'second' : 'first', ' ', json_encode(array_slice($key, 1)), "\n";
}
$keys($second);
echo $said(fn () => $open()->beginLogin($user, $client)), "\n";
$check = array_values(array_filter($open()->health()->checks(), fn ($it) => $it->name() === 'key'))[0];
echo $check->status()->value, ' ', $check->findings()[0]->id(), ' ', $open()->accounts()[0]->isEnrolled() ? 'enrolled' : 'NOT ENROLLED', "\n";

echo "- rotation\n";
$keys($second, $first);
$derived = $open();
$before = $app;
$setup = $derived->rotateSecret($user, $grant($derived, $app));
$app = Totp::fromUri($setup->uri());
$clock->time += 30;
echo $said(fn () => $answer($derived, Method::Totp, $before->at($clock->time))), ' ', $said(fn () => $derived->rotateSecret($user, '')), "\n";
$codes = $derived->confirmTotp($setup->token(), $app->at($clock->time), $client)->recoveryCodes();
$clock->time += 30;
echo count($codes), ' ', $said(fn () => $answer($derived, Method::Totp, $before->at($clock->time))), ' ', $said(fn () => $answer($derived, Method::RecoveryCode, $new[9])), ' ',
    $said(fn () => $answer($derived, Method::Totp, $app->at($clock->time))), "\n";
foreach ($derived->keyUse() as $key) {
    echo $key['key'] === $id($second) ? 'second' : 'first', ' ', json_encode(array_slice($key, 1)), "\n";
}

echo "- the last code\n";
$epoch = $derived->account('1')->epoch();
$verified = $answer($derived, Method::RecoveryCode, $codes[9]);
echo json_encode([$verified->isSwitchedOff(), $verified->recoveryCodesLeft(), $verified->epoch() > $epoch, $derived->account('1')->isEnrolled(), $derived->account('1')->methods()]), "\n";
echo $derived->audit('1', 3)[0]->type(), ' ', $derived->beginLogin($user, $client)->state()->value, "\n";
var_dump($derived->auditIsIntact('1'));

echo "- another setting\n";
$sealed = $open('sealed');
$setup = $sealed->startTotp($user);
$app = Totp::fromUri($setup->uri());
$backup = $sealed->confirmTotp($setup->token(), $app->at($clock->time), $client)->backupCodes();
$derived = $open('derived', ['profile' => 'strict', 'recovery_codes' => 5]);
echo $said(fn () => $answer($derived, Method::BackupCode, $backup[0])), ' ', json_encode(array_map(fn ($it) => $it->value, $derived->beginLogin($user, $client)->methods())), "\n";
$codes = $derived->regenerateRecoveryCodes('1', $grant($derived, $app))->codes();
echo count($codes), ' ', strlen($codes[0]), ' ', $said(fn () => $answer($derived, Method::BackupCode, $backup[1])), ' ', $said(fn () => $answer($sealed, Method::RecoveryCode, $codes[1])), "\n";
$clock->time += 30;
echo $said(fn () => $answer($derived, Method::Totp, $app->at($clock->time))), ' ', $said(fn () => $derived->startTotp($user, null, $grant($derived, $app))), "\n";
$backup = $sealed->regenerateBackupCodes('1', $grant($sealed, $app))->codes();
echo count($backup), ' ', $said(fn () => $answer($sealed, Method::RecoveryCode, $codes[4])), ' ', $said(fn () => $answer($sealed, Method::BackupCode, $backup[0])), "\n";
?>
--INI--
error_log=/dev/null
--EXPECT--
- set up
recovery backup
bool(true)
bool(true)
int(10)
array(0) {
}
1 ["totp","recovery"]
FactorRefused (one)
- codes jump ahead
2: accepted, next 3
1: Rejected, next 3
2: Rejected, next 3
4: accepted, next 5
3: Rejected, next 5
["recovery",["otp","mfa"],5,null,false]
{"Mistyped":20} accepted
- new codes
StepUpRequired, FactorRefused (other-codes)
10 Rejected accepted
accepted
- keys
accepted
second {"present":true,"sealed":1,"derived":0}
first {"present":true,"sealed":0,"derived":1}
Unavailable
problem key.missing enrolled
- rotation
accepted StepUpRequired
10 Rejected Rejected accepted
second {"present":true,"sealed":1,"derived":1}
first {"present":true,"sealed":0,"derived":0}
- the last code
[true,0,true,false,[]]
account.switched-off enrolment
bool(true)
- another setting
accepted ["totp","backup"]
5 29 Rejected accepted
accepted FactorRefused (one)
10 Rejected accepted
