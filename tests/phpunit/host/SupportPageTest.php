<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** The page that makes a text for a question: who gets it, what the site adds to it, and what of the site is not in it. */
final class SupportPageTest extends HostTestCase
{
    use LicensedSite;

    private static function support(Person $who): Page
    {
        return $who->action('defaultadmin', ['tab' => 'support']);
    }

    private static function make(Person $who): Page
    {
        return $who->send(self::support($who), 'support-make');
    }

    /** As its button does. */
    private static function hand(Person $who): Page
    {
        return $who->change('defaultadmin', ['do' => 'support-file']);
    }

    private static function text(Page $page): string
    {
        return $page->one('//pre')?->textContent ?? '';
    }

    /** @return list<string> who made one, by the audit */
    private function makers(): array
    {
        return $this->asOperator(static function ($verifier): array {
            $events = array_filter([...$verifier->providersAudit()], static fn ($event) => $event->type() === 'support-bundle.made');
            return array_values(array_map(static fn ($event) => $event->by(), $events));
        });
    }

    public function test_one_button_makes_a_text_that_is_shown_and_handed_out_as_the_same_file(): void
    {
        $admin = $this->start();
        $page = self::support($admin);
        self::assertTrue($page->has('//nav//a[@aria-current="page"][.="Support"]'));
        self::assertSame('', self::text($page));
        self::assertStringContainsString('The text is not kept any more.', self::hand($admin)->text());
        self::assertSame([], $this->makers(), 'looking makes none');
        $page = self::make($admin);
        self::assertStringContainsString('The text is made.', $page->text());
        self::assertSame('no-store', $page->header('Cache-Control'));
        $text = self::text($page);
        self::assertStringStartsWith('twofactor support bundle, version 1', $text);
        preg_match_all('/^\[(\w+)\]$/m', $text, $sections);
        self::assertSame(['versions', 'settings', 'licence', 'store', 'health', 'providers', 'errors', 'counters', 'accounts', 'schema', 'cms', 'modules', 'php', 'extensions'], $sections[1]);
        self::assertMatchesRegularExpression('/\A[\n -~]+\z/', $text);
        $flow = getenv('HOST_FLOW') ?: 'new';
        self::assertStringContainsString("\n[cms]\nversion: 2.2.22\nflow: $flow\n", $text);
        self::assertMatchesRegularExpression('/^TwoFactorPro: 4\.0\.0$/m', $text);
        self::assertMatchesRegularExpression('/^memory_limit: \S+$/m', $text);
        self::assertMatchesRegularExpression('/^twofactor: 4\.0\.0$/m', $text);
        self::assertMatchesRegularExpression('/^table\.account: site /m', $text);
        self::assertSame(['1'], $this->makers());
        $file = self::hand($admin);
        self::assertSame('text/plain; charset=utf-8', $file->header('Content-Type'));
        self::assertMatchesRegularExpression('/^attachment; filename="two-factor-support-[\d-]+\.txt"$/', (string) $file->header('Content-Disposition'));
        self::assertSame(['no-store', 'nosniff'], [$file->header('Cache-Control'), $file->header('X-Content-Type-Options')]);
        self::assertSame($text, $file->body);
        self::assertSame(['1'], $this->makers(), 'the one that was shown');
    }

    public function test_b39_of_people_and_secrets_of_the_site_nothing_is_in_it(): void
    {
        $admin = $this->start(['twofactor.notice_url' => '"https://canary.example/not-me?token="', 'twofactor.issuer' => 'Canary']);
        $this->site()->pdo()->exec("UPDATE cms_users SET first_name = 'Canary', email = 'canary@example.org' WHERE user_id = 2");
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->phone->wrong());
        $this->site()->asOperator(static fn ($verifier) => $verifier->saveProvider('canary', ['provider' => 'sns', 'region' => 'eu-central-1', 'access_key' => 'AKIACANARYCANARY', 'secret' => 'canary-secret-0123456789'], 'canary'));
        $text = self::text(self::make($admin));
        self::assertStringContainsString('provider-1.kind: sns', $text);
        $words = ['canary', 'anna', 'bert', '@', $this->site()->root(), '127.0.0.1', $this->fakes->gateway()['licence_key'], 'TFL1', ...$anna->codes];
        foreach ($words as $word) {
            self::assertFalse(stripos($text, (string) $word), "$word is in $text");
        }
    }

    public function test_it_takes_a_fresh_proof_and_a_text_is_for_who_made_it_and_a_quarter_of_an_hour(): void
    {
        $admin = $this->start();
        $this->site()->clock->advance(400);
        $page = $admin->change('defaultadmin', ['do' => 'support-make']);
        self::assertStringContainsString('Nothing has been changed yet', $page->text());
        self::assertSame('', self::text(self::support($admin)));
        self::assertStringContainsString('Nothing has been changed yet', self::hand($admin)->text());
        $page = $admin->send(self::support($admin), 'support-make', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertNotSame('', self::text($page), $page->text());
        // In another browser of theirs, and without the key of the form, there is none.
        self::assertNull($admin->change('defaultadmin', ['do' => 'support-file'], 'wrong')->header('Content-Disposition'));
        self::assertNull($admin->action('defaultadmin', ['tab' => 'support', 'do' => 'support-file'])->header('Content-Disposition'));
        $elsewhere = $admin->elsewhere();
        $elsewhere->signIn();
        self::assertSame('', self::text(self::support($elsewhere)));
    }

    public function test_whoever_is_no_administrator_or_has_no_licence_gets_none(): void
    {
        $admin = $this->start(isLicensed: false);
        self::assertStringContainsString('there is no licence that counts now', self::support($admin)->text());
        self::assertStringContainsString('there is no licence that counts now', $admin->change('defaultadmin', ['do' => 'support-make'])->text());
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $bert = $this->administrator('bert');
        foreach ([self::support($bert), $bert->change('defaultadmin', ['do' => 'support-make']), self::hand($bert)] as $page) {
            self::assertStringContainsString('You have no permission', $page->text());
            self::assertNull($page->header('Content-Disposition'));
        }
        self::assertSame([], $this->makers());
    }
}
