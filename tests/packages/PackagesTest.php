<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;

/**
 * What script/pack makes, of the extension and the program that the other suites use. Maintainer scripts run in a folder in the
 * place of /, as dpkg runs them there (DPKG_ROOT), with a helper of PHP and a debconf that say what they were asked.
 * tests/packages/debian does all of it in a whole Debian.
 */
final class PackagesTest extends TestCase
{
    private static string $folder;
    private string $root;

    public static function setUpBeforeClass(): void
    {
        self::$folder = sys_get_temp_dir() . '/twofactor-packages-' . bin2hex(random_bytes(4));
        foreach (['one', 'two'] as $name) {
            // Another time, place, language and mask.
            $other = $name === 'two' ? ['TZ' => 'Asia/Tokyo', 'LC_ALL' => 'de_DE.UTF-8', 'TMPDIR' => self::$folder] : [];
            is_dir(self::$folder) || mkdir(self::$folder, 0700);
            umask($other ? 077 : 022);
            self::call([self::source('script/pack'), getenv('TWOFACTOR_EXTENSION'), self::program(), self::$folder . "/$name"], $other + [
                'DPKG_DEB_COMPRESSOR_TYPE' => 'none',
                'SOURCE_DATE_EPOCH' => '1700000000',
            ]);
            umask(022);
        }
    }

    public static function tearDownAfterClass(): void
    {
        self::call(['rm', '-rf', self::$folder]);
    }

    protected function setUp(): void
    {
        $this->root = self::$folder . '/' . bin2hex(random_bytes(4));
        self::call(['dpkg-deb', '-R', self::deb(), $this->root]);
        $php = self::php();
        $this->put('/usr/lib/php/php-maintscript-helper', "php_invoke() { echo \"\$*\" >>\"\$DPKG_ROOT/asked\"; }\n");
        $this->put('/usr/share/debconf/confmodule', <<<SH
            db_input() { [ "\$2" = php$php-twofactor/remove-key-and-store ]; }
            db_go() { :; }
            db_get() { RET=\$(cat "\$DPKG_ROOT/answer"); }
            db_purge() { :; }
            SH);
        $this->put('/answer', 'false');
    }

    public function test_the_same_files_give_the_same_bytes_wherever_and_whenever_they_are_packed(): void
    {
        $version = self::version();
        $names = array_map(basename(...), glob(self::$folder . '/one/*'));
        $system = 'linux-' . (trim((string) shell_exec('getconf GNU_LIBC_VERSION 2>/dev/null')) === '' ? 'musl' : 'glibc');
        $kind = (PHP_DEBUG ? '-debug' : '') . (PHP_ZTS ? '-zts' : '');
        self::assertSame([
            "TwoFactor-$version.xml", "TwoFactor-$version.zip", "TwoFactorPro-$version.xml", "TwoFactorPro-$version.zip",
            'php' . self::php() . "-twofactor_{$version}_" . trim((string) shell_exec('dpkg --print-architecture')) . '.deb',
            "php_twofactor-{$version}_php" . self::php() . '-' . php_uname('m') . "-$system$kind.zip",
        ], $names);
        foreach ($names as $name) {
            self::assertFileEquals(self::$folder . "/one/$name", self::$folder . "/two/$name", $name);
        }
    }

    public function test_the_installation_makes_a_key_for_root_alone_and_has_php_load_the_extension(): void
    {
        self::assertSame(0700, fileperms($this->root . '/etc/twofactor') & 0777);
        self::assertSame(0700, fileperms($this->root . '/var/lib/twofactor') & 0777);
        self::assertStringContainsString(' www-data/www-data ', self::line('var/lib/twofactor/'));
        self::assertStringContainsString(' root/root ', self::line('etc/twofactor/'));
        $said = $this->script('postinst', 'configure', '');
        self::assertStringContainsString('restarts PHP-FPM', $said);
        self::assertSame(0600, fileperms($this->key()) & 0777);
        self::assertMatchesRegularExpression('/^k[0-9a-f]{12} = \S{44}$/m', file_get_contents($this->key()));
        self::assertSame('enmod ' . self::php() . " ALL twofactor\n", file_get_contents($this->root . '/asked'));
        // It names the key, and no store: the module of a CMS has its own.
        $settings = parse_ini_file($this->root . '/etc/php/' . self::php() . '/mods-available/twofactor.ini', false, INI_SCANNER_RAW);
        self::assertSame(['extension' => 'twofactor.so', 'twofactor.key_file' => '/etc/twofactor/keys'], $settings);
    }

    public function test_a_key_that_is_there_is_never_touched(): void
    {
        foreach (['', '3.9', self::version()] as $before) {
            file_put_contents($this->key(), 'the key of before');
            chmod($this->key(), 0640);
            $this->script('postinst', 'configure', $before);
            self::assertSame('the key of before', file_get_contents($this->key()), $before);
            self::assertSame(0640, fileperms($this->key()) & 0777);
        }
        // Nor what a link leads to, even where it leads nowhere now: a disk may not be mounted.
        unlink($this->key());
        symlink($this->root . '/mnt/keys', $this->key());
        self::assertStringContainsString('There is no key file', $this->script('postinst', 'configure', ''));
        self::assertTrue(is_link($this->key()));
        self::assertFileDoesNotExist($this->root . '/mnt/keys');
    }

    public function test_where_a_key_was_lost_an_upgrade_makes_none_in_its_place(): void
    {
        self::assertStringContainsString('There is no key file', $this->script('postinst', 'configure', self::version()));
        self::assertFileDoesNotExist($this->key());
    }

    public function test_removing_keeps_key_and_store(): void
    {
        $this->inUse();
        $this->script('postrm', 'remove');
        self::assertFileExists($this->key());
        self::assertFileExists($this->store());
        self::assertSame('dismod ' . self::php() . " ALL twofactor\n", file_get_contents($this->root . '/asked'));
        foreach (['upgrade', 'failed-upgrade', 'abort-install', 'disappear'] as $step) {
            $this->script('postrm', $step, self::version());
            self::assertFileExists($this->key(), $step);
        }
    }

    public function test_purging_keeps_both_unless_the_operator_says_otherwise(): void
    {
        $this->inUse();
        self::call(['rm', '-r', $this->root . '/etc/php']);
        $this->put('/var/lib/php/modules/' . self::php() . '/cli/disabled_by_maint/twofactor', '');
        self::assertStringContainsString('twofactor stays', $this->script('postrm', 'purge'));
        self::assertFileExists($this->key());
        self::assertFileExists($this->store());
        self::assertFileDoesNotExist($this->root . '/var/lib/php/modules/' . self::php() . '/cli/disabled_by_maint/twofactor');
        file_put_contents($this->root . '/answer', 'true');
        self::assertStringNotContainsString('stays', $this->script('postrm', 'purge'));
        self::assertDirectoryDoesNotExist($this->root . '/etc/twofactor');
        self::assertDirectoryDoesNotExist($this->root . '/var/lib/twofactor');
    }

    public function test_purging_asks_nothing_while_another_php_uses_them(): void
    {
        $this->inUse();
        file_put_contents($this->root . '/answer', 'true');
        $this->script('postrm', 'purge');
        self::assertFileExists($this->key());
        self::assertFileExists($this->store());
    }

    public function test_purging_without_debconf_keeps_both(): void
    {
        $this->inUse();
        unlink($this->root . '/usr/share/debconf/confmodule');
        file_put_contents($this->root . '/answer', 'true');
        self::call(['rm', '-r', $this->root . '/etc/php']);
        $this->script('postrm', 'purge');
        self::assertFileExists($this->key());
        self::assertFileExists($this->store());
    }

    public function test_the_package_says_which_php_and_which_system_it_is_for(): void
    {
        $said = static fn (string $field): string => trim(self::call(['dpkg-deb', '-f', self::deb(), $field]));
        self::assertSame('php' . self::php() . '-twofactor', $said('Package'));
        self::assertSame(self::version(), $said('Version'));
        self::assertStringContainsString('phpapi-' . trim((string) shell_exec('php-config --phpapi')), $said('Depends'));
        $needs = (string) shell_exec('readelf -V ' . escapeshellarg(getenv('TWOFACTOR_EXTENSION')));
        if (str_contains($needs, 'GLIBC_ABI_DT_RELR')) {
            self::assertStringContainsString('libc6 (>= 2.36)', $said('Depends'));
        }
        self::assertStringNotContainsString('@', self::call(['dpkg-deb', '--info', self::deb(), 'postinst', 'postrm', 'templates', 'conffiles']));
        self::assertSame('/etc/php/' . self::php() . '/mods-available/twofactor.ini', trim(file_get_contents($this->root . '/DEBIAN/conffiles')));
        // Every command has its page, and no other file of the system is in the package.
        self::assertFileExists($this->root . '/usr/share/man/man1/twofactor-user-temp-code.1.gz');
        self::assertSame(['etc/php', 'etc/twofactor', 'usr/lib', 'usr/sbin', 'usr/share', 'var/lib'], array_values(array_filter(
            array_map(fn (string $path): string => substr($path, strlen($this->root) + 1), glob($this->root . '/{etc,usr,var}/*', GLOB_BRACE)),
        )));
    }

    public function test_composer_has_pie_take_the_archive_before_it_compiles(): void
    {
        $composer = json_decode(file_get_contents(self::source('composer.json')), true);
        self::assertSame(['pre-packaged-binary', 'composer-default'], $composer['php-ext']['download-url-method']);
        self::assertSame('twofactor', $composer['php-ext']['extension-name']);
        [$archive] = glob(self::$folder . '/one/php_twofactor-*.zip');
        self::assertSame(['LICENSE', 'LICENSE-UNICODE', 'THIRD-PARTY-LICENCES', 'twofactor.so'], $this->names($archive));
        self::call(['unzip', '-q', '-d', $this->root . '/pie', $archive]);
        self::assertFileEquals(getenv('TWOFACTOR_EXTENSION'), $this->root . '/pie/twofactor.so');
    }

    /** The engine makes the module's folder of the first entry and writes nothing of it; then each as it stands. */
    public function test_the_modules_packages_have_each_file_of_the_module_and_are_small_enough_to_upload(): void
    {
        foreach (['TwoFactor' => [], 'TwoFactorPro' => ['TwoFactor' => self::version()]] as $name => $needed) {
            $package = self::$folder . "/one/$name-" . self::version();
            // PHP's own upload_max_filesize is 2 MB.
            self::assertLessThan(2_000_000, filesize("$package.xml"));
            $module = simplexml_load_file("$package.xml");
            self::assertSame(['1.3', $name, self::version(), '2.2.20'], array_map(strval(...), [$module->dtdversion, $module->name, $module->version, $module->mincmsversion]));
            $requires = [];
            foreach ($module->requires as $one) {
                $requires[(string) $one->requiredname] = (string) $one->requiredversion;
            }
            self::assertSame($needed, $requires);
            self::assertStringContainsString('<', base64_decode((string) $module->help));
            $written = $folders = [];
            foreach ($module->file as $file) {
                if ($folders === []) {
                    // Of which the engine makes the module's folder.
                    $folders = [''];
                    continue;
                }
                $path = (string) $file->filename;
                self::assertContains(dirname($path) === '/' ? '' : dirname($path), $folders, $path);
                (string) $file->isdir === '1' ? $folders[] = $path : $written[$name . $path] = base64_decode((string) $file->data, true);
            }
            self::call(['unzip', '-q', '-d', $this->root . '/modules', "$package.zip"]);
            $unpacked = [];
            foreach ($this->names("$package.zip") as $path) {
                $unpacked[$path] = file_get_contents($this->root . "/modules/$path");
            }
            ksort($written);
            ksort($unpacked);
            self::assertSame($unpacked, $written);
            self::assertSame(file_get_contents(self::source("php/$name/$name.module.php")), $written["$name/$name.module.php"]);
            self::assertArrayHasKey("$name/LICENSE", $written);
            self::assertSame([], preg_grep('~/tests/~', array_keys($written)));
            self::assertSame([], array_diff(explode("\n", trim(self::call(['git', '-C', self::source('php'), 'ls-files', '--', $name, ":!$name/tests"]))), array_keys($written)));
        }
    }

    private function inUse(): void
    {
        $this->put('/etc/twofactor/keys', 'a key');
        $this->put('/var/lib/twofactor/twofactor.sqlite', 'a store');
    }

    private function key(): string
    {
        return $this->root . '/etc/twofactor/keys';
    }

    private function store(): string
    {
        return $this->root . '/var/lib/twofactor/twofactor.sqlite';
    }

    private function put(string $path, string $text): void
    {
        is_dir(dirname($this->root . $path)) || mkdir(dirname($this->root . $path), 0755, true);
        file_put_contents($this->root . $path, $text);
    }

    /** @return list<string> in their order */
    private function names(string $archive): array
    {
        return explode("\n", trim(self::call(['unzip', '-Z1', $archive])));
    }

    /** As dpkg calls it. @return string what it says */
    private function script(string $name, string ...$arguments): string
    {
        return self::call(['sh', $this->root . "/DEBIAN/$name", ...$arguments], ['DPKG_ROOT' => $this->root, 'DPKG_MAINTSCRIPT_NAME' => $name]);
    }

    private static function line(string $path): string
    {
        return implode('', preg_grep('~\./' . preg_quote($path) . '$~', explode("\n", self::call(['dpkg-deb', '-c', self::deb()]))));
    }

    private static function deb(): string
    {
        return glob(self::$folder . '/one/*.deb')[0];
    }

    private static function php(): string
    {
        return PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
    }

    private static function version(): string
    {
        preg_match('/^version = "(.*)"$/m', file_get_contents(self::source('Cargo.toml')), $found);
        return $found[1];
    }

    /** Without what a debugger wants, ten times as large. */
    private static function program(): string
    {
        $stripped = self::$folder . '/twofactor';
        is_file($stripped) || self::call(['strip', '-o', $stripped, getenv('TWOFACTOR_TEST_PROGRAM') ?: self::source('target/debug/twofactor')]);
        return $stripped;
    }

    private static function source(string $path): string
    {
        return dirname(__DIR__, 2) . "/$path";
    }

    /** @param array<string, string> $environment besides that of this process */
    private static function call(array $command, array $environment = []): string
    {
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes, null, $environment + getenv());
        $said = stream_get_contents($pipes[1]);
        $status = proc_close($process);
        clearstatcache();
        self::assertSame(0, $status, implode(' ', $command) . ":\n$said");
        return $said;
    }
}
