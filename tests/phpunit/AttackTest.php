<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use TwoFactor\{Client, Login, LoginState, Method, Purpose, Totp, TotpSetup, User, Verified, Verifier};
use TwoFactor\Exception\{Denied, LockedOut, Rejected};

/** Attacks others fell to, tried from PHP. */
final class AttackTest extends VerifierTestCase
{
    /** CVE-2024-10924: a bad marker. CVE-2026-56737: the factor instead of the password. */
    public function test_b1_b5_a_right_code_without_a_marker_of_ours_is_denied(): void
    {
        $person = $this->enrol();
        $good = $this->challenge($person);
        $markers = ['', '0', '1', 'null', 'true', ' ', "\0", "\xff", $person->user->id(), $person->code(), "$good ", " $good", "$good=", strtoupper($good), strrev($good), $good . $good, str_repeat('A', strlen($good)), str_repeat('A', 1 << 20)];
        foreach ($markers as $marker) {
            $this->assertDenied('ChallengeClosed', fn () => $this->verify($marker, Method::Totp, $person->code()));
            $this->assertDenied('ChallengeClosed', fn () => $this->verify($marker, Method::BackupCode, $person->backupCodes[0]));
        }
        self::assertNotContains('factor.rejected', $this->events('1'));
        self::assertSame('1', $this->verify($good, Method::Totp, $person->code())->userId());
    }

    /** AuthQuake: a new session resets the counter. */
    public function test_b6_a_hundred_challenges_share_one_counter(): void
    {
        $person = $this->enrol();
        $evaluated = 0;
        for ($session = 0; $session < 100; $session++) {
            $this->client = new Client("198.51.100.$session");
            try {
                $this->signIn($person, $person->wrongCode());
            } catch (Rejected) {
                $evaluated++;
            } catch (LockedOut) {
            }
        }
        self::assertSame(5, $evaluated);
        $this->assertDenied('LockedOut', fn () => $this->signIn($person));
        self::assertCount(5, array_keys($this->events('1'), 'factor.rejected', true));
    }

    /** CVE-2024-32868: no limit on some method. */
    public function test_b8_every_method_has_its_limit(): void
    {
        $person = $this->enrol();
        foreach ([Method::Totp, Method::BackupCode] as $method) {
            $this->fail5($person, $method);
            $this->assertDenied('LockedOut', fn () => $this->verify($this->challenge($person), $method, $person->wrongCode()));
        }
    }

    public function test_a_method_that_is_not_enrolled_is_never_accepted(): void
    {
        $person = $this->enrol();
        $tried = 0;
        foreach (Method::cases() as $method) {
            if ($method === Method::Totp || $method === Method::BackupCode) {
                continue;
            }
            foreach (['', $person->code(), $person->backupCodes[0], 'true'] as $proof) {
                // Of a network's own: each opens no more than twenty in a row.
                $this->client = new Client('198.51.100.' . ++$tried);
                $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), $method, $proof));
            }
        }
        $this->signIn($person);
    }

    /** CVE-2025-6015: a limit is got round by spelling. */
    public function test_b10_spellings_of_a_code_are_one_code_and_one_attempt(): void
    {
        $person = $this->enrol();
        $code = $person->code();
        $fullwidth = implode('', array_map(static fn ($d) => mb_chr(0xFF10 + (int) $d), str_split($code)));
        $arabic = implode('', array_map(static fn ($d) => mb_chr(0x0660 + (int) $d), str_split($code)));
        $refused = ["+$code", "$code.0", "0$code", "0x$code", "{$code}e0", "0$fullwidth", "$arabic$arabic", "$code\0", "\0$code", "$code\u{301}", "①$code", "$code;$code", "$code$code"];
        foreach (array_chunk($refused, 4) as $some) {
            foreach ($some as $spelling) {
                $this->assertDenied('Rejected', fn () => $this->signIn($person, $spelling));
            }
            $this->verifier->unlock('1', 'test', 'four of five');
        }
        // Forgiven, and still the same code: spent once.
        $this->signIn($person, substr($code, 0, 3) . ' ' . substr($code, 3));
        $spent = [$code, " $code ", chunk_split($code, 1, '-'), $fullwidth, $arabic, "$code\u{200b}", "\u{feff}$code", substr($code, 0, 3) . '–' . substr($code, 3)];
        foreach (array_chunk($spent, 4) as $some) {
            foreach ($some as $spelling) {
                $this->assertDenied('Rejected', fn () => $this->signIn($person, $spelling));
            }
            $this->verifier->unlock('1', 'test', 'four of five');
        }
        // And each of these, in its time.
        foreach (array_keys($spent) as $i) {
            $this->clock->pass(60);
            $code = $person->code();
            $this->signIn($person, [
                $code, " $code ", chunk_split($code, 1, '-'), mb_convert_kana($code, 'N'),
                strtr($code, ['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩']), "$code\u{200b}", "\u{feff}$code",
                substr($code, 0, 3) . '–' . substr($code, 3),
            ][$i]);
        }
        // Five spellings of a wrong code are five attempts, and the sixth is not looked at.
        $wrong = $person->wrongCode();
        foreach ([$wrong, mb_convert_kana($wrong, 'N'), "\u{202a}$wrong\u{202c}", chunk_split($wrong, 3, "\u{a0}"), chunk_split($wrong, 3, '−')] as $spelling) {
            $this->assertDenied('Rejected', fn () => $this->signIn($person, $spelling));
        }
        $this->assertDenied('LockedOut', fn () => $this->signIn($person, "$wrong\u{2060}"));
    }

    /** CVE-2025-24806: counted apart for name and address. The key is the id; the name is not looked at. */
    public function test_b13_another_name_or_address_is_the_same_user(): void
    {
        $person = $this->enrol();
        $evaluated = 0;
        foreach (range(1, 12) as $i) {
            $login = $this->verifier->beginLogin(new User('1', "name$i", "mail$i@example.org", ["role$i"]), new Client("192.0.2.$i"));
            try {
                $this->verify($login->challenge(), Method::Totp, $person->wrongCode());
            } catch (Rejected) {
                $evaluated++;
            } catch (LockedOut) {
            }
        }
        self::assertSame(5, $evaluated);
    }

    /** CVE-2020-35590: a forged X-Forwarded-For. */
    public function test_b14_forwarded_headers_change_nothing(): void
    {
        // Others are trusted; this one is not.
        $this->verifier = $this->open(['trusted_proxies' => '192.0.2.8, 10.0.0.0/8, 2001:db8::/32']);
        $person = $this->enrol();
        foreach (range(1, 5) as $i) {
            $client = new Client('192.0.2.7', forwarded: ['X-Forwarded-For' => "10.0.0.$i", 'Forwarded' => "for=10.0.0.$i", "X\xff" => "\xff"]);
            $this->assertDenied('Rejected', fn () => $this->verifier->verify($this->challenge($person), Method::Totp, $person->wrongCode(), $client));
        }
        $this->assertDenied('LockedOut', fn () => $this->signIn($person));
        foreach ($this->verifier->audit('1') as $event) {
            self::assertContains($event->ip(), ['192.0.2.7', null]);
        }
    }

    /** CVE-2021-43177: reuse in the trailing step. */
    public function test_b15_after_the_step_before_neither_it_nor_an_older_one_is_taken(): void
    {
        $person = $this->enrol();
        $this->clock->pass(90);
        $this->signIn($person, $person->code(-1));
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code(-1)));
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code(-2)));
        $this->signIn($person, $person->code());
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code()));
        $this->signIn($person, $person->code(1));
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code()));
    }

    /** CVE-2022-25838: replay in a second session. */
    public function test_b16_a_code_is_refused_in_another_session_and_for_another_purpose(): void
    {
        $person = $this->enrol();
        [$one, $two] = [$this->challenge($person), $this->challenge($person)];
        $step = $this->challenge($person, Purpose::StepUp);
        $code = $person->code();
        $this->verify($one, Method::Totp, $code);
        $this->assertDenied('Rejected', fn () => $this->verify($two, Method::Totp, $code));
        $this->assertDenied('Rejected', fn () => $this->verify($step, Method::Totp, $code));
    }

    /** CVE-2026-31875. */
    public function test_b18_a_backup_code_is_consumed(): void
    {
        $person = $this->enrol();
        foreach ($person->backupCodes as $left => $code) {
            self::assertSame(9 - $left, $this->verify($this->challenge($person), Method::BackupCode, $code)->backupCodesLeft());
            $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::BackupCode, $code));
        }
    }

    /** CVE-2025-64175: codes not scoped by user. */
    public function test_b19_one_user_s_proofs_are_worth_nothing_for_another(): void
    {
        $alice = $this->enrol('alice');
        $bob = $this->enrol('bob');
        $grant = $this->grant($alice);
        $this->assertDenied('Rejected', fn () => $this->signIn($bob, $alice->code()));
        $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($bob), Method::BackupCode, $alice->backupCodes[0]));
        foreach ([
            fn () => $this->verifier->regenerateBackupCodes('bob', $grant),
            fn () => $this->verifier->remove('bob', Method::Totp, $grant),
            fn () => $this->verifier->startTotp($bob->user, null, $grant),
            fn () => $this->verifier->setPrimary('bob', Method::Totp, $grant),
        ] as $change) {
            $this->assertDenied('StepUpRequired', $change);
        }
        // Alice's marker lets in Alice, whoever sends it.
        self::assertSame('alice', $this->signIn($alice, $this->pass30($alice))->userId());
        self::assertCount(10, $bob->backupCodes);
        self::assertSame(10, $this->verifier->account('bob')->backupCodesLeft());
    }

    private function pass30(Person $person): string
    {
        $this->clock->pass(30);
        return $person->code();
    }

    /** CVE-2026-78619: ids compared as numbers. */
    public function test_b20_ids_are_compared_as_bytes(): void
    {
        foreach ([['abc', 'xyz'], ['1e1', '10'], ['1', '01'], ['1', '1.0'], ['0', '-0'], ['a', 'A'], ['a', 'a '], ['é', "e\u{301}"], ['ß', 'ss'], ['0x10', '16']] as [$one, $other]) {
            $this->verifier = $this->open();
            $this->enrol($one);
            self::assertTrue($this->verifier->account($one)->isEnrolled());
            self::assertFalse($this->verifier->account($other)->isEnrolled(), "$one is $other");
            self::assertSame(LoginState::Allowed, $this->verifier->beginLogin(new User($other, 'x'), $this->client)->state());
        }
    }

    /** CVE-2024-9861: the marker is authenticated and bound to user, purpose and attempt. */
    public function test_b27_a_marker_with_any_bit_flipped_is_closed(): void
    {
        $person = $this->enrol();
        $marker = $this->challenge($person);
        for ($at = 0; $at < strlen($marker); $at++) {
            for ($bit = 0; $bit < 8; $bit++) {
                $forged = $marker;
                $forged[$at] = chr(ord($forged[$at]) ^ 1 << $bit);
                $this->assertDenied('ChallengeClosed', fn () => $this->verify($forged, Method::Totp, $person->code()));
            }
        }
        for ($length = 0; $length < strlen($marker); $length++) {
            $this->assertDenied('ChallengeClosed', fn () => $this->verify(substr($marker, 0, $length), Method::Totp, $person->code()));
        }
        $this->verify($marker, Method::Totp, $person->code());
    }

    public function test_b27_no_token_is_worth_anything_in_another_s_place(): void
    {
        $alice = $this->enrol('alice');
        $bob = $this->enrol('bob');
        $tokens = [];
        foreach (['alice' => $alice, 'bob' => $bob] as $name => $person) {
            $tokens["$name grant"] = $this->grant($person);
            $tokens["$name login"] = $this->challenge($person);
            $tokens["$name step-up"] = $this->challenge($person, Purpose::StepUp);
        }
        $this->clock->pass(30);
        // As a challenge: only challenges, and each for its own user and purpose.
        foreach ($tokens as $kind => $token) {
            [$owner, $purpose] = explode(' ', $kind);
            if ($purpose === 'grant') {
                $this->assertDenied('ChallengeClosed', fn () => $this->verify($token, Method::Totp, $alice->code()));
                continue;
            }
            $other = $owner === 'alice' ? $bob : $alice;
            $this->assertDenied('Rejected', fn () => $this->verify($token, Method::Totp, $other->code()));
            $verified = $this->verify($token, Method::Totp, ($owner === 'alice' ? $alice : $bob)->code());
            self::assertSame([$owner, $purpose], [$verified->userId(), $verified->purpose()->value]);
            self::assertSame($purpose === 'step-up', $verified->grant() !== '');
            $this->clock->pass(30);
        }
        // As a grant: only the own grant.
        foreach ($tokens as $kind => $token) {
            if ($kind !== 'alice grant') {
                $this->assertDenied('StepUpRequired', fn () => $this->verifier->regenerateBackupCodes('alice', $token));
            }
        }
        $this->verifier->regenerateBackupCodes('alice', $tokens['alice grant']);
    }

    public function test_b27_a_marker_of_another_site_is_closed(): void
    {
        $person = $this->enrol();
        $elsewhere = $this->verifier;
        $this->verifier = $this->open(['site' => 'other']);
        $there = $this->enrol();
        $this->assertDenied('ChallengeClosed', fn () => $elsewhere->verify($this->challenge($there), Method::Totp, $person->code(), $this->client));
    }

    /** CVE-2026-56256: a flag the client sends. */
    public function test_b28_nothing_a_client_claims_makes_a_verified(): void
    {
        foreach ([Verified::class, Login::class] as $class) {
            self::assertFalse((new \ReflectionClass($class))->isInstantiable());
            foreach (['a:1:{s:8:"verified";b:1;}' => false, sprintf('O:%d:"%s":0:{}', strlen($class), $class) => true] as $text => $throws) {
                try {
                    self::assertNotInstanceOf($class, unserialize($text));
                    self::assertFalse($throws);
                } catch (\Exception $refused) {
                    self::assertStringContainsString('is not allowed', $refused->getMessage());
                }
            }
        }
    }

    /** scheb GHSA-h6mp-mc7g-mg49: there are no trusted devices, so no token makes one. */
    public function test_b29_no_device_token_skips_the_second_factor(): void
    {
        $person = $this->enrol();
        $marker = $this->challenge($person);
        foreach ([null, '', '1', "\0", "\xff", 'trusted', $person->code(), $marker, substr($marker, 1), str_repeat('A', 1 << 20)] as $token) {
            $client = new Client('192.0.2.7', 'Firefox', $token);
            self::assertSame(LoginState::ChallengeRequired, $this->verifier->beginLogin($person->user, $client)->state());
            $this->assertDenied('Rejected', fn () => $this->verifier->verify($this->challenge($person), Method::Totp, '', $client));
            $this->verifier->unlock('1', 'test', 'next');
            $this->clock->pass(120);
        }
    }

    /** CVE-2022-23807: tampering before the factor; CVE-2026-104106: no step-up. */
    public function test_b32_b33_nothing_can_be_changed_while_pending(): void
    {
        $person = $this->enrol();
        $marker = $this->challenge($person);
        foreach ([null, '', $marker] as $grant) {
            $this->assertDenied($grant === $marker ? 'ChallengeClosed' : 'StepUpRequired', fn () => $this->verifier->startTotp($person->user, null, $grant));
            self::assertNull($this->verifier->pendingTotp((string) $grant));
            $this->assertDenied('StepUpRequired', fn () => $this->verifier->regenerateBackupCodes('1', (string) $grant));
            $this->assertDenied('StepUpRequired', fn () => $this->verifier->remove('1', Method::Totp, (string) $grant));
        }
        foreach (['1', $marker] as $none) {
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($none, $person->code(), $this->client));
        }
    }

    /**
     * Who knows the password of somebody without a factor begins a set-up first: its owner is neither shown that
     * secret nor brought to confirm it, and one of them can be confirmed.
     */
    public function test_b48_a_set_up_is_its_starter_s_alone(): void
    {
        $marker = $this->challenge($this->enrol('2'));
        $user = new User('1', 'alice');
        $thief = $this->verifier->startTotp($user);
        $owner = $this->verifier->startTotp($user);
        self::assertNotSame($thief->secret(), $owner->secret());
        self::assertSame($owner->uri(), $this->verifier->pendingTotp($owner->token())->uri());
        $code = static fn (TotpSetup $setup, int $at) => Totp::fromUri($setup->uri())->at($at);
        // The thief's guesses end nothing, and neither's code does for the other's set-up.
        for ($i = 0; $i < 10; $i++) {
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($thief->token(), '000000', $this->client));
        }
        $now = $this->clock->time;
        $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($owner->token(), $code($thief, $now), $this->client));
        $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($thief->token(), $code($owner, $now), $this->client));
        // Nobody goes on by the user's id, with somebody else's token of another kind, or with one that was changed.
        foreach (['1', '', $marker, substr($owner->token(), 1), $owner->token() . 'A'] as $other) {
            self::assertNull($this->verifier->pendingTotp($other));
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($other, $code($owner, $now), $this->client));
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmPhone($other, '000000', $this->client));
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmEmail($other, '000000', $this->client));
            $this->assertDenied('Rejected', fn () => $this->verifier->resendCode($other, $this->client));
        }
        $this->verifier->confirmTotp($owner->token(), $code($owner, $now), $this->client);
        // What began without a proof is over with the first factor.
        $this->clock->pass(60);
        foreach ([$thief, $owner] as $setup) {
            self::assertNull($this->verifier->pendingTotp($setup->token()));
            $later = $code($setup, $this->clock->time);
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($setup->token(), $later, $this->client));
        }
        self::assertSame(1, count(array_keys($this->events('1'), 'factor.enrolled')));
    }

    /** CVE-2024-21722: a change of factors ends what was open elsewhere. */
    public function test_b31_a_change_of_factors_ends_other_challenges_and_grants(): void
    {
        $person = $this->enrol();
        $others = $this->grant($person);
        $grant = $this->grant($person);
        $elsewhere = $this->challenge($person);
        $epoch = $this->verifier->account('1')->epoch();
        $codes = $this->verifier->regenerateBackupCodes('1', $grant);
        self::assertGreaterThan($epoch, $codes->epoch());
        self::assertSame($codes->epoch(), $this->verifier->account('1')->epoch());
        $this->clock->pass(30);
        $this->assertDenied('ChallengeClosed', fn () => $this->verify($elsewhere, Method::Totp, $person->code()));
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->regenerateBackupCodes('1', $others));
        // Whoever made the change may make another with the same proof.
        self::assertGreaterThan($codes->epoch(), $this->verifier->regenerateBackupCodes('1', $grant)->epoch());
    }

    /** A QR code or URI never leaves but to its user, and a canary shows nowhere else. */
    public function test_b39_a_canary_is_in_no_error_and_no_audit(): void
    {
        ini_set('zend.exception_ignore_args', '0');
        $person = $this->enrol();
        $canary = 'CANARY4242';
        $frames = 0;
        foreach ([
            fn () => $this->signIn($person, $canary),
            fn () => $this->verify($canary, Method::Totp, $canary),
            fn () => $this->verifier->confirmTotp($canary, $canary, $this->client),
            fn () => $this->verifier->remove('1', Method::Totp, $canary),
            fn () => Totp::fromUri("otpauth://totp/a?secret=$canary"),
            fn () => Verifier::open(['store' => "mysql://a:$canary@127.0.0.1:x/d"]),
            fn () => Verifier::open(['max_attempts' => $canary]),
        ] as $call) {
            try {
                $call();
                self::fail('nothing thrown');
            } catch (\Throwable $error) {
                self::assertStringNotContainsString($canary, $error->getMessage());
                self::assertNull($error->getPrevious());
                // Ours are those of the extension. The test's own have it as an argument.
                foreach ($error->getTrace() as $frame) {
                    $class = $frame['class'] ?? self::class;
                    if (str_starts_with($class, 'TwoFactor\\') && (new \ReflectionClass($class))->isInternal()) {
                        $frames += count($frame['args']) > 0 ? 1 : 0;
                        self::assertStringNotContainsString($canary, print_r($frame['args'], true), $frame['function']);
                    }
                }
            }
        }
        self::assertSame(7, $frames, 'a frame of the extension with its arguments each time');
        self::assertStringNotContainsString($canary, json_encode([...$this->verifier->audit()]));
    }

    /** Lockout as a denial of service. */
    public function test_b40_without_the_password_no_counter_moves_and_one_method_s_block_blocks_no_other(): void
    {
        $person = $this->enrol();
        $spent = $this->challenge($person);
        $this->verify($spent, Method::Totp, $person->code());
        $before = json_encode([$this->verifier->account('1'), $this->events('1')]);
        for ($i = 0; $i < 200; $i++) {
            $this->assertDenied('ChallengeClosed', fn () => $this->verify($i % 2 ? $spent : "guess$i", Method::Totp, '000000'));
        }
        self::assertSame($before, json_encode([$this->verifier->account('1'), $this->events('1')]));

        $this->fail5($person);
        $this->assertDenied('LockedOut', fn () => $this->signIn($person));
        self::assertSame('1', $this->verify($this->challenge($person), Method::BackupCode, $person->backupCodes[0])->userId());
    }

    /** Lockout as a denial of service, by somebody who has the password. */
    public function test_b40_with_the_password_nobody_locks_the_owner_out_from_elsewhere(): void
    {
        $person = $this->enrol();
        $this->clock->pass(30);
        $this->signIn($person);
        [$login, $stepUp] = [$this->challenge($person), $this->challenge($person, Purpose::StepUp)];
        $owners = $this->client;
        for ($round = 0; $round < 60; $round++) {
            $this->clock->pass(3600);
            $this->client = new Client("198.51.100.$round");
            for ($guess = 0; $guess < 6; $guess++) {
                foreach ([Method::Totp, Method::BackupCode] as $method) {
                    try {
                        $this->verify($this->challenge($person), $method, $person->wrongCode());
                        self::fail('a wrong code was taken');
                    } catch (Rejected | LockedOut) {
                    }
                }
            }
        }
        self::assertSame([Method::Totp], $this->verifier->account('1')->disabledMethods());
        // What the owner had open is open, and a backup code is looked at at once.
        $this->client = $owners;
        $this->verify($login, Method::BackupCode, $person->backupCodes[0]);
        $grant = $this->verify($stepUp, Method::BackupCode, $person->backupCodes[1])->grant();
        $setup = $this->verifier->startTotp($person->user, null, $grant);
        $phone = Totp::fromUri($setup->uri());
        $this->verifier->confirmTotp($setup->token(), $phone->at($this->clock->time), $this->client);
        self::assertSame([], $this->verifier->account('1')->disabledMethods());
        $this->clock->pass(30);
        $this->verify($this->challenge($person), Method::Totp, $phone->at($this->clock->time));
    }

    public function test_a_sixth_challenge_closes_the_first(): void
    {
        $person = $this->enrol();
        $markers = [];
        for ($i = 0; $i < 6; $i++) {
            $markers[] = $this->challenge($person);
        }
        self::assertCount(6, array_unique($markers));
        $this->assertDenied('ChallengeClosed', fn () => $this->verify($markers[0], Method::Totp, $person->code()));
        $this->verify($markers[1], Method::Totp, $person->code());
        $this->clock->pass(30);
        $this->verify($markers[5], Method::Totp, $person->code());
    }
}
