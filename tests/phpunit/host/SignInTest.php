<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Signing in with a second factor, as people do it. */
final class SignInTest extends HostTestCase
{
    public function test_a_user_without_a_factor_signs_in_with_the_password(): void
    {
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertIn($bert);
    }

    public function test_a_person_enrols_signs_out_and_signs_in_with_a_code(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertStringContainsString('/admin/login.php', $page->url);
        self::assertOut($anna);
        $page = $anna->givePassword();
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_a_wrong_code_does_not_sign_in(): void
    {
        $anna = $this->enrolled();
        $page = $anna->answer($anna->givePassword(), $anna->phone->wrong());
        self::assertChallenged($page);
        self::assertTrue($page->has('//*[@role="alert"]'));
        self::assertOut($anna);
    }

    public function test_a_right_code_after_a_wrong_one_signs_in(): void
    {
        $anna = $this->enrolled();
        $page = $anna->answer($anna->givePassword(), $anna->phone->wrong());
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_whose_phone_is_minutes_off_signs_in_with_two_codes_in_a_row_and_then_with_one(): void
    {
        $anna = $this->enrolled();
        $this->site()->clock->advance(600);
        $page = $anna->answer($anna->givePassword(), $anna->phone->off(-6));
        self::assertChallenged($page);
        self::assertOut($anna);
        $this->site()->clock->advance(30);
        $anna->answer($page, $anna->phone->off(-6));
        self::assertIn($anna);
        self::assertStringContainsString('about 3 minutes slow', $anna->action('preferences')->text());
        $other = $anna->elsewhere();
        $this->site()->clock->advance(60);
        $other->answer($other->givePassword(), $anna->phone->off(-6));
        self::assertIn($other);
        $admin = $this->administrator();
        self::assertStringContainsString('Clock of the app learnt', $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->text());
    }

    public function test_a_wrong_password_never_leads_to_the_second_factor(): void
    {
        $anna = $this->enrolled();
        self::assertFalse(Person::isChallenge($anna->givePassword('wrong')));
        self::assertOut($anna);
    }

    public function test_a_code_is_accepted_once(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertIn($anna);
        $thief = $anna->elsewhere();
        $page = $thief->answer($thief->givePassword(), $anna->phone->again());
        self::assertChallenged($page);
        self::assertOut($thief);
    }

    public function test_guessing_is_locked_out_and_a_right_code_does_not_help_then(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $anna->phone->wrong(), 'totp');
        }
        self::assertMatchesRegularExpression('/minute|second/', $page->text(), 'the page says how long');
        $anna->answer($page, $anna->phone->code(), 'totp');
        self::assertOut($anna);
        $anna->answer($anna->givePassword(), $anna->phone->again(), 'totp');
        self::assertOut($anna, 'a new login has the same lock');
    }

    public function test_a_backup_code_signs_in_while_the_app_is_locked(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $anna->phone->wrong(), 'totp');
        }
        $anna->answer($page, strtolower(str_replace('-', ' ', $anna->codes[0])), 'backup');
        self::assertIn($anna);
    }

    public function test_a_backup_code_works_once(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[3], 'backup');
        self::assertIn($anna);
        $thief = $anna->elsewhere();
        $thief->answer($thief->givePassword(), $anna->codes[3], 'backup');
        self::assertOut($thief);
        $thief->answer($thief->givePassword(), $anna->codes[4], 'backup');
        self::assertIn($thief);
    }

    public function test_an_administrator_ends_a_lock_with_a_reason(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $anna->phone->wrong(), 'totp');
        }
        $admin = $this->administrator();
        $page = $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'lost her way']);
        $anna->answer($anna->givePassword(), $anna->phone->code(), 'totp');
        self::assertIn($anna);
        self::assertStringContainsString('lost her way', $admin->action('defaultadmin', ['tab' => 'audit'])->text());
    }

    public function test_an_administrator_without_a_reason_ends_no_lock(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $anna->phone->wrong(), 'totp');
        }
        $admin = $this->administrator();
        $admin->change('unlock', ['user' => '2', 'reason' => '  ']);
        $anna->answer($anna->givePassword(), $anna->phone->code(), 'totp');
        self::assertOut($anna);
    }

    public function test_an_administrator_resets_a_lost_factor_and_the_sign_ins_of_that_user_end(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->administrator();
        $admin->change('reset', ['user' => '2', 'reason' => 'phone in the lake']);
        self::assertOut($anna);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_the_challenge_has_one_field_made_for_codes_and_is_never_stored(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $field = $page->one('//input[@name="twofactor_code"]');
        self::assertSame('one-time-code', $field->getAttribute('autocomplete'));
        self::assertSame('numeric', $field->getAttribute('inputmode'));
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertTrue($page->has('//label[@for="' . $field->getAttribute('id') . '"]'));
        self::assertFalse($page->has('//*[starts-with(@src, "data:")]'));
    }

    public function test_the_challenge_speaks_german_to_a_german_browser(): void
    {
        $anna = $this->enrolled();
        $english = $anna->givePassword()->text();
        $anna->browser->language = 'de-DE,de;q=0.9';
        $page = $anna->givePassword();
        self::assertSame('de', $page->one('//html')->getAttribute('lang'));
        self::assertNotSame($english, $page->text());
        self::assertStringNotContainsString('Missing Languagestring', $page->text());
    }

    public function test_cancelling_forgets_that_the_password_was_right(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $kept = Person::challengeForm($page);
        $anna->browser->submit($page, $kept, [], 'twofactor_cancel');
        $anna->browser->submit($page, $kept, ['twofactor_code' => $anna->phone->code()]);
        self::assertOut($anna);
    }

    public function test_another_site_cancels_nobody_s_sign_in(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        foreach ([[], ['twofactor_token' => ''], ['twofactor_token' => str_repeat('0', 32)]] as $forged) {
            $answer = $anna->browser->post('/admin/login.php', ['twofactor' => 'answer', 'twofactor_cancel' => '1'] + $forged);
            self::assertChallenged($answer);
        }
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code()]);
        self::assertIn($anna);
    }

    public function test_cancelling_twice_leads_to_the_login_page(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        foreach (['once', 'twice'] as $time) {
            $login = $anna->browser->submit($page, Person::challengeForm($page), [], 'twofactor_cancel');
            self::assertTrue($login->has('//input[@name="username"]'), $time);
        }
    }

    public function test_the_page_that_was_asked_for_comes_after_the_code(): void
    {
        // The CMS remembers the page of somebody who is signed in and whose address lacks the key.
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertStringContainsString('/admin/login.php', $anna->browser->get('/admin/myaccount.php')->url);
        $page = $anna->signIn();
        self::assertStringContainsString('/admin/myaccount.php', $page->url);
        self::assertSame('anna', Person::signedInName($page));
    }

    public function test_the_homepage_of_choice_comes_after_the_code(): void
    {
        $anna = $this->enrolled();
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'homepage', 'myaccount.php?[SECURITYTAG]')");
        $page = $anna->signIn();
        self::assertStringContainsString('/admin/myaccount.php', $page->url);
        self::assertSame('anna', Person::signedInName($page));
    }

    public function test_other_modules_hear_of_the_login_when_it_is_one_and_not_before(): void
    {
        $anna = $this->enrolled();
        $before = count($this->site()->heard());
        $page = $anna->givePassword();
        $hooks = array_column(array_slice($this->site()->heard(), $before), 'hook');
        self::assertContains('Core::LoginPre', $hooks);
        self::assertNotContains('Core::LoginPost', $hooks);
        self::assertNotContains('Core::LoginVerified', $hooks);
        $anna->answer($page, $anna->phone->code());
        $heard = array_filter(array_slice($this->site()->heard(), $before), static fn (array $one): bool => $one['hook'] === 'Core::LoginPost');
        self::assertSame(['anna'], array_column($heard, 'user'), 'once');
        $log = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name LIKE '%anna%'")->fetchAll(\PDO::FETCH_COLUMN);
        self::assertContains('Logged In', $log);
    }

    public function test_the_modules_own_events_are_sent_without_the_code(): void
    {
        $anna = $this->enrolled();
        $wrong = $anna->phone->wrong();
        $page = $anna->answer($anna->givePassword(), $wrong);
        $right = $anna->phone->code();
        $anna->answer($page, $right);
        $heard = array_filter($this->site()->heard(), static fn (array $one): bool => str_starts_with($one['hook'], 'TwoFactor::'));
        self::assertContains('TwoFactor::BeforeVerification', array_column($heard, 'hook'));
        self::assertContains('TwoFactor::AfterVerificationFail', array_column($heard, 'hook'));
        self::assertContains('TwoFactor::AfterVerificationSuccess', array_column($heard, 'hook'));
        $data = implode('', array_column($heard, 'data'));
        self::assertStringNotContainsString($wrong, $data);
        self::assertStringNotContainsString($right, $data);
    }

    public function test_the_veto_of_another_module_comes_first(): void
    {
        $anna = $this->enrolled();
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('witness_veto', 'anna')");
        $page = $anna->givePassword();
        self::assertFalse(Person::isChallenge($page));
        self::assertStringContainsString('vetoed by another module', $page->text());
        self::assertOut($anna);
    }

    public function test_two_tabs_do_not_harm_each_other(): void
    {
        $anna = $this->enrolled();
        $first = $anna->givePassword();
        $second = $anna->givePassword();
        self::assertChallenged($second);
        $anna->answer($first, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_the_settings_show_nothing_that_could_be_used(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $page = $anna->action('preferences');
        self::assertSame([], Person::codesOn($page));
        self::assertNull(Person::secretOn($page));
    }

    public function test_new_backup_codes_replace_the_old_ones(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $anna->stepUp();
        $page = $anna->send($anna->action('preferences'), 'regenerate');
        $new = Person::codesOn($page);
        self::assertCount(10, $new);
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $anna->codes[1], 'backup');
        self::assertOut($other, 'an old code is worth nothing');
        $other->answer($other->givePassword(), $new[0], 'backup');
        self::assertIn($other);
    }

    public function test_a_person_removes_the_factor_after_proving_it(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $anna->stepUp();
        $anna->send($anna->action('preferences'), 'remove');
        self::assertIn($anna);
        $other = $anna->elsewhere();
        $other->givePassword();
        self::assertIn($other);
    }

    public function test_a_new_phone_replaces_the_old_one(): void
    {
        $anna = $this->enrolled();
        $old = $anna->phone;
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $anna->stepUp($anna->codes[1]);
        $page = $anna->startEnrolment();
        self::assertNotSame($old->code(), $anna->phone->code());
        $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        self::assertIn($anna);
        // The first of the two apps is the old phone's.
        $anna->change('remove', $this->factorOf('2', 'totp'));
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $old->code(), 'totp');
        self::assertOut($other);
    }

    private const REFUSED = 'A rule of this site does not allow this at the moment';

    /** Another module listens to TwoFactor::BeforeVerification, and what it does about it; null for nothing. */
    private function listener(?string $does): void
    {
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name LIKE 'witness_%'");
        if ($does !== null) {
            $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('witness_$does', 'TwoFactor::BeforeVerification')");
        }
    }

    private function assertRefusedByAListener(Page $page): void
    {
        self::assertSame(200, $page->status);
        self::assertStringContainsString(self::REFUSED, $page->text());
        self::assertStringNotContainsString('another module objects', $page->body);
        $log = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor'")->fetchAll(\PDO::FETCH_COLUMN);
        self::assertContains('A listener of TwoFactor::BeforeVerification refused: LogicException: another module objects', $log);
        self::assertSame([], preg_grep('/Nobody can be verified/', $log));
    }

    public function test_a_listener_refuses_a_sign_in_which_stays_open_and_costs_nothing(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $code = $anna->phone->code();
        $before = $this->site()->audit('2');
        $this->listener('objects');
        for ($i = 0; $i < 12; $i++) {
            $page = $anna->answer($page, $i % 2 ? $code : $anna->phone->wrong(), 'totp');
            self::assertChallenged($page);
            self::assertOut($anna);
        }
        $this->assertRefusedByAListener($page);
        self::assertSame($before, $this->site()->audit('2'), 'the extension was not asked');
        $german = $anna->elsewhere();
        $german->browser->language = 'de-DE,de;q=0.9';
        self::assertStringContainsString('Eine Regel dieser Website', $german->answer($german->givePassword(), $code, 'totp')->text());
        $this->listener(null);
        $anna->answer($page, $code, 'totp');
        self::assertIn($anna);
    }

    public function test_a_listener_refuses_a_fresh_proof(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $this->listener('objects');
        $this->assertRefusedByAListener($anna->stepUp($anna->codes[1]));
        $anna->change('remove', $this->factorOf('2', 'totp'));
        self::assertChallenged($anna->elsewhere()->givePassword());
        $this->listener(null);
        self::assertStringNotContainsString(self::REFUSED, $anna->stepUp($anna->codes[1])->text());
        self::assertTrue($anna->action('preferences')->has("//input[@value='remove']"), 'the same code proves it');
    }

    public function test_a_listener_refuses_the_proof_of_an_administrator(): void
    {
        $anna = $this->enrolled();
        $admin = $this->enrolled('admin');
        $admin->answer($admin->givePassword(), $admin->codes[0], 'backup');
        $this->vouchFor('admin');
        $this->listener('objects');
        $reset = ['user' => '2', 'reason' => 'phone in the lake', 'method' => 'backup', 'code' => $admin->codes[1]];
        $this->assertRefusedByAListener($admin->change('reset', $reset));
        self::assertChallenged($anna->givePassword());
        $this->listener(null);
        $admin->change('reset', $reset);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_that_a_listener_refuses_a_reset_tells_nobody_whose_name_is_known(): void
    {
        $this->site()->carriers();
        $this->site()->offerReset();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByPhone('+49 1512 3456789');
        $anna->signOut();
        $this->site()->clock->advance(61);
        $told = [];
        foreach (['anna', 'nobody'] as $name) {
            $stranger = $anna->elsewhere();
            $page = $stranger->askForReset($name);
            $this->listener('objects');
            $page = $stranger->resetStep($page, ['code' => $this->site()->handset('+49 1512 3456789')->code()]);
            $this->listener(null);
            self::assertFalse($page->has('//input[@name="twofactor_password"]'));
            $told[] = [$page->status, str_replace($name, '', $page->text())];
        }
        self::assertSame($told[0], $told[1]);
        self::assertStringNotContainsString(self::REFUSED, $told[0][1]);
    }

    public function test_a_listener_that_is_broken_lets_nobody_in(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->listener('breaks');
        self::assertSame(503, $anna->answer($page, $anna->phone->code())->status);
        self::assertOut($anna);
    }
}
