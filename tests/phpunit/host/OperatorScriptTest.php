<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Help from the server's command line, with the store and the site of the CMS itself. */
final class OperatorScriptTest extends HostTestCase
{
    private function command(string ...$arguments): string
    {
        $site = $this->site();
        $command = [PHP_BINARY, '-d', 'extension=' . Site::extension(), '-d', 'display_errors=stderr', '-d', 'error_reporting=-1'];
        foreach ($site->ini() as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        array_push($command, $site->root() . '/modules/TwoFactor/operator.php', ...$arguments);
        return implode(' ', array_map(escapeshellarg(...), $command));
    }

    /** @return array{int, string} status, and what it said */
    private function operator(string ...$arguments): array
    {
        exec($this->command(...$arguments) . ' 2>&1', $lines, $status);
        return [$status, implode("\n", $lines)];
    }

    public function test_whoever_reads_may_have_seen_enough(): void
    {
        $this->enrolled();
        $process = proc_open(['bash', '-c', 'exec ' . $this->command()], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        // Nobody reads a word: every line meets a broken pipe.
        fclose($pipes[1]);
        $complaints = stream_get_contents($pipes[2]);
        self::assertSame(['', 0], [$complaints, proc_close($process)]);
    }

    public function test_it_says_whether_all_is_well(): void
    {
        $this->enrolled();
        [$status, $said] = $this->operator();
        self::assertStringContainsString(' store ', $said);
        self::assertSame(0, $status, $said);
        self::assertMatchesRegularExpression('/^anna +second factor: totp, backup$/m', $this->operator('users')[1]);
    }

    public function test_it_lets_somebody_back_in_who_lost_everything(): void
    {
        $anna = $this->enrolled();
        self::assertChallenged($anna->givePassword());
        self::assertSame(2, $this->operator('reset', 'anna')[0], 'not without a reason');
        self::assertSame([2, 'The CMS has no user nobody.'], $this->operator('reset', 'nobody', 'a typing error'));
        [$status, $said] = $this->operator('reset', 'anna', 'phone and codes lost');
        self::assertSame(0, $status, $said);
        $anna->givePassword();
        self::assertIn($anna);
        [, $audit] = $this->operator('audit', 'anna');
        self::assertStringContainsString('phone and codes lost', $audit);
        self::assertStringContainsString('The audit is intact.', $audit);
    }

    public function test_it_issues_a_temporary_code_and_suspends_what_is_on_a_lost_telephone(): void
    {
        $anna = $this->enrolled();
        self::assertSame(2, $this->operator('temp-code', 'anna')[0], 'not without a reason');
        [$status, $said] = $this->operator('temp-code', 'anna', 'she called from home');
        self::assertSame(0, $status, $said);
        self::assertSame(1, preg_match('/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}(?= is good for)/', $said, $code), $said);
        self::assertSame([0, 'The apps and the telephone number of anna prove nothing until they are resumed. Backup codes still do.'], $this->operator('suspend', 'anna', 'lost'));
        self::assertMatchesRegularExpression('/^anna +second factor: backup$/m', $this->operator('users')[1]);
        $page = $anna->press($anna->givePassword(), 'use', 'temporary');
        self::assertNotNull(Person::secretOn($anna->answer($page, $code[0])), 'it is good for what it was issued for');
        self::assertOut($anna);
        [, $audit] = $this->operator('audit', 'anna');
        self::assertStringContainsString('temporary-code.issued', $audit);
        self::assertStringNotContainsString($code[0], $audit);
    }

    public function test_it_ends_blocks(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        for ($i = 0; $i < 5; $i++) {
            $page = $anna->answer($page, $anna->phone->wrong());
        }
        self::assertStringContainsString('blocked until', $this->operator('users')[1]);
        self::assertSame(0, $this->operator('unlock', 'anna', 'she called')[0]);
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_it_ends_a_hold_on_changes(): void
    {
        $anna = $this->enrolled();
        $this->repudiate($anna);
        self::assertMatchesRegularExpression('/^anna +changes on hold since 20/m', $this->operator('users')[1]);
        self::assertSame(2, $this->operator('release', 'anna')[0], 'not without a reason');
        self::assertSame([0, 'The second factors of anna may be changed.'], $this->operator('release', 'anna', 'she came by'));
        self::assertMatchesRegularExpression('/^anna +second factor: totp, backup$/m', $this->operator('users')[1]);
        self::assertStringContainsString('she came by', $this->operator('audit', 'anna')[1]);
    }

    public function test_it_vouches_for_an_administrator_whose_factor_is_new(): void
    {
        $this->enrolled('anna');
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $admin->stepUp();
        self::assertStringContainsString('if somebody with access to the server runs: php modules/TwoFactor/operator.php confirm NAME REASON', $admin->lookUp('anna')->text());
        self::assertSame(2, $this->operator('confirm', 'bert', 'has no factor')[0]);
        self::assertSame([0, 'From now on admin can change other users\' accounts, providers and settings.'], $this->operator('confirm', 'admin', 'it is me'));
        $admin->change('reset', ['user' => '2', 'reason' => 'phone in the lake']);
        self::assertContains('account.reset', $this->site()->audit('2'));
        $event = $this->site()->asOperator(static fn ($verifier) => [...$verifier->audit('1', 1)][0]);
        self::assertSame(['operator.confirmed', 'it is me', 'server'], [$event->type(), $event->reason(), $event->authority()]);
    }

    public function test_it_stands_for_a_provider_that_was_named_with_nothing_but_a_password(): void
    {
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrol();
        $admin->stepUp();
        $admin->change('provider-save', ['name' => 'mine', 'kind' => 'sns', 'set_access_key' => 'AKIAIOSFODNN7EXAMPLE',
            'set_secret' => str_repeat('0123456789', 4), 'set_region' => 'eu-central-1']);
        [$status, $said] = $this->operator();
        self::assertStringContainsString('mine was named by 1 with nothing but a password', $said);
        self::assertStringContainsString('(user 1 is admin)', $said);
        self::assertSame(0, $status, 'a warning: apps work');
        self::assertSame([2, 'There is no provider yours.'], $this->operator('confirm-provider', 'yours'));
        self::assertSame([0, 'Codes go by mine from now on.'], $this->operator('confirm-provider', 'mine'));
        self::assertSame([2, 'Codes go by mine already.'], $this->operator('confirm-provider', 'mine'));
        self::assertSame(0, $this->operator()[0]);
    }

    public function test_it_takes_rules_back_and_ends_trusted_browsers_where_nobody_else_can(): void
    {
        $fakes = new Fakes();
        $gateway = $fakes->gateway();
        $licence = $fakes->ini() + ['twofactor.site_url' => 'https://example.org', 'twofactor.licence_url' => $gateway['url'],
            'twofactor.licence_key' => $gateway['licence_key'], 'twofactor.licence_public_keys' => '"' . implode(', ', $gateway['keys']) . '"'];
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        $site->start($licence + ['auto_prepend_file' => dirname(__DIR__, 2) . '/host/https.php'] + $site->ini());
        $site->install('TwoFactorPro');
        $fakes->setClock($site->clock->now());
        $open = ['clock' => $this->siteClock()];
        foreach ($licence as $name => $value) {
            $open[substr($name, strlen('twofactor.'))] = trim($value, '"');
        }
        $rules = '{"rules": [{"for": "all", "level": "required-now"}]}';
        $anna = $this->enrolled();
        $site->asOperator(static function ($verifier) use ($rules): void {
            $verifier->renewLicence();
            $verifier->setEnforcement($rules, 'root', 'decided');
        }, $open);
        $bert = $this->person('bert');
        self::assertStringContainsString('Set up your second factor', $bert->givePassword()->text());
        $page = $anna->givePassword();
        $site->clock->advance(30);
        $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $anna->phone->code(), 'twofactor_trust' => '1']);
        self::assertIn($anna);

        self::assertSame([0, $rules], $this->operator('rules'));
        self::assertSame(2, $this->operator('remove-rules')[0], 'not without a reason');
        self::assertSame(0, $this->operator('remove-rules', 'nobody gets in')[0]);
        self::assertSame([0, 'There are no rules of who needs a second factor.'], $this->operator('rules'));
        $bert->givePassword();
        self::assertIn($bert);
        $event = $site->asOperator(static fn ($verifier) => [...$verifier->providersAudit(1)][0]);
        self::assertSame(['policy.removed', 'nobody gets in', 'server'], [$event->type(), $event->reason(), $event->authority()]);

        self::assertSame([2, 'The CMS has no user nobody.'], $this->operator('devices', 'nobody'));
        [$status, $said] = $this->operator('devices', 'anna');
        self::assertSame(0, $status, $said);
        self::assertMatchesRegularExpression('/^\S.* from \S+ +last used \d{4}-\d\d-\d\d \d\d:\d\d, until \d{4}/', $said);
        self::assertSame(2, $this->operator('end-devices', 'anna')[0], 'not without a reason');
        self::assertSame(0, $this->operator('end-devices', 'anna', 'laptop stolen')[0]);
        self::assertSame([0, 'anna trusts no browser.'], $this->operator('devices', 'anna'));
        self::assertChallenged($anna->givePassword());
        self::assertStringContainsString('laptop stolen', $this->operator('audit', 'anna')[1]);
    }

    public function test_it_says_that_a_line_for_an_emergency_is_mistaken(): void
    {
        $this->enrolled();
        foreach (['some day' => 'it must be two times with a slash between them', '100/200' => 'is over and does nothing any more',
            '100/9999' => 'at most one hour later', '99999999999/99999999999' => 'its end must come after its beginning'] as $set => $says) {
            $this->site()->config(['twofactor_emergency' => $set]);
            [$status, $said] = $this->operator();
            self::assertSame(0, $status, $said);
            self::assertStringContainsString('warning  emergency twofactor_emergency in config.php', $said);
            self::assertStringContainsString($says, $said);
            self::assertStringContainsString("\$config['twofactor_emergency'] = '", $said);
        }
    }

    /** As an upgrade finds a site: there is no key, and nobody has said where one shall be. */
    public function test_it_says_what_it_knows_of_version_3_before_there_is_a_key(): void
    {
        $site = $this->site(['config' => ['twofactor_store' => null], 'ini' => []]);
        $pdo = $site->pdo();
        $pdo->exec('CREATE TABLE cms_module_twofactor_usermeta (id INT, user_id INT NOT NULL, meta_key VARCHAR(255) NOT NULL, meta_value TEXT)');
        $pdo->prepare('INSERT INTO cms_module_twofactor_usermeta VALUES (1, 2, ?, ?)')->execute(['_two_factor_enabled_providers', serialize(['TwoFactorProviderTOTP'])]);
        foreach (['TwoFactor_former_table' => 'module_twofactor_usermeta', 'TwoFactor_mapi_pref_twofactor_twilio_api_secret' => 'a-plain-secret'] as $name => $value) {
            $pdo->exec("INSERT INTO cms_siteprefs VALUES ('$name', '$value')");
        }
        [$status, $said] = $this->operator('health');
        self::assertSame(1, $status, $said);
        self::assertStringContainsString('No key yet', $said);
        self::assertStringContainsString('The table cms_module_twofactor_usermeta of version 3 holds secrets in plain text. Without a factor here: anna.', $said);
        self::assertStringContainsString("The credentials of version 3's SMS provider are in the site's preferences", $said);
        self::assertStringNotContainsString('a-plain-secret', $said);
    }

    /** @return array<string, array{?string, string, int, bool}> its version in the database, its state there, whether it has a folder */
    public static function modulesThatAreNotThere(): array
    {
        return [
            'never installed' => [null, '', 0, false],
            'its folder was deleted' => ['1.5.2', 'installed', 1, false],
            'switched off' => ['1.5.2', 'installed', 0, true],
            'too old' => ['1.4.9', 'installed', 1, true],
        ];
    }

    /** @dataProvider modulesThatAreNotThere */
    public function test_it_names_a_missing_module_that_keeps_the_cms_from_loading_this_one_and_mends_it(
        ?string $version,
        string $status,
        int $active,
        bool $hasFolder,
    ): void {
        $anna = $this->enrolled();
        $pdo = $this->site()->pdo();
        $pdo->exec("INSERT INTO cms_module_deps (parent_module, child_module, minimum_version) VALUES ('CMSMSExt', 'TwoFactor', '1.5.2')");
        if ($version !== null) {
            $pdo->exec("INSERT INTO cms_modules (module_name, version, status, admin_only, active, allow_fe_lazyload, allow_admin_lazyload) VALUES ('CMSMSExt', '$version', '$status', 0, $active, 0, 0)");
        }
        if ($hasFolder) {
            mkdir($this->site()->root() . '/modules/CMSMSExt');
            file_put_contents($this->site()->root() . '/modules/CMSMSExt/CMSMSExt.module.php', '<?php class CMSMSExt extends CMSModule { public function GetVersion() { return "' . $version . '"; } }');
        }
        $anna->givePassword();
        self::assertIn($anna);
        $anna->signOut();
        [$status, $said] = $this->operator();
        self::assertSame(1, $status);
        self::assertStringContainsString('needs the module CMSMSExt', $said);
        self::assertStringContainsString('NO SECOND FACTOR IS ASKED FOR', $said);
        self::assertSame(0, $this->operator('repair')[0]);
        self::assertSame(0, $this->operator()[0]);
        self::assertChallenged($anna->givePassword());
    }

    public function test_it_writes_down_what_the_command_line_needs_to_know_of_the_site_for_root_alone_and_over_nothing(): void
    {
        $this->enrolled();
        $file = $this->site()->folder . '/cms.ini';
        $wrong = "quoted, its password";
        [$status, $said] = $this->operator('settings', $file);
        self::assertSame(0, $status, $said);
        self::assertSame(0600, fileperms($file) & 0777);
        $settings = parse_ini_file($file, false, INI_SCANNER_RAW);
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $settings['twofactor.site']);
        self::assertStringNotContainsString($settings['twofactor.store'] ?? $wrong, $said, 'an address may have a password in it');
        $ofSite = [];
        foreach ($settings as $name => $value) {
            $ofSite[substr($name, strlen('twofactor.'))] = $value;
        }
        self::assertTrue(\TwoFactor\Verifier::open($ofSite + self::ini($this->site()->ini()))->account('2')->isEnrolled());
        [$status, $said] = $this->operator('settings', $file);
        self::assertSame([2, $settings], [$status, parse_ini_file($file, false, INI_SCANNER_RAW)], $said);
        foreach (['', 'cms.ini', '/nowhere/cms.ini'] as $none) {
            self::assertSame(2, $this->operator('settings', $none)[0], $none);
        }
    }

    /**
     * @param array<string, string> $directives
     * @return array<string, string> as Verifier::open() takes them
     */
    private static function ini(array $directives): array
    {
        $settings = [];
        foreach ($directives as $name => $value) {
            str_starts_with($name, 'twofactor.') && $settings[substr($name, strlen('twofactor.'))] = $value;
        }
        return $settings;
    }

    public function test_nothing_is_said_to_be_removed_of_one_about_whom_nothing_is_kept(): void
    {
        $this->enrolled();
        foreach ([['export', '77'], ['forget-gone', '77', 'asked']] as $command) {
            [$status, $said] = $this->operator(...$command);
            self::assertSame(2, $status, $said);
            self::assertStringContainsString('othing is kept about', $said);
        }
        self::assertSame([], $this->site()->audit('77'));
    }

    public function test_its_line_for_config_php_is_obeyed(): void
    {
        $anna = $this->enrolled();
        self::assertSame(1, preg_match("/twofactor_emergency'\\] = '([^']+)'/", $this->operator('emergency')[1], $until));
        $this->site()->config(['twofactor_emergency' => $until[1]]);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_leaving_leaves_nothing_behind_and_the_site_can_begin_anew(): void
    {
        $anna = $this->enrolled();
        self::assertSame(2, $this->operator('remove-everything')[0], 'not without a yes');
        self::assertChallenged($anna->givePassword());
        $site = $this->site();
        $site->stop();
        [$status, $said] = $this->operator('remove-everything', 'yes');
        self::assertSame(0, $status, $said);
        if ($site->usesSqlite()) {
            self::assertSame([], glob($site->folder . '/store/*'));
        } else {
            $tables = $site->pdo()->query("SHOW TABLES LIKE 'cms\\_twofactor\\_%'")->fetchAll();
            self::assertSame([], $tables);
        }
        self::assertFalse($site->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_site'")->fetchColumn());
        $site->start();
        $anna->givePassword();
        self::assertIn($anna);
        $anna->enrol();
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
    }

    public function test_it_answers_nobody_over_the_web(): void
    {
        $this->enrolled();
        $page = $this->person('anna')->browser->get('/modules/TwoFactor/operator.php');
        self::assertSame('', trim($page->body));
    }

    /** @return array<string, array{string}> */
    public static function whatHasToBeSetUp(): array
    {
        return ['a stronger one than an address, where the profile is strict' => ['strict'], 'anew' => ['anew'], 'a first one, after a reset' => ['reset']];
    }

    /**
     * Nobody else can end the hold, and no page is reached before the set-up.
     *
     * @dataProvider whatHasToBeSetUp
     */
    public function test_the_only_administrator_who_is_on_hold_and_has_to_set_up_is_let_on(string $what): void
    {
        $this->site()->pdo()->exec('DELETE FROM cms_user_groups WHERE user_id <> 1');
        $admin = $this->person('admin');
        $admin->givePassword();
        $what === 'strict' ? $admin->enrolByEmail() : $admin->enrol();
        $this->repudiate($admin);
        self::assertOut($admin);
        match ($what) {
            'strict' => $this->site()->start(['twofactor.profile' => 'strict']),
            'anew' => $this->require('1'),
            'reset' => [$this->operator('reset', 'admin', 'lost'), $this->operator('require', 'admin', 'policy')],
        };
        $signIn = function () use ($admin, $what): Page {
            $this->site()->clock->advance(61);
            $admin->browser->cookies = [];
            $page = $admin->givePassword();
            return $what === 'reset' ? $page : $admin->answer($page, array_shift($admin->codes), 'backup');
        };
        $page = $signIn();
        self::assertNull(Person::secretOn($page), $page->text());
        self::assertStringContainsString('on hold', $page->text());
        self::assertOut($admin);
        self::assertSame([0, 'The second factors of admin may be changed.'], $this->operator('release', 'admin', 'it is mine'));
        $page = $signIn();
        $admin->phone = new Phone(Person::secretOn($page) ?? self::fail($page->text()), $this->site()->clock);
        $admin->browser->submit($page, Person::challengeForm($page), ['twofactor_code' => $admin->phone->code()]);
        self::assertIn($admin);
    }
}
