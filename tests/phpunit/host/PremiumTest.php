<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactorModule\Act;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';

/**
 * The module TwoFactorPro: it adds pages, and takes nobody's factor or sign-in with it when it ends, goes, or is half
 * deleted.
 */
final class PremiumTest extends HostTestCase
{
    private const DAY = 86400;
    /** One for each test: its clock goes forward only. */
    private ?Fakes $fakes = null;
    private int $fakesTime = 0;

    private function fakes(): Fakes
    {
        return $this->fakes ??= new Fakes();
    }

    protected function tearDown(): void
    {
        $this->fakes = null;
        parent::tearDown();
    }

    private function bringFakesUp(): void
    {
        $this->fakesTime = $this->fakesTime ?: $this->fakes()->about['now'];
        $this->fakes()->ask('/clock', ['advance' => $this->site()->clock->now() - $this->fakesTime]);
        $this->fakesTime = $this->site()->clock->now();
    }

    /**
     * A site that may ask the gateway, with the module installed.
     *
     * @param bool $finishes whether its server ends a request before its script: then administrators' pages renew the licence
     * @param array<string, string> $ini
     */
    private function pro(bool $install = true, bool $finishes = false, array $ini = []): Site
    {
        $fakes = $this->fakes();
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness'], 'finishes' => $finishes]);
        $this->bringFakesUp();
        $site->start($ini + $fakes->licensing() + ['twofactor.http_seconds' => '3'] + $site->ini());
        $install && $site->install('TwoFactorPro');
        return $site;
    }

    private function pass(int $seconds): void
    {
        $this->site()->clock->advance($seconds);
        $this->bringFakesUp();
    }

    private static function premium(Person $who): Page
    {
        return $who->action('defaultadmin', ['tab' => 'premium']);
    }

    private function enter(Person $who, ?string $key = null): Page
    {
        $who->stepUp();
        return $who->send(self::premium($who), 'licence-enter', ['key' => $key ?? $this->fakes()->gateway()['licence_key']]);
    }

    private function licensed(bool $finishes = false): Person
    {
        $this->pro(finishes: $finishes);
        $admin = $this->administrator();
        $page = $this->enter($admin);
        self::assertStringContainsString('The licence key is saved', $page->text());
        return $admin;
    }

    /** With the factor, and not without it. */
    private function assertSignsIn(Person $who): void
    {
        $who = $who->elsewhere();
        $page = $who->givePassword();
        self::assertChallenged($page);
        self::assertOut($who);
        // An app's code counts once.
        $this->pass(60);
        $page = $who->givePassword();
        $who->answer($page, $who->phone->code());
        self::assertIn($who);
        $who->signOut();
    }

    /** No page fails, for whoever it is. */
    private function assertPagesStand(Person $admin): void
    {
        foreach (['users', 'audit', 'messages', 'sessions', 'providers', 'settings', 'health', 'premium', 'nothing'] as $tab) {
            $page = $admin->action('defaultadmin', ['tab' => $tab]);
            self::assertSame(200, $page->status, $tab);
            self::assertTrue($page->has('//*[contains(@class, "tf")]'), "$tab: {$page->text()}");
            self::assertStringNotContainsString('Missing Languagestring', $page->text(), $tab);
        }
        foreach ([['preferences', []], ['sessions', []], ['page', []], ['page', ['page' => 'devices']]] as [$action, $query]) {
            self::assertSame(200, $admin->action($action, $query)->status, $action);
        }
    }

    public function test_it_is_named_in_one_place_while_it_is_not_there_and_then_adds_its_pages_quietly(): void
    {
        $site = $this->pro(false);
        $admin = $this->administrator();
        $named = static fn (): array => array_values(array_filter(
            ['users', 'audit', 'messages', 'sessions', 'providers', 'settings', 'health'],
            static fn (string $tab) => str_contains($admin->action('defaultadmin', ['tab' => $tab])->one('//main')->textContent, 'TwoFactorPro'),
        ));
        self::assertSame(['settings'], $named());
        self::assertFalse($admin->action('defaultadmin')->has('//nav//a[.="Premium"]'));
        self::assertStringNotContainsString('TwoFactorPro', $admin->action('preferences')->text());
        $this->assertPagesStand($admin);

        self::assertStringContainsString('Enter the licence key under', $this->queue($admin, 'install')->text());
        self::assertSame(['TwoFactorPro'], $site->installed(['TwoFactorPro']));
        self::assertSame([], $named());
        self::assertTrue($admin->action('defaultadmin')->has('//nav//a[.="Premium"]'));
        self::assertStringContainsString('No licence', self::premium($admin)->text());
        self::assertFalse($admin->action('defaultadmin', ['tab' => 'health'])->has('//th[.="Licence"]'), 'nothing is wrong without one');
        $this->assertPagesStand($admin);
        $this->assertSignsIn($admin);
        self::assertSame([], json_decode($this->fakes()->ask('/gateway/sent'), true), 'nobody was asked');
    }

    public function test_a_licence_key_is_entered_with_a_proof_and_shown_nowhere_again(): void
    {
        $site = $this->pro();
        $admin = $this->administrator();
        $key = $this->fakes()->gateway()['licence_key'];
        // Without a fresh proof nothing is kept, and the key does not come back.
        $this->pass(400);
        $page = $admin->change('defaultadmin', ['do' => 'licence-enter', 'key' => $key]);
        self::assertStringContainsString('Nothing has been changed yet', $page->text());
        self::assertStringContainsString('No licence', $page->text());
        self::assertStringNotContainsString($key, $page->body);
        $page = $this->enter($admin, '');
        self::assertStringContainsString('Enter the licence key.', $page->text());
        $page = $this->enter($admin);
        self::assertStringContainsString('The licence key is saved, and the licence is good.', $page->text());
        foreach (['Good', 'Two-factor Pro, everything', 'example.org', 'lic_0001', 'Renewed until', 'Goes on until'] as $said) {
            self::assertStringContainsString($said, $page->text());
        }
        self::assertStringContainsString('In order', self::licenceRow($admin));
        self::assertStringNotContainsString($key, $page->body);
        foreach ($site->leftBehind() as $file => $content) {
            self::assertStringNotContainsString($key, $content, $file);
            self::assertStringNotContainsString('TFL1.', $content, $file);
        }
        foreach ($site->pdo()->query('SELECT sitepref_value FROM cms_siteprefs')->fetchAll(\PDO::FETCH_COLUMN) as $value) {
            self::assertStringNotContainsString($key, (string) $value);
        }
        self::assertContains('Licence key entered', $site->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN));

        $page = $admin->send($page, 'licence-renew');
        self::assertStringContainsString('The licence is good.', $page->text());
        $this->pass(400);
        $admin->stepUp();
        $page = $admin->change('defaultadmin', ['do' => 'licence-forget']);
        self::assertStringContainsString('The licence key is forgotten.', $page->text());
        self::assertStringContainsString('No licence', $page->text());
    }

    public function test_b38_a_forged_host_has_no_say_in_the_licence(): void
    {
        $site = $this->pro(ini: ['twofactor.site_url' => '']);
        $admin = $this->administrator();
        $anybody = $site->visitor();
        $anybody->headers = ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example'];
        $field = static fn (Page $page): string => $page->one('//input[@id="tf-site"]')->getAttribute('value');
        $state = static fn (): string => trim(self::premium($admin)->one('//p[@class="tf-state"]')->textContent);
        self::assertSame($site->url, $field(self::premium($admin)), 'config.php has it');

        // The engine takes its address from the request: nothing proposes that.
        $site->takesItsAddressFromTheRequest();
        self::assertSame('', $field(self::premium($admin)));
        $admin->browser->headers = $anybody->headers;
        self::assertSame('', $field(self::premium($admin)));
        $admin->browser->headers = [];
        $enter = function (string $address) use ($admin): Page {
            $admin->stepUp();
            return $admin->send(self::premium($admin), 'licence-enter', ['key' => $this->fakes()->gateway()['licence_key'], 'site' => $address]);
        };
        foreach (['', 'https://', 'evil example', 'ftp://example.org', 'https://evil.example@example.org'] as $wrong) {
            $page = $enter($wrong);
            self::assertStringContainsString('Enter the address of this site, such as https://www.example.com.', $page->text(), $wrong);
            self::assertSame($wrong, $field($page), 'what was typed comes back');
        }
        self::assertNull($this->licence());
        $page = $enter('evil.example');
        self::assertStringContainsString('for another domain than that of the site\'s address', $page->text());
        self::assertNull($this->licence());
        $page = $enter('WWW.Example.org/cms');
        self::assertStringContainsString('The licence key is saved, and the licence is good.', $page->text());
        self::assertSame('https://example.org', $field($page), 'it says for which site the licence is');

        // Somebody who has no password runs the tasks under another name: before anything is due, and when it is.
        foreach ([0, self::DAY, self::DAY] as $seconds) {
            $this->pass($seconds);
            $before = $this->licence();
            self::assertSame('TwoFactorPro: licence', trim($anybody->get('/tasks.php')->body));
            self::assertSame(['licence.ok'], $this->findings(''));
            self::assertSame('example.org', $this->licence()->domain());
            self::assertEqualsWithDelta($seconds, $this->licence()->expiresAt()->getTimestamp() - $before->expiresAt()->getTimestamp(), 600, 'renewed when it is due, and only then');
            $anybody->get('/');
            $anybody->get('/admin/login.php');
        }
        $admin->signIn();
        self::assertSame('Good', $state());
        // Not even where the gateway answers for another site, as it did for whoever asked it wrongly before.
        $this->pass(3600);
        $this->asOperator(static function ($verifier): void {
            try {
                $verifier->renewLicence(true);
                self::fail('the licence of another site');
            } catch (\TwoFactor\Exception\LicenceRequired $required) {
                self::assertStringContainsString('domain_mismatch', $required->getMessage());
            }
        }, 'https://evil.example');
        self::assertSame('Good', $state());
        // With the key the address goes.
        $admin->stepUp();
        $admin->change('defaultadmin', ['do' => 'licence-forget']);
        self::assertSame('', $field(self::premium($admin)));

        // config.php may have it once for all, and then nobody is asked for it.
        $site->config(['twofactor_site_url' => 'https://example.org']);
        $page = self::premium($admin);
        self::assertFalse($page->has('//input[@id="tf-site"]'));
        self::assertStringContainsString('It is set on the server', $page->text());
        self::assertStringContainsString('the licence is good', $this->enter($admin)->text());
    }

    private static function licenceRow(Person $admin): string
    {
        return (string) $admin->action('defaultadmin', ['tab' => 'health'])->one("//tr[th[normalize-space()='Licence']]")?->textContent;
    }

    public function test_a_wrong_key_takes_nothing_and_a_gateway_that_is_away_keeps_the_key_for_later(): void
    {
        $this->pro();
        $admin = $this->administrator();
        $page = $this->enter($admin, 'TF-WRONG-canary-0000');
        self::assertStringContainsString('With this key there is no licence now.', $page->text());
        self::assertStringContainsString('The gateway does not know the key: check it.', $page->text());
        self::assertStringNotContainsString('canary', $page->body);
        self::assertStringContainsString('No licence', $page->text());
        // Nobody who is believed.
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        $page = $this->enter($admin);
        self::assertStringContainsString('it is not signed', $page->text());
        $page = self::premium($admin);
        self::assertStringContainsString('No licence has come yet', $page->text());
        self::assertStringContainsString('not signed', $page->text(), 'what the gateway said');
        $this->assertPagesStand($admin);
        $this->fakes()->ask('/gateway/sign', ['signs' => true]);
        $this->pass(60);
        $page = $admin->send(self::premium($admin), 'licence-renew');
        self::assertStringContainsString('The licence is good.', $page->text());
        // A mistake takes no good licence away.
        $page = $this->enter($admin, 'TF-WRONG-canary-0000');
        self::assertStringContainsString('With this key there is no licence now.', $page->text());
        self::assertStringContainsString('Good', self::premium($admin)->one('//p[@class="tf-state"]')->textContent);
    }

    public function test_a_licence_that_has_ended_or_was_refused_leaves_everybody_as_they_were(): void
    {
        $admin = $this->licensed();
        $anna = $this->enrolled('anna');
        $bert = $this->person('bert');
        $state = static fn (): string => trim(self::premium($admin)->one('//p[@class="tf-state"]')->textContent);
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        foreach ([[self::DAY, 'Not renewed: days of grace'], [14 * self::DAY, 'Ended']] as [$seconds, $says]) {
            $this->pass($seconds);
            $admin->signIn();
            self::assertSame($says, $state());
            $this->assertPagesStand($admin);
            $this->assertSignsIn($anna);
            $bert->givePassword();
            self::assertIn($bert);
            $bert->signOut();
        }
        self::assertStringContainsString('nobody is locked out', self::licenceRow($admin));
        $this->fakes()->ask('/gateway/sign', ['signs' => true]);
        $this->fakes()->ask('/gateway/fail', ['status' => 403, 'code' => 'license_expired']);
        $this->pass(3600);
        $admin->signIn();
        self::assertSame('Does not count', $state());
        self::assertStringContainsString('The gateway says that the licence has ended: renew it where you bought it.', self::premium($admin)->text());
        $this->assertSignsIn($anna);
        $this->pass(3600);
        $admin->signIn();
        self::assertSame('Good', $state(), 'by itself');
    }

    public function test_no_sign_in_asks_for_the_licence_and_none_waits_for_it(): void
    {
        $admin = $this->licensed();
        $anna = $this->enrolled('anna');
        $this->pass(self::DAY);
        // Whoever asks now is told something that does not count, and the licence knows of it.
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        $this->assertSignsIn($anna);
        $this->assertSignsIn($admin);
        self::assertSame(['licence.grace'], $this->findings());
        $admin->signIn();
        self::premium($admin);
        self::assertSame(['licence.grace', 'licence.unanswered'], $this->findings(), 'the page of the licence asks');
    }

    /** As the extension has it, asked past the site: by the address that was entered with the key. */
    private function licence(): ?\TwoFactor\Licence
    {
        return $this->asOperator(static fn ($verifier) => $verifier->licence(), '');
    }

    private function asOperator(callable $ask, string $siteUrl): mixed
    {
        $gateway = $this->fakes()->gateway();
        return $this->site()->asOperator($ask, ['clock' => $this->siteClock(), 'licence_key' => 'stored', 'site_url' => $siteUrl,
            'licence_url' => $gateway['url'], 'licence_public_keys' => implode(', ', $gateway['keys']), 'http_ca_file' => $this->fakes()->about['ca']]);
    }

    /** What the extension finds of it, asked past the site. @return list<string> */
    private function findings(?string $siteUrl = null): array
    {
        return $this->asOperator(static function ($verifier): array {
            $check = array_filter($verifier->health()->checks(), static fn ($check) => $check->name() === 'licence');
            return array_map(static fn ($finding) => $finding->id(), array_merge(...array_map(static fn ($one) => $one->findings(), array_values($check)) ?: [[]]));
        }, $siteUrl ?? $this->fakes()->gateway()['site_url']);
    }

    public function test_the_engine_s_task_renews_it_every_hour_and_says_nothing_without_one(): void
    {
        $site = $this->pro();
        $admin = $this->administrator();
        $run = fn (): string => trim($site->visitor()->get('/tasks.php')->body);
        self::assertSame('TwoFactorPro: licence', $run());
        self::assertSame('', $run(), 'once an hour');
        $this->enter($admin);
        $this->pass(self::DAY);
        self::assertSame('TwoFactorPro: licence', $run());
        self::assertSame(['licence.ok'], $this->findings());
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        $this->pass(self::DAY);
        self::assertSame('TwoFactorPro: licence', $run());
        self::assertSame(['licence.grace', 'licence.unanswered'], $this->findings());
        self::assertSame([], array_filter(
            $site->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN),
            static fn (string $line): bool => str_contains($line, 'gateway') || str_contains($line, 'nobody can be verified'),
        ), 'health says it, and no log');
    }

    public function test_where_no_task_runs_an_administrator_s_page_renews_it_when_it_has_been_answered(): void
    {
        $admin = $this->licensed(finishes: true);
        $anna = $this->enrolled('anna');
        $this->pass(self::DAY);
        $this->assertSignsIn($anna);
        self::assertSame(['licence.grace'], $this->findings(), 'no page of anybody else');
        // The sign-in of an administrator does not; the page that follows it does, once it is there.
        $admin = $admin->elsewhere();
        $page = $admin->givePassword();
        self::assertSame(['licence.grace'], $this->findings());
        $admin->answer($page, $admin->phone->code());
        self::assertIn($admin);
        self::assertSame(['licence.ok'], $this->findings());
        // Once an hour, whatever comes of it.
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        $this->pass(self::DAY);
        foreach ([3599, 2, 3601] as $place => $seconds) {
            $admin->page('/admin/index.php');
            $this->pass($seconds);
            self::assertContains('licence.grace', $this->findings(), (string) $place);
        }
        self::assertContains('licence.unanswered', $this->findings());
        $this->assertPagesStand($admin);
    }

    public function test_removing_it_takes_a_proof_and_leaves_everybody_as_they_were(): void
    {
        $admin = $this->licensed();
        $site = $this->site();
        $anna = $this->enrolled('anna');
        $this->pass(400);
        self::assertStringContainsString('confirm that it is you first', $this->uninstall($admin, true));
        self::assertSame(['TwoFactorPro'], $site->installed(['TwoFactorPro']));
        $this->assertSignsIn($anna);
        $admin->stepUp();
        $this->uninstall($admin);
        self::assertSame([], $site->installed(['TwoFactorPro']));
        $this->assertSignsIn($anna);
        $this->assertPagesStand($admin);
        self::assertFalse($admin->action('defaultadmin')->has('//nav//a[.="Premium"]'));
        self::assertSame([], $site->pdo()->query("SELECT sitepref_name FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactorPro%' OR sitepref_name LIKE 'TwoFactor_premium%'")->fetchAll());
        // Installed once more it begins without a licence.
        $this->queue($admin, 'install');
        self::assertStringContainsString('No licence', self::premium($admin)->text());
    }

    private function queue(Person $admin, string $button): Page
    {
        $page = $admin->page('/admin/modulemanager.php');
        $form = $page->form(".//input[@name='module'][@value='TwoFactorPro'] and .//button[@name='$button']");
        return $admin->browser->submit($page, $form ?? throw new \RuntimeException($page->text()), [], $button);
    }

    private function uninstall(Person $admin, bool $refused = false): string
    {
        $page = $this->queue($admin, 'uninstall');
        self::assertSame($refused, $page->has("//*[@role='alert']//b[@class='result'][.='TwoFactorPro']"), $page->text());
        return $page->text();
    }

    public function test_switching_it_off_or_deleting_its_folder_in_the_module_manager_takes_the_same_proof(): void
    {
        $this->pro();
        Site::copy(dirname(__DIR__, 2) . '/host/modules/ModuleManager', $this->site()->root() . '/modules/ModuleManager');
        $this->site()->install('ModuleManager');
        $admin = $this->administrator();
        $this->pass(400);
        foreach (['local_active' => ['state' => '0'], 'local_remove' => []] as $action => $fields) {
            $query = ['mact' => "ModuleManager,m1_,$action,0", 'm1_mod' => 'TwoFactorPro'];
            foreach ($fields as $name => $value) {
                $query["m1_$name"] = $value;
            }
            $page = $admin->page('/admin/moduleinterface.php', $query);
            self::assertSame(403, $page->status, $action);
        }
        self::assertSame(['TwoFactorPro'], $this->site()->installed(['TwoFactorPro']));
    }

    public function test_with_its_folder_half_deleted_nobody_gets_in_without_a_factor_and_nobody_is_locked_out(): void
    {
        $admin = $this->licensed();
        $anna = $this->enrolled('anna');
        $folder = $this->site()->root() . '/modules/TwoFactorPro';
        $this->expectComplaints();
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
        $names = array_map(static fn (\SplFileInfo $file) => $file->getPathname(), iterator_to_array($files, false));
        sort($names);
        self::assertGreaterThan(10, count($names));
        foreach ($names as $file) {
            $whole = (string) file_get_contents($file);
            // Away, and cut off in the middle, as an upload that broke off leaves it.
            foreach ([null, substr($whole, 0, intdiv(strlen($whole), 2))] as $left) {
                $left === null ? unlink($file) : file_put_contents($file, $left);
                touch(dirname($file), $time = time() + random_int(1, 1_000_000));
                $left === null || touch($file, $time);
                $page = $anna->elsewhere()->givePassword();
                self::assertChallenged($page);
                $how = basename($file) . ($left === null ? ' is gone' : ' is cut');
                $this->pass(30);
                self::assertSame('anna', $this->signedIn($anna), $how);
                foreach (['users', 'settings', 'health', 'premium'] as $tab) {
                    self::assertSame(200, $admin->action('defaultadmin', ['tab' => $tab])->status, "$how, $tab");
                }
                file_put_contents($file, $whole);
                touch($file, time() + 2_000_000);
            }
        }
        // The whole folder.
        Site::remove($folder);
        $this->assertSignsIn($anna);
        $this->assertPagesStand($admin);
    }

    public function test_a_main_file_that_is_cut_off_anywhere_before_its_last_statement_is_php_that_declares_nothing(): void
    {
        $whole = (string) file_get_contents(dirname(__DIR__, 3) . '/php/TwoFactorPro/TwoFactorPro.module.php');
        $statement = strpos($whole, "\ntry {");
        self::assertGreaterThan(strlen($whole) * 2 / 3, $statement);
        for ($length = 0; $length <= $statement; $length++) {
            $tokens = token_get_all(substr($whole, 0, $length), TOKEN_PARSE);
            self::assertSame([], array_filter($tokens, static fn ($token) => in_array($token[0], [T_CLASS, T_REQUIRE, T_TRY], true)), (string) $length);
        }
    }

    private function signedIn(Person $who): ?string
    {
        $who = $who->elsewhere();
        $who->answer($who->givePassword(), $who->phone->code());
        return $who->isIn();
    }

    public function test_one_that_is_switched_off_too_old_or_waits_for_an_upgrade_adds_nothing_and_harms_nobody(): void
    {
        $admin = $this->licensed();
        $anna = $this->enrolled('anna');
        $site = $this->site();
        $main = $site->root() . '/modules/TwoFactorPro/lib/TwoFactorPro.php';
        $whole = (string) file_get_contents($main);
        $worlds = [
            'switched off' => ["UPDATE cms_modules SET active = 0 WHERE module_name = 'TwoFactorPro'", null],
            'to be upgraded' => ["UPDATE cms_modules SET active = 1, version = '3.0.0' WHERE module_name = 'TwoFactorPro'", null],
            'of another contract' => ["UPDATE cms_modules SET version = '4.0.0' WHERE module_name = 'TwoFactorPro'", str_replace('return 1;', 'return 0;', $whole)],
            'of another make' => [null, "<?php\nfinal class TwoFactorPro extends CMSModule { public function GetVersion() { return '4.0.0'; } public function MinimumCMSVersion() { return '2.2.20'; } }\n"],
        ];
        foreach ($worlds as $name => [$sql, $code]) {
            $sql === null || $site->pdo()->exec($sql);
            if ($code !== null) {
                file_put_contents($main, $code);
                touch($main, time() + random_int(1, 1_000_000));
            }
            $this->assertSignsIn($anna);
            $this->assertPagesStand($admin);
            self::assertFalse($admin->action('defaultadmin')->has('//nav//a[.="Premium"]'), $name);
        }
        self::assertStringContainsString('does not fit this version', $admin->action('defaultadmin', ['tab' => 'health'])->text());
    }

    public function test_a_setting_of_premium_that_the_extension_does_not_take_keeps_nobody_out(): void
    {
        $admin = $this->licensed();
        $anna = $this->enrolled('anna');
        $admin->stepUp();
        foreach (['61', '-1', 'x', '1.5'] as $wrong) {
            $page = $admin->change('defaultadmin', ['do' => 'licence-grace', 'days' => $wrong]);
            self::assertStringContainsString('a number from 0 to 60', $page->text(), $wrong);
        }
        $page = $admin->change('defaultadmin', ['do' => 'licence-grace', 'days' => '0']);
        self::assertStringContainsString('The days of grace are saved.', $page->text());
        $this->site()->pdo()->exec("UPDATE cms_siteprefs SET sitepref_value = 'garbage' WHERE sitepref_name = 'TwoFactor_premium_premium_grace_days'");
        $this->assertSignsIn($anna);
        $this->assertPagesStand($admin);
        self::assertStringContainsString('premium_grace_days', $admin->action('defaultadmin', ['tab' => 'health'])->text());
    }

    public function test_its_pages_are_for_administrators_alone(): void
    {
        $this->pro();
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $bert = $this->administrator('bert');
        self::assertFalse($bert->action('defaultadmin')->has('//nav//a[.="Premium"]'));
        self::assertStringContainsString('You have no permission', self::premium($bert)->text());
        foreach (['licence-enter', 'licence-forget', 'licence-grace', 'licence-renew'] as $do) {
            $page = $bert->change('defaultadmin', ['do' => $do, 'key' => $this->fakes()->gateway()['licence_key'], 'days' => '1']);
            self::assertStringContainsString('You have no permission', $page->text(), $do);
        }
    }

    public function test_nothing_that_it_does_is_done_without_a_fresh_proof_or_without_the_request_s_own_key(): void
    {
        $admin = $this->licensed();
        $fields = ['key' => 'TF-WRONG-0000', 'days' => '1', 'user' => '1', 'reason' => 'asked', 'act' => 'reset', 'users' => ['2'],
            // Rules that were looked at, so that nothing but the proof is missing.
            'rule' => [['whom' => 'all', 'level' => 'required-now', 'sign_in' => 'any']], 'whole' => '1', 'base' => hash('sha256', ''),
            'seen' => hash('sha256', '{"rules":[{"for":"all","level":"required-now","sign_in":"any"}]}')];
        $before = $this->kept();
        foreach (Changes::actsOfPro() as $do => $act) {
            $admin->change('defaultadmin', ['do' => $do] + $fields, 'none');
            $admin->action('defaultadmin', ['do' => $do] + $fields);
            self::assertSame($before, $this->kept(), "$do without the key");
        }
        $this->pass(400);
        $without = array_keys(array_filter(Changes::actsOfPro(), static fn (Act $act) => !$act->takesProof));
        self::assertSame(['alerts-preview', 'enforcement-try', 'events-filter-save', 'events-filter-remove', 'licence-renew', 'people-look', 'people-filter-save', 'people-filter-remove', 'people-stop'], $without, 'they change nothing that is anybody\'s');
        foreach (array_diff_key(Changes::actsOfPro(), array_flip($without)) as $do => $act) {
            $page = $admin->change('defaultadmin', ['do' => $do] + $fields);
            // An act in turns is not begun here; LongActTest asks for its proof.
            $says = $do === 'people-go-on' ? 'There is no act that has not come to its end' : 'Nothing has been changed yet';
            self::assertStringContainsString($says, $page->text(), $do);
            self::assertSame($before, $this->kept(), $do);
        }
    }

    /** @return array<string, mixed> */
    private function kept(): array
    {
        return [
            $this->findings(),
            $this->site()->pdo()->query("SELECT sitepref_name, sitepref_value FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor%' AND sitepref_name <> 'TwoFactor_notices_looked' ORDER BY sitepref_name")->fetchAll(\PDO::FETCH_NUM),
        ];
    }

    /**
     * A part that does everything a part may: pages that need a licence, pages that fail, and steps after a sign-in that do.
     */
    private function addProbe(): void
    {
        $folder = $this->site()->root() . '/modules/TwoFactorPro';
        $main = (string) file_get_contents("$folder/lib/TwoFactorPro.php");
        $line = "            TwoFactorProModule\\LicenceExtension::class,\n";
        self::assertStringContainsString($line, $main);
        file_put_contents("$folder/lib/TwoFactorPro.php", str_replace($line, "$line            TwoFactorProModule\\Broken::class,\n            TwoFactorProModule\\Probe::class,\n", $main));
        file_put_contents("$folder/lib/Broken.php", "<?php\nnamespace TwoFactorProModule;\nfinal class Broken extends \\TwoFactorModule\\Extension { public function adminPages(): array { throw new \\Error('broken'); } public function afterSignIn(\\User \$user, ?\\TwoFactor\\Verified \$proof): ?string { throw new \\Error('broken'); } }\n");
        file_put_contents("$folder/lib/Probe.php", <<<'PHP'
            <?php
            namespace TwoFactorProModule;
            use TwoFactorModule\{Act, AdminPage, Change, Extension, Input, Notice, OwnPage, Verification};
            final class Probe extends Extension
            {
                public function adminPages(): array { return ['probe' => ProbePage::class, 'fails' => FailingPage::class, 'users' => FailingPage::class, 'none' => self::class]; }
                public function acts(): array { return ['probe' => Act::onAll(ProbePage::class, 'act', 'probe'), 'unlock' => Act::onAll(ProbePage::class, 'act', 'probe')]; }
                public function ownPages(): array { return ['probe' => OwnProbe::class, 'fails' => OwnFailure::class]; }
                public function afterSignIn(\User $user, ?\TwoFactor\Verified $proof): ?string { return $user->username === 'bert' ? 'nowhere' : 'probe'; }
            }
            class ProbePage extends AdminPage
            {
                public function __construct(private readonly Verification $verification) {}
                public function show(string $page, Input $input, Notice $notice): string { return $notice->problem . json_encode($this->verification->devices('1')); }
                public function act(Change $change): Notice { $this->verification->devices('1'); return Notice::done('done'); }
            }
            final class FailingPage extends ProbePage
            {
                public function show(string $page, Input $input, Notice $notice): string { throw new \Error('it fails'); }
            }
            class OwnProbe extends OwnPage
            {
                protected const ACTION = 'page';
                protected const PAGE = 'probe';
                protected function answer(\User $user, ?Change $change): string { return $change?->text('do') === 'on' ? $this->leadOn($user) : $this->goBack('try_again'); }
                protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
                {
                    return $this->show('TwoFactorPro;probe', []) . json_encode($this->verification->devices((string) $user->id));
                }
            }
            final class OwnFailure extends OwnProbe
            {
                protected const PAGE = 'fails';
                protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string { throw new \Error('it fails'); }
            }
            PHP);
        // One file has all of them: they are loaded with the first.
        foreach (['ProbePage', 'FailingPage', 'OwnProbe', 'OwnFailure'] as $class) {
            file_put_contents("$folder/lib/$class.php", "<?php\nrequire_once __DIR__ . '/Probe.php';\n");
        }
        file_put_contents("$folder/templates/probe.tpl", '<form method="post" action="moduleinterface.php">{include file=\'module_file_tpl:TwoFactor;form_head.tpl\' page=\'page\' do=\'on\'}<button>probe</button></form>');
        foreach (glob("$folder/{*,lib/*}.php", GLOB_BRACE) as $file) {
            touch($file, time() + 3_000_000);
        }
    }

    public function test_what_a_part_adds_is_reached_as_ours_is_and_fails_in_its_own_place(): void
    {
        $admin = $this->licensed();
        $this->addProbe();
        $page = static fn (string $tab): Page => $admin->action('defaultadmin', ['tab' => $tab]);
        self::assertStringContainsString('[]', $page('probe')->text());
        self::assertStringContainsString('damaged', $page('fails')->text());
        self::assertStringContainsString('it fails', $page('fails')->text());
        self::assertTrue($page('users')->has('//main//a[normalize-space(.)="anna"]'), 'no name takes the place of ours');
        self::assertStringContainsString('anna', $page('none')->text(), 'what is no page is none');
        self::assertStringContainsString('broken', $page('health')->text());
        $admin->stepUp();
        self::assertStringContainsString('[]', $admin->change('defaultadmin', ['do' => 'probe'])->text());
        self::assertStringNotContainsString('damaged', $admin->change('defaultadmin', ['do' => 'unlock', 'user' => '2', 'reason' => 'asked'])->text(), 'the act of that name is ours');
        self::assertStringContainsString('probe', $admin->action('page', ['page' => 'probe'])->text());
        // What went wrong is for the log: whoever signs in sees their own page, and it may tell of paths and tables.
        $own = $admin->action('page', ['page' => 'fails']);
        self::assertStringContainsString('This page does not work at the moment.', $own->text());
        self::assertStringNotContainsString('it fails', $own->body);
        self::assertContains('The page fails of TwoFactorPro failed: Error: it fails', $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN));

        // After a sign-in it leads to its own page, and from there to where it would have led; nobody else's is named.
        $anna = $this->enrolled('anna');
        $this->pass(60);
        $led = $anna->signIn();
        self::assertStringContainsString('m1_page=probe', $led->url);
        self::assertIn($anna);
        self::assertStringContainsString('/admin/', $anna->send($led, 'on')->url);
        self::assertStringNotContainsString('mact', $anna->send($led, 'on')->url);
        $bert = $this->person('bert');
        self::assertStringNotContainsString('mact', $bert->givePassword()->url);
        self::assertIn($bert);
        // Where it began somewhere else it ends there.
        $anna = $anna->elsewhere();
        $this->pass(60);
        $challenge = $anna->givePassword();
        $file = $this->site()->folder . '/sessions/sess_' . implode(preg_grep('/^[0-9a-z]{20,}$/', $anna->browser->cookies));
        file_put_contents($file, 'login_redirect_to|' . serialize('/admin/myaccount.php?a=1') . file_get_contents($file));
        $led = $anna->answer($challenge, $anna->phone->code());
        self::assertStringContainsString('m1_page=probe', $led->url);
        self::assertStringContainsString('/admin/myaccount.php?a=1', $anna->send($led, 'on')->url);

        // Without a licence all of it says so, in one way, and nothing else is different.
        $this->fakes()->ask('/gateway/sign', ['signs' => false]);
        $this->pass(16 * self::DAY);
        $admin->signIn();
        $admin->stepUp();
        self::assertStringContainsString('This is a part of TwoFactorPro, and there is no licence that counts now.', $page('probe')->text());
        self::assertTrue($page('probe')->has('//main//a[.="To the licence"]'));
        self::assertStringContainsString('there is no licence that counts now', $admin->change('defaultadmin', ['do' => 'probe'])->text());
        self::assertStringContainsString('this site has no licence for it that counts now', $admin->action('page', ['page' => 'probe'])->text());
        $this->assertSignsIn($anna);
        $this->assertPagesStand($admin);
    }

    public function test_it_is_not_installed_without_the_free_module(): void
    {
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro']] + ['database' => null, 'ini' => []], false);
        self::assertStringContainsString('TwoFactor 4.0.0 or newer has to be installed', $site->install('TwoFactorPro', refused: true));
        self::assertSame([], $site->installed(['TwoFactorPro']));
    }

    public function test_its_pages_speak_german(): void
    {
        $this->pro();
        $admin = $this->administrator();
        $admin->browser->language = 'de';
        $page = self::premium($admin);
        self::assertStringContainsString('Keine Lizenz', $page->text());
        self::assertStringNotContainsString('No licence', $page->text());
        self::assertTrue($page->has('//nav//a[.="Premium"][@aria-current]'));
    }
}
