--TEST--
Every strange argument, with strict types: what PHP calls a TypeError is one here, word for word; what is taken is listed
--INI--
memory_limit=256M
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/arguments.inc';
examine(fn (string $code) => eval("declare(strict_types=1); $code"), true);
?>
--EXPECT--
many tried, many TypeErrors
TwoFactor\Verifier::pathObjection($path) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::pathObjection($served) takes array, list, bad keys
TwoFactor\Verifier::beginPasswordReset($user) takes null
TwoFactor\Verifier::grantExpiresAt($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::grantExpiresAt($grant) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::grantAfterPassword($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::account($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::startTotp($label) takes null, number, 0e1, arabic digits, fullwidth digits
TwoFactor\Verifier::startTotp($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::startTotp($client) takes null
TwoFactor\Verifier::pendingTotp($setup) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::isPendingSetup($setup) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::raiseEpoch($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::raiseEpoch($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::raiseEpoch($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::raiseEpoch($client) takes null
TwoFactor\Verifier::raiseEpoch($endsTrust) takes true, false
TwoFactor\Verifier::unlock($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::unlock($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::unlock($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::unlock($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::unlock($client) takes null
TwoFactor\Verifier::reset($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::reset($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::reset($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::reset($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::reset($client) takes null
TwoFactor\Verifier::export($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::export($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::export($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::export($client) takes null
TwoFactor\Verifier::forget($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::forget($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::forget($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::forget($grant) takes null
TwoFactor\Verifier::forget($isGone) takes true, false
TwoFactor\Verifier::forget($client) takes null
TwoFactor\Verifier::requireEnrolment($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::requireEnrolment($graceUntil) takes null, zero
TwoFactor\Verifier::requireEnrolment($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::requireEnrolment($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::requireEnrolment($grant) takes null
TwoFactor\Verifier::requireEnrolment($client) takes null
TwoFactor\Verifier::importUsers($users) takes array
TwoFactor\Verifier::importUsers($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::importUsers($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::importUsers($grant) takes null
TwoFactor\Verifier::importUsers($client) takes null
TwoFactor\Verifier::importUsers($acceptWeak) takes true, false
TwoFactor\Verifier::waiveEnrolment($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::waiveEnrolment($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::waiveEnrolment($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::waiveEnrolment($grant) takes null
TwoFactor\Verifier::waiveEnrolment($client) takes null
TwoFactor\Verifier::requireAllEnrolments($graceUntil) takes null, zero
TwoFactor\Verifier::requireAllEnrolments($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::requireAllEnrolments($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::requireAllEnrolments($grant) takes null
TwoFactor\Verifier::requireAllEnrolments($client) takes null
TwoFactor\Verifier::waiveAllEnrolments($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::waiveAllEnrolments($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::waiveAllEnrolments($grant) takes null
TwoFactor\Verifier::waiveAllEnrolments($client) takes null
TwoFactor\Verifier::setEnforcement($policy) takes empty
TwoFactor\Verifier::assertOperator($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::assertOperator($grant) takes null
TwoFactor\Verifier::removeSite($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::removeSite($grant) takes null
TwoFactor\Verifier::admitSession($credential) takes number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits
TwoFactor\Verifier::sessionCounts($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::sessionCounts($credential) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::signOut($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::signOut($credential) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::endSession($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::endSession($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::endSession($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::endSession($client) takes null
TwoFactor\Verifier::endSessions($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::endSessions($exceptCredential) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::endSessions($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::endSessions($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::endSessions($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::endSessions($client) takes null
TwoFactor\Verifier::endAllSessions($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::endAllSessions($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::endAllSessions($grant) takes null
TwoFactor\Verifier::endAllSessions($client) takes null
TwoFactor\Verifier::sessions($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::sessions($credential) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::revokeAllDevices($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::revokeAllDevices($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::revokeAllDevices($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::revokeAllDevices($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::revokeAllDevices($client) takes null
TwoFactor\Verifier::operatorFrom($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::accounts($search) takes empty, number, 0e1, spaces, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::accounts($after) takes null, empty, number, 0e1, spaces, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::enrolledUserIds($toEnrol) takes true, false
TwoFactor\Verifier::audit($userId) takes null, number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::audit($before) takes null, number
TwoFactor\Verifier::audit($topic) takes null
TwoFactor\Verifier::events($after) takes null, number
TwoFactor\Verifier::auditIsIntact($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::providersAudit($before) takes null, number
TwoFactor\Verifier::auditBegins($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::offers($challenge) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::deliveries($before) takes null, number
TwoFactor\Verifier::noticesSent($ids) takes array, list, bad keys
TwoFactor\Verifier::releaseHold($userId) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Verifier::releaseHold($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::releaseHold($reason) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::releaseHold($grant) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Verifier::releaseHold($client) takes null
TwoFactor\Verifier::orderProviders($names) takes array
TwoFactor\Verifier::orderProviders($by) takes number, 0e1, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte
TwoFactor\Verifier::orderProviders($grant) takes null
TwoFactor\Verifier::orderProviders($client) takes null
TwoFactor\Verifier::noticeTexts($locale) takes empty, number, 0e1, spaces, NUL, NUL inside, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Client::fromGlobals($deviceToken) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Client::__construct($userAgent) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Client::__construct($deviceToken) takes null, empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Client::__construct($forwarded) takes array, bad keys
TwoFactor\User::__construct($id) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\User::__construct($name) takes number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\User::__construct($email) takes null, number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\User::__construct($roles) takes array, list, null, bad keys, nested
TwoFactor\User::__construct($locale) takes null, number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\User::__construct($groups) takes array, list, null, bad keys, nested
TwoFactor\Secret::equals($other) takes other class
TwoFactor\Totp::at($unixTime) takes zero
TwoFactor\Totp::match($code) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
TwoFactor\Totp::match($unixTime) takes zero
TwoFactor\Totp::match($window) takes zero
TwoFactor\Totp::uri($issuer) takes empty, number, 0e1, spaces, arabic digits, fullwidth digits
TwoFactor\Totp::uri($account) takes number, 0e1, arabic digits, fullwidth digits
TwoFactor\Totp::__construct($secret) takes other class
TwoFactor\Account::lockedUntil($method) takes null
TwoFactor\Account::lastVerifiedAt($method) takes null
TwoFactor\PhoneNumber::regions($language) takes empty, number, 0e1, spaces, NUL, NUL inside, bad UTF-8, half a character, arabic digits, fullwidth digits, a megabyte, a megabyte of spaces
