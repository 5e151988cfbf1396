<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Coming, going and being upgraded. */
final class InstallTest extends HostTestCase
{
    public function test_installing_says_that_the_second_factor_is_ready(): void
    {
        $site = $this->site([], false);
        $said = $site->install();
        self::assertStringNotContainsString('Missing Languagestring', $said);
        self::assertStringContainsString('whoever has a factor has to sign in again', $said, 'it may have been here before');
        $version = $site->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn();
        self::assertSame('4.0.0', $version);
    }

    public function test_installing_without_the_extension_is_refused_and_leaves_nothing_behind(): void
    {
        $site = $this->site(['extension' => null], false);
        self::assertStringContainsString('not loaded', $site->install(refused: true));
        self::assertFalse($site->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        self::assertFalse($site->pdo()->query("SELECT handler_id FROM cms_event_handlers WHERE module_name = 'TwoFactor'")->fetchColumn());
        $anna = $this->person('anna');
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_installing_into_a_folder_that_may_not_be_written_to_is_refused_with_what_to_do(): void
    {
        $site = $this->site([], false);
        $folder = self::copiedByRoot($site);
        $said = $site->install(refused: true);
        self::assertStringContainsString($folder, $said);
        self::assertStringContainsString(' ' . posix_getpwuid(posix_geteuid())['name'], $said);
        self::assertFalse($site->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        $this->person('anna')->givePassword();
        self::ownedByWebUser($folder);
        self::assertStringNotContainsString($folder, $site->install());
        self::assertChallenged($this->enrolled()->givePassword());
    }

    public function test_an_upgrade_in_a_folder_that_may_not_be_written_to_goes_through_guarded(): void
    {
        $anna = $this->enrolled();
        $site = $this->site();
        $folder = self::copiedByRoot($site);
        $site->pdo()->exec("UPDATE cms_modules SET version = '4.0.0-beta' WHERE module_name = 'TwoFactor'");
        $page = $this->person('bert')->browser->get('/admin/login.php');
        self::assertSame(200, $page->status, $page->text());
        self::assertSame('4.0.0', $site->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        self::assertChallenged($anna->givePassword());
        self::ownedByWebUser($folder);
    }

    public function test_an_upgrade_gives_no_group_what_the_site_has_taken_from_it(): void
    {
        $pdo = $this->site()->pdo();
        $has = fn (): array => $pdo->query("SELECT g.group_id, p.permission_name FROM cms_group_perms g JOIN cms_permissions p ON p.permission_id = g.permission_id"
            . " WHERE p.permission_name LIKE '%twofactor%' ORDER BY 1, 2")->fetchAll(\PDO::FETCH_NUM);
        $own = "permission_id = (SELECT permission_id FROM cms_permissions WHERE permission_name = 'use_twofactor')";
        $group = $pdo->query("SELECT MAX(group_id) FROM cms_group_perms WHERE $own")->fetchColumn();
        $pdo->exec("DELETE FROM cms_group_perms WHERE $own AND group_id = $group");
        $before = $has();
        self::assertNotSame([], $before);
        $pdo->exec("UPDATE cms_siteprefs SET sitepref_value = '4.0.0-beta' WHERE sitepref_name = 'TwoFactor_arranged'");
        $pdo->exec("UPDATE cms_modules SET version = '4.0.0-beta' WHERE module_name = 'TwoFactor'");
        $this->person('bert')->givePassword();
        self::assertSame('4.0.0', $pdo->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_arranged'")->fetchColumn());
        self::assertSame($before, $has());
    }

    /** As an engine leaves it that could not write its file: the module is in its table and what it needs is not there. */
    public function test_an_installation_that_broke_off_is_completed_at_the_next_request(): void
    {
        $anna = $this->enrolled();
        $pdo = $this->site()->pdo();
        $pdo->exec("DELETE FROM cms_event_handlers WHERE module_name = 'TwoFactor'");
        $pdo->exec("DELETE FROM cms_permissions WHERE permission_name = 'use_twofactor'");
        $pdo->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_arranged'");
        $anna->signIn();
        self::assertIn($anna);
        self::assertNotFalse($pdo->query("SELECT h.handler_id FROM cms_event_handlers h JOIN cms_events e ON e.event_id = h.event_id WHERE e.event_name = 'LoginPre' AND h.module_name = 'TwoFactor'")->fetchColumn());
        self::assertNotFalse($pdo->query("SELECT permission_id FROM cms_permissions WHERE permission_name = 'use_twofactor'")->fetchColumn());
    }

    /** Nothing can be written to a folder by who is not root, and nobody can write to a file that is a folder. */
    private static function copiedByRoot(Site $site): string
    {
        $folder = $site->root() . '/modules/TwoFactor';
        is_file("$folder/moduleinfo.ini") && unlink("$folder/moduleinfo.ini");
        posix_geteuid() === 0 ? mkdir("$folder/moduleinfo.ini") : chmod($folder, 0555);
        return $folder;
    }

    private static function ownedByWebUser(string $folder): void
    {
        posix_geteuid() === 0 ? rmdir("$folder/moduleinfo.ini") : chmod($folder, 0755);
    }

    public function test_without_a_key_the_administrator_is_offered_one_outside_the_document_root(): void
    {
        $site = $this->site(['database' => self::mariadb(), 'modules' => ['TwoFactor'], 'ini' => []], false);
        $site->install();
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $admin->action('defaultadmin');
        $proposed = $page->one('//input[@name="m1_path"]')?->getAttribute('value') ?? self::fail($page->text());
        self::assertStringStartsNotWith($site->root(), $proposed);
        foreach ([$site->root() . '/twofactor.key', $site->root() . '/uploads/../twofactor.key', $site->root() . '/tmp/x.key', 'relative.key', ''] as $bad) {
            $admin->change('create-key', ['path' => $bad]);
            self::assertSame([], glob($site->root() . '/{,uploads/,tmp/}*.key', GLOB_BRACE), $bad);
        }
        symlink($site->root(), $site->folder . '/link');
        $admin->change('create-key', ['path' => $site->folder . '/link/twofactor.key']);
        self::assertFileDoesNotExist($site->root() . '/twofactor.key');
        $good = $site->folder . '/store/site.key';
        $admin->change('create-key', ['path' => $good]);
        self::assertFileExists($good);
        self::assertSame('0600', substr(sprintf('%o', fileperms($good)), -4));
        $anna = $this->enrolled();
        self::assertChallenged($anna->givePassword());
    }

    /** As FPM does it: its master reads the variable, its workers do not see it. */
    public function test_keys_in_an_environment_that_is_hidden_from_scripts_are_keys(): void
    {
        $hide = (string) tempnam(sys_get_temp_dir(), 'twofactor-hide');
        file_put_contents($hide, "<?php putenv('TWOFACTOR_KEYS'); unset(\$_SERVER['TWOFACTOR_KEYS'], \$_ENV['TWOFACTOR_KEYS']);");
        try {
            $site = $this->site([
                'database' => self::mariadb(),
                'modules' => ['TwoFactor'],
                'ini' => ['auto_prepend_file' => $hide],
                'environment' => ['TWOFACTOR_KEYS' => 'spring = ' . base64_encode(random_bytes(32))],
            ], false);
            $site->install();
            $admin = $this->person('admin');
            $admin->givePassword();
            $page = $admin->action('defaultadmin');
            self::assertNull($page->one('//input[@name="m1_path"]'), 'a key is there: none is to be made');
            self::assertStringContainsString('Keys in use: spring.', $admin->action('defaultadmin', ['tab' => 'health'])->text());
            $admin->change('create-key', ['path' => $site->folder . '/store/second.key']);
            self::assertFileDoesNotExist($site->folder . '/store/second.key');
            $anna = $this->enrolled();
            self::assertChallenged($anna->givePassword());
        } finally {
            unlink($hide);
        }
    }

    private static function mariadb(): string
    {
        return getenv('HOST_DATABASE') ?: getenv('TWOFACTOR_TEST_MYSQL') ?: self::fail('needs a MariaDB: TWOFACTOR_TEST_MYSQL');
    }

    public function test_removing_the_module_lets_everybody_in_with_the_password_and_keeps_no_handler(): void
    {
        $anna = $this->enrolled();
        $this->uninstall();
        $anna->givePassword();
        self::assertIn($anna);
        self::assertFalse($this->site()->pdo()->query("SELECT handler_id FROM cms_event_handlers WHERE module_name = 'TwoFactor'")->fetchColumn());
    }

    public function test_uninstalling_takes_a_proof_of_somebody_who_may_act_on_others(): void
    {
        $anna = $this->enrolled();
        $said = $this->site()->install('TwoFactor', 'uninstall', refused: true);
        self::assertStringContainsString('takes everybody', $said);
        self::assertChallenged($anna->givePassword());
    }

    public function test_switching_the_module_off_or_deleting_its_folder_takes_the_same_proof(): void
    {
        $site = $this->site(['modules' => ['TwoFactor', 'ModuleManager', 'Witness']]);
        $site->install('ModuleManager');
        $anna = $this->enrolled();
        $thief = $this->person('admin');
        $thief->givePassword();
        $active = fn () => (int) $site->pdo()->query("SELECT active FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn();
        $ask = static fn (Person $who, string $mact, array $fields): Page => $who->browser->get('/admin/moduleinterface.php?'
            . http_build_query(['mact' => $mact, '__c' => $who->key()] + $fields));
        foreach (
            [
                ['ModuleManager,m1_,local_active,0', ['m1_mod' => 'TwoFactor', 'm1_state' => '0']],
                ['ModuleManager,m1_,local_active,0', ['m1_mod' => 'TwoFactor']],
                ['ModuleManager,x_,local_active,0', ['x_mod' => 'TwoFactor', 'x_state' => '0']],
                ['ModuleManager,m1_,local_active.,0', ['m1_mod' => 'TwoFactor', 'm1_state' => 'no']],
                ['ModuleManager,m1_,local_active,0', ['m1_mod' => 'twofactor ', 'm1_state' => '0']],
                // The engine takes the prefix of the fields from what it has made entities of.
                ["ModuleManager,m'_,local_active,0", ["m'_mod" => 'Witness', "m'_state" => '1', 'm&#39;_mod' => 'TwoFactor', 'm&#39;_state' => '0']],
                ["ModuleManager,m'_,local_remove,0", ["m'_mod" => 'Witness', 'm&#39;_mod' => 'TwoFactor']],
                ['ModuleManager,m1_,local_chmod,0', ['m1_mod' => 'TwoFactor']],
                ['ModuleManager,m1_,local_chmod,0', ['m1_mod' => '../../store']],
                ['ModuleManager,m1_,installmodule,0', ['m1_submit' => '1', 'm1_modlist' => base64_encode('{"\u0054woFactor":{"action":"u","filename":"a.xml","size":1}}')]],
                ['ModuleManager,m1_,installmodule,0', ['m1_submit' => '1', 'm1_modlist' => base64_encode('{"News":{"action":"i","filename":"TwoFactor-9.0.xml","size":1}}')]],
                ['ModuleManager,m1_,local_remove,0', ['m1_mod' => 'TwoFactor']],
                ['ModuleManager,m1_,local_remove,0', ['m1_mod' => '../modules/TwoFactor']],
            ] as [$mact, $fields]
        ) {
            $page = $ask($thief, $mact, $fields);
            self::assertSame(403, $page->status, $mact . json_encode($fields));
            self::assertStringContainsString('takes everybody', $page->text());
            $posted = $thief->browser->post('/admin/moduleinterface.php', ['mact' => $mact, '__c' => $thief->key()] + $fields);
            self::assertSame(403, $posted->status);
            self::assertSame(1, $active());
        }
        self::assertChallenged($anna->givePassword());
        self::assertSame(0700, fileperms($site->folder . '/store') & 0777);
        // Other modules are no business of this one, and neither is switching it on.
        $news = base64_encode('{"News":{"action":"i","filename":"News-3.0.xml","size":1}}');
        self::assertSame(200, $ask($thief, 'ModuleManager,m1_,installmodule,0', ['m1_submit' => '1', 'm1_modlist' => $news])->status);
        self::assertSame(200, $ask($thief, 'ModuleManager,m1_,local_active,0', ['m1_mod' => 'Witness', 'm1_state' => '0'])->status);
        self::assertSame(0, (int) $site->pdo()->query("SELECT active FROM cms_modules WHERE module_name = 'Witness'")->fetchColumn());
        self::assertSame(200, $ask($thief, 'ModuleManager,m1_,local_active,0', ['m1_mod' => 'TwoFactor', 'm1_state' => '1'])->status);
        $admin = $this->administrator();
        self::assertSame(200, $ask($admin, 'ModuleManager,m1_,local_active,0', ['m1_mod' => 'TwoFactor', 'm1_state' => '0'])->status);
        self::assertSame(0, $active());
    }

    /** @return array<string, array{string, string}> name and path in a package for the Module Manager */
    public static function packagesOverThisModule(): array
    {
        return [
            'by name' => ['TwoFactor', '/TwoFactor.module.php'],
            'by another spelling' => ['twofactor', '/TwoFactor.module.php'],
            'by a path' => ['../modules/TwoFactor', '/TwoFactor.module.php'],
            'from the folder beside it' => ['Witness', '/../TwoFactor/TwoFactor.module.php'],
            'by two halves of its name' => ['Two', 'Factor/TwoFactor.module.php'],
        ];
    }

    /** @dataProvider packagesOverThisModule */
    public function test_nobody_without_a_proof_puts_another_module_into_the_place_of_this_one(string $name, string $path): void
    {
        $site = $this->site(['modules' => ['TwoFactor', 'ModuleManager', 'Witness']]);
        $site->install('ModuleManager');
        $anna = $this->enrolled();
        $thief = $this->person('admin');
        $thief->givePassword();
        $own = fn (): string => hash_file('sha256', $site->root() . '/modules/TwoFactor/TwoFactor.module.php');
        $before = $own();
        $import = static function (Person $who, string $name, string $path) use ($site): Page {
            $package = "$site->folder/package.xml";
            file_put_contents($package, "<?xml version=\"1.0\"?>\n<module><dtdversion>1.3</dtdversion><name>$name</name><version>9.0</version><file><filename>$path</filename><isdir>0</isdir><data>"
                . base64_encode('<?php class TwoFactor extends CMSModule {}') . '</data></file></module>');
            return $who->browser->upload('/admin/moduleinterface.php', ['mact' => 'ModuleManager,m1_,local_import,0', '__c' => $who->key()], 'm1_upload', $package);
        };
        $page = $import($thief, $name, $path);
        self::assertSame(403, $page->status, $page->text());
        self::assertStringContainsString('takes everybody', $page->text());
        self::assertSame($before, $own());
        self::assertChallenged($anna->givePassword());
        // Other modules are none of its business.
        self::assertSame(200, $import($thief, 'Other', '/Other.module.php')->status);
        self::assertFileExists($site->root() . '/modules/Other/Other.module.php');
        self::assertSame(200, $import($this->administrator(), 'TwoFactor', '/TwoFactor.module.php')->status);
        self::assertNotSame($before, $own(), 'whoever has proven a factor replaces it');
    }

    public function test_everything_is_removed_for_good_by_somebody_who_may_act_on_others_and_is_sure(): void
    {
        $anna = $this->enrolled();
        $admin = $this->enrolled('admin');
        $this->site()->clock->advance(25 * 3600);
        $admin->signIn();
        $proof = fn () => ['method' => 'totp', 'code' => $admin->phone->code()];
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'leave']), 'remove-everything', $proof());
        self::assertStringContainsString('tick the box', $page->text());
        self::assertChallenged($anna->givePassword());
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'leave']), 'remove-everything', $proof() + ['sure' => '1']);
        self::assertStringContainsString('Everything has been removed', $page->text());
        $this->site()->start();
        $anna->givePassword();
        self::assertIn($anna);
        $this->site()->install('TwoFactor', 'uninstall');
    }

    /** By whoever owns the server: nobody who has enrolled is a day old. */
    private function uninstall(): void
    {
        $this->site()->emergency();
        $this->site()->install('TwoFactor', 'uninstall');
        $this->site()->config(['twofactor_emergency' => null]);
    }

    public function test_removing_and_installing_again_works(): void
    {
        $this->enrolled();
        $this->uninstall();
        $this->site()->install();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        self::assertIn($bert);
    }

    public function test_a_sign_in_from_before_a_removal_does_not_count_after_a_later_installation(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->person('bert');
        $bert->givePassword();
        $this->uninstall();
        self::assertIn($bert);
        $this->site()->install();
        self::assertOut($anna);
        self::assertOut($bert);
        $bert->givePassword();
        self::assertIn($bert);
    }

    public function test_a_sign_in_from_before_a_removal_while_the_store_was_away_does_not_count_after_it_either(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->person('bert');
        $bert->givePassword();
        $site = $this->site();
        $site->config(['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']);
        $this->uninstall();
        $site->config(['twofactor_store' => $site->usesSqlite() ? "sqlite:$site->folder/store/twofactor.sqlite" : null]);
        self::assertIn($bert);
        $site->install();
        self::assertOut($anna);
        self::assertOut($bert);
        self::assertChallenged($anna->elsewhere()->givePassword());
    }

    public function test_version_3_is_taken_over_on_sight_and_no_longer_asks_after_the_cookie(): void
    {
        $pdo = $this->site()->pdo();
        $login = $pdo->query("SELECT event_id FROM cms_events WHERE originator = 'Core' AND event_name = 'LoginPost'")->fetchColumn();
        $pdo->exec("UPDATE cms_modules SET version = '3.0.0' WHERE module_name = 'TwoFactor'");
        $pdo->exec("INSERT INTO cms_event_handlers (event_id, module_name, removable, handler_order, handler_id) VALUES ($login, 'TwoFactor', 1, 1, 999)");
        $this->person('anna')->browser->get('/admin/login.php');
        self::assertSame('4.0.0', $pdo->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        self::assertFalse($pdo->query("SELECT handler_id FROM cms_event_handlers WHERE event_id = $login AND module_name = 'TwoFactor'")->fetchColumn());
        self::assertNotFalse($pdo->query("SELECT h.handler_id FROM cms_event_handlers h JOIN cms_events e ON e.event_id = h.event_id WHERE e.event_name = 'LoginPre' AND h.module_name = 'TwoFactor' AND h.removable = 0")->fetchColumn());
        $anna = $this->enrolled();
        self::assertChallenged($anna->givePassword());
    }

    /** What version 3 wrote: values serialised by PHP, secrets in plain text. */
    private function leftByVersion3(): void
    {
        $pdo = $this->site()->pdo();
        $pdo->exec('CREATE TABLE cms_module_twofactor_usermeta (id INTEGER PRIMARY KEY ' . ($this->site()->usesSqlite() ? '' : 'AUTO_INCREMENT')
            . ', user_id INT NOT NULL, meta_key VARCHAR(255) NOT NULL, meta_value TEXT)');
        $add = $pdo->prepare('INSERT INTO cms_module_twofactor_usermeta (user_id, meta_key, meta_value) VALUES (?, ?, ?)');
        $ids = $pdo->query('SELECT username, user_id FROM cms_users')->fetchAll(\PDO::FETCH_KEY_PAIR);
        $add->execute([$ids['anna'], '_two_factor_enabled_providers', serialize(['TwoFactorProviderTOTP'])]);
        $add->execute([$ids['anna'], '_two_factor_totp_key', serialize('JBSWY3DPEHPK3PXP')]);
        $add->execute([$ids['bert'], '_two_factor_enabled_providers', serialize([])]);
        $pdo->exec("UPDATE cms_modules SET version = '3.0.0' WHERE module_name = 'TwoFactor'");
    }

    public function test_whoever_had_a_factor_in_version_3_is_led_to_set_it_up_anew(): void
    {
        $this->leftByVersion3();
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        self::assertStringContainsString('It has to be set up anew', $page->text());
        self::assertTrue($page->has('//button[normalize-space() = "Set up an authenticator app"]') || $page->has('//form//input[@value="start"]'), $page->text());
        self::assertStringNotContainsString('set up anew', $this->person('bert')->givePassword()->text());
        $anna->enrol();
        $anna->signOut();
        $anna->signIn();
        self::assertStringNotContainsString('It has to be set up anew', $anna->action('preferences')->text());
    }

    /** As an upgrade finds a site: there is no key, and nobody has said where one shall be. */
    public function test_coming_from_version_3_is_told_before_there_is_a_key_too(): void
    {
        $site = $this->site(['database' => self::mariadb(), 'modules' => ['TwoFactor'], 'ini' => []], false);
        $site->install();
        $this->leftByVersion3();
        $anna = $this->person('anna');
        self::assertStringContainsString('It has to be set up anew', $anna->givePassword()->text());
        $admin = $this->person('admin');
        self::assertStringContainsString('anna', $admin->givePassword()->one('//*[@role="region"][contains(., "version 3")]')?->textContent ?? '');
        $admin->change('create-key', ['path' => $site->folder . '/store/site.key']);
        self::assertIn($admin);
        // Everybody else signs in once more: nobody knows what they had come by.
        $anna->givePassword();
        $anna->enrol();
        $anna->signOut();
        self::assertChallenged($anna->givePassword());
    }

    public function test_administrators_read_on_every_page_whom_version_3_left_with_a_password_alone(): void
    {
        $this->leftByVersion3();
        $admin = $this->person('admin');
        $page = $admin->givePassword();
        $bar = '//*[@role="region"][contains(., "version 3")]';
        self::assertStringContainsString('anna', $page->one($bar)?->textContent ?? self::fail($page->text()));
        self::assertStringNotContainsString('bert', $page->one($bar)->textContent);
        $bert = $this->person('bert');
        self::assertFalse($bert->givePassword()->has($bar), 'it is no business of others');
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrol();
        self::assertFalse($admin->browser->get('/admin/index.php?__c=' . $admin->browser->cookies['__c'])->has($bar));
    }

    private const BAR = '//*[@role="region"][contains(., "version 3")]';

    /** The names on the bar of an administrator's page. */
    private function named(Person $admin): string
    {
        return (string) $admin->browser->get('/admin/index.php?__c=' . $admin->key())->one(self::BAR)?->textContent;
    }

    public function test_accounts_are_not_opened_for_every_page_of_an_administrator_but_when_something_has_changed(): void
    {
        $this->leftByVersion3();
        $this->site()->pdo()->exec("UPDATE cms_module_twofactor_usermeta SET meta_value = '" . serialize(['TwoFactorProviderTOTP']) . "' WHERE user_id = 3");
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('anna, bert', $this->named($admin));
        // Past the module: nothing of the accounts is looked at until ten minutes are over.
        $phone = $this->site()->asOperator(function ($verifier): Phone {
            $setup = $verifier->startTotp(new \TwoFactor\User('2', 'anna'));
            $phone = new Phone($setup->secret(), $this->site()->clock);
            $verifier->confirmTotp($setup->token(), $phone->code(), new \TwoFactor\Client('203.0.113.9'));
            return $phone;
        });
        self::assertStringContainsString('anna, bert', $this->named($admin));
        $this->site()->clock->advance(601);
        self::assertStringNotContainsString('anna', $this->named($admin));
        self::assertStringContainsString('bert', $this->named($admin));
        // By the module: everybody's next page knows.
        $anna = $this->person('anna');
        $anna->phone = $phone;
        $anna->signIn();
        $anna->stepUp();
        $anna->change('remove', $this->factorOf('2', 'totp'));
        self::assertStringContainsString('anna, bert', $this->named($admin));
        $admin->page('/admin/deleteuser.php', ['user_id' => '3']);
        self::assertStringContainsString('anna', $this->named($admin));
        self::assertStringNotContainsString('bert', $this->named($admin));
        $anna->enrol();
        self::assertSame('', $this->named($admin));
        $this->site()->pdo()->exec("DELETE FROM cms_module_twofactor_usermeta");
    }

    public function test_a_table_of_version_3_that_was_dropped_by_hand_is_spoken_of_no_more(): void
    {
        $this->leftByVersion3();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrol();
        $health = fn (): string => $admin->action('defaultadmin', ['tab' => 'health'])->text();
        self::assertStringContainsString('cms_module_twofactor_usermeta', $health());
        self::assertStringContainsString('anna', $this->named($admin));
        $this->site()->pdo()->exec('DROP TABLE cms_module_twofactor_usermeta');
        self::assertStringNotContainsString('cms_module_twofactor_usermeta', $health());
        self::assertSame('', $this->named($admin));
    }

    public function test_credentials_of_version_3_are_named_and_removed_also_when_its_table_is_gone(): void
    {
        $this->leftByVersion3();
        $pdo = $this->site()->pdo();
        foreach (['twilio_api_key' => 'AC1', 'twilio_api_secret' => 'a-plain-secret', 'twilio_enabled' => '1'] as $name => $value) {
            $pdo->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_mapi_pref_twofactor_$name', '$value')");
        }
        $admin = $this->administrator();
        $page = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertStringContainsString('cms_module_twofactor_usermeta', $page->text());
        self::assertStringContainsString('credentials of version 3', $page->text());
        self::assertStringNotContainsString('a-plain-secret', $page->body);
        $pdo->exec('DROP TABLE cms_module_twofactor_usermeta');
        $page = $admin->action('defaultadmin', ['tab' => 'former']);
        self::assertStringNotContainsString('cms_module_twofactor_usermeta', $page->text());
        self::assertStringContainsString('credentials of version 3', $page->text());
        $page = $admin->send($page, 'remove-former');
        self::assertStringContainsString('What version 3 left behind has been removed.', $page->text());
        self::assertStringNotContainsString('credentials of version 3', $page->text());
        self::assertSame([], $pdo->query("SELECT sitepref_name FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor_mapi%'")->fetchAll(\PDO::FETCH_COLUMN));
    }

    public function test_who_comes_from_version_1_with_its_table_is_reminded_as_well(): void
    {
        $this->leftByVersion3();
        $this->site()->pdo()->exec('ALTER TABLE cms_module_twofactor_usermeta RENAME TO cms_mod_twofactor_usermeta');
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('anna', $this->named($admin));
        self::assertStringContainsString('cms_mod_twofactor_usermeta', $admin->action('defaultadmin', ['tab' => 'health'])->text());
    }

    public function test_the_table_of_version_3_stays_as_it_is_until_it_is_removed_on_purpose(): void
    {
        $this->leftByVersion3();
        $pdo = $this->site()->pdo();
        $rows = fn () => $pdo->query('SELECT * FROM cms_module_twofactor_usermeta ORDER BY id')->fetchAll(\PDO::FETCH_ASSOC);
        $before = $rows();
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrol();
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertStringContainsString('cms_module_twofactor_usermeta', $admin->action('defaultadmin', ['tab' => 'health'])->text());
        self::assertSame($before, $rows());
        $bert = $this->person('bert');
        $bert->givePassword();
        $bert->change('remove-former');
        self::assertSame($before, $rows(), 'not by somebody who may not manage');
        $admin->enrol();
        $page = $admin->change('remove-former');
        self::assertSame($before, $rows(), 'not without a proof: ' . $page->text());
        $this->site()->clock->advance(25 * 3600);
        $admin->signOut();
        $admin->signIn();
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'former']), 'remove-former', ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('What version 3 left behind has been removed.', $page->text());
        self::assertStringNotContainsString('module_twofactor_usermeta', $admin->action('defaultadmin', ['tab' => 'health'])->text());
        $this->expectException(\PDOException::class);
        $pdo->query('SELECT * FROM cms_module_twofactor_usermeta') ?: throw new \PDOException('gone');
    }

    public function test_the_pages_of_the_module_are_in_the_menu_of_those_who_may_see_them(): void
    {
        $this->site();
        $admin = $this->person('admin');
        $page = $admin->givePassword();
        self::assertTrue($page->has('//nav//a[contains(@href, "TwoFactor,m1_,preferences,")]'));
        self::assertTrue($page->has('//nav//a[contains(@href, "TwoFactor,m1_,defaultadmin,")]'));
        $bert = $this->person('bert');
        $page = $bert->givePassword();
        self::assertTrue($page->has('//nav//a[contains(@href, "TwoFactor,m1_,preferences,")]'));
        self::assertFalse($page->has('//nav//a[contains(@href, "TwoFactor,m1_,defaultadmin,")]'));
    }

    public function test_no_page_lacks_a_text(): void
    {
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $admin = $this->person('admin');
        $admin->givePassword();
        foreach (['en', 'de'] as $language) {
            $anna->browser->language = $admin->browser->language = $language;
            $pages = [$anna->action('preferences'), $admin->action('defaultadmin'), $admin->action('defaultadmin', ['tab' => 'audit']),
                $admin->action('defaultadmin', ['tab' => 'health']), $admin->lookUp('anna')];
            foreach ($pages as $page) {
                self::assertSame(200, $page->status);
                self::assertStringNotContainsString('Missing Languagestring', $page->text());
            }
        }
    }
}
