<?php

/** A site's own texts of messages: what may be one, what it costs, what is sent, and who may change it. */

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Client;
use TwoFactor\Method;
use TwoFactor\User;
use TwoFactor\Verifier;
use TwoFactorTests\Fakes;

final class MessageTextsTest extends TestCase
{
    private const NUMBER = '+4915123456789';
    private const OWN = '{site} grüßt. Code: {code} ({minutes} min).';
    private const ADVICE = 'Geben Sie ihn an niemanden weiter.';

    private static ?Fakes $twilio = null;

    private TestClock $clock;
    private Client $client;
    private Verifier $verifier;

    public static function setUpBeforeClass(): void
    {
        self::$twilio = new Fakes();
    }

    public static function tearDownAfterClass(): void
    {
        self::$twilio = null;
    }

    protected function setUp(): void
    {
        self::$twilio->reset();
        $this->clock = new TestClock(1_700_000_010);
        $this->client = new Client('192.0.2.1');
        $this->verifier = Verifier::open([
            'store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Example', 'webotp_host' => 'example.com',
            'http_ca_file' => self::$twilio->about['ca'],
        ]);
        $twilio = self::$twilio->about['twilio'];
        $this->verifier->saveProvider('messaging', [
            'provider' => 'twilio-messaging', 'account' => $twilio['account'], 'user' => $twilio['key'],
            'secret' => $twilio['secret'], 'from' => $twilio['from'], 'url' => $twilio['url'],
        ], 'admin');
    }

    /** @return array{method: string, language: string, text: ?string, standard: string, confirmed: bool} */
    private function text(Method $method, string $language): array
    {
        foreach ($this->verifier->messageTexts() as $text) {
            if ($text['method'] === $method->value && $text['language'] === $language) {
                return $text;
            }
        }
        self::fail("no text for {$method->value} in $language");
    }

    public function test_a_code_goes_out_in_the_text_of_the_site_and_in_ours_again(): void
    {
        self::assertCount(21, $this->verifier->messageTexts());
        self::assertSame('{site}: Ihr Anmeldecode ist {code}. Er gilt {minutes} Minuten.', $this->text(Method::Sms, 'de')['standard']);
        $this->verifier->setMessageText(Method::Sms, 'de', '  ' . self::OWN, 'admin');
        self::assertSame(self::OWN, $this->text(Method::Sms, 'de')['text']);
        self::assertTrue($this->text(Method::Sms, 'de')['confirmed']);
        self::assertNull($this->text(Method::Voice, 'de')['text']);
        $anna = new User('7', 'anna', null, [], 'de-AT');
        $this->verifier->startPhone($anna, self::NUMBER, 'DE', $this->client);
        [$sent] = self::$twilio->sent();
        self::assertMatchesRegularExpression(
            '/^Example grüßt\. Code: (\d{6}) \(10 min\)\. ' . self::ADVICE . '\n@example\.com #\1$/u',
            $sent['text'],
        );
        // Another language, and ours again.
        $this->verifier->startPhone(new User('8', 'ben', null, [], 'fr'), '+4915123456788', 'DE', $this->client);
        self::assertStringContainsString('Votre code', self::$twilio->sent()[1]['text']);
        $this->verifier->setMessageText(Method::Sms, 'de', null, 'admin');
        self::assertNull($this->text(Method::Sms, 'de')['text']);
        $this->verifier->startPhone(new User('9', 'cleo', null, [], 'de'), '+4915123456787', 'DE', $this->client);
        self::assertStringContainsString('Bestätigen dieser Telefonnummer', self::$twilio->sent()[2]['text']);
        $types = array_map(static fn ($event) => $event->type(), [...$this->verifier->providersAudit()]);
        self::assertSame(['text.removed', 'text.changed', 'provider.added'], $types);
    }

    public function test_a_test_message_shows_the_text_of_the_site(): void
    {
        $this->verifier->setMessageText(Method::Sms, 'de', self::OWN, 'admin');
        $this->verifier->sendTest('messaging', self::NUMBER, null, Method::Sms, 'admin', $this->client, null, 'de');
        [$sent] = self::$twilio->sent();
        self::assertStringStartsWith('Example grüßt. Code: 000000 (', $sent['text']);
    }

    public function test_a_preview_shows_and_counts_what_would_be_sent(): void
    {
        $preview = $this->verifier->previewMessageText(Method::Sms, 'de', self::OWN);
        self::assertStringStartsWith('Example grüßt. Code: 123456 (', $preview['text']);
        self::assertStringEndsWith(self::ADVICE . "\n@example.com #123456", $preview['text']);
        self::assertSame([1, 'gsm-7', null], [$preview['parts'], $preview['coding'], $preview['problem']]);
        // With the longest name (32) and code (10).
        $longest = strlen(' gruesst. Code:  (60 min). ') - 2 + 32 + 10 + strlen(self::ADVICE) + strlen("\n@example.com #") + 10;
        self::assertSame($longest, $preview['characters']);
        $wide = $this->verifier->previewMessageText(Method::Sms, 'de', self::OWN . ' ж');
        self::assertSame(['ucs-2', 2], [$wide['coding'], $wide['parts']]);
        $call = $this->verifier->previewMessageText(Method::Voice, 'de', 'Hier ist {site}. Ihr Code: {code}.');
        self::assertSame([1, null], [$call['parts'], $call['coding']]);
        self::assertStringContainsString('1, 2, 3, 4, 5, 6. Noch einmal: 1, 2, 3, 4, 5, 6.', $call['text']);
        self::assertStringContainsString('Your sign-in code', $this->verifier->previewMessageText(Method::Sms, 'en')['text']);
    }

    public function test_what_may_not_be_a_text_is_refused_with_its_reason(): void
    {
        foreach ([
            'Your code' => 'code', '{code} {code}' => 'code', '{code} {name}' => 'placeholder', '{code} t.me/x' => 'link',
            '{code} https://example.com' => 'link', '{code} example.com' => 'link', '{code} www' => 'link',
            '{code} 4711' => 'digits', "{code}\nx" => 'character', "{code} \u{202e}x" => 'character',
            '{code} ' . str_repeat('x', 300) => 'length',
        ] as $text => $reason) {
            self::assertSame($reason, $this->verifier->previewMessageText(Method::Sms, 'en', $text)['problem'], $text);
            try {
                $this->verifier->setMessageText(Method::Sms, 'en', $text, 'admin');
                self::fail($text);
            } catch (\ValueError $refusal) {
                self::assertStringNotContainsString('4711', $refusal->getMessage());
            }
        }
        foreach ([[Method::Totp, 'en'], [Method::Email, 'en'], [Method::Sms, 'nl'], [Method::Sms, 'EN']] as [$method, $language]) {
            try {
                $this->verifier->previewMessageText($method, $language, '{code}');
                self::fail("$method->value $language");
            } catch (\ValueError) {
                self::addToAssertionCount(1);
            }
        }
        self::assertNull($this->text(Method::Sms, 'en')['text']);
    }

    private const NOTICE = "Hallo {user},\n{what}\nam {when}\n\n{advice}\n{link}\nIhre IT von {site}";

    public function test_a_notice_goes_out_in_the_words_of_the_site_and_a_number_is_told_in_them_too(): void
    {
        $verifier = $this->verifier;
        $verifier->setNoticeText('notice', 'de', 'IT: {what}', str_replace("\n", "\r\n", self::NOTICE), 'admin');
        $verifier->setNoticeText('sms', 'de', null, '{site} meldet: {what} Ihre IT.', 'admin');
        $texts = array_column($verifier->noticeTexts('de', 'fr'), null, 'kind');
        self::assertSame(['IT: {what}', self::NOTICE, true], [$texts['notice']['subject'], $texts['notice']['text'], $texts['notice']['confirmed']]);
        self::assertSame(['what', 'site'], $texts['sms']['placeholders']);
        self::assertSame('Un second facteur a été retiré de votre compte', $texts['notice.factor-removed']['title']);
        self::assertArrayNotHasKey('digest', $texts, 'what is premium takes a licence');
        $anna = new User('7', 'anna', 'anna@example.org', [], 'de-AT');
        $setup = $verifier->startPhone($anna, self::NUMBER, 'DE', $this->client);
        preg_match('/\d{6}/', self::$twilio->sent()[0]['text'], $code);
        [$mail] = $verifier->confirmPhone($setup->token(), $code[0], $this->client)->notices();
        self::assertSame('IT: Ihrem Konto wurde ein zweiter Faktor hinzugefügt', $mail->subject());
        self::assertMatchesRegularExpression('/^Hallo anna,\nIhrem Konto wurde .*\nSMS: \+49 ••• 89\n.*\nam 20\d\d-.*\(UTC\)\n\nFalls .*\nIhre IT von Example\n$/s', $mail->text());
        self::assertStringContainsString('<p>Ihre IT von Example</p>', $mail->html());
        $verifier->reset('7', 'admin', 'lost');
        $verifier->pendingNotices();
        self::assertMatchesRegularExpression('/^Example meldet: Diese Telefonnummer wurde .* Ihre IT\.$/', last(self::$twilio->sent())['text']);
        $verifier->setNoticeText('notice', 'de', null, null, 'admin');
        self::assertNull(array_column($verifier->noticeTexts('de'), null, 'kind')['notice']['text']);
        $events = array_map(static fn ($event) => [$event->type(), (string) $event->reason()], [...$verifier->providersAudit()]);
        self::assertSame(['text.removed', 'de notice: -'], $events[0]);
        self::assertSame(['text.changed', 'de sms: -: {site} meldet: {what} Ihre IT.'], $events[1]);
    }

    public function test_what_may_not_be_a_text_of_a_notice_is_refused_by_its_part(): void
    {
        $verifier = $this->verifier;
        foreach ([
            ['notice', '', "{what}\n{advice}", 'text', 'needed'], ['notice', "x\r\nBcc: y", self::NOTICE, 'subject', 'character'],
            ['notice', '', self::NOTICE . "\n<b>x</b>", 'text', 'character'], ['notice', '', self::NOTICE . "\nexample.com", 'text', 'link'],
            ['notice', '{user}', self::NOTICE, 'subject', 'placeholder'], ['administrators', '', self::NOTICE, 'text', 'placeholder'],
            ['notice', '', self::NOTICE . "\n4711", 'text', 'digits'], ['sms', null, '{what} ' . str_repeat('x', 300), 'text', 'length'],
        ] as [$kind, $subject, $text, $field, $reason]) {
            $preview = $verifier->previewNoticeText($kind, 'de', $subject, $text);
            self::assertSame([$field, $reason, '', ''], [$preview['field'], $preview['problem'], $preview['subject'], $preview['text']], $text);
            try {
                $verifier->setNoticeText($kind, 'de', $subject, $text, 'admin');
                self::fail($text);
            } catch (\ValueError $refusal) {
                self::assertStringContainsString($field, $refusal->getMessage());
            }
        }
        foreach ([['x', 'de'], ['notice.guessing-suspected', 'de'], ['notice', 'nl']] as [$kind, $language]) {
            try {
                $verifier->previewNoticeText($kind, $language);
                self::fail("$kind $language");
            } catch (\ValueError) {
                self::addToAssertionCount(1);
            }
        }
        try {
            $verifier->setNoticeText('digest', 'de', null, "{what}\n{advice}", 'admin');
            self::fail('without a licence');
        } catch (\TwoFactor\Exception\LicenceRequired) {
            self::addToAssertionCount(1);
        }
        $preview = $verifier->previewNoticeText('sms', 'de', null, '{site}: {what}');
        self::assertSame([2, 'gsm-7', null, ''], [$preview['parts'], $preview['coding'], $preview['problem'], $preview['subject']]);
        $ours = $verifier->previewNoticeText('notice', 'de');
        self::assertSame(['Example: Ein zweiter Faktor wurde aus Ihrem Konto entfernt', null], [$ours['subject'], $ours['parts']]);
    }
}

/** @param list<array<string, mixed>> $all @return array<string, mixed> */
function last(array $all): array
{
    return $all[array_key_last($all)];
}
