<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** What is written down once and read later: the admin log in the site's language, the audit in the reader's. */
final class RecordsTest extends HostTestCase
{
    /** What the module wrote to the admin log. */
    private function log(): string
    {
        $lines = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor' ORDER BY id");
        return implode("\n", $lines->fetchAll(\PDO::FETCH_COLUMN));
    }

    private function siteSpeaks(?string $language): void
    {
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'frontendlang'");
        if ($language !== null) {
            $this->site()->pdo()->prepare("INSERT INTO cms_siteprefs VALUES ('frontendlang', ?)")->execute([$language]);
        }
        // The host keeps preferences for as long as a request lasts, and the real one in a file.
        array_map('unlink', glob($this->site()->root() . '/tmp/cache/*.cms'));
    }

    /** @return list<array{?string, string, string, string, string}> language of the site, of the browser, the log, the page */
    public static function speakers(): array
    {
        return [
            'a German site, an English person' => ['de_DE', 'en', 'Alle Faktoren entfernt: anna', 'Every factor of this user was removed.'],
            'an English site, a German person' => ['en_US', 'de', 'Every factor removed: anna', 'Jeder Faktor dieses Benutzers wurde entfernt.'],
            'a site that does not say, a German person' => [null, 'de', 'Every factor removed: anna', 'Jeder Faktor dieses Benutzers wurde entfernt.'],
            'a site that speaks what nobody knows' => ['xx_XX', 'en', 'Every factor removed: anna', 'Every factor of this user was removed.'],
        ];
    }

    /** @dataProvider speakers */
    public function test_the_admin_log_is_in_the_language_of_the_site_and_the_page_in_that_of_the_person(?string $site, string $person, string $logged, string $shown): void
    {
        $this->site();
        $this->siteSpeaks($site);
        $admin = $this->enrolled('admin');
        $admin->browser->language = $person;
        $admin->signIn();
        $page = $admin->change('reset', ['user' => '2', 'reason' => 'lost', 'method' => 'backup', 'code' => $admin->codes[0]]);
        self::assertSame($logged, $this->log());
        self::assertStringContainsString($shown, $page->text());
    }

    public function test_the_page_goes_on_in_the_person_s_language_after_a_line_in_the_site_s(): void
    {
        $this->site()->mailSettings(['mailer' => 'smtp', 'host' => '127.0.0.1', 'port' => Site::freePort()]);
        $this->siteSpeaks('de_DE');
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->send($anna->action('preferences'), 'start-email');
        self::assertSame('The e-mail could not be sent. Please use another method, or try again later.', $page->one('//*[@role="alert"]')->textContent);
        self::assertStringStartsWith('Eine E-Mail konnte nicht gesendet werden', $this->log());
        self::assertStringNotContainsString('Ihre Anmeldung', $page->text());
    }

    public function test_every_line_of_the_admin_log_is_in_the_language_of_the_site(): void
    {
        $this->site();
        $this->siteSpeaks('de_DE');
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $admin = $this->administrator();
        $admin->change('unlock', ['user' => '2', 'reason' => 'locked']);
        $admin->change('switch-reset', ['reset' => 'on']);
        $admin->change('switch-reset', ['reset' => 'off']);
        $this->site()->emergency();
        $anna->elsewhere()->givePassword();
        $this->site()->config(['twofactor_emergency' => 'some day']);
        $anna->elsewhere()->givePassword();
        $lines = explode("\n", $this->log());
        self::assertStringStartsWith('twofactor_emergency in config.php wird nicht beachtet: Es müssen zwei Zeiten mit einem Schrägstrich dazwischen sein.', (string) array_pop($lines));
        self::assertSame([
            'anna hat sich mit einem Ersatzcode angemeldet, 9 übrig',
            'Entsperrt: anna',
            'Neues Passwort per Telefon eingeschaltet',
            'Neues Passwort per Telefon abgeschaltet',
            'Notfalleinstellung: anna hat sich ohne zweiten Faktor angemeldet',
            'Notfalleinstellung: Anfragen von anna wurden nicht geprüft',
        ], $lines);
    }

    public function test_the_module_s_reasons_in_the_audit_are_shown_in_the_language_of_the_reader(): void
    {
        $this->enrolled('anna');
        $admin = $this->person('admin');
        $admin->givePassword();
        $user = ['__c' => $admin->key(), 'user_id' => '2', 'user' => 'anna', 'email' => 'anna@example.org', 'password' => 'new one', 'passwordagain' => 'new one', 'active' => '1', 'groups' => ['2'], 'submit' => '1'];
        $admin->browser->post('/admin/edituser.php', $user);
        // From before there was a list of them, and what a person said.
        $this->site()->asOperator(static fn ($verifier) => $verifier->raiseEpoch('2', 'CMS Made Simple', 'groups changed'));
        $this->site()->asOperator(static fn ($verifier) => $verifier->unlock('2', 'bert', 'she rang, groups changed'));
        $kept = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($event) => $event->reason(), [...$verifier->audit('2', 3)]));
        self::assertSame(['she rang, groups changed', 'groups changed', 'password, groups or state changed'], $kept);
        foreach ([
            'en' => ['admin: password, groups or state changed', 'CMS Made Simple: groups changed', 'bert (on the server): she rang, groups changed'],
            'de' => ['admin: Passwort, Gruppen oder Zustand geändert', 'CMS Made Simple: Gruppen geändert', 'bert (auf dem Server): she rang, groups changed'],
        ] as $language => $shown) {
            $reader = $this->person('admin');
            $reader->browser->language = $language;
            $reader->givePassword();
            $text = $reader->action('defaultadmin', ['tab' => 'audit'])->text();
            foreach ($shown as $one) {
                self::assertStringContainsString($one, $text);
            }
        }
    }

    public function test_everything_that_code_writes_for_people_is_in_every_language(): void
    {
        exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(dirname(__DIR__, 3) . '/php/TwoFactor/tests/languages.php'), $faults, $code);
        self::assertSame([[], 0], [$faults, $code]);
    }

    public function test_a_sentence_in_code_is_found(): void
    {
        $module = $this->site()->root() . '/modules/TwoFactor';
        $check = static function () use ($module): array {
            exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg("$module/tests/languages.php"), $faults);
            return $faults;
        };
        self::assertSame([], $check());
        foreach ([
            ['AdminProof', "problem('try_again'", "problem('try_agan'"],
            ['OwnPage', "page(\$user, 'prove_first'", "page(\$user, 'prove_frst'"],
            ['SetUps', "Kept::Destination, 'code_missing'", "Kept::Destination, 'code_mising'"],
            ['Preferences', "goBack('removed_one'", "goBack('removed_on'"],
            ['SignIn', 'show($pending, $method, "wrong_$method->value"', 'show($pending, $method, "worng_$method->value"'],
            ['KeyFile', "'key_no_directory'", "'key_no_directry'"],
            ['Codes', '"log_not_sent_$method->value"', '"log_unsent_$method->value"'],
            ['KeyPage', "log('log_key_created', [\$path])", 'log("Key file created: $path")'],
            ['KeyPage', "\$this->host->log('log_key_created', [\$path])", "\\audit('', 'TwoFactor', \"Key file created: \$path\")"],
            ['SignIn', "[\$user->username, \$left]", "['somebody signed in', \$left]"],
            ['AccountChanges', 'Reason::UserDeleted', "'user gone'"],
            ['Listeners', 'Reason::GroupsChanged', "'groups differ'"],
        ] as [$file, $right, $wrong]) {
            $path = "$module/lib/$file.php";
            $source = (string) file_get_contents($path);
            file_put_contents($path, str_replace($right, $wrong, $source, $count));
            self::assertSame(1, $count, "$file has $right once");
            $faults = $check();
            self::assertNotSame([], $faults, $wrong);
            self::assertStringContainsString("$file.php", $faults[0], $wrong);
            file_put_contents($path, $source);
        }
    }
}
