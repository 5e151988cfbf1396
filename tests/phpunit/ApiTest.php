<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/ApiTestCase.php';

use Exception;
use TwoFactor\Exception\{Rejected, StepUpRequired};
use TwoFactor\{Api, ApiContext, ApiResponse, Client, Enrolled, Login, Message, Method, ProvenNumber, Purpose, Totp, User, Verified, Verifier};

/** The JSON interface, as a host uses it; its attacks are in docs/attacks.md. */
final class ApiTest extends ApiTestCase
{
    public function test_a_sign_in_takes_two_steps_and_issues_nothing_before_the_second(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $this->heard = [];
        $challenge = $this->challenge();
        self::assertSame([['authenticate', 'alice']], $this->heard);
        $answer = self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200);
        self::assertSame(['method' => 'totp', 'token' => $answer['token'], 'backupCodesLeft' => 10, 'switchedOff' => false, 'mustChangePassword' => false], $answer);
        self::assertTrue($this->verifier->sessionCounts('1', $answer['token']));
    }

    public function test_whatever_was_wrong_with_a_name_or_a_password_looks_the_same(): void
    {
        $this->enrol('alice');
        $this->signedIn = null;
        $answers = [];
        foreach ([['alice', 'wrong'], ['nobody', self::PASSWORD], ['bob', 'x']] as [$name, $password]) {
            $response = $this->ask('POST', '/login', ['name' => $name, 'password' => $password]);
            $this->problem('denied', 401, $response);
            $answers[] = [$response->headers(), $response->body()];
        }
        self::assertCount(1, array_unique($answers, SORT_REGULAR));
        // PHP hashes no password with a NUL in it and compares it all the same: hosts never see one.
        $this->heard = [];
        $answers = array_map(fn (string $name) => $this->ask('POST', '/login', ['name' => $name, 'password' => "a\0b"]), ['alice', 'nobody']);
        self::assertSame([400, 400], array_map(static fn (ApiResponse $answer) => $answer->status(), $answers));
        self::assertSame($answers[0]->body(), $answers[1]->body());
        self::assertSame([], $this->heard);
    }

    public function test_what_cannot_be_read_is_told_by_the_name_of_its_field_and_never_by_its_value(): void
    {
        $secret = 'hunter2-canary';
        foreach ([
            ['{"password": "x"}', 'name', 'missing'],
            ['{"name": "a"}', 'password', 'missing'],
            ['{"name": "a", "password": "hunter2-canary", "more": 1}', 'more', 'unknown'],
            ['{"name": "a", "password": "hunter2-canary", "password": "hunter2-canary"}', 'password', 'twice'],
            ['{"name": "a", "password": "x", "n\u0061me": "b"}', 'name', 'twice'],
            ['{"name": "a", "password": ["hunter2-canary"]}', 'password', 'type'],
            ['{"name": "a", "password": null}', 'password', 'type'],
            ['{"name": 1, "password": "hunter2-canary"}', 'name', 'type'],
            ['{"name": true, "password": "hunter2-canary"}', 'name', 'type'],
            ['{"name": "", "password": "hunter2-canary"}', 'name', 'form'],
            ['{"name": "a\u0000b", "password": "hunter2-canary"}', 'name', 'form'],
            [json_encode(['name' => 'a', 'password' => str_repeat('hunter2-canary', 80)]), 'password', 'form'],
            ['{"name": "a", "password": "\ud800"}', 'password', 'type'],
            ['{"name": "a", "password": "hunter2-canary\u0000"}', 'password', 'form'],
            ['{"name": "alice", "password": "hunter2-canary\u0000"}', 'password', 'form'],
            ['{"name": "a", "password": "x", "hunter2-canary has spaces": 1}', '', 'unknown'],
        ] as [$body, $field, $wrong]) {
            $response = $this->ask('POST', '/login', $body);
            $problem = $this->problem('request', 400, $response);
            self::assertSame([$field, $wrong], [$problem['field'], $problem['wrong']], $body);
            self::assertStringNotContainsString($secret, $response->body());
        }
        foreach (['', 'null', '[]', '["a", "b"]', '{"name": "a"', '{"name": "a", "password": "b"} x', "{\"name\": \"\xff\", \"password\": \"b\"}", "\u{feff}{}", '{"name": 01}', str_repeat('[', 5000)] as $body) {
            self::assertArrayNotHasKey('field', $this->problem('request', 400, $this->ask('POST', '/login', $body)));
        }
        self::assertSame([], $this->heard, 'the host was asked nothing');
    }

    public function test_what_is_not_there_not_allowed_or_no_json_says_so(): void
    {
        $this->problem('not-found', 404, $this->ask('GET', '/'));
        $this->problem('not-found', 404, $this->ask('POST', '/login/'));
        $this->problem('not-found', 404, $this->ask('POST', '/Login'));
        $wrong = $this->ask('GET', '/login');
        $this->problem('method', 405, $wrong);
        self::assertSame('POST', $wrong->headers()['Allow']);
        self::assertSame('GET, DELETE, HEAD', $this->ask('TRACE', '/2fa')->headers()['Allow']);
        foreach ([null, '', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', 'application/json; charset=latin1'] as $type) {
            $this->problem('media-type', 415, $this->ask('POST', '/login', ['name' => 'a', 'password' => 'b'], $type));
        }
        $this->problem('denied', 401, $this->ask('POST', '/login', ['name' => 'a', 'password' => 'b'], 'Application/JSON; charset="UTF-8"'));
        $this->problem('too-large', 413, $this->ask('POST', '/login', str_repeat(' ', 16 * 1024) . '{}'));
        $signedOut = $this->ask('GET', '/2fa?x=1');
        $this->problem('sign-in', 401, $signedOut);
        self::assertArrayHasKey('WWW-Authenticate', $signedOut->headers());
        $this->signIn('alice');
        self::assertSame('', $this->ask('HEAD', '/2fa')->body());
        $this->problem('request', 400, $this->ask('GET', '/2fa', '{}'));
    }

    public function test_what_the_host_does_not_do_is_not_offered_in_plain_text(): void
    {
        $this->signIn('alice');
        foreach ([
            'authenticate' => ['/login', ['name' => 'a', 'password' => 'b']],
            'checkPassword' => ['/2fa/setup', ['password' => 'b']],
            'mail' => ['/2fa/email', ['password' => self::PASSWORD]],
            'findUser' => ['/password/phone', ['name' => 'a']],
            'setPassword' => ['/password/phone/confirm', ['reset' => 'a', 'code' => '1', 'password' => 'x']],
            'numberProven' => ['/phone/verification', ['number' => self::NUMBER]],
        ] as $act => [$path, $body]) {
            $this->without = [$act];
            $response = $this->ask('POST', $path, $body);
            self::assertSame(501, $response->status(), $act);
            self::assertSame('text/plain; charset=utf-8', $response->headers()['Content-Type']);
        }
        $this->without = [];
        $this->verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock, 'profile' => 'strict']);
        foreach (['/2fa/phone' => ['password' => self::PASSWORD, 'number' => self::NUMBER], '/2fa/email' => ['password' => self::PASSWORD], '/password/phone' => ['name' => 'a'], '/phone/verification' => ['number' => self::NUMBER]] as $path => $body) {
            self::assertSame(501, $this->ask('POST', $path, $body)->status(), $path);
        }
    }

    public function test_where_the_profile_is_strict_the_password_of_a_set_up_is_what_it_begins_with(): void
    {
        $this->verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock, 'profile' => 'strict']);
        $alice = new User('1', 'alice');
        try {
            $this->verifier->startTotp($alice);
            self::fail('a first factor without the password');
        } catch (StepUpRequired) {
            self::assertTrue($this->verifier->askedOf($alice)['takesPassword']);
            self::assertSame('no-restricted', $this->verifier->askedOf($alice)['setUp']);
        }
        [$totp, $codes] = $this->enrol('alice');
        self::assertSame([29], array_values(array_unique(array_map('strlen', $codes))));
        self::assertFalse($this->verifier->askedOf($alice)['takesPassword']);
        self::assertSame(['totp', 'backup'], $this->verifier->askedOf($alice)['proves']);
        $this->problem('step-up', 403, $this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]));
        $this->expectException(StepUpRequired::class);
        $this->verifier->grantAfterPassword('1');
    }

    public function test_b1_a_marker_that_is_none_of_ours_or_somebody_else_s_signs_nobody_in(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        $challenge = $this->challenge();
        foreach (['x', strrev($challenge), substr($challenge, 0, -1), strtoupper($challenge), $challenge . 'A'] as $forged) {
            $this->problem('closed', 401, $this->ask('POST', '/login/otp', ['challenge' => $forged, 'method' => 'totp', 'code' => $this->fresh($totp)]));
            $this->problem('closed', 401, $this->ask('POST', '/2fa/verify', ['challenge' => $forged, 'method' => 'backup', 'code' => $codes[0]]));
            $this->problem('closed', 401, $this->ask('POST', '/login/send', ['challenge' => $forged, 'method' => 'sms']));
        }
        self::assertSame(1, count(array_filter($this->heard, fn (array $it) => $it[0] === 'signIn')), 'nobody but before the factor');
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'backup', 'code' => 'AAAA-AAAA-AAAA-AAAA']));
        self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[0]]), 200);
    }

    public function test_an_operator_s_code_leads_to_a_set_up_and_a_backup_code_suspends_a_lost_telephone(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        $otp = fn (string $method, string $code, array $more = []) => $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => $method, 'code' => $code] + $more);
        $this->problem('refused', 422, $otp('totp', $this->fresh($totp), ['lost' => true]));
        $answer = self::read($otp('backup', $codes[0], ['lost' => true]), 200);
        self::assertSame(['backup', 9], [$answer['method'], $answer['backupCodesLeft']]);
        self::assertTrue($this->verifier->account('1')->factors()[0]->isSuspended());
        $this->problem('denied', 401, $otp('totp', $this->fresh($totp)));
        $code = $this->verifier->issueTemporaryCode('1', 'the test', 'lost');
        $this->signedIn = null;
        $this->problem('denied', 401, $otp('temporary', 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'));
        $challenge = $this->challenge();
        $problem = $this->problem('enrolment', 403, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'temporary', 'code' => $code]));
        self::assertContains('totp', $problem['offered']);
        self::assertNull($this->signedIn);
    }

    public function test_a_factor_is_suspended_and_resumed_by_the_proof_of_another_one_and_never_the_last(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        [$app, $backup] = array_map(static fn ($factor): string => $factor->id(), $this->verifier->account('1')->factors());
        $suspended = fn (): array => array_column(self::read($this->ask('GET', '/2fa'), 200)['factors'], 'suspended', 'id');
        $grant = function (string $method, string $code): string {
            $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/factor/suspend', ['factor' => str_repeat('0', 16)]))['challenge'];
            return self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => $method, 'code' => $code]), 200)['grant'];
        };
        $byCode = $grant('backup', $codes[0]);
        self::assertSame('factor', $this->problem('request', 400, $this->ask('POST', '/2fa/factor/suspend', ['factor' => 'x', 'grant' => $byCode]))['field']);
        self::assertSame('unknown', $this->problem('factor', 422, $this->ask('POST', '/2fa/factor/suspend', ['factor' => str_repeat('0', 16), 'grant' => $byCode]))['reason']);
        $before = (string) $this->credential;
        $this->credential = self::read($this->ask('POST', '/2fa/factor/suspend', ['factor' => $app, 'grant' => $byCode]), 200)['token'];
        self::assertSame([$app => true, $backup => false], $suspended());
        self::assertSame([false, true], [$this->verifier->sessionCounts('1', $before), $this->verifier->sessionCounts('1', $this->credential)]);
        self::assertSame(['alice@example.org', 'A second factor of your account was suspended'], end($this->told));
        $event = iterator_to_array($this->verifier->audit('1'), false)[0];
        self::assertSame(['factor.suspended', 'lost, says its user', $this->address], [$event->type(), $event->reason(), $event->ip()]);
        // It proves nothing, and what is left is the last.
        self::assertSame('last', $this->problem('factor', 422, $this->ask('POST', '/2fa/factor/suspend', ['factor' => $backup, 'grant' => $byCode]))['reason']);
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/factor/resume', ['factor' => $app]))['challenge'];
        $this->problem('denied', 401, $this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]));
        // Somebody else's grant, or somebody else: nothing.
        $this->signedIn = 'bob';
        $this->problem('not-enabled', 409, $this->ask('POST', '/2fa/factor/resume', ['factor' => $app, 'grant' => $byCode]));
        $this->signedIn = 'alice';
        $this->credential = self::read($this->ask('POST', '/2fa/factor/resume', ['factor' => $app, 'grant' => $byCode]), 200)['token'];
        self::assertSame([$app => false, $backup => false], $suspended());
        // Proven by the very factor: it is suspended, and the session is over with the grant.
        $byApp = $grant('totp', $this->fresh($totp));
        self::assertSame([], self::read($this->ask('POST', '/2fa/factor/suspend', ['factor' => $app, 'grant' => $byApp]), 200));
        self::assertFalse($this->verifier->sessionCounts('1', (string) $this->credential));
        $this->problem('step-up', 403, $this->ask('POST', '/2fa/factor/resume', ['factor' => $app, 'grant' => $byApp]));
    }

    public function test_in_an_emergency_the_password_alone_suspends_nothing(): void
    {
        $store = ['store' => "sqlite:$this->folder/store.sqlite"];
        $this->open($store);
        $this->enrol('alice');
        $app = $this->verifier->account('1')->factors()[0]->id();
        $at = fn (int $seconds): string => (string) ($this->clock->time + $seconds);
        $this->open($store + ['emergency' => $at(-60) . '/' . $at(1800)]);
        foreach (['suspend', 'resume'] as $act) {
            foreach ([[], ['grant' => 'x'], ['grant' => $this->credential]] as $grant) {
                $this->problem('step-up', 403, $this->ask('POST', "/2fa/factor/$act", ['factor' => $app] + $grant));
            }
        }
        self::assertFalse($this->verifier->account('1')->factors()[0]->isSuspended());
        // A host may take its word for it, by a call of its own.
        $this->verifier->suspendFactor('1', $app, '1', 'the emergency is one', 'x');
        self::assertTrue($this->verifier->account('1')->factors()[0]->isSuspended());
    }

    public function test_while_changes_are_on_hold_nobody_suspends_or_resumes(): void
    {
        $this->open(['notice_url' => 'https://example.org/notice?token=']);
        $this->without = ['mail'];
        [, $codes] = $this->enrol('alice');
        $this->clock->pass(301);
        self::assertSame(1, preg_match('~\?token=(\S+)~', $this->verifier->pendingNotices()[0]->text(), $link));
        $this->verifier->repudiate($link[1], new Client($this->address));
        $answer = self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'backup', 'code' => $codes[0]]), 200);
        [$this->signedIn, $this->credential] = ['alice', $answer['token']];
        $app = $this->verifier->account('1')->factors()[0]->id();
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/factor/suspend', ['factor' => $app]))['challenge'];
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[1]]), 200)['grant'];
        foreach (['suspend', 'resume'] as $act) {
            $this->problem('on-hold', 403, $this->ask('POST', "/2fa/factor/$act", ['factor' => $app, 'grant' => $grant]));
        }
        self::assertFalse($this->verifier->account('1')->factors()[0]->isSuspended());
    }

    public function test_b16_a_code_and_a_challenge_are_good_once_and_for_one_purpose(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $stepUp = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        // A step-up signs nobody in, and is not spent by the try.
        $code = $this->fresh($totp);
        $this->problem('closed', 401, $this->ask('POST', '/login/otp', ['challenge' => $stepUp, 'method' => 'totp', 'code' => $code]));
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $stepUp, 'method' => 'totp', 'code' => $code]), 200)['grant'];
        $this->problem('closed', 401, $this->ask('POST', '/2fa/verify', ['challenge' => $stepUp, 'method' => 'backup', 'code' => $codes[0]]));
        // The code is spent for a sign-in, too.
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $code]));
        // No grant comes of a sign-in.
        $this->signedIn = null;
        $answer = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $this->challenge(), 'method' => 'backup', 'code' => $codes[1]]), 200);
        self::assertArrayNotHasKey('grant', $answer);
        self::assertNotSame('', $grant);
    }

    public function test_b19_what_one_user_has_is_worth_nothing_to_another(): void
    {
        [$totp] = $this->enrol('alice');
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200)['grant'];
        $setup = self::read($this->ask('POST', '/2fa/email', ['password' => self::PASSWORD, 'grant' => $grant]), 202)['setup'];
        $other = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        [$totp] = $this->enrol('bob');
        $code = $this->fresh($totp);
        $this->problem('closed', 401, $this->ask('POST', '/2fa/verify', ['challenge' => $other, 'method' => 'totp', 'code' => $code]));
        $this->problem('closed', 401, $this->ask('POST', '/login/send', ['challenge' => $other, 'method' => 'email']));
        foreach (['/2fa/confirm', '/2fa/email/confirm', '/2fa/phone/confirm', '/2fa/verify'] as $path) {
            $this->problem('denied', 401, $this->ask('POST', $path, ['setup' => $setup, 'code' => $code]));
        }
        $this->problem('denied', 401, $this->ask('POST', '/2fa/email', ['setup' => $setup]));
    }

    public function test_b6_guessing_is_locked_out_with_the_seconds_that_are_left_and_without_the_tries(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $bodies = [];
        for ($try = 0; $try < 5; $try++) {
            $response = $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->wrong($totp)]);
            self::assertArrayNotHasKey('attemptsLeft', $this->problem('denied', 401, $response));
            $bodies[] = $response->body();
        }
        self::assertCount(1, array_unique($bodies));
        $right = ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($totp)];
        $locked = $this->ask('POST', '/login/otp', $right);
        $problem = $this->problem('locked-out', 429, $locked);
        self::assertSame(30, $problem['retryAfter']);
        self::assertSame('30', $locked->headers()['Retry-After']);
        $this->clock->time += 30;
        self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge()] + ['code' => $this->fresh($totp)] + $right), 200);
    }

    public function test_guesses_from_an_address_are_stopped_before_they_are_looked_at_and_stop_nobody_there_who_is_signed_in(): void
    {
        $this->open(['api_per_network_minute' => 12]);
        $this->signIn('alice');
        $this->signedIn = null;
        $statuses = [];
        for ($try = 0; $try < 6; $try++) {
            $response = $this->ask('POST', '/login', ['name' => 'bob', 'password' => "guess $try"]);
            $statuses[] = $response->status();
        }
        // A quarter of twelve, of which one was her sign-in.
        self::assertSame([401, 401, 429, 429, 429, 429], $statuses);
        self::assertGreaterThan(0, (int) $response->headers()['Retry-After']);
        self::assertCount(3, array_filter($this->heard, fn (array $it) => $it[0] === 'authenticate'), 'what is stopped is not looked at');
        // Being signed in gives nobody more guesses at others.
        $this->signedIn = 'alice';
        $this->problem('throttled', 429, $this->ask('POST', '/login', ['name' => 'bob', 'password' => 'guess']));
        for ($own = 0; $own < 4; $own++) {
            self::read($this->ask('DELETE', '/2fa/sessions', []), 204);
        }
        // Of one user who is signed in it is a third, which leaves the others something.
        $this->problem('throttled', 429, $this->ask('DELETE', '/2fa/sessions', []));
        $this->signedIn = 'bob';
        self::read($this->ask('DELETE', '/2fa/sessions', []), 204);
        $this->signedIn = null;
        $this->address = '192.0.2.2';
        $this->problem('denied', 401, $this->ask('POST', '/login', ['name' => 'bob', 'password' => 'guess']));
    }

    public function test_b33_with_a_password_and_a_session_alone_nothing_of_a_factor_changes(): void
    {
        $this->enrol('alice');
        $begun = [
            ['POST', '/2fa/setup', ['password' => self::PASSWORD]],
            ['POST', '/2fa/enroll', ['password' => self::PASSWORD]],
            ['POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]],
            ['POST', '/2fa/email', ['password' => self::PASSWORD]],
            ['DELETE', '/2fa', ['password' => self::PASSWORD]],
            ['POST', '/2fa/codes', []],
            ['DELETE', '/2fa/sessions', []],
            ['POST', '/2fa/factor/suspend', ['factor' => $this->verifier->account('1')->factors()[0]->id()]],
            ['POST', '/2fa/factor/resume', ['factor' => $this->verifier->account('1')->factors()[0]->id()]],
        ];
        foreach ($begun as [$verb, $path, $body]) {
            foreach ([[], ['grant' => 'AAAA'], ['grant' => $this->credential]] as $grant) {
                $this->address = '198.51.100.' . random_int(1, 250);
                $problem = $this->problem('step-up', 403, $this->ask($verb, $path, $body + $grant));
                self::assertContains('totp', $problem['methods']);
            }
            if (isset($body['password'])) {
                $this->problem('denied', 401, $this->ask($verb, $path, ['password' => 'wrong'] + $body));
            }
        }
        self::assertTrue($this->verifier->account('1')->isEnrolled());
        self::assertFalse($this->verifier->account('1')->factors()[0]->isSuspended());
        self::assertSame('', (string) @file_get_contents("$this->folder/messages"), 'nothing was sent');
    }

    public function test_it_is_switched_off_by_the_password_and_a_proof_and_the_session_goes_on(): void
    {
        [$totp] = $this->enrol('alice');
        $challenge = $this->problem('step-up', 403, $this->ask('DELETE', '/2fa', ['password' => self::PASSWORD]))['challenge'];
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200)['grant'];
        $token = self::read($this->ask('DELETE', '/2fa', ['password' => self::PASSWORD, 'grant' => $grant]), 200)['token'];
        self::assertTrue($this->verifier->sessionCounts('1', $token));
        self::assertFalse($this->verifier->sessionCounts('1', (string) $this->credential));
        self::assertFalse(self::read($this->ask('GET', '/2fa'), 200)['enabled']);
        $this->problem('not-enabled', 409, $this->ask('DELETE', '/2fa', ['password' => self::PASSWORD]));
        $this->problem('not-enabled', 409, $this->ask('POST', '/2fa/codes', []));
    }

    public function test_codes_are_shown_once_with_the_confirmation_or_with_the_set_up(): void
    {
        [, $codes] = $this->enrol('alice');
        self::assertCount(10, $codes);
        $this->open(['codes_shown' => 'setup']);
        $this->signIn('bob');
        $setup = self::read($this->ask('POST', '/2fa/enroll', ['password' => self::PASSWORD]), 200);
        self::assertCount(10, $setup['codes']);
        self::assertStringStartsWith('data:image/png;base64,iVBOR', $setup['qrPng']);
        self::assertStringStartsWith('<svg ', $setup['qrSvg']);
        self::assertSame(0, $this->verifier->account('2')->backupCodesLeft(), 'they do not count yet');
        $other = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200);
        self::assertSame([], array_intersect($other['codes'], $setup['codes']), 'each set-up has its own');
        $totp = Totp::fromUri($setup['uri']);
        $answer = self::read($this->ask('POST', '/2fa/verify', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]), 200);
        self::assertArrayNotHasKey('codes', $answer);
        $this->signedIn = null;
        $proof = ['challenge' => $this->challenge('bob'), 'method' => 'backup', 'code' => $setup['codes'][4]];
        self::assertSame(9, self::read($this->ask('POST', '/login/otp', $proof), 200)['backupCodesLeft']);
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $this->challenge('bob')] + $proof));
        // So does a sign-in that ends with the set-up.
        $this->signedIn = null;
        $this->verifier->requireEnrolment('1', null, 'operator', 'everybody');
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $this->challenge()]), 200);
        $answer = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]), 200);
        self::assertArrayNotHasKey('codes', $answer);
        self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'backup', 'code' => $setup['codes'][9]]), 200);
        // What is derived is the same for all who begin now: it waits for the confirmation.
        $this->open(['codes_shown' => 'setup', 'secrets' => 'derived']);
        $this->signIn('alice');
        self::assertArrayNotHasKey('codes', self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200));
    }

    public function test_a_sign_in_that_requires_an_enrolment_gives_the_set_up_and_nothing_else(): void
    {
        $this->open(['api_per_network_minute' => 600]);
        $begin = fn (): array => self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        $wrong = fn (): string => $this->ask('POST', '/login', ['name' => 'alice', 'password' => 'wrong'])->body();
        $before = $wrong();
        $this->verifier->requireEnrolment('1', null, 'operator', 'everybody');
        self::assertSame($before, $wrong(), 'nothing is told before the password');
        $login = $begin();
        self::assertSame([true, true, [], ['totp', 'email', 'sms', 'voice', 'whatsapp']], [$login['requires2fa'], $login['requiresEnrolment'], $login['methods'], $login['offered']]);
        self::assertSame(gmdate('Y-m-d\TH:i:s\Z', $this->clock->time), $login['enrolmentDue']);
        self::assertArrayNotHasKey('token', $login);
        $challenge = $login['challenge'];
        // Without a session, and with the challenge as if it were one, a grant or a set-up.
        foreach ([['GET', '/2fa', null], ['GET', '/2fa/sessions', null], ['DELETE', '/2fa/sessions', []], ['POST', '/2fa/codes', ['grant' => $challenge]], ['DELETE', '/2fa', ['password' => self::PASSWORD, 'grant' => $challenge]], ['POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $challenge]]] as [$verb, $path, $body]) {
            $this->problem('sign-in', 401, $this->ask($verb, $path, $body));
        }
        foreach (['totp', 'backup', 'recovery', 'sms'] as $method) {
            foreach (['/login/otp', '/2fa/verify'] as $path) {
                $this->problem('denied', 401, $this->ask('POST', $path, ['challenge' => $challenge, 'method' => $method, 'code' => '123456']));
            }
        }
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => $challenge, 'code' => '123456']));
        $this->problem('denied', 401, $this->ask('POST', '/login/send', ['challenge' => $challenge, 'method' => 'email']));
        $this->problem('closed', 401, $this->ask('POST', '/password/phone/confirm', ['reset' => $challenge, 'code' => '123456', 'password' => 'a new password']));
        $tampered = substr($challenge, 0, -1) . ($challenge[-1] === 'A' ? 'B' : 'A');
        foreach (['x', strrev($challenge), $tampered] as $forged) {
            $this->problem('closed', 401, $this->ask('POST', '/2fa/setup', ['challenge' => $forged]));
        }
        $this->problem('request', 400, $this->ask('POST', '/2fa/setup', ['challenge' => $challenge, 'password' => self::PASSWORD]));
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $challenge]), 200);
        self::assertSame([], array_filter($this->heard, fn (array $it) => $it[0] === 'signIn'));
        $totp = Totp::fromUri($setup['uri']);
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $this->wrong($totp)]));
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]), 200);
        self::assertSame(['signIn', '1', Verified::class, ['otp']], end($this->heard), 'a password alone stood behind it');
        self::assertCount(10, $enrolled['codes']);
        self::assertTrue($this->verifier->sessionCounts('1', $enrolled['token']));
        // Once.
        $this->problem('setup-over', 409, $this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $this->fresh($totp)]));
        $this->problem('closed', 401, $this->ask('POST', '/2fa/setup', ['challenge' => $challenge]));
        self::assertFalse($begin()['requiresEnrolment']);
    }

    public function test_where_something_is_enrolled_its_proof_comes_before_a_set_up_that_is_required(): void
    {
        $this->open(['api_per_network_minute' => 600]);
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $this->verifier->requireEnrolment('1', null, 'operator', 'anew');
        $login = self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        self::assertSame([false, ['totp', 'backup']], [$login['requiresEnrolment'], $login['methods']]);
        $set = fn (string $challenge): ApiResponse => $this->ask('POST', '/2fa/setup', ['challenge' => $challenge]);
        $this->problem('closed', 401, $set($login['challenge']));
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $login['challenge'], 'method' => 'totp', 'code' => $this->wrong($totp)]));
        $this->heard = [];
        $problem = $this->problem('enrolment', 403, $this->ask('POST', '/login/otp', ['challenge' => $login['challenge'], 'method' => 'totp', 'code' => $this->fresh($totp)]));
        self::assertSame(['totp', 'email', 'sms', 'voice', 'whatsapp'], $problem['offered']);
        self::assertSame([], $this->heard, 'nobody is signed in yet');
        $this->problem('closed', 401, $set($this->challenge()));
        $setup = self::read($set($login['challenge']), 200);
        $anew = Totp::fromUri($setup['uri']);
        $enrolled = self::read($this->ask('POST', '/2fa/verify', ['setup' => $setup['setup'], 'code' => $anew->at($this->clock->time)]), 200);
        self::assertSame(['signIn', '1', Verified::class, ['otp', 'mfa']], end($this->heard), 'the old app was proven before');
        self::assertTrue($this->verifier->sessionCounts('1', $enrolled['token']));
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($totp)]));
        self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($anew)]), 200);
    }

    public function test_a_sign_in_ends_with_a_number_or_a_mailbox_as_with_an_app(): void
    {
        $this->open(['api_per_network_minute' => 600]);
        foreach (['alice' => ['phone', ['number' => self::NUMBER]], 'bob' => ['email', []]] as $name => [$of, $body]) {
            $id = $this->users[$name]->id();
            $this->verifier->requireEnrolment($id, null, 'operator', 'everybody');
            $challenge = $this->challenge($name);
            $sent = self::read($this->ask('POST', "/2fa/$of", ['challenge' => $challenge] + $body), 202);
            self::assertSame(3, $sent['attemptsLeft']);
            $this->clock->time += 60;
            $again = self::read($this->ask('POST', "/2fa/$of", ['setup' => $sent['setup']]), 202);
            $code = $of === 'phone' ? $this->code() : self::digits(end($this->heard)[2]);
            self::assertSame(2, $this->problem('denied', 401, $this->ask('POST', "/2fa/$of/confirm", ['setup' => $again['setup'], 'code' => $code === '123456' ? '234567' : '123456']))['attemptsLeft']);
            $enrolled = self::read($this->ask('POST', "/2fa/$of/confirm", ['setup' => $again['setup'], 'code' => $code]), 200);
            self::assertSame('signIn', end($this->heard)[0]);
            self::assertNotContains('mfa', end($this->heard)[3]);
            self::assertTrue($this->verifier->sessionCounts($id, $enrolled['token']));
        }
    }

    public function test_what_is_required_of_everybody_is_told_and_done_over_json_as_what_is_required_of_one(): void
    {
        $this->open(['secrets' => 'derived', 'recovery_codes' => 5, 'api_per_network_minute' => 600]);
        [$totp, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        $this->verifier->requireAllEnrolments($this->clock->time + 600, 'operator', 'a key was seen');
        $login = fn (string $name): array => self::read($this->ask('POST', '/login', ['name' => $name, 'password' => self::PASSWORD]), 200);
        self::assertArrayHasKey('enrolmentDue', $login('alice'));
        self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($totp)]), 200);
        $this->clock->time += 600;
        // Who has no factor has nothing to renew.
        self::assertFalse($login('bob')['requires2fa']);
        foreach (['totp' => fn (): string => $this->fresh($totp), 'recovery' => fn (): string => $codes[4]] as $method => $code) {
            $challenge = $login('alice')['challenge'];
            $this->problem('closed', 401, $this->ask('POST', '/2fa/setup', ['challenge' => $challenge]));
            $this->problem('enrolment', 403, $this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => $method, 'code' => $code()]));
        }
        // That was the last code: by its challenge the set-up goes on.
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $challenge]), 200);
        $anew = Totp::fromUri($setup['uri']);
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $anew->at($this->clock->time)]), 200);
        self::assertSame(['signIn', '1', Verified::class, ['otp', 'mfa']], end($this->heard));
        self::assertTrue($this->verifier->sessionCounts('1', $enrolled['token']));
        $answer = self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($anew)]), 200);
        self::assertSame(5, $answer['recoveryCodesLeft']);
        self::assertArrayNotHasKey('enrolmentDue', $login('alice'));
    }

    public function test_the_last_recovery_code_while_a_set_up_has_to_follow_leaves_nobody_with_the_password_alone(): void
    {
        $this->open(['secrets' => 'derived', 'recovery_codes' => 5, 'api_per_network_minute' => 600]);
        [, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        $this->verifier->requireEnrolment('1', null, 'operator', 'a key was seen');
        $prove = fn (string $code): ApiResponse => $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'recovery', 'code' => $code]);
        $this->problem('enrolment', 403, $prove($codes[4]));
        // Its owner leaves. Whoever has the password is asked for a proof as before.
        $this->address = '198.51.100.9';
        $login = self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        self::assertSame([true, false, ['totp', 'recovery']], [$login['requires2fa'], $login['requiresEnrolment'], $login['methods']]);
        $this->problem('closed', 401, $this->ask('POST', '/2fa/setup', ['challenge' => $login['challenge']]));
        self::assertTrue($this->verifier->account('1')->isEnrolled());
        self::assertNotContains('account.switched-off', array_map(static fn ($event) => $event->type(), [...$this->verifier->audit('1')]));
        // The owner comes back, without the app: with the same code, and no earlier one.
        $this->address = '192.0.2.1';
        $this->problem('denied', 401, $prove($codes[3]));
        $challenge = $this->challenge();
        $this->problem('enrolment', 403, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'recovery', 'code' => $codes[4]]));
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $challenge]), 200);
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]), 200);
        self::assertCount(5, $enrolled['codes']);
        self::assertTrue($this->verifier->sessionCounts('1', $enrolled['token']));
        $this->problem('denied', 401, $prove($codes[4]));
    }

    public function test_in_the_time_of_grace_a_sign_in_tells_when_it_ends(): void
    {
        $this->verifier->requireEnrolment('1', $this->clock->time + 60, 'operator', 'everybody');
        $login = self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        self::assertSame([false, false, gmdate('Y-m-d\TH:i:s\Z', $this->clock->time + 60)], [$login['requires2fa'], $login['requiresEnrolment'], $login['enrolmentDue']]);
        self::assertTrue($this->verifier->sessionCounts('1', $login['token']));
        $this->signedIn = 'alice';
        self::assertSame($login['enrolmentDue'], self::read($this->ask('GET', '/2fa'), 200)['enrolmentDue']);
        $this->signedIn = null;
        $this->clock->time += 60;
        self::assertTrue(self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200)['requiresEnrolment']);
    }

    public function test_where_the_host_cannot_say_who_it_is_nobody_of_whom_a_set_up_is_due_is_let_in_and_the_operator_is_told(): void
    {
        $this->verifier->requireEnrolment('1', null, 'operator', 'everybody');
        $challenge = $this->challenge();
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $challenge]), 200);
        $this->without = ['loadUser'];
        foreach ([['/2fa/setup', ['challenge' => $challenge]], ['/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]]] as [$path, $body]) {
            self::assertSame(501, $this->ask('POST', $path, $body)->status(), $path);
        }
        self::assertFileDoesNotExist("$this->folder/log", 'who has no password fills no log');
        // A sign-in is nothing that a site may leave out: that is a fault, and the operator's.
        $response = $this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]);
        $this->problem('unavailable', 503, $response);
        self::assertArrayHasKey('Retry-After', $response->headers());
        self::assertStringNotContainsString('loadUser', $response->body());
        self::assertStringContainsString('loadUser', (string) file_get_contents("$this->folder/log"));
        self::assertSame([], array_filter($this->heard, fn (array $it) => $it[0] === 'signIn'));
        self::assertFalse($this->verifier->account('1')->isEnrolled());
        [$totp] = $this->enrol('bob');
        $this->signedIn = null;
        $this->heard = [];
        $this->verifier->requireEnrolment('2', null, 'operator', 'everybody');
        foreach (['/login/otp', '/2fa/verify'] as $path) {
            $this->problem('unavailable', 503, $this->ask('POST', $path, ['challenge' => $this->challenge('bob'), 'method' => 'totp', 'code' => $this->fresh($totp)]));
        }
        self::assertSame([], array_filter($this->heard, fn (array $it) => $it[0] === 'signIn'));
        // Who it says has to be who the challenge is of.
        $this->without = [];
        [$this->users['alice'], $this->users['bob']] = [$this->users['bob'], $this->users['alice']];
        $this->verifier->waiveEnrolment('1', 'operator', 'it cannot be done');
        $this->problem('closed', 401, $this->ask('POST', '/2fa/setup', ['challenge' => $challenge]));
    }

    public function test_a_set_up_of_a_session_is_confirmed_in_one_and_whoever_holds_it_is_told_that_it_is_over(): void
    {
        $this->open(['api_per_network_minute' => 600]);
        $this->signIn('alice');
        $begin = fn (): array => self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200);
        $setup = $begin();
        $totp = Totp::fromUri($setup['uri']);
        $right = fn (): array => ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)];
        // What a thief began, who is signed out since.
        $this->signedIn = null;
        $this->problem('sign-in', 401, $this->ask('POST', '/2fa/confirm', $right()));
        $this->signedIn = 'bob';
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', $right()));
        $this->signedIn = 'alice';
        $this->problem('denied', 401, $this->ask('POST', '/2fa/phone/confirm', $right()));
        $this->clock->time += 1800;
        foreach ([$right(), ['code' => '000000'] + $right()] as $body) {
            $this->problem('setup-over', 409, $this->ask('POST', '/2fa/confirm', $body));
        }
        $this->signedIn = 'bob';
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', $right()));
        // A change ends what was begun before it.
        $this->signedIn = 'alice';
        $setup = $begin();
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        $this->verifier->raiseEpoch('1', 'host', 'password changed');
        foreach (['/2fa/confirm' => $setup, '/2fa/phone/confirm' => $sent] as $path => $begun) {
            $this->problem('setup-over', 409, $this->ask('POST', $path, ['setup' => $begun['setup'], 'code' => $this->code()]));
        }
        $this->problem('setup-over', 409, $this->ask('POST', '/2fa/phone', ['setup' => $sent['setup']]));
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => 'AQ', 'code' => '1']));
    }

    public function test_recovery_codes_jump_ahead_and_the_last_one_says_that_it_has_switched_the_factor_off(): void
    {
        $this->open(['secrets' => 'derived', 'recovery_codes' => 5]);
        [, $codes] = $this->enrol('alice');
        self::assertCount(5, $codes);
        $this->signedIn = null;
        $prove = fn (string $code) => $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'recovery', 'code' => $code]);
        $mistyped = substr($codes[1], 0, -1) . ($codes[1][-1] === 'A' ? 'B' : 'A');
        $this->problem('mistyped', 422, $prove($mistyped));
        self::assertSame(3, self::read($prove($codes[1]), 200)['recoveryCodesLeft']);
        $this->problem('denied', 401, $prove($codes[0]));
        $this->problem('denied', 401, $prove($codes[1]));
        self::assertTrue(self::read($prove($codes[4]), 200)['switchedOff']);
        // The next sign-in ends with a set-up; until then whoever has the password is nowhere.
        $login = self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        self::assertSame([true, true], [$login['requires2fa'], $login['requiresEnrolment']]);
        self::assertArrayNotHasKey('token', $login);
        $setup = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $login['challenge']]), 200);
        $totp = Totp::fromUri($setup['uri']);
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]), 200);
        self::assertSame(['recovery', 5], [$enrolled['codesOf'], count($enrolled['codes'])]);
        self::assertTrue($this->verifier->sessionCounts('1', $enrolled['token']));
        self::assertNull($this->verifier->account('1')->enrolmentDue());
        $this->problem('denied', 401, $prove($codes[4]));
    }

    public function test_the_last_recovery_code_as_a_step_up_keeps_its_owner_signed_in(): void
    {
        $this->open(['secrets' => 'derived', 'recovery_codes' => 5]);
        [, $codes] = $this->enrol('alice');
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $answer = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'recovery', 'code' => $codes[4]]), 200);
        self::assertTrue($answer['switchedOff']);
        self::assertTrue($this->verifier->sessionCounts('1', $answer['token']));
        $this->credential = $answer['token'];
        self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $answer['grant']]), 200);
    }

    public function test_an_app_is_replaced_with_its_codes_and_at_no_time_is_the_password_alone_enough(): void
    {
        $this->open(['secrets' => 'derived']);
        [$totp] = $this->enrol('alice');
        $body = ['password' => self::PASSWORD, 'replace' => true];
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/setup', $body))['challenge'];
        $body['grant'] = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200)['grant'];
        self::assertSame('label', $this->problem('request', 400, $this->ask('POST', '/2fa/setup', $body + ['label' => 'Phone']))['field']);
        $setup = self::read($this->ask('POST', '/2fa/setup', $body), 200);
        $this->challenge();
        $new = Totp::fromUri($setup['uri']);
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $new->at($this->clock->time)]), 200);
        self::assertCount(10, $enrolled['codes']);
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($totp)]));
        self::read($this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($new)]), 200);
    }

    public function test_a_telephone_is_set_up_with_the_tries_that_are_left_and_signs_in_by_a_code(): void
    {
        $this->signIn('alice');
        $this->problem('number', 422, $this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => '12']));
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => '01512 3456789', 'region' => 'DE']), 202);
        self::assertSame(['sms', '+49 ••• 89', 3], [$sent['method'], $sent['destination'], $sent['attemptsLeft']]);
        $code = $this->code();
        $wrong = $code === '123456' ? '234567' : '123456';
        $problem = $this->problem('denied', 401, $this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $wrong]));
        self::assertSame(2, $problem['attemptsLeft']);
        $this->problem('throttled', 429, $this->ask('POST', '/2fa/phone', ['setup' => $sent['setup']]));
        $enrolled = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $code]), 200);
        self::assertCount(10, $enrolled['codes']);
        $this->signedIn = null;
        $this->clock->time += 60;
        $challenge = $this->challenge();
        self::read($this->ask('POST', '/login/send', ['challenge' => $challenge, 'method' => 'sms']), 202);
        self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'sms', 'code' => $this->code()]), 200);
    }

    public function test_a_notice_that_cannot_be_mailed_takes_nothing_back_and_is_told_to_the_operator(): void
    {
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        $enrolled = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200);
        $this->credential = $enrolled['token'];
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'backup', 'code' => $enrolled['codes'][0]]), 200)['grant'];
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => '+4915123456780', 'grant' => $grant]), 202);
        $this->mailsFail = true;
        $answer = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => json_decode(array_values(array_filter(file("$this->folder/messages"), fn (string $line) => str_contains($line, '+4915123456780')))[0], true)['code']]), 200);
        self::assertTrue($this->verifier->sessionCounts('1', $answer['token']));
        self::assertStringContainsString('could not be mailed', (string) file_get_contents("$this->folder/log"));
        $this->mailsFail = false;
        $this->clock->pass(301);
        $subjects = array_map(static fn (Message $message) => $message->subject(), $this->verifier->pendingNotices());
        self::assertContains('default: The phone number of your account was changed', $subjects, 'it is not lost');
    }

    public function test_whatever_changes_an_account_is_told_also_by_calls_that_return_nothing_of_it(): void
    {
        $to = 'alice@example.org';
        [, $codes] = $this->enrol('alice');
        self::assertSame([[$to, 'A second factor was added to your account']], $this->told);
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $grant = self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[0]]), 200)['grant'];
        self::assertSame([$to, 'A code for emergencies was used for your account'], end($this->told));
        $this->credential = self::read($this->ask('POST', '/2fa/codes', ['grant' => $grant]), 200)['token'];
        self::assertSame([$to, 'New codes for emergencies were made for your account'], end($this->told));
        self::read($this->ask('DELETE', '/2fa', ['password' => self::PASSWORD, 'grant' => $grant]), 200);
        self::assertSame([$to, 'A second factor was removed from your account'], end($this->told));
        self::assertCount(4, $this->told);
        $this->clock->pass(9 * 86_400);
        self::assertSame([], $this->verifier->pendingNotices(), 'each was said to be sent');
    }

    public function test_a_host_without_a_mailer_is_handed_what_is_to_be_told_with_the_answer(): void
    {
        $this->without = ['mail'];
        $titles = static fn (ApiResponse $answer): array => array_map(static fn (Message $message) => [$message->to(), strstr($message->text(), ".\n", true)], $answer->notices());
        $to = 'alice@example.org';
        $this->signIn('alice');
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200);
        $totp = Totp::fromUri($setup['uri']);
        $answer = $this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]);
        ['token' => $this->credential, 'codes' => $codes] = self::read($answer, 200);
        self::assertSame([[$to, 'A second factor was added to your account']], $titles($answer));
        self::assertStringNotContainsString('A second factor was added', $answer->body(), 'it is the host\'s, and not the client\'s');
        self::assertStringNotContainsString($to, print_r($answer, true));
        self::assertSame([], $this->ask('GET', '/2fa')->notices());
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $answer = $this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[0]]);
        $grant = self::read($answer, 200)['grant'];
        self::assertSame([[$to, 'A code for emergencies was used for your account']], $titles($answer));
        $this->verifier->noticesSent([$answer->notices()[0]->id()]);
        // A call that returns nothing of it.
        $answer = $this->ask('POST', '/2fa/codes', ['grant' => $grant]);
        $this->credential = self::read($answer, 200)['token'];
        self::assertSame([[$to, 'New codes for emergencies were made for your account']], $titles($answer));
        // What nobody said to be sent is handed out again; what was said to be sent is not.
        $this->clock->pass(301);
        $again = array_map(static fn (Message $message) => strstr($message->text(), ".\n", true), $this->verifier->pendingNotices());
        sort($again);
        self::assertSame(['A second factor was added to your account', 'New codes for emergencies were made for your account'], $again);
        // Behind a problem, too: of a sign-in that goes on with a set-up, and of a wrong answer, with what was told late: that a
        // spent code came from elsewhere is due a minute after it.
        $code = $this->fresh($totp);
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $code]), 200);
        $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
        $this->address = '198.51.100.7';
        $answer = $this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $code]);
        $this->problem('denied', 401, $answer);
        self::assertSame([], $titles($answer));
        $this->clock->pass(61);
        $answer = $this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->wrong($totp)]);
        $this->problem('denied', 401, $answer);
        self::assertSame([[$to, 'A code of your account was entered a second time']], $titles($answer));
        $this->signedIn = null;
        $issued = $this->verifier->issueTemporaryCode('1', 'the test', 'lost');
        $answer = $this->ask('POST', '/login/otp', ['challenge' => $this->challenge(), 'method' => 'temporary', 'code' => $issued]);
        $this->problem('enrolment', 403, $answer);
        self::assertContains([$to, 'A temporary code was used for your account'], $titles($answer));
    }

    public function test_a_mailbox_is_set_up_by_a_mail_that_the_host_sends(): void
    {
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/email', ['password' => self::PASSWORD]), 202);
        [, $to, $text] = end($this->heard);
        self::assertSame('alice@example.org', $to);
        $code = self::digits($text);
        self::assertStringNotContainsString($code, json_encode($sent));
        self::read($this->ask('POST', '/2fa/email/confirm', ['setup' => $sent['setup'], 'code' => $code]), 200);
        self::assertSame([Method::Email, Method::BackupCode], $this->verifier->account('1')->methods());
    }

    public function test_a_number_is_proven_for_a_registration_once_and_is_no_factor(): void
    {
        $sent = self::read($this->ask('POST', '/phone/verification', ['number' => self::NUMBER]), 202);
        self::assertSame(3, $sent['attemptsLeft']);
        $code = $this->code();
        $wrong = $code === '123456' ? '234567' : '123456';
        $body = ['verification' => $sent['verification'], 'code' => $wrong];
        self::assertSame(2, $this->problem('denied', 401, $this->ask('POST', '/phone/verification/confirm', $body))['attemptsLeft']);
        $none = $this->ask('POST', '/phone/verification/confirm', ['verification' => 'AAAA', 'code' => $code]);
        $this->problem('setup-over', 409, $none);
        $proven = self::read($this->ask('POST', '/phone/verification/confirm', ['code' => $code] + $body), 200);
        self::assertSame(self::NUMBER, $proven['number']);
        self::assertSame(['numberProven', self::NUMBER, Method::Sms, $this->clock->time], end($this->heard));
        // Once, and it is nobody's.
        $over = $this->ask('POST', '/phone/verification/confirm', ['code' => $code] + $body);
        self::assertEquals([$none->status(), $none->headers(), $none->body()], [$over->status(), $over->headers(), $over->body()]);
        self::assertCount(1, array_filter($this->heard, fn (array $it) => $it[0] === 'numberProven'));
        self::assertSame([], iterator_to_array((fn () => yield from $this->verifier->accounts())()));
        self::assertSame('', iterator_to_array((fn () => yield from $this->verifier->deliveries())())[0]->userId());
    }

    public function test_whoever_has_no_try_left_for_a_number_is_told_to_begin_again_and_not_that_the_code_is_wrong(): void
    {
        $sent = self::read($this->ask('POST', '/phone/verification', ['number' => self::NUMBER]), 202);
        $right = ['verification' => $sent['verification'], 'code' => $this->code()];
        $wrong = ['code' => $right['code'] === '123456' ? '234567' : '123456'] + $right;
        foreach ([2, 1, 0] as $left) {
            self::assertSame($left, $this->problem('denied', 401, $this->ask('POST', '/phone/verification/confirm', $wrong))['attemptsLeft']);
        }
        // Right or wrong makes no difference any more.
        foreach ([$right, $wrong] as $body) {
            $answers[] = $this->ask('POST', '/phone/verification/confirm', $body);
            self::assertArrayNotHasKey('attemptsLeft', $this->problem('setup-over', 409, end($answers)));
        }
        self::assertSame($answers[0]->body(), $answers[1]->body());
        $this->clock->time += 3600;
        $sent = self::read($this->ask('POST', '/phone/verification', ['number' => self::NUMBER]), 202);
        $code = $this->code();
        $this->clock->time += 1800;
        $this->problem('setup-over', 409, $this->ask('POST', '/phone/verification/confirm', ['verification' => $sent['verification'], 'code' => $code]));
        self::assertSame([], array_filter($this->heard, fn (array $it) => $it[0] === 'numberProven'));
    }

    public function test_an_app_is_offered_where_another_one_has_room(): void
    {
        foreach (['sealed' => true, 'derived' => false] as $secrets => $hasRoom) {
            $this->open(['secrets' => $secrets]);
            $this->signIn('alice');
            $offered = fn (): array => self::read($this->ask('GET', '/2fa'), 200)['offered'];
            self::assertContains('totp', $offered());
            [$totp] = $this->enrol('alice');
            self::assertSame($hasRoom, in_array('totp', $offered(), true), $secrets);
            self::assertContains('sms', $offered());
            $grant = function () use ($totp): string {
                $challenge = $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
                return self::read($this->ask('POST', '/2fa/verify', ['challenge' => $challenge, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200)['grant'];
            };
            $body = ['password' => self::PASSWORD, 'grant' => $grant()];
            if ($hasRoom) {
                self::read($this->ask('POST', '/2fa/setup', $body), 200);
            } else {
                self::assertSame('one', $this->problem('factor', 422, $this->ask('POST', '/2fa/setup', $body))['reason']);
            }
            self::read($this->ask('POST', '/2fa/setup', ['replace' => true] + $body), 200);
        }
    }

    public function test_numbers_of_registrations_have_budgets_of_nobody_and_leave_sign_ins_theirs(): void
    {
        $client = new Client('203.0.113.9');
        $throttled = 0;
        for ($day = 0; $day < 30; $day++) {
            $this->clock->time += 60;
            try {
                $this->verifier->proveNumber("subject $day", sprintf('+49151%08d', 23456789 + $day), null, $client);
            } catch (\TwoFactor\Exception\Throttled) {
                $throttled++;
            }
        }
        // A sixth of what an address may ask for in an hour.
        self::assertSame(25, $throttled);
        $this->signIn('alice');
        $this->address = '203.0.113.9';
        self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
    }

    public function test_a_proof_of_a_number_takes_three_tries_of_its_code_and_half_an_hour(): void
    {
        $client = new Client('192.0.2.9');
        $proof = $this->verifier->proveNumber('s', self::NUMBER, null, $client)->token();
        $code = $this->code();
        for ($try = 0; $try < 3; $try++) {
            self::assertRejected(fn () => $this->verifier->confirmNumber($proof, $code === '123456' ? '234567' : '123456', $client));
        }
        self::assertRejected(fn () => $this->verifier->confirmNumber($proof, $code, $client));
        $this->clock->time += 3600;
        $late = $this->verifier->proveNumber('s', self::NUMBER, null, $client)->token();
        $code = $this->code();
        $this->clock->time += 1800;
        self::assertRejected(fn () => $this->verifier->confirmNumber($late, $code, $client));
        // What is a set-up elsewhere is none here, and the other way round.
        $this->clock->time += 3600;
        $other = $this->verifier->proveNumber('s', self::NUMBER, null, $client)->token();
        $setup = $this->verifier->startPhone($this->users['bob'], '+4915123456780', null, $client)->token();
        self::assertRejected(fn () => $this->verifier->confirmPhone($other, $this->code(), $client));
        self::assertRejected(fn () => $this->verifier->confirmNumber($setup, $this->code(), $client));
    }

    private static function assertRejected(callable $act): void
    {
        try {
            $act();
        } catch (Rejected) {
            self::assertTrue(true);
            return;
        }
        self::fail('it was accepted');
    }

    public function test_b43_a_reset_looks_the_same_for_nobody_and_signs_nobody_in(): void
    {
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200);
        $this->signedIn = null;
        $this->heard = [];
        $this->clock->time += 60;
        $tokens = [];
        foreach (['alice', 'nobody'] as $name) {
            $answer = self::read($this->ask('POST', '/password/phone', ['name' => $name]), 202);
            self::assertSame(['reset'], array_keys($answer));
            $tokens[$name] = $answer['reset'];
        }
        self::assertSame(strlen($tokens['alice']), strlen($tokens['nobody']));
        $code = $this->code();
        $bodies = [];
        foreach ($tokens as $token) {
            $response = $this->ask('POST', '/password/phone/confirm', ['reset' => $token, 'code' => $code === '123456' ? '234567' : '123456', 'password' => 'a new password']);
            $this->problem('denied', 401, $response);
            $bodies[] = $response->body();
        }
        self::assertSame($bodies[0], $bodies[1]);
        $right = ['reset' => $tokens['alice'], 'code' => $code, 'password' => 'short'];
        $this->problem('password', 422, $this->ask('POST', '/password/phone/confirm', $right));
        self::read($this->ask('POST', '/password/phone/confirm', ['password' => 'a new password'] + $right), 204);
        self::assertSame(['setPassword', '1', 'a new password'], $this->heard[0]);
        // What was begun with the old password is over.
        $this->problem('closed', 401, $this->ask('POST', '/login/send', ['challenge' => $this->meanwhile, 'method' => 'sms']));
        $this->problem('denied', 401, $this->ask('POST', '/password/phone/confirm', ['password' => 'another password'] + $right));
    }

    public function test_a_password_is_passed_on_as_it_came_and_is_in_no_dump_trace_or_log(): void
    {
        $given = null;
        $context = new ApiContext(new Client('192.0.2.1'), 'application/json', credential: 'credential-canary', authenticate: function (string $name, #[\SensitiveParameter] string $password) use (&$given): ?User {
            $given = $password . '.';
            throw new Exception('the host fails');
        }, signIn: fn () => null);
        $api = new Api($this->verifier);
        $body = json_encode(['name' => 'alice', 'password' => self::PASSWORD]);
        try {
            $api->handle('POST', '/login', $body, $context);
            self::fail('what the host throws is thrown');
        } catch (Exception $thrown) {
            self::assertSame('the host fails', $thrown->getMessage());
            self::assertStringNotContainsString('horse', $thrown . print_r($thrown->getTrace()[0]['args'] ?? '', true));
        }
        self::assertSame(self::PASSWORD . '.', $given);
        ob_start();
        var_dump($context, $api);
        print_r($context);
        self::assertStringNotContainsString('canary', ob_get_clean());
        self::assertFileDoesNotExist("$this->folder/log");
    }

    public function test_whatever_a_callable_returns_that_it_must_not_is_an_error_and_lets_nobody_in(): void
    {
        $client = new Client('192.0.2.1');
        $api = new Api($this->verifier);
        $login = json_encode(['name' => 'a', 'password' => 'b']);
        foreach ([true, 1, 'alice', [], $client] as $answer) {
            $context = new ApiContext($client, 'application/json', authenticate: fn () => $answer, signIn: fn () => null);
            try {
                $api->handle('POST', '/login', $login, $context);
                self::fail('it was taken');
            } catch (\TypeError $error) {
                self::assertStringContainsString('($context) must have an authenticate', $error->getMessage());
            }
        }
        foreach ([1, 'yes', null, []] as $answer) {
            $context = new ApiContext($client, 'application/json', user: $this->users['alice'], checkPassword: fn () => $answer);
            try {
                $api->handle('POST', '/2fa/setup', '{"password": "b"}', $context);
                self::fail('it was taken');
            } catch (\TypeError $error) {
                self::assertStringContainsString('($context) must have a checkPassword', $error->getMessage());
            }
        }
    }

    public function test_sessions_are_listed_and_ended(): void
    {
        $this->signIn('alice');
        $first = $this->credential;
        $this->signIn('alice');
        $listed = self::read($this->ask('GET', '/2fa/sessions'), 200)['sessions'];
        self::assertCount(2, $listed);
        self::assertCount(1, array_filter(array_column($listed, 'current')));
        $other = current(array_filter($listed, fn (array $it) => !$it['current']))['id'];
        self::read($this->ask('DELETE', '/2fa/sessions', ['session' => $other]), 204);
        self::assertFalse($this->verifier->sessionCounts('1', $first));
        self::assertTrue($this->verifier->sessionCounts('1', $this->credential));
        $this->problem('request', 400, $this->ask('DELETE', '/2fa/sessions', ['session' => 'x']));
    }

    public function test_without_a_licence_no_browser_is_remembered_or_listed_and_all_can_be_ended(): void
    {
        [$totp] = $this->enrol('alice');
        $begun = self::read($this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]), 200);
        self::assertArrayNotHasKey('deviceDays', $begun);
        self::assertArrayNotHasKey('deviceDays', self::read($this->ask('GET', '/2fa'), 200));
        self::assertSame(501, $this->ask('GET', '/2fa/devices')->status());
        self::assertSame(501, $this->ask('DELETE', '/2fa/devices', ['device' => str_repeat('0', 32)])->status());
        $problem = $this->problem('step-up', 403, $this->ask('DELETE', '/2fa/devices', []));
        $proof = ['challenge' => $problem['challenge'], 'method' => 'totp', 'code' => $this->fresh($totp)];
        $grant = self::read($this->ask('POST', '/2fa/verify', $proof), 200)['grant'];
        $before = $this->credential;
        $this->credential = self::read($this->ask('DELETE', '/2fa/devices', ['grant' => $grant]), 200)['token'];
        self::assertNotSame($before, $this->credential);
        self::assertTrue($this->verifier->sessionCounts('1', $this->credential));
        $last = null;
        foreach ($this->verifier->audit('1', limit: 5) as $event) {
            $last ??= $event->type();
        }
        self::assertSame('devices.ended', $last);
        $this->problem('request', 400, $this->ask('DELETE', '/2fa/devices', ['device' => 'x']));
        // Whoever has no factor has nothing that could be proven, and nothing to end.
        $this->signIn('bob');
        foreach ([[], ['grant' => 'made-up'], ['grant' => $grant]] as $body) {
            self::assertSame([], self::read($this->ask('DELETE', '/2fa/devices', $body), 200));
        }
        // Where nothing is suggested nothing is put off.
        self::read($this->ask('POST', '/2fa/suggestion/skip', []), 204);
        self::assertSame(415, $this->ask('POST', '/2fa/suggestion/skip', null, null)->status());
        $this->problem('request', 400, $this->ask('POST', '/2fa/suggestion/skip', ['user' => '1']));
        self::assertSame([], [...$this->verifier->audit('2')]);
    }

    public function test_b9_while_the_store_is_down_nobody_is_let_in(): void
    {
        $path = "$this->folder/store";
        mkdir($path, 0700);
        $this->open(['store' => "sqlite:$path/t.sqlite"]);
        $this->enrol('alice');
        $this->signedIn = null;
        $this->heard = [];
        exec('rm -rf ' . escapeshellarg($path));
        $response = $this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD]);
        $this->problem('unavailable', 503, $response);
        self::assertArrayHasKey('Retry-After', $response->headers());
        self::assertSame([], array_filter($this->heard, fn (array $it) => $it[0] === 'signIn'));
        self::assertStringContainsString('twofactor:', (string) file_get_contents("$this->folder/log"));
    }

    public function test_a_provider_that_is_not_there_is_no_yes_and_costs_nobody_a_try(): void
    {
        mkdir("$this->folder/store", 0700);
        $store = ['store' => "sqlite:$this->folder/store/t.sqlite"];
        $this->open($store);
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        $codes = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200)['codes'];
        $this->signedIn = null;
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($socket, false);
        fclose($socket);
        $provider = ['provider' => 'http', 'name' => 'gone', 'url' => "http://$address/send", 'json' => '{"to": "{number}", "text": "{text}"}', 'replies' => ['taken: 200 $.id=*']];
        file_put_contents("$this->folder/providers.json", json_encode([$provider]));
        $settings = $store + ['clock' => $this->clock, 'providers_file' => "$this->folder/providers.json", 'http_seconds' => 1];
        $this->verifier = Verifier::open($settings);
        $this->clock->time += 60;
        $challenge = $this->challenge();
        $response = $this->ask('POST', '/login/send', ['challenge' => $challenge, 'method' => 'sms']);
        $this->problem('unavailable', 503, $response);
        self::assertArrayHasKey('Retry-After', $response->headers());
        self::assertStringNotContainsString($address, $response->body(), 'who carries codes is the operator\'s');
        self::assertStringContainsString('gone', (string) file_get_contents("$this->folder/log"));
        self::assertNull($this->verifier->account('1')->lockedUntil());
        self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[0]]), 200);
    }

    public function test_the_document_has_the_prefix_and_every_path_answers(): void
    {
        $document = json_decode(Api::openApi('/api'), true, flags: JSON_THROW_ON_ERROR);
        self::assertSame('3.1.0', $document['openapi']);
        $count = 0;
        foreach ($document['paths'] as $path => $operations) {
            foreach ($operations as $verb => $operation) {
                $count++;
                $response = $this->ask(strtoupper($verb), substr($path, 4), $verb === 'get' ? null : '{"unknown": 1}');
                self::assertContains($response->status(), [400, 401], "$verb $path");
                self::assertArrayHasKey((string) $response->status(), $operation['responses']);
            }
        }
        self::assertSame(25, $count);
        foreach (['api', '/api/', '/a b', '/../x', '/a//b', '/' . str_repeat('a', 255)] as $prefix) {
            try {
                Api::openApi($prefix);
                self::fail($prefix);
            } catch (\ValueError $error) {
                self::assertStringContainsString('($prefix)', $error->getMessage());
            }
        }
    }

    public function test_a_context_and_an_interface_that_hold_each_other_are_collected(): void
    {
        $host = new class {
            public ?ApiContext $context = null;
            public ?Api $api = null;
        };
        $host->context = new ApiContext(new Client('192.0.2.1'), null, authenticate: static fn () => $host);
        $gone = \WeakReference::create($host);
        unset($host);
        gc_collect_cycles();
        self::assertNull($gone->get());
    }
}
