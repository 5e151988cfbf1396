<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Codes by e-mail: setting up, signing in, proving oneself before a change, and what may go wrong. */
final class EmailTest extends HostTestCase
{
    /** Somebody whose only factor is the mailbox, signed out, a minute later. */
    private function enrolledByEmail(string $name = 'anna'): Person
    {
        $person = $this->person($name);
        $person->givePassword();
        $person->enrolByEmail();
        self::assertCount(10, $person->codes, 'ten backup codes: ' . $this->site()->log());
        $person->signOut();
        $this->site()->clock->advance(61);
        return $person->elsewhere();
    }

    /** Somebody with an app and a mailbox, signed in, who has just proven it. */
    private function withAppAndEmail(): Person
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        $anna->enrolByEmail();
        return $anna;
    }

    public function test_a_person_enrols_by_email_and_signs_in_with_the_code_that_comes(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->action('preferences');
        self::assertStringContainsString('weaker than an app', $page->text());
        self::assertSame([], $anna->mailbox()->codes(), 'nothing is sent by looking');
        $page = $anna->send($page, 'start-email');
        self::assertStringContainsString('a•••@example.org', $page->text());
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        $page = $anna->send($page, 'confirm-destination', ['code' => $anna->mailbox()->code()]);
        self::assertCount(10, Person::codesOn($page));
        self::assertIn($anna);
        self::assertStringContainsString('a•••@example.org', $anna->action('preferences')->text());

        $anna->signOut();
        $this->site()->clock->advance(61);
        $anna = $anna->elsewhere();
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertCount(2, $anna->mailbox()->codes(), 'the sign-in sends the code');
        self::assertMatchesRegularExpression('/a•••@example\.org. It is good until \d\d:\d\d/', $page->text());
        $field = $page->one('//input[@name="twofactor_code"]');
        self::assertSame('one-time-code', $field->getAttribute('autocomplete'));
        self::assertSame('numeric', $field->getAttribute('inputmode'));
        self::assertOut($anna);
        $page = $anna->givePassword();
        $anna->answer($page, $anna->mailbox()->code());
        self::assertOut($anna, 'a code belongs to the challenge that it was sent for');
        $this->site()->clock->advance(61);
        $anna->answer($anna->givePassword(), $anna->mailbox()->code());
        self::assertIn($anna);
    }

    public function test_the_page_calls_email_a_convenience_in_both_languages(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        foreach ([
            'en' => 'Convenient, but weaker than an app: whoever reads your mail can read the code, and often reset your password as well.',
            'de' => 'Bequem, aber schwächer als eine App: Wer Ihre Post liest, kann den Code lesen und oft auch Ihr Passwort zurücksetzen.',
        ] as $language => $words) {
            $anna->browser->language = $language;
            $page = $anna->action('preferences');
            $form = $page->form('.//input[@name="m1_do"][@value="start-email"]');
            self::assertNotNull($form, $language);
            self::assertStringContainsString($words, $form->textContent);
        }
    }

    public function test_the_letter_is_html_and_text_and_its_subject_lacks_the_code(): void
    {
        $this->site()->mailSettings(['from' => 'cms@site.example', 'charset' => 'iso-8859-1']);
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->send($anna->action('preferences'), 'start-email');
        $letter = $anna->mailbox()->last();
        $code = $anna->mailbox()->code();
        self::assertSame(['anna@example.org'], $letter['to']);
        self::assertSame('cms@site.example', $letter['from']);
        self::assertSame(['utf-8', 'text/html'], [strtolower($letter['charset']), $letter['type']]);
        self::assertStringContainsString('Test host', $letter['subject']);
        self::assertStringNotContainsString($code, $letter['subject']);
        self::assertStringContainsString($code, $letter['html']);
        self::assertStringContainsString('<html', $letter['html']);
        self::assertStringContainsString('@site.example>', implode("\n", $letter['headers']));
        self::assertDoesNotMatchRegularExpression('#https?://|<img|<a #i', $letter['html'] . $letter['text']);
    }

    public function test_the_letter_speaks_the_language_its_reader_has_chosen(): void
    {
        $this->site();
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', 'de_DE')");
        $anna = $this->enrolledByEmail();
        self::assertStringContainsString('lang="de"', $anna->mailbox()->last()['html']);
        self::assertSame('de', $anna->givePassword()->one('//html')->getAttribute('lang'));
        self::assertStringContainsString('lang="de"', $anna->mailbox()->last()['html'], 'the one for signing in, too');
    }

    public function test_a_site_may_dress_the_letter_and_a_broken_dress_keeps_nobody_out(): void
    {
        $folder = $this->site()->root() . '/assets/module_custom/TwoFactor/templates';
        mkdir($folder, 0700, true);
        file_put_contents("$folder/mail.tpl", '<h1>{$site|escape}</h1><pre>{$code_text|escape}</pre>');
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->send($anna->action('preferences'), 'start-email');
        self::assertStringStartsWith('<h1>Test host</h1>', $anna->mailbox()->last()['html']);
        self::assertStringContainsString($anna->mailbox()->code(), $anna->mailbox()->last()['html']);
        file_put_contents("$folder/mail.tpl", '{if $site}<h1>never closed');
        touch("$folder/mail.tpl", time() + 10);
        $this->site()->clock->advance(61);
        $anna->change('send-again');
        self::assertCount(2, $anna->mailbox()->codes());
        self::assertStringContainsString('<html', $anna->mailbox()->last()['html']);
        self::assertStringContainsString($anna->mailbox()->code(), $anna->mailbox()->last()['html']);
    }

    public function test_another_code_is_had_after_a_minute_and_not_before(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        $first = $anna->mailbox()->code();
        self::assertTrue($page->has('//*[@data-again]'), 'the page can count down');
        $page = $anna->press($page, 'send');
        self::assertChallenged($page);
        self::assertMatchesRegularExpression('/code can be sent in (1 minute|\d+ second)/i', $page->one('//*[@data-wait]')->textContent);
        self::assertGreaterThan(0, (int) $page->one('//*[@data-wait]')->getAttribute('data-wait'));
        self::assertStringContainsString('a•••@example.org', $page->text(), 'the first one is still on its way');
        self::assertCount(2, $anna->mailbox()->codes());
        $this->site()->clock->advance(61);
        $page = $anna->press($page, 'send');
        self::assertFalse($page->has('//*[@role="alert"]'));
        self::assertCount(3, $anna->mailbox()->codes());
        self::assertNotSame($first, $anna->mailbox()->code());
        $anna->answer($page, $first);
        self::assertIn($anna);
    }

    public function test_looking_at_the_page_again_sends_nothing(): void
    {
        $anna = $this->enrolledByEmail();
        $anna->givePassword();
        $sent = count($anna->mailbox()->codes());
        $this->site()->clock->advance(120);
        $anna->browser->get('/admin/login.php');
        $anna->browser->get('/admin/login.php?twofactor=answer&twofactor_send=1&twofactor_use=email&loginsubmit=1');
        self::assertCount($sent, $anna->mailbox()->codes());
    }

    public function test_a_code_is_sent_only_with_the_token_of_the_page(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        $fields = $page->values(Person::challengeForm($page));
        $sent = count($anna->mailbox()->codes());
        $this->site()->clock->advance(120);
        $anna->browser->post('/admin/login.php', ['twofactor_token' => 'x', 'twofactor_send' => '1'] + $fields);
        $stranger = $anna->elsewhere();
        $stranger->browser->get('/admin/login.php');
        $stranger->browser->post('/admin/login.php', ['twofactor_send' => '1'] + $fields);
        self::assertCount($sent, $anna->mailbox()->codes());
    }

    public function test_a_wrong_code_does_not_sign_in_and_three_of_them_end_the_right_one(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        for ($i = 0; $i < 3; $i++) {
            $page = $anna->answer($page, $anna->mailbox()->wrong());
            self::assertChallenged($page);
            self::assertTrue($page->has('//*[@role="alert"]'));
            self::assertOut($anna);
        }
        $page = $anna->answer($page, $anna->mailbox()->code());
        self::assertOut($anna);
        $this->site()->clock->advance(61);
        $page = $anna->press($page, 'send');
        $anna->answer($page, $anna->mailbox()->code());
        self::assertIn($anna);
    }

    public function test_guessing_is_locked_out_and_then_nothing_is_sent(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $anna->mailbox()->wrong());
        }
        self::assertMatchesRegularExpression('/Too many wrong codes.*(minute|second)/', $page->text());
        $sent = count($anna->mailbox()->codes());
        $page = $anna->press($page, 'send');
        self::assertMatchesRegularExpression('/Too many wrong codes/', $page->text());
        self::assertCount($sent, $anna->mailbox()->codes());
        self::assertOut($anna);
        $anna->answer($page, $anna->codes[0], 'backup');
        self::assertIn($anna, 'the other method is not locked');
    }

    public function test_a_code_runs_out(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        $this->site()->clock->advance(301);
        $page = $anna->answer($page, $anna->mailbox()->code());
        self::assertChallenged($page);
        self::assertStringContainsString('No code is on its way', $page->text());
        self::assertOut($anna);
    }

    public function test_a_code_works_once(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        $code = $anna->mailbox()->code();
        $anna->answer($page, $code);
        self::assertIn($anna);
        $thief = $anna->elsewhere();
        $thief->answer($thief->givePassword(), $code);
        self::assertOut($thief);
    }

    public function test_the_app_comes_first_and_email_is_sent_when_it_is_chosen(): void
    {
        $anna = $this->withAppAndEmail();
        $anna->signOut();
        $this->site()->clock->advance(61);
        $page = $anna->givePassword();
        self::assertCount(1, $anna->mailbox()->codes());
        $page = $anna->press($page, 'use', 'email');
        self::assertCount(2, $anna->mailbox()->codes());
        self::assertStringContainsString('a•••@example.org', $page->text());
        $page = $anna->press($page, 'use', 'totp');
        $page = $anna->press($page, 'use', 'email');
        self::assertCount(2, $anna->mailbox()->codes(), 'the one that is on its way is enough');
        $anna->answer($page, $anna->mailbox()->code());
        self::assertIn($anna);
    }

    public function test_a_mailer_that_fails_says_so_and_leaves_the_other_methods(): void
    {
        $anna = $this->enrolledByEmail();
        $this->site()->mailSettings(['mailer' => 'smtp', 'host' => '127.0.0.1', 'port' => Site::freePort()]);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertStringContainsString('could not be sent', $page->one('//*[@role="alert"]')->textContent);
        self::assertStringNotContainsString('is on its way to', $page->text());
        self::assertTrue($page->has('//button[@name="twofactor_use"][@value="backup"]'));
        $log = implode("\n", $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN));
        self::assertStringContainsString('A mail could not be sent', $log);
        self::assertDoesNotMatchRegularExpression('/The mail was|\b\d{6}\b/', $log . $this->site()->log(), 'the mailer\'s own words hold the mail');
        $anna->answer($page, $anna->codes[0], 'backup');
        self::assertIn($anna);
    }

    public function test_a_mailer_that_fails_enrols_nobody(): void
    {
        $this->site()->mailSettings(['mailer' => 'smtp', 'host' => '127.0.0.1', 'port' => Site::freePort()]);
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-email');
        self::assertStringContainsString('could not be sent', $page->text());
        $anna->elsewhere()->givePassword();
        self::assertIn($anna);
    }

    public function test_a_wrong_code_confirms_nothing(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-email');
        $page = $anna->send($page, 'confirm-destination', ['code' => $anna->mailbox()->wrong()]);
        self::assertSame([], Person::codesOn($page));
        self::assertTrue($page->has('//*[@role="alert"]'));
        $other = $anna->elsewhere();
        $other->givePassword();
        self::assertIn($other);
        $page = $anna->send($page, 'send-again');
        self::assertMatchesRegularExpression('/next code can be sent in/i', $page->text());
        $page = $anna->send($page, 'confirm-destination', ['code' => $anna->mailbox()->code()]);
        self::assertCount(10, Person::codesOn($page));
    }

    public function test_who_has_no_address_is_told_so(): void
    {
        $this->site()->pdo()->exec("UPDATE cms_users SET email = '' WHERE user_id = 2");
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->action('preferences');
        self::assertStringContainsString('no e-mail address', $page->text());
        $page = $anna->change('start-email');
        self::assertSame(200, $page->status);
        self::assertSame([], $anna->mailbox()->codes());
    }

    /** @dataProvider whatIsNoAddress */
    public function test_what_is_not_one_address_is_sent_nothing_and_its_owner_is_told(string $email): void
    {
        $this->site()->pdo()->prepare('UPDATE cms_users SET email = ? WHERE user_id = 2')->execute([$email]);
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->change('start-email');
        self::assertSame(200, $page->status);
        self::assertStringContainsString('exactly one e-mail address', $page->text());
        self::assertFalse($page->has('//input[@value="confirm-destination"]'));
        self::assertSame([], $anna->mailbox()->codes());
        self::assertIn($anna);
    }

    /** @return array<string, array{string}> */
    public static function whatIsNoAddress(): array
    {
        return ['a list' => ['anna@example.org,bert@example.org'], 'two signs' => ['anna@@example.org'], 'a name' => ['Anna <anna@example.org>']];
    }

    public function test_a_change_of_factors_is_proven_with_a_code_by_email(): void
    {
        $anna = $this->enrolledByEmail();
        $anna->answer($anna->givePassword(), $anna->mailbox()->code());
        self::assertSame([], Person::codesOn($anna->change('regenerate')), 'not without a proof');
        $page = $anna->action('preferences');
        $signedInWith = $anna->mailbox()->code();
        $page = $anna->send($page, 'prove', ['method' => 'email', 'code' => $signedInWith]);
        self::assertSame([], Person::codesOn($anna->change('regenerate')), 'the code that signed in proves nothing now');
        $this->site()->clock->advance(61);
        $page = $anna->send($anna->action('preferences'), 'send', ['method' => 'email']);
        self::assertStringContainsString('a•••@example.org', $page->text());
        $page = $anna->send($page, 'prove', ['method' => 'email', 'code' => $anna->mailbox()->wrong()]);
        self::assertSame([], Person::codesOn($anna->change('regenerate')));
        $page = $anna->send($page, 'prove', ['method' => 'email', 'code' => $anna->mailbox()->code()]);
        $page = $anna->send($page, 'regenerate');
        self::assertCount(10, Person::codesOn($page));
    }

    public function test_a_second_factor_and_its_removal_need_a_proof_and_end_other_sign_ins(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $other = $anna->elsewhere();
        $other->signIn();
        $page = $anna->change('start-email');
        self::assertStringContainsString('Confirm that it is you', $page->text());
        self::assertSame([], $anna->mailbox()->codes(), 'nothing is sent before the proof');
        $anna->stepUp();
        $page = $anna->enrolByEmail();
        self::assertSame([], Person::codesOn($page), 'backup codes come with the first factor');
        self::assertIn($anna);
        self::assertOut($other);
        // A proof outlives the changes made with it, for five minutes in all.
        $this->site()->clock->advance(301);
        $anna->change('remove', $this->factorOf('2', 'email'));
        self::assertStringContainsString('a•••@example.org', $anna->action('preferences')->text());
        $anna->stepUp($anna->codes[0]);
        $page = $anna->send($anna->action('preferences'), 'remove', $this->factorOf('2', 'email'));
        self::assertStringNotContainsString('a•••@example.org', $page->text());
        $other = $anna->elsewhere();
        self::assertFalse($other->givePassword()->has('//button[@value="email"]'));
    }

    public function test_the_strict_profile_has_no_email(): void
    {
        $anna = $this->withAppAndEmail();
        $bert = $this->person('bert');
        $this->site()->start(['twofactor.profile' => 'strict']);
        $bert->givePassword();
        $page = $bert->action('preferences');
        self::assertFalse($page->has("//input[@value='start-email']"));
        $page = $bert->change('start-email');
        self::assertStringContainsString('not available here', $page->text());
        self::assertSame([], $bert->mailbox()->codes());
        $sent = count($anna->mailbox()->codes());
        $anna = $anna->elsewhere();
        $page = $anna->givePassword();
        self::assertFalse($page->has('//button[@value="email"]'));
        $fields = $page->values(Person::challengeForm($page));
        $anna->browser->post('/admin/login.php', ['twofactor_use' => 'email'] + $fields);
        self::assertCount($sent, $anna->mailbox()->codes());
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
        self::assertFalse($anna->action('preferences')->has('//option[@value="email"]'));
    }

    public function test_an_administrator_sees_where_codes_go_and_no_more(): void
    {
        $this->enrolledByEmail();
        $admin = $this->person('admin');
        $admin->givePassword();
        foreach ([$admin->action('defaultadmin'), $admin->lookUp('anna')] as $page) {
            self::assertStringContainsString('a•••@example.org', $page->text());
            self::assertStringNotContainsString('anna@example.org', $page->text());
        }
        $audit = $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->text();
        self::assertStringContainsString('Code sent', $audit);
    }

    public function test_an_administrator_proves_it_by_email_before_helping(): void
    {
        $admin = $this->enrolledByEmail('admin');
        $anna = $this->enrolled('anna');
        $admin->answer($admin->givePassword(), $admin->mailbox()->code());
        self::assertIn($admin);
        $this->vouchFor('admin');
        $this->site()->clock->advance(61);
        $page = $admin->askForProof($admin->lookUp('anna'), 'unlock', 'email');
        self::assertStringContainsString('a•••@example.org', $page->text());
        $admin->send($page, 'unlock', ['user' => '2', 'reason' => 'x', 'method' => 'email', 'code' => $admin->mailbox()->wrong()]);
        $page = $admin->change('reset', ['user' => '2', 'reason' => 'phone in the lake', 'method' => 'email', 'code' => $admin->mailbox()->code()]);
        $anna->givePassword();
        self::assertIn($anna);
    }

    /**
     * @testWith ["Site &amp; sons"]
     *           [""]
     */
    public function test_b38_a_forged_host_is_in_no_letter(string $siteName): void
    {
        $anna = $this->person('anna');
        $this->site()->takesItsAddressFromTheRequest();
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'sitename'");
        $this->site()->pdo()->prepare("INSERT INTO cms_siteprefs VALUES ('sitename', ?)")->execute([$siteName]);
        $anna->givePassword();
        $anna->browser->headers = ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example'];
        $anna->browser->post('/admin/moduleinterface.php', ['mact' => 'TwoFactor,m1_,preferences,0', '__c' => $anna->key(), 'm1_do' => 'start-email'], false);
        $anna->browser->headers = [];
        $anna->change('confirm-destination', ['code' => $anna->mailbox()->code()]);
        $this->site()->clock->advance(61);
        $other = $anna->elsewhere();
        $other->browser->headers = ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example'];
        $page = $other->browser->post('/admin/login.php', ['username' => 'anna', 'password' => Site::PASSWORDS['anna'], 'loginsubmit' => '1'], false);
        self::assertChallenged($page);
        $letters = $anna->mailbox()->letters();
        self::assertCount(2, $anna->mailbox()->codes());
        self::assertStringNotContainsString('evil', json_encode($letters, JSON_UNESCAPED_SLASHES));
    }

    public function test_b39_no_code_that_was_mailed_is_left_anywhere(): void
    {
        $anna = $this->enrolledByEmail();
        $page = $anna->givePassword();
        $page = $anna->answer($page, $anna->mailbox()->wrong());
        $anna->answer($page, $anna->mailbox()->code());
        self::assertIn($anna);
        preg_match_all('/^\d{6}$/m', implode("\n", array_column($anna->mailbox()->codes(), 'text')), $codes);
        self::assertCount(2, $codes[0]);
        foreach ($this->site()->leftBehind() as $place => $content) {
            if (str_ends_with($place, '/mails.jsonl')) {
                continue;
            }
            foreach ($codes[0] as $code) {
                self::assertDoesNotMatchRegularExpression("/(?<!\\d)$code(?!\\d)/", $content, "a code in $place");
            }
        }
    }
}
