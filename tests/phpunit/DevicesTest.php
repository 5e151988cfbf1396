<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{ChallengeClosed, LicenceRequired, LockedOut, Rejected, StepUpRequired};
use TwoFactor\{Api, ApiContext, ApiResponse, AuditEvent, Client, Device, Enrolled, Login, LoginState, Message, Method, Purpose, Session, Totp, User, Verified, Verifier};
use TwoFactorTests\Fakes;

/** Trusted devices as a host sees them, with a licence that a gateway gave. */
final class DevicesTest extends TestCase
{
    private const DAY = 86400;
    private const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';

    private Fakes $fakes;
    private TestClock $clock;
    private Verifier $verifier;
    private User $alice;
    private Totp $phone;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->alice = new User('1', 'alice');
        $this->verifier = $this->open();
        $this->verifier->renewLicence();
        $this->phone = $this->enrol($this->alice);
    }

    /** @param array<string, string|int> $settings */
    private function open(array $settings = []): Verifier
    {
        $gateway = $this->fakes->gateway();
        return Verifier::open($settings + ['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'],
            'site_url' => 'https://example.org', 'licence_url' => $gateway['url'], 'licence_key' => $gateway['licence_key'],
            'licence_public_keys' => implode(', ', $gateway['keys']), 'premium_grace_days' => 60, 'cli_operators' => 0]);
    }

    private function browser(?string $token = null): Client
    {
        return new Client('192.0.2.7', self::AGENT, $token);
    }

    private function elsewhere(?string $token = null): Client
    {
        return new Client('198.51.100.9', 'curl/8.5.0', $token);
    }

    private function enrol(User $user): Totp
    {
        $setup = $this->verifier->startTotp($user);
        $phone = Totp::fromUri($setup->uri());
        $this->verifier->confirmTotp($setup->token(), $phone->at($this->clock->time), $this->browser());
        return $phone;
    }

    private function prove(Login $login, Client $client, bool $trust): Verified
    {
        $this->clock->pass(30);
        return $this->verifier->verify($login->challenge(), Method::Totp, $this->phone->at($this->clock->time), $client, $trust);
    }

    private function trust(): string
    {
        $client = $this->browser();
        $token = $this->prove($this->verifier->beginLogin($this->alice, $client), $client, true)->deviceToken();
        self::assertIsString($token);
        return $token;
    }

    private function grant(): string
    {
        $client = $this->browser();
        return $this->prove($this->verifier->beginChallenge($this->alice, Purpose::StepUp, $client), $client, false)->grant();
    }

    private function begin(?string $token): Login
    {
        return $this->verifier->beginLogin($this->alice, $this->browser($token));
    }

    private function next(string $token): string
    {
        $login = $this->begin($token);
        self::assertSame(LoginState::TrustedDevice, $login->state());
        return (string) $login->deviceToken();
    }

    private function assertAsked(?string $token): void
    {
        $login = $this->begin($token);
        self::assertSame([LoginState::ChallengeRequired, null], [$login->state(), $login->deviceToken()]);
        self::assertNotSame('', $login->challenge());
    }

    /** @return list<string> the latest first */
    private function events(): array
    {
        return array_map(fn (AuditEvent $event) => $event->type(), $this->verifier->audit('1'));
    }

    public function test_a_browser_that_is_trusted_signs_in_by_the_password_alone_and_proves_nothing(): void
    {
        $first = $this->trust();
        $this->clock->pass(3600);
        $login = $this->begin($first);
        self::assertSame([LoginState::TrustedDevice, '', []], [$login->state(), $login->challenge(), $login->methods()]);
        self::assertSame('{"state":"device","methods":[]}', json_encode($login));
        self::assertNull($login->endedDevice());
        self::assertSame([], $login->notices());
        $second = (string) $login->deviceToken();
        self::assertNotSame($first, $second);

        [$device] = $this->verifier->devices('1', $second);
        self::assertSame(['Firefox on Linux', 'Firefox', 'Linux', '192.0.2.•••', true],
            [$device->browser(), $device->browserName(), $device->systemName(), $device->maskedAddress(), $device->isCurrent()]);
        self::assertSame($this->clock->time, $device->lastUsedAt()->getTimestamp());
        self::assertSame($this->clock->time - 3600, $device->createdAt()->getTimestamp());
        self::assertSame($this->clock->time - 3600 + 30 * self::DAY, $device->expiresAt()->getTimestamp());
        self::assertSame($device->id(), json_decode((string) json_encode($device), true)['id']);
        [$event] = $this->verifier->audit('1', 1);
        self::assertSame(['device.accepted', $device->id(), 'Firefox on Linux'], [$event->type(), $event->factorId(), $event->factorLabel()]);

        $session = $this->verifier->admitSession($login, 'cookie', $this->browser());
        self::assertSame([true, false, null], [$session->isByDevice(), $session->isProven(), $session->method()]);
        self::assertTrue($this->verifier->sessionCounts('1', 'cookie'));
        $this->next($second);
        $shown = print_r([$login, $session, $device, $this->browser($first), $this->verifier], true) . json_encode([$login, $this->verifier->audit('1')]);
        self::assertStringNotContainsString($first, $shown);
        self::assertStringNotContainsString($second, $shown);
    }

    public function test_the_page_that_offers_it_is_told_for_how_long(): void
    {
        self::assertSame(30, $this->verifier->deviceDays());
        foreach ([[[], 30], [['device_days' => 7], 7], [['device_days' => 0], 0], [['profile' => 'strict'], 0], [['profile' => 'strict', 'device_days' => 1], 1]] as [$settings, $days]) {
            $verifier = $this->open($settings);
            self::assertSame(0, $verifier->deviceDays(), 'without a licence');
            $verifier->renewLicence();
            self::assertSame($days, $verifier->deviceDays());
        }
    }

    public function test_without_asking_no_proof_makes_one_and_a_step_up_never_does(): void
    {
        $login = $this->begin(null);
        self::assertNull($this->prove($login, $this->browser(), false)->deviceToken());
        $stepUp = $this->verifier->beginChallenge($this->alice, Purpose::StepUp, $this->browser());
        self::assertNull($this->prove($stepUp, $this->browser(), true)->deviceToken());
        self::assertSame([], $this->verifier->devices('1'));
        try {
            $this->verifier->verify($this->begin(null)->challenge(), Method::Totp, '000000', $this->browser(), true);
            self::fail('a wrong code');
        } catch (Rejected) {
        }
        self::assertSame([], $this->verifier->devices('1'));
    }

    /** scheb GHSA-h6mp-mc7g-mg49 */
    public function test_b29_a_device_token_that_is_empty_cut_changed_or_foreign_is_none_and_costs_its_owner_nothing(): void
    {
        $token = $this->trust();
        $others = ['', "\0", "$token ", " $token", "{$token}A", strrev($token), strtolower($token), str_repeat($token, 2)];
        for ($length = 1; $length < strlen($token); $length += 7) {
            $others[] = substr($token, 0, $length);
        }
        for ($place = 0; $place < strlen($token); $place += 5) {
            $changed = $token;
            $changed[$place] = $token[$place] === 'A' ? 'B' : 'A';
            $others[] = $changed;
        }
        $bert = new User('01', 'bert');
        $phone = $this->enrol($bert);
        $login = $this->verifier->beginLogin($bert, $this->browser());
        $this->clock->pass(30);
        $others[] = $this->verifier->verify($login->challenge(), Method::Totp, $phone->at($this->clock->time), $this->browser(), true)->deviceToken();
        foreach ($others as $number => $other) {
            $client = new Client("10.0.0.$number", self::AGENT, $other);
            $login = $this->verifier->beginLogin($this->alice, $client);
            self::assertSame([LoginState::ChallengeRequired, null, null], [$login->state(), $login->deviceToken(), $login->endedDevice()]);
        }
        self::assertNotContains('device.reused', $this->events());
        self::assertNotContains('factor.rejected', $this->events());
        $this->next($token);
    }

    public function test_an_earlier_token_ends_the_device_and_the_sign_ins_of_whoever_was_faster(): void
    {
        $stolen = $this->trust();
        $this->clock->pass(3600);
        $thief = $this->verifier->beginLogin($this->alice, $this->elsewhere($stolen));
        self::assertSame(LoginState::TrustedDevice, $thief->state());
        $this->verifier->admitSession($thief, 'thief', $this->elsewhere());
        $this->clock->pass(3600);
        $login = $this->verifier->beginLogin(new User('1', 'alice', 'alice@example.org', [], 'de'), $this->browser($stolen));
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        // And that a factor was added, when it was not known where.
        [, $mail] = $login->notices();
        self::assertCount(2, $login->notices());
        self::assertSame('alice@example.org', $mail->to());
        // The host had said no language before.
        self::assertStringContainsString('remembered browser', $mail->subject());
        self::assertStringNotContainsString($stolen, $mail->text() . $mail->html());
        $ended = $login->endedDevice();
        self::assertInstanceOf(Device::class, $ended);
        self::assertSame('198.51.100.•••', $ended->maskedAddress());
        self::assertSame('{"state":"challenge","methods":["totp","backup"]}', json_encode($login), 'whoever is asked sees nothing of it');
        self::assertFalse($this->verifier->sessionCounts('1', 'thief'));
        $this->assertAsked($thief->deviceToken());
        self::assertSame(1, count(array_keys($this->events(), 'device.reused', true)));
    }

    /** What the host of the JSON interface keeps is in what its callables are given, and in no body. */
    public function test_over_json_a_trusted_browser_signs_in_by_the_password_alone_and_no_body_has_a_token(): void
    {
        $cookie = null;
        $mails = [];
        $bodies = '';
        $ask = function (string $path, array $body, ?string $shown) use (&$cookie, &$mails, &$bodies): array {
            $context = new ApiContext(
                $this->browser($shown),
                'application/json',
                authenticate: fn () => new User('1', 'alice', 'alice@example.org'),
                signIn: function (string $userId, Verified|Login $cameOf) use (&$cookie): string {
                    $cookie = $cameOf->deviceToken() ?? $cookie;
                    $this->verifier->admitSession($cameOf, 'session', $this->browser());
                    return 'session';
                },
                mail: function (Message $message) use (&$mails): void {
                    str_contains($message->subject(), 'remembered browser') && $mails[] = $message->to();
                },
            );
            $answer = (new Api($this->verifier))->handle('POST', $path, (string) json_encode($body), $context)->body();
            $bodies .= $answer;
            return json_decode($answer, true);
        };
        $login = fn (?string $shown): array => $ask('/login', ['name' => 'alice', 'password' => 'right'], $shown);
        $prove = function (array $begun, bool $trust) use ($ask): array {
            $this->clock->pass(30);
            $code = $this->phone->at($this->clock->time);
            return $ask('/login/otp', ['challenge' => $begun['challenge'], 'method' => 'totp', 'code' => $code, 'trust' => $trust], null);
        };
        self::assertSame('session', $prove($login(null), false)['token']);
        self::assertNull($cookie, 'nobody asked for it');
        self::assertSame('session', $prove($login(null), true)['token']);
        self::assertIsString($first = $cookie);
        $this->clock->pass(3600);
        $answer = $login($first);
        self::assertSame([false, 'session'], [$answer['requires2fa'], $answer['token']]);
        self::assertNotSame($first, $second = $cookie);
        [$session] = array_filter($this->verifier->sessions('1', 'session'), fn (Session $it) => $it->isCurrent());
        self::assertTrue($session->isByDevice());
        self::assertSame([], $mails);
        $this->clock->pass(30);
        $answer = $login($first);
        self::assertTrue($answer['requires2fa'], 'an earlier token');
        self::assertSame(['alice@example.org'], $mails);
        self::assertTrue($login($second)['requires2fa']);
        self::assertSame(['alice@example.org'], $mails, 'once');
        // Only there: whatever else takes a proof knows no such field.
        $refused = $ask('/2fa/verify', ['challenge' => 'x', 'method' => 'totp', 'code' => '000000', 'trust' => true], null);
        self::assertSame(400, $refused['status']);
        foreach ([$first, $second] as $token) {
            self::assertStringNotContainsString(substr($token, 20, 40), $bodies);
        }
    }

    /** @param array<string, string> $body */
    private function call(string $verb, array $body, User $user, ?string $shown = null, ?string $session = 'mine'): ApiResponse
    {
        $context = new ApiContext($this->browser($shown), 'application/json', $user, $session,
            authenticate: fn () => $user,
            signIn: fn () => 'session',
            goOn: function (string $id, ?Enrolled $enrolled, ?string $grant) use ($session): string {
                $this->verifier->adoptSession($id, "$session, gone on", (string) $session, $enrolled, $grant);
                return "$session, gone on";
            });
        $path = isset($body['name']) ? '/login' : '/2fa/devices';
        return (new Api($this->verifier))->handle($verb, $path, $verb === 'GET' ? '' : (string) json_encode((object) $body), $context);
    }

    public function test_over_json_trusted_browsers_are_their_owner_s_to_list_and_with_a_proof_to_end(): void
    {
        $list = fn (?string $shown = null, ?User $user = null): array => json_decode($this->call('GET', [], $user ?? $this->alice, $shown)->body(), true)['devices'];
        self::assertSame([], $list());
        self::assertSame(30, json_decode($this->call('POST', ['name' => 'alice', 'password' => 'right'], $this->alice)->body(), true)['deviceDays']);
        [$first, $second] = [$this->trust(), $this->trust()];
        $login = $this->begin($second);
        $this->verifier->admitSession($login, 'mine', $this->browser());
        $second = (string) $login->deviceToken();
        $listed = $list($second);
        self::assertSame([true, false], array_column($listed, 'current'));
        self::assertSame(['id', 'createdAt', 'lastUsedAt', 'expiresAt', 'address', 'browser', 'current'], array_keys($listed[0]));
        self::assertSame(['192.0.2.•••', 'Firefox on Linux'], [$listed[0]['address'], $listed[0]['browser']]);
        self::assertStringNotContainsString(substr($second, 20, 40), json_encode($listed));
        [$here, $there] = array_column($listed, 'id');

        // Somebody else sees none of it, and ends none of it, whichever name they give.
        $bob = new User('2', 'bob');
        self::assertSame([], $list($second, $bob));
        foreach ([$here, $there] as $id) {
            self::assertSame(200, $this->call('DELETE', ['device' => $id], $bob)->status());
        }
        self::assertSame(200, $this->call('DELETE', [], $bob)->status());
        // Nor does a session alone.
        foreach ([['device' => $there], [], ['device' => $there, 'grant' => 'made-up']] as $body) {
            self::assertSame(403, $this->call('DELETE', $body, $this->alice)->status());
        }
        self::assertCount(2, $list());

        $grant = $this->grant();
        $ended = $this->call('DELETE', ['device' => $there, 'grant' => $grant], $this->alice);
        self::assertSame([200, '{"token":"mine, gone on"}'], [$ended->status(), $ended->body()]);
        self::assertSame([$here], array_column($list(), 'id'));
        $this->assertAsked($first);
        // The session that asks came of the one that is ended now: it goes on, by the grant.
        $before = 'mine, gone on';
        self::assertSame(200, $this->call('DELETE', ['device' => $here, 'grant' => $grant], $this->alice, null, $before)->status());
        self::assertSame([false, false, true], array_map(fn (string $it): bool => $this->verifier->sessionCounts('1', $it), ['mine', $before, "$before, gone on"]));
        self::assertSame([], $list());
        $this->assertAsked($second);
        // One that is over is no error: that it is over is what was asked for.
        self::assertSame(200, $this->call('DELETE', ['device' => $here, 'grant' => $grant], $this->alice, null, "$before, gone on")->status());

        // Without a licence: all, and not one.
        $third = $this->trust();
        $this->clock->pass(70 * self::DAY);
        self::assertSame(501, $this->call('GET', [], $this->alice)->status());
        $grant = $this->grant();
        self::assertSame(501, $this->call('DELETE', ['device' => $here, 'grant' => $grant], $this->alice)->status());
        $this->verifier->admitSession($this->prove($this->begin(null), $this->browser(), false), 'new', $this->browser());
        self::assertSame(200, $this->call('DELETE', ['grant' => $grant], $this->alice, null, 'new')->status());
        self::assertSame('devices.ended', $this->events()[0]);
        self::assertNotSame('', $third);
    }

    public function test_two_tabs_are_no_theft_and_another_browser_is_asked(): void
    {
        $first = $this->trust();
        $second = $this->next($first);
        $this->clock->pass(29);
        $third = $this->next($first);
        self::assertSame(LoginState::ChallengeRequired, $this->verifier->beginLogin($this->alice, $this->elsewhere($first))->state());
        $this->clock->pass(1);
        $this->next($second);
        self::assertNotContains('device.reused', $this->events());
        unset($third);
    }

    /** CVE-2024-21722 */
    public function test_b31_a_change_of_factors_password_or_role_ends_devices(): void
    {
        $token = $this->trust();
        $this->verifier->regenerateBackupCodes('1', $this->grant());
        $this->assertAsked($token);
        $token = $this->trust();
        $this->verifier->raiseEpoch('1', 'host', 'password changed');
        $this->assertAsked($token);
        self::assertSame([], $this->verifier->devices('1'));
        self::assertNotContains('device.reused', $this->events());
    }

    /** CVE-2026-104106, CVE-2026-123530 */
    public function test_b33_a_device_is_no_fresh_proof(): void
    {
        $token = $this->trust();
        $this->next($token);
        $stepUp = $this->verifier->beginChallenge($this->alice, Purpose::StepUp, $this->browser($token));
        self::assertSame(LoginState::ChallengeRequired, $stepUp->state());
        foreach ([null, $token] as $grant) {
            try {
                $this->verifier->startTotp($this->alice, null, $grant, $this->browser($token));
                self::fail('a factor by a device');
            } catch (StepUpRequired) {
            }
        }
    }

    public function test_b40_a_device_works_while_somebody_guesses_at_its_owner_s_codes(): void
    {
        $token = $this->trust();
        for ($guesses = 0; $guesses < 6; $guesses++) {
            $challenge = $this->verifier->beginLogin($this->alice, $this->elsewhere())->challenge();
            try {
                $this->verifier->verify($challenge, Method::Totp, '000000', $this->elsewhere());
                self::fail('a wrong code');
            } catch (Rejected|LockedOut) {
            }
        }
        self::assertNotNull($this->verifier->account('1')->lockedUntil(Method::Totp));
        $this->next($token);
    }

    public function test_devices_are_ended_with_a_grant_one_by_one_or_all_and_with_them_their_sign_ins(): void
    {
        $first = $this->trust();
        $second = $this->trust();
        $login = $this->begin($second);
        $this->verifier->admitSession($login, 'by device', $this->browser());
        $id = $this->verifier->devices('1', $first)[1]->id();
        foreach ([fn () => $this->verifier->revokeDevice('1', $id, '1'), fn () => $this->verifier->revokeAllDevices('1', '1', 'lost')] as $without) {
            try {
                $without();
                self::fail('with a session alone');
            } catch (StepUpRequired) {
            }
        }
        $grant = $this->grant();
        $this->verifier->revokeDevice('1', $id, '1', $grant, $this->browser());
        $this->assertAsked($first);
        self::assertTrue($this->verifier->sessionCounts('1', 'by device'), 'it came of the other');
        $third = $this->next((string) $login->deviceToken());
        $this->verifier->revokeAllDevices('1', '1', 'all', $grant);
        $this->assertAsked($third);
        self::assertFalse($this->verifier->sessionCounts('1', 'by device'));
        try {
            $this->verifier->admitSession($login, 'late', $this->browser());
            self::fail('a sign-in of a device that was ended');
        } catch (ChallengeClosed) {
        }
        self::assertContains('device.ended', $this->events());
        self::assertContains('devices.ended', $this->events());
    }

    public function test_without_a_licence_everybody_is_asked_and_nobody_is_kept_from_signing_in(): void
    {
        $token = $this->trust();
        $this->clock->pass(61 * self::DAY);
        $this->assertAsked($token);
        $client = $this->browser();
        self::assertNull($this->prove($this->begin(null), $client, true)->deviceToken());
        foreach ([fn () => $this->verifier->devices('1'), fn () => $this->verifier->revokeDevice('1', str_repeat('0', 32), '1', $this->grant())] as $call) {
            try {
                $call();
                self::fail('without a licence');
            } catch (LicenceRequired) {
            }
        }
        $this->verifier->revokeAllDevices('1', '1', 'left', $this->grant());
    }

    public function test_b39_no_device_token_is_in_a_trace_or_an_error(): void
    {
        $token = $this->trust();
        $texts = '';
        foreach ([fn () => new Client('nowhere', '', $token), fn () => $this->verifier->devices('', $token), fn () => Client::fromGlobals([$token])] as $call) {
            try {
                $call();
                self::fail('wrong arguments');
            } catch (\Throwable $error) {
                $texts .= $error . print_r($error->getTrace(), true);
            }
        }
        self::assertStringNotContainsString($token, $texts);
        self::assertSame(LoginState::TrustedDevice, $this->verifier->beginLogin($this->alice, Client::fromGlobals($token))->state());
    }
}
