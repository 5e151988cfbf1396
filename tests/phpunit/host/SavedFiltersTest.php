<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** What an administrator often looks for, under names: theirs alone, so many and no longer, and changed by their own form only. */
final class SavedFiltersTest extends HostTestCase
{
    use LicensedSite;

    private const ENROLLED = ['type' => 'factor.enrolled', 'severity' => 'warning', 'name' => 'anna', 'from' => '2026-01-31', 'until' => ''];

    /** @param array<string, string> $asked */
    private static function look(Person $who, string $tab, array $asked = []): Page
    {
        return $who->action('defaultadmin', ['tab' => $tab] + $asked);
    }

    /** @param array<string, string> $asked */
    private static function save(Person $who, string $tab, array $asked, string $name): Page
    {
        return $who->send(self::look($who, $tab, $asked), "$tab-filter-save", ['filter' => $name]);
    }

    /** @return list<string> */
    private static function names(Page $page): array
    {
        return array_map(static fn (\DOMElement $link) => $link->textContent, $page->all('//ul[@class="tf-saved"]//a'));
    }

    public function test_a_filter_is_saved_listed_as_a_link_replaced_and_removed(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $page = self::save($admin, 'events', self::ENROLLED, 'Set up by anna');
        self::assertStringContainsString('The filter is saved.', $page->text());
        self::assertSame('factor.enrolled', $page->one('//select[@id="tf-type"]/option[@selected]')?->getAttribute('value'), 'the page shows what it finds');
        self::assertSame('true', $page->one('//ul[@class="tf-saved"]//a')?->getAttribute('aria-current'));
        $page = self::look($admin, 'events');
        $link = $page->one('//ul[@class="tf-saved"]//a') ?? self::fail('no link');
        self::assertSame('', $link->getAttribute('aria-current'));
        $found = $admin->browser->get($page->resolve($link->getAttribute('href')));
        self::assertCount(1, $found->all('//table/tbody/tr'));
        self::assertSame('anna', $found->one('//input[@id="tf-name"]')?->getAttribute('value'));
        self::assertSame('2026-01-31', $found->one('//input[@id="tf-from"]')?->getAttribute('value'));
        // Another page has others.
        self::assertSame([], self::names(self::look($admin, 'people')));
        self::assertSame(['Set up by anna'], self::names(self::save($admin, 'people', ['state' => 'without'], 'Set up by anna')));
        // The same name again is the same filter.
        self::save($admin, 'events', ['severity' => 'alert'], 'Set up by anna');
        $page = self::look($admin, 'events');
        self::assertSame(['Set up by anna'], self::names($page));
        self::assertStringContainsString('m1_severity=alert', (string) $page->one('//ul[@class="tf-saved"]//a')?->getAttribute('href'));
        self::save($admin, 'events', ['severity' => 'error'], 'Errors');
        self::assertSame(['Errors', 'Set up by anna'], self::names(self::look($admin, 'events')));
        $page = $admin->send(self::look($admin, 'events'), 'events-filter-remove');
        self::assertStringContainsString('The filter is removed.', $page->text());
        self::assertSame(['Set up by anna'], self::names($page));
        self::assertSame(['Set up by anna'], self::names(self::look($admin, 'people')), 'that of the other page stays');
    }

    public function test_they_are_of_one_administrator_and_go_with_them_and_with_the_module(): void
    {
        $admin = $this->start();
        $this->site()->pdo()->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 3');
        $bert = $this->person('bert');
        $bert->givePassword();
        self::save($admin, 'events', ['severity' => 'alert'], 'mine');
        self::assertSame([], self::names(self::look($bert, 'events')));
        self::save($bert, 'events', ['severity' => 'error'], 'theirs');
        $bert->change('defaultadmin', ['do' => 'events-filter-remove', 'filter' => 'mine']);
        self::assertSame(['mine'], self::names(self::look($admin, 'events')));
        self::assertSame(['theirs'], self::names(self::look($bert, 'events')));
        $list = $admin->page('/admin/modulemanager.php');
        $form = $list->form(".//input[@name='module'][@value='TwoFactorPro'] and .//button[@name='uninstall']") ?? self::fail($list->text());
        $admin->browser->submit($list, $form, [], 'uninstall');
        self::assertSame([], $this->site()->installed(['TwoFactorPro']));
        self::assertSame('0', (string) $this->site()->pdo()->query("SELECT COUNT(*) FROM cms_userprefs WHERE preference LIKE 'twofactor_filters%'")->fetchColumn());
    }

    public function test_there_are_so_many_and_none_is_longer_and_what_is_kept_is_shown_as_text(): void
    {
        $admin = $this->start();
        $save = static fn (string $name, array $asked = ['search' => 'a']): string => $admin->change('defaultadmin', ['do' => 'people-filter-save', 'filter' => $name] + $asked)->text();
        self::assertStringContainsString('Give the filter a name.', $save('  '));
        self::assertStringContainsString('There is nothing to save', $save('x', []));
        self::assertStringContainsString('There is nothing to save', $save('x', ['state' => 'other']), 'what the page does not know is nothing');
        self::assertStringContainsString('at most', $save(str_repeat('x', 61)));
        self::assertStringContainsString('at most', $save('x', ['search' => str_repeat('x', 61)]));
        self::assertSame([], self::names(self::look($admin, 'people')));
        $odd = ['<script>alert(1)</script>', '"><b>', '0', '名前 😀', "Ann\u{202E}a", str_repeat('é', 60)];
        foreach ($odd as $name) {
            self::assertStringContainsString('The filter is saved.', $save($name, ['search' => '<i>"\'& 😀']), $name);
        }
        $page = self::look($admin, 'people');
        self::assertEqualsCanonicalizing($odd, self::names($page));
        self::assertStringNotContainsString('<script>alert', $page->body);
        self::assertStringNotContainsString('<b>', $page->body);
        $link = $page->one('//ul[@class="tf-saved"]//a[contains(., "script")]') ?? self::fail('no link');
        self::assertSame('<i>"\'& 😀', $admin->browser->get($page->resolve($link->getAttribute('href')))->one('//input[@id="tf-search"]')?->getAttribute('value'));
        for ($n = count($odd); $n < 20; $n++) {
            $save("number $n");
        }
        self::assertStringContainsString('There are 20 saved filters', $save('one more'));
        self::assertStringContainsString('The filter is saved.', $save('number 19'), 'in place of itself');
        self::assertCount(20, self::names(self::look($admin, 'people')));
        foreach ($odd as $name) {
            $admin->change('defaultadmin', ['do' => 'people-filter-remove', 'filter' => $name]);
        }
        self::assertCount(14, self::names(self::look($admin, 'people')));
        // Whatever else is kept under that name is none.
        foreach (['', 'null', '7', '[7]', '[{"tab":"people","name":["x"],"asked":{}}]', '[{"tab":"people","name":"x","asked":{"tab":["y"]}}]', '{"a":'] as $kept) {
            $this->site()->pdo()->prepare("UPDATE cms_userprefs SET value = ? WHERE preference = 'twofactor_filters'")->execute([$kept]);
            self::assertSame([], self::names(self::look($admin, 'people')), $kept);
        }
    }

    public function test_no_other_site_and_nobody_else_saves_or_removes_one(): void
    {
        $admin = $this->start();
        self::save($admin, 'events', ['severity' => 'alert'], 'mine');
        $kept = fn (): array => $this->site()->pdo()->query("SELECT user_id, value FROM cms_userprefs WHERE preference = 'twofactor_filters'")->fetchAll(\PDO::FETCH_NUM);
        $before = $kept();
        self::assertCount(1, $before);
        foreach (['events-filter-save' => ['filter' => 'x', 'severity' => 'error'], 'events-filter-remove' => ['filter' => 'mine']] as $do => $fields) {
            $fields += ['do' => $do];
            $admin->action('defaultadmin', $fields);
            $admin->change('defaultadmin', $fields, strrev($admin->key()));
            $admin->change('defaultadmin', $fields, '');
            self::assertSame($before, $kept(), $do);
            $anna = $this->person('anna');
            $anna->givePassword();
            self::assertStringContainsString('You have no permission', $anna->change('defaultadmin', $fields)->text());
            self::assertSame($before, $kept(), $do);
        }
    }
}
