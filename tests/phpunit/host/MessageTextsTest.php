<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Site Admin, Texts of messages: a site's own text is previewed, saved and taken back in the browser. */
final class MessageTextsTest extends HostTestCase
{
    private const PLACE = ['tab' => 'texts', 'way' => 'sms', 'language' => 'de'];

    public function test_a_text_is_previewed_saved_and_taken_back(): void
    {
        $admin = $this->administrator();
        $list = $admin->action('defaultadmin', ['tab' => 'providers']);
        self::assertTrue($list->has("//main//a[normalize-space(.)='Texts of messages']"));
        $page = $admin->action('defaultadmin', self::PLACE);
        $area = fn (Page $page): string => $page->one('//textarea[@name="m1_text"]')->textContent;
        self::assertSame('{site}: Ihr Anmeldecode ist {code}. Er gilt {minutes} Minuten.', $area($page));
        self::assertCount(28, $page->all('//dl//a'), 'of codes, and of what people are told');
        self::assertFalse($page->has('//button[@value="text-remove"]'));

        $page = $admin->send($page, 'text-preview', ['text' => 'Code: {code} <b>']);
        self::assertStringContainsString('common punctuation only', $page->one('//*[@role="alert"]')->textContent);
        self::assertSame('Code: {code} <b>', $area($page), 'what was typed is lost');
        $page = $admin->send($page, 'text-preview', ['text' => 'Grüße von {site}. Code: {code}.']);
        self::assertStringContainsString('Code: 123456. Geben Sie ihn an niemanden weiter.', $page->one('//blockquote')->textContent);
        self::assertMatchesRegularExpression('/At most \d+ characters \(GSM-7\), parts per message: 1;/', $page->text());
        self::assertSame([], $this->own(), 'a preview saves nothing');

        $text = ['way' => 'sms', 'language' => 'de', 'text' => 'Grüße von {site}. Code: {code}.'];
        $page = $admin->change('text-save', $text);
        self::assertStringContainsString('The text was saved', $page->text());
        self::assertStringContainsString('(own text)', $page->text());
        self::assertSame(['sms de' => 'Grüße von {site}. Code: {code}.'], $this->own());
        foreach (['{code} t.me/x' => 'no link', 'x' => 'have {code}', '{code} 4711' => 'four digits', '{code} ' . str_repeat('x', 400) => 'too long'] as $wrong => $why) {
            $page = $admin->change('text-save', ['text' => $wrong] + $text);
            self::assertStringContainsString($why, $page->one('//*[@role="alert"]')->textContent, $wrong);
        }
        self::assertSame(['sms de' => 'Grüße von {site}. Code: {code}.'], $this->own());
        $audit = $admin->action('defaultadmin', ['tab' => 'audit'])->text();
        self::assertStringContainsString('Own text for messages', $audit);

        $page = $admin->change('text-remove', $text);
        self::assertStringContainsString('The standard text is used again', $page->text());
        self::assertSame([], $this->own());
    }

    private const NOTICE = ['way' => 'notices', 'kind' => 'notice', 'language' => 'en', 'subject' => 'IT: {what}', 'text' => "Hello {user},\n\n{what}\n\n{advice}\n{link}\n\nYour <IT>"];

    public function test_what_people_are_told_is_previewed_saved_sent_and_taken_back(): void
    {
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'texts', 'way' => 'notices', 'language' => 'en']);
        self::assertSame("{what}\n\n{advice}\n\n{link}\n\n{site}", $page->one('//textarea[@name="m1_text"]')->textContent);
        self::assertCount(28, $page->all('//dl//a'));
        self::assertTrue($page->has("//details//a[normalize-space(.)='A second factor was removed from your account']"));
        self::assertStringContainsString('A second factor was removed from your account.', $page->one('//blockquote')->textContent);
        self::assertStringNotContainsString('What was unusual, to administrators', $page->text(), 'without a licence');

        $page = $admin->send($page, 'text-preview', ['text' => self::NOTICE['text']]);
        self::assertStringContainsString('common punctuation only', $page->one('//*[@role="alert"]')->textContent);
        $good = ['text' => str_replace(['<', '>'], '', self::NOTICE['text'])] + self::NOTICE;
        $page = $admin->send($page, 'text-preview', ['text' => $good['text'], 'subject' => $good['subject']]);
        self::assertCount(2, $page->all('//blockquote'), 'ours stand beside it');
        self::assertStringContainsString('Hello Anna,', $page->one('(//blockquote)[1]')->textContent);
        self::assertStringContainsString('IT: A second factor was removed', $page->one('(//blockquote)[1]')->textContent);
        self::assertSame([], $this->told(), 'a preview saves nothing');
        foreach (['{what}' => 'on a line of its own', "{what}\n{advice}\n{link}\nt.me/x" => 'no link'] as $wrong => $why) {
            $page = $admin->change('text-save', ['text' => $wrong] + $good);
            self::assertStringContainsString($why, $page->one('//*[@role="alert"]')->textContent, $wrong);
        }
        $page = $admin->change('text-save', ['subject' => "x\r\nBcc: anna@example.org"] + $good);
        self::assertStringContainsString('Subject: ', $page->one('//*[@role="alert"]')->textContent);
        self::assertSame([], $this->told());

        $page = $admin->change('text-save', $good);
        self::assertStringContainsString('The text was saved', $page->text());
        self::assertSame(['notice' => 'IT: {what}'], $this->told());
        $anna = $this->enrolled();
        $letter = $anna->mailbox()->last();
        self::assertSame('IT: A second factor was added to your account', $letter['subject']);
        self::assertMatchesRegularExpression('/^Hello \w+,\R\RA second factor .*Your IT\s*$/s', $letter['text']);
        self::assertStringContainsString('http', $letter['text'], 'the link is lost');

        $page = $admin->change('text-remove', $good);
        self::assertStringContainsString('The standard text is used again', $page->text());
        self::assertSame([], $this->told());
    }

    /** @return array<string, ?string> subjects by kind */
    private function told(): array
    {
        $own = [];
        $this->site()->asOperator(static function ($verifier) use (&$own): void {
            $own = array_filter($verifier->noticeTexts('en'), static fn (array $one) => $one['text'] !== null);
        });
        return array_column($own, 'subject', 'kind');
    }

    public function test_what_is_no_method_or_language_changes_nothing_and_is_a_page(): void
    {
        $admin = $this->administrator();
        foreach ([['way' => 'totp'], ['way' => 'x'], ['language' => 'nl'], ['language' => '../x'], ['way' => 'notices', 'kind' => 'x'], ['way' => 'notices', 'kind' => 'digest'], ['way' => 'notices', 'language' => 'nl']] as $wrong) {
            foreach ([$admin->action('defaultadmin', $wrong + self::PLACE), $admin->change('text-save', $wrong + ['text' => '{code}'] + self::PLACE)] as $page) {
                self::assertSame(200, $page->status);
                self::assertStringNotContainsString('m1_text', $page->body);
            }
        }
        self::assertSame([], $this->own());
    }

    /** @return array<string, string> */
    private function own(): array
    {
        $own = [];
        $this->site()->asOperator(function ($verifier) use (&$own): void {
            foreach ($verifier->messageTexts() as $one) {
                if ($one['text'] !== null) {
                    $own["{$one['method']} {$one['language']}"] = $one['text'];
                }
            }
        });
        return $own;
    }
}
