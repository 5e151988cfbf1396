<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Site Admin, Providers: who carries codes is set up in the browser, tried out, and nobody reads a credential back. */
final class ProvidersTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';

    private Fakes $twilio;

    private function twilio(): Fakes
    {
        if (!isset($this->twilio)) {
            $this->twilio = new Fakes();
            // What a form cannot say: where the fake is, and whom it is certified by.
            $this->site()->start($this->twilio->ini());
        }
        return $this->twilio;
    }

    /** @return array<string, string> what an administrator types into the form */
    private function typed(array $other = []): array
    {
        $facts = $this->twilio()->about['twilio'];
        $typed = $other + ['account' => $facts['account'], 'user' => $facts['account'], 'secret' => $facts['token'], 'from' => $facts['from']];
        $fields = [];
        foreach ($typed as $name => $value) {
            $fields[$name === 'name' ? 'name' : "set_$name"] = $value;
        }
        return $fields;
    }

    private function admin(): Person
    {
        $this->twilio();
        return $this->administrator();
    }

    private function add(Person $admin, array $other = [], string $kind = 'twilio-messaging'): Page
    {
        return $admin->send($admin->action('defaultadmin', ['tab' => 'providers', 'add' => $kind]), 'provider-save', $this->typed($other));
    }

    /** The form knows Twilio's own address only; a test has one on this machine. */
    private function moveToTheFake(string $name): void
    {
        $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider($name, ['url' => $this->twilio()->about['twilio']['url'],
            'user' => $this->twilio()->about['twilio']['account'], 'secret' => $this->twilio()->about['twilio']['token']], 'the test'));
    }

    public function test_a_provider_is_set_up_checked_tried_out_and_used(): void
    {
        $admin = $this->admin();
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertStringContainsString('There is no provider yet', $page->text());
        self::assertFalse($this->person('anna')->givePassword()->has("//input[@value='start-phone']"));
        $page = $this->add($admin);
        self::assertStringContainsString('The provider was saved', $page->text());
        self::assertStringContainsString('twilio-messaging', $page->one('//ol[@class="tf-providers"]/li')->textContent);
        $this->moveToTheFake('twilio-messaging');
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check');
        self::assertStringContainsString('twilio-messaging: the credentials are right', $page->text());
        $page = $admin->send($page, 'provider-test', ['number' => self::NUMBER]);
        self::assertStringContainsString('The provider took the message to +49 ••• 89', $page->text());
        self::assertStringNotContainsString('3456789', $page->body);
        self::assertCount(1, $this->twilio()->sent());
        self::assertSame('+4915123456789', $this->twilio()->sent()[0]['to']);
        // Another process, another person: the way is there now.
        $this->site()->clock->advance(61);
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => self::NUMBER]);
        $page = $anna->send($page, 'confirm-destination', ['code' => $this->twilio()->sent()[1]['code']]);
        self::assertCount(10, Person::codesOn($page));
    }

    public function test_wrong_credentials_are_found_by_the_check_and_mended(): void
    {
        $admin = $this->admin();
        $this->add($admin, ['name' => 'main']);
        $this->moveToTheFake('main');
        $edit = fn (): Page => $admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'main']);
        $admin->send($edit(), 'provider-save', ['set_secret' => str_repeat('0', 32)]);
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check');
        self::assertStringContainsString('The check did not pass', $page->one('//*[@role="alert"]')->textContent);
        self::assertStringNotContainsString(str_repeat('0', 32), $page->body);
        $page = $edit();
        $token = $this->twilio()->about['twilio']['token'];
        self::assertSame('', $page->one('//input[@name="m1_set_secret"]')->getAttribute('value'));
        self::assertSame('password', $page->one('//input[@name="m1_set_secret"]')->getAttribute('type'));
        $admin->send($page, 'provider-save', ['set_secret' => $token]);
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check');
        self::assertStringContainsString('The check of main passed', $page->text());
        foreach ([$edit(), $page, $admin->action('defaultadmin', ['tab' => 'audit']), $admin->action('defaultadmin', ['tab' => 'health'])] as $shown) {
            self::assertStringNotContainsString($token, $shown->body);
        }
        foreach ($this->site()->leftBehind() as $place => $content) {
            self::assertStringNotContainsString($token, $content, $place);
        }
    }

    public function test_the_order_is_changed_and_a_provider_removed(): void
    {
        $admin = $this->admin();
        $this->add($admin, ['name' => 'one']);
        $this->add($admin, ['name' => 'two']);
        $names = fn (Page $page): array => array_map(static fn ($one) => explode(' ', trim($one->textContent))[0], $page->all('//ol[@class="tf-providers"]/li/h3'));
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertSame(['one', 'two'], $names($page));
        $page = $admin->change('provider-up', ['name' => 'two']);
        self::assertSame(['two', 'one'], $names($page));
        $page = $admin->change('provider-remove', ['name' => 'two']);
        self::assertSame(['one'], $names($page));
        self::assertStringContainsString('The provider was removed', $page->text());
        $audit = $admin->action('defaultadmin', ['tab' => 'audit'])->text();
        foreach (['Provider added', 'Order of providers changed', 'Provider removed', 'admin'] as $part) {
            self::assertStringContainsString($part, $audit);
        }
    }

    public function test_what_cannot_be_right_is_refused_and_nothing_that_was_typed_is_lost(): void
    {
        $admin = $this->admin();
        foreach ([[['account' => 'AC1'], 'account'], [['from' => ''], 'sender'], [['validity' => '1e3'], 'validity'], [['status_callback' => 'http://example.com/x'], 'https://'], [['user' => 'SK' . str_repeat('a', 32), 'status_callback' => 'https://example.com/x'], 'auth_token']] as [$wrong, $why]) {
            $page = $this->add($admin, $wrong + ['whatsapp_variable' => 'kept']);
            self::assertStringContainsString('Nothing was changed', $page->one('//*[@role="alert"]')->textContent, $why);
            self::assertStringContainsString($why, $page->text());
            self::assertSame('kept', $page->one('//input[@name="m1_set_whatsapp_variable"]')->getAttribute('value'));
            self::assertStringNotContainsString($this->twilio()->about['twilio']['token'], $page->body);
        }
        foreach (['two words', 'ü', str_repeat('a', 33)] as $name) {
            $page = $this->add($admin, ['name' => $name, 'whatsapp_variable' => 'kept']);
            self::assertStringContainsString('Nothing was changed', $page->one('//*[@role="alert"]')->textContent, $name);
            self::assertStringContainsString('must be 1 to 32 letters, digits and dashes', $page->one('//p[@lang="en"]')->textContent, $name);
            self::assertSame($name, $page->one('//input[@name="m1_name"]')->getAttribute('value'));
            self::assertSame('kept', $page->one('//input[@name="m1_set_whatsapp_variable"]')->getAttribute('value'));
        }
        $this->add($admin, ['name' => 'main']);
        self::assertStringContainsString('a provider of this name already', $this->add($admin, ['name' => 'main'])->text());
        self::assertCount(1, $admin->action('defaultadmin', ['tab' => 'providers'])->all('//ol[@class="tf-providers"]/li'));
    }

    public function test_every_kind_has_its_form(): void
    {
        $admin = $this->admin();
        $sid = static fn (string $prefix): string => $prefix . str_repeat('a', 32);
        foreach ([
            'twilio-verify' => ['user' => $sid('SK'), 'secret' => 'secret', 'service' => $sid('VA')],
            'sns' => ['access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('x', 40), 'region' => 'eu-central-1'],
            'gateway' => ['url' => 'https://gateway.example', 'licence_key' => 'licence-key-1', 'keys' => 'k1=' . base64_encode(hex2bin('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))],
        ] as $kind => $values) {
            $page = $admin->action('defaultadmin', ['tab' => 'providers', 'add' => $kind]);
            $fields = [];
            foreach ($values as $name => $value) {
                $fields["set_$name"] = $value;
            }
            $page = $admin->send($page, 'provider-save', $fields);
            self::assertStringContainsString('The provider was saved', $page->text(), $kind);
        }
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertCount(3, $page->all('//ol[@class="tf-providers"]/li'));
        foreach (['secret', 'licence-key-1', 'AKIAIOSFODNN7EXAMPLE', str_repeat('x', 40)] as $secret) {
            self::assertStringNotContainsString(">$secret<", $page->body);
            self::assertStringNotContainsString("\"$secret\"", $page->body);
        }
    }

    public function test_any_provider_is_described_in_the_form_and_an_error_loses_nothing_but_the_secret(): void
    {
        $admin = $this->administrator();
        $typed = [
            'set_url' => 'https://carrier.example/v1/messages',
            'set_headers' => "Authorization: Bearer {secret}\nX-Request-Id: {id}",
            'set_json' => "{\n  \"to\": [\"{number}\"],\n  \"text\": \"<b>{text}</b>\"\n}",
            'set_replies' => "taken: 201 $.id=*\nlater: 500",
            'set_message_id' => '$.id',
            'set_regions' => "DE\n+43",
            'set_per_hour' => '120',
        ];
        $page = $admin->send(
            $admin->action('defaultadmin', ['tab' => 'providers', 'add' => 'http']),
            'provider-save',
            $typed + ['name' => 'mine', 'set_secret' => 'canary-of-the-form'],
        );
        self::assertStringContainsString('`replies`, line 2', $page->one('//*[@role="alert"]/following-sibling::p[@lang="en"]')->textContent);
        foreach ($typed as $name => $value) {
            $field = $page->one("//*[@id='tf-$name']");
            self::assertSame($value, $field->nodeName === 'textarea' ? $field->textContent : $field->getAttribute('value'), $name);
        }
        self::assertStringContainsString('Secret', $page->one('//*[contains(@class, "tf-careful")]')->textContent, 'it has to be typed once more');
        self::assertStringNotContainsString('canary', $page->body);
        $page = $admin->send($page, 'provider-save', ['set_replies' => "taken: 201 $.id=*\nlater: 429", 'set_secret' => 'canary-of-the-form']);
        self::assertStringContainsString('The provider was saved', $page->text());
        $page = $admin->action('defaultadmin', ['tab' => 'providers', 'edit' => 'mine']);
        self::assertStringNotContainsString('canary', $page->body);
        self::assertSame("DE\n+43", $page->one("//*[@id='tf-set_regions']")->textContent);
        self::assertSame($typed['set_json'], $page->one("//*[@id='tf-set_json']")->textContent);
        // Whoever changes what is sent could have the secret sent to their own telephone.
        $page = $admin->send($page, 'provider-save', ['set_json' => '{"to": "{number}", "text": "{text} {secret}"}']);
        self::assertStringContainsString('`json` says who is given the credentials', $page->one('//*[@role="alert"]/following-sibling::p[@lang="en"]')->textContent);
    }

    public function test_the_managed_gateway_signs_people_in_and_shows_its_own_list(): void
    {
        $this->twilio()->setClock(time());
        $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider('managed', $this->twilio()->gateway(), 'the test'));
        $code = fn (): string => array_column($this->twilio()->gatewaySent(), 'code')[count($this->twilio()->gatewaySent()) - 1];
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => self::NUMBER]);
        $anna->codes = Person::codesOn($anna->send($page, 'confirm-destination', ['code' => $code()]));
        self::assertCount(10, $anna->codes);
        $anna->signOut();
        $this->site()->clock->advance(301);
        $this->twilio()->ask('/clock', ['advance' => 301]);
        $anna = $anna->elsewhere();
        $page = $anna->givePassword();
        self::assertChallenged($page);
        $anna->answer($page, $code());
        self::assertIn($anna);
        $admin = $this->admin();
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        $link = $page->one("//a[normalize-space(.)='Its own list of messages']");
        $page = $admin->browser->get($page->resolve($link->getAttribute('href')));
        self::assertStringContainsString('••', $page->one('//tbody/tr')->textContent);
        self::assertStringNotContainsString('3456789', $page->body);
        self::assertStringNotContainsString($this->twilio()->about['gateway']['licence_key'], $page->body);
        $page = $admin->action('defaultadmin', ['tab' => 'providers', 'log' => 'other']);
        self::assertStringContainsString('there is no provider of that name', $page->text());
    }

    public function test_the_gateway_s_balance_is_shown_after_a_check_and_nowhere_else(): void
    {
        $this->twilio()->setClock(time());
        $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider('managed', $this->twilio()->gateway(), 'the test'));
        $admin = $this->admin();
        $check = fn (): Page => $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check');
        $this->twilio()->tellBalance('<b>1234</b> & "5"');
        $page = $check();
        self::assertStringContainsString('The check of managed passed', $page->one('//*[@role="status"]')->textContent);
        self::assertStringContainsString('Credits remaining, as it tells: <b>1234</b> & "5"', $page->text());
        self::assertStringNotContainsString('<b>1234', $page->body);
        $this->twilio()->tellBalance(str_repeat('9', 5_000));
        $page = $check();
        self::assertStringContainsString('The check of managed passed', $page->one('//*[@role="status"]')->textContent);
        self::assertStringNotContainsString(str_repeat('9', 20), $page->body);
        foreach (['providers', 'health', 'audit', 'messages'] as $tab) {
            self::assertStringNotContainsString('1234', $admin->action('defaultadmin', ['tab' => $tab])->text(), $tab);
        }
        foreach ($this->site()->leftBehind() as $place => $content) {
            self::assertStringNotContainsString('<b>1234', $content, $place);
        }
    }

    public function test_a_stolen_session_changes_no_provider(): void
    {
        $this->twilio();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $this->site()->clock->advance(400);
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertFalse($page->has('//dl[@class="tf-kinds"]'));
        foreach (['provider-save', 'provider-remove', 'provider-up', 'provider-check', 'provider-test'] as $do) {
            $page = $admin->change($do, ['name' => 'main', 'kind' => 'twilio-messaging'] + $this->typed());
            self::assertStringContainsString('Please type a code', $page->one('//*[@role="alert"]')->textContent, $do);
        }
        self::assertFalse($page->has('//ol[@class="tf-providers"]/li'));
        $page = $admin->send($page, 'providers-prove', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertTrue($page->has('//dl[@class="tf-kinds"]'), $page->text());
        self::assertStringContainsString('was saved', $this->add($admin, ['name' => 'main'])->text());
    }

    public function test_what_a_browser_had_before_signing_out_changes_no_provider(): void
    {
        $this->twilio();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        // With a fresh proof in the session: it is over with it.
        $admin->stepUp();
        self::assertStringContainsString('was saved', $this->add($admin, ['name' => 'main'])->text());
        $had = $admin->browser->cookies;
        $admin->signOut();
        $withoutSession = array_filter($had, static fn (string $name): bool => !str_starts_with($name, 'CMSSESSID'), ARRAY_FILTER_USE_KEY);
        self::assertCount(count($had) - 1, $withoutSession);
        foreach ([$had, $withoutSession] as $cookies) {
            foreach ([
                'provider-save' => ['name' => 'other', 'kind' => 'twilio-messaging'] + $this->typed(),
                'provider-remove' => ['name' => 'main'],
                'provider-test' => ['name' => 'main', 'way' => 'sms', 'number' => self::NUMBER],
            ] as $do => $fields) {
                $thief = $admin->elsewhere();
                $thief->browser->cookies = $cookies;
                $page = $thief->change($do, $fields);
                self::assertFalse($page->has('//main//form[.//input[@name="m1_do"]]'), $do);
                self::assertOut($thief, $do);
            }
        }
        $names = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->name(), $verifier->providers()));
        self::assertSame(['main'], $names);
        self::assertSame([], $this->twilio()->sent());
    }

    public function test_a_provider_that_fails_is_shown_as_resting_until_it_answers_again(): void
    {
        $this->twilio();
        $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider('main', $this->twilio()->provider(), 'the test'));
        $admin = $this->admin();
        $state = fn (): string => $admin->action('defaultadmin', ['tab' => 'providers'])->one('//ol[@class="tf-providers"]/li/p')->textContent;
        // A minute between the messages of one operator.
        $test = function () use ($admin): void {
            $this->site()->clock->advance(61);
            $page = $admin->action('defaultadmin', ['tab' => 'providers']);
            if ($page->has('//input[@value="providers-prove"]')) {
                // A proof is good for five minutes.
                $page = $admin->send($page, 'providers-prove', ['method' => 'totp', 'code' => $admin->phone->code()]);
            }
            $admin->send($page, 'provider-test', ['number' => self::NUMBER]);
        };
        self::assertStringContainsString('No fault lately.', $state());
        $this->twilio()->ask('/fail', ['status' => 500, 'times' => 20]);
        $asked = fn (): int => json_decode($this->twilio()->ask('/requests'), true)['twilio'];
        for ($one = 0; $one < 5; $one++) {
            self::assertStringContainsString('No fault lately.', $state(), "after $one");
            $test();
        }
        self::assertMatchesRegularExpression('/It has failed lately and is left alone until \d\d? \w+ \d{4}, \d\d:\d\d:\d\d/', $state());
        $health = $admin->action('defaultadmin', ['tab' => 'health'])->text();
        self::assertStringContainsString('main', $health);
        // Nobody is sent to it, and looking asks it nothing.
        $before = $asked();
        $anna = $this->person('anna');
        $anna->givePassword();
        self::assertStringNotContainsString('+49 •••', $anna->change('start-phone', ['number' => '+49 1512 3456700'])->text());
        $state();
        self::assertSame($before, $asked());
        $this->twilio()->reset();
        $this->site()->clock->advance(61);
        $anna->change('start-phone', ['number' => '+49 1512 3456700']);
        self::assertCount(1, $this->twilio()->sent());
        self::assertStringContainsString('No fault lately.', $state());
    }

    public function test_a_manager_who_is_no_administrator_decides_nothing_over_administrators(): void
    {
        $this->twilio();
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $bert = $this->person('bert');
        $bert->givePassword();
        $page = $bert->action('defaultadmin');
        self::assertTrue($page->has('//main//table'), $page->text());
        self::assertStringNotContainsString('Providers', $page->one('//nav[contains(@class, "tf-tabs")]')->textContent);
        foreach (['providers', 'settings'] as $tab) {
            self::assertFalse($bert->action('defaultadmin', ['tab' => $tab])->has('//main//form'), $tab);
        }
        foreach (['provider-save', 'provider-remove', 'provider-up', 'provider-check', 'provider-test', 'switch-reset'] as $do) {
            $bert->change($do, ['name' => 'main', 'kind' => 'twilio-messaging', 'reset' => 'on'] + $this->typed());
        }
        $page = $this->admin()->action('defaultadmin', ['tab' => 'providers']);
        self::assertStringContainsString('There is no provider yet', $page->text());
        self::assertSame([], $this->twilio()->sent());
    }

    public function test_nobody_but_administrators_and_no_foreign_form_changes_one(): void
    {
        $admin = $this->admin();
        $bert = $this->person('bert');
        $bert->givePassword();
        foreach (['provider-save', 'provider-remove', 'provider-test'] as $do) {
            $bert->change($do, ['name' => 'main', 'kind' => 'twilio-messaging'] + $this->typed());
            $admin->change($do, ['name' => 'main', 'kind' => 'twilio-messaging'] + $this->typed(), 'another key');
        }
        self::assertStringNotContainsString('Add a provider', $bert->action('defaultadmin', ['tab' => 'providers'])->text());
        self::assertStringContainsString('There is no provider yet', $admin->action('defaultadmin', ['tab' => 'providers'])->text());
        self::assertSame([], $this->twilio()->sent());
    }

    public function test_what_php_ini_says_is_shown_and_not_changed(): void
    {
        $this->site()->carriers();
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertStringContainsString('These providers are named in php.ini', $page->text());
        self::assertFalse($page->has("//button[@value='provider-remove']"));
        $page = $admin->change('provider-remove', ['name' => 'development']);
        self::assertTrue($page->has('//ol[@class="tf-providers"]/li'));
        $page = $admin->send($page, 'provider-test', ['number' => self::NUMBER]);
        self::assertStringContainsString('took the message', $page->text());
        self::assertCount(1, $this->site()->handset(self::NUMBER)->messages());
    }
}
