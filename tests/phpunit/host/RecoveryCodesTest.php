<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Where secrets are derived: recovery codes that jump ahead, the last one, and a new key in the place of the old one. */
final class RecoveryCodesTest extends HostTestCase
{
    protected function setUp(): void
    {
        $this->site()->start(['twofactor.secrets' => 'derived']);
    }

    public function test_recovery_codes_are_shown_once_in_their_order_with_what_they_do_and_can_be_downloaded(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->enrol();
        $text = $page->text();
        self::assertStringContainsString('Your recovery codes', $text);
        self::assertStringContainsString('a later code is accepted, too, and then all before it are worth nothing', $text);
        self::assertStringContainsString('The last one, number 10, switches your second factor off', $text);
        self::assertCount(10, $page->all('//ol/li/code'));
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        $file = $anna->send($page, 'download');
        self::assertStringContainsString('recovery-codes.txt', implode(',', $file->headers('Content-Disposition')));
        foreach ($anna->codes as $place => $code) {
            self::assertStringContainsString(sprintf('%2d. %s', $place + 1, $code), $file->body);
        }
        $page = $anna->action('preferences');
        self::assertSame([], Person::codesOn($page));
        self::assertStringContainsString('Recovery codes 10 unused, next: number 1', $page->text());
    }

    public function test_a_later_code_signs_in_and_none_before_it_does_any_more(): void
    {
        $anna = $this->enrolled();
        foreach ([3 => true, 1 => false, 2 => false, 4 => true] as $number => $isGood) {
            $anna = $anna->elsewhere();
            $page = $anna->answer($anna->givePassword(), $anna->codes[$number], 'recovery');
            self::assertSame($isGood ? 'anna' : null, $anna->isIn(), "number $number");
            $isGood || self::assertStringContainsString('type a later one of your newest list', $page->text());
        }
        $text = $anna->action('preferences')->text();
        self::assertStringContainsString('Codes left: 5.', $text);
        self::assertStringContainsString('5 unused, next: number 6', $text);
    }

    public function test_what_was_mistyped_is_told_and_not_counted(): void
    {
        $anna = $this->enrolled();
        $page = $anna->press($anna->givePassword(), 'use', 'recovery');
        self::assertStringContainsString('The last one switches your second factor off', $page->text());
        $last = substr($anna->codes[0], -1);
        $wrong = substr($anna->codes[0], 0, -1) . ($last === 'A' ? 'B' : 'A');
        foreach ([$wrong, 'ABCD', $wrong, $wrong, $wrong, $wrong, "$wrong\0"] as $typed) {
            $page = $anna->answer($page, $typed);
            self::assertStringContainsString('It was not counted as an attempt', $page->text());
        }
        $page = $anna->answer($page, strtolower(str_replace('-', ' ', $anna->codes[0])));
        self::assertSame('anna', $anna->isIn(), $page->text());
    }

    public function test_the_last_code_signs_in_switches_the_second_factor_off_and_leads_to_where_it_is_set_up_anew(): void
    {
        $anna = $this->enrolled();
        $other = $anna->elsewhere();
        $other->signIn();
        self::assertIn($other);
        $page = $anna->answer($anna->givePassword(), $anna->codes[9], 'recovery');
        self::assertIn($anna);
        self::assertStringContainsString('That was your last recovery code: your second factor is off now', $page->text());
        self::assertTrue($page->has('//input[@value="start"]'), 'it is set up anew there');
        self::assertOut($other, 'whoever was signed in before is not any more');
        // The next sign-in, here whoever else has the password, ends with a set-up and shows nothing before it.
        $next = $anna->elsewhere();
        $page = $next->givePassword();
        self::assertOut($next);
        self::assertNotNull(Person::secretOn($page));
        $old = $anna->codes;
        $anna->enrol();
        self::assertSame([], array_intersect($old, $anna->codes));
        $again = $anna->elsewhere();
        $page = $again->answer($again->givePassword(), $old[9], 'recovery');
        self::assertOut($again);
        $audit = $this->administrator()->action('defaultadmin', ['tab' => 'audit', 'user' => '2']);
        self::assertStringContainsString('Last recovery code used: second factor off', $audit->text());
    }

    public function test_the_last_code_where_a_set_up_has_to_follow_leaves_nobody_with_the_password_alone(): void
    {
        $anna = $this->enrolled();
        $this->require('2');
        $page = $anna->answer($anna->givePassword(), $anna->codes[9], 'recovery');
        self::assertOut($anna);
        self::assertNotNull(Person::secretOn($page), 'the set-up follows');
        // She leaves. Whoever has the password is asked for a proof as before, and is shown no set-up.
        $thief = $anna->elsewhere();
        $page = $thief->givePassword();
        self::assertTrue(Person::isChallenge($page));
        self::assertNull(Person::secretOn($page));
        self::assertOut($thief);
        // She comes back without the app, by the same code, and by none before it.
        $again = $anna->elsewhere();
        $page = $again->answer($again->givePassword(), $anna->codes[8], 'recovery');
        self::assertNull(Person::secretOn($page));
        $page = $again->answer($again->givePassword(), $anna->codes[9], 'recovery');
        $again->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $codes = Person::codesOn($again->answer($page, $again->phone->code()));
        self::assertCount(10, $codes);
        self::assertIn($again);
        $next = $anna->elsewhere();
        $next->answer($next->givePassword(), $anna->codes[9], 'recovery');
        self::assertOut($next);
    }

    public function test_the_last_code_as_a_confirmation_keeps_this_session_and_changes_nothing_else(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $page = $anna->stepUp($anna->codes[9]);
        self::assertStringContainsString('That was your last recovery code', $page->text());
        self::assertStringContainsString('you cannot finish your next sign-in without it', $page->text());
        self::assertIn($anna);
        self::assertTrue($anna->action('preferences')->has('//input[@value="start"]'));
        $again = $anna->elsewhere();
        $page = $again->givePassword();
        self::assertOut($again);
        $again->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $again->answer($page, $again->phone->code());
        self::assertIn($again, 'the set-up is the sign-in');
    }

    public function test_a_new_key_takes_the_place_of_the_app_once_it_is_confirmed(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertFalse($anna->change('rotate')->has('//input[@value="confirm"]'), 'not without a proof');
        $anna->stepUp($anna->codes[0]);
        $page = $anna->action('preferences');
        self::assertFalse($page->has('//input[@value="start"]'), 'a person has one app');
        [$old, $codes] = [$anna->phone, $anna->codes];
        $page = $anna->send($page, 'rotate');
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $old->code());
        self::assertIn($other, 'until it is confirmed the old one goes on');
        $page = $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertIn($anna);
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $old->code());
        self::assertOut($other);
        $other->answer($other->givePassword(), $codes[9], 'recovery');
        self::assertOut($other);
        $other->signIn();
        self::assertIn($other);
    }

    public function test_when_the_setting_changes_everybody_signs_in_as_before_and_moves_with_new_codes(): void
    {
        $this->site()->start([]);
        $anna = $this->enrolled();
        $backup = $anna->codes;
        $this->site()->start(['twofactor.secrets' => 'derived']);
        $anna->answer($anna->givePassword(), $backup[0], 'backup');
        self::assertIn($anna);
        self::assertStringContainsString('9 unused', $anna->action('preferences')->text());
        $anna->stepUp($backup[1]);
        $anna->codes = Person::codesOn($anna->send($anna->action('preferences'), 'regenerate'));
        self::assertCount(10, $anna->codes);
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertFalse($page->has("//button[@name='twofactor_use'][@value='backup']"));
        $other->answer($page, $anna->codes[0], 'recovery');
        self::assertIn($other);
    }
}
