<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Browsers that people trust: the box on the page of the challenge, the cookie, and sign-ins by the password alone. */
final class TrustedBrowserTest extends HostTestCase
{
    private const DAY = 86400;
    private const COOKIE = '/^__Host-twofactor-[0-9a-f]{16}$/';

    private Fakes $fakes;

    /** @return array<string, string> what php.ini has of the licence */
    private function licence(): array
    {
        $this->fakes = new Fakes();
        $gateway = $this->fakes->gateway();
        return $this->fakes->ini() + [
            'twofactor.site_url' => 'https://example.org',
            'twofactor.licence_url' => $gateway['url'],
            'twofactor.licence_key' => $gateway['licence_key'],
            'twofactor.licence_public_keys' => '"' . implode(', ', $gateway['keys']) . '"',
            'twofactor.premium_grace_days' => '60',
        ];
    }

    /**
     * A site with a licence and the module that it is for, called over HTTPS.
     *
     * @param array<string, string> $ini
     */
    private function licensed(array $ini = [], bool $isSecure = true, bool $isLicensed = true, bool $hasModule = true): void
    {
        $settings = $this->licence();
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        $site->start($ini + $settings + ($isSecure ? ['auto_prepend_file' => dirname(__DIR__, 2) . '/host/https.php'] : []) + $site->ini());
        $hasModule && $site->install('TwoFactorPro');
        if ($isLicensed) {
            $this->fakes->setClock($site->clock->now());
            $this->renew($settings);
        }
    }

    /** @param array<string, string> $settings */
    private function renew(array $settings): void
    {
        $open = ['clock' => $this->siteClock()];
        foreach ($settings as $name => $value) {
            $open[substr($name, strlen('twofactor.'))] = trim($value, '"');
        }
        $this->site()->asOperator(static fn ($verifier) => $verifier->renewLicence(), $open);
    }

    /** Signs in with a code and has this browser trusted. */
    private function trusted(Person $person): void
    {
        $page = $person->givePassword();
        self::assertChallenged($page);
        $this->site()->clock->advance(30);
        $form = Person::challengeForm($page);
        $person->browser->submit($page, $form, ['twofactor_code' => $person->phone->code(), 'twofactor_trust' => '1']);
        self::assertIn($person);
        self::assertNotNull(self::cookie($person), 'the browser is trusted');
    }

    private static function cookie(Person $person): ?string
    {
        $names = preg_grep(self::COOKIE, array_keys($person->browser->cookies));
        self::assertLessThan(2, count($names));
        return $names === [] ? null : $person->browser->cookies[current($names)];
    }

    private static function asks(Page $page): bool
    {
        return $page->has('//input[@name="twofactor_trust"][@type="checkbox"]');
    }

    public function test_the_box_makes_this_browser_one_in_which_the_password_alone_signs_in(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        self::assertTrue(self::asks($page));
        self::assertStringContainsString('Trust this browser for 30 days', $page->text());
        self::assertFalse($page->has('//input[@name="twofactor_trust"][@checked]'));
        $this->trusted($anna);
        $first = self::cookie($anna);
        $anna->signOut();
        self::assertOut($anna);
        self::assertSame($first, self::cookie($anna), 'signing out forgets no browser');
        $this->site()->clock->advance(3600);
        $anna->givePassword();
        self::assertIn($anna);
        self::assertNotSame($first, self::cookie($anna), 'each sign-in gives the next token');
        $sessions = $anna->action('sessions')->text();
        self::assertStringContainsString('Password, trusted browser', $sessions);
        self::assertSame(1, count(array_keys($this->site()->audit('2'), 'device.accepted', true)));
        // Another browser, and another user in this one, are asked.
        self::assertChallenged($anna->elsewhere()->givePassword());
        $anna->signOut();
        $this->site()->clock->advance(31 * self::DAY);
        self::assertChallenged($anna->givePassword());
    }

    public function test_the_cookie_is_for_this_host_https_and_no_script(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->site()->clock->advance(30);
        $fields = ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1'];
        $answer = $anna->browser->submit($page, Person::challengeForm($page), $fields, null, false);
        $cookies = preg_grep('/^__Host-/', $answer->headers('Set-Cookie'));
        self::assertCount(1, $cookies);
        [$cookie] = array_values($cookies);
        foreach (['path=/', 'secure', 'httponly', 'samesite=lax', 'max-age=2592000'] as $attribute) {
            self::assertStringContainsString("; $attribute", strtolower($cookie));
        }
        self::assertStringNotContainsString('domain=', strtolower($cookie));
    }

    public function test_without_the_box_no_browser_is_trusted_and_a_ticked_one_stays_ticked_over_a_wrong_code(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $page = $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => '000000', 'twofactor_trust' => '1']);
        self::assertTrue($page->has('//input[@name="twofactor_trust"][@checked]'));
        self::assertNull(self::cookie($anna));
        $this->site()->clock->advance(30);
        $form = Person::challengeForm($page);
        // As a browser sends a box that is not ticked.
        $fields = array_diff_key($page->values($form), ['twofactor_trust' => 1]);
        $anna->browser->post($page->resolve($form->getAttribute('action')), ['twofactor_code' => $anna->phone->code()] + $fields);
        self::assertIn($anna);
        self::assertNull(self::cookie($anna));
        self::assertNotContains('device.trusted', $this->site()->audit('2'));
    }

    /** @return array<string, array{string, string}> */
    public static function switchedOff(): array
    {
        return ['by the setting' => ['device_days', '0'], 'where the profile is strict' => ['profile', 'strict']];
    }

    /** @dataProvider switchedOff */
    public function test_where_none_is_remembered_the_page_has_no_box_and_the_field_changes_nothing(string $name, string $value): void
    {
        $this->licensed(["twofactor.$name" => $value]);
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        self::assertFalse(self::asks($page));
        self::assertStringNotContainsString('rust this browser', $page->text());
        $this->site()->clock->advance(30);
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1']);
        self::assertIn($anna);
        self::assertNull(self::cookie($anna));
        self::assertStringNotContainsString('Browsers that', $anna->action('preferences')->text());
    }

    /** @return array<string, array{bool, bool}> */
    public static function missing(): array
    {
        return ['without a licence' => [false, true], 'without TwoFactorPro' => [true, false]];
    }

    /** @dataProvider missing */
    public function test_without_a_licence_or_the_module_nothing_of_it_is_shown(bool $isLicensed, bool $hasModule): void
    {
        $this->licensed(isLicensed: $isLicensed, hasModule: $hasModule);
        $admin = $this->administrator();
        foreach ([$admin->action('preferences'), $admin->lookUp('admin')] as $page) {
            self::assertStringNotContainsString('Browsers that', $page->text());
        }
        // Who asks for the pages all the same is led to those that there are.
        self::assertStringContainsString('Your sign-in', $admin->action('page', ['page' => 'devices'])->text());
        self::assertStringNotContainsString('trusted by', $admin->action('defaultadmin', ['tab' => 'user-devices', 'user' => '1'])->text());
        $admin->signOut();
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        self::assertFalse(self::asks($page));
        self::assertStringNotContainsString('trust', strtolower($page->text()));
        $this->site()->clock->advance(30);
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1']);
        self::assertIn($anna);
        self::assertNull(self::cookie($anna));
    }

    public function test_when_the_licence_or_the_module_goes_everybody_is_asked_again(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $before = self::cookie($anna);
        $anna->signOut();
        $site = $this->site();
        $folder = $site->root() . '/modules/TwoFactorPro';
        rename($folder, "$folder.away");
        self::assertChallenged($anna->givePassword());
        self::assertSame($before, self::cookie($anna), 'and nothing is lost');
        rename("$folder.away", $folder);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_a_person_sees_the_browsers_that_they_trust_and_removes_one_or_all_with_a_proof(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $desk = $anna->elsewhere();
        $desk->browser->headers = ['User-Agent' => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0'];
        $this->trusted($desk);
        $this->site()->clock->advance(120);
        $this->trusted($anna);
        $this->site()->clock->advance(600);
        $preferences = $anna->action('preferences');
        $link = $preferences->one("//main//a[normalize-space(.)='Browsers that you trust']");
        $page = $anna->browser->get($preferences->resolve($link->getAttribute('href')));
        $rows = array_map(static fn (\DOMElement $row): string => preg_replace('/\s+/', ' ', $row->textContent), $page->all('//main//tbody/tr'));
        self::assertCount(2, $rows);
        self::assertStringContainsString('This one', $rows[0]);
        self::assertStringContainsString('Firefox on Windows', $rows[1]);
        $button = static fn (Page $page, int $n): string => $page->all("//button[@name='m1_device']")[$n]->getAttribute('value');
        // A stolen session, or a browser that is trusted, removes none.
        $other = $button($page, 1);
        $refused = $anna->browser->post('/admin/moduleinterface.php', ['mact' => 'TwoFactor,m1_,page,0', '__c' => $anna->key(),
            'm1_do' => 'end-device', 'm1_page' => 'devices', 'm1_device' => $other]);
        self::assertStringContainsString('confirm', strtolower($refused->text()));
        self::assertNotContains('device.ended', $this->site()->audit('2'));
        // With the code on the same form.
        $form = $page->form(".//input[@name='m1_do'][@value='end-device']");
        $page = $anna->browser->submit($page, $form, ['m1_code' => $anna->phone->code(), 'm1_device' => $other]);
        self::assertStringContainsString('That browser is no longer trusted', $page->text());
        self::assertCount(1, $page->all("//button[@name='m1_device']"));
        $desk->signOut();
        self::assertChallenged($desk->givePassword());
        self::assertIn($anna);
        $form = $page->form(".//input[@name='m1_do'][@value='end-device']");
        $page = $anna->browser->submit($page, $form, ['m1_do' => 'end-devices']);
        self::assertStringContainsString('No browser is trusted', $page->text());
        self::assertNull(self::cookie($anna));
        self::assertContains('devices.ended', $this->site()->audit('2'));
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
    }

    public function test_administrators_say_for_how_many_days_and_it_holds_at_once(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'devices']);
        self::assertStringContainsString('may be trusted for 30 days', $page->text());
        foreach (['31', '-1', 'x', '1.5'] as $wrong) {
            $page = $admin->send($page, 'device-days', ['days' => $wrong]);
            self::assertStringContainsString('a number from 0 to 30', $page->text(), $wrong);
        }
        $page = $admin->send($page, 'device-days', ['days' => '0']);
        self::assertStringContainsString('No browser may be trusted now', $page->text());
        self::assertChallenged($anna->givePassword());
        self::assertFalse(self::asks($anna->givePassword()));
        $page = $admin->send($page, 'device-days', ['days' => '7']);
        self::assertStringContainsString('Trust this browser for 7 days', $anna->elsewhere()->givePassword()->text());
        $page = $admin->send($page, 'device-days', ['days' => '']);
        self::assertStringContainsString('may be trusted for 30 days', $page->text());
        $anna->givePassword();
        self::assertIn($anna);
        self::assertStringNotContainsString('Save', $anna->action('defaultadmin', ['tab' => 'devices'])->text(), 'administrators alone');
    }

    public function test_whoever_came_in_by_a_trusted_browser_and_removes_it_with_a_proof_stays_signed_in(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $this->site()->clock->advance(600);
        $anna->givePassword();
        self::assertIn($anna);
        $other = clone $anna;
        $other->browser = clone $anna->browser;
        $page = $anna->action('page', ['page' => 'devices']);
        $form = $page->form(".//input[@name='m1_do'][@value='end-device']");
        $device = $page->one("//button[@name='m1_device']")->getAttribute('value');
        $page = $anna->browser->submit($page, $form, ['m1_code' => $anna->phone->code(), 'm1_device' => $device]);
        self::assertStringContainsString('That browser is no longer trusted', $page->text());
        self::assertIn($anna);
        self::assertOut($other, 'a copy of the cookie from before is worth nothing');
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
    }

    /** Somebody else's browser that has what the person's has kept, and nothing of their session. */
    private function copied(Person $person): Person
    {
        $thief = $person->elsewhere();
        $isKept = static fn (string $name): bool => preg_match(self::COOKIE, $name) === 1;
        $thief->browser->cookies = array_filter($person->browser->cookies, $isKept, ARRAY_FILTER_USE_KEY);
        $thief->browser->headers = ['User-Agent' => 'curl/8.5.0'];
        return $thief;
    }

    public function test_whoever_ends_all_other_sign_ins_ends_the_copy_of_this_very_browser_too(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $this->site()->clock->advance(3600);
        $anna->givePassword();
        self::assertIn($anna);
        $thief = $this->copied($anna);
        $this->site()->clock->advance(3600);
        $thief->givePassword();
        self::assertIn($thief);
        // What this browser has is an old token by now, and the list does not call it this one.
        $this->site()->clock->advance(3600);
        $page = $anna->action('page', ['page' => 'devices']);
        self::assertCount(1, $page->all('//main//tbody/tr'));
        self::assertStringNotContainsString('This one', $page->one('//main//tbody/tr')->textContent);
        $anna->stepUp();
        $page = $anna->change('end-other-sessions');
        self::assertStringContainsString('Trusted browsers are asked for a code again.', $page->text());
        self::assertOut($thief);
        self::assertIn($anna);
        foreach ([0, 5 * self::DAY] as $seconds) {
            $this->site()->clock->advance($seconds);
            self::assertChallenged($thief->givePassword());
        }
        self::assertChallenged($anna->givePassword());
    }

    public function test_whoever_ends_an_older_sign_in_of_this_very_browser_stays_signed_in(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        foreach ([1, 2] as $_) {
            // As if the browser had been closed in between.
            $anna->browser->cookies = $this->copied($anna)->browser->cookies;
            $this->site()->clock->advance(600);
            $anna->givePassword();
            self::assertIn($anna);
        }
        $older = $anna->action('sessions')->one("//button[@name='m1_session']")->getAttribute('value');
        $anna->stepUp();
        $page = $anna->change('end-session', ['session' => $older]);
        self::assertStringContainsString('That sign-in has ended.', $page->text());
        self::assertIn($anna);
        $anna->signOut();
        self::assertChallenged($anna->givePassword(), 'the browser is asked again');
    }

    public function test_administrators_see_and_remove_the_browsers_of_others_with_a_proof_and_nobody_else_does(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $bert = $this->enrolled('bert');
        $bert->signIn();
        self::assertStringNotContainsString('trusted by', $bert->action('defaultadmin', ['tab' => 'user-devices', 'user' => '2'])->text());
        $admin = $this->administrator();
        $user = $admin->lookUp('anna');
        $link = $user->one("//main//a[normalize-space(.)='Browsers that this user trusts']");
        $page = $admin->browser->get($user->resolve($link->getAttribute('href')));
        self::assertStringContainsString('Browsers trusted by anna', $page->text());
        $id = $page->one("//button[@name='m1_device']")->getAttribute('value');
        $form = $page->form(".//input[@name='m1_do'][@value='end-user-device']");
        $page = $admin->browser->submit($page, $form, ['m1_device' => $id]);
        self::assertStringContainsString('That browser is no longer trusted', $page->text());
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
        $this->trusted($anna);
        $page = $admin->browser->get($user->resolve($link->getAttribute('href')));
        $form = $page->form(".//input[@name='m1_do'][@value='end-user-device']");
        $without = $admin->browser->submit($page, $form, ['m1_do' => 'end-user-devices']);
        self::assertNotContains('devices.ended', $this->site()->audit('2'), 'a reason is needed');
        $form = $without->form(".//input[@name='m1_do'][@value='end-user-device']");
        $admin->browser->submit($without, $form, ['m1_do' => 'end-user-devices', 'm1_reason' => 'laptop lost']);
        self::assertContains('devices.ended', $this->site()->audit('2'));
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
    }

    public function test_without_https_the_page_says_why_no_browser_is_remembered_and_none_is(): void
    {
        $this->licensed(isSecure: false);
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        self::assertFalse(self::asks($page));
        self::assertStringContainsString('that takes HTTPS', $page->text());
        $this->site()->clock->advance(30);
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1']);
        self::assertIn($anna);
        self::assertNull(self::cookie($anna));
        self::assertNotContains('device.trusted', $this->site()->audit('2'));
    }

    public function test_b29_a_cookie_that_is_empty_changed_or_somebody_else_s_signs_nobody_in(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $bert = $this->enrolled('bert');
        $this->trusted($anna);
        $this->trusted($bert);
        [$name] = array_values(preg_grep(self::COOKIE, array_keys($anna->browser->cookies)));
        $own = $anna->browser->cookies[$name];
        $others = ['', 'x', substr($own, 0, -1), strrev($own), (string) self::cookie($bert), str_repeat('A', 4000)];
        foreach ($others as $other) {
            $elsewhere = $anna->elsewhere();
            $elsewhere->browser->cookies[$name] = rawurlencode($other);
            self::assertChallenged($elsewhere->givePassword());
        }
        // As an array, which PHP makes of a name with brackets.
        $elsewhere = $anna->elsewhere();
        $elsewhere->browser->cookies["{$name}[0]"] = $own;
        self::assertChallenged($elsewhere->givePassword());
        $anna->signOut();
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_b05_a_trusted_browser_without_the_password_is_nobody(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        self::assertOut($anna);
        $anna->givePassword('wrong');
        self::assertOut($anna);
    }

    public function test_b33_in_a_trusted_browser_a_change_of_factors_takes_a_proof(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $this->site()->clock->advance(600);
        $anna->givePassword();
        self::assertIn($anna);
        $page = $anna->change('remove', $this->factorOf('2', 'totp'));
        self::assertSame(['totp', 'backup'], $this->methodsOf('2'));
        self::assertNotContains('factor.removed', $this->site()->audit('2'));
        self::assertSame(200, $page->status);
    }

    public function test_b33_a_proof_does_not_outlive_its_sign_in_in_a_trusted_browser(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $app = $this->factorOf('2', 'totp');
        $this->site()->clock->advance(60);
        $anna->stepUp();
        // By whichever way the sign-in was over: signed in over it, or ended from another machine.
        $anna->givePassword();
        self::assertIn($anna);
        $anna->change('remove', $app);
        self::assertSame(['totp', 'backup'], $this->methodsOf('2'));
        $this->site()->clock->advance(60);
        $anna->stepUp();
        $desk = $anna->elsewhere();
        $this->site()->clock->advance(60);
        $desk->signIn();
        $this->site()->clock->advance(30);
        $desk->stepUp();
        $desk->browser->post('/admin/moduleinterface.php', ['mact' => 'TwoFactor,m1_,sessions,0', '__c' => $desk->key(), 'm1_do' => 'end-other-sessions']);
        self::assertOut($anna);
        $this->trusted($anna);
        $anna->change('remove', $app);
        self::assertSame(['totp', 'backup'], $this->methodsOf('2'));
        self::assertNotContains('factor.removed', $this->site()->audit('2'));
        // The one with which it was done goes on.
        $desk->change('remove', $app);
        self::assertContains('factor.removed', $this->site()->audit('2'));
    }

    public function test_b31_a_password_that_was_written_into_the_database_ends_the_trust(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $anna->givePassword();
        self::assertIn($anna);
        $anna->signOut();
        $pdo = $this->site()->pdo();
        $before = $pdo->query('SELECT password FROM cms_users WHERE user_id = 2')->fetchColumn();
        $write = $pdo->prepare('UPDATE cms_users SET password = ? WHERE user_id = 2');
        $mask = (string) $pdo->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'sitemask'")->fetchColumn();
        $write->execute([md5($mask . 'another one')]);
        self::assertChallenged($anna->givePassword('another one'));
        $write->execute([$before]);
        $anna->givePassword();
        self::assertIn($anna);
    }

    /** @return array<string, string> the cookie that this browser is trusted by */
    private static function copyOf(Person $person): array
    {
        return array_filter($person->browser->cookies, static fn (string $name) => preg_match(self::COOKIE, $name) === 1, ARRAY_FILTER_USE_KEY);
    }

    public function test_a_copied_cookie_is_told_also_where_there_were_too_many_sign_ins_to_say_so(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $old = self::copyOf($anna);
        $anna->signOut();
        $this->site()->clock->advance(600);
        $anna->givePassword();
        self::assertIn($anna);
        $this->site()->clock->advance(60);
        $thief = $anna->elsewhere();
        $thief->browser->headers = ['User-Agent' => 'curl/8.5.0'];
        for ($asked = 0; $asked < 40; $asked++) {
            if (!$thief->elsewhere()->givePassword()->has('//input[@name="twofactor_code"]')) {
                break;
            }
        }
        self::assertLessThan(40, $asked);
        $thief->browser->cookies = $old;
        self::assertSame(429, $thief->givePassword()->status);
        self::assertContains('device.reused', $this->site()->audit('2'));
        self::assertCount(1, $anna->mailbox()->notices('remembered browser'), 'with that answer, which says nothing of it');
        $this->site()->clock->advance(3600);
        self::assertOut($anna);
        self::assertChallenged($anna->givePassword());
        self::assertCount(1, $anna->mailbox()->notices('remembered browser'));
    }

    public function test_whoever_ends_sign_ins_ends_the_trust_also_where_no_licence_shows_its_pages(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $thief = $anna->elsewhere();
        $thief->browser->cookies = self::copyOf($anna);
        $desk = $anna->elsewhere();
        $this->site()->clock->advance(60);
        $desk->signIn();
        $folder = $this->site()->root() . '/modules/TwoFactorPro';
        rename($folder, "$folder.away");
        $page = $desk->action('sessions');
        self::assertStringContainsString('the trust in browsers', $page->text());
        $this->site()->clock->advance(30);
        $form = $page->form(".//input[@name='m1_do'][@value='end-session']");
        $page = $desk->browser->submit($page, $form, ['m1_code' => $desk->phone->code(), 'm1_do' => 'end-other-sessions']);
        self::assertStringContainsString('Trusted browsers are asked for a code again', $page->text());
        // There is nobody else, and the button all the same.
        self::assertTrue($page->has("//button[@value='end-other-sessions']"));
        self::assertIn($desk);
        rename("$folder.away", $folder);
        self::assertChallenged($thief->givePassword());
        $anna->browser->cookies = self::copyOf($anna);
        self::assertChallenged($anna->givePassword());
    }

    public function test_an_administrator_ends_the_trust_also_of_who_is_signed_in_nowhere_and_without_a_licence(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $admin = $this->administrator();
        $folder = $this->site()->root() . '/modules/TwoFactorPro';
        rename($folder, "$folder.away");
        $page = $admin->action('defaultadmin', ['tab' => 'user-sessions', 'user' => '2']);
        $form = $page->form(".//input[@name='m1_do'][@value='end-user-session']");
        $admin->browser->submit($page, $form, ['m1_do' => 'end-user-sessions', 'm1_reason' => 'laptop lost']);
        self::assertContains('sessions.ended', $this->site()->audit('2'));
        rename("$folder.away", $folder);
        self::assertChallenged($anna->givePassword());
    }

    /** @return list<string> */
    private function methodsOf(string $userId): array
    {
        return $this->site()->asOperator(
            static fn ($verifier): array => array_column($verifier->account($userId)->methods(), 'value'),
            ['clock' => $this->siteClock()],
        );
    }

    public function test_a_copied_cookie_ends_the_trust_and_whoever_came_in_by_it_and_its_user_is_mailed(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $thief = $anna->elsewhere();
        $thief->browser->headers = ['User-Agent' => 'curl/8.5.0'];
        $thief->browser->cookies = array_filter($anna->browser->cookies, static fn (string $name) => str_starts_with($name, '__Host-'), ARRAY_FILTER_USE_KEY);
        $thief->givePassword();
        self::assertIn($thief);
        $this->site()->clock->advance(3600);
        self::assertIn($thief);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertStringNotContainsString('cop', strtolower($page->text()), 'it may be the thief who reads it');
        self::assertOut($thief);
        $letters = $anna->mailbox()->notices('remembered browser');
        self::assertCount(1, $letters);
        self::assertStringContainsString('remembered browser was removed', $letters[0]['subject']);
        self::assertChallenged($thief->givePassword());
        self::assertCount(1, $anna->mailbox()->notices('remembered browser'));
    }

    public function test_b31_a_new_password_ends_the_trust(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $this->site()->asOperator(static fn ($verifier) => $verifier->raiseEpoch('2', 'the test', 'a new password'), ['clock' => $this->siteClock()]);
        $anna = clone $anna;
        self::assertChallenged($anna->givePassword());
    }

    public function test_b40_a_trusted_browser_signs_in_while_somebody_guesses_at_its_owner_s_codes(): void
    {
        $this->licensed();
        $anna = $this->enrolled();
        $this->trusted($anna);
        $anna->signOut();
        $guesser = $anna->elsewhere();
        $page = $guesser->givePassword();
        for ($guess = 0; $guess < 6; $guess++) {
            $page = $guesser->answer($page, sprintf('%06d', $guess));
        }
        self::assertContains('factor.blocked', $this->site()->audit('2'));
        $anna->givePassword();
        self::assertIn($anna);
    }
}
