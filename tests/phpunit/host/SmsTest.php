<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Codes to a telephone: setting up, signing in, another way, another number, and what may go wrong. */
final class SmsTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const OTHER = '+43 664 1234567';

    private function handset(string $number = self::NUMBER): Handset
    {
        return $this->site()->handset($number);
    }

    /** @param array<string, string> $ini */
    private function signedIn(string $name = 'anna', array $ini = []): Person
    {
        $this->site()->carriers(null, $ini);
        $person = $this->person($name);
        $person->givePassword();
        return $person;
    }

    /** Somebody whose only factor is the telephone, signed out, a minute later. */
    private function enrolledByPhone(string $name = 'anna'): Person
    {
        $person = $this->signedIn($name);
        $person->enrolByPhone(self::NUMBER);
        self::assertCount(10, $person->codes, 'ten backup codes: ' . $this->site()->log());
        $person->signOut();
        $this->site()->clock->advance(61);
        return $person->elsewhere();
    }

    /** Proves it by a code to the telephone. */
    private function stepUp(Person $person): void
    {
        $this->site()->clock->advance(61);
        $page = $person->send($person->action('preferences'), 'send');
        $page = $person->send($page, 'prove', ['method' => 'sms', 'code' => $this->handset()->code()]);
        self::assertTrue($page->has("//input[@value='start-phone']"), $page->text());
    }

    public function test_a_person_enrols_with_a_number_as_it_is_written_at_home_and_signs_in(): void
    {
        $this->site()->config(['twofactor_region' => 'de']);
        $anna = $this->signedIn();
        $page = $anna->action('preferences');
        self::assertSame('DE', $page->one('//select[@name="m1_region"]/option[@selected]')->getAttribute('value'));
        self::assertSame('Germany', trim($page->one('//select[@name="m1_region"]/option[@selected]')->textContent));
        self::assertSame(
            ['sms', 'voice', 'whatsapp'],
            array_map(static fn ($way) => $way->getAttribute('value'), $page->all('//select[@name="m1_method"]/option')),
        );
        $page = $anna->send($page, 'start-phone', ['number' => '01512 3456789']);
        self::assertStringContainsString('+49 ••• 89', $page->text());
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertStringNotContainsString('3456789', $page->body, 'the number is masked');
        self::assertSame('sms', $this->handset()->last()['channel']);
        $page = $anna->send($page, 'confirm-destination', ['code' => $this->handset()->code()]);
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertIn($anna);
        self::assertStringContainsString('+49 ••• 89', $anna->action('preferences')->text());

        $this->site()->clock->advance(61);
        $anna = $anna->elsewhere();
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertMatchesRegularExpression('/\+49 ••• 89. It is good until \d\d:\d\d/', $page->text());
        self::assertCount(2, $this->handset()->messages());
        self::assertOut($anna);
        $anna->answer($page, $this->handset()->code());
        self::assertIn($anna);
    }

    public function test_without_a_region_of_the_site_the_number_has_its_country_code(): void
    {
        $this->site()->config(['twofactor_region' => 'nowhere']);
        $anna = $this->signedIn();
        $page = $anna->action('preferences');
        self::assertFalse($page->has('//select[@name="m1_region"]/option[@selected]'));
        $page = $anna->send($page, 'start-phone', ['number' => '01512 3456789']);
        self::assertStringContainsString('Please type the number with its country code', $page->one('//*[@role="alert"]')->textContent);
        self::assertSame('01512 3456789', $page->one('//input[@name="m1_number"]')->getAttribute('value'), 'to be mended');
        self::assertSame([], $this->handset()->messages());
        $page = $anna->send($page, 'start-phone', ['number' => self::NUMBER]);
        self::assertCount(1, $this->handset()->messages());
    }

    public function test_a_number_that_gets_no_codes_is_refused_with_a_reason(): void
    {
        $anna = $this->signedIn('anna', ['twofactor.phone_regions' => 'DE']);
        $page = $anna->action('preferences');
        foreach (['+49 30 12345678' => 'a landline', self::OTHER => 'of this country', '12' => 'with its country code', '"><script>' => 'not a valid telephone number'] as $number => $why) {
            $page = $anna->send($page, 'start-phone', ['number' => (string) $number]);
            self::assertStringContainsString($why, $page->one('//*[@role="alert"]')->textContent, (string) $number);
            self::assertFalse($page->has('//script[not(@src)]'));
        }
        $anna->elsewhere()->givePassword();
        self::assertIn($anna);
    }

    public function test_a_landline_is_called(): void
    {
        $anna = $this->signedIn();
        $anna->browser->language = 'de';
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => '+49 30 12345678']);
        self::assertStringContainsString('Das ist ein Festnetzanschluss', $page->one('//*[@role="alert"]')->textContent);
        $page = $anna->send($page, 'start-phone', ['number' => '+49 30 12345678', 'method' => 'voice']);
        $handset = $this->handset('+49 30 12345678');
        self::assertSame('voice', $handset->last()['channel']);
        $anna->codes = Person::codesOn($anna->send($page, 'confirm-destination', ['code' => $handset->code()]));
        self::assertCount(10, $anna->codes);
        $this->site()->clock->advance(61);
        $anna->signOut();
        $anna = $anna->elsewhere();
        $page = $anna->press($anna->givePassword(), 'send');
        $anna->answer($page, $handset->code());
        self::assertIn($anna);
    }

    public function test_a_wrong_code_confirms_nothing_and_another_one_is_had_after_a_minute(): void
    {
        $anna = $this->signedIn();
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => self::NUMBER]);
        $page = $anna->send($page, 'confirm-destination', ['code' => $this->handset()->wrong()]);
        self::assertSame([], Person::codesOn($page));
        self::assertTrue($page->has('//*[@role="alert"]'));
        $page = $anna->send($page, 'send-again');
        self::assertMatchesRegularExpression('/The next code can be sent in (1 minute|\d+ second)/', $page->text());
        self::assertCount(1, $this->handset()->messages());
        $this->site()->clock->advance(61);
        $page = $anna->send($page, 'send-again');
        self::assertCount(2, $this->handset()->messages());
        $page = $anna->send($page, 'confirm-destination', ['code' => $this->handset()->code()]);
        self::assertCount(10, Person::codesOn($page));
    }

    public function test_guessing_is_locked_out_and_then_nothing_is_sent(): void
    {
        $anna = $this->enrolledByPhone();
        $page = $anna->givePassword();
        for ($i = 0; $i < 6; $i++) {
            $page = $anna->answer($page, $this->handset()->wrong());
            self::assertOut($anna);
        }
        self::assertMatchesRegularExpression('/Too many wrong codes.*(minute|second)/', $page->text());
        $sent = count($this->handset()->messages());
        $page = $anna->press($page, 'send');
        self::assertMatchesRegularExpression('/Too many wrong codes/', $page->text());
        self::assertCount($sent, $this->handset()->messages());
        $anna->answer($page, $anna->codes[0], 'backup');
        self::assertIn($anna);
    }

    public function test_a_number_takes_calls_too_once_they_are_proven(): void
    {
        $anna = $this->enrolledByPhone();
        $anna->answer($anna->givePassword(), $this->handset()->code());
        $this->stepUp($anna);
        $page = $anna->action('preferences');
        $ways = array_map(static fn (\DOMElement $one): string => $one->getAttribute('value'), $page->all('//form[.//input[@value="start-phone"]]//select[@name="m1_method"]/option'));
        self::assertSame(['sms', 'voice', 'whatsapp'], $ways);
        $this->site()->clock->advance(61);
        $page = $anna->enrolByPhone(self::NUMBER, 'voice');
        self::assertSame('voice', $this->handset()->last()['channel']);
        self::assertSame([], Person::codesOn($page));
        self::assertIn($anna);
        $anna->signOut();
        // Five messages an hour to one number.
        $this->site()->clock->advance(3601);
        $page = $anna->givePassword();
        self::assertTrue($page->has('//button[@name="twofactor_use"][@value="voice"]'));
        self::assertFalse($page->has('//button[@name="twofactor_use"][@value="whatsapp"]'), 'not proven');
        $this->site()->clock->advance(61);
        $page = $anna->press($page, 'use', 'voice');
        self::assertSame('voice', $this->handset()->last()['channel']);
        self::assertStringContainsString('Code from the call', $page->text());
        $anna->answer($page, $this->handset()->code());
        self::assertIn($anna);
    }

    public function test_another_number_takes_the_place_of_the_old_one_after_a_fresh_proof(): void
    {
        $anna = $this->enrolledByPhone();
        $anna->answer($anna->givePassword(), $this->handset()->code());
        $page = $anna->change('start-phone', ['number' => self::OTHER]);
        self::assertStringContainsString('Confirm that it is you', $page->text());
        self::assertSame([], $this->handset(self::OTHER)->messages());
        $this->stepUp($anna);
        $told = 'The phone number of your account was changed';
        self::assertSame([], $anna->mailbox()->notices($told));
        $anna->enrolByPhone(self::OTHER);
        self::assertStringContainsString('+43 ••• 67', $anna->action('preferences')->text());
        // Whoever has the old telephone hears of it, and so does the owner of the mailbox.
        self::assertSame('', $this->handset()->last()['code']);
        self::assertStringContainsString($told, $this->handset()->last()['text']);
        self::assertCount(1, $anna->mailbox()->notices($told));
        self::assertStringNotContainsString('664', json_encode($anna->mailbox()->notices()));
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('Telephone number told by SMS', $admin->action('defaultadmin', ['tab' => 'audit'])->text());
        $anna->signOut();
        $this->site()->clock->advance(61);
        $before = count($this->handset()->messages());
        $page = $anna->givePassword();
        self::assertCount($before, $this->handset()->messages(), 'nothing goes to the old number any more');
        $anna->answer($page, $this->handset(self::OTHER)->code());
        self::assertIn($anna);
    }

    public function test_a_number_is_removed_after_a_fresh_proof(): void
    {
        $anna = $this->enrolledByPhone();
        $anna->answer($anna->givePassword(), $this->handset()->code());
        $anna->change('remove', $this->factorOf('2', 'sms'));
        self::assertStringContainsString('+49 ••• 89', $anna->action('preferences')->text());
        $this->stepUp($anna);
        $page = $anna->send($anna->action('preferences'), 'remove');
        self::assertStringNotContainsString('+49 ••• 89', $page->text());
        self::assertSame('', $this->handset()->last()['code']);
        self::assertStringContainsString('This phone number was removed from your account', $this->handset()->last()['text']);
        $other = $anna->elsewhere();
        $other->givePassword();
        self::assertIn($other);
    }

    public function test_without_a_provider_there_is_no_telephone(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        self::assertFalse($anna->action('preferences')->has("//input[@value='start-phone']"));
        $page = $anna->change('start-phone', ['number' => self::NUMBER]);
        self::assertStringContainsString('not available here', $page->text());
    }

    public function test_a_way_that_is_not_offered_is_refused_and_not_shown(): void
    {
        $port = Site::freePort();
        $this->site()->carriers([['provider' => 'twilio-verify', 'user' => 'SK' . str_repeat('0', 32), 'secret' => 'x', 'service' => 'VA' . str_repeat('0', 32), 'url' => "https://127.0.0.1:$port"]]);
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        $page = $anna->action('preferences');
        self::assertTrue($page->has("//input[@value='start-phone']"), $page->text());
        self::assertFalse($page->has("//select[@name='m1_method']/option[@value='voice']"), 'this provider makes no calls');
        $page = $anna->change('start-phone', ['number' => self::NUMBER, 'method' => 'voice']);
        self::assertStringContainsString('not available here', $page->text());
    }

    public function test_a_provider_that_does_not_answer_leaves_the_other_methods(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolledByPhone();
        $port = Site::freePort();
        $this->site()->carriers([['provider' => 'twilio-verify', 'user' => 'SK' . str_repeat('0', 32), 'secret' => 'x', 'service' => 'VA' . str_repeat('0', 32), 'url' => "https://127.0.0.1:$port"]]);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertStringContainsString('No code can be sent this way', $page->one('//*[@role="alert"]')->textContent);
        self::assertOut($anna);
        $anna->answer($page, $anna->codes[0], 'backup');
        self::assertIn($anna);
    }

    /** Sending again would not help: the page says why, and leads to what does. */
    public function test_whoever_wants_no_messages_any_more_is_offered_another_method(): void
    {
        $says = [
            'en' => ['This number has asked for no more messages. Please use another method, or allow messages again.', 'Please ask for one'],
            'de' => ['Diese Nummer hat weitere Nachrichten abbestellt. Bitte benutzen Sie eine andere Methode oder lassen Sie Nachrichten wieder zu.', 'Bitte fordern Sie einen an'],
        ];
        $twilio = new Fakes();
        $anna = $this->signedIn();
        $this->site()->carriers([['name' => 'main'] + $twilio->provider()], $twilio->ini());
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => self::NUMBER]);
        $anna->codes = Person::codesOn($anna->send($page, 'confirm-destination', ['code' => $twilio->code(self::NUMBER)]));
        self::assertCount(10, $anna->codes, $page->text());
        foreach ($says as $language => [$why, $again]) {
            $anna->signOut();
            $this->site()->clock->advance(61);
            $anna = $anna->elsewhere();
            $anna->browser->language = $language;
            $twilio->ask('/fail', ['status' => 400, 'code' => 21610]);
            $page = $anna->givePassword();
            self::assertChallenged($page);
            self::assertSame($why, trim($page->one('//*[@role="alert"]')->textContent));
            self::assertStringNotContainsString($again, $page->text());
            $page = $anna->press($page, 'use', 'backup');
            self::assertOut($anna);
            $anna->answer($page, $anna->codes[$language === 'en' ? 0 : 1]);
            self::assertIn($anna);
        }
    }

    public function test_a_number_may_not_be_given_by_a_foreign_page(): void
    {
        $anna = $this->signedIn();
        foreach ([$anna->change('start-phone', ['number' => self::NUMBER], 'wrong'), $anna->action('preferences', ['do' => 'start-phone', 'number' => self::NUMBER])] as $page) {
            self::assertStringNotContainsString('+49 •••', $page->text());
        }
        self::assertSame([], $this->handset()->messages());
    }

    public function test_an_administrator_sees_the_masked_number_only(): void
    {
        $this->enrolledByPhone();
        $admin = $this->person('admin');
        $admin->givePassword();
        foreach ([$admin->action('defaultadmin'), $admin->lookUp('anna')] as $page) {
            self::assertStringContainsString('+49 ••• 89', $page->text());
            self::assertStringNotContainsString('3456789', $page->body);
        }
    }

    public function test_b39_no_number_and_no_code_that_was_sent_is_left_anywhere(): void
    {
        $anna = $this->enrolledByPhone();
        $page = $anna->answer($anna->givePassword(), $this->handset()->wrong());
        $anna->answer($page, $this->handset()->code());
        self::assertIn($anna);
        $codes = array_column($this->handset()->messages(), 'code');
        self::assertCount(2, $codes);
        foreach ($this->site()->leftBehind() as $place => $content) {
            if (str_ends_with($place, '/messages')) {
                continue;
            }
            self::assertStringNotContainsString('15123456789', $content, "the number in $place");
            self::assertStringNotContainsString('1512 3456789', $content, "the number in $place");
            foreach ($codes as $code) {
                self::assertDoesNotMatchRegularExpression("/(?<!\\d)$code(?!\\d)/", $content, "a code in $place");
            }
        }
    }

    public function test_credentials_of_providers_inside_the_document_root_are_refused(): void
    {
        $this->site();
        $file = $this->site()->root() . '/providers.json';
        file_put_contents($file, '[]');
        chmod($file, 0600);
        $this->site()->start(['twofactor.providers_file' => $file]);
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('outside the document root', $admin->action('defaultadmin')->text()
            . implode("\n", $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN)));
    }
}
