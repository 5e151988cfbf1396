<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;
use TwoFactor\Health;
use TwoFactor\Method;
use TwoFactorModule\HealthReport;

foreach (['AdminPage', 'HealthReport', 'View'] as $class) {
    require_once dirname(__DIR__, 3) . "/php/TwoFactor/lib/$class.php";
}

/** What the extension has a name for, every language has a text for. */
final class LanguagesTest extends TestCase
{
    /** How each says that a sign-in cannot be finished, and that one has to sign in again. */
    private const SAID = [
        'en_US' => ['cannot finish ', '(has|have) to sign in again'],
        'de_DE' => ['nicht mehr anmelden|nicht abschließen|Um sich hier anzumelden', 'müssen sich alle.*neu anmelden'],
        'es_ES' => ['no (puede|podrá) terminar', 'deben volver a iniciar sesión'],
        'fi_FI' => ['e[ti] voi (enää )?viimeistellä', 'on kirjauduttava uudelleen'],
        'fr_FR' => ['ne (pouvez|pourrez) (pas|plus) terminer|ne peut plus être terminée', 'doivent se reconnecter'],
        'he_IL' => ['אי אפשר( יהיה)? להשלים', 'צריך להיכנס מחדש'],
        'it_IT' => ['non (può|potrà)( più)? completare', 'deve accedere di nuovo'],
    ];

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

    public function test_there_are_the_seven_of_the_messages(): void
    {
        self::assertSame(array_keys(self::SAID), array_keys(self::languages()));
        preg_match_all('/^ +Self::\w+ => "([a-z]{2})",$/m', file_get_contents(dirname(__DIR__, 3) . '/src/i18n.rs'), $spoken);
        $spoken = $spoken[1];
        $written = array_map(static fn (string $name) => substr($name, 0, 2), array_keys(self::SAID));
        sort($spoken);
        sort($written);
        self::assertSame($spoken, $written);
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

    /** @dataProvider languages */
    public function test_everything_that_health_can_find_is_a_sentence_with_values_that_there_are(string $file): void
    {
        $texts = self::texts($file);
        $sentences = Health::sentences();
        self::assertGreaterThan(60, count($sentences));
        self::assertArrayHasKey('key.generated', $sentences);
        foreach ($sentences as $id => $english) {
            $text = $texts[HealthReport::key($id)] ?? self::fail("$id has no text");
            preg_match_all('/\{\w+\}/', $english, $offered);
            preg_match_all('/\{\w+\}/', $text, $used);
            self::assertSame([], array_values(array_diff($used[0], $offered[0])), "$id: $text");
            self::assertNotSame('', trim($text), $id);
        }
    }

    /** A mail that tells of a change calls things what the page calls them on which one looks for them. */
    public function test_mails_and_pages_have_the_same_words(): void
    {
        $written = file_get_contents(dirname(__DIR__, 3) . '/src/notice/languages.rs');
        foreach (['de_DE' => 'GERMAN', 'en_US' => 'ENGLISH', 'es_ES' => 'SPANISH', 'fi_FI' => 'FINNISH', 'fr_FR' => 'FRENCH', 'he_IL' => 'HEBREW', 'it_IT' => 'ITALIAN'] as $name => $of) {
            $texts = self::texts(self::languages()[$name][0]);
            self::assertSame(1, preg_match("/^const $of: NoticeTexts = NoticeTexts \{(.*?)^\};/ms", $written, $told));
            foreach (['app' => 'method_totp', 'backup_codes' => 'method_backup', 'recovery_codes' => 'method_recovery'] as $word => $key) {
                self::assertSame(1, preg_match("/^    $word: \"(.*)\",$/m", $told[1], $found), "$of $word");
                self::assertSame($found[1], $texts[$key], "$name $key");
            }
        }
    }

    public function test_german_speaks_of_methods_and_of_scanning(): void
    {
        $files = self::languages();
        $texts = self::texts($files['de_DE'][0]);
        unset($texts['help']);
        self::assertSame([], preg_grep('/\bWege?n?\b|[Aa]bfotografier|einlesen/u', $texts));
        self::assertStringContainsString('Methode', $texts['not_sent_number']);
        self::assertStringStartsWith('Scannen Sie', $texts['setup_scan']);
    }

    /** @dataProvider languages */
    public function test_no_sign_in_is_said_to_end_where_it_cannot_be_finished(string $file): void
    {
        $texts = self::texts($file);
        self::assertSame([], preg_grep('/sign-in (ends|does not end)|Anmeldung endet|endet keine/u', $texts));
        foreach (['enrolment_due', 'enrolment_due_now', 'enrolment_stands', 'required_first'] as $key) {
            self::assertMatchesRegularExpression('/' . self::SAID[basename($file, '.php')][0] . '/iu', $texts[$key]);
        }
    }

    /** @dataProvider languages */
    public function test_installing_and_uninstalling_say_that_one_has_to_sign_in_again(string $file): void
    {
        $texts = self::texts($file);
        foreach (['installed', 'uninstall_ask'] as $key) {
            self::assertMatchesRegularExpression('/' . self::SAID[basename($file, '.php')][1] . '/u', $texts[$key]);
        }
    }
}
