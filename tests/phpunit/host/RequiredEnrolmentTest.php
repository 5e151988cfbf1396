<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** A sign-in that ends with a set-up: where nothing is enrolled at once, and where something is after its proof. */
final class RequiredEnrolmentTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const SITE = 'Test host';

    public function test_who_has_nothing_sets_an_app_up_before_the_sign_in_ends(): void
    {
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($anna);
        $this->assertNothingIsOpen($anna);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $secret = Person::secretOn($page);
        foreach (['', $anna->phone->wrong(), 'x'] as $wrong) {
            $page = $this->confirm($anna, $page, $wrong);
            self::assertSame($secret, Person::secretOn($page), 'the same set-up, and not another one');
            self::assertOut($anna);
        }
        $page = $this->confirm($anna, $page, $anna->phone->code());
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertIn($anna);
        $this->site()->clock->advance(30);
        self::assertSame([], Person::codesOn($anna->action('preferences')), 'they are shown once');
        $other = $anna->elsewhere();
        $other->signIn();
        self::assertIn($other);
    }

    public function test_who_has_a_factor_proves_it_first_and_the_new_one_takes_its_place(): void
    {
        $anna = $this->enrolled();
        $this->require('2');
        [$old, $codes] = [$anna->phone, $anna->codes];
        $page = $anna->givePassword();
        self::assertTrue(Person::isChallenge($page));
        self::assertNull(Person::secretOn($page), 'the password alone shows no set-up');
        $page = $anna->answer($page, $old->code());
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($anna);
        $this->assertNothingIsOpen($anna);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $this->confirm($anna, $page, $anna->phone->code());
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertIn($anna);
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $old->code());
        self::assertOut($other);
        $other->answer($other->givePassword(), $codes[0], 'backup');
        self::assertOut($other);
        $other->signIn();
        self::assertIn($other);
    }

    /** @return array<string, array{string, array<string, string>}> */
    public static function endings(): array
    {
        return [
            'those of this user' => ['end-user-sessions', ['user' => '2', 'reason' => 'stolen']],
            'those of everybody' => ['end-everybody', ['reason' => 'stolen']],
        ];
    }

    /**
     * @dataProvider endings
     * @param array<string, string> $fields
     */
    public function test_who_has_proven_the_old_factor_sets_nothing_up_once_an_administrator_has_ended_the_sign_ins(string $do, array $fields): void
    {
        $anna = $this->enrolled();
        $this->require('2');
        $admin = $this->administrator();
        $thief = $anna->elsewhere();
        $page = $thief->answer($thief->givePassword(), $anna->phone->code());
        self::assertNotNull(Person::secretOn($page));
        self::assertStringContainsString('sign-ins have ended', $admin->change($do, $fields)->text());
        $factors = array_count_values($this->site()->audit('2'))['factor.enrolled'];
        for ($once = 0; $once < 2 && Person::secretOn($page) !== null; $once++) {
            $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
            $page = $this->confirm($thief, $page, $phone->code());
            self::assertOut($thief);
        }
        self::assertSame($factors, array_count_values($this->site()->audit('2'))['factor.enrolled']);
        self::assertChallenged($thief->givePassword());
    }

    /** @return array<string, array{string}> */
    public static function ways(): array
    {
        return ['SMS' => ['sms'], 'a call' => ['voice'], 'WhatsApp' => ['whatsapp'], 'e-mail' => ['email']];
    }

    /** @dataProvider ways */
    public function test_what_else_the_site_offers_is_set_up_there_too_and_the_codes_are_printed_or_downloaded(string $way): void
    {
        $this->site()->carriers();
        $this->require('2');
        $anna = $this->person('anna');
        $page = $this->begin($anna, $anna->givePassword(), $way);
        self::assertStringContainsString('A code is on its way', $page->text());
        self::assertStringNotContainsString(str_replace(' ', '', self::NUMBER), $page->body, 'as far as it may be shown');
        self::assertOut($anna);
        $this->assertNothingIsOpen($anna);
        foreach (['', '000000'] as $wrong) {
            $page = $this->confirm($anna, $page, $wrong);
            self::assertOut($anna);
        }
        $page = $this->confirm($anna, $page, $this->codeOf($anna, $way));
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        $sheet = $page->one('//section[contains(@class, "tf-print")]')->textContent;
        foreach (['Your backup codes', self::SITE . ', anna, ' . date('Y-m-d', $this->site()->clock->now()), $anna->codes[9]] as $part) {
            self::assertStringContainsString($part, $sheet, 'it is on what is printed');
        }
        $file = $anna->send($page, 'download');
        self::assertStringContainsString('backup-codes.txt', implode(',', $file->headers('Content-Disposition')));
        self::assertStringContainsString(self::SITE . ', anna, ', $file->body);
        self::assertStringContainsString($anna->codes[9], $file->body);
        self::assertIn($anna);
        $this->site()->clock->advance(120);
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertOut($other);
        $other->answer($page, $this->codeOf($anna, $way));
        self::assertIn($other);
    }

    public function test_a_number_takes_the_place_of_the_app_once_that_was_proven_and_not_before(): void
    {
        $this->site()->carriers();
        $anna = $this->enrolled();
        $this->require('2');
        $page = $anna->givePassword();
        // What the set-up's forms would send, before the old factor was proven.
        $fields = $page->values(Person::challengeForm($page));
        foreach (['start-phone', 'start-email', 'send-again', 'confirm', 'confirm-destination'] as $do) {
            $asked = ['twofactor_do' => $do, 'twofactor_other' => '1', 'twofactor_number' => self::NUMBER, 'twofactor_method' => 'sms', 'twofactor_code' => '000000'] + $fields;
            $page = $anna->browser->post('/admin/login.php', $asked);
            self::assertNull(Person::secretOn($page), $do);
            self::assertStringNotContainsString('Set up your second factor', $page->text(), $do);
            $this->site()->clock->advance(3700);
            $page = $anna->givePassword();
            $fields = $page->values(Person::challengeForm($page));
        }
        self::assertSame([], $this->site()->handset(self::NUMBER)->messages());
        self::assertSame([], $anna->mailbox()->codes());
        $page = $anna->answer($page, $anna->phone->code());
        self::assertStringContainsString('The password alone does not lead here', $page->text());
        $page = $this->begin($anna, $page, 'sms');
        $this->assertNothingIsOpen($anna);
        $page = $this->confirm($anna, $page, $this->codeOf($anna, 'sms'));
        self::assertCount(10, Person::codesOn($page));
        self::assertIn($anna);
        $this->site()->clock->advance(120);
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertFalse($page->has("//button[@name='twofactor_use'][@value='totp']"), 'the app is gone');
        $other->answer($page, $this->codeOf($anna, 'sms'));
        self::assertIn($other);
    }

    public function test_another_way_is_chosen_a_number_that_is_wrong_is_shown_again_and_a_page_may_be_sent_twice(): void
    {
        $this->site()->carriers();
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        self::assertStringContainsString('your password is all that protects your account', $page->text());
        $page = $this->begin($anna, $page, 'sms', '+49 30 1');
        self::assertStringContainsString('not a valid telephone number', $page->text());
        $number = $page->one('//input[@name="twofactor_number"]');
        self::assertSame('+49 30 1', $number->getAttribute('value'));
        self::assertSame(['tf-problem', 'true'], [$number->getAttribute('aria-describedby'), $number->getAttribute('aria-invalid')]);
        self::assertTrue($number->hasAttribute('autofocus'));
        self::assertTrue($page->has('//form[.//input[@name="twofactor_number"]]//*[@role="alert"][@id="tf-problem"]'), 'it is said at the number');
        self::assertCount(1, $page->all('//*[@role="alert"]'));
        self::assertFalse($page->has('//input[@name="twofactor_code"][@aria-invalid or @autofocus]'), 'nothing is wrong with the code');
        $first = $page;
        $page = $this->begin($anna, $page, 'voice');
        // From the page before, while that number waits for its code: each says what is wrong where it was typed.
        $wrong = $this->begin($anna, $first, 'sms', '+49 30 1');
        self::assertSame('+49 30 1', $wrong->one('//input[@name="twofactor_number"]')->getAttribute('value'));
        $wrong = $anna->browser->submit($first, $first->form('.//input[@name="twofactor_do"][@value="confirm"]'), ['twofactor_code' => '000000']);
        self::assertStringContainsString('That code does not fit', $wrong->text());
        self::assertNotNull(Person::secretOn($wrong));
        $again = $this->press($anna, $page, 'send-again');
        self::assertStringContainsString('The next code can be sent in', $again->text());
        self::assertCount(1, $this->site()->handset(self::NUMBER)->messages());
        $page = $anna->browser->submit($again, $again->form('.//button[@name="twofactor_other"]'), ['twofactor_other' => '1']);
        self::assertNotNull(Person::secretOn($page));
        $page = $this->begin($anna, $page, 'email');
        $page = $this->confirm($anna, $page, $this->codeOf($anna, 'email'));
        self::assertCount(10, Person::codesOn($page));
        self::assertIn($anna);
    }

    public function test_only_what_the_site_offers_is_shown_and_a_set_up_is_nobody_else_s(): void
    {
        $this->site()->carriers([]);
        $this->require('2');
        $this->require('3');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        self::assertFalse($page->has('//input[@name="twofactor_number"]'));
        $page = $this->begin($anna, $page, 'email');
        $code = $this->codeOf($anna, 'email');
        $bert = $this->person('bert');
        $theirs = $bert->givePassword();
        $fields = $theirs->values(Person::challengeForm($theirs));
        $bert->browser->post('/admin/login.php', ['twofactor_do' => 'confirm-destination', 'twofactor_code' => $code] + $fields);
        self::assertOut($bert);
        // The same browser, somebody else's sign-in: what was begun is not theirs.
        $anna->browser->post('/admin/login.php', ['twofactor_cancel' => '1'] + $page->values(Person::challengeForm($page)));
        $page = $this->site()->signIn('bert', null, $anna->browser);
        self::assertNotNull(Person::secretOn($page));
        $fields = $page->values(Person::challengeForm($page));
        $anna->browser->post('/admin/login.php', ['twofactor_do' => 'confirm-destination', 'twofactor_code' => $code] + $fields);
        self::assertOut($anna);
    }

    public function test_where_another_module_leads_elsewhere_a_bar_leads_to_the_codes_until_they_are_shown_or_signed_out(): void
    {
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('witness_redirects', '1')");
        foreach (['anna' => '2', 'bert' => '3'] as $name => $id) {
            $this->require($id);
            $person = $this->person($name);
            $page = $person->givePassword();
            $person->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
            $page = $this->confirm($person, $page, $person->phone->code());
            self::assertStringContainsString('/index.php', $page->url);
            self::assertSame($name, Person::signedInName($page));
            self::assertSame([], Person::codesOn($page));
            foreach ([$page, $person->page('/admin/myaccount.php')] as $any) {
                self::assertStringContainsString('have not been shown yet', $any->text());
            }
            if ($name === 'bert') {
                $person->signOut();
                $this->site()->clock->advance(30);
                $person->signIn();
                self::assertIn($person);
            }
            $page = $person->action('preferences');
            self::assertCount($name === 'anna' ? 10 : 0, Person::codesOn($page));
            self::assertStringNotContainsString('have not been shown yet', $page->text());
            self::assertStringNotContainsString('have not been shown yet', $person->page('/admin/myaccount.php')->text());
        }
    }

    public function test_the_codes_page_leads_on_to_where_the_sign_in_was_asked_for(): void
    {
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $file = $this->site()->folder . '/sessions/sess_' . implode(preg_grep('/^[0-9a-z]{20,}$/', $anna->browser->cookies));
        file_put_contents($file, 'login_redirect_to|' . serialize('/admin/myaccount.php?a=1') . file_get_contents($file));
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $this->confirm($anna, $page, $phone->code());
        foreach ([$page, $anna->action('preferences')] as $shown) {
            self::assertCount(10, Person::codesOn($shown));
            $on = $shown->one("//a[contains(., 'I have kept them')]")->getAttribute('href');
            self::assertStringContainsString('/admin/myaccount.php?a=1', $on);
        }
        self::assertSame('anna', Person::signedInName($anna->browser->get($shown->resolve($on))));
    }

    public function test_backup_codes_are_shown_once_confirmed_also_where_php_ini_wants_them_with_the_set_up(): void
    {
        $this->site()->start(['twofactor.codes_shown' => 'setup']);
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        self::assertCount(10, Person::codesOn($this->confirm($anna, $page, $phone->code())));
        $bert = $this->person('bert');
        $bert->givePassword();
        $bert->enrol();
        $bert->signOut();
        $bert = $bert->elsewhere();
        $bert->answer($bert->givePassword(), $bert->codes[9], 'backup');
        self::assertIn($bert);
    }

    public function test_the_last_recovery_code_proves_and_switches_nothing_off_before_the_new_factor_is_confirmed(): void
    {
        $this->site()->start(['twofactor.secrets' => 'derived']);
        $anna = $this->enrolled();
        $this->require('2');
        $last = end($anna->codes);
        $page = $anna->answer($anna->givePassword(), $last, 'recovery');
        self::assertStringContainsString('The password alone does not lead here', $page->text());
        self::assertOut($anna);
        // The set-up is left.
        $thief = $this->person('anna');
        $page = $thief->givePassword();
        self::assertNull(Person::secretOn($page), 'the password alone shows no set-up');
        self::assertOut($thief);
        $other = $anna->elsewhere();
        $page = $other->answer($other->givePassword(), $last, 'recovery');
        $other->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $other->codes = Person::codesOn($this->confirm($other, $page, $other->phone->code()));
        self::assertCount(count($anna->codes), $other->codes);
        self::assertNotContains($last, $other->codes);
        self::assertIn($other);
        $anna->answer($anna->givePassword(), $last, 'recovery');
        self::assertOut($anna);
    }

    public function test_other_modules_hear_of_one_success_and_of_no_failure(): void
    {
        $anna = $this->enrolled();
        $this->require('2');
        $page = $anna->answer($anna->givePassword(), $anna->phone->code());
        $heard = fn () => array_values(preg_grep('/^TwoFactor::After/', array_column($this->site()->heard(), 'hook')));
        self::assertSame([], $heard(), 'the sign-in has not ended');
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $this->confirm($anna, $page, $phone->code());
        self::assertSame(['TwoFactor::AfterVerificationSuccess'], $heard());
        self::assertStringContainsString('login', json_encode($this->site()->heard()));
    }

    public function test_it_can_be_cancelled_and_another_browser_cannot_go_on_with_it(): void
    {
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $thief = $this->person('anna');
        $fields = $page->values(Person::challengeForm($page));
        $thief->browser->post('/admin/login.php', ['twofactor_code' => $phone->code()] + $fields);
        self::assertOut($thief);
        $page = $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_cancel' => '1']);
        self::assertNull(Person::secretOn($page));
        self::assertOut($anna);
        $anna->browser->post('/admin/login.php', ['twofactor_code' => $phone->code()] + $fields);
        self::assertOut($anna);
    }

    public function test_the_server_s_command_line_requires_it_of_one_or_of_everybody_and_takes_it_back(): void
    {
        $anna = $this->enrolled();
        foreach ([['require'], ['require', 'anna'], ['require', 'nobody', 'why'], ['require', 'anna', 'why', 'soon'], ['waive', 'anna', '']] as $wrong) {
            self::assertSame(2, $this->operator(...$wrong)[0]);
        }
        [$status, $said] = $this->operator('require', 'everybody', 'a new policy', '7');
        self::assertSame(0, $status, $said);
        self::assertStringContainsString('everybody who has a second factor (1)', $said);
        $anna->signIn();
        self::assertIn($anna, 'there is time');
        self::assertStringContainsString('is required of you', $anna->action('preferences')->text());
        $this->operator('waive', 'everybody', 'not yet');
        self::assertStringNotContainsString('is required of you', $anna->action('preferences')->text());
        $this->operator('require', 'anna', 'phone lost');
        $other = $anna->elsewhere();
        $this->site()->clock->advance(30);
        $page = $other->answer($other->givePassword(), $anna->phone->code());
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($other);
    }

    public function test_on_a_large_site_a_page_counts_so_many_accounts_and_the_next_one_goes_on(): void
    {
        $this->enrolled();
        $admin = $this->administrator();
        // Ids are in the order of their signs: both who have a factor come before all of these.
        $this->site()->asOperator(static function ($verifier): void {
            for ($n = 0; $n < 5100; $n++) {
                $verifier->unlock('u' . $n, by: 'root', reason: 'to make one');
            }
        });
        $page = $admin->action('defaultadmin', ['tab' => 'enrolment']);
        self::assertStringContainsString('Users it would concern now: 2', $page->text());
        self::assertStringContainsString('Counted among the first 5000 accounts so far; there are more.', $page->text());
        self::assertStringNotContainsString('whom this does not concern', $page->text(), 'that is known at the end');
        $next = static fn (Page $page) => $admin->browser->get($page->resolve($page->one("//a[.='Count on']")->getAttribute('href')));
        $page = $next($page);
        self::assertStringContainsString('Users it would concern now: 2', $page->text());
        self::assertStringNotContainsString('there are more', $page->text());
        self::assertStringContainsString('whom this does not concern: 1.', $page->text());
        // What is required begins to count anew, and what was counted counts for its session alone.
        $page = $admin->send($page, 'require-everybody', ['reason' => 'a leak']);
        self::assertStringContainsString('not done so yet: 2 of 2', $page->text());
        self::assertStringContainsString('Counted among the first 5000 accounts so far', $page->text());
        self::assertStringNotContainsString('Counted among the first 5000 accounts', $next($page)->text());
    }

    public function test_administrators_require_it_of_everybody_see_whom_it_concerns_and_take_it_back(): void
    {
        $this->site()->carriers();
        $anna = $this->enrolled();
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin');
        $page = $admin->browser->get($page->resolve($page->one("//main//a[contains(., 'New second factors for everybody')]")->getAttribute('href')));
        self::assertStringContainsString('Users it would concern now: 2', $page->text());
        self::assertStringContainsString('whom this does not concern: 1.', $page->text());
        self::assertStringNotContainsString('does so again', $this->asked($page), 'there was no last time');
        $day = date('Y-m-d', $this->site()->clock->now() + 10 * 86_400);
        foreach (['' => 'reason', '2020-02-31' => 'a day from tomorrow on', date('Y-m-d') => 'a day from tomorrow on', '2099-01-01' => 'a day from tomorrow on'] as $wrong => $says) {
            $again = $admin->send($page, 'require-everybody', ['until' => $wrong, 'reason' => $wrong === '' ? ' ' : 'a leak']);
            self::assertStringContainsString($says, $again->text(), $wrong);
            self::assertSame($wrong, $again->one("//input[@name='m1_until']")->getAttribute('value'));
        }
        $page = $admin->send($page, 'require-everybody', ['until' => $day, 'reason' => 'a leak']);
        self::assertStringContainsString('It is required of everybody', $page->text());
        self::assertStringContainsString('Everybody who has a second factor has to', $page->text());
        self::assertStringContainsString('does so again', $this->asked($page));
        self::assertStringContainsString('Required by admin on', $page->text());
        self::assertStringContainsString('not done so yet: 2 of 2', $page->text());
        self::assertStringContainsString('whom this does not concern: 1. Whoever runs the server can require one of any of them, by name', $page->text());
        $page = $admin->action('defaultadmin');
        self::assertStringContainsString(': a leak', $page->text());
        self::assertCount(2, $page->all("//td//*[contains(., 'new set-up, due')]"), 'whoever it concerns');
        self::assertStringContainsString('new set-up, due', $admin->lookUp('anna')->text());
        self::assertMatchesRegularExpression('/Everybody Setting up a second factor required – admin: a leak/', $admin->action('defaultadmin', ['tab' => 'audit'])->text());

        $anna->signIn();
        self::assertIn($anna, 'there is time');
        $page = $anna->action('preferences');
        self::assertStringContainsString(' UTC on you cannot finish signing in without it. You need not do anything now', $page->text());
        self::assertDoesNotMatchRegularExpression('/from [^.]*\d:\d\d:\d\d/', $page->one("//*[contains(@class, 'tf-careful')]")->textContent, 'to the minute');
        $this->site()->clock->advance(11 * 86_400);
        $other = $anna->elsewhere();
        $page = $other->answer($other->givePassword(), $anna->phone->code());
        self::assertOut($other);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $this->confirm($other, $page, $anna->phone->code());
        self::assertIn($other);
        self::assertStringNotContainsString('is required of you', $other->action('preferences')->text());
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertIn($bert, 'who has no factor is not concerned');

        $admin->signIn();
        $page = $admin->action('defaultadmin', ['tab' => 'enrolment']);
        self::assertNull(Person::signedInName($page), 'nor does the administrator get past it');
        [$status, $said] = $this->operator('waive', 'everybody', 'enough');
        self::assertSame(0, $status, $said);
        $admin = $admin->elsewhere();
        $this->site()->clock->advance(30);
        $admin->signIn();
        self::assertIn($admin);
        $this->site()->clock->advance(30);
        $admin->stepUp();
        $page = $admin->action('defaultadmin', ['tab' => 'enrolment']);
        $page = $admin->send($page, 'require-everybody', ['reason' => 'once more']);
        self::assertStringContainsString('not done so yet: 2 of 2', $page->text());
        $page = $admin->send($page, 'require-everybody', ['reason' => 'a mistake', 'do' => 'waive-everybody']);
        self::assertStringContainsString('Taken back', $page->text());
        self::assertStringContainsString('Users it would concern now: 2', $page->text());
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->signIn();
        self::assertIn($other);
    }

    public function test_three_wrong_codes_spend_the_one_that_was_sent_and_the_page_says_so(): void
    {
        $this->site()->carriers();
        $this->require('2');
        $anna = $this->person('anna');
        $page = $this->begin($anna, $anna->givePassword(), 'sms');
        $code = $this->codeOf($anna, 'sms');
        foreach ([1, 2] as $ignored) {
            $page = $this->confirm($anna, $page, $code === '000000' ? '000001' : '000000');
            self::assertStringContainsString('That code does not fit', $page->text());
            self::assertStringContainsString('It is good until', $page->text());
        }
        foreach ([$code === '000000' ? '000001' : '000000', $code] as $late) {
            $page = $this->confirm($anna, $page, $late);
            self::assertStringContainsString('This code can no longer be used', $page->text());
            self::assertStringNotContainsString('good until', $page->text());
        }
        self::assertOut($anna);
        $this->site()->clock->advance(61);
        $page = $this->press($anna, $page, 'send-again');
        self::assertStringContainsString('It is good until', $page->text());
        self::assertStringNotContainsString('no longer', $page->text());
        $this->confirm($anna, $page, $this->codeOf($anna, 'sms'));
        self::assertIn($anna);
    }

    public function test_an_app_of_a_required_set_up_is_called_as_one_of_the_preferences_in_the_language_of_its_user(): void
    {
        $this->require('2');
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', 'de_DE')");
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $this->confirm($anna, $page, $anna->phone->code());
        self::assertIn($anna);
        $names = static fn ($verifier) => array_map(static fn ($factor) => $factor->label(), $verifier->account('2')->factors());
        self::assertContains('Authenticator-App', $this->site()->asOperator($names, ['clock' => $this->siteClock()]));
    }

    /** @return array<string, array{string}> */
    public static function secrets(): array
    {
        return ['sealed' => ['sealed'], 'derived' => ['derived']];
    }

    /** @dataProvider secrets */
    public function test_before_it_is_due_all_is_replaced_at_once_under_my_preferences(string $secrets): void
    {
        $this->site()->start(['twofactor.secrets' => $secrets]);
        $anna = $this->enrolled();
        $this->operator('require', 'anna', 'a leak', '7');
        $old = $anna->phone;
        $anna->signIn();
        $page = $anna->action('preferences');
        self::assertStringContainsString('You need not do anything now', $page->text());
        $page = $anna->send($page, 'rotate');
        self::assertNull(Person::secretOn($page), 'not without a proof');
        $this->site()->clock->advance(30);
        $page = $anna->send($page, 'rotate', ['proof_method' => 'totp', 'proof_code' => $old->code()]);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        self::assertCount(10, Person::codesOn($page));
        self::assertStringNotContainsString('is required of you', $anna->action('preferences')->text(), 'it is done');
        $this->site()->clock->advance(8 * 86_400);
        $other = $anna->elsewhere();
        $other->signIn();
        self::assertIn($other);
    }

    public function test_or_step_by_step_and_each_time_it_is_said_what_is_missing(): void
    {
        $anna = $this->enrolled();
        $this->site()->clock->advance(60);
        $this->require('2', $this->site()->clock->now() + 7 * 86_400);
        $anna->signIn();
        $this->site()->clock->advance(30);
        self::assertStringContainsString('it is done once you have set up an app, a number or your address anew', $anna->stepUp()->text());
        $former = $this->factorOf('2', 'totp');
        $page = $anna->send($anna->action('preferences'), 'start', ['label' => 'New phone']);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        $said = 'Before it is done: Remove these apps, which are from before: Authenticator app. Make new codes: yours are from before.';
        self::assertStringContainsString($said, $page->text());
        $this->site()->clock->advance(30);
        $anna->stepUp();
        $page = $anna->change('remove', $former);
        self::assertStringContainsString('Before it is done: Make new codes: yours are from before.', $page->text());
        $this->site()->clock->advance(30);
        $anna->stepUp();
        $anna->change('regenerate');
        self::assertStringNotContainsString('is required of you', $anna->action('preferences')->text());
    }

    public function test_once_it_is_due_the_preferences_speak_of_the_next_sign_in(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $this->operator('require', 'anna', 'a leak');
        $text = $anna->action('preferences')->text();
        self::assertStringContainsString('you cannot finish your next sign-in without it. You are led through it there', $text);
        self::assertStringNotContainsString('ntil then', $text);
    }

    public function test_who_removes_the_last_factor_is_told_that_a_requirement_by_name_goes_on(): void
    {
        foreach ([['anna', 'Your password alone signs you in, but a second factor is required of you: from'], ['everybody', 'Removed. Your password alone signs you in. ']] as [$whom, $said]) {
            $anna = $this->enrolled();
            $this->operator('require', $whom, 'a leak', '7');
            $anna->signIn();
            $this->site()->clock->advance(30);
            $anna->stepUp();
            self::assertStringContainsString($said, $anna->change('remove', $this->factorOf('2', 'totp'))->text());
            $this->operator('waive', $whom, 'enough');
            $anna->signOut();
        }
    }

    /** What a browser asks before it is required. */
    private function asked(Page $page): string
    {
        return $page->one("//button[@data-confirm][contains(@class, 'tf-danger')]")->getAttribute('data-confirm');
    }

    /** @return array{int, string} status, and what it said */
    private function operator(string ...$arguments): array
    {
        $site = $this->site();
        $command = [PHP_BINARY, '-d', 'extension=' . Site::extension()];
        foreach ($site->ini() as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        array_push($command, $site->root() . '/modules/TwoFactor/operator.php', ...$arguments);
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
        return [$status, implode("\n", $lines)];
    }

    private function begin(Person $person, Page $page, string $way, string $number = self::NUMBER): Page
    {
        return $way === 'email'
            ? $this->press($person, $page, 'start-email')
            : $this->press($person, $page, 'start-phone', ['twofactor_number' => $number, 'twofactor_method' => $way]);
    }

    /** @param array<string, string> $fields */
    private function press(Person $person, Page $page, string $do, array $fields = []): Page
    {
        $form = $page->form(".//input[@name='twofactor_do'][@value='$do']") ?? throw new \RuntimeException("no form to $do: {$page->text()}");
        return $person->browser->submit($page, $form, $fields);
    }

    private function codeOf(Person $person, string $way): string
    {
        return $way === 'email' ? $person->mailbox()->code() : $this->site()->handset(self::NUMBER)->code();
    }

    private function confirm(Person $person, Page $page, string $code): Page
    {
        $form = Person::challengeForm($page) ?? throw new \RuntimeException('no set-up here: ' . $page->text());
        return $person->browser->submit($page, $form, ['twofactor_code' => $code]);
    }

    private function assertNothingIsOpen(Person $person): void
    {
        foreach (['/admin/index.php', '/admin/listusers.php'] as $path) {
            self::assertNull(Person::signedInName($person->browser->get($path)), $path);
        }
        self::assertNull(Person::secretOn($person->action('preferences')));
    }
}
