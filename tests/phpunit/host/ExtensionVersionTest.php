<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Module and extension are of one release: where they are not, it is as if the extension was missing. */
final class ExtensionVersionTest extends HostTestCase
{
    /** The files of a module of another version, over the extension that is here. */
    private function moduleIs(string $version): void
    {
        $this->edit('TwoFactor.module.php', "VERSION = '" . self::extension() . "'", "VERSION = '$version'");
    }

    private function edit(string $file, string $from, string $to): void
    {
        $path = $this->site()->root() . "/modules/TwoFactor/$file";
        $code = (string) file_get_contents($path);
        self::assertSame(1, substr_count($code, $from), $file);
        file_put_contents($path, str_replace($from, $to, $code));
        $this->site()->start();
    }

    /** Its files are put back. */
    private function moduleIsOfTheRelease(): void
    {
        copy(dirname(__DIR__, 3) . '/php/TwoFactor/TwoFactor.module.php', $this->site()->root() . '/modules/TwoFactor/TwoFactor.module.php');
        $this->site()->start();
    }

    private static function extension(): string
    {
        return (string) phpversion('twofactor');
    }

    private function givePasswordTo(int $id, string $name, Person $admin, string $password): Page
    {
        return $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => (string) $id, 'user' => $name, 'email' => "$name@example.org",
            'password' => $password, 'passwordagain' => $password, 'active' => '1', 'groups' => [], 'submit' => '1']);
    }

    public function test_whatever_is_of_one_release_has_one_version(): void
    {
        $top = dirname(__DIR__, 3);
        $found = static function (string $file, string $pattern) use ($top): string {
            $is = preg_match($pattern, (string) file_get_contents("$top/$file"), $match);
            self::assertSame(1, $is, $file);
            return $match[1];
        };
        $all = [
            'extension' => self::extension(),
            'crate' => $found('Cargo.toml', '/^version = "([^"]+)"/m'),
            'changelog' => $found('CHANGELOG.md', '/^## (\S+)/m'),
            'module' => $found('php/TwoFactor/TwoFactor.module.php', "/const VERSION = '([^']+)'/"),
            'changelog of the module' => $found('php/TwoFactor/changelog.html', '~^<h3>([^<]+)</h3>~'),
            'TwoFactorPro' => $found('php/TwoFactorPro/lib/TwoFactorPro.php', "/function GetVersion\(\)\s*\{\s*return '([^']+)'/"),
            'what TwoFactorPro needs' => $found('php/TwoFactorPro/lib/TwoFactorPro.php', "/\['TwoFactor' => '([^']+)'\]/"),
            'changelog of TwoFactorPro' => $found('php/TwoFactorPro/changelog.html', '~^<h3>([^<]+)</h3>~'),
        ];
        self::assertSame(array_fill_keys(array_keys($all), self::extension()), $all, 'raise all of them together');
    }

    /** @return array<string, array{string}> */
    public static function others(): array
    {
        return ['an extension that is a little older' => ['4.0.1'], 'an older one' => ['4.1.0'], 'of the major version before' => ['5.0.0'], 'of the next one' => ['3.9.0']];
    }

    /** @dataProvider others */
    public function test_nobody_is_let_in_and_operators_read_what_to_do(string $version): void
    {
        $anna = $this->enrolled();
        $bert = $this->person('bert');
        $bert->givePassword();
        $this->moduleIs($version);
        self::assertSame(503, $bert->browser->get('/admin/index.php')->status, 'who is signed in');
        foreach ([$anna, $this->person('admin')] as $person) {
            $page = $person->givePassword();
            self::assertSame(503, $page->status, $page->text());
            self::assertStringNotContainsString($version, $page->text(), 'a stranger learns nothing of what is wrong');
            self::assertOut($person);
        }
        $extension = self::extension();
        $why = "The PHP extension \"twofactor\" is version $extension, and the module TwoFactor $version cannot work with it:"
            . ' bring both to the same version, the extension first, and restart PHP.';
        self::assertStringContainsString("nobody can be verified: $why", $this->site()->log());
        $logged = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor' ORDER BY timestamp DESC")->fetchColumn();
        self::assertStringContainsString($why, (string) $logged);
        [$status, $said] = $this->operator();
        self::assertSame([1, true], [$status, str_contains($said, "problem  open    $why")], $said);
        // The emergency setting holds, as it does without the extension.
        $this->site()->emergency();
        $anna->givePassword();
        self::assertIn($anna);
        $this->site()->config(['twofactor_emergency' => null]);
        $this->moduleIsOfTheRelease();
        self::assertChallenged($anna->elsewhere()->givePassword());
        self::assertIn($bert);
    }

    public function test_an_older_module_goes_on_under_a_newer_extension_of_its_major_version(): void
    {
        $anna = $this->enrolled();
        $this->moduleIs(self::extension() . '-beta');
        $anna->signIn();
        self::assertIn($anna);
    }

    public function test_a_password_that_is_changed_meanwhile_ends_sign_ins_as_soon_as_they_fit(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $this->moduleIs('4.1.0');
        $this->site()->emergency();
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $this->givePasswordTo(2, 'anna', $admin, 'another one');
        self::assertLessThan(400, $page->status, $page->text());
        $this->site()->config(['twofactor_emergency' => null]);
        $this->moduleIsOfTheRelease();
        self::assertOut($anna, 'the password is another one');
    }

    /** @return array<string, array{string}> */
    public static function callsThatItDoesNotKnow(): array
    {
        return ['an argument too many' => [', $endsTrust, 1)'], 'a name' => [', later: $endsTrust)']];
    }

    /**
     * Builds of one version may differ before it is released.
     *
     * @dataProvider callsThatItDoesNotKnow
     */
    public function test_a_call_that_the_extension_does_not_know_is_as_if_it_did_not_answer(string $call): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->administrator();
        $this->edit('lib/AccountChanges.php', ', $endsTrust)', $call);
        $page = $this->givePasswordTo(2, 'anna', $admin, 'another one');
        self::assertLessThan(400, $page->status, $page->text());
        self::assertMatchesRegularExpression('/nobody can be verified: .*(expects at most|Unknown named parameter)/', $this->site()->log());
        self::assertOut($anna, 'the password is another one');
    }

    public function test_installing_is_refused_and_leaves_nothing_behind(): void
    {
        $site = $this->site([], false);
        $this->moduleIs('4.1.0');
        $said = $site->install(refused: true);
        self::assertStringContainsString('is version ' . self::extension() . ' and does not work with version 4.1.0 of this module', $said);
        self::assertFalse($site->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        $anna = $this->person('anna');
        $anna->givePassword();
        self::assertIn($anna);
    }

    /** No key yet: nobody has a factor, nobody is kept out, and no key is made by what does not fit. */
    public function test_before_there_is_a_key_the_page_says_what_to_do(): void
    {
        $database = getenv('HOST_DATABASE') ?: getenv('TWOFACTOR_TEST_MYSQL') ?: self::fail('needs a MariaDB: TWOFACTOR_TEST_MYSQL');
        $site = $this->site(['database' => $database, 'modules' => ['TwoFactor'], 'ini' => []], false);
        $site->install();
        $this->moduleIs('4.1.0');
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $admin->action('defaultadmin');
        self::assertStringContainsString('is version ' . self::extension() . ' and does not work with version 4.1.0 of this module', $page->text());
        self::assertFalse($page->has('//input[@name="m1_path"]'));
        $admin->change('create-key', ['path' => $site->folder . '/store/site.key']);
        self::assertFileDoesNotExist($site->folder . '/store/site.key');
    }

    /** @return array{int, string} status, and what it said */
    private function operator(string ...$arguments): array
    {
        $site = $this->site();
        $command = [PHP_BINARY, '-d', 'extension=' . Site::extension()];
        foreach ($site->ini() as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        array_push($command, $site->root() . '/modules/TwoFactor/operator.php', ...$arguments);
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
        return [$status, implode("\n", $lines)];
    }
}
