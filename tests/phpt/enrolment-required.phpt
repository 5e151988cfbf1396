--TEST--
Who has to enrol is signed in by the set-up alone, and by a right proof before it where something is enrolled
--FILE--
<?php
require __DIR__ . '/php.inc';
use TwoFactor\{Client, Login, LoginState, Method, Purpose, Totp, User, Verified};

$clock = new Still();
$verifier = verifier($clock, ['challenge_ttl' => 600]);
[$user, $client] = [new User('1', 'alice', 'alice@example.org'), new Client('192.0.2.1')];
$setUp = function (Login $login) use ($verifier, $user, $client, $clock, &$totp) {
    $setup = $verifier->startTotp($user, null, $login->challenge());
    $totp = Totp::fromUri($setup->uri());
    return $verifier->confirmTotp($setup->token(), $totp->at($clock->time), $client);
};

echo "- in the time of grace\n";
$verifier->requireEnrolment('1', $clock->time + 60, 'root', 'policy');
$login = $verifier->beginLogin($user, $client);
var_dump($login->state(), $login->enrolmentDue() == new DateTimeImmutable('@' . $clock->time + 60), $verifier->account('1')->isEnrolled());

echo "- without a factor\n";
$clock->time += 60;
$login = $verifier->beginLogin($user, $client);
var_dump($login->state(), $login->methods(), $login->expiresAt()->getTimestamp() - $clock->time);
echo outcome(fn () => $verifier->verify($login->challenge(), Method::Totp, '123456', $client)), "\n";
echo outcome(fn () => $verifier->sendCode($login->challenge(), Method::Email, $client)), "\n";
echo outcome(fn () => $verifier->admitSession($login, 'cookie', $client)), "\n";
$enrolled = $setUp($login);
$verified = $enrolled->verified();
var_dump($verified instanceof Verified, $verified->userId(), $verified->purpose(), $verified->epoch() === $enrolled->epoch(), count($enrolled->backupCodes()));
$verifier->admitSession($verified, 'cookie', $client);
var_dump($verifier->sessionCounts('1', 'cookie'), $verifier->account('1')->enrolmentDue());
echo outcome(fn () => $setUp($login)), "\n";

echo "- with one\n";
$verifier->requireEnrolment('1', null, 'root', 'a new key');
$clock->time += 30;
$login = $verifier->beginLogin($user, $client);
var_dump($login->state());
$old = $totp;
echo outcome(fn () => $setUp($login)), "\n";
echo outcome(fn () => $verifier->verify($login->challenge(), Method::Totp, $old->at($clock->time), $client)), "\n";
echo outcome(fn () => $verifier->verify($login->challenge(), Method::Totp, $old->at($clock->time + 30), $client)), "\n";
var_dump($setUp($login)->verified()?->method());
$clock->time += 30;
$login = $verifier->beginLogin($user, $client);
echo outcome(fn () => $verifier->verify($login->challenge(), Method::Totp, $old->at($clock->time), $client)), "\n";
var_dump($verifier->verify($login->challenge(), Method::Totp, $totp->at($clock->time), $client)->purpose());

echo "- what is not one\n";
$step = $verifier->beginChallenge($user, Purpose::StepUp, $client);
$clock->time += 30;
$grant = $verifier->verify($step->challenge(), Method::Totp, $totp->at($clock->time), $client)->grant();
$setup = $verifier->startTotp($user, 'another', $grant);
var_dump($verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($clock->time), $client)->verified());
echo outcome(fn () => $verifier->requireEnrolment('1', $clock->time + 400 * 86400, 'root', 'too long')), "\n";
echo outcome(fn () => $verifier->requireEnrolment('1', -1, 'root', 'too early')), "\n";
$verifier->requireEnrolment('2', null, 'root', 'a mistake');
$verifier->waiveEnrolment('2', 'root', 'it was one');
var_dump($verifier->beginLogin(new User('2', 'bert'), $client)->state());
?>
--EXPECT--
- in the time of grace
enum(TwoFactor\LoginState::Allowed)
bool(true)
bool(false)
- without a factor
enum(TwoFactor\LoginState::EnrolmentRequired)
array(0) {
}
int(1800)
TwoFactor\Exception\Rejected: The code was not accepted.
TwoFactor\Exception\Rejected: The code was not accepted.
ValueError: TwoFactor\Verifier::admitSession(): Argument #1 ($cameOf) must be a proof, or a login that is LoginState::Allowed or TrustedDevice
bool(true)
string(1) "1"
enum(TwoFactor\Purpose::Login)
bool(true)
int(10)
bool(true)
NULL
TwoFactor\Exception\ChallengeClosed: This sign-in is no longer open.
- with one
enum(TwoFactor\LoginState::ChallengeRequired)
TwoFactor\Exception\StepUpRequired: Please confirm with your second factor first.
TwoFactor\Exception\EnrolmentRequired: Please set up your second factor anew to finish signing in.
TwoFactor\Exception\ChallengeClosed: This sign-in is no longer open.
enum(TwoFactor\Method::Totp)
TwoFactor\Exception\Rejected: The code was not accepted.
enum(TwoFactor\Purpose::Login)
- what is not one
NULL
ValueError: TwoFactor\Verifier::requireEnrolment(): Argument #2 ($graceUntil) must be within 366 days
ValueError: TwoFactor\Verifier::requireEnrolment(): Argument #2 ($graceUntil) must be between 1970 and 9999
enum(TwoFactor\LoginState::Allowed)
