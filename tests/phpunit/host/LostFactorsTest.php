<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** A telephone that is lost, and everything that is: what its user and an administrator can do, and nobody else. */
final class LostFactorsTest extends HostTestCase
{
    private const ASKS = 'I have a code from an administrator';

    /** Issues a code on the page of a user, and finds it on what is shown. */
    private function issue(Person $admin, string $reason = 'she came by'): string
    {
        $admin->stepUp();
        $page = $admin->change('temporary-code', ['user' => '2', 'reason' => $reason]);
        $codes = Person::codesOn($page);
        self::assertCount(1, $codes, $page->text());
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertStringNotContainsString($codes[0], $page->url);
        return $codes[0];
    }

    /** Types a temporary code after the password. */
    private function type(Person $person, string $code, ?Page $page = null): Page
    {
        $page = $person->press($page ?? $person->givePassword(), 'use', 'temporary');
        return $person->answer($page, $code);
    }

    public function test_an_administrator_helps_somebody_who_lost_everything_to_a_new_factor(): void
    {
        $anna = $this->enrolled();
        $admin = $this->administrator();
        $lookUp = $admin->lookUp('anna');
        self::assertTrue($lookUp->has("//button[@value='temporary-code']"), $lookUp->text());
        self::assertStringContainsString('Please give a reason', $admin->change('temporary-code', ['user' => '2', 'reason' => ''])->text());
        $code = $this->issue($admin);
        // Nowhere but on that page: neither in a session nor in a log.
        foreach ($this->site()->leftBehind() as $path => $content) {
            self::assertStringNotContainsString($code, $content, $path);
        }
        $page = $anna->givePassword();
        self::assertStringContainsString(self::ASKS, $page->text(), 'whether or not one was issued');
        $page = $this->type($anna, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ', $page);
        self::assertStringContainsString('not accepted', $page->text());
        self::assertOut($anna);
        $page = $anna->answer($page, strtolower($code));
        self::assertStringContainsString('the code from the administrator were right', $page->text());
        self::assertOut($anna);
        foreach (['preferences', 'sessions'] as $action) {
            self::assertSame([], Person::codesOn($anna->action($action)));
            self::assertOut($anna);
        }
        [$lost, $codes] = [$anna->phone, $anna->codes];
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $form = $page->form('.//input[@name="twofactor_do"][@value="confirm"]');
        self::assertNotNull($form, $page->text());
        $page = $anna->browser->submit($page, $form, ['twofactor_code' => $anna->phone->code()]);
        self::assertIn($anna);
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes, $page->text());
        // The codes are shown once.
        $this->site()->clock->advance(30);
        $own = $anna->action('preferences');
        self::assertStringContainsString('Suspended: it is not accepted', $own->text());
        // What was lost is worth nothing, and neither is the code once more.
        $this->site()->clock->advance(30);
        $thief = $anna->elsewhere();
        $page = $thief->answer($thief->givePassword(), $lost->code());
        self::assertOut($thief);
        $page = $thief->answer($page, $codes[0], 'backup');
        $this->type($thief, $code, $page);
        self::assertOut($thief);
        $other = $anna->elsewhere();
        $other->signIn();
        self::assertIn($other);
        $events = $this->site()->audit('2');
        foreach (['temporary-code.issued', 'temporary-code.used', 'factor.suspended'] as $event) {
            self::assertContains($event, $events);
        }
        self::assertStringContainsString('she came by', $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->text());
    }

    public function test_whoever_leaves_the_set_up_is_not_signed_in_and_needs_another_code(): void
    {
        $anna = $this->enrolled();
        $code = $this->issue($this->administrator());
        $page = $this->type($anna, $code);
        self::assertNotNull(Person::secretOn($page));
        $anna->browser->get('/admin/index.php');
        self::assertOut($anna);
        $page = $anna->elsewhere()->givePassword();
        self::assertChallenged($page);
        $again = $anna->elsewhere();
        $page = $this->type($again, $code);
        self::assertStringContainsString('not accepted', $page->text());
        self::assertNull(Person::secretOn($page));
        // What there was before goes on.
        $again->answer($page, $anna->phone->code(), 'totp');
        self::assertIn($again);
    }

    public function test_who_guesses_temporary_codes_keeps_nobody_from_signing_in(): void
    {
        $anna = $this->enrolled();
        $code = $this->issue($this->administrator());
        $thief = $anna->elsewhere();
        for ($once = 0; $once < 3; $once++) {
            $page = $thief->press($thief->givePassword(), 'use', 'temporary');
            for ($wrong = 0; $wrong < 6 && Person::isChallenge($page); $wrong++) {
                $page = $thief->answer($page, sprintf('%04d-0000-0000-000%d', $wrong, $once));
                self::assertOut($thief);
            }
            self::assertFalse(Person::isChallenge($page), 'five end the sign-in: ' . $page->text());
        }
        self::assertNotNull(Person::secretOn($this->type($anna, $code)));
    }

    public function test_nobody_issues_a_code_to_themselves(): void
    {
        $admin = $this->administrator();
        self::assertFalse($admin->lookUp('admin')->has("//button[@value='temporary-code']"));
        $page = $admin->change('temporary-code', ['user' => '1', 'reason' => 'lost']);
        self::assertStringContainsString('cannot issue a code to yourself', $page->text());
        self::assertSame([], Person::codesOn($page));
        self::assertNotContains('temporary-code.issued', $this->site()->audit('1'));
    }

    public function test_who_lost_the_phone_signs_in_with_a_backup_code_and_suspends_it(): void
    {
        $anna = $this->enrolled();
        $elsewhere = $anna->elsewhere();
        $elsewhere->signIn();
        self::assertIn($elsewhere);
        $page = $anna->press($anna->givePassword(), 'use', 'lost');
        self::assertStringContainsString('are suspended with it', $page->text());
        // The app's code suspends nothing, and a wrong code neither.
        $this->site()->clock->advance(30);
        $page = $anna->answer($page, $anna->phone->code());
        self::assertOut($anna);
        $page = $anna->answer($page, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
        self::assertStringContainsString('are suspended with it', $page->text(), 'it is asked for once more');
        self::assertNotContains('factor.suspended', $this->site()->audit('2'));
        $page = $anna->answer($page, $anna->codes[0]);
        self::assertIn($anna);
        self::assertStringContainsString('nobody can sign in with them', $page->text(), $page->url);
        self::assertOut($elsewhere, 'the sign-in on the phone has ended');
        $this->site()->clock->advance(30);
        $thief = $anna->elsewhere();
        $page = $thief->givePassword();
        self::assertChallenged($page);
        self::assertFalse($page->has("//button[@name='twofactor_use'][@value='totp']"));
        $thief->answer($page, $anna->phone->code());
        self::assertOut($thief);
        // Once it is found again it is resumed by another code.
        $anna->stepUp($anna->codes[1]);
        $page = $anna->change('resume', $this->factorOf('2', 'totp'));
        self::assertStringContainsString('accepted again', $page->text());
        self::assertIn($anna);
        $thief->signIn();
        self::assertIn($thief);
    }

    public function test_a_factor_is_suspended_on_the_own_page_and_by_an_administrator(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        $anna->enrolByEmail();
        $page = $anna->change('suspend', $this->factorOf('2', 'email'));
        self::assertStringContainsString('not accepted any more', $page->text());
        self::assertIn($anna);
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertFalse($page->has("//button[@name='twofactor_use'][@value='email']"), 'nothing is sent there');
        $admin = $this->administrator();
        $admin->change('suspend-factor', $this->factorOf('2', 'totp') + ['user' => '2', 'reason' => 'stolen']);
        self::assertOut($anna);
        $page = $other->givePassword();
        self::assertChallenged($page);
        $this->site()->clock->advance(30);
        $other->answer($page, $anna->phone->code());
        self::assertOut($other);
        self::assertStringContainsString('Suspended', $admin->lookUp('anna')->text());
        $admin->stepUp();
        $admin->change('resume-factor', $this->factorOf('2', 'totp') + ['user' => '2', 'reason' => 'found']);
        $other->signIn();
        self::assertIn($other);
    }

    public function test_where_everything_is_suspended_the_password_alone_still_lets_nobody_in(): void
    {
        $anna = $this->enrolled();
        $admin = $this->administrator();
        foreach (['totp', 'backup'] as $method) {
            $id = $this->factorOf('2', $method)['factor'];
            $this->site()->asOperator(static fn ($verifier) => $verifier->suspendFactor('2', $id, 'the test', 'stolen'), ['clock' => $this->siteClock()]);
        }
        $page = $anna->givePassword();
        self::assertOut($anna);
        self::assertChallenged($page);
        self::assertStringContainsString('Please ask an administrator for a code', $page->text());
        $page = $anna->answer($page, $anna->codes[0]);
        self::assertOut($anna);
        $page = $anna->answer($page, $this->issue($admin));
        self::assertNotNull(Person::secretOn($page), $page->text());
        self::assertOut($anna);
    }
}
