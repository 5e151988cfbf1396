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
}
