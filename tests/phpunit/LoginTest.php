<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use TwoFactor\{AuditTopic, Client, Health, LoginState, Method, Purpose, Totp, User, Verifier};
use TwoFactor\Exception\{Denied, LockedOut};

/** One person's life with a second factor. */
final class LoginTest extends VerifierTestCase
{
    public function test_without_a_factor_a_login_is_allowed_and_opens_nothing(): void
    {
        $login = $this->verifier->beginLogin(new User('1', 'alice'), $this->client);
        self::assertSame(LoginState::Allowed, $login->state());
        self::assertSame('', $login->challenge());
        self::assertSame([], $login->methods());
        self::assertFalse($this->verifier->account('1')->isEnrolled());
        $this->expectException(Denied::class);
        $this->verifier->beginChallenge(new User('1', 'alice'), Purpose::StepUp, $this->client);
    }

    public function test_nothing_is_enrolled_until_a_code_confirms_it(): void
    {
        $user = new User('42', 'alice@example.org');
        $setup = $this->verifier->startTotp($user);
        self::assertStringStartsWith('otpauth://totp/Shop:alice%40example.org?secret=', $setup->uri());
        self::assertSame(LoginState::Allowed, $this->verifier->beginLogin($user, $this->client)->state(), 'pending is not enrolled');
        self::assertSame($setup->uri(), $this->verifier->pendingTotp($setup->token())->uri());
        $phone = Totp::fromUri($setup->uri());
        $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($setup->token(), '000000', $this->client));
        $enrolled = $this->verifier->confirmTotp($setup->token(), $phone->at($this->clock->time), $this->client);
        self::assertSame(Method::Totp, $enrolled->method());
        self::assertCount(10, array_unique($enrolled->backupCodes()));
        self::assertSame($enrolled->epoch(), $this->verifier->account('42')->epoch());
        self::assertSame(LoginState::ChallengeRequired, $this->verifier->beginLogin($user, $this->client)->state());
    }

    public function test_the_code_that_confirmed_is_spent(): void
    {
        $user = new User('1', 'alice');
        $setup = $this->verifier->startTotp($user);
        $code = Totp::fromUri($setup->uri())->at($this->clock->time);
        $this->verifier->confirmTotp($setup->token(), $code, $this->client);
        $challenge = $this->verifier->beginLogin($user, $this->client)->challenge();
        $this->assertDenied('Rejected', fn () => $this->verify($challenge, Method::Totp, $code));
    }

    public function test_a_right_code_signs_in_once(): void
    {
        $person = $this->enrol();
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        self::assertSame([Method::Totp, Method::BackupCode], $login->methods());
        $verified = $this->verify($login->challenge(), Method::Totp, $person->code());
        self::assertSame('1', $verified->userId());
        self::assertSame(Method::Totp, $verified->method());
        self::assertSame(Purpose::Login, $verified->purpose());
        self::assertSame('', $verified->grant());
        self::assertSame(10, $verified->backupCodesLeft());
        self::assertSame($this->verifier->account('1')->epoch(), $verified->epoch());
        self::assertSame($this->clock->time, $this->verifier->account('1')->lastVerifiedAt()->getTimestamp());

        $this->assertDenied('ChallengeClosed', fn () => $this->verify($login->challenge(), Method::Totp, $person->code()));
        $this->assertDenied('Rejected', fn () => $this->signIn($person));
        $this->clock->pass(30);
        $this->signIn($person);
    }

    public function test_a_wrong_code_leaves_the_challenge_open(): void
    {
        $person = $this->enrol();
        $challenge = $this->challenge($person);
        $this->assertDenied('Rejected', fn () => $this->verify($challenge, Method::Totp, $person->wrongCode()));
        self::assertSame('1', $this->verify($challenge, Method::Totp, $person->code())->userId());
    }

    public function test_five_failures_block_for_a_minute_then_two_then_four(): void
    {
        $person = $this->enrol();
        $this->fail5($person);
        foreach ([60, 120, 240, 480, 960, 1920, 3600, 3600] as $wait) {
            $locked = $this->assertDenied('LockedOut', fn () => $this->signIn($person));
            assert($locked instanceof LockedOut);
            self::assertSame($wait, $locked->retryAfter);
            self::assertFalse($locked->disabled);
            self::assertSame($this->clock->time + $wait, $this->verifier->account('1')->lockedUntil(Method::Totp)->getTimestamp());
            self::assertNull($this->verifier->account('1')->lockedUntil(Method::BackupCode));
            $this->clock->pass($wait - 1);
            self::assertSame(1, $this->assertDenied('LockedOut', fn () => $this->signIn($person))->retryAfter);
            $this->clock->pass(1);
            self::assertNull($this->verifier->account('1')->lockedUntil());
            $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->wrongCode()));
        }
        $this->clock->pass(3600);
        self::assertSame('1', $this->signIn($person)->userId());
    }

    public function test_the_plain_policy_of_five_then_a_minute_can_be_had(): void
    {
        $this->verifier = $this->open(['lockout_growth' => 1, 'disable_after' => 0]);
        $person = $this->enrol();
        for ($round = 0; $round < 12; $round++) {
            // Of a network's own: each opens no more than twenty in a row.
            $this->client = new Client("198.51.100.$round");
            $this->fail5($person);
            self::assertSame(60, $this->assertDenied('LockedOut', fn () => $this->signIn($person))->retryAfter);
            $this->clock->pass(60);
        }
        $this->signIn($person);
    }

    public function test_fifty_failures_in_a_row_disable_the_method_and_no_other(): void
    {
        $person = $this->enrol();
        for ($failure = 1; $failure <= 50; $failure++) {
            $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->wrongCode()));
            $this->clock->pass(3600);
        }
        $locked = $this->assertDenied('LockedOut', fn () => $this->signIn($person));
        self::assertSame([0, true], [$locked->retryAfter, $locked->disabled]);
        self::assertSame([Method::Totp], $this->verifier->account('1')->disabledMethods());
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame([Method::BackupCode], $login->methods());
        self::assertSame('1', $this->verify($login->challenge(), Method::BackupCode, $person->backupCodes[0])->userId());

        // Unlocking ends blocks; a disabled authenticator has to be enrolled anew.
        $this->verifier->unlock('1', 'root', 'called and proved it');
        self::assertTrue($this->assertDenied('LockedOut', fn () => $this->signIn($person))->disabled);
        $step = $this->challenge($person, Purpose::StepUp);
        $grant = $this->verify($step, Method::BackupCode, $person->backupCodes[1])->grant();
        $again = $this->enrol('1', $grant);
        self::assertSame([], $this->verifier->account('1')->disabledMethods());
        self::assertSame('1', $this->signIn($again)->userId());
    }

    public function test_unlock_ends_a_block_and_says_who_did_it(): void
    {
        $person = $this->enrol();
        $this->fail5($person);
        $this->assertDenied('LockedOut', fn () => $this->signIn($person));
        $this->verifier->unlock('1', 'root', 'called and proved it');
        self::assertSame('1', $this->signIn($person)->userId());
        foreach ($this->verifier->audit('1') as $event) {
            if ($event->type() === 'account.unlocked') {
                self::assertSame(['root', 'called and proved it'], [$event->by(), $event->reason()]);
            }
        }
        self::assertContains('account.unlocked', $this->events('1'));
    }

    public function test_a_backup_code_works_once_however_it_is_typed(): void
    {
        $person = $this->enrol();
        [$first, $second, $third] = $person->backupCodes;
        self::assertMatchesRegularExpression('/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/', $first);
        $verified = $this->verify($this->challenge($person), Method::BackupCode, $first);
        self::assertSame(9, $verified->backupCodesLeft());
        $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::BackupCode, $first));
        $typed = strtolower(str_replace('-', ' ', strtr($second, '01', 'oI')));
        self::assertSame(8, $this->verify($this->challenge($person), Method::BackupCode, $typed)->backupCodesLeft());
        self::assertSame(7, $this->verify($this->challenge($person), Method::BackupCode, str_replace('-', '', $third))->backupCodesLeft());
        self::assertSame(7, $this->verifier->account('1')->backupCodesLeft());
    }

    public function test_step_up_and_every_change_that_needs_it(): void
    {
        $person = $this->enrol();
        $changes = [
            fn (?string $grant) => $this->verifier->startTotp($person->user, null, $grant),
            fn (?string $grant) => $this->verifier->regenerateBackupCodes('1', $grant ?? ''),
            fn (?string $grant) => $this->verifier->setPrimary('1', Method::Totp, $grant ?? ''),
        ];
        foreach ($changes as $place => $change) {
            foreach ([null, '', 'nonsense'] as $none) {
                $this->assertDenied('StepUpRequired', fn () => $change($none));
            }
            // The challenge of a sign-in begins a set-up where one is required, and not here.
            $this->assertDenied($place === 0 ? 'ChallengeClosed' : 'StepUpRequired', fn () => $change($this->challenge($person)));
            $change($this->grant($person));
        }
        // Good for five minutes.
        $grant = $this->grant($person);
        $this->clock->pass(299);
        $this->verifier->startTotp($person->user, null, $grant);
        $this->clock->pass(2);
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->startTotp($person->user, null, $grant));
    }

    public function test_three_changes_need_one_code(): void
    {
        $person = $this->enrol();
        $grant = $this->grant($person);
        $start = $this->clock->time;
        $setup = $this->verifier->startTotp($person->user, null, $grant);
        $app = Totp::fromUri($setup->uri());
        $enrolled = $this->verifier->confirmTotp($setup->token(), $app->at($this->clock->time), $this->client);
        // The code that confirmed it signs nobody in; the next one does, and the call says when that is there.
        $login = $this->verifier->beginLogin($person->user, $this->client)->challenge();
        $this->assertDenied('Rejected', fn () => $this->verify($login, Method::Totp, $app->at($this->clock->time)));
        $this->clock->pass($enrolled->nextCodeAt()->getTimestamp() - $this->clock->time);
        self::assertSame('1', $this->verify($login, Method::Totp, $app->at($this->clock->time))->userId());
        $codes = $this->verifier->regenerateBackupCodes('1', $grant);
        self::assertGreaterThan($enrolled->epoch(), $codes->epoch());
        $this->clock->pass($start + 299 - $this->clock->time);
        self::assertGreaterThan($codes->epoch(), $this->verifier->regenerateBackupCodes('1', $grant)->epoch());
        $this->clock->pass(1);
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->remove('1', Method::Totp, $grant));
    }

    public function test_new_backup_codes_end_the_old_ones(): void
    {
        $person = $this->enrol();
        $new = $this->verifier->regenerateBackupCodes('1', $this->grant($person))->codes();
        self::assertCount(10, $new);
        self::assertSame([], array_intersect($new, $person->backupCodes));
        $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::BackupCode, $person->backupCodes[0]));
        self::assertSame(9, $this->verify($this->challenge($person), Method::BackupCode, $new[0])->backupCodesLeft());
    }

    public function test_removing_the_last_factor_ends_the_backup_codes(): void
    {
        $person = $this->enrol();
        $epoch = $this->verifier->remove('1', Method::Totp, $this->grant($person));
        $account = $this->verifier->account('1');
        self::assertSame($epoch, $account->epoch());
        self::assertFalse($account->isEnrolled());
        self::assertSame([[], 0, null], [$account->methods(), $account->backupCodesLeft(), $account->primary()]);
        self::assertSame(LoginState::Allowed, $this->verifier->beginLogin($person->user, $this->client)->state());
    }

    public function test_the_epoch_rises_and_ends_what_was_open(): void
    {
        $person = $this->enrol();
        $challenge = $this->challenge($person);
        $grant = $this->grant($person);
        $before = $this->verifier->account('1')->epoch();
        $after = $this->verifier->raiseEpoch('1', 'root', 'password changed');
        self::assertGreaterThan($before, $after);
        self::assertSame($after, $this->verifier->account('1')->epoch());
        $this->clock->pass(30);
        $this->assertDenied('ChallengeClosed', fn () => $this->verify($challenge, Method::Totp, $person->code()));
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->regenerateBackupCodes('1', $grant));
        self::assertSame('1', $this->signIn($person)->userId());
    }

    public function test_reset_removes_every_factor_and_keeps_the_audit(): void
    {
        $person = $this->enrol();
        $epoch = $this->verifier->reset('1', 'root', 'lost phone');
        self::assertSame($epoch, $this->verifier->account('1')->epoch());
        self::assertSame(LoginState::Allowed, $this->verifier->beginLogin($person->user, $this->client)->state());
        self::assertContains('account.reset', $this->events('1'));
        self::assertContains('factor.enrolled', $this->events('1'));
        self::assertTrue($this->verifier->auditIsIntact('1'));
    }

    public function test_a_host_lists_who_has_a_factor_and_reads_events_by_what_they_are_about(): void
    {
        $person = $this->enrol();
        $this->signIn($person);
        $this->verifier->raiseEpoch('2', 'root', 'password changed');
        self::assertSame(['1'], $this->verifier->enrolledUserIds(), 'an account without a factor is not among them');
        [$accepted, $opened] = [...$this->verifier->audit('1', 2, null, AuditTopic::SignIn)];
        self::assertSame(['factor.accepted', 'challenge.opened'], [$accepted->type(), $opened->type()]);
        self::assertSame(AuditTopic::SignIn, $accepted->topic());
        self::assertTrue($opened->leadsTo($accepted));
        self::assertFalse($accepted->leadsTo($opened));
        foreach ($this->verifier->audit(topic: AuditTopic::Account) as $event) {
            self::assertSame(AuditTopic::Account, $event->topic(), $event->type());
        }
        self::assertSame([], [...$this->verifier->audit(topic: AuditTopic::Provider)]);
        self::assertTrue($this->verifier->health()->canVerify());
    }

    public function test_a_path_for_a_file_with_secrets_is_judged_by_what_the_host_serves(): void
    {
        foreach (['key' => 'not-absolute', '/srv/../key' => 'not-plain', "/srv/\xffkey" => 'not-plain', '/srv/www/key' => 'served', '/srv/key' => null, '/srv/wwwkey' => null] as $path => $says) {
            self::assertSame($says, Verifier::pathObjection($path, ['/', '', '/srv/www']), $path);
        }
        $this->expectException(\ValueError::class);
        Verifier::pathObjection('/srv/key', [1]);
    }

    public function test_a_pending_secret_lives_for_half_an_hour_whatever_was_typed(): void
    {
        $setup = $this->verifier->startTotp(new User('1', 'alice'));
        $phone = Totp::fromUri($setup->uri());
        for ($i = 0; $i < 20; $i++) {
            $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($setup->token(), '000000', $this->client));
        }
        $this->clock->pass(1799);
        self::assertSame($setup->secret(), $this->verifier->pendingTotp($setup->token())->secret());
        $this->clock->pass(1);
        self::assertNull($this->verifier->pendingTotp($setup->token()));
        $code = $phone->at($this->clock->time);
        $this->assertDenied('Rejected', fn () => $this->verifier->confirmTotp($setup->token(), $code, $this->client));
    }

    public function test_the_phone_s_clock_error_is_reported(): void
    {
        $person = $this->enrol();
        $this->clock->pass(60);
        $this->signIn($person, $person->code(1));
        self::assertSame(30, $this->verifier->account('1')->totpDrift());
        $this->clock->pass(90);
        $this->signIn($person, $person->code(-1));
        self::assertSame(-30, $this->verifier->account('1')->totpDrift());
    }

    public function test_two_codes_in_a_row_of_a_clock_that_is_off_sign_in_and_one_does_not(): void
    {
        $person = $this->enrol();
        $this->clock->pass(600);
        $login = $this->verifier->beginLogin($person->user, $this->client)->challenge();
        $this->assertDenied('Rejected', fn () => $this->verify($login, Method::Totp, $person->code(4)));
        // The same once more is no second one, and no other challenge has seen the first.
        $this->assertDenied('Rejected', fn () => $this->verify($login, Method::Totp, $person->code(4)));
        $this->clock->pass(30);
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code(4)));
        self::assertSame('1', $this->verify($login, Method::Totp, $person->code(4))->userId());
        self::assertSame([120, 120], [$this->verifier->account('1')->totpDrift(), $this->verifier->account('1')->steadyTotpDrift()]);
        [$accepted, $learnt] = [...$this->verifier->audit('1', 2)];
        self::assertSame(['factor.accepted', 'factor.resynchronised', '+120'], [$accepted->type(), $learnt->type(), $learnt->reason()]);
        $this->clock->pass(300);
        self::assertSame('1', $this->signIn($person, $person->code(4))->userId());
    }

    public function test_a_site_says_from_when_on_a_clock_is_worth_telling(): void
    {
        $this->verifier = $this->open(['clock_warn_seconds' => 61]);
        $person = $this->enrol();
        foreach ([2 => null, 6 => 180] as $steps => $told) {
            $this->clock->pass(600);
            $login = $this->verifier->beginLogin($person->user, $this->client)->challenge();
            $this->assertDenied('Rejected', fn () => $this->verify($login, Method::Totp, $person->code($steps + 3)));
            $this->assertDenied('Rejected', fn () => $this->verify($login, Method::Totp, $person->code($steps)));
            $this->clock->pass(30);
            $this->verify($login, Method::Totp, $person->code($steps));
            self::assertSame([30 * $steps, $told], [$this->verifier->account('1')->totpDrift(), $this->verifier->account('1')->steadyTotpDrift()]);
        }
    }

    public function test_health_says_when_most_people_s_apps_are_off_from_the_server(): void
    {
        $people = array_map($this->enrol(...), ['1', '2', '3']);
        foreach ([1, 2, 3] as $ignored) {
            $this->clock->pass(90);
            array_walk($people, fn ($person) => $this->signIn($person, $person->code(1)));
        }
        $clock = array_values(array_filter($this->verifier->health()->checks(), static fn ($check) => $check->name() === 'clock'))[0];
        self::assertSame(['clock.foreign', 'clock.apps-ahead'], array_map(static fn ($finding) => $finding->id(), $clock->findings()));
        self::assertSame(['seen' => 3, 'count' => 3, 'seconds' => 30], $clock->findings()[1]->values());
    }

    public function test_settings_reach_the_rules(): void
    {
        $this->verifier = $this->open(['totp_digits' => 8, 'totp_algorithm' => 'SHA256', 'backup_codes' => 5, 'max_attempts' => 2, 'lockout_seconds' => 90, 'totp_window' => 0]);
        $person = $this->enrol();
        self::assertCount(5, $person->backupCodes);
        self::assertSame(8, strlen($person->code()));
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code(-1)));
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $person->code(1)));
        self::assertSame(90, $this->assertDenied('LockedOut', fn () => $this->signIn($person))->retryAfter);
    }

    public function test_lists_of_accounts_and_events_come_in_pages(): void
    {
        foreach (['10', '9', 'a', 'B', 'ä'] as $id) {
            $this->enrol($id);
        }
        $ids = static fn (iterable $accounts): array => array_map(static fn ($account) => $account->userId(), [...$accounts]);
        self::assertSame(['10', '9', 'B', 'a', 'ä'], $ids($this->verifier->accounts()));
        self::assertSame(['9', 'B'], $ids($this->verifier->accounts(limit: 2, after: '10')));
        self::assertSame(['ä'], $ids($this->verifier->accounts('ä')));
        self::assertSame([], $ids($this->verifier->accounts("nobody")));

        $all = [...$this->verifier->audit()];
        $page = [...$this->verifier->audit(limit: 3)];
        $next = [...$this->verifier->audit(limit: 3, before: $page[2]->id())];
        self::assertEquals(
            array_map(fn ($e) => $e->id(), array_slice($all, 0, 6)),
            array_map(fn ($e) => $e->id(), [...$page, ...$next]),
        );
        self::assertSame('192.0.2.7', $all[0]->ip());
        self::assertSame(Method::Totp, $all[0]->method());
        self::assertSame($this->clock->time - 30, $all[0]->at()->getTimestamp());
    }

    public function test_health_says_what_is_for_tests_only(): void
    {
        $health = $this->verifier->health();
        self::assertTrue($health->isOk());
        $said = [];
        foreach ($health->checks() as $check) {
            $said[$check->name()] = $check->status()->value;
        }
        self::assertSame(['store' => 'warning', 'key' => 'warning', 'clock' => 'warning', 'policy' => 'ok', 'site' => 'ok'], $said);
        self::assertSame(array_keys($said), array_column(json_decode(json_encode($health), true)['checks'], 'name'));
    }

    public function test_what_health_finds_has_an_id_and_values_for_other_languages(): void
    {
        $checks = $this->verifier->health()->checks();
        foreach ($checks as $check) {
            self::assertSame($check->message(), implode('; ', array_map(static fn ($finding) => $finding->message(), $check->findings())));
            foreach ($check->findings() as $finding) {
                $values = [];
                foreach ($finding->values() as $name => $value) {
                    $values['{' . $name . '}'] = (string) $value;
                }
                self::assertSame($finding->message(), strtr(Health::sentences()[$finding->id()], $values));
                self::assertSame(
                    ['id' => $finding->id(), 'status' => $finding->status()->value, 'values' => $finding->values(), 'message' => $finding->message()],
                    json_decode(json_encode($finding), true),
                );
            }
        }
        self::assertSame('store.memory', $checks[0]->findings()[0]->id());
        self::assertStringStartsWith('SQLite 3.', $checks[0]->findings()[0]->values()['what']);
    }

    public function test_json_has_what_may_be_shown_and_no_secret(): void
    {
        $person = $this->enrol();
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame(['state' => 'challenge', 'methods' => ['totp', 'backup']], json_decode(json_encode($login), true));
        $verified = $this->verify($login->challenge(), Method::Totp, $person->code());
        self::assertSame(['userId', 'method', 'purpose', 'at', 'amr', 'epoch', 'backupCodesLeft', 'recoveryCodesLeft', 'switchedOff', 'mustChangePassword'], array_keys(json_decode(json_encode($verified), true)));
        $account = json_decode(json_encode($this->verifier->account('1')), true);
        self::assertSame(gmdate('Y-m-d\TH:i:s\Z', $this->clock->time), $account['lastVerifiedAt']);
        self::assertSame(['totp', 'backup'], $account['methods']);
        foreach ($this->verifier->audit() as $event) {
            $json = json_decode(json_encode($event), true);
            self::assertSame($event->at()->getTimestamp(), strtotime($json['at']));
        }
    }
}
