<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Nobody can be verified: what those who sign in read, and what those who run the server read. */
final class OutageTest extends HostTestCase
{
    public function test_the_page_gives_a_reference_and_the_error_log_the_reason_and_a_way_in_that_works(): void
    {
        $anna = $this->enrolled();
        $this->site()->start(withExtension: false);
        $page = $anna->givePassword();
        self::assertSame(503, $page->status);
        self::assertMatchesRegularExpression('/Reference: ([0-9A-F]{8})/', $page->text());
        preg_match('/Reference: ([0-9A-F]{8})/', $page->text(), $reference);
        self::assertStringNotContainsString('extension', $page->text(), 'a stranger learns nothing of what is wrong');

        $lines = array_values(preg_grep("/$reference[1]/", explode("\n", $this->site()->log())));
        self::assertCount(1, $lines);
        self::assertStringContainsString('The PHP extension "twofactor" is not loaded.', $lines[0]);
        $logged = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor' ORDER BY timestamp DESC")->fetchColumn();
        self::assertStringStartsWith($reference[1], (string) $logged);

        // What the line says to write is obeyed as it stands.
        self::assertSame(1, preg_match('/\$config\[\'twofactor_emergency\'\] = \'([^\']+)\';$/', $lines[0], $until), $lines[0]);
        $this->site()->config(['twofactor_emergency' => $until[1]]);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_whoever_is_signed_in_reads_the_reference_too(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $this->site()->start(withExtension: false);
        $page = $anna->browser->get('/admin/index.php');
        self::assertSame(503, $page->status);
        preg_match('/Reference: ([0-9A-F]{8})/', $page->text(), $reference);
        self::assertStringContainsString("TwoFactor $reference[1]: nobody can be verified:", $this->site()->log());
    }

    public function test_whoever_signs_out_meanwhile_is_signed_out_when_somebody_can_be_asked_again(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->person('bert');
        $bert->givePassword();
        $stolen = $anna->browser->cookies;
        $this->site()->start(withExtension: false);
        $page = $anna->signOut();
        self::assertSame(200, $page->status, $page->text());
        self::assertTrue($page->has("//input[@name='password']"));
        $this->site()->start();
        self::assertNull($anna->isIn());
        $thief = $anna->elsewhere();
        $thief->browser->cookies = $stolen;
        self::assertOut($thief);
        self::assertIn($bert);
    }
}
