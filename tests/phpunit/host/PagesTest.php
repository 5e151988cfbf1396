<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** What the pages say, to whom, and in which words. */
final class PagesTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';

    private function admin(): Person
    {
        $admin = $this->person('admin');
        $admin->givePassword();
        return $admin;
    }

    /** Who may act: with a factor of their own, just proven, and the first who has one. */
    private function operator(): Person
    {
        $admin = $this->admin();
        $admin->enrol();
        $admin->stepUp();
        return $admin;
    }

    public function test_the_bar_stands_on_pages_of_the_admin_and_in_nothing_else_that_it_answers_with(): void
    {
        $this->expectComplaints();
        $this->site()->emergency();
        $admin = $this->admin();
        $bar = '//body/*[1][@role="region"][contains(., "Emergency")]';
        self::assertTrue($admin->browser->get('/admin/index.php?__c=' . $admin->key())->has($bar));
        $answer = fn (string $kind, array $more = []): Page => $admin->page('/admin/moduleinterface.php', ['mact' => 'Witness,m1_,answers,0', 'm1_kind' => $kind] + $more);
        $whole = '<!doctype html><html><head><title>t</title></head><body class="other"><p>text</p></body></html>';
        self::assertTrue($answer('page')->has($bar));
        $long = $answer('long');
        self::assertTrue($long->has($bar));
        self::assertSame(strlen($whole) + 3_200_000, strlen(preg_replace('~<div role="region".*?</div>\s*~s', '', $long->body)), 'nothing of a long page is lost');
        self::assertStringContainsString('<!-- <body class="old"> --><body><div role="region"', $answer('talk')->body);
        foreach (['download', 'data', 'text', 'picture', 'fragment', 'example'] as $kind) {
            self::assertStringNotContainsString('Emergency', $answer($kind)->body, $kind);
            self::assertStringContainsString('body', $answer($kind)->body, $kind);
        }
        foreach ([['Sec-Fetch-Dest' => 'iframe'], ['Sec-Fetch-Dest' => 'empty'], ['X-Requested-With' => 'XMLHttpRequest']] as $asks) {
            $admin->browser->headers = $asks;
            self::assertSame($whole, $answer('page')->body, (string) json_encode($asks));
        }
        $admin->browser->headers = ['Sec-Fetch-Dest' => 'document'];
        self::assertTrue($answer('page')->has($bar));
        self::assertSame($whole, $answer('page', ['showtemplate' => 'false'])->body);
        self::assertSame($whole, $answer('page', ['suppressoutput' => '1'])->body);
    }

    public function test_every_page_that_asks_for_a_proof_sends_a_code_and_is_come_back_to(): void
    {
        foreach (glob(dirname(__DIR__, 3) . '/php/TwoFactor/templates/*.tpl') as $template) {
            if (str_contains((string) file_get_contents($template), 'prove_fields.tpl')) {
                self::assertMatchesRegularExpression('/send_proof\.tpl|<button [^>]*name="\{\$p\}send"/', (string) file_get_contents($template), basename($template));
            }
        }
        $this->site()->carriers();
        $this->enrolled('anna')->signIn();
        $this->enrolled('bert');
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrolByEmail();
        $this->vouchFor('admin');
        $this->site()->pdo()->exec('DELETE FROM cms_users WHERE user_id = 3');
        $this->site()->pdo()->exec('CREATE TABLE cms_module_twofactor_usermeta (id INT, user_id INT NOT NULL, meta_key VARCHAR(255) NOT NULL, meta_value TEXT)');
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_former_table', 'module_twofactor_usermeta')");
        $pages = [
            'users' => ['remove-orphan', []],
            'user' => ['unlock', ['reason' => 'why']],
            'user-sessions' => ['end-user-session', []],
            'settings' => ['switch-reset', []],
            'providers' => ['providers-prove', []],
            'former' => ['remove-former', []],
            'leave' => ['remove-everything', ['sure' => '1']],
        ];
        foreach ($pages as $tab => [$do, $fields]) {
            // Proofs are over, and another code may be sent.
            $this->site()->clock->advance(1800);
            $page = $admin->action('defaultadmin', ['tab' => $tab, 'user' => '2']);
            self::assertTrue($page->has("//input[@name='m1_do'][@value='$do']"), "$tab: {$page->text()}");
            $before = count($admin->mailbox()->letters());
            $ask = static fn (Page $page): Page => $page->has("//input[@name='m1_do'][@value='send']")
                ? $admin->send($page, 'send')
                : $admin->askForProof($page, $do, 'email', $fields);
            $page = $ask($page);
            self::assertCount($before + 1, $admin->mailbox()->letters(), $tab);
            self::assertStringContainsString('a•••@example.org. It is good until', $page->text(), $tab);
            self::assertTrue($page->has("//input[@name='m1_do'][@value='$do']"), "$tab is come back to: {$page->text()}");
            // Too early for another: the same page says so.
            $again = $ask($page);
            self::assertTrue($again->has("//input[@name='m1_do'][@value='$do']"), "$tab, again: {$again->text()}");
            self::assertStringContainsString('The next code can be sent', $again->text(), $tab);
            $done = $admin->send($again, $do, $fields + ['method' => 'email', 'code' => $admin->mailbox()->code()]);
            self::assertStringNotContainsString('Confirm that it is you', $done->text(), $tab);
            if ($tab === 'users') {
                self::assertContains('account.reset', $this->site()->audit('3'), 'the orphan is gone');
            }
        }
    }

    public function test_who_decides_for_nobody_is_shown_no_page_of_administrators_by_asking_for_a_code(): void
    {
        $this->site()->carriers();
        $this->site()->pdo()->exec('INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 900, ug.group_id, p.permission_id'
            . " FROM cms_user_groups ug, cms_permissions p WHERE ug.user_id = 3 AND p.permission_name = 'manage_twofactor'");
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertStringContainsString('Users', $bert->action('defaultadmin')->text());
        foreach (['settings', 'providers', 'sessions', 'enrolment', 'former', 'leave'] as $tab) {
            $page = $bert->change('user', ['do' => 'send', 'tab' => $tab, 'method' => 'email']);
            self::assertStringContainsString('You have no permission for this page.', $page->text(), $tab);
        }
    }

    public function test_signing_in_within_a_minute_of_enrolling_is_met_by_one_calm_sentence_with_one_countdown(): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByPhone(self::NUMBER);
        $anna->signOut();
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertFalse($page->has('//*[@role="alert"]'), $page->text());
        self::assertMatchesRegularExpression('/^The next code can be sent in (1 minute|\d+ seconds?)\.$/', $page->one('//*[@role="status"]')->textContent);
        self::assertCount(1, $page->all('//*[@data-wait or @data-again]'));
        self::assertStringNotContainsString('No code is on its way', $page->text());
        self::assertSame('The next code can be sent in %s.', $page->one('//*[@data-wait]')->getAttribute('data-text'));
        $this->site()->clock->advance(61);
        $page = $anna->press($page, 'send');
        $anna->answer($page, $this->site()->handset(self::NUMBER)->code());
        self::assertIn($anna);
    }

    public function test_the_challenge_says_for_whom_one_signs_in(): void
    {
        self::assertStringContainsString('Signing in as anna', $this->enrolled()->givePassword()->text());
    }

    /** @return array<string, array{string, string, list<string>}> */
    public static function countries(): array
    {
        return ['English' => ['en', 'Country', ['Germany', 'Åland Islands']], 'German' => ['de', 'Land', ['Deutschland', 'Ålandinseln']]];
    }

    /**
     * @param list<string> $names
     * @dataProvider countries
     */
    public function test_countries_have_names_in_the_order_of_the_reader_s_language(string $language, string $label, array $names): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->browser->language = $language;
        $anna->givePassword();
        $page = $anna->action('preferences');
        self::assertSame($label, trim($page->one('//label[@for="tf-region"]')->textContent));
        $texts = array_map(static fn (\DOMNode $one) => $one->textContent, $page->all('//select[@id="tf-region"]/option[@value != ""]'));
        self::assertSame([], array_values(preg_grep('/^[A-Z]{2}$/', $texts)));
        self::assertSame([], array_values(array_diff($names, $texts)));
        self::assertSame(array_values(\TwoFactor\PhoneNumber::regions($language)), $texts);
    }

    public function test_health_is_told_in_words_and_mail_without_a_sender_is_a_problem(): void
    {
        $admin = $this->admin();
        $page = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertMatchesRegularExpression('/The server\'s clock says \d+ \w+ \d{4}, \d\d:\d\d:\d\d\./', $page->text());
        self::assertStringNotContainsString('unix time', strtolower($page->text()));
        $state = static fn (Page $page): string => (string) $page->one('//tr[th[normalize-space()="Mail"]]')?->textContent;
        self::assertStringContainsString('Problem', $state($page));
        self::assertStringContainsString('Mail is not set up', $state($page));
        $this->site()->mailSettings(['from' => 'cms@example.org']);
        $page = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertStringContainsString('Codes are mailed from cms@example.org', $state($page));
    }

    public function test_health_speaks_the_reader_s_language_and_what_that_does_not_know_stays_english(): void
    {
        // With a key beside the store, of which there is something to say.
        $this->site(['database' => '', 'ini' => [], 'modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        $admin = $this->admin();
        $admin->browser->language = 'de';
        $row = fn (string $name): \DOMElement => $admin->action('defaultadmin', ['tab' => 'health'])->one("//tr[th[normalize-space()='$name']]");
        $key = $row('Schlüssel');
        self::assertStringContainsString('Der Schlüssel wurde neben dem Speicher erzeugt, in /', $key->textContent);
        self::assertStringContainsString('twofactor.sqlite.key: Wer den Ordner kopiert', $key->textContent);
        self::assertStringContainsString('Warnung', $key->textContent);
        self::assertMatchesRegularExpression('/Die Uhr des Servers zeigt \d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d\./', $row('Uhr')->textContent);
        $page = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertSame([], $page->all('//table//*[@lang="en"]'));
        self::assertStringContainsString('aber unten steht etwas', $page->one('//*[@role="alert"]')->textContent, 'mail has no sender');
        $this->site()->mailSettings(['from' => 'cms@example.org']);
        $page = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertFalse($page->has('//*[@role="alert"]'));
        self::assertStringContainsString('Es funktioniert', $page->text());

        $this->site()->start(['twofactor.max_attempts' => '20', 'twofactor.max_atempts' => '3'] + $this->site()->ini());
        $limits = $row('Grenzen');
        self::assertStringContainsString('max_attempts ist 20: Wer rät, hat mehr Versuche bis zur ersten Sperre (empfohlen: 5).', $limits->textContent);
        self::assertStringContainsString('Ist twofactor.max_attempts gemeint?', $row('Einstellungen in php.ini')->textContent);

        self::assertFalse($admin->action('defaultadmin', ['tab' => 'health'])->has('//tr[th[normalize-space()="Lizenz"]]'));
        $this->site()->start(['twofactor.licence_key' => 'TF-TEST-0000', 'twofactor.licence_url' => 'https://gateway.example',
            'twofactor.licence_public_keys' => '"k1 = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="', 'twofactor.site_url' => 'https://example.org'] + $this->site()->ini());
        self::assertFalse($admin->action('defaultadmin', ['tab' => 'health'])->has('//tr[th[normalize-space()="Lizenz"]]'), 'without the module it is for nothing');
        $this->site()->install('TwoFactorPro');
        $licence = $row('Lizenz');
        self::assertStringContainsString('noch keine Lizenz gekommen', $licence->textContent);
        self::assertStringContainsString('niemand wird ausgesperrt', $licence->textContent);
        self::assertStringContainsString('Warnung', $licence->textContent);

        // A language that lacks a sentence, as one from elsewhere may.
        $german = $this->site()->root() . '/modules/TwoFactor/lang/ext/de_DE.php';
        file_put_contents($german, preg_replace("/^.lang\\['health_key_generated'\\].*\n/m", '', file_get_contents($german)));
        $english = $this->site()->root() . '/modules/TwoFactor/lang/en_US.php';
        file_put_contents($english, preg_replace("/^.lang\\['health_key_generated'\\].*\n/m", '', file_get_contents($english)));
        $this->site()->start($this->site()->ini());
        self::assertStringContainsString('the key was generated beside the store', (new \DOMXPath($row('Schlüssel')->ownerDocument))->query('//p[@lang="en"]')->item(0)?->textContent ?? '');
    }

    public function test_a_masked_number_stays_on_one_line(): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByPhone(self::NUMBER);
        $whole = "+49\u{a0}•••\u{a0}89";
        self::assertStringContainsString($whole, $anna->action('preferences')->body);
        $anna->signOut();
        $this->site()->clock->advance(61);
        self::assertStringContainsString($whole, $anna->givePassword()->body);
        $admin = $this->admin();
        foreach (['users', 'messages'] as $tab) {
            $page = $admin->action('defaultadmin', ['tab' => $tab]);
            self::assertStringContainsString($whole, $page->body, $tab);
            self::assertStringNotContainsString('+49 •', $page->body, $tab);
        }
    }

    public function test_what_is_not_known_of_a_user_has_no_line(): void
    {
        $this->enrolled();
        $admin = $this->admin();
        $facts = static fn (Page $page): array => array_map(static fn (\DOMNode $one) => trim($one->textContent), $page->all('//dl/dt'));
        self::assertSame(['State', 'Authenticator app', 'Backup codes', 'Clock of the app'], $facts($admin->action('defaultadmin', ['tab' => 'user', 'user' => 2])));
        self::assertSame(['State'], $facts($admin->action('defaultadmin', ['tab' => 'user', 'user' => 3])));
    }

    public function test_one_countdown_is_enough_when_a_method_is_locked(): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByPhone(self::NUMBER);
        $anna->signOut();
        $this->site()->clock->advance(61);
        $page = $anna->givePassword();
        for ($tries = 0; $tries < 8 && !$page->has('//*[@data-wait]'); $tries++) {
            $page = $anna->answer($page, '12345' . $tries);
        }
        self::assertStringContainsString('Too many wrong codes', $page->one('//*[@data-wait]')->textContent);
        self::assertCount(1, $page->all('//*[@data-wait or @data-again]'));
    }

    public function test_times_are_written_as_the_user_has_chosen_with_the_time_of_day(): void
    {
        $admin = $this->admin();
        $this->enrolled();
        $time = fn (): string => trim($admin->action('defaultadmin', ['tab' => 'audit'])->one('//tbody/tr/td')->textContent);
        self::assertMatchesRegularExpression('/^\d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d:\d\d$/', $time());
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (1, 'date_format_string', '%d/%m/%y')");
        self::assertMatchesRegularExpression('~^\d\d/\d\d/\d\d \d\d:\d\d:\d\d$~', $time());
        $this->site()->pdo()->exec("UPDATE cms_userprefs SET value = '%Y.%m.%d %H h' WHERE preference = 'date_format_string'");
        self::assertMatchesRegularExpression('~^\d{4}\.\d\d\.\d\d \d\d h$~', $time());
    }

    public function test_the_audit_reads_a_sign_in_as_one_and_is_narrowed_to_a_user_and_a_kind(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertIn($anna);
        $admin = $this->admin();
        $admin->enrol();
        $rows = static fn (Page $page): array => $page->all('//table//tbody/tr');
        $page = $admin->action('defaultadmin', ['tab' => 'audit', 'name' => 'anna', 'kind' => 'sign-in']);
        self::assertCount(2, $rows($page), $page->text());
        self::assertSame('', $rows($page)[0]->getAttribute('class'));
        self::assertSame('tf-goes-on', $rows($page)[1]->getAttribute('class'), 'asked and accepted are read together');
        $page = $admin->action('defaultadmin', ['tab' => 'audit', 'kind' => 'account']);
        self::assertStringNotContainsString('Asked for the second factor', implode(' ', array_map(static fn ($row) => $row->textContent, $rows($page))));
        self::assertStringContainsString('anna', $page->one('//tbody')->textContent);
        self::assertStringContainsString('admin', $page->one('//tbody')->textContent);
        self::assertStringContainsString('Nothing has happened', $admin->action('defaultadmin', ['tab' => 'audit', 'name' => 'nobody'])->text());
        self::assertSame([], $page->all('//td[normalize-space()="–"][not(contains(@class, "tf-none"))]'), 'what is empty goes where there is no room');
    }

    public function test_a_test_message_that_fails_says_so_and_not_that_nothing_was_changed_beside_a_green_word(): void
    {
        $site = $this->site();
        $site->asOperator(static fn ($verifier) => $verifier->saveProvider('main', ['provider' => 'twilio-messaging', 'account' => 'AC' . str_repeat('a', 32),
            'user' => 'AC' . str_repeat('a', 32), 'secret' => str_repeat('b', 32), 'from' => '+15005550006', 'url' => 'https://no-such-host.invalid'], 'the test'));
        $admin = $this->operator();
        foreach (['provider-test' => 'The test message was not sent', 'provider-check' => 'The check did not pass'] as $do => $said) {
            $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), $do, $do === 'provider-test' ? ['number' => self::NUMBER] : []);
            self::assertStringContainsString($said, $page->one('//*[@role="alert"]')->textContent);
            self::assertStringNotContainsString('Nothing was changed', $page->text());
            self::assertFalse($page->has('//ol[@class="tf-providers"]//*[@class="tf-good"]'), $page->text());
        }
    }

    public function test_the_form_of_a_provider_is_grouped_and_what_nobody_needs_is_folded(): void
    {
        $page = $this->operator()->action('defaultadmin', ['tab' => 'providers', 'add' => 'twilio-messaging']);
        $titles = static fn (string $kind): array => array_map(static fn ($one) => trim($one->textContent), $page->all("//main//$kind"));
        self::assertSame(['Credentials', 'SMS'], $titles('legend'));
        self::assertSame(['Calls (optional)', 'WhatsApp (optional)', 'Delivery reports (optional)', 'For special cases (optional)', 'Countries and limits (optional)'], $titles('summary'));
        self::assertFalse($page->has('//details[@open]'));
        self::assertFalse($page->has('//details//input[@required]'));
    }
}
