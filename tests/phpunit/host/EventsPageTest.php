<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** The audit of everybody, searched by kind, user, urgency and time. */
final class EventsPageTest extends HostTestCase
{
    use LicensedSite;

    /** @param array<string, string|int> $query */
    private static function events(Person $who, array $query = []): Page
    {
        return $who->action('defaultadmin', ['tab' => 'events'] + $query);
    }

    /** @return list<string> what the list says happened, the latest first */
    private static function kinds(Page $page): array
    {
        return array_map(
            static fn (\DOMElement $cell) => trim((string) preg_replace('/\s+/', ' ', (string) $cell->firstChild?->textContent)),
            $page->all('//table/tbody/tr/td[3]'),
        );
    }

    public function test_events_are_found_by_kind_user_urgency_and_day(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $page = self::events($admin);
        self::assertTrue($page->has('//nav//a[@aria-current="page"][.="Events"]'));
        $all = self::kinds($page);
        self::assertContains('Method set up', $all);
        self::assertContains('Set-up started', $all);
        self::assertSame(['Method set up', 'Method set up'], self::kinds(self::events($admin, ['type' => 'factor.enrolled'])));
        self::assertCount(1, self::kinds(self::events($admin, ['type' => 'factor.enrolled', 'name' => 'anna'])));
        self::assertStringContainsString('complete and unaltered', self::events($admin, ['name' => 'anna'])->text());
        self::assertNotContains('Set-up started', self::kinds(self::events($admin, ['severity' => 'warning'])));
        self::assertSame([], self::kinds(self::events($admin, ['severity' => 'alert'])));
        $today = date('Y-m-d', $this->site()->clock->now());
        $yesterday = date('Y-m-d', $this->site()->clock->now() - 86400);
        self::assertSame($all, self::kinds(self::events($admin, ['from' => $today, 'until' => $today])));
        self::assertSame([], self::kinds(self::events($admin, ['until' => $yesterday])));
        self::assertSame($all, self::kinds(self::events($admin, ['from' => $yesterday])));
        self::assertStringContainsString('There is no user of that name.', self::events($admin, ['name' => 'nobody'])->text());
        foreach (['2026-02-30', 'today', '2026-1-1'] as $day) {
            self::assertStringContainsString('Enter days such as', self::events($admin, ['from' => $day])->text(), $day);
        }
        // The form shows what was asked.
        $page = self::events($admin, ['type' => 'factor.enrolled', 'severity' => 'warning', 'from' => $today]);
        self::assertSame('factor.enrolled', $page->one('//select[@id="tf-type"]/option[@selected]')?->getAttribute('value'));
        self::assertSame($today, $page->one('//input[@id="tf-from"]')?->getAttribute('value'));
    }

    public function test_a_day_is_found_among_many_and_older_ones_follow_page_by_page(): void
    {
        $admin = $this->start();
        $now = $this->site()->clock->now();
        $days = 20;
        for ($day = $days; $day > 0; $day--) {
            $clock = new class ($now - $day * 86400) {
                public function __construct(private readonly int $time)
                {
                }

                public function now(): \DateTimeImmutable
                {
                    return new \DateTimeImmutable("@$this->time");
                }
            };
            $this->asOperator(static function ($verifier) use ($day): void {
                for ($n = 0; $n < 7; $n++) {
                    $verifier->unlock("u$day", by: 'root', reason: "day $day");
                }
            }, ['clock' => $clock]);
        }
        $day = date('Y-m-d', $now - 9 * 86400);
        $found = self::events($admin, ['from' => $day, 'until' => $day]);
        self::assertCount(7, self::kinds($found));
        self::assertStringContainsString('day 9', $found->text());
        self::assertStringNotContainsString('day 8', $found->text());
        $page = self::events($admin, ['type' => 'account.unlocked']);
        $seen = [];
        while (true) {
            self::assertLessThanOrEqual(50, count(self::kinds($page)));
            $seen = [...$seen, ...self::kinds($page)];
            $next = $page->one('//a[@rel="next"]');
            if ($next === null) {
                break;
            }
            $page = $admin->browser->get($page->resolve($next->getAttribute('href')));
        }
        self::assertCount(7 * $days, $seen);
    }

    /** Events of a server whose clock says so, or was set to it. @param list<string> $users */
    private function unlockedAt(int $time, array $users): void
    {
        $clock = new class ($time) {
            public function __construct(private readonly int $time)
            {
            }

            public function now(): \DateTimeImmutable
            {
                return new \DateTimeImmutable("@$this->time");
            }
        };
        $unlock = static fn ($verifier) => array_map(static fn (string $user) => $verifier->unlock($user, by: 'root', reason: "of $user"), $users);
        $this->asOperator($unlock, ['clock' => $clock]);
    }

    /** @return list<string> whom it was done to, as the file has it */
    private static function inFile(Person $admin, array $asked): array
    {
        $file = self::cells(self::events($admin, ['file' => 'csv', 'type' => 'account.unlocked'] + $asked)->body);
        return array_map(static fn (array $row): string => substr($row[8], 3), array_slice($file, 1));
    }

    /** @return list<string> the same on all pages, of which the file has every one */
    private static function found(Person $admin, array $asked): array
    {
        $asked += ['type' => 'account.unlocked'];
        $page = self::events($admin, $asked);
        for ($seen = []; true; $page = $admin->browser->get($page->resolve($next->getAttribute('href')))) {
            preg_match_all('/of (u[\w-]+)/', implode("\n", array_map(static fn (\DOMElement $row) => $row->textContent, $page->all('//table/tbody/tr'))), $users);
            $seen = [...$seen, ...$users[1]];
            if (($next = $page->one('//a[@rel="next"]')) === null) {
                break;
            }
        }
        self::assertSame([], array_diff($seen, self::inFile($admin, $asked)));
        return $seen;
    }

    public function test_an_event_of_an_earlier_or_later_time_hides_no_other(): void
    {
        $admin = $this->start();
        $now = $this->site()->clock->now();
        $noon = (int) strtotime(date('Y-m-d', $now) . ' 12:00:00');
        $day = static fn (int $ago): string => date('Y-m-d', $noon - $ago * 86400);
        // Every day has more than are looked at in a row where a day is looked for.
        foreach ([4, 3, 2] as $ago) {
            $this->unlockedAt($noon - $ago * 86400, array_map(static fn (int $n) => "u$ago-$n", range(1, 110)));
            // In between one from years ago, and one of a clock that is years ahead.
            $this->unlockedAt(1_000_000_000, ["uback$ago"]);
            $this->unlockedAt($noon + 1000 * 86400, ["uahead$ago"]);
            $this->unlockedAt($noon - $ago * 86400, array_map(static fn (int $n) => "u$ago-$n", range(111, 130)));
        }
        $this->unlockedAt(1_000_000_000, ['ulast']);
        foreach ([4, 3, 2] as $ago) {
            $expected = array_map(static fn (int $n) => "u$ago-$n", range(130, 1));
            self::assertSame($expected, self::found($admin, ['from' => $day($ago), 'until' => $day($ago)]), "$ago days ago");
        }
        self::assertCount(260 + 3, self::found($admin, ['from' => $day(3)]));
        // What lies far from its day the page may not find, and says so; the file has it.
        self::assertSame([], array_diff(self::found($admin, ['until' => '2001-12-31']), ['ulast', 'uback4', 'uback3', 'uback2']));
        self::assertSame(['ulast', 'uback2', 'uback3', 'uback4'], self::inFile($admin, ['until' => '2001-12-31']));
        $page = self::events($admin, ['until' => '2001-09-08']);
        self::assertStringContainsString('a file goes through all events', $page->text());
        self::assertCount(2, $page->all('//a[@download]'));
        self::assertStringNotContainsString('a file goes through all events', self::events($admin)->text());
        self::assertCount(130 + 4, self::inFile($admin, ['until' => $day(4)]));
        // A thousand of before in a row are the end.
        $this->unlockedAt(1_100_000_000, array_map(static fn (int $n) => "uold$n", range(1, 1000)));
        $page = self::events($admin, ['from' => $day(9)]);
        self::assertCount(0, self::kinds($page));
        self::assertFalse($page->has('//a[@rel="next"]'));
        self::assertCount(3 * 130, self::inFile($admin, ['from' => $day(9), 'until' => $day(0)]), 'the file goes on');
        $this->unlockedAt($now, ['unew']);
        self::assertSame('unew', self::inFile($admin, ['from' => $day(9)])[0]);
        self::assertContains('unew', self::found($admin, ['from' => $day(9)]));
    }

    /** @return list<list<string>> */
    private static function cells(string $csv): array
    {
        $stream = fopen('php://memory', 'r+');
        fwrite($stream, $csv);
        rewind($stream);
        $rows = [];
        while (($row = fgetcsv($stream, null, ',', '"', '')) !== false) {
            $rows[] = $row;
        }
        return $rows;
    }

    public function test_all_events_that_are_found_are_a_file_with_what_the_page_shows(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $this->enrolled('bert');
        $asked = ['type' => 'factor.enrolled', 'severity' => 'warning'];
        $page = self::events($admin, $asked);
        self::assertCount(2, $page->all('//a[@download]'));
        $file = $admin->browser->get($page->resolve((string) $page->one('//a[@download][contains(@href, "csv")]')?->getAttribute('href')));
        self::assertSame('text/csv; charset=utf-8; header=present', $file->header('Content-Type'));
        self::assertMatchesRegularExpression('/^attachment; filename="two-factor-events-[\d-]+\.csv"$/', (string) $file->header('Content-Disposition'));
        self::assertSame('no-store', $file->header('Cache-Control'));
        self::assertSame('nosniff', $file->header('X-Content-Type-Options'));
        [$head, $first, , $last] = $rows = self::cells($file->body);
        self::assertCount(4, $rows, 'all three set-ups, and nothing else');
        $row = array_combine($head, $first);
        self::assertSame(['bert', 'Method set up', 'warning', 'Authenticator app'], [$row['user'], $row['event'], $row['severity'], $row['method']]);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/', $row['time']);
        self::assertSame('admin', array_combine($head, $last)['user'], 'the latest first');
        // What it has of an event stands on the page, but for how the time is written and the urgency, which the page looks for.
        foreach (array_diff_key($row, ['time' => 0, 'severity' => 0]) as $cell) {
            self::assertStringContainsString($cell, $page->text());
        }
        $lines = self::events($admin, ['file' => 'jsonl'] + $asked);
        self::assertSame('application/jsonl; charset=utf-8', $lines->header('Content-Type'));
        $read = array_map(static fn (string $line) => json_decode($line, true, 2, JSON_THROW_ON_ERROR), explode("\n", rtrim($lines->body)));
        self::assertSame($row, $read[0]);
        self::assertCount(3, $read);
        self::assertStringContainsString('List of events downloaded', implode("\n", $this->site()->pdo()->query("SELECT action FROM cms_adminlog")->fetchAll(\PDO::FETCH_COLUMN)));
        self::assertNull(self::events($admin, ['file' => 'exe'] + $asked)->header('Content-Disposition'), 'no other file');
        self::assertNull(self::events($admin, ['file' => 'csv', 'from' => 'never'])->header('Content-Disposition'), 'not of what cannot be looked for');
        self::assertCount(0, self::events($admin, ['severity' => 'alert'])->all('//a[@download]'), 'nothing, nowhere');
    }

    public function test_a_file_has_all_of_many_events_and_what_people_wrote_is_no_formula(): void
    {
        $admin = $this->start();
        $many = 2100;
        $this->asOperator(static function ($verifier) use ($many): void {
            for ($n = 0; $n < $many; $n++) {
                $verifier->unlock('u' . $n % 7, by: '@operator', reason: "=HYPERLINK(\"https://x.example/$n\")\r\n-2");
            }
        });
        $file = self::events($admin, ['type' => 'account.unlocked', 'file' => 'csv']);
        $rows = self::cells($file->body);
        self::assertCount($many + 1, $rows);
        $column = array_flip($rows[0]);
        self::assertCount($many, array_unique(array_column(array_slice($rows, 1), $column['reason'])), 'each once');
        foreach (array_slice($rows, 1) as $row) {
            foreach ($row as $cell) {
                self::assertDoesNotMatchRegularExpression('/\A\s*[=+\-@\t\r]/', $cell);
            }
        }
        self::assertStringStartsWith("'=HYPERLINK", $rows[1][$column['reason']]);
        self::assertStringStartsWith("'@operator", $rows[1][$column['by']]);
    }

    public function test_whoever_is_no_administrator_or_has_no_licence_sees_none(): void
    {
        $admin = $this->start(isLicensed: false);
        self::assertStringContainsString('there is no licence that counts now', self::events($admin)->text());
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertFalse(self::events($anna)->has('//table'));
        foreach ([$admin, $anna, $this->person('bert')] as $who) {
            foreach (['csv', 'jsonl'] as $kind) {
                $answer = self::events($who, ['file' => $kind]);
                self::assertNull($answer->header('Content-Disposition'), $who->name);
                self::assertStringNotContainsString('Method set up', $answer->body, $who->name);
            }
        }
    }

    public function test_every_kind_of_event_can_be_chosen(): void
    {
        require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/AdminPage.php';
        require_once dirname(__DIR__, 3) . '/php/TwoFactorPro/lib/EventsPage.php';
        $design = explode("\n", (string) file_get_contents(dirname(__DIR__, 3) . '/docs/design.md'));
        preg_match_all('/`([a-z-]+\.[a-z-]+|unreadable)`/', implode('', preg_grep('/^`challenge\.opened` · /', $design)), $all);
        self::assertGreaterThan(50, count($all[1]));
        self::assertEqualsCanonicalizing($all[1], \TwoFactorProModule\EventsPage::KINDS);
    }
}
