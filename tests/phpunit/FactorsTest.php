<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use TwoFactor\{Factor, Method, Totp};
use TwoFactor\Exception\FactorRefused;

/** Several authenticator apps, and factors as a list. */
final class FactorsTest extends VerifierTestCase
{
    public function test_factors_say_what_they_are_called_and_when_they_were_used(): void
    {
        $person = $this->enrol();
        $began = $this->clock->time - 30;
        $work = $this->add($person, 'Work phone');
        [$app, $other, $backup] = $this->verifier->account('1')->factors();
        self::assertSame(
            ['Authenticator app', 'Work phone', ''],
            array_map(static fn (Factor $factor) => $factor->label(), [$app, $other, $backup]),
        );
        self::assertSame([Method::Totp, Method::Totp, Method::BackupCode], [$app->method(), $other->method(), $backup->method()]);
        self::assertSame($began, $app->enrolledAt()->getTimestamp());
        self::assertNull($other->lastUsedAt());
        self::assertNull($this->verifier->account('1')->lastVerifiedAt(Method::BackupCode));
        self::assertFalse($app->isDisabled());
        self::assertNull($app->maskedDestination());
        $this->clock->pass(30);
        self::assertSame(Method::Totp, $this->signIn($person, $work->at($this->clock->time))->method());
        [$app, $other] = $this->verifier->account('1')->factors();
        self::assertSame($this->clock->time, $other->lastUsedAt()->getTimestamp());
        self::assertLessThan($this->clock->time, $app->lastUsedAt()->getTimestamp());
        self::assertSame($this->clock->time, $this->verifier->account('1')->lastVerifiedAt(Method::Totp)->getTimestamp());
        self::assertSame($this->clock->time, $this->verifier->account('1')->lastVerifiedAt()->getTimestamp());
        $json = json_decode(json_encode($this->verifier->account('1')), true)['factors'];
        self::assertSame(json_decode(json_encode($other), true), $json[1]);
        self::assertSame(['id', 'method', 'label', 'enrolledAt', 'lastUsedAt', 'disabled', 'suspended', 'maskedDestination'], array_keys($json[1]));
        $accepted = iterator_to_array($this->verifier->audit('1', 1))[0];
        self::assertSame(['factor.accepted', $other->id(), 'Work phone'], [$accepted->type(), $accepted->factorId(), $accepted->factorLabel()]);
    }

    public function test_one_app_is_removed_and_the_other_goes_on(): void
    {
        $person = $this->enrol();
        $work = $this->add($person, 'Work phone');
        $grant = $this->grant($person);
        $id = $this->verifier->account('1')->factors()[1]->id();
        $epoch = $this->verifier->removeFactor('1', $id, $grant);
        self::assertSame($epoch, $this->verifier->account('1')->epoch());
        $this->clock->pass(30);
        $this->assertDenied('Rejected', fn () => $this->signIn($person, $work->at($this->clock->time)));
        self::assertSame('1', $this->signIn($person)->userId());
        $this->assertRefused('unknown', fn () => $this->verifier->removeFactor('1', $id, $grant));
        // The last one takes the backup codes along.
        $this->verifier->removeFactor('1', $this->verifier->account('1')->factors()[0]->id(), $grant);
        self::assertSame([], $this->verifier->account('1')->factors());
        self::assertFalse($this->verifier->account('1')->isEnrolled());
    }

    public function test_a_name_is_given_by_whoever_has_just_proven_a_factor(): void
    {
        $person = $this->enrol();
        $this->add($person, 'Work phone');
        $id = $this->verifier->account('1')->factors()[1]->id();
        foreach (['', 'x'] as $none) {
            $this->assertDenied('StepUpRequired', fn () => $this->verifier->renameFactor('1', $id, 'Old phone', $none));
            $this->assertDenied('StepUpRequired', fn () => $this->verifier->removeFactor('1', $id, $none));
        }
        $grant = $this->grant($person);
        $epoch = $this->verifier->account('1')->epoch();
        $this->verifier->renameFactor('1', $id, ' Old phone ', $grant);
        self::assertSame('Old phone', $this->verifier->account('1')->factors()[1]->label());
        self::assertSame($epoch, $this->verifier->account('1')->epoch(), 'a name ends no sign-in');
        self::assertSame('factor.renamed', iterator_to_array($this->verifier->audit('1', 1))[0]->type());
        foreach ([
            'empty' => ' ', 'too-long' => str_repeat('ä', 65), 'character' => "a\u{202e}b", 'taken' => 'AUTHENTICATOR app',
        ] as $reason => $label) {
            $this->assertRefused($reason, fn () => $this->verifier->renameFactor('1', $id, $label, $grant));
            $this->assertRefused($reason, fn () => $this->verifier->startTotp($person->user, $label, $grant));
        }
        // Somebody else's factor is nobody's here.
        $other = $this->enrol('2');
        $theirs = $this->verifier->account('2')->factors()[0]->id();
        $this->assertRefused('unknown', fn () => $this->verifier->renameFactor('1', $theirs, 'Mine', $this->grant($person)));
        $this->assertDenied('StepUpRequired', fn () => $this->verifier->renameFactor('2', $theirs, 'Mine', $this->grant($person)));
        self::assertSame('2', $this->signIn($other)->userId());
    }

    public function test_there_are_five_apps_at_most(): void
    {
        $person = $this->enrol();
        foreach (range(2, 5) as $n) {
            $this->add($person, null);
            self::assertSame("Authenticator app $n", $this->verifier->account('1')->factors()[$n - 1]->label());
        }
        self::assertSame([Method::Totp, Method::BackupCode], $this->verifier->account('1')->methods());
        $refused = $this->assertRefused('too-many', fn () => $this->verifier->startTotp($person->user, null, $this->grant($person)));
        self::assertStringContainsString('remove one first', $refused->getMessage());
    }

    /** One more app of a person, whose code is spent. */
    private function add(Person $person, ?string $label): Totp
    {
        $setup = $this->verifier->startTotp($person->user, $label, $this->grant($person));
        $app = Totp::fromUri($setup->uri());
        $enrolled = $this->verifier->confirmTotp($setup->token(), $app->at($this->clock->time), $this->client);
        self::assertSame([], $enrolled->backupCodes());
        return $app;
    }

    private function assertRefused(string $reason, callable $call): FactorRefused
    {
        try {
            $call();
        } catch (FactorRefused $refused) {
            self::assertSame($reason, $refused->reason);
            return $refused;
        }
        self::fail("nothing was refused where $reason was due");
    }
}
