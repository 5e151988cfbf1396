<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;

/** Host is several classes: what the module asks of one of them, it has. */
final class HostPartsTest extends TestCase
{
    public function test_what_the_module_asks_of_a_part_of_its_host_that_part_has(): void
    {
        $module = dirname(__DIR__, 3) . '/php/TwoFactor';
        $parts = ['' => 'Host', 'session' => 'HostSession', 'cookie' => 'EngineCookie', 'users' => 'HostUsers', 'database' => 'HostDatabase', 'pages' => 'HostPages'];
        $has = array_map(static function (string $class) use ($module): array {
            preg_match_all('/^    public (?:static )?function (\w+)\(/m', (string) file_get_contents("$module/lib/$class.php"), $found);
            return $found[1];
        }, $parts);
        $asked = 0;
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($module, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file->getExtension() !== 'php') {
                continue;
            }
            $code = (string) file_get_contents($file->getPathname());
            preg_match_all('/(?:\$this->host|->host\(\)|\$host)\s*->\s*(?:(\w+)\s*->\s*)?(\w+)\(/', $code, $calls, PREG_SET_ORDER);
            foreach ($calls as [, $part, $method]) {
                $asked++;
                self::assertArrayHasKey($part, $parts, "{$file->getFilename()}: $part");
                self::assertContains($method, $has[$part], "{$file->getFilename()}: {$parts[$part]} has no $method()");
            }
        }
        self::assertGreaterThan(100, $asked);
    }

    public function test_what_the_module_asks_the_extension_it_can_be_asked(): void
    {
        $lib = dirname(__DIR__, 3) . '/php/TwoFactor/lib';
        preg_match_all('/^    public function (\w+)\(/m', (string) file_get_contents("$lib/Verification.php"), $own);
        $known = [...$own[1], ...get_class_methods(\TwoFactor\Verifier::class)];
        $asked = 0;
        foreach ([...glob("$lib/*.php"), ...glob("$lib/../*.php")] as $file) {
            preg_match_all('/->verification\s*->(\w+)\(/', (string) file_get_contents($file), $calls);
            foreach ($calls[1] as $method) {
                $asked++;
                self::assertContains($method, $known, basename($file));
            }
        }
        self::assertGreaterThan(60, $asked);
    }

    /** What is asked for by a class's name, and everything that its constructor names in turn. */
    public function test_every_part_is_made_of_parts_and_none_needs_itself(): void
    {
        $lib = dirname(__DIR__, 3) . '/php/TwoFactor/lib';
        $loads = static function (string $class) use ($lib): void {
            $file = $lib . '/' . substr($class, strlen('TwoFactorModule\\')) . '.php';
            str_starts_with($class, 'TwoFactorModule\\') && is_file($file) && require $file;
        };
        spl_autoload_register($loads);
        $code = implode('', array_map('file_get_contents', [...glob("$lib/*.php"), ...glob("$lib/../*.php")]));
        preg_match_all('/->get\((?:TwoFactorModule\\\\)?(\w+)::class\)/', $code, $asked);
        $roots = array_unique([...array_map(static fn (string $name) => "TwoFactorModule\\$name", $asked[1]), ...array_values(\TwoFactorModule\Administration::PAGES)]);
        self::assertGreaterThan(12, count($roots));
        $made = [];
        $make = function (string $class, array $within) use (&$make, &$made): void {
            self::assertNotContains($class, $within, implode(' > ', $within));
            if (in_array($class, ['TwoFactor', \TwoFactorModule\Services::class], true) || isset($made[$class])) {
                return;
            }
            foreach ((new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [] as $part) {
                $make((string) $part->getType(), [...$within, $class]);
            }
            $made[$class] = true;
        };
        foreach ($roots as $root) {
            $make($root, []);
        }
        spl_autoload_unregister($loads);
        self::assertGreaterThan(35, count($made));
    }
}
