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
