<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use ValueError;
use TwoFactor\{Client, Enrolled, Factor, LoginState, Method, Purpose, Totp};
use TwoFactor\Exception\FactorRefused;

/** Who lost a telephone suspends it, and who lost everything is issued a temporary code. */
final class LostFactorsTest extends VerifierTestCase
{
    /** @return list<string> methods of what is suspended */
    private function suspended(): array
    {
        $found = array_filter($this->verifier->account('1')->factors(), static fn (Factor $factor) => $factor->isSuspended());
        return array_values(array_map(static fn (Factor $factor) => $factor->method()->value, $found));
    }

    /** Sets up an app by the challenge of a sign-in. */
    private function setUpBy(Person $person, string $challenge): Enrolled
    {
        $setup = $this->verifier->startTotp($person->user, null, $challenge);
        return $this->verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($this->clock->time), $this->client);
    }

    public function test_a_temporary_code_leads_to_a_set_up_and_to_nothing_else(): void
    {
        $person = $this->enrol();
        $this->enrol('2');
        $code = $this->verifier->issueTemporaryCode('1', 'bob', 'asked by telephone');
        self::assertMatchesRegularExpression('/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/', $code);
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        self::assertNotContains(Method::TemporaryCode, $login->methods(), 'nobody is told that there is one');
        $challenge = $login->challenge();
        $this->assertDenied('EnrolmentRequired', fn () => $this->verify($challenge, Method::TemporaryCode, strtolower($code)));
        $this->assertDenied('ChallengeClosed', fn () => $this->verify($challenge, Method::TemporaryCode, $code));
        $this->assertDenied('ChallengeClosed', fn () => $this->verify($challenge, Method::Totp, $person->code()));
        // Nothing else is good for anything before: neither a change nor a grant.
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->removeFactor('1', $this->verifier->account('1')->factors()[0]->id(), $challenge));
        $this->clock->pass(30);
        $enrolled = $this->setUpBy($person, $challenge);
        self::assertSame(Purpose::Login, $enrolled->verified()?->purpose());
        self::assertCount(10, $enrolled->backupCodes());
        self::assertSame(['totp'], $this->suspended());
        // What was lost proves nothing any more, nor do the codes.
        $this->clock->pass(30);
        $this->assertDenied('Rejected', fn () => $this->signIn($person));
        $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::BackupCode, $person->backupCodes[0]));
        self::assertGreaterThan($this->clock->time, $this->verifier->operatorFrom('1')?->getTimestamp() ?? PHP_INT_MAX);
        $types = array_values(array_filter($this->events('1'), static fn ($type) => str_starts_with($type, 'temporary') || str_contains($type, 'suspended')));
        self::assertSame(['temporary-code.issued', 'temporary-code.used', 'factor.suspended'], $types);
        self::assertTrue($this->verifier->auditIsIntact('1'));
        self::assertStringNotContainsString($code, json_encode($this->verifier->audit('1'), JSON_THROW_ON_ERROR));
    }

    public function test_whoever_leaves_the_set_up_needs_another_code_or_a_factor_from_before(): void
    {
        $person = $this->enrol();
        $code = $this->verifier->issueTemporaryCode('1', 'bob', 'asked by telephone');
        $this->assertDenied('EnrolmentRequired', fn () => $this->verify($this->challenge($person), Method::TemporaryCode, $code));
        self::assertSame([], $this->suspended());
        self::assertSame(LoginState::ChallengeRequired, $this->verifier->beginLogin($person->user, $this->client)->state());
        $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::TemporaryCode, $code));
        $this->clock->pass(30);
        self::assertSame('1', $this->signIn($person)->userId());
    }

    public function test_a_temporary_code_ends_with_its_time_the_next_one_a_new_epoch_and_another_sign_in(): void
    {
        $person = $this->enrol();
        $issue = fn (int $seconds = 900) => $this->verifier->issueTemporaryCode('1', 'bob', 'lost', null, $seconds);
        $refused = fn (string $code) => $this->assertDenied('Rejected', fn () => $this->verify($this->challenge($person), Method::TemporaryCode, $code));
        $code = $issue(60);
        $this->clock->pass(60);
        $refused($code);
        $code = $issue();
        $next = $issue();
        $refused($code);
        $this->verifier->raiseEpoch('1', 'bob', 'new password');
        $refused($next);
        $code = $issue();
        $this->clock->pass(30);
        $this->signIn($person);
        $refused($code);
        $code = $issue();
        $this->assertDenied('EnrolmentRequired', fn () => $this->verify($this->challenge($person), Method::TemporaryCode, $code));
    }

    public function test_who_has_the_password_alone_uses_up_nothing(): void
    {
        $person = $this->enrol();
        $code = $this->verifier->issueTemporaryCode('1', 'bob', 'lost');
        for ($n = 0; $n < 19; $n++) {
            $challenge = $this->verifier->beginLogin($person->user, new Client('198.51.100.7'))->challenge();
            for ($wrong = 0; $wrong < 5; $wrong++) {
                $this->assertDenied('Rejected', fn () => $this->verify($challenge, Method::TemporaryCode, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'));
            }
            $this->assertDenied('ChallengeClosed', fn () => $this->verify($challenge, Method::TemporaryCode, $code));
        }
        self::assertNull($this->verifier->account('1')->lockedUntil());
        $this->assertDenied('EnrolmentRequired', fn () => $this->verify($this->challenge($person), Method::TemporaryCode, $code));
    }

    public function test_one_is_issued_by_somebody_else_who_may_act_for_somebody_with_a_factor(): void
    {
        $person = $this->enrol();
        $helper = $this->enrol('2');
        $calls = [
            fn () => $this->verifier->issueTemporaryCode('3', 'bob', 'lost'),
            fn () => $this->verifier->issueTemporaryCode('1', '', 'lost'),
            fn () => $this->verifier->issueTemporaryCode('1', 'bob', ' '),
            fn () => $this->verifier->issueTemporaryCode('1', 'bob', 'lost', null, 59),
            fn () => $this->verifier->issueTemporaryCode('1', 'bob', 'lost', null, 86401),
            fn () => $this->verifier->issueTemporaryCode('1', '1', 'lost', $this->grant($person)),
        ];
        foreach ($calls as $place => $call) {
            try {
                $call();
                self::fail("call $place");
            } catch (ValueError) {
            }
        }
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->issueTemporaryCode('1', '2', 'lost', 'no grant'));
        $this->assertDenied('TooRecent', fn () => $this->verifier->issueTemporaryCode('1', '2', 'lost', $this->grant($helper)));
        $this->clock->pass(86_400);
        self::assertNotSame('', $this->verifier->issueTemporaryCode('1', '2', 'lost', $this->grant($helper)));
    }

    public function test_a_backup_code_suspends_the_telephone_that_is_lost(): void
    {
        $person = $this->enrol();
        try {
            $this->verifier->verify($this->challenge($person), Method::Totp, $person->code(), $this->client, suspendPhone: true);
            self::fail('what is lost is not proven by itself');
        } catch (ValueError) {
        }
        $before = $this->verifier->account('1')->epoch();
        $verified = $this->verifier->verify($this->challenge($person), Method::BackupCode, $person->backupCodes[0], $this->client, suspendPhone: true);
        self::assertSame([Method::BackupCode, 9], [$verified->method(), $verified->backupCodesLeft()]);
        self::assertGreaterThan($before, $verified->epoch());
        self::assertSame($this->verifier->account('1')->epoch(), $verified->epoch());
        self::assertSame(['totp'], $this->suspended());
        self::assertTrue($this->verifier->account('1')->isEnrolled());
        self::assertSame([Method::BackupCode], $this->verifier->account('1')->methods());
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame([LoginState::ChallengeRequired, [Method::BackupCode]], [$login->state(), $login->methods()]);
        $this->clock->pass(30);
        $this->assertDenied('Rejected', fn () => $this->verify($login->challenge(), Method::Totp, $person->code()));
        // A wrong code suspends nothing.
        $this->verifier->resumeFactor('1', $this->verifier->account('1')->factors()[0]->id(), 'bob', 'found');
        $wrong = fn () => $this->verifier->verify($this->challenge($person), Method::BackupCode, $person->backupCodes[0], $this->client, suspendPhone: true);
        $this->assertDenied('Rejected', $wrong);
        self::assertSame([], $this->suspended());
    }

    public function test_its_user_suspends_a_factor_by_another_one_and_resumes_it_so(): void
    {
        $person = $this->enrol();
        $id = $this->verifier->account('1')->factors()[0]->id();
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->suspendFactor('1', $id, '1', 'stolen', 'x'));
        $grant = $this->grant($person);
        $this->verifier->suspendFactor('1', $id, '1', 'stolen', $grant);
        self::assertSame(['totp'], $this->suspended());
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->resumeFactor('1', $id, '1', 'found', $grant));
        $byCode = $this->verify($this->challenge($person, Purpose::StepUp), Method::BackupCode, $person->backupCodes[0])->grant();
        $epoch = $this->verifier->resumeFactor('1', $id, '1', 'found', $byCode);
        self::assertSame($epoch, $this->verifier->account('1')->epoch());
        self::assertSame([], $this->suspended());
        $this->assertRefused('unknown', fn () => $this->verifier->suspendFactor('1', str_repeat('0', 16), '1', 'stolen', $byCode));
        $codes = $this->verifier->account('1')->factors()[1]->id();
        $this->verifier->suspendFactor('1', $codes, 'bob', 'seen by others');
        $this->clock->pass(30);
        $this->assertRefused('last', fn () => $this->verifier->suspendFactor('1', $id, '1', 'stolen', $this->grant($person)));
        // An operator may: it is never the same as no second factor.
        $this->verifier->suspendFactor('1', $id, 'bob', 'stolen');
        $login = $this->verifier->beginLogin($person->user, $this->client);
        self::assertSame([LoginState::ChallengeRequired, []], [$login->state(), $login->methods()]);
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->startTotp($person->user));
    }

    private function assertRefused(string $reason, callable $call): void
    {
        try {
            $call();
            self::fail("nothing was refused as $reason");
        } catch (FactorRefused $refused) {
            self::assertSame($reason, $refused->reason);
        }
    }
}
