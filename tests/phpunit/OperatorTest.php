<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use TwoFactor\Exception\TooRecent;
use TwoFactor\Method;

/**
 * Who may act on others. `cli_operators` is 0, so that these calls are judged like those of a web request: without it,
 * the command line that runs the tests is the server's operator.
 */
final class OperatorTest extends VerifierTestCase
{
    private const SNS = ['provider' => 'sns', 'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => '0123456789012345678901234567890123456789', 'region' => 'eu-central-1'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->verifier = $this->open(['cli_operators' => 0]);
    }

    /** @return array<string, callable> everything an operator does, to user 7 where it is to somebody */
    private function acts(string $by, ?string $grant): array
    {
        $verifier = $this->verifier;
        return [
            'unlock' => fn () => $verifier->unlock('7', $by, 'asked', $grant),
            'confirmOperator' => fn () => $verifier->confirmOperator('7', $by, 'asked', $grant),
            'saveProvider' => fn () => $verifier->saveProvider('main', self::SNS, $by, $grant),
            'orderProviders' => fn () => $verifier->orderProviders(['main'], $by, $grant),
            'removeProvider' => fn () => $verifier->removeProvider('main', $by, $grant),
            'assertOperator' => fn () => $verifier->assertOperator($by, $grant),
            'removeSite' => fn () => $verifier->removeSite($by, $grant),
            'sendTest' => fn () => $verifier->sendTest('main', '+4915123456789', null, Method::Sms, $by, $this->client, $grant),
            'setMessageText' => fn () => $verifier->setMessageText(Method::Sms, 'en', 'Code: {code}', $by, $grant),
            'setNoticeText' => fn () => $verifier->setNoticeText('sms', 'en', null, '{what}', $by, $grant),
            'reset' => fn () => $verifier->reset('7', $by, 'asked', $grant),
        ];
    }

    public function test_d7_an_administrator_with_only_a_password_acts_on_nobody_who_is_protected_and_not_for_all(): void
    {
        $this->enrol('7');
        $this->clock->pass(2 * 86_400);
        foreach ([null, '', 'made up', $this->challenge($this->enrol('8'))] as $grant) {
            foreach ($this->acts('1', $grant) as $name => $act) {
                self::assertNotSame('', $this->assertDenied('StepUpRequired', $act)->getMessage(), $name);
            }
        }
        self::assertTrue($this->verifier->account('7')->isEnrolled());
        self::assertSame([], $this->verifier->providers());
        self::assertNull($this->verifier->operatorFrom('1'));
    }

    public function test_d7_who_enrols_a_factor_first_and_tries_at_once_has_to_wait_a_day(): void
    {
        $this->enrol('7');
        $thief = $this->enrol('1');
        $enrolled = $this->clock->time - 30;
        $grant = $this->grant($thief);
        foreach ($this->acts('1', $grant) as $name => $act) {
            $refusal = $this->assertDenied('TooRecent', $act);
            self::assertInstanceOf(TooRecent::class, $refusal);
            self::assertSame($enrolled + 86_400 - $this->clock->time, $refusal->retryAfter, $name);
        }
        self::assertSame($enrolled + 86_400, $this->verifier->operatorFrom('1')->getTimestamp());
        self::assertTrue($this->verifier->account('7')->isEnrolled());
        // Its own account is its own.
        $this->verifier->regenerateBackupCodes('1', $grant);
        $this->clock->time = $enrolled + 86_400;
        $this->verifier->reset('7', '1', 'lost phone', $this->grant($thief));
        self::assertFalse($this->verifier->account('7')->isEnrolled());
        $event = [...$this->verifier->audit('7', 1)][0];
        self::assertSame(['account.reset', '1', 'lost phone', 'proof'], [$event->type(), $event->by(), $event->reason(), $event->authority()]);
        self::assertSame('proof', json_decode(json_encode($event), true)['authority']);
    }

    public function test_whom_a_proven_operator_confirms_acts_at_once(): void
    {
        $this->enrol('7');
        $old = $this->enrol('1');
        $this->clock->pass(86_400);
        $new = $this->enrol('2');
        $grant = $this->grant($new);
        $this->assertDenied('TooRecent', fn () => $this->verifier->confirmOperator('2', '2', 'me', $grant));
        $this->verifier->confirmOperator('2', '1', 'met in person', $this->grant($old));
        self::assertLessThanOrEqual($this->clock->time, $this->verifier->operatorFrom('2')->getTimestamp());
        $this->verifier->unlock('7', '2', 'asked', $grant);
        $this->expectException(\ValueError::class);
        $this->verifier->confirmOperator('9', '1', 'has no factor', $this->grant($old));
    }

    public function test_the_command_line_of_the_server_says_who_and_why_instead(): void
    {
        $this->verifier = $this->open();
        $this->enrol('7');
        $this->verifier->unlock('7', 'root', 'asked');
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->unlock('7', 'root', 'a grant that is given has to be right', 'made up'));
        $event = [...$this->verifier->audit('7', 1)][0];
        self::assertSame(['account.unlocked', 'root', 'server'], [$event->type(), $event->by(), $event->authority()]);
    }

    public function test_an_account_without_a_factor_needs_none_of_whoever_resets_it(): void
    {
        $this->enrol('1');
        $this->verifier->raiseEpoch('9', 'the host', 'a new password');
        $this->verifier->reset('9', 'the host', 'deleted');
        $this->verifier->reset('10', 'the host', 'nothing is known of it');
        self::assertSame([], [...$this->verifier->audit('10', 1)]);
        $event = [...$this->verifier->audit('9', 1)][0];
        self::assertSame(['account.reset', 'the host', null], [$event->type(), $event->by(), $event->authority()]);
    }
}
