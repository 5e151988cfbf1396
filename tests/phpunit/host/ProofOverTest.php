<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/**
 * A form that was open for longer than the five minutes of a proof: it comes back as it was filled in, with the proof on
 * it, and does what it does when it is sent once more.
 */
final class ProofOverTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const SECRET = 'fedcba9876543210fedcba9876543210';

    /** An administrator whose proof is over by the time the form is sent. */
    private function tooLate(): void
    {
        $this->site()->clock->advance(301);
    }

    /** @return array<string, string> a provider, as it is typed */
    private static function provider(): array
    {
        $sid = 'AC' . str_repeat('1', 32);
        return ['name' => 'mine', 'set_account' => $sid, 'set_user' => $sid, 'set_secret' => self::SECRET, 'set_from' => '+15005550123',
            'set_validity' => '120'];
    }

    private static function value(Page $page, string $field): ?string
    {
        return $page->one("//input[@name='m1_$field']")?->getAttribute('value');
    }

    private static function chosen(Page $page, string $field): ?string
    {
        return $page->one("//select[@name='m1_$field']/option[@selected]")?->getAttribute('value');
    }

    private static function assertAsked(Page $page, string $do, string $code = 'code'): void
    {
        self::assertStringContainsString('Nothing has been changed yet', (string) $page->one('//*[@role="alert"]')?->textContent, $page->text());
        self::assertTrue($page->has("//form[.//input[@name='m1_do'][@value='$do']]//input[@name='m1_$code']"), "the proof is on the form to $do: {$page->text()}");
    }

    /** @return list<string> */
    private function names(): array
    {
        return $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->name(), $verifier->providers()));
    }

    public function test_a_new_provider_is_not_typed_twice_but_for_its_secrets(): void
    {
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'providers', 'add' => 'twilio-messaging']);
        self::assertFalse($page->has('//input[@name="m1_code"]'), 'no proof is asked for twice');
        $this->tooLate();
        $page = $admin->send($page, 'provider-save', self::provider());
        self::assertAsked($page, 'provider-save');
        foreach (array_diff_key(self::provider(), ['set_secret' => 1, 'set_user' => 1]) as $field => $typed) {
            self::assertSame($typed, self::value($page, $field), $field);
        }
        self::assertSame('', self::value($page, 'set_secret'));
        self::assertStringContainsString('has to be typed once more', $page->text());
        self::assertStringNotContainsString(self::SECRET, $page->body);
        self::assertSame([], $this->names());
        // A wrong code: the same form once more.
        $page = $admin->send($page, 'provider-save', ['method' => 'totp', 'code' => $admin->phone->wrong()]);
        self::assertSame('mine', self::value($page, 'name'));
        self::assertTrue($page->has('//input[@name="m1_code"]'));
        $page = $admin->send($page, 'provider-save', ['method' => 'totp', 'code' => $admin->phone->code(), 'set_secret' => self::SECRET, 'set_user' => self::provider()['set_user']]);
        self::assertStringContainsString('The provider was saved', $page->text());
        self::assertSame(['mine'], $this->names());
        foreach ($this->site()->leftBehind() as $place => $content) {
            self::assertStringNotContainsString(self::SECRET, $content, $place);
        }
    }

    public function test_a_secret_that_was_typed_anew_is_not_silently_the_old_one(): void
    {
        $admin = $this->administrator();
        $admin->change('provider-save', ['kind' => 'twilio-messaging'] + self::provider());
        $page = $admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'mine']);
        $this->tooLate();
        $page = $admin->send($page, 'provider-save', ['set_secret' => str_repeat('9', 32), 'set_from' => '+15005550001']);
        self::assertAsked($page, 'provider-save');
        self::assertSame('mine', self::value($page, 'known'));
        self::assertSame('+15005550001', self::value($page, 'set_from'));
        $secret = $page->one('//input[@name="m1_set_secret"]');
        self::assertSame([true, ''], [$secret->hasAttribute('required'), $secret->getAttribute('placeholder')]);
        self::assertFalse($page->one('//input[@name="m1_set_user"]')->hasAttribute('required'), 'nothing was typed there');
        // A browser that does not mind what is required.
        $page = $admin->send($page, 'provider-save', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('Nothing was changed', $page->one('//*[@role="alert"]')->textContent);
        self::assertFalse($page->has('//input[@name="m1_code"]'), 'the proof counts from now on');
        $page = $admin->send($page, 'provider-save', ['set_secret' => str_repeat('9', 32)]);
        self::assertStringContainsString('The provider was saved', $page->text());
        self::assertSame('+15005550001', self::value($admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'mine']), 'set_from'));
    }

    public function test_whoever_has_proven_nothing_sees_nothing_by_it_that_is_stored(): void
    {
        $admin = $this->administrator();
        $admin->change('provider-save', ['kind' => 'twilio-messaging'] + self::provider());
        $this->tooLate();
        $page = $admin->change('provider-save', ['known' => 'mine', 'set_from' => '+15005550002']);
        self::assertAsked($page, 'provider-save');
        self::assertStringNotContainsString(self::provider()['set_account'], $page->body);
        self::assertStringNotContainsString(self::provider()['set_from'], $page->body);
        self::assertTrue($admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'mine'])->has('//input[@value="providers-prove"]'));
    }

    public function test_a_provider_that_was_removed_meanwhile_is_a_new_one(): void
    {
        $admin = $this->administrator();
        $admin->change('provider-save', ['kind' => 'twilio-messaging'] + self::provider());
        $page = $admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'mine']);
        $this->site()->asOperator(static fn ($verifier) => $verifier->removeProvider('mine', 'the test'));
        $page = $admin->send($page, 'provider-save', ['set_from' => '+15005550001']);
        self::assertStringContainsString('Somebody has removed this provider', $page->one('//*[@role="alert"]')->textContent);
        self::assertSame(['', 'mine', '+15005550001'], [self::value($page, 'known'), self::value($page, 'name'), self::value($page, 'set_from')]);
        $admin->send($page, 'provider-save', ['set_secret' => self::SECRET, 'set_user' => self::provider()['set_user']]);
        self::assertSame(['mine'], $this->names());
    }

    public function test_a_message_to_try_a_provider_out_is_filled_in_once(): void
    {
        $this->site()->carriers();
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        $this->tooLate();
        $page = $admin->send($page, 'provider-test', ['number' => '01512 3456789', 'region' => 'DE', 'way' => 'voice']);
        self::assertAsked($page, 'provider-test');
        self::assertSame(['01512 3456789', 'DE', 'voice'], [self::value($page, 'number'), self::chosen($page, 'region'), self::chosen($page, 'way')]);
        self::assertFalse($page->has('//input[@value="providers-prove"]'), 'one place to prove it');
        self::assertSame([], $this->site()->handset(self::NUMBER)->messages());
        // What is refused afterwards is not lost, either.
        $page = $admin->send($page, 'provider-test', ['number' => '01512', 'method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertSame(['01512', 'DE', 'voice'], [self::value($page, 'number'), self::chosen($page, 'region'), self::chosen($page, 'way')]);
        $page = $admin->send($page, 'provider-test', ['number' => '01512 3456789']);
        self::assertStringContainsString('took the message', $page->text());
        self::assertSame('voice', $this->site()->handset(self::NUMBER)->last()['channel']);
    }

    public function test_a_reason_is_typed_once_whatever_it_is_for(): void
    {
        $anna = $this->enrolled('anna');
        $admin = $this->administrator();
        foreach (['unlock' => 'account.unlocked', 'reset' => 'account.reset'] as $do => $event) {
            $page = $admin->lookUp('anna');
            $this->tooLate();
            $page = $admin->change($do, ['user' => '2', 'reason' => 'phone in the lake']);
            self::assertAsked($page, 'unlock');
            self::assertSame('phone in the lake', self::value($page, 'reason'));
            $form = $page->form('.//input[@name="m1_reason"]');
            $fields = ['m1_method' => 'totp', 'm1_code' => $admin->phone->code()] + ($do === 'unlock' ? [] : ['m1_do' => $do]);
            $admin->browser->submit($page, $form, $fields);
            self::assertContains($event, $this->site()->audit('2'));
        }
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_what_the_extension_takes_for_over_is_over(): void
    {
        $this->enrolled('anna');
        $admin = $this->administrator();
        $page = $admin->lookUp('anna');
        self::assertFalse($page->has('//input[@name="m1_code"]'));
        // The session keeps what the proof is called by, and no time that could be another one than the extension's.
        $kept = implode("\n", array_map('file_get_contents', glob($this->site()->folder . '/sessions/sess_*')));
        self::assertMatchesRegularExpression('/twofactor_grant\|a:2:\{s:4:"user";i:\d+;s:5:"grant";s:\d+:"[\w-]+";\}/', $kept);
        $this->site()->clock->advance(301);
        self::assertTrue($admin->lookUp('anna')->has('//input[@name="m1_code"]'));
        $page = $admin->send($page, 'unlock', ['reason' => 'she called']);
        self::assertSame('she called', self::value($page, 'reason'));
        $page = $admin->send($page, 'unlock', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertContains('account.unlocked', $this->site()->audit('2'), $page->text());
    }

    public function test_a_setting_and_leaving_are_asked_for_once(): void
    {
        $this->site()->carriers();
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'settings']);
        $this->tooLate();
        $page = $admin->send($page, 'switch-reset');
        self::assertAsked($page, 'switch-reset');
        self::assertSame('on', self::value($page, 'reset'));
        $page = $admin->send($page, 'switch-reset', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('On', $page->one('//*[@class="tf-state"]')->textContent);
        $page = $admin->action('defaultadmin', ['tab' => 'leave']);
        $this->tooLate();
        $page = $admin->send($page, 'remove-everything', ['sure' => '1']);
        self::assertAsked($page, 'remove-everything');
        self::assertTrue($page->has('//input[@name="m1_sure"][@checked]'));
        self::assertTrue($admin->elsewhere()->givePassword()->has('//input[@name="twofactor_code"]'), 'nothing was removed');
        $admin->send($page, 'remove-everything', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertFalse($admin->elsewhere()->givePassword()->has('//input[@name="twofactor_code"]'));
    }

    /** @return array<string, array{string, array<string, string>}> */
    public static function changesOfOnesOwn(): array
    {
        return [
            'another number' => ['start-phone', ['number' => '01512 3456789', 'region' => 'DE', 'method' => 'voice']],
            'an address' => ['start-email', []],
            'another app' => ['start', []],
            'new codes' => ['regenerate', []],
            'the method asked for first' => ['primary', ['method' => 'email']],
            'another name' => ['rename', ['label' => 'Old phone']],
            'a method to remove' => ['remove', []],
        ];
    }

    /**
     * @dataProvider changesOfOnesOwn
     * @param array<string, string> $fields
     */
    public function test_a_change_of_one_s_own_is_filled_in_once(string $do, array $fields): void
    {
        $this->site()->carriers();
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $anna->stepUp();
        if ($do !== 'start-email') {
            $anna->enrolByEmail();
        }
        $fields += match ($do) {
            'remove' => $this->factorOf('2', 'email'),
            'rename' => $this->factorOf('2', 'totp'),
            default => [],
        };
        $page = $anna->action('preferences');
        self::assertFalse($page->has('//input[@name="m1_proof_code"]'));
        $this->tooLate();
        $outside = fn (): array => [$this->site()->audit('2'), count($anna->mailbox()->letters()), $this->site()->handset(self::NUMBER)->messages()];
        $before = $outside();
        $page = $anna->send($page, $do, $fields);
        self::assertAsked($page, $do, 'proof_code');
        $form = $page->form(".//input[@name='m1_do'][@value='$do']");
        foreach ($fields as $name => $typed) {
            self::assertSame($typed, $page->values($form)["m1_$name"] ?? null, $name);
        }
        self::assertCount(1, $page->all("//main//form[.//input[@name='m1_do']]"), 'nothing else is offered beside it, but a code');
        self::assertSame($before, $outside(), 'nothing was done');
        // A wrong code, and the form is there again.
        $page = $anna->send($page, $do, ['proof_method' => 'totp', 'proof_code' => $anna->phone->wrong()]);
        $form = $page->form(".//input[@name='m1_do'][@value='$do']");
        foreach ($fields as $name => $typed) {
            self::assertSame($typed, $page->values($form)["m1_$name"] ?? null, $name);
        }
        $page = $anna->send($page, $do, ['proof_method' => 'totp', 'proof_code' => $anna->phone->code()]);
        match ($do) {
            'start-phone' => self::assertSame('voice', $this->site()->handset(self::NUMBER)->last()['channel']),
            'start-email' => self::assertTrue($page->has('//input[@value="confirm-destination"]'), $page->text()),
            'start' => self::assertNotNull(Person::secretOn($page)),
            'regenerate' => self::assertCount(10, Person::codesOn($page)),
            'primary' => self::assertSame('email', $this->site()->asOperator(static fn ($verifier) => $verifier->account('2')->primary()?->value)),
            'rename' => self::assertStringContainsString('Old phone', $page->text()),
            'remove' => self::assertStringNotContainsString('a•••@example.org', $page->text()),
        };
    }

    public function test_a_number_that_is_refused_keeps_its_country_and_its_method(): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => '01512', 'region' => 'AT', 'method' => 'voice']);
        self::assertSame(['01512', 'AT', 'voice'], [self::value($page, 'number'), self::chosen($page, 'region'), self::chosen($page, 'method')]);
    }

    public function test_asking_for_a_code_loses_nothing_that_was_typed(): void
    {
        $this->site()->carriers();
        $this->enrolled('anna');
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrolByEmail();
        $this->vouchFor('admin');
        $code = fn (): array => ['method' => 'email', 'code' => $admin->mailbox()->code()];
        $wait = fn () => $this->site()->clock->advance(1800);

        $wait();
        $page = $admin->askForProof($admin->lookUp('anna'), 'unlock', 'email', ['reason' => 'she called']);
        self::assertStringContainsString('A code is on its way', $page->one('//*[@role="status"]')->textContent);
        self::assertSame('she called', self::value($page, 'reason'));
        $admin->send($page, 'unlock', $code());
        self::assertContains('account.unlocked', $this->site()->audit('2'));

        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        $wait();
        $page = $admin->send($page, 'provider-test', ['number' => self::NUMBER, 'way' => 'voice']);
        $page = $admin->askForProof($page, 'provider-test', 'email');
        self::assertSame([self::NUMBER, 'voice'], [self::value($page, 'number'), self::chosen($page, 'way')]);
        self::assertSame([], $this->site()->handset(self::NUMBER)->messages());
        $admin->send($page, 'provider-test', $code());
        self::assertCount(1, $this->site()->handset(self::NUMBER)->messages());

        $page = $admin->action('preferences');
        $wait();
        $page = $admin->send($page, 'start-phone', ['number' => self::NUMBER, 'method' => 'voice']);
        $page = $admin->askForProof($page, 'start-phone', 'email');
        self::assertStringContainsString('A code is on its way', $page->one('//*[@role="status"]')->textContent);
        self::assertSame([self::NUMBER, 'voice'], [self::value($page, 'number'), self::chosen($page, 'method')]);
        $admin->send($page, 'start-phone', ['proof_method' => 'email', 'proof_code' => $admin->mailbox()->code()]);
        self::assertCount(2, $this->site()->handset(self::NUMBER)->messages());
    }

    public function test_asking_for_a_code_saves_no_provider_and_keeps_its_form(): void
    {
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrolByEmail();
        $this->vouchFor('admin');
        $this->site()->clock->advance(1800);
        $page = $admin->change('provider-save', ['kind' => 'twilio-messaging'] + self::provider());
        self::assertAsked($page, 'provider-save');
        $page = $admin->askForProof($page, 'provider-save', 'email');
        self::assertSame(['mine', '120'], [self::value($page, 'name'), self::value($page, 'set_validity')]);
        self::assertStringContainsString('has to be typed once more', $page->text());
        $page = $admin->send($page, 'provider-save', ['set_secret' => self::SECRET, 'set_user' => self::provider()['set_user'],
            'method' => 'email', 'code' => $admin->mailbox()->code()]);
        self::assertStringContainsString('The provider was saved', $page->text());
        foreach ($this->site()->leftBehind() as $place => $content) {
            self::assertStringNotContainsString(self::SECRET, $content, $place);
        }
    }
}
