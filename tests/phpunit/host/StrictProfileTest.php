<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** A site whose profile is strict, or becomes so: who has weak factors alone is led through, and nobody is shut out. */
final class StrictProfileTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const STRICT = ['twofactor.profile' => 'strict'];

    public function test_the_password_comes_once_more_before_a_first_factor(): void
    {
        $this->site()->start(self::STRICT);
        $bert = $this->person('bert');
        $bert->givePassword();
        $page = $bert->action('preferences');
        $field = $page->one('//input[@name="m1_password"]');
        self::assertSame(['password', 'current-password'], [$field->getAttribute('type'), $field->getAttribute('autocomplete')]);
        foreach (['start-phone', 'start-email'] as $weak) {
            self::assertFalse($page->has("//input[@value='$weak']"), "$weak is no first factor here");
        }
        // Whoever has found the browser knows no password, whatever they send and wherever they begin anew.
        foreach (['', 'wrong', Site::PASSWORDS['anna']] as $wrong) {
            $page = $bert->change('start', ['password' => $wrong]);
            self::assertNull(Person::secretOn($page), $page->text());
            self::assertStringContainsString($wrong === '' ? 'Please type a password' : 'This is not your password', $page->text());
        }
        self::assertNull(Person::secretOn($bert->change('start')), 'nor without the field');
        $page = $bert->send($bert->action('preferences'), 'start', ['password' => Site::PASSWORDS['bert']]);
        $bert->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        self::assertStringNotContainsString(Site::PASSWORDS['bert'], $page->text());
        $page = $bert->send($page, 'confirm', ['code' => $bert->phone->code()]);
        $bert->codes = Person::codesOn($page);
        self::assertCount(10, $bert->codes);
        self::assertSame([29], array_values(array_unique(array_map('strlen', $bert->codes))), '24 letters in groups of four');
        self::assertIn($bert);
        self::assertFalse($bert->action('preferences')->has('//input[@name="m1_password"]'), 'now the factor is proven');
        $this->site()->clock->advance(61);
        $other = $bert->elsewhere();
        $other->answer($other->givePassword(), $bert->codes[0], 'backup');
        self::assertIn($other);
    }

    public function test_whoever_has_found_an_open_browser_guesses_no_password_there(): void
    {
        $this->site()->start(self::STRICT);
        $bert = $this->person('bert');
        $bert->givePassword();
        for ($n = 1; $n <= 5; $n++) {
            self::assertStringContainsString('This is not your password', $bert->change('start', ['password' => "wrong $n"])->text());
        }
        $right = ['password' => Site::PASSWORDS['bert']];
        self::assertStringContainsString('Too many wrong passwords', $bert->change('start', $right)->text());
        // Another session of the same user has no tries of its own, and signing in is as ever.
        $other = $bert->elsewhere();
        $other->givePassword();
        self::assertIn($other);
        self::assertStringContainsString('Too many wrong passwords', $other->change('start', $right)->text());
        $this->site()->clock->advance(901);
        self::assertNotNull(Person::secretOn($other->change('start', $right)));
        self::assertStringContainsString('This is not your password', $bert->change('start', ['password' => 'wrong'])->text());
    }

    public function test_whoever_has_e_mail_alone_proves_it_sets_an_app_up_and_is_in(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByEmail();
        self::assertCount(10, $anna->codes);
        $this->site()->start(self::STRICT);
        foreach (['standard' => false, 'strict' => true] as $profile => $isTooWeak) {
            $account = $this->site()->asOperator(static fn ($verifier) => $verifier->account('2'), ['profile' => $profile]);
            self::assertSame($isTooWeak, $account->isTooWeak(), $profile);
        }
        // Who is signed in stays so, and is told.
        self::assertIn($anna);
        $page = $anna->action('preferences');
        self::assertStringContainsString('A stronger second factor is required of you', $page->text());
        self::assertTrue($page->has('//option[@value="email"]'), 'it proves what leads to an app');
        $anna->signOut();
        foreach (['en' => 'are no longer enough on this site', 'de' => 'genügen auf dieser Website nicht mehr'] as $language => $words) {
            $this->site()->clock->advance(61);
            $anna = $anna->elsewhere();
            $anna->browser->language = $language;
            $page = $anna->givePassword();
            self::assertTrue(Person::isChallenge($page));
            $page = $anna->answer($page, $anna->mailbox()->code());
            self::assertStringContainsString($words, $page->text());
            self::assertFalse($page->has('//input[@value="start-email"]') || $page->has('//input[@value="start-phone"]'));
            self::assertOut($anna);
        }
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code()]);
        self::assertIn($anna);
        // From then on the app is asked for, and no mail goes out.
        $this->site()->clock->advance(61);
        $sent = count($anna->mailbox()->codes());
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertFalse($page->has('//button[@value="email"]'));
        $other->answer($page, $anna->phone->code());
        self::assertIn($other);
        self::assertCount($sent, $anna->mailbox()->codes());
        $this->site()->clock->advance(61);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $anna->codes[0], 'backup');
        self::assertIn($other, 'their codes stay good');
    }

    public function test_the_last_app_stays_as_long_as_a_telephone_is_set_up(): void
    {
        $this->site()->carriers(null, self::STRICT);
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start', ['password' => Site::PASSWORDS['anna']]);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        $this->site()->clock->advance(31);
        $anna->stepUp();
        self::assertStringContainsString('Here nobody signs in with a telephone', $anna->action('preferences')->text());
        $anna->enrolByPhone(self::NUMBER);
        $page = $anna->change('remove', $this->factorOf('2', 'totp'));
        self::assertStringContainsString('This app stays as long as', $page->text());
        $anna->change('remove', $this->factorOf('2', 'sms'));
        $anna->change('remove', $this->factorOf('2', 'totp'));
        self::assertTrue($anna->action('preferences')->has('//input[@name="m1_password"]'), 'nothing is left');
    }

    public function test_health_shows_the_profile_and_what_departs_from_it(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByEmail();
        $admin = $this->person('admin');
        $admin->givePassword();
        $health = static fn () => $admin->action('defaultadmin', ['tab' => 'health'])->text();
        self::assertStringContainsString('This site has the standard profile', $health());
        $this->site()->start(self::STRICT + ['twofactor.disable_after' => '0', 'twofactor.code_digits' => '4']);
        self::assertIn($admin, 'who is in stays so');
        $text = $health();
        self::assertStringContainsString('disable_after = 0 does not count, and 50 does', $text);
        self::assertStringContainsString('code_digits = 4 does not count, and 6 does', $text);
        self::assertStringContainsString('1 of the 1 accounts', $text);
        self::assertStringContainsString('backup codes from before', $text);
        $admin->browser->language = 'de';
        self::assertStringContainsString('Strenges Profil', $health());
        self::assertStringContainsString('disable_after = 0 nicht, sondern 50', $health());
    }
}
