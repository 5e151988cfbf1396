--TEST--
What is required of everybody is asked of whoever had a factor then, until they have another one or it is taken back
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, EnrolmentOfEverybody, Login, LoginState, Method, Totp, User, Verified};

$clock = new Still();
$verifier = verifier($clock);
$client = new Client('192.0.2.1');
[$alice, $bert] = [new User('1', 'alice'), new User('2', 'bert')];
$setUp = function (User $user, ?string $permit = null) use ($verifier, $client, $clock) {
    $setup = $verifier->startTotp($user, null, $permit);
    $totp = Totp::fromUri($setup->uri());
    return [$totp, $verifier->confirmTotp($setup->token(), $totp->at($clock->time), $client)];
};
[$old] = $setUp($alice);

echo "- required\n";
var_dump($verifier->allEnrolmentsRequired());
$due = $clock->time + 100;
$verifier->requireAllEnrolments($due, 'root', 'a leak');
$found = $verifier->allEnrolmentsRequired();
var_dump($found instanceof EnrolmentOfEverybody, $found->due()->getTimestamp() - $due, $found->requiredAt()->getTimestamp() - $clock->time, $found->by(), $found->reason());
var_dump($verifier->account('1')->enrolmentDue() == $found->due(), $verifier->enrolledUserIds(true), $verifier->enrolledUserIds(toEnrol: false));
echo outcome(fn () => clone $found), "\n", outcome(fn () => serialize($found)), "\n";

echo "- due\n";
$clock->time = $due;
var_dump($verifier->beginLogin($bert, $client)->state());
$setUp($bert);
$login = $verifier->beginLogin($alice, $client);
var_dump($login->state());
echo outcome(fn () => $setUp($alice, $login->challenge())), "\n";
echo outcome(fn () => $verifier->verify($login->challenge(), Method::Totp, $old->at($clock->time), $client)), "\n";
[$totp, $enrolled] = $setUp($alice, $login->challenge());
var_dump($enrolled->verified() instanceof Verified, $verifier->enrolledUserIds(true));

echo "- taken back\n";
$verifier->requireAllEnrolments(null, 'root', 'once more');
var_dump($verifier->enrolledUserIds(true));
$verifier->waiveAllEnrolments('root', 'a mistake');
$verifier->waiveAllEnrolments('root', 'twice');
var_dump($verifier->allEnrolmentsRequired(), $verifier->enrolledUserIds(true));
$clock->time += 30;
$login = $verifier->beginLogin($alice, $client);
var_dump($verifier->verify($login->challenge(), Method::Totp, $totp->at($clock->time), $client) instanceof Verified);
foreach ($verifier->providersAudit() as $event) {
    echo $event->type(), ' ', $event->by(), ' ', $event->reason(), ' ', $event->authority(), "\n";
}
echo outcome(fn () => $verifier->requireAllEnrolments($clock->time + 400 * 86400, 'root', 'too long')), "\n";
echo outcome(fn () => $verifier->requireAllEnrolments(-1, 'root', 'too early')), "\n";
echo outcome(fn () => $verifier->requireAllEnrolments(null, '1', 'not by a grant', 'none')), "\n";
?>
--EXPECT--
- required
NULL
bool(true)
int(0)
int(0)
string(4) "root"
string(6) "a leak"
bool(true)
array(1) {
  [0]=>
  string(1) "1"
}
array(1) {
  [0]=>
  string(1) "1"
}
Error: Trying to clone an uncloneable object of class TwoFactor\EnrolmentOfEverybody
Exception: Serialization of 'TwoFactor\EnrolmentOfEverybody' is not allowed
- due
enum(TwoFactor\LoginState::Allowed)
enum(TwoFactor\LoginState::ChallengeRequired)
TwoFactor\Exception\StepUpRequired: Please confirm with your second factor first.
TwoFactor\Exception\EnrolmentRequired: Please set up your second factor anew to finish signing in.
bool(true)
array(0) {
}
- taken back
array(2) {
  [0]=>
  string(1) "1"
  [1]=>
  string(1) "2"
}
NULL
array(0) {
}
bool(true)
enrolment.waived root a mistake server
enrolment.required root once more server
enrolment.required root a leak server
ValueError: TwoFactor\Verifier::requireAllEnrolments(): Argument #1 ($graceUntil) must be within 366 days
ValueError: TwoFactor\Verifier::requireAllEnrolments(): Argument #1 ($graceUntil) must be between 1970 and 9999
TwoFactor\Exception\StepUpRequired: Please confirm with your second factor first.
