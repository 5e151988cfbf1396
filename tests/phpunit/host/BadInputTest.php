<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/**
 * What no person types, in every field of every form: each gets a page, nothing of it counts, PHP has nothing to say,
 * and the right answer still does afterwards.
 */
final class BadInputTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';

    /** Bad spellings of what would be right. @return array<string, string> */
    private static function spellings(string $right): array
    {
        $digits = static fn (int $zero): string => preg_replace_callback('/\d/', static fn (array $found): string => mb_chr($zero + (int) $found[0]), $right);
        $middle = intdiv(strlen($right), 2);
        return [
            'a megabyte' => str_pad('', 1 << 20, $right),
            'a megabyte after it' => $right . str_repeat('x', 1 << 20),
            'a NUL inside' => substr($right, 0, $middle) . "\0" . substr($right, $middle),
            'a NUL after it' => "$right\0x",
            'bad UTF-8 after it' => "$right\xff\xfe",
            'bad UTF-8 inside' => substr($right, 0, $middle) . "\xed\xa0\x80" . substr($right, $middle),
            'overlong digits' => preg_replace_callback('/\d/', static fn (array $found): string => "\xc0" . chr(0x80 | ord($found[0])), $right),
            'Arabic digits' => $digits(0x660),
            'Persian digits' => $digits(0x6f0),
            'full-width digits' => $digits(0xff10),
            'a negative number' => "-1$right",
            'a number with an exponent' => "{$right}e0",
        ];
    }

    /** Those in which a code is no code: digits of another script are digits. @return array<string, string> */
    private static function wrong(string $code): array
    {
        return array_diff_key(self::spellings($code), array_flip(['Arabic digits', 'Persian digits', 'full-width digits']));
    }

    /** What telephones, word processors and keyboards make of a code. @return array<string, string> */
    private static function pasted(string $code): array
    {
        $digits = array_diff_key(self::spellings($code), self::wrong($code));
        $middle = intdiv(strlen($code), 2);
        [$before, $after] = [substr($code, 0, $middle), substr($code, $middle)];
        return $digits + [
            'a no-break space' => "$before\u{a0}$after",
            'marks of direction' => "\u{2066}\u{200e}$code\u{2069}",
            'a zero-width space' => "\u{feff}$before\u{200b}$after\u{200b}",
            'a typographic dash' => "{$before}–$after",
            'everything at once' => "\u{202a}" . mb_convert_kana($before, 'A') . "\u{202f}−\u{2060}$after\u{3000}\u{202c}",
        ];
    }

    /** Without the second that curl waits for leave to send a megabyte. */
    private static function prompt(Person $person): Person
    {
        $person->browser->headers = ['Expect' => ''];
        return $person;
    }

    /** A page like any other, and nothing for an operator to wonder about. */
    private function assertIsPage(Page $page, string $how): void
    {
        self::assertSame(200, $page->status, "$how: " . substr($page->text(), 0, 300));
        self::assertTrue($page->has('//form | //main'), "$how is answered by a page");
        self::assertTrue(mb_check_encoding($page->body, 'UTF-8'), "$how: the page is UTF-8");
        self::assertLessThan(200_000, strlen($page->body), "$how is not repeated at length");
        self::assertStringNotContainsString('Missing Languagestring', $page->body, $how);
        $log = $this->site()->folder . '/logs/php.log';
        self::assertSame('', is_file($log) ? (string) file_get_contents($log) : '', $how);
    }

    /** @return array<string, array{string}> */
    public static function methods(): array
    {
        return ['app' => ['totp'], 'backup code' => ['backup'], 'e-mail' => ['email'], 'SMS' => ['sms']];
    }

    /** @dataProvider methods */
    public function test_the_challenge_takes_no_other_spelling_and_the_code_afterwards(string $method): void
    {
        $this->site()->carriers();
        $anna = self::prompt($this->person('anna'));
        $anna->givePassword();
        match ($method) {
            'email' => $anna->enrolByEmail(),
            'sms' => $anna->enrolByPhone(self::NUMBER),
            default => $anna->enrol(),
        };
        $anna->signOut();
        foreach (array_keys(self::wrong('0')) as $how) {
            // Past every wait, and no more messages than a day may have.
            $this->site()->clock->advance(10_800);
            $anna = self::prompt($anna->elsewhere());
            $page = $anna->givePassword();
            $code = match ($method) {
                'totp' => $anna->phone->code(),
                'backup' => $anna->codes[0],
                'email' => $anna->mailbox()->code(),
                'sms' => $this->site()->handset(self::NUMBER)->code(),
            };
            $page = $method === 'backup' ? $anna->press($page, 'use', 'backup') : $page;
            $page = $anna->answer($page, self::spellings($code)[$how]);
            $this->assertIsPage($page, $how);
            self::assertChallenged($page);
            self::assertOut($anna, $how);
            $page = $anna->answer($page, $code);
            self::assertSame('anna', $anna->isIn(), "the right code after $how: " . $page->text());
            $method === 'backup' && array_shift($anna->codes) && count($anna->codes) < 2 && $this->newCodes($anna);
            $anna->signOut();
        }
    }

    public function test_what_nobody_sees_in_a_code_makes_no_difference(): void
    {
        $anna = $this->enrolled('anna');
        foreach (array_keys(self::pasted('0')) as $how) {
            foreach (['totp', 'backup'] as $method) {
                $this->site()->clock->advance(3601);
                $anna = $anna->elsewhere();
                $page = $anna->givePassword();
                $page = $method === 'backup' ? $anna->press($page, 'use', 'backup') : $page;
                $code = $method === 'backup' ? array_shift($anna->codes) : $anna->phone->code();
                $page = $anna->answer($page, self::pasted($code)[$how]);
                self::assertSame('anna', $anna->isIn(), "$method, $how: " . $page->text());
            }
            count($anna->codes) < 2 && $this->newCodes($anna);
        }
    }

    public function test_no_field_for_a_code_cuts_what_is_pasted(): void
    {
        $seen = 0;
        foreach (glob(dirname(__DIR__, 3) . '/php/TwoFactor/templates/*.tpl') ?: [] as $file) {
            preg_match_all('/<input [^>]*class="tf-code"[^>]*>/', (string) file_get_contents($file), $fields);
            foreach ($fields[0] as $field) {
                $seen++;
                // The longest that the extension looks at has 64 characters.
                preg_match('/maxlength="(\d+)"/', $field, $most);
                self::assertGreaterThanOrEqual(64, (int) ($most[1] ?? PHP_INT_MAX), basename($file));
                self::assertStringNotContainsString('pattern=', $field, basename($file));
            }
        }
        self::assertGreaterThan(4, $seen);
    }

    private function newCodes(Person $person): void
    {
        $person->stepUp();
        $person->codes = Person::codesOn($person->send($person->action('preferences'), 'regenerate'));
    }

    public function test_what_goes_beside_the_code_is_looked_at_as_strictly(): void
    {
        $anna = self::prompt($this->enrolled());
        $page = $anna->givePassword();
        foreach (['twofactor', 'twofactor_token', 'twofactor_method', 'twofactor_use', 'twofactor_send', 'loginsubmit', 'username', 'password'] as $field) {
            foreach (self::spellings('1') + ['a list' => ['1']] as $how => $value) {
                $fields = $page->values(Person::challengeForm($page));
                $answer = $anna->browser->post('/admin/login.php', [$field => $value, 'twofactor_code' => ''] + $fields);
                $this->assertIsPage($answer, "$field: $how");
                self::assertOut($anna, "$field: $how");
            }
        }
        $anna = self::prompt($anna->elsewhere());
        $anna->signIn();
        self::assertIn($anna);
    }

    public function test_setting_up_takes_no_other_spelling_and_the_code_afterwards(): void
    {
        $this->site()->carriers();
        $anna = self::prompt($this->person('anna'));
        $anna->givePassword();
        $anna->startEnrolment();
        $code = $anna->phone->code();
        foreach (self::wrong($code) as $how => $value) {
            $page = $anna->change('confirm', ['code' => $value]);
            $this->assertIsPage($page, "confirm: $how");
            self::assertSame([], Person::codesOn($page), "confirm: $how");
            self::assertFalse(Person::isChallenge($anna->elsewhere()->givePassword()), "confirm: $how");
        }
        // Numbers are written in many ways, but not in these.
        $refused = ['a megabyte', 'a megabyte after it', 'a NUL inside', 'a NUL after it', 'bad UTF-8 after it', 'bad UTF-8 inside', 'overlong digits', 'a number with an exponent'];
        foreach (array_intersect_key(self::spellings(self::NUMBER), array_flip($refused)) as $how => $value) {
            foreach (['number', 'region', 'method'] as $field) {
                $page = $anna->change('start-phone', [$field => $value] + ['number' => self::NUMBER, 'method' => 'sms']);
                $this->assertIsPage($page, "start-phone, $field: $how");
                $field === 'method' || self::assertFalse($page->has('//input[@value="confirm-destination"]'), "start-phone, $field: $how");
                $this->site()->clock->advance(10_800);
            }
        }
        $anna = self::prompt($anna->elsewhere());
        $anna->givePassword();
        foreach (['sms' => ['start-phone', ['number' => self::NUMBER, 'method' => 'sms']], 'email' => ['start-email', []]] as $way => [$start, $fields]) {
            foreach (array_keys(self::wrong('0')) as $how) {
                $this->site()->clock->advance(10_800);
                if ($way === 'email') {
                    $anna->stepUp(array_shift($codes));
                    $codes = $codes ?: Person::codesOn($anna->change('regenerate'));
                    count($codes) === 10 && $anna->stepUp(array_shift($codes));
                }
                $page = $anna->change($start, $fields);
                self::assertTrue($page->has('//input[@value="confirm-destination"]'), $page->text());
                $code = $way === 'sms' ? $this->site()->handset(self::NUMBER)->code() : $anna->mailbox()->code();
                $page = $anna->change('confirm-destination', ['code' => self::spellings($code)[$how]]);
                $this->assertIsPage($page, "confirm-destination, $way: $how");
                self::assertSame([], Person::codesOn($page), "confirm-destination, $way: $how");
            }
            $page = $anna->change('confirm-destination', ['code' => $code]);
            $this->assertIsPage($page, 'the right one');
            $way === 'sms' ? self::assertCount(10, $codes = Person::codesOn($page)) : self::assertStringContainsString('a•••@example.org', $page->text());
        }
    }

    public function test_a_required_set_up_takes_no_other_spelling_and_the_code_afterwards(): void
    {
        $this->site()->carriers();
        $this->site()->asOperator(static fn ($verifier) => $verifier->requireEnrolment('2', null, 'the test', 'anew'));
        $anna = self::prompt($this->person('anna'));
        $page = $anna->givePassword();
        foreach (self::spellings('1') + ['a list' => ['1']] as $how => $value) {
            foreach (['do', 'number', 'region', 'method', 'other', 'page'] as $field) {
                $fields = ["twofactor_$field" => $value, 'twofactor_code' => ''] + $page->values(Person::challengeForm($page));
                $fields += ['twofactor_do' => $field === 'do' ? $value : 'start-phone', 'twofactor_number' => '12', 'twofactor_method' => 'sms'];
                $this->assertIsPage($anna->browser->post('/admin/login.php', $fields), "$field: $how");
                self::assertOut($anna, "$field: $how");
                $this->site()->clock->advance(3601);
                $page = $anna->givePassword();
            }
        }
        $code = new Phone((string) Person::secretOn($page), $this->site()->clock);
        foreach (array_keys(self::wrong('0')) as $how) {
            $page = $anna->answer($page, self::wrong($code->code())[$how]);
            $this->assertIsPage($page, $how);
            self::assertOut($anna, $how);
        }
        self::assertCount(10, Person::codesOn($anna->answer($page, $code->code())));
        self::assertIn($anna);
    }

    public function test_a_fresh_proof_takes_no_other_spelling_and_the_code_afterwards(): void
    {
        $anna = self::prompt($this->enrolled('anna'));
        $admin = self::prompt($this->enrolled('admin'));
        $anna->signIn();
        $admin->signIn();
        $this->vouchFor('admin');
        foreach (array_keys(self::wrong('0')) as $how) {
            $this->site()->clock->advance(3601);
            $code = $anna->phone->code();
            $page = $anna->change('prove', ['method' => 'totp', 'code' => self::spellings($code)[$how]]);
            $this->assertIsPage($page, "prove: $how");
            self::assertFalse($page->has('//input[@value="regenerate"]'), "prove: $how");
            $page = $anna->change('prove', ['method' => self::spellings('totp')[$how], 'code' => 'x']);
            $this->assertIsPage($page, "prove, method: $how");
            $this->site()->clock->advance(601);
            $page = $anna->stepUp();
            self::assertTrue($page->has('//input[@value="regenerate"]'), "$how: " . $page->text());

            $code = $admin->phone->code();
            foreach (['unlock', 'switch-reset'] as $do) {
                $fields = ['user' => '2', 'reason' => 'x', 'reset' => 'on', 'method' => 'totp'];
                $page = $admin->change($do, ['code' => self::spellings($code)[$how]] + $fields);
                $this->assertIsPage($page, "$do: $how");
                self::assertTrue($page->has('//*[@role="alert"]'), "$do: $how");
                $this->site()->clock->advance(601);
            }
            self::assertNotContains('account.unlocked', $this->site()->audit('2'), $how);
            self::assertFalse($this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")->fetchColumn(), $how);
            $admin->change('prove', ['method' => 'totp', 'code' => $admin->phone->code()]);
            $this->site()->clock->advance(301);
        }
        $page = $admin->change('unlock', ['user' => '2', 'reason' => 'x', 'method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertContains('account.unlocked', $this->site()->audit('2'), $page->text());
    }

    public function test_the_administration_takes_nothing_that_it_cannot_read(): void
    {
        $made = $this->site()->folder . '/made';
        mkdir($made);
        $anna = self::prompt($this->enrolled('anna'));
        $admin = self::prompt($this->administrator());
        foreach (self::spellings('2') + ['a list' => ['2']] as $how => $value) {
            foreach (['unlock', 'reset'] as $do) {
                $page = $admin->change($do, ['user' => $value, 'reason' => 'x']);
                $this->assertIsPage($page, "$do, user: $how");
            }
            foreach (['do', 'mact'] as $name) {
                $page = $admin->browser->post('/admin/moduleinterface.php', ['__c' => $admin->key(), 'm1_do' => 'unlock', 'mact' => 'TwoFactor,m1_,defaultadmin,0', "m1_$name" => $value, 'm1_user' => '2', 'm1_reason' => '']);
                $this->assertIsPage($page, "$name: $how");
            }
            // No day at all would be now.
            $day = is_array($value) ? '0' : $value;
            $this->assertIsPage($admin->change('require-everybody', ['until' => $day, 'reason' => 'x']), "until: $how");
            $this->assertIsPage($admin->change('waive-everybody', ['reason' => $value, 'until' => $value]), "reason: $how");
            $page = $admin->change('switch-reset', ['reset' => $value]);
            $this->assertIsPage($page, "reset: $how");
            $page = $admin->change('create-key', ['path' => is_array($value) ? $value : "$made/$value"]);
            $this->assertIsPage($page, "path: $how");
            foreach (['tab', 'user', 'search', 'page', 'before', 'edit', 'add', 'log', 'cursor'] as $field) {
                if (is_array($value) || strlen($value) < 1000) {
                    $tabs = ['before' => 'audit', 'user' => 'user', 'edit' => 'providers', 'add' => 'providers', 'log' => 'providers', 'cursor' => 'providers'];
                    $page = $admin->action('defaultadmin', [$field => $value] + ['tab' => $tabs[$field] ?? '']);
                    $this->assertIsPage($page, "$field in the address: $how");
                }
            }
        }
        self::assertNotContains('account.unlocked', $this->site()->audit('2'));
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        self::assertFalse($this->site()->asOperator(static fn ($verifier) => [...$verifier->providersAudit()] !== []), 'no such day was taken');
        self::assertNotSame('on', $this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")->fetchColumn());
        self::assertSame(['.', '..'], scandir($made));
        // A reason is whatever a person writes; it is kept as text, and not at any length.
        foreach (self::spellings('because of 12') as $how => $value) {
            $this->assertIsPage($admin->change('unlock', ['user' => '2', 'reason' => $value]), "reason: $how");
        }
        $reasons = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($event) => (string) $event->reason(), [...$verifier->audit('2', 100)]));
        foreach ($reasons as $reason) {
            self::assertMatchesRegularExpression('/^[^\x00-\x1f]{0,200}$/u', $reason);
        }
        $this->assertIsPage($admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2']), 'the audit');
        self::assertChallenged($anna->givePassword());
        $admin->change('reset', ['user' => '2', 'reason' => 'x']);
        self::assertContains('account.reset', $this->site()->audit('2'));
    }

    /** A name or a secret may have a dash and an e, and a variable of a template any letters. */
    private static function isText(string $field, string $how): bool
    {
        return match ($how) {
            'a negative number', 'a number with an exponent' => !in_array($field, ['kind', 'known', 'set_account', 'set_user', 'set_service', 'set_from', 'set_voice_from', 'set_whatsapp_from', 'set_validity', 'set_max_price'], true),
            'Arabic digits', 'Persian digits', 'full-width digits' => $field === 'set_whatsapp_variable',
            default => false,
        };
    }

    public function test_the_providers_take_nothing_that_cannot_be_right(): void
    {
        $admin = self::prompt($this->administrator());
        $sid = static fn (string $prefix): string => $prefix . str_repeat('1', 32);
        $kinds = [
            'twilio-verify' => ['user' => $sid('SK'), 'secret' => 'secret1', 'service' => $sid('VA')],
            'twilio-messaging' => ['account' => $sid('AC'), 'user' => $sid('AC'), 'secret' => 'secret1', 'from' => '+15005550006',
                'messaging_service' => '', 'voice_from' => '', 'whatsapp_from' => '', 'whatsapp_template' => '', 'whatsapp_variable' => '', 'validity' => '120', 'status_callback' => '', 'auth_token' => ''],
            'sns' => ['access_key' => 'AKIAIOSFODNN71111111', 'secret' => str_repeat('1', 40), 'region' => 'eu-central-1', 'session_token' => '', 'sender_id' => '', 'max_price' => '1.00'],
            'gateway' => ['url' => 'https://gateway1.example', 'licence_key' => 'licence-key-1', 'site_url' => 'https://site1.example', 'keys' => 'k1=' . base64_encode(hex2bin('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))],
        ];
        $names = fn (): array => $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->name(), $verifier->providers()));
        $taken = [];
        foreach ($kinds as $kind => $right) {
            $form = ['name' => 'main1', 'kind' => $kind, 'known' => ''];
            foreach ($right as $name => $value) {
                $form["set_$name"] = $value;
            }
            foreach ($form as $field => $value) {
                foreach (self::spellings($value === '' ? '1' : $value) as $how => $bad) {
                    if ($bad === $value || self::isText($field, $how)) {
                        continue;
                    }
                    $page = $admin->change('provider-save', [$field => $bad] + $form);
                    $this->assertIsPage($page, "$kind, $field: $how");
                    foreach ($names() as $name) {
                        $taken[] = "$kind, $field: $how";
                        $this->site()->asOperator(static fn ($verifier) => $verifier->removeProvider($name, 'the test'));
                    }
                }
            }
            self::assertStringContainsString('The provider was saved', $admin->change('provider-save', ['name' => $kind] + $form)->text());
            $this->site()->asOperator(static fn ($verifier) => $verifier->removeProvider($kind, 'the test'));
        }
        self::assertSame([], $taken);
    }

    public function test_nothing_is_done_to_a_provider_or_a_method_that_is_not_named_rightly(): void
    {
        $fakes = new Fakes();
        $this->site()->start($fakes->ini());
        foreach (['main1', 'next1'] as $name) {
            $this->site()->asOperator(static fn ($verifier) => $verifier->saveProvider($name, $fakes->provider(), 'the test'));
        }
        $admin = self::prompt($this->administrator());
        $anna = self::prompt($this->enrolled('anna'));
        $anna->signIn();
        $anna->stepUp();
        $before = count($this->site()->audit('2'));
        $test = ['name' => 'next1', 'number' => self::NUMBER, 'way' => 'sms', 'region' => ''];
        foreach (array_keys(self::spellings('1')) as $how) {
            $bad = static fn (string $right): string => self::spellings($right)[$how];
            foreach (['provider-up', 'provider-remove', 'provider-check', 'provider-test'] as $do) {
                $this->assertIsPage($admin->change($do, ['name' => $bad('next1')] + $test), "$do: $how");
            }
            foreach (['way' => 'sms1', 'region' => 'DE1'] as $field => $right) {
                $this->assertIsPage($admin->change('provider-test', [$field => $bad($right)] + $test), "provider-test, $field: $how");
            }
            if (!str_contains($how, 'digits') && $how !== 'a negative number' || $how === 'overlong digits') {
                $this->assertIsPage($admin->change('provider-test', ['number' => $bad(self::NUMBER)] + $test), "provider-test, number: $how");
            }
            foreach (['send', 'remove', 'primary'] as $do) {
                $this->assertIsPage($anna->change($do, ['method' => $bad('email1')]), "$do: $how");
            }
            $page = $anna->change('download', ['codes' => $bad('ABCD-EFGH-JKM1')]);
            // A text that could be a code comes back as it was sent: there is nothing to be had by it.
            $page->header('Content-Disposition') === null
                ? $this->assertIsPage($page, "download: $how")
                : self::assertMatchesRegularExpression('/^Backup codes for [^\r\n]+\r\n\r\n(?:[0-9A-Z-]{8,40}\r\n)+$/D', $page->body, "download: $how");
        }
        self::assertCount($before, $this->site()->audit('2'));
        self::assertSame([], $fakes->sent());
        $names = fn (): array => $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->name(), $verifier->providers()));
        self::assertSame(['main1', 'next1'], $names());
        self::assertStringContainsString('took the message', $admin->change('provider-test', $test)->text());
        $admin->change('provider-up', ['name' => 'next1']);
        self::assertSame(['next1', 'main1'], $names());
    }

    public function test_a_new_password_by_telephone_takes_no_other_spelling_and_the_code_afterwards(): void
    {
        $this->site()->carriers();
        $this->site()->offerReset();
        $anna = self::prompt($this->person('anna'));
        $anna->givePassword();
        $anna->enrolByPhone(self::NUMBER);
        $anna->signOut();
        // A code is worth three tries.
        foreach (array_chunk(array_keys(self::wrong('0')), 2) as $two) {
            $this->site()->clock->advance(43_200);
            $anna = self::prompt($anna->elsewhere());
            $page = $anna->askForReset();
            $code = $this->site()->handset(self::NUMBER)->code();
            foreach ($two as $how) {
                $page = $anna->resetStep($page, ['code' => self::spellings($code)[$how]]);
                $this->assertIsPage($page, $how);
                self::assertTrue($page->has('//input[@name="twofactor_code"]'), "$how: " . $page->text());
                self::assertFalse($page->has('//input[@name="twofactor_password"]'), $how);
            }
            $page = $anna->resetStep($page, ['code' => $code]);
            self::assertTrue($page->has('//input[@name="twofactor_password"]'), 'the right code after ' . implode(', ', $two) . ': ' . $page->text());
        }
    }
}
