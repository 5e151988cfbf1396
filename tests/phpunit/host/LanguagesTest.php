<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;
use TwoFactor\Method;

/** What the extension has a name for, every language has a text for. */
final class LanguagesTest extends TestCase
{
    /** @return array<string, array{string}> */
    public static function languages(): array
    {
        $module = dirname(__DIR__, 3) . '/php/TwoFactor/lang';
        $files = [...glob("$module/*.php"), ...glob("$module/ext/*.php")];
        return array_combine(array_map(static fn (string $file) => basename($file, '.php'), $files), array_map(static fn (string $file) => [$file], $files));
    }

    /** @return array<string, string> */
    private static function texts(string $file): array
    {
        $lang = [];
        require $file;
        return $lang;
    }

    public function test_there_are_two(): void
    {
        self::assertSame(['en_US', 'de_DE'], array_keys(self::languages()));
    }

    /** @dataProvider languages */
    public function test_every_kind_of_event_has_a_text(string $file): void
    {
        $root = dirname(__DIR__, 3);
        preg_match_all('/#\[serde\(rename = "([a-z.]+)"\)\]/', file_get_contents("$root/src/audit.rs"), $written);
        preg_match_all('/`([a-z]+\.[a-z]+)` ·|· `([a-z]+\.[a-z]+)`/', file_get_contents("$root/docs/design.md"), $told);
        $kinds = array_unique(array_filter([...$written[1], ...$told[1], ...$told[2], 'unreadable']));
        self::assertGreaterThan(20, count($kinds));
        self::assertContains('providers.resealed', $kinds);
        $keys = array_map(static fn (string $kind) => 'audit_' . strtr($kind, '.-', '__'), $kinds);
        self::assertSame([], array_values(array_diff($keys, array_keys(self::texts($file)))));
    }

    /** @dataProvider languages */
    public function test_every_method_has_its_texts(string $file): void
    {
        $keys = [];
        foreach ([Method::Totp, Method::Sms, Method::Voice, Method::WhatsApp, Method::Email, Method::BackupCode] as $method) {
            array_push($keys, "method_$method->value", "code_of_$method->value", "use_$method->value");
            $keys[] = in_array($method, [Method::Totp, Method::BackupCode], true) ? "hint_$method->value" : "send_$method->value";
        }
        self::assertSame([], array_values(array_diff($keys, array_keys(self::texts($file)))));
    }
}
