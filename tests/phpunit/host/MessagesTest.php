<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** What became of messages: providers report it to the front page, administrators read it. */
final class MessagesTest extends HostTestCase
{
    private Fakes $twilio;

    /** Anna has asked for a code; the provider's name of the message. */
    private function sent(): string
    {
        $this->twilio = new Fakes();
        $callback = $this->site()->url . '/index.php?twofactor_report=main';
        $this->site()->carriers(
            [['name' => 'main', 'status_callback' => $callback] + $this->twilio->providerWithReports()],
            $this->twilio->ini(),
        );
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-phone', ['number' => '+49 1512 3456789']);
        self::assertStringContainsString('+49 ••• 89', $page->text());
        return $this->twilio->sent()[0]['sid'];
    }

    private function report(string $sid, string $status, ?int $error = null): void
    {
        $this->twilio->report($sid, $status, $error);
    }

    private function listed(): string
    {
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $admin->action('defaultadmin', ['tab' => 'messages']);
        self::assertStringNotContainsString('3456789', $page->body);
        return $page->one('//main//tbody/tr')?->textContent ?? self::fail($page->text());
    }

    public function test_an_administrator_sees_that_a_message_was_delivered_six_seconds_ago(): void
    {
        $start = hrtime(true);
        $sid = $this->sent();
        $row = $this->listed();
        foreach (['anna', "+49\u{a0}•••\u{a0}89", 'main', $sid, 'Handed over'] as $part) {
            self::assertStringContainsString($part, $row);
        }
        $this->site()->clock->advance(3);
        $this->report($sid, 'delivered');
        $this->site()->clock->advance(6);
        $listed = $this->listed();
        self::assertSame(1, preg_match('/Delivered (\d+) seconds ago\s+after (\d+) seconds/', $listed, $seconds), $listed);
        // The site's clock goes on meanwhile, on a busy machine by more than one.
        $meanwhile = (int) ceil((hrtime(true) - $start) / 1e9);
        self::assertTrue($seconds[1] >= 6 && $seconds[1] <= 6 + $meanwhile, $listed);
        self::assertTrue($seconds[2] >= 3 && $seconds[2] <= 3 + $meanwhile, $listed);
        // Repeated and late.
        $this->report($sid, 'sent');
        $this->report($sid, 'failed', 30003);
        self::assertStringContainsString('Delivered', $this->listed());
    }

    public function test_a_message_that_was_not_delivered_says_why(): void
    {
        $this->report($this->sent(), 'undelivered', 30005);
        self::assertMatchesRegularExpression('/Not delivered .*\s+code 30005 of the provider/', $this->listed());
    }

    public function test_what_the_provider_did_not_sign_is_refused(): void
    {
        $sid = $this->sent();
        $anybody = $this->site()->visitor();
        $form = ['MessageSid' => $sid, 'MessageStatus' => 'delivered'];
        foreach (['main', 'other', ''] as $provider) {
            self::assertSame(403, $anybody->post("/index.php?twofactor_report=$provider", $form)->status);
        }
        self::assertSame(200, $anybody->get('/index.php?twofactor_report=main')->status, 'only posts are reports');
        self::assertSame(200, $anybody->post('/index.php?twofactor_report[]=main', $form)->status);
        self::assertStringContainsString('Handed over', $this->listed());
    }

    public function test_nobody_but_administrators_reads_the_list(): void
    {
        $this->sent();
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertStringNotContainsString('••• 89', $bert->action('defaultadmin', ['tab' => 'messages'])->text());
    }

    public function test_without_messages_the_page_says_so(): void
    {
        self::assertStringContainsString('No message was sent yet.', $this->listed());
    }
}
