<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** A new password by telephone, and what an attacker without any password would try with it. */
final class PasswordResetTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const OTHER = '+43 664 1234567';
    private const FRESH = 'another-fresh-horse';

    private function handset(string $number = self::NUMBER): Handset
    {
        return $this->site()->handset($number);
    }

    /** Signed out, a minute after they have set up a telephone as their only factor. */
    private function withPhone(string $name = 'anna', string $number = self::NUMBER): Person
    {
        is_file($this->site()->folder . '/providers.json') || $this->site()->carriers();
        $this->site()->offerReset();
        $person = $this->person($name);
        $person->givePassword();
        $person->enrolByPhone($number);
        self::assertCount(10, $person->codes);
        $person->signOut();
        $this->site()->clock->advance(61);
        return $person->elsewhere();
    }

    /** At the page for the new password, proven by a code. */
    private function proven(Person $person): Page
    {
        $page = $person->askForReset();
        $page = $person->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertTrue($page->has('//input[@name="twofactor_password"]'), $page->text());
        return $page;
    }

    private static function assertOver(Page $page): void
    {
        self::assertStringContainsString('This has ended without a new password', $page->text());
        self::assertSame(200, $page->status);
    }

    /** Whether the password, and no other, is this person's. */
    private function assertPassword(string $password, string $name = 'anna'): void
    {
        foreach ([Site::PASSWORDS[$name], self::FRESH] as $one) {
            $visitor = new Person($this->site(), $name);
            $right = !str_contains($visitor->givePassword($one)->text(), 'incorrect');
            self::assertSame($one === $password, $right, "$one is the password of $name");
        }
    }

    public function test_a_new_password_is_set_by_a_code_and_both_factors_sign_in(): void
    {
        $anna = $this->withPhone();
        $work = $anna->elsewhere();
        $work->answer($work->givePassword(), $this->handset()->code());
        self::assertIn($work);
        $this->site()->clock->advance(61);

        $page = $anna->forgetPassword();
        self::assertOut($anna);
        self::assertStringContainsString('anna', $page->text());
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        $before = count($this->handset()->messages());
        $page = $anna->resetStep($page, ['send' => '1']);
        $anna->browser->get('/admin/login.php');
        self::assertCount($before + 1, $this->handset()->messages());
        self::assertSame('one-time-code', $page->one('//input[@name="twofactor_code"]')->getAttribute('autocomplete'));
        self::assertStringNotContainsString('•••', $page->text());
        $page = $anna->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertOut($anna);
        self::assertSame('new-password', $page->one('//input[@name="twofactor_password"]')->getAttribute('autocomplete'));
        self::assertIn($work);
        $page = $anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]);
        self::assertStringContainsString('The new password is set', $page->one('//*[@role="status"]')->textContent);
        self::assertOut($anna, 'a reset signs nobody in');
        self::assertOut($work, 'other sign-ins have ended');
        $told = 'The password of your account was changed by a code to this number';
        self::assertSame('', $this->handset()->last()['code']);
        self::assertStringContainsString($told, $this->handset()->last()['text']);
        self::assertCount($before + 2, $this->handset()->messages(), 'the code, and that it was used');
        $this->assertPassword(self::FRESH);

        $this->site()->clock->advance(61);
        $page = $anna->givePassword(self::FRESH);
        self::assertChallenged($page);
        self::assertOut($anna);
        $anna->answer($page, $this->handset()->code());
        self::assertIn($anna);
        $hooks = array_count_values(array_column($this->site()->heard(), 'hook'));
        self::assertSame(1, $hooks['Core::LostPasswordReset']);
        self::assertStringContainsString('reset-password', implode('', array_column($this->site()->heard(), 'data')));
        $log = implode("\n", $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN));
        self::assertStringContainsString('Password set anew by telephone: anna', $log);
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('password recovered by telephone', $admin->action('defaultadmin', ['tab' => 'audit'])->text());
    }

    public function test_a_proof_from_a_clock_that_was_ahead_sets_no_password(): void
    {
        $anna = $this->withPhone();
        $months = 26_000_000;
        $this->site()->clock->advance($months);
        $page = $this->proven($anna);
        $this->site()->clock->advance(-$months);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
        $this->site()->clock->advance($months);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]), 'nor when its time has come');
    }

    public function test_a_reset_that_nobody_goes_on_with_is_over_in_time(): void
    {
        $anna = $this->withPhone();
        $page = $anna->askForReset();
        $code = $this->handset()->code();
        $this->site()->clock->advance(1801);
        self::assertOver($anna->resetStep($page, ['code' => $code]));
        $page = $this->proven($anna);
        $this->site()->clock->advance(901);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
    }

    public function test_an_app_stays_the_second_factor_of_who_has_one(): void
    {
        $this->site()->carriers();
        $this->site()->offerReset();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrol();
        $anna->stepUp();
        $anna->enrolByPhone(self::NUMBER);
        $anna->signOut();
        $this->site()->clock->advance(61);
        $anna->resetStep($this->proven($anna), ['password' => self::FRESH, 'again' => self::FRESH]);
        $page = $anna->givePassword(self::FRESH);
        self::assertChallenged($page);
        self::assertStringContainsString('authenticator app', $page->text());
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_the_mail_of_the_cms_is_had_as_before_and_its_link_ends_with_a_reset(): void
    {
        $anna = $this->withPhone();
        $page = $anna->forgetPassword();
        $page = $anna->browser->submit($page, $page->form('.//input[@name="forgotpwform"]'));
        self::assertStringContainsString('A letter is on its way', $page->text());
        preg_match('/recoverme=(\w+)/', file_get_contents($this->site()->root() . '/tmp/cache/outbox.txt'), $letter);
        $link = "/admin/login.php?recoverme=$letter[1]";
        self::assertTrue($anna->browser->get($link)->has('//input[@name="changepwhash"]'));
        $anna->resetStep($this->proven($anna), ['password' => self::FRESH, 'again' => self::FRESH]);
        self::assertFalse($anna->browser->get($link)->has('//input[@name="changepwhash"]'));
    }

    public function test_nothing_tells_whether_a_name_a_number_or_room_in_a_budget_is_there(): void
    {
        $anna = $this->withPhone();
        $this->site()->pdo()->exec("UPDATE cms_users SET active = 0 WHERE username = 'admin'");
        $steps = [];
        $say = function (Page $page, string $name): string {
            $body = str_replace([">$name<", "\"$name\""], 'NAME', $page->body);
            $body = preg_replace('/name="twofactor_token" value="\w{32}"/', 'TOKEN', $body);
            $head = array_map(static fn (string $line): string => preg_replace('/^(Date|Set-Cookie|Content-Length):.*/i', '$1', $line), $page->head);
            sort($head);
            return "{$page->status}\n" . implode("\n", $head) . "\n$body";
        };
        $names = ['of somebody with a number' => 'anna', 'of somebody without' => 'bert', 'of nobody' => 'carl', 'of somebody who is not active' => 'admin', 'out of budget' => 'anna'];
        foreach ($names as $who => $name) {
            if ($who === 'out of budget') {
                for ($i = 0; $i < 10; $i++) {
                    $this->person('anna')->askForReset();
                }
                $this->site()->clock->advance(61);
            }
            $before = count($this->handset()->messages());
            $person = $this->person('bert');
            $page = $person->forgetPassword($name);
            $steps[$who][] = $say($page, $name);
            $page = $person->resetStep($page, ['send' => '1']);
            $steps[$who][] = $say($page, $name);
            $person->browser->get('/admin/login.php');
            self::assertCount($before + ($who === 'of somebody with a number' ? 1 : 0), $this->handset()->messages(), $who);
            $steps[$who][] = $say($person->resetStep($page, ['send' => '1']), $name);
            $steps[$who][] = $say($person->resetStep($page, ['code' => ' ']), $name);
            for ($i = 0; $i < 5; $i++) {
                $page = $person->resetStep($page, ['code' => $this->handset()->wrong()]);
                $steps[$who][] = $say($page, $name);
            }
            self::assertOver($page);
        }
        $first = array_shift($steps);
        self::assertStringContainsString('If a telephone is set up', $first[1]);
        self::assertStringContainsString('That code was not accepted', $first[4]);
        foreach ($steps as $who => $answers) {
            self::assertSame($first, $answers, "the answers about the name $who");
        }
        self::assertOut($anna);
    }

    /**
     * On a server that ends no request before its script: the answer is whole while the provider still thinks, the
     * connection takes no other request, which would wait for it, and it ends no sooner for nobody.
     */
    public function test_one_connection_tells_nothing_of_a_number(): void
    {
        $this->expectComplaints();
        $anna = $this->withPhone();
        $provider = stream_socket_server('tcp://127.0.0.1:0');
        $this->site()->carriers(
            [['provider' => 'twilio-messaging', 'account' => 'AC' . str_repeat('0', 32), 'user' => 'SK' . str_repeat('0', 32), 'secret' => 'x', 'from' => '+15005550006', 'url' => 'https://' . stream_socket_get_name($provider, false)]],
            ['twofactor.http_seconds' => '15', 'auto_prepend_file' => ''],
        );
        $heads = $lasted = [];
        foreach (['carl', 'anna'] as $name) {
            $page = $anna->forgetPassword($name);
            $fields = http_build_query(['twofactor_send' => '1'] + $page->values(Person::resetForm($page)));
            $cookies = implode('; ', array_map(static fn (string $cookie, string $value): string => "$cookie=$value", array_keys($anna->browser->cookies), $anna->browser->cookies));
            $host = parse_url($this->site()->url, PHP_URL_HOST) . ':' . parse_url($this->site()->url, PHP_URL_PORT);
            $head = "Host: $host\r\nCookie: $cookies\r\nConnection: keep-alive\r\n";
            $connection = stream_socket_client("tcp://$host");
            stream_set_timeout($connection, 60);
            $since = hrtime(true);
            fwrite($connection, "POST /admin/login.php HTTP/1.1\r\n{$head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " . strlen($fields) . "\r\n\r\n$fields");
            $lines = [];
            while (($line = trim((string) fgets($connection))) !== '') {
                $lines[] = preg_replace('/^(Date|Set-Cookie|Content-Length):.*/i', '$1', $line);
                preg_match('/^Content-Length: (\d+)$/i', $line, $found) && $length = (int) $found[1];
            }
            self::assertStringContainsString('If a telephone is set up', stream_get_contents($connection, $length));
            $heads[$name] = $lines;
            // Only now the provider is let have its say: it hangs up.
            if ($name === 'anna') {
                self::assertIsResource($asked = stream_socket_accept($provider, 60), 'it was asked');
                fclose($asked);
            }
            fwrite($connection, "GET /admin/login.php HTTP/1.1\r\n$head\r\n");
            self::assertSame('', stream_get_contents($connection), 'the connection ends without another answer');
            self::assertTrue(feof($connection));
            $lasted[$name] = (hrtime(true) - $since) / 1e9;
        }
        self::assertSame($heads['carl'], $heads['anna']);
        // `php -S` says it once by itself.
        self::assertSame(['Connection: close', 'Connection: close'], array_values(preg_grep('/^Connection:/', $heads['anna'])));
        self::assertGreaterThanOrEqual(2.0, $lasted['carl'], 'as long as a provider may take');
        self::assertGreaterThanOrEqual(2.0, $lasted['anna']);
    }

    public function test_a_send_for_nobody_takes_its_time(): void
    {
        $anna = $this->withPhone();
        $page = $anna->forgetPassword('carl');
        $since = hrtime(true);
        $anna->resetStep($page, ['send' => '1']);
        self::assertGreaterThanOrEqual(0.3, (hrtime(true) - $since) / 1e9);
    }

    public function test_the_check_takes_as_long_as_asking_a_provider_where_no_other_takes_our_codes(): void
    {
        $verify = ['provider' => 'twilio-verify', 'user' => 'SK' . str_repeat('0', 32), 'secret' => 'x', 'service' => 'VA' . str_repeat('0', 32), 'url' => 'https://127.0.0.1:1'];
        $took = [];
        foreach ([
            'asked' => [$verify],
            'ours' => [$verify, $this->site()->writer()],
            // A carrier that makes calls only is none for an SMS.
            'asked too' => [$verify, ['provider' => 'twilio-messaging', 'account' => 'AC' . str_repeat('0', 32), 'user' => 'SK' . str_repeat('0', 32), 'secret' => 'x', 'voice_from' => '+15005550006', 'url' => 'https://127.0.0.1:1']],
        ] as $what => $providers) {
            $this->site()->carriers($providers);
            $this->site()->offerReset();
            $nobody = $this->person('carl');
            $page = $nobody->resetStep($nobody->forgetPassword(), ['send' => '1']);
            // A busy machine may take long for what is quick: then once more.
            for ($try = 0; $try < 3 && ($took[$what] ?? 2.0) >= 2.0; $try++) {
                $since = hrtime(true);
                $page = $nobody->resetStep($page, ['code' => "12345$try"]);
                $took[$what] = (hrtime(true) - $since) / 1e9;
                self::assertNotNull(Person::resetForm($page), $what);
                if ($what !== 'ours') {
                    break;
                }
            }
        }
        self::assertGreaterThanOrEqual(2.0, $took['asked']);
        self::assertGreaterThanOrEqual(2.0, $took['asked too']);
        self::assertLessThan(2.0, $took['ours']);
    }

    /** What a stranger does must not read as if they had known the password. */
    public function test_the_audit_says_of_a_reset_that_nobody_gave_a_password_and_of_a_set_up_where_it_began(): void
    {
        $anna = $this->withPhone();
        $page = $anna->askForReset();
        $anna->resetStep($page, ['code' => $this->handset()->wrong()]);
        $admin = $this->person('admin');
        $admin->givePassword();
        $rows = fn (string $user): array => array_map(
            static fn (\DOMElement $row): string => preg_replace('/\s+/', ' ', trim($row->textContent)),
            $admin->action('defaultadmin', ['tab' => 'audit', 'user' => $user])->all('//table/tbody/tr'),
        );
        [$refused, $sent, $asked] = $rows('2');
        self::assertStringContainsString('New password by telephone asked for', $asked);
        foreach ([$refused, $sent, $asked] as $row) {
            self::assertStringContainsString('for a new password; without the password', $row);
            self::assertStringNotContainsString('after the right password', $row);
        }
        self::assertStringNotContainsString('second factor', $asked);
        $bert = $this->person('bert');
        $bert->givePassword();
        $bert->enrol();
        $started = array_values(preg_grep('/Set-up started/', $rows('3')));
        self::assertCount(1, $started);
        self::assertStringContainsString('after the right password', $started[0]);
        self::assertStringContainsString('127.0.0.1', $started[0]);
        $admin->browser->language = 'de';
        $admin->browser->get('/admin/');
        self::assertStringContainsString('ohne das Passwort', implode('', $rows('2')));
    }

    public function test_a_code_for_signing_in_resets_nothing_and_a_code_for_a_reset_signs_nobody_in(): void
    {
        $anna = $this->withPhone();
        $signing = $anna->elsewhere();
        $challenge = $signing->givePassword();
        $forSignIn = $this->handset()->code();
        $page = $anna->askForReset();
        $forReset = $this->handset()->code();
        self::assertCount(3, $this->handset()->messages());
        self::assertNotSame($forSignIn, $forReset);
        $page = $anna->resetStep($page, ['code' => $forSignIn]);
        self::assertStringContainsString('That code was not accepted', $page->text());
        $challenge = $signing->answer($challenge, $forReset);
        self::assertChallenged($challenge);
        self::assertOut($signing);
        foreach ($anna->codes as $i => $code) {
            if ($i < 1) {
                $page = $anna->resetStep($page, ['code' => $code]);
                self::assertStringContainsString('That code was not accepted', $page->text(), 'a backup code is no telephone');
            }
        }
        $signing->answer($challenge, $forSignIn);
        self::assertIn($signing);
        $page = $anna->resetStep($page, ['code' => $forReset]);
        self::assertTrue($page->has('//input[@name="twofactor_password"]'), $page->text());
    }

    public function test_what_one_user_proved_sets_nobody_else_s_password(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        $foreign = ['password' => self::FRESH, 'again' => self::FRESH, 'user' => '3', 'name' => 'bert', 'token' => Person::resetForm($page) ? $page->one('//input[@name="twofactor_token"]')->getAttribute('value') : ''];
        $form = Person::resetForm($page);
        // Another name in this session takes the place of what was proven.
        $other = $anna->forgetPassword('bert');
        self::assertTrue($other->has('//button[@name="twofactor_send"]'));
        self::assertOver($anna->resetStep($page, $foreign));
        $page = $anna->resetStep($other, ['password' => self::FRESH, 'again' => self::FRESH]);
        self::assertFalse($page->has('//input[@name="twofactor_password"]'));
        $page = $anna->resetStep($other, ['send' => '1']);
        $page = $anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH, 'code' => '']);
        self::assertFalse($page->has('//input[@name="twofactor_password"]'));
        $page = $anna->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertStringContainsString('That code was not accepted', $page->text(), 'a code of anna proves nothing of bert');
        foreach (['anna', 'bert'] as $name) {
            $this->assertPassword(Site::PASSWORDS[$name], $name);
        }
        // A name and an id that come with the password are not looked at.
        $this->site()->clock->advance(61);
        $page = $this->proven($anna);
        $page = $anna->browser->submit($page, Person::resetForm($page), ['twofactor_password' => self::FRESH, 'twofactor_again' => self::FRESH, 'twofactor_user' => '3', 'user_id' => '3', 'forgottenusername' => 'bert', 'username' => 'bert', 'uid' => '3']);
        self::assertStringContainsString('The new password is set', $page->text());
        $this->assertPassword(self::FRESH, 'anna');
        $this->assertPassword(Site::PASSWORDS['bert'], 'bert');
        self::assertNotNull($form);
    }

    public function test_two_numbers_are_two_people(): void
    {
        $anna = $this->withPhone();
        $bert = $this->withPhone('bert', self::OTHER);
        $page = $anna->askForReset();
        $bert->askForReset();
        $page = $anna->resetStep($page, ['code' => $this->handset(self::OTHER)->code()]);
        self::assertStringContainsString('That code was not accepted', $page->text());
    }

    public function test_a_reset_is_used_once(): void
    {
        $anna = $this->withPhone();
        $first = $anna;
        $second = $anna->elsewhere();
        $page = $this->proven($first);
        $this->site()->clock->advance(61);
        $waiting = $this->proven($second);
        $code = $this->handset()->code();
        self::assertStringContainsString('The new password is set', $first->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH])->text());
        self::assertOver($first->resetStep($page, ['password' => 'third', 'again' => 'third']));
        self::assertOver($second->resetStep($waiting, ['password' => 'third', 'again' => 'third']));
        $this->assertPassword(self::FRESH);
        // The code is spent as well.
        $third = $anna->elsewhere();
        $page = $third->askForReset();
        self::assertStringContainsString('That code was not accepted', $third->resetStep($page, ['code' => $code])->text());
    }

    public function test_a_change_between_proof_and_password_ends_the_reset(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        $admin = $this->administrator();
        $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'number stolen', 'do' => 'reset']);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
        $this->assertPassword(Site::PASSWORDS['anna']);
    }

    /** Also when the change came past the CMS, so that no event told of it. */
    public function test_other_groups_between_proof_and_password_end_the_reset(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        $this->site()->pdo()->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 2');
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
        $this->assertPassword(Site::PASSWORDS['anna']);
    }

    public function test_a_reset_that_is_left_alone_ends(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        $this->site()->clock->advance(901);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
        $this->assertPassword(Site::PASSWORDS['anna']);
    }

    public function test_guessing_ends_and_new_sessions_reset_nothing_and_nobody_is_kept_from_signing_in(): void
    {
        $anna = $this->withPhone();
        $thief = $anna->elsewhere();
        $page = $thief->askForReset();
        for ($i = 0; $i < 5; $i++) {
            $page = $thief->resetStep($page, ['code' => $this->handset()->wrong()]);
        }
        self::assertOver($page);
        $this->site()->clock->advance(30);
        $sent = count($this->handset()->messages());
        $other = $anna->elsewhere();
        $page = $other->askForReset();
        self::assertCount($sent, $this->handset()->messages(), 'no code goes out while guessing is blocked');
        $page = $other->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertStringContainsString('That code was not accepted', $page->text());
        $this->site()->clock->advance(31);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        $anna->answer($page, $this->handset()->code());
        self::assertIn($anna);
        $this->assertPassword(Site::PASSWORDS['anna']);
    }

    public function test_a_code_survives_three_guesses(): void
    {
        $anna = $this->withPhone();
        $page = $anna->askForReset();
        $code = $this->handset()->code();
        for ($i = 0; $i < 3; $i++) {
            $page = $anna->resetStep($page, ['code' => $this->handset()->wrong()]);
        }
        $page = $anna->resetStep($page, ['code' => $code]);
        self::assertStringContainsString('That code was not accepted', $page->text());
    }

    public function test_another_code_is_had_after_a_minute(): void
    {
        $anna = $this->withPhone();
        $page = $anna->askForReset();
        $first = $this->handset()->code();
        $sent = count($this->handset()->messages());
        $page = $anna->resetStep($page, ['send' => '1']);
        $anna->browser->get('/admin/login.php');
        self::assertCount($sent, $this->handset()->messages());
        $this->site()->clock->advance(61);
        $page = $anna->resetStep($page, ['send' => '1']);
        $anna->browser->get('/admin/login.php');
        self::assertCount($sent + 1, $this->handset()->messages());
        self::assertTrue($anna->resetStep($page, ['code' => $first])->has('//input[@name="twofactor_password"]'), 'the earlier one is still good');
    }

    public function test_every_step_needs_its_own_token_and_a_post(): void
    {
        $anna = $this->withPhone();
        $sent = count($this->handset()->messages());
        $page = $anna->forgetPassword();
        foreach (['', 'wrong', str_repeat('0', 32)] as $token) {
            self::assertOver($anna->resetStep($page, ['send' => '1', 'token' => $token]));
        }
        $anna->browser->get('/admin/login.php?' . http_build_query(['twofactor' => 'reset', 'twofactor_send' => '1', 'twofactor_token' => $page->one('//input[@name="twofactor_token"]')->getAttribute('value')]));
        $anna->browser->get('/admin/login.php');
        self::assertCount($sent, $this->handset()->messages());
        self::assertOver($anna->elsewhere()->resetStep($page, ['send' => '1']));
        $page = $this->proven($anna);
        self::assertOver($anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH, 'token' => 'wrong']));
        $anna->browser->get('/admin/login.php?' . http_build_query(['twofactor' => 'reset', 'twofactor_password' => self::FRESH, 'twofactor_again' => self::FRESH, 'twofactor_token' => $page->one('//input[@name="twofactor_token"]')->getAttribute('value')]));
        $this->assertPassword(Site::PASSWORDS['anna']);
        // A foreign page that makes the browser ask for the mail gets the choice and no more.
        $page = $anna->elsewhere()->browser->post('/admin/login.php', ['forgotpwform' => '1', 'forgottenusername' => 'anna', 'twofactor_by' => 'email', 'loginsubmit' => '1']);
        self::assertNotNull(Person::resetForm($page));
        self::assertFileDoesNotExist($this->site()->root() . '/tmp/cache/outbox.txt');
    }

    public function test_whoever_gave_the_browser_its_session_does_not_get_the_password(): void
    {
        $anna = $this->withPhone();
        $page = $anna->askForReset();
        $attacker = clone $anna;
        $attacker->browser = clone $anna->browser;
        $page = $anna->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertOver($attacker->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]));
        self::assertNotSame($attacker->browser->cookies, $anna->browser->cookies);
        $this->assertPassword(Site::PASSWORDS['anna']);
    }

    public function test_the_password_keeps_the_rules_of_the_cms(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        foreach ([['', ''], ['0', '0'], [self::FRESH, ''], [self::FRESH, self::FRESH . ' ']] as [$password, $again]) {
            $page = $anna->resetStep($page, ['password' => $password, 'again' => $again]);
            self::assertTrue($page->has('//*[@role="alert"]'), $page->text());
            self::assertStringNotContainsString(self::FRESH, $page->body);
        }
        $page = $anna->resetStep($page, ['cancel' => '1']);
        self::assertTrue($page->has('//input[@name="username"]'), 'back to the sign-in page');
        $this->assertPassword(Site::PASSWORDS['anna']);
        $this->site()->clock->advance(61);
        $odd = ' <b>"ümlaut\'&amp; 100% ';
        $anna->resetStep($this->proven($anna), ['password' => $odd, 'again' => $odd]);
        self::assertChallenged($anna->givePassword($odd));
    }

    public function test_without_a_provider_the_cms_does_as_it_always_did(): void
    {
        $anna = $this->person('anna');
        self::assertStringContainsString('A letter is on its way', $anna->forgetPassword()->text());
        self::assertOver($anna->browser->post('/admin/login.php', ['twofactor' => 'reset', 'twofactor_send' => '1', 'twofactor_token' => '']));
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $admin->action('defaultadmin', ['tab' => 'settings']);
        self::assertStringContainsString('No provider of messages is set up', $page->text());
        self::assertFalse($page->has('//input[@value="switch-reset"]'));
    }

    public function test_the_owner_switches_it_off_and_on_with_a_fresh_proof(): void
    {
        $anna = $this->withPhone();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrol();
        $this->vouchFor('admin');
        $waiting = $anna->askForReset();
        $page = $admin->action('defaultadmin', ['tab' => 'settings']);
        self::assertSame('On', trim($page->one('//*[@class="tf-state"]')->textContent));
        $page = $admin->send($page, 'switch-reset', ['method' => 'totp', 'code' => $admin->phone->wrong()]);
        self::assertTrue($page->has('//*[@role="alert"]'), $page->text());
        foreach ([[$admin->phone->code(), 'wrong'], [$admin->phone->code(), '']] as [$code, $key]) {
            $admin->change('switch-reset', ['reset' => 'off', 'method' => 'totp', 'code' => $code], $key);
        }
        $this->person('bert')->change('switch-reset', ['reset' => 'off']);
        $bert = $this->person('bert');
        $bert->givePassword();
        $bert->change('switch-reset', ['reset' => 'off']);
        self::assertNotNull(Person::resetForm($anna->elsewhere()->forgetPassword()), 'still on');
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'settings']), 'switch-reset', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('no longer possible', $page->text());
        self::assertSame('Off', trim($page->one('//*[@class="tf-state"]')->textContent));
        self::assertOver($anna->resetStep($waiting, ['code' => $this->handset()->code()]));
        self::assertStringContainsString('A letter is on its way', $anna->elsewhere()->forgetPassword()->text());
        $admin->send($admin->action('defaultadmin', ['tab' => 'settings']), 'switch-reset');
        self::assertNotNull(Person::resetForm($anna->elsewhere()->forgetPassword()), 'on again, within five minutes of the proof');
    }

    public function test_it_is_off_until_an_administrator_switches_it_on(): void
    {
        $this->site()->carriers();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByPhone(self::NUMBER);
        $anna->signOut();
        self::assertStringContainsString('A letter is on its way', $anna->elsewhere()->forgetPassword()->text());
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'settings']);
        self::assertSame('Off', trim($page->one('//*[@class="tf-state"]')->textContent));
        $admin->send($page, 'switch-reset');
        self::assertNotNull(Person::resetForm($anna->elsewhere()->forgetPassword()));
    }

    public function test_the_owner_may_prove_it_by_telephone_on_the_same_page(): void
    {
        $admin = $this->withPhone('admin');
        $admin->answer($admin->givePassword(), $this->handset()->code());
        $this->site()->clock->advance(61);
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'settings']), 'send');
        self::assertStringContainsString('+49 ••• 89', $page->text());
        $page = $admin->send($page, 'switch-reset', ['code' => $this->handset()->code()]);
        self::assertStringContainsString('no longer possible', $page->text());
    }

    public function test_it_works_while_the_configuration_keeps_modules_from_being_loaded(): void
    {
        $anna = $this->withPhone();
        $this->site()->config(['admin_loadnomodules' => true]);
        $anna->resetStep($this->proven($anna), ['password' => self::FRESH, 'again' => self::FRESH]);
        $this->assertPassword(self::FRESH);
        self::assertChallenged($anna->givePassword(self::FRESH));
    }

    public function test_while_nobody_can_be_verified_nobody_is_told_anything_else(): void
    {
        $this->expectComplaints();
        $anna = $this->withPhone();
        $begun = [];
        foreach (['anna', 'carl'] as $name) {
            $person = $anna->elsewhere();
            $begun[$name] = [$person, $person->forgetPassword($name)];
        }
        $this->site()->config(['twofactor_store' => 'sqlite:/nowhere/at/all.sqlite']);
        foreach ($begun as $name => [$person, $page]) {
            $page = $person->resetStep($page, ['send' => '1']);
            self::assertSame(503, $page->status, $name);
            self::assertStringContainsString('No password can be set at the moment', $page->text());
        }
        // The engine's own way does without.
        self::assertStringContainsString('A letter is on its way', $anna->elsewhere()->forgetPassword()->text());
    }

    public function test_it_speaks_german(): void
    {
        $anna = $this->withPhone();
        $anna->browser->language = 'de';
        $page = $anna->askForReset();
        self::assertStringContainsString('Wenn für diesen Benutzernamen ein Telefon eingerichtet ist', $page->text());
        $page = $anna->resetStep($page, ['code' => $this->handset()->code()]);
        self::assertStringContainsString('Neues Passwort noch einmal', $page->text());
        $page = $anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]);
        self::assertStringContainsString('Das neue Passwort ist gesetzt', $page->text());
    }

    public function test_b39_no_password_and_no_code_of_a_reset_is_left_anywhere(): void
    {
        $anna = $this->withPhone();
        $page = $this->proven($anna);
        $page = $anna->resetStep($page, ['password' => self::FRESH, 'again' => 'different']);
        $anna->resetStep($page, ['password' => self::FRESH, 'again' => self::FRESH]);
        $codes = array_values(array_filter(array_column($this->handset()->messages(), 'code')));
        self::assertCount(2, $codes);
        foreach ($this->site()->leftBehind() as $place => $content) {
            if (str_ends_with($place, '/messages')) {
                continue;
            }
            self::assertStringNotContainsString(self::FRESH, $content, "the password in $place");
            self::assertStringNotContainsString('15123456789', $content, "the number in $place");
            foreach ($codes as $code) {
                self::assertDoesNotMatchRegularExpression("/(?<!\\d)$code(?!\\d)/", $content, "a code in $place");
            }
        }
    }
}
