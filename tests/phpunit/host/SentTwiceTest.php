<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** The challenge, or the set-up that ends a sign-in, is sent twice, and the browser drops the first answer with its cookies. */
final class SentTwiceTest extends HostTestCase
{
    /** Somebody at the challenge, on a site whose checks take a second. */
    private function challenged(int $workers = 3): Person
    {
        $this->site(['workers' => $workers]);
        $anna = $this->enrolled();
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('witness_takes_microseconds', '1000000')");
        return $anna;
    }

    /** @return array<string, mixed> what the form of this page sends with a code in it */
    private static function filled(Page $page, string $code): array
    {
        return ['twofactor_code' => $code] + $page->values(Person::challengeForm($page));
    }

    /** The browser after an answer: with its cookies, at the page it leads to. */
    private static function after(Person $person, Page $answer): Page
    {
        foreach ($answer->setCookies() as [$name, $value, $isGone]) {
            if ($isGone) {
                unset($person->browser->cookies[$name]);
            } else {
                $person->browser->cookies[$name] = $value;
            }
        }
        $to = $answer->header('Location');
        return $to === null ? $answer : $person->browser->get($to);
    }

    /** @return array<string, array{string}> */
    public static function codes(): array
    {
        return ['a code of the app' => ['totp'], 'a backup code' => ['backup']];
    }

    /** @dataProvider codes */
    public function test_sent_twice_at_once_it_signs_in_once_whichever_answer_the_browser_takes(string $method): void
    {
        $anna = $this->challenged();
        $page = $anna->givePassword();
        $page = $method === 'backup' ? $anna->press($page, 'use', 'backup') : $page;
        $fields = self::filled($page, $method === 'backup' ? $anna->codes[0] : $anna->phone->code());
        $answers = Visitor::raceOf(array_fill(0, 3, [$anna->browser, '/admin/login.php', $fields]));
        foreach ($answers as $answer) {
            self::assertSame(302, $answer->status, $answer->text());
            $browser = clone $anna;
            $browser->browser = clone $anna->browser;
            self::assertSame('anna', Person::signedInName(self::after($browser, $answer)));
            self::assertIn($browser);
            $sessions[] = preg_grep('/^CMSSESSID/', array_keys($browser->browser->cookies)) ? $browser->browser->cookies : [];
        }
        self::assertCount(1, array_unique($sessions, SORT_REGULAR), 'they are one sign-in');
        self::assertSame(1, array_count_values($this->site()->audit('2'))['factor.accepted'], 'checked once');
        $heard = array_count_values(array_column($this->site()->heard(), 'hook'));
        self::assertSame(1, $heard['TwoFactor::AfterVerificationSuccess']);
        self::assertArrayNotHasKey('TwoFactor::AfterVerificationFail', $heard);
    }

    public function test_sent_again_after_the_first_answer_it_signs_in_for_seconds_and_then_no_more(): void
    {
        $anna = $this->challenged(1);
        $late = clone $anna;
        $page = $anna->givePassword();
        $fields = self::filled($page, $anna->phone->code());
        $late->browser = clone $anna->browser;
        $again = clone $anna->browser;
        $anna->browser->post('/admin/login.php', $fields);
        $answer = $late->browser->post('/admin/login.php', $fields, false);
        self::assertSame('anna', Person::signedInName(self::after($late, $answer)));
        $this->site()->clock->advance(11);
        self::assertStringContainsString('This sign-in has ended', $again->post('/admin/login.php', $fields)->text());
        self::assertNull(Person::signedInName($again->get('/admin/index.php')));
    }

    public function test_a_wrong_code_sent_twice_is_one_wrong_code_and_typed_anew_it_is_another(): void
    {
        $anna = $this->challenged();
        $page = $anna->givePassword();
        $fields = self::filled($page, $anna->phone->wrong());
        foreach (Visitor::raceOf(array_fill(0, 3, [$anna->browser, '/admin/login.php', $fields])) as $answer) {
            self::assertStringContainsString('That code was not accepted', $answer->text());
            self::assertTrue(Person::isChallenge($answer));
        }
        self::assertSame(1, array_count_values($this->site()->audit('2'))['factor.rejected']);
        $page = $anna->answer($answer, $anna->phone->wrong());
        self::assertSame(2, array_count_values($this->site()->audit('2'))['factor.rejected']);
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_a_set_up_that_ends_a_sign_in_shows_its_codes_whichever_answer_the_browser_takes(): void
    {
        [$anna, $fields] = $this->settingUp(3);
        foreach (Visitor::raceOf(array_fill(0, 3, [$anna->browser, '/admin/login.php', $fields])) as $answer) {
            self::assertSame(302, $answer->status, $answer->text());
            self::assertSame([], Person::codesOn($answer), 'in no answer that may be dropped');
            $person = clone $anna;
            $person->browser = clone $anna->browser;
            $shown[] = Person::codesOn(self::after($person, $answer));
            self::assertIn($person);
        }
        self::assertCount(10, $shown[0]);
        self::assertSame([$shown[0], $shown[0], $shown[0]], $shown);
        self::assertSame(1, array_count_values($this->site()->audit('2'))['factor.enrolled']);
        $this->site()->clock->advance(30);
        self::assertSame([], Person::codesOn($person->action('preferences')), 'and then no more');
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $shown[0][9], 'backup');
        self::assertIn($other);
    }

    public function test_a_set_up_sent_again_after_its_codes_were_shown_shows_them_again_for_seconds(): void
    {
        [$anna, $fields] = $this->settingUp(1);
        $late = clone $anna;
        $late->browser = clone $anna->browser;
        $later = clone $anna->browser;
        $codes = Person::codesOn($anna->browser->post('/admin/login.php', $fields));
        self::assertCount(10, $codes);
        self::assertSame($codes, Person::codesOn($late->browser->post('/admin/login.php', $fields)));
        $this->site()->clock->advance(11);
        self::assertStringContainsString('This sign-in has ended', $later->post('/admin/login.php', $fields)->text());
        self::assertSame([], Person::codesOn($late->action('preferences')));
        self::assertIn($late);
    }

    /** Such as in Redis: the second answer was begun with what the session was before the first. */
    public function test_where_sessions_are_not_locked_the_second_answer_leads_to_the_first_one_s_sign_in(): void
    {
        $handler = $this->site()->folder . '/prepend.php';
        file_put_contents($handler, <<<'PHP'
            <?php
            session_set_save_handler(new class extends SessionHandler {
                public function read(string $id): string|false
                {
                    $now = parent::read($id);
                    $before = session_save_path() . "/before_$id";
                    $read = is_file($before) ? file_get_contents($before) : $now;
                    is_file($before) && unlink($before);
                    return $read;
                }
            });
            PHP);
        $this->site()->start(['auto_prepend_file' => $handler]);
        foreach (['anna' => '2', 'bert' => '3'] as $name => $id) {
            $person = $name === 'anna' ? $this->enrolled() : $this->person($name);
            $name === 'bert' && $this->require($id);
            $page = $person->givePassword();
            $code = ($person->phone ?? new Phone((string) Person::secretOn($page), $this->site()->clock))->code();
            $fields = self::filled($page, $code);
            $folder = $this->site()->folder . '/sessions';
            $session = implode(array_filter($person->browser->cookies, static fn (string $value) => is_file("$folder/sess_$value")));
            $before = file_get_contents("$folder/sess_$session");
            $late = clone $person;
            $late->browser = clone $person->browser;
            $person->browser->post('/admin/login.php', $fields);
            self::assertIn($person);
            file_put_contents("$folder/before_$session", $before);
            $answer = $late->browser->post('/admin/login.php', $fields, false);
            self::assertFileDoesNotExist("$folder/before_$session");
            self::assertSame(302, $answer->status, $answer->text());
            self::assertIn($late);
            self::assertSame($person->browser->cookies, $late->browser->cookies, 'one sign-in');
        }
    }

    public function test_the_proof_before_a_set_up_sent_again_is_no_wrong_code_of_the_set_up(): void
    {
        $anna = $this->challenged();
        $this->require('2');
        $page = $anna->givePassword();
        $fields = self::filled($page, $anna->phone->code());
        foreach (Visitor::raceOf(array_fill(0, 3, [$anna->browser, '/admin/login.php', $fields])) as $answer) {
            $secrets[] = Person::secretOn($answer);
            self::assertStringNotContainsString('does not fit', $answer->text());
        }
        self::assertNotNull($secrets[0]);
        self::assertCount(1, array_unique($secrets), 'one set-up');
        $wrong = self::filled($answer, $anna->phone->code());
        self::assertStringContainsString('does not fit', $anna->browser->post('/admin/login.php', $wrong)->text(), 'typed into the set-up it is one');
        $heard = array_count_values(array_column($this->site()->heard(), 'hook'));
        self::assertSame(1, $heard['TwoFactor::BeforeVerification'], 'checked once');
        self::assertArrayNotHasKey('TwoFactor::AfterVerificationFail', $heard);
    }

    /** @return array{Person, array<string, mixed>} somebody before whom a set-up is that ends a sign-in, and what confirms it */
    private function settingUp(int $workers): array
    {
        $this->site(['workers' => $workers]);
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        return [$anna, self::filled($page, $phone->code())];
    }

    /** @return array<string, array{array<string, string>}> */
    public static function otherAnswers(): array
    {
        return [
            'the session alone' => [['twofactor_token' => '', 'twofactor_code' => '', 'twofactor_page' => '']],
            'another code' => [['twofactor_code' => '000000']],
            'another secret of the form' => [['twofactor_token' => str_repeat('0', 32)]],
            'another page' => [['twofactor_page' => '7']],
            'another method' => [['twofactor_method' => 'backup']],
        ];
    }

    /**
     * @param array<string, string> $other
     * @dataProvider otherAnswers
     */
    public function test_the_old_session_leads_nowhere_without_the_page_and_the_code_and_one_guess_ends_it(array $other): void
    {
        $anna = $this->challenged(1);
        $page = $anna->givePassword();
        $fields = self::filled($page, $anna->phone->code());
        $thief = clone $anna->browser;
        $anna->browser->post('/admin/login.php', $fields);
        self::assertIn($anna);
        foreach ([$other + $fields, $fields] as $tried) {
            $answer = $thief->post('/admin/login.php', $tried, false);
            self::assertSame(200, $answer->status);
            self::assertStringContainsString('This sign-in has ended', $answer->text());
            self::assertNull(Person::signedInName($thief->get('/admin/index.php')));
        }
        self::assertNull(Person::signedInName($this->site()->visitor()->post('/admin/login.php', $fields)), 'no session, no sign-in');
    }
}
