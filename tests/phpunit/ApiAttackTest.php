<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/ApiTestCase.php';
require_once __DIR__ . '/Processes.php';

use TwoFactor\{Api, ApiResponse, Totp, User};

/** The attacks of docs/attacks.md that can be made over JSON. */
final class ApiAttackTest extends ApiTestCase
{
    private const ELSEWHERE = '203.0.113.9';

    protected function setUp(): void
    {
        parent::setUp();
        $this->generously();
    }

    /** @param array<string, mixed> $settings */
    private function generously(array $settings = []): void
    {
        $this->open($settings + ['api_per_network_minute' => 10_000, 'api_per_network_hour' => 10_000]);
    }

    /** Every end point: verb, path, whether it takes a session. @return list<array{string, string, bool}> */
    private static function endPoints(): array
    {
        $all = [];
        foreach (json_decode(Api::openApi(), true, flags: JSON_THROW_ON_ERROR)['paths'] as $path => $operations) {
            foreach ($operations as $verb => $operation) {
                $all[] = [strtoupper($verb), $path, ($operation['security'] ?? []) === [['site' => []]]];
            }
        }
        return $all;
    }

    /** A body that path takes, with all that could be true of it. @return array<string, mixed>|null */
    private static function bodyFor(string $verb, string $path, string $token): ?array
    {
        return $verb === 'GET' ? null : match ($path) {
            '/2fa/setup', '/2fa/enroll', '/2fa/email', '/2fa' => ['password' => self::PASSWORD, 'grant' => $token],
            '/2fa/phone' => ['password' => self::PASSWORD, 'number' => self::NUMBER, 'grant' => $token],
            '/2fa/codes', '/2fa/sessions', '/2fa/devices' => ['grant' => $token],
            '/2fa/factor/suspend', '/2fa/factor/resume' => ['factor' => str_repeat('0', 16), 'grant' => $token],
            '/2fa/suggestion/skip' => [],
            '/2fa/confirm', '/2fa/phone/confirm', '/2fa/email/confirm' => ['setup' => $token, 'code' => '123456'],
            '/2fa/verify', '/login/otp' => ['challenge' => $token, 'method' => 'totp', 'code' => '123456'],
            '/login/send' => ['challenge' => $token, 'method' => 'sms'],
            '/login' => ['name' => 'alice', 'password' => self::PASSWORD],
            '/password/phone' => ['name' => 'alice'],
            '/password/phone/confirm' => ['reset' => $token, 'code' => '123456', 'password' => 'a new password'],
            '/phone/verification' => ['number' => self::NUMBER],
            '/phone/verification/confirm' => ['verification' => $token, 'code' => '123456'],
        };
    }

    /** @param array<string, mixed> $proof */
    private function prove(array $proof, string $name = 'alice'): ApiResponse
    {
        return $this->ask('POST', '/login/otp', ['challenge' => $this->challenge($name)] + $proof);
    }

    /** A step-up of whoever is signed in. */
    private function stepUp(): string
    {
        return $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', []))['challenge'];
    }

    /** @param array<string, mixed> $proof */
    private function grant(array $proof): string
    {
        return self::read($this->ask('POST', '/2fa/verify', ['challenge' => $this->stepUp()] + $proof), 200)['grant'];
    }

    private function mailed(): string
    {
        $mails = array_filter($this->heard, static fn (array $it): bool => $it[0] === 'mail');
        return self::digits(end($mails)[2]);
    }

    public function test_b3_b32_b34_while_the_second_factor_is_pending_no_end_point_of_a_session_answers(): void
    {
        $this->enrol('alice');
        [$this->signedIn, $this->credential] = [null, null];
        $challenge = $this->challenge();
        $tried = 0;
        foreach (self::endPoints() as [$verb, $path, $takesSession]) {
            if ($takesSession || in_array($path, ['/2fa/setup', '/2fa/enroll', '/2fa/phone', '/2fa/email'], true)) {
                $this->problem('sign-in', 401, $this->ask($verb, $path, self::bodyFor($verb, $path, $challenge)));
                $tried++;
            }
        }
        self::assertSame(14, $tried);
        // Nor by the challenge, which is good for a set-up only where one is due.
        foreach (['setup' => [], 'phone' => ['number' => self::NUMBER], 'email' => []] as $path => $body) {
            $this->problem('closed', 401, $this->ask('POST', "/2fa/$path", ['challenge' => $challenge] + $body));
        }
        self::assertNull($this->verifier->account('1')->maskedPhone());
    }

    public function test_b5_a_code_without_the_password_is_worth_nothing(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        foreach (['/login/otp', '/2fa/verify'] as $path) {
            foreach (['', 'alice', '1', base64_encode('alice')] as $challenge) {
                $answer = $this->ask('POST', $path, ['challenge' => $challenge, 'method' => 'backup', 'code' => $codes[0]]);
                self::assertContains($answer->status(), [400, 401]);
            }
            self::assertSame(400, $this->ask('POST', $path, ['method' => 'totp', 'code' => $this->fresh($totp)])->status());
            self::assertSame(400, $this->ask('POST', $path, ['name' => 'alice', 'method' => 'totp', 'code' => $this->fresh($totp)])->status());
        }
        // Nor in the place of the password.
        $this->problem('denied', 401, $this->ask('POST', '/login', ['name' => 'alice', 'password' => $this->fresh($totp)]));
        self::assertSame(10, self::read($this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]), 200)['backupCodesLeft']);
    }

    public function test_b8_b11_b12_every_method_has_its_limit_and_another_code_brings_no_other_tries(): void
    {
        $this->generously(['send_per_number_hour' => 100, 'send_per_user_hour' => 100, 'send_per_ip_hour' => 100]);
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        $enrolled = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200);
        $this->credential = $enrolled['token'];
        $grant = $this->grant(['method' => 'backup', 'code' => $enrolled['codes'][0]]);
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $grant]), 200);
        $totp = Totp::fromUri($setup['uri']);
        $this->credential = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]), 200)['token'];
        $email = self::read($this->ask('POST', '/2fa/email', ['password' => self::PASSWORD, 'grant' => $grant]), 202);
        self::read($this->ask('POST', '/2fa/email/confirm', ['setup' => $email['setup'], 'code' => $this->mailed()]), 200);
        $this->signedIn = null;
        $wrong = ['totp' => fn (): string => $this->wrong($totp), 'backup' => fn (): string => 'AAAA-AAAA-AAAA-AAAA'];
        foreach (['sms' => fn (): string => $this->code(), 'email' => fn (): string => $this->mailed()] as $method => $right) {
            $wrong[$method] = fn (): string => $right() === '123456' ? '234567' : '123456';
        }
        foreach ($wrong as $method => $code) {
            for ($try = 0; $try < 5; $try++) {
                $challenge = $this->challenge();
                if ($method === 'sms' || $method === 'email') {
                    $this->clock->time += 70;
                    self::read($this->ask('POST', '/login/send', ['challenge' => $challenge, 'method' => $method]), 202);
                }
                $this->problem('denied', 401, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => $method, 'code' => $code()]));
            }
            $answer = $this->prove(['method' => $method, 'code' => $method === 'totp' ? $this->fresh($totp) : $code()]);
            $this->problem('locked-out', 429, $answer);
        }
    }

    public function test_b10_another_spelling_is_no_other_code_and_no_other_attempt(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $code = $this->fresh($totp);
        $wide = implode('', array_map(static fn (string $digit): string => mb_chr(0xFF10 + (int) $digit), str_split($code)));
        $digits = implode('', array_map(static fn (string $digit): string => sprintf('\\u%04x', 0x30 + (int) $digit), str_split($code)));
        foreach (["0$code", "+$code", "$code$code", "$code.0", "$code\u{301}"] as $spelling) {
            $this->problem('denied', 401, $this->prove(['method' => 'totp', 'code' => $spelling]));
        }
        $this->problem('locked-out', 429, $this->prove(['method' => 'totp', 'code' => $code]));
        $this->clock->time += 3600;
        $code = $this->fresh($totp);
        $wide = implode('', array_map(static fn (string $digit): string => mb_chr(0xFF10 + (int) $digit), str_split($code)));
        self::read($this->prove(['method' => 'totp', 'code' => substr($code, 0, 3) . ' ' . substr($code, 3)]), 200);
        // Spent, however it is written; also by JSON's own escapes.
        $escaped = implode('', array_map(static fn (string $digit): string => sprintf('\\u%04x', ord($digit)), str_split($code)));
        $this->problem('denied', 401, $this->ask('POST', '/login/otp', sprintf('{"challenge": "%s", "method": "totp", "code": "%s"}', $this->challenge(), $escaped)));
        foreach ([$code, chunk_split($code, 1, '-'), $wide, "\u{feff}$code"] as $spelling) {
            $this->problem('denied', 401, $this->prove(['method' => 'totp', 'code' => $spelling]));
        }
        $this->problem('locked-out', 429, $this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]));
    }

    public function test_b13_b20_another_name_is_the_same_user_and_another_id_never_is(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $this->users += ['Alice@example.org' => $this->users['alice'], 'other' => new User('01', 'other')];
        foreach (['alice', 'Alice@example.org', 'alice', 'Alice@example.org', 'alice'] as $name) {
            $this->problem('denied', 401, $this->prove(['method' => 'totp', 'code' => $this->wrong($totp)], $name));
        }
        foreach (['alice', 'Alice@example.org'] as $name) {
            $this->problem('locked-out', 429, $this->prove(['method' => 'totp', 'code' => $totp->at($this->clock->time + 30)], $name));
        }
        $this->signIn('other');
        self::assertFalse(self::read($this->ask('GET', '/2fa'), 200)['enabled']);
    }

    public function test_b15_after_a_code_neither_it_nor_an_earlier_one_is_taken(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $this->clock->time += 90;
        $code = fn (int $steps): array => ['method' => 'totp', 'code' => $totp->at($this->clock->time + 30 * $steps)];
        self::read($this->prove($code(-1)), 200);
        $this->problem('denied', 401, $this->prove($code(-1)));
        $this->problem('denied', 401, $this->prove($code(-2)));
        self::read($this->prove($code(0)), 200);
        $this->problem('denied', 401, $this->prove($code(0)));
        self::read($this->prove($code(1)), 200);
        $this->problem('denied', 401, $this->prove($code(0)));
        // Nor for another purpose.
        $this->signedIn = 'alice';
        $this->problem('denied', 401, $this->ask('POST', '/2fa/verify', ['challenge' => $this->stepUp()] + $code(1)));
    }

    public function test_b25_a_juggled_code_is_no_code_and_no_attempt(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $challenge = $this->challenge();
        $code = $this->fresh($totp);
        foreach ([(int) $code, (float) $code, true, null, [$code], ['code' => $code], 0] as $juggled) {
            $problem = $this->problem('request', 400, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'totp', 'code' => $juggled]));
            self::assertSame(['code', 'type'], [$problem['field'], $problem['wrong']]);
        }
        foreach ([true, ['totp'], 0, 'TOTP', 'password'] as $method) {
            $this->problem('request', 400, $this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => $method, 'code' => $code]));
        }
        self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'totp', 'code' => $code]), 200);
    }

    public function test_b27_b42_no_token_is_worth_anything_in_another_s_place(): void
    {
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        $enrolled = self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200);
        $this->credential = $enrolled['token'];
        $grant = $this->grant(['method' => 'backup', 'code' => $enrolled['codes'][0]]);
        $this->clock->time += 70;
        $tokens = [
            'challenge' => $this->challenge(),
            'step-up' => $this->stepUp(),
            'grant' => $grant,
            'setup' => self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $grant]), 200)['setup'],
            'reset' => self::read($this->ask('POST', '/password/phone', ['name' => 'alice']), 202)['reset'],
            'verification' => self::read($this->ask('POST', '/phone/verification', ['number' => '+4915123456780']), 202)['verification'],
            'session' => $this->credential,
        ];
        // A verification that there is not is told as one that is over; everything else as nothing.
        $refused = static fn (string $path): array => $path === '/phone/verification/confirm' ? [409] : [401, 403];
        // What each is for, and with what it is answered there when the rest is wrong.
        $good = [
            '/2fa/verify' => ['step-up', 'challenge'], '/login/otp' => ['challenge'], '/login/send' => ['challenge', 'step-up'], '/2fa/confirm' => ['setup'],
            '/password/phone/confirm' => ['reset'], '/phone/verification/confirm' => ['verification'],
        ];
        $this->heard = [];
        $tried = 0;
        foreach ($tokens as $kind => $token) {
            // Twenty challenges are opened from one network in a row.
            $this->address = '198.51.100.' . strlen($kind);
            foreach (self::endPoints() as [$verb, $path]) {
                if ($verb === 'GET' || in_array($path, ['/login', '/password/phone', '/phone/verification', '/2fa/suggestion/skip'], true) || $kind === 'grant' && !str_contains($path, 'confirm') && !str_starts_with($path, '/login') && $path !== '/2fa/verify') {
                    continue;
                }
                if (in_array($kind, $good[$path] ?? [], true)) {
                    continue;
                }
                $answer = $this->ask($verb, $path, self::bodyFor($verb, $path, $token));
                self::assertContains($answer->status(), $refused($path), "$kind at $verb $path: " . $answer->body());
                $tried++;
            }
        }
        self::assertGreaterThan(60, $tried);
        self::assertSame([], array_filter($this->heard, static fn (array $it): bool => in_array($it[0], ['signIn', 'setPassword', 'numberProven'], true)));
        // And each with one letter that is another is none.
        foreach ($tokens as $kind => $token) {
            foreach ([0, 1, intdiv(strlen($token), 2), strlen($token) - 1] as $place) {
                $token[$place] = $token[$place] === 'A' ? 'B' : 'A';
                foreach (['/login/otp', '/2fa/confirm', '/password/phone/confirm', '/phone/verification/confirm'] as $path) {
                    self::assertSame($refused($path)[0], $this->ask('POST', $path, self::bodyFor('POST', $path, $token))->status(), "$kind at $path");
                }
            }
        }
    }

    public function test_b28_b29_b35_whatever_a_client_claims_is_refused_by_its_name(): void
    {
        [$totp] = $this->enrol('alice');
        $this->signedIn = null;
        $right = ['challenge' => $this->challenge(), 'method' => 'totp', 'code' => $this->fresh($totp)];
        foreach (['user' => '2', 'userId' => '2', 'verified' => true, 'requires2fa' => false, 'token' => 'x', 'remember' => true, 'skip' => true, 'deviceToken' => 'x'] as $claim => $value) {
            self::assertSame($claim, $this->problem('request', 400, $this->ask('POST', '/login/otp', [$claim => $value] + $right))['field']);
            self::assertSame($claim, $this->problem('request', 400, $this->ask('POST', '/login', [$claim => $value, 'name' => 'alice', 'password' => self::PASSWORD]))['field']);
        }
        self::read($this->ask('POST', '/login/otp?user=2&verified=1', $right), 200);
        self::assertSame('1', end($this->heard)[1]);
    }

    public function test_b31_b93_b96_a_change_of_factors_ends_what_was_open_elsewhere(): void
    {
        $this->signIn('alice');
        $before = $this->credential;
        [$totp, $codes] = $this->enrol('alice');
        self::assertFalse($this->verifier->sessionCounts('1', $before), 'of the password alone');
        $mine = $this->credential;
        $signIn = fn (): string => self::read($this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]), 200)['token'];
        $thief = $signIn();
        $grantOfThief = $this->grant(['method' => 'backup', 'code' => $codes[0]]);
        $grant = $this->grant(['method' => 'backup', 'code' => $codes[1]]);
        [$challenge, $stepUp] = [$this->challenge(), $this->stepUp()];
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $grantOfThief]), 200);
        $this->credential = $mine;
        $fresh = self::read($this->ask('POST', '/2fa/codes', ['grant' => $grant]), 200);
        self::assertSame([false, false, true], [$this->verifier->sessionCounts('1', $thief), $this->verifier->sessionCounts('1', $mine), $this->verifier->sessionCounts('1', $fresh['token'])]);
        $code = $this->fresh($totp);
        foreach (['/login/otp' => $challenge, '/2fa/verify' => $stepUp] as $path => $open) {
            $this->problem('closed', 401, $this->ask('POST', $path, ['challenge' => $open, 'method' => 'totp', 'code' => $code]));
        }
        $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', ['grant' => $grantOfThief]));
        $this->problem('setup-over', 409, $this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]));
        $this->problem('denied', 401, $this->prove(['method' => 'backup', 'code' => $codes[2]]));
        // What has ended is carried on by nobody.
        $this->credential = $thief;
        $this->expectException(\TwoFactor\Exception\ChallengeClosed::class);
        $this->ask('POST', '/2fa/codes', ['grant' => $grant]);
    }

    public function test_b36_nothing_is_done_or_shown_by_get_and_no_form_of_another_site_is_read(): void
    {
        $this->signIn('alice');
        $read = 0;
        foreach (self::endPoints() as [$verb, $path]) {
            if ($verb === 'GET') {
                $read++;
                continue;
            }
            $query = http_build_query(self::bodyFor($verb, $path, 'x') ?? []);
            $status = $this->ask('GET', "$path?$query")->status();
            $shown = ['/2fa' => 200, '/2fa/sessions' => 200, '/2fa/devices' => 501];
            self::assertSame($shown[$path] ?? 405, $status, $path);
            foreach (['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'] as $type) {
                $this->problem('media-type', 415, $this->ask($verb, $path, json_encode((object) self::bodyFor($verb, $path, 'x')), $type));
            }
        }
        self::assertSame(3, $read);
        self::assertFalse($this->verifier->account('1')->isEnrolled());
        self::assertStringNotContainsString('otpauth', $this->ask('GET', '/2fa')->body());
    }

    public function test_b39_what_is_sent_is_in_no_problem_and_no_log(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $canary = 'hunter2-canary-0123456789';
        $answers = '';
        foreach ([null, 'alice'] as $this->signedIn) {
            foreach (self::endPoints() as [$verb, $path]) {
                $body = self::bodyFor($verb, $path, $canary) ?? [];
                foreach (array_keys($body) as $name) {
                    $answers .= $this->ask($verb, $path, [$name => $canary] + $body)->body();
                    $answers .= $this->ask($verb, $path, [$name => [$canary]] + $body)->body();
                    $answers .= $this->ask($verb, $path, [$name => "$canary\0\u{7}"] + $body)->body();
                }
                $answers .= $this->ask($verb, $path, '{"' . $canary . '": "' . $canary)->body();
            }
        }
        $log = is_file("$this->folder/log") ? (string) file_get_contents("$this->folder/log") : '';
        foreach ([$canary, $codes[0], self::PASSWORD, '15123456789'] as $secret) {
            self::assertStringNotContainsString($secret, $answers);
            self::assertStringNotContainsString($secret, $log);
        }
        self::assertStringContainsString('problem', $answers);
    }

    public function test_b40_b61_whoever_has_the_password_alone_takes_no_way_back_in_from_its_owner(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        $this->signedIn = null;
        // Without the password no counter moves.
        for ($try = 0; $try < 60; $try++) {
            $this->ask('POST', '/login', ['name' => 'alice', 'password' => 'wrong']);
            $this->ask('POST', '/login/otp', ['challenge' => 'AQ' . bin2hex(random_bytes(60)), 'method' => 'totp', 'code' => '123456']);
        }
        self::read($this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]), 200);
        // With it, from elsewhere: until the app is disabled, and codes are blocked there.
        $home = $this->address;
        $this->address = self::ELSEWHERE;
        for ($try = 0, $status = 0; $status !== 403; $try++) {
            self::assertLessThan(200, $try);
            $this->clock->time += 3600;
            $status = $this->prove(['method' => 'totp', 'code' => $this->wrong($totp)])->status();
            $this->prove(['method' => 'backup', 'code' => 'AAAA-AAAA-AAAA-AAAA']);
        }
        for ($try = 0; $try < 6; $try++) {
            $status = $this->prove(['method' => 'backup', 'code' => 'AAAA-AAAA-AAAA-AAAA'])->status();
        }
        self::assertSame(429, $status);
        $this->address = $home;
        $this->problem('disabled', 403, $this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]));
        $in = self::read($this->prove(['method' => 'backup', 'code' => $codes[0]]), 200);
        // There the app is set up anew.
        [$this->signedIn, $this->credential] = ['alice', $in['token']];
        $grant = $this->grant(['method' => 'backup', 'code' => $codes[1]]);
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'replace' => true, 'grant' => $grant]), 200);
        self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]), 200);
    }

    public function test_b48_a_set_up_is_its_starter_s_alone_and_the_first_that_is_confirmed_ends_the_other(): void
    {
        $this->signIn('alice');
        $owner = $this->credential;
        $begin = function (): array {
            $app = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200);
            return [$app['setup'], Totp::fromUri($app['uri'])];
        };
        [$mine, $myPhone] = $begin();
        $this->address = self::ELSEWHERE;
        $this->signIn('alice');
        [$theirs, $theirPhone] = $begin();
        self::assertNotSame((string) $myPhone->at(0) . $myPhone->at(30), (string) $theirPhone->at(0) . $theirPhone->at(30));
        $number = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        // Nobody's code confirms what somebody else began.
        foreach ([$theirPhone->at($this->clock->time), $this->code()] as $code) {
            $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => $mine, 'code' => $code]));
        }
        $this->credential = $owner;
        self::read($this->ask('POST', '/2fa/confirm', ['setup' => $mine, 'code' => $myPhone->at($this->clock->time)]), 200);
        foreach (['/2fa/confirm' => [$theirs, $theirPhone->at($this->clock->time)], '/2fa/phone/confirm' => [$number['setup'], $this->code()]] as $path => [$setup, $code]) {
            $this->problem('setup-over', 409, $this->ask('POST', $path, ['setup' => $setup, 'code' => $code]));
        }
        self::assertNull($this->verifier->account('1')->maskedPhone());
    }

    public function test_b101_two_who_begin_at_the_same_moment_are_shown_nothing_that_is_the_other_s(): void
    {
        $this->generously(['secrets' => 'derived']);
        $this->verifier->requireEnrolment('1', null, 'operator', 'everybody');
        $shown = [];
        foreach ([self::ELSEWHERE, '192.0.2.1'] as $this->address) {
            $shown[] = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $this->challenge()]), 200);
        }
        self::assertNotSame($shown[0]['key'], $shown[1]['key']);
        self::assertArrayNotHasKey('codes', $shown[0], 'recovery codes are the same for whoever begins now');
        $code = Totp::fromUri($shown[0]['uri'])->at($this->clock->time);
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => $shown[1]['setup'], 'code' => $code]));
    }

    public function test_b48_of_a_sign_in_that_requires_it_each_confirms_what_they_began_themselves(): void
    {
        $this->verifier->requireEnrolment('1', null, 'operator', 'everybody');
        $begin = function (string $address): array {
            $this->address = $address;
            $app = self::read($this->ask('POST', '/2fa/setup', ['challenge' => $this->challenge()]), 200);
            return [$app['setup'], Totp::fromUri($app['uri'])];
        };
        [$theirs, $theirPhone] = $begin(self::ELSEWHERE);
        [$mine, $myPhone] = $begin('192.0.2.1');
        $this->problem('denied', 401, $this->ask('POST', '/2fa/confirm', ['setup' => $mine, 'code' => $theirPhone->at($this->clock->time)]));
        self::read($this->ask('POST', '/2fa/confirm', ['setup' => $mine, 'code' => $myPhone->at($this->clock->time)]), 200);
        $this->problem('setup-over', 409, $this->ask('POST', '/2fa/confirm', ['setup' => $theirs, 'code' => $theirPhone->at($this->clock->time)]));
    }

    public function test_b47_a_code_goes_to_one_address_or_to_none(): void
    {
        $addresses = ['a@example.org, b@example.org', 'a@example.org;b@example.org', 'Alice <a@example.org>', '@example.org', 'a'];
        foreach ($addresses as $place => $address) {
            $this->users["user $place"] = new User("9$place", "user $place", $address);
            $this->signIn("user $place");
            self::assertSame(422, $this->ask('POST', '/2fa/email', ['password' => self::PASSWORD])->status(), $address);
        }
        self::assertSame([], array_filter($this->heard, static fn (array $it): bool => $it[0] === 'mail'));
    }

    public function test_b79_whoever_has_the_password_leaves_the_owner_a_code(): void
    {
        $this->signIn('alice');
        $sent = self::read($this->ask('POST', '/2fa/phone', ['password' => self::PASSWORD, 'number' => self::NUMBER]), 202);
        self::read($this->ask('POST', '/2fa/phone/confirm', ['setup' => $sent['setup'], 'code' => $this->code()]), 200);
        $this->signedIn = null;
        $this->clock->time += 3600;
        $send = fn (string $challenge): ApiResponse => $this->ask('POST', '/login/send', ['challenge' => $challenge, 'method' => 'sms']);
        for ($network = 1, $taken = 0; $network <= 20; $network++) {
            $this->address = "198.51.100.$network";
            $this->clock->time += 60;
            $taken += $send($this->challenge())->status() === 202 ? 1 : 0;
        }
        self::assertSame(3, $taken, 'two thirds of what a number has in an hour');
        $this->address = '192.0.2.1';
        $this->clock->time += 60;
        $challenge = $this->challenge();
        self::read($send($challenge), 202);
        self::read($this->ask('POST', '/login/otp', ['challenge' => $challenge, 'method' => 'sms', 'code' => $this->code()]), 200);
    }

    public function test_b62_what_a_clock_gave_that_was_ahead_is_not_good_when_its_time_comes(): void
    {
        [, $codes] = $this->enrol('alice');
        $now = $this->clock->time;
        $this->clock->time += 86_400;
        $grant = $this->grant(['method' => 'backup', 'code' => $codes[0]]);
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $grant]), 200);
        $this->clock->time = $now;
        self::read($this->ask('GET', '/2fa'), 200);
        $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', ['grant' => $grant]));
        $this->clock->time += 86_410;
        $this->problem('step-up', 403, $this->ask('POST', '/2fa/codes', ['grant' => $grant]));
        $this->problem('setup-over', 409, $this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => Totp::fromUri($setup['uri'])->at($this->clock->time)]));
    }

    public function test_b63_sign_ins_that_are_opened_by_the_hundred_close_and_delay_none_from_where_a_proof_came(): void
    {
        [$totp, $codes] = $this->enrol('alice');
        [$mine, $stepUp] = [$this->challenge(), $this->stepUp()];
        $throttled = 0;
        for ($network = 1; $network <= 12; $network++) {
            $this->address = "198.51.100.$network";
            for ($n = 0; $n < 25; $n++) {
                $this->signedIn = null;
                $throttled += $this->ask('POST', '/login', ['name' => 'alice', 'password' => self::PASSWORD])->status() === 429 ? 1 : 0;
            }
        }
        self::assertSame(60, $throttled, 'twenty in a row from each');
        [$this->address, $this->signedIn] = ['192.0.2.1', 'alice'];
        self::read($this->ask('POST', '/2fa/verify', ['challenge' => $stepUp, 'method' => 'backup', 'code' => $codes[0]]), 200);
        self::read($this->ask('POST', '/login/otp', ['challenge' => $mine, 'method' => 'totp', 'code' => $this->fresh($totp)]), 200);
        self::read($this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]), 200);
    }

    public function test_b89_b90_several_apps_share_one_counter_and_have_harmless_names(): void
    {
        [$first, $codes] = $this->enrol('alice');
        $grant = $this->grant(['method' => 'backup', 'code' => $codes[0]]);
        $begin = fn (string $label): ApiResponse => $this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD, 'grant' => $grant, 'label' => $label]);
        $this->problem('request', 400, $begin("a\nb"));
        foreach (["a\u{202e}b", "a\u{200b}b", ' ', 'Authenticator app', 'authenticator APP'] as $label) {
            $this->problem('factor', 422, $begin($label));
        }
        $setup = self::read($begin('<script>alert(1)</script>'), 200);
        $second = Totp::fromUri($setup['uri']);
        self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $second->at($this->clock->time)]), 200);
        $answer = $this->ask('GET', '/2fa');
        self::assertSame(['Authenticator app', '<script>alert(1)</script>'], array_values(array_filter(array_column(self::read($answer, 200)['factors'], 'label'))));
        self::assertSame(['application/json', 'nosniff'], [$answer->headers()['Content-Type'], $answer->headers()['X-Content-Type-Options']]);
        $this->signedIn = null;
        for ($try = 0; $try < 5; $try++) {
            $this->problem('denied', 401, $this->prove(['method' => 'totp', 'code' => $this->wrong($try % 2 === 0 ? $first : $second)]));
        }
        foreach ([$first, $second] as $app) {
            $this->problem('locked-out', 429, $this->prove(['method' => 'totp', 'code' => $app->at($this->clock->time)]));
        }
    }

    public function test_b95_a_stolen_session_throws_its_owner_out_of_no_other(): void
    {
        [$totp] = $this->enrol('alice');
        $owner = $this->credential;
        $stolen = self::read($this->prove(['method' => 'totp', 'code' => $this->fresh($totp)]), 200)['token'];
        $this->credential = $stolen;
        $others = array_filter(self::read($this->ask('GET', '/2fa/sessions'), 200)['sessions'], static fn (array $it): bool => !$it['current']);
        self::assertCount(1, $others);
        foreach ([[], ['session' => current($others)['id']], ['grant' => $stolen]] as $body) {
            $this->problem('step-up', 403, $this->ask('DELETE', '/2fa/sessions', $body));
        }
        foreach ([[], ['grant' => $stolen]] as $body) {
            $this->problem('step-up', 403, $this->ask('DELETE', '/2fa/devices', $body));
        }
        self::assertTrue($this->verifier->sessionCounts('1', $owner));
    }

    /** The example with several workers. @return array{Process, array<string, mixed>} */
    private function example(string ...$options): array
    {
        $server = new Process([PHP_BINARY, '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), dirname(__DIR__) . '/host/serve_api.php', '--json', '--workers=6', ...$options]);
        return [$server, json_decode($server->hear(), true, flags: JSON_THROW_ON_ERROR)];
    }

    /**
     * All at once.
     *
     * @param array<array{string, array<string, mixed>, 2?: list<string>}> $requests path, body, headers
     * @return list<array{int, array<string, mixed>}> statuses and bodies, in that order
     */
    private static function race(string $url, array $requests): array
    {
        $multi = curl_multi_init();
        $all = [];
        foreach ($requests as $request) {
            [$path, $body] = $request;
            $one = curl_init("$url/api$path");
            curl_setopt_array($one, [
                CURLOPT_POSTFIELDS => json_encode($body, JSON_THROW_ON_ERROR), CURLOPT_RETURNTRANSFER => true, CURLOPT_PROXY => '',
                CURLOPT_HTTPHEADER => ['Content-Type: application/json', ...($request[2] ?? [])],
            ]);
            curl_multi_add_handle($multi, $one);
            $all[] = $one;
        }
        do {
            curl_multi_exec($multi, $running);
            curl_multi_select($multi, 0.1);
        } while ($running > 0);
        return array_map(static fn ($one): array => [curl_getinfo($one, CURLINFO_RESPONSE_CODE), json_decode((string) curl_multi_getcontent($one), true) ?? []], $all);
    }

    /**
     * Enrols bob there.
     *
     * @param array<string, mixed> $site
     * @return array{Totp, list<string>, string, string, string} app, codes, token, set-up, the code that has confirmed it
     */
    private static function enrolThere(array $site): array
    {
        $ask = static fn (string $path, array $body, string $token = ''): array => self::race($site['url'], [[$path, $body, ["Authorization: Bearer $token"]]])[0][1];
        $token = $ask('/login', ['name' => 'bob', 'password' => $site['passwords']['bob']])['token'];
        $setup = $ask('/2fa/setup', ['password' => $site['passwords']['bob']], $token);
        $totp = Totp::fromUri($setup['uri']);
        $code = $totp->at(time());
        // Both at once: one confirms it.
        $answers = self::race($site['url'], array_fill(0, 6, ['/2fa/confirm', ['setup' => $setup['setup'], 'code' => $code], ["Authorization: Bearer $token"]]));
        $good = array_values(array_filter($answers, static fn (array $it): bool => $it[0] === 200));
        self::assertCount(1, $good, 'one set-up, confirmed six times at once');
        return [$totp, $good[0][1]['codes'], $good[0][1]['token']];
    }

    public function test_b7_guesses_at_once_are_never_more_than_the_budget(): void
    {
        [$server, $site] = $this->example('--generous');
        [$totp] = self::enrolThere($site);
        $challenges = self::race($site['url'], array_fill(0, 5, ['/login', ['name' => 'bob', 'password' => $site['passwords']['bob']]]));
        $this->clock->time = time();
        $wrong = $this->wrong($totp);
        $guesses = [];
        for ($n = 0; $n < 40; $n++) {
            $guesses[] = [$n % 2 === 0 ? '/login/otp' : '/2fa/verify', ['challenge' => $challenges[$n % 5][1]['challenge'], 'method' => 'totp', 'code' => $wrong]];
        }
        $statuses = array_count_values(array_column(self::race($site['url'], $guesses), 0));
        self::assertSame([401 => 5, 429 => 35], array_replace([401 => 0, 429 => 0], $statuses), 'five are looked at');
        [[$status]] = self::race($site['url'], [['/login/otp', ['challenge' => $challenges[0][1]['challenge'], 'method' => 'totp', 'code' => $totp->at(time() + 30)]]]);
        self::assertSame(429, $status);
        $server->end();
    }

    public function test_b17_b18_one_code_that_is_sent_at_once_many_times_signs_in_one(): void
    {
        [$server, $site] = $this->example('--generous');
        [$totp, $codes, $token] = self::enrolThere($site);
        $begin = fn (): array => array_map(static fn (array $it): string => $it[1]['challenge'], self::race($site['url'], array_fill(0, 5, ['/login', ['name' => 'bob', 'password' => $site['passwords']['bob']]])));
        // One challenge, answered at once by different codes.
        [$challenge] = $begin();
        $answers = self::race($site['url'], array_map(static fn (string $code): array => ['/login/otp', ['challenge' => $challenge, 'method' => 'backup', 'code' => $code]], array_slice($codes, 1, 6)));
        self::assertSame(1, count(array_filter($answers, static fn (array $it): bool => $it[0] === 200)), json_encode(array_column($answers, 0)));
        foreach (['totp' => fn (): string => $totp->at(time() + 30), 'backup' => fn (): string => $codes[0]] as $method => $of) {
            $code = $of();
            $challenges = $begin();
            $proofs = [];
            for ($n = 0; $n < 15; $n++) {
                $proofs[] = [$n % 2 === 0 ? '/login/otp' : '/2fa/verify', ['challenge' => $challenges[$n % 5], 'method' => $method, 'code' => $code]];
            }
            $answers = self::race($site['url'], $proofs);
            $tokens = array_filter(array_column(array_column($answers, 1), 'token'));
            self::assertCount(1, $tokens, "$method: " . json_encode(array_column($answers, 0)));
        }
        $server->end();
    }

    public function test_b38_b57_the_example_shows_no_host_that_was_forged_and_no_page_of_it_may_be_framed(): void
    {
        [$server, $site] = $this->example();
        $forged = 'Host: evil.example';
        $get = curl_init("$site[url]/");
        curl_setopt_array($get, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HEADER => true, CURLOPT_PROXY => '', CURLOPT_HTTPHEADER => [$forged]]);
        $page = (string) curl_exec($get);
        self::assertMatchesRegularExpression("/Content-Security-Policy: [^\n]*frame-ancestors 'none'/", $page);
        [[, $login]] = self::race($site['url'], [['/login', ['name' => 'bob', 'password' => $site['passwords']['bob']], [$forged]]]);
        [[, $setup], [, $mail]] = self::race($site['url'], array_map(static fn (string $of): array => ["/2fa/$of", ['password' => $site['passwords']['bob']], [$forged, "Authorization: Bearer $login[token]"]], ['setup', 'email']));
        self::assertArrayHasKey('uri', $setup);
        self::assertArrayHasKey('setup', $mail);
        // PHP's own server repeats the header; what we answer is behind it.
        $page = explode("\r\n\r\n", $page, 2)[1];
        self::assertStringNotContainsString('evil', $page . json_encode([$login, $setup, $mail]) . file_get_contents("$site[folder]/mails"));
        $server->end();
    }

    public function test_b14_no_forged_header_dodges_the_limit_of_an_address(): void
    {
        [$server, $site] = $this->example();
        $guesses = [];
        for ($n = 0; $n < 20; $n++) {
            $guesses[] = ['/login', ['name' => 'nobody', 'password' => "guess $n"], ["X-Forwarded-For: 198.51.100.$n", "X-Real-IP: 198.51.100.$n", "Forwarded: for=198.51.100.$n", "Client-IP: 198.51.100.$n"]];
        }
        $statuses = array_count_values(array_column(self::race($site['url'], $guesses), 0));
        // A quarter of sixty a minute.
        self::assertSame([401 => 15, 429 => 5], array_replace([401 => 0, 429 => 0], $statuses));
        $server->end();
    }
}
