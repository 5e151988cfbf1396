<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** The list of users: found by names and addresses, a page at a time, however many there are. */
final class UsersPageTest extends HostTestCase
{
    private const FIRST = 4;

    /** @return list<string> */
    private static function names(Page $page): array
    {
        return array_map(static fn (\DOMElement $link) => trim($link->textContent), $page->all('//table/tbody/tr/th/a'));
    }

    /** @param string $rel '' from the beginning */
    private static function follow(Person $admin, Page $page, string $rel): ?Page
    {
        $link = $page->one('//p[@class="tf-paging"]/a[' . ($rel === '' ? 'not(@rel)' : "@rel='$rel'") . ']');
        return $link === null ? null : $admin->browser->get($page->resolve($link->getAttribute('href')));
    }

    /** @param list<array{string, string, string, string}> $users name, first and last name, address */
    private function add(array $users): void
    {
        $insert = $this->site()->pdo()->prepare("INSERT INTO cms_users VALUES (?, ?, '', 1, ?, ?, ?, 1, NULL, NULL)");
        foreach ($users as $n => $user) {
            $insert->execute([self::FIRST + $n, ...$user]);
        }
    }

    public function test_users_are_found_by_how_names_and_addresses_begin_and_else_by_what_is_in_them(): void
    {
        $admin = $this->administrator();
        $this->add([
            ['carl', 'Carl', 'Berg', 'chief@example.org'],
            ['dora', 'Dora', 'Carlsen', 'dora@example.com'],
            ['emil', 'Anna Maria', 'Dorn', 'e@example.net'],
            ['100%', 'A_b', 'C\\d', "o'hara@example.org"],
        ]);
        $found = static fn (string $search): array => self::names($admin->action('defaultadmin', ['search' => $search]));
        self::assertSame(['100%', 'admin', 'anna', 'bert', 'carl', 'dora', 'emil'], $found(''));
        foreach ([
            'carl' => ['carl', 'dora'], 'CARL' => ['carl', 'dora'], 'chief@' => ['carl'], 'Anna' => ['anna', 'emil'], 'anna m' => ['emil'],
            'Dorn' => ['emil'], 'dor' => ['dora', 'emil'],
            // Nobody begins so.
            'example.com' => ['dora'], 'aria do' => ['emil'], 'arl' => ['carl', 'dora'], 'zz' => [],
            // Signs of the database's own are letters as any.
            '100%' => ['100%'], '%' => ['100%'], 'a_' => ['100%'], 'c\\' => ['100%'], '!' => [], "o'h" => ['100%'],
        ] as $search => $names) {
            self::assertSame($names, $found((string) $search), (string) $search);
        }
        self::assertStringContainsString('value="&quot;&gt;&lt;b&gt;"', $admin->action('defaultadmin', ['search' => '"><b>'])->body);
    }

    public function test_page_by_page_each_user_comes_once_also_where_some_are_added_and_deleted_meanwhile(): void
    {
        $admin = $this->administrator();
        $this->add(array_map(static fn (int $n) => [sprintf('user%03d', $n), 'Uta', "Last$n", "user$n@example.org"], range(0, 69)));
        $page = $admin->action('defaultadmin');
        self::assertCount(25, $seen = self::names($page));
        self::assertNull(self::follow($admin, $page, ''));
        // Who is in front of the place comes and goes, and nothing behind it moves.
        $this->site()->pdo()->exec("DELETE FROM cms_users WHERE username IN ('user000', 'user003')");
        for ($n = 0; $page = self::follow($admin, $page, 'next'); $n++) {
            $seen = [...$seen, ...self::names($page)];
            self::assertNotNull(self::follow($admin, $page, ''));
        }
        self::assertSame(2, $n);
        self::assertCount(73, $seen);
        self::assertSame($seen, array_values(array_unique($seen)));
        // What was searched for goes along; the second page of it is no other search.
        foreach (['user0' => 68, 'ser0' => 68] as $search => $many) {
            $page = $admin->action('defaultadmin', ['search' => $search]);
            $seen = self::names($page);
            while ($page = self::follow($admin, $page, 'next')) {
                self::assertSame($search, $page->one('//input[@id="tf-search"]')?->getAttribute('value'));
                $seen = [...$seen, ...self::names($page)];
            }
            self::assertCount($many, $seen, $search);
        }
        $past = $admin->action('defaultadmin', ['search' => 'user0', 'after' => 'zz']);
        self::assertSame([], self::names($past), 'past the last who begins so nobody is found who only has it in their name');
        self::assertCount(25, self::names(self::follow($admin, $past, '') ?? self::fail('no way back')));
    }

    public function test_of_many_accounts_so_many_are_looked_at_and_whose_user_is_gone_is_found_from_there_on(): void
    {
        $admin = $this->administrator();
        $this->enrolled('bert');
        $this->site()->asOperator(static function ($verifier): void {
            for ($n = 0; $n < 150; $n++) {
                $verifier->unlock((string) (2000 + $n), by: 'the test', reason: 'to be there');
            }
        }, ['clock' => $this->siteClock()]);
        $this->site()->pdo()->exec('DELETE FROM cms_users WHERE user_id = 3');
        $page = $admin->action('defaultadmin');
        self::assertFalse($page->has('//*[@id="tf-orphans"]'), 'bert is behind the first hundred');
        $more = $page->one('//a[contains(@href, "m1_orphans=")]') ?? self::fail('no way to the others');
        $page = $admin->browser->get($page->resolve($more->getAttribute('href')));
        self::assertSame(['3'], array_map(static fn (\DOMElement $button) => $button->getAttribute('value'), $page->all('//section[@aria-labelledby="tf-orphans"]//button')));
        self::assertNull($page->one('//a[contains(@href, "m1_orphans=")]'), 'these were the last');
        $admin->change('remove-orphan', ['user' => '2']);
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        $admin->send($page, 'remove-orphan');
        self::assertContains('account.reset', $this->site()->audit('3'));
    }
}
