<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\User;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** Users by what their account is, and one act on many of them: looked at first, then done to each by itself. */
final class PeoplePageTest extends HostTestCase
{
    use LicensedSite;

    /** @param array<string, string|int> $query */
    private static function people(Person $who, array $query = []): Page
    {
        return $who->action('defaultadmin', ['tab' => 'people'] + $query);
    }

    /** @return list<string> */
    private static function names(Page $page): array
    {
        return array_map(static fn (\DOMElement $label) => trim($label->textContent), $page->all('//table/tbody/tr/th//label'));
    }

    /** What they look at before it is done. @param list<string> $ids */
    private static function looked(Person $admin, string $act, array $ids): Page
    {
        return $admin->change('defaultadmin', ['do' => 'people-look', 'act' => $act, 'users' => $ids]);
    }

    /** @param list<string> $ids */
    private function did(Person $admin, string $act, array $ids): Page
    {
        return $admin->send(self::looked($admin, $act, $ids), 'people-act', ['reason' => 'phones were lost']);
    }

    /** @return list<string> what the audit says happened to somebody for that reason */
    private function audited(string $id): array
    {
        return $this->asOperator(static function ($verifier) use ($id): array {
            $events = array_filter([...$verifier->audit($id)], static fn ($event) => $event->reason() === 'phones were lost');
            return array_values(array_map(static fn ($event) => $event->type(), $events));
        });
    }

    private function account(string $id): \TwoFactor\Account
    {
        return $this->asOperator(static fn ($verifier) => $verifier->account($id));
    }

    private function block(string $id, string $name): void
    {
        $this->asOperator(static function ($verifier) use ($id, $name): void {
            $client = new Client('203.0.113.7');
            $challenge = $verifier->beginLogin(new User($id, $name), $client)->challenge();
            for ($n = 0; $n < 6; $n++) {
                try {
                    $verifier->verify($challenge, Method::Totp, '000000', $client);
                    self::fail('a wrong code was accepted');
                } catch (Denied) {
                }
            }
        });
    }

    public function test_users_are_found_by_what_their_account_is(): void
    {
        $admin = $this->start();
        $this->enrolled();
        self::assertTrue(self::people($admin)->has('//nav//a[@aria-current="page"][.="Many users"]'));
        self::assertSame(['admin', 'anna', 'bert'], self::names(self::people($admin)));
        self::assertSame(['bert'], self::names(self::people($admin, ['state' => 'without'])));
        self::assertSame([], self::names(self::people($admin, ['state' => 'locked'])));
        $this->block('2', 'anna');
        self::assertSame(['anna'], self::names(self::people($admin, ['state' => 'locked'])));
        self::assertSame([], self::names(self::people($admin, ['state' => 'locked', 'search' => 'bert'])));
        $this->require('3');
        self::assertSame(['bert'], self::names(self::people($admin, ['state' => 'due'])));
        self::assertSame(['admin', 'anna', 'bert'], self::names(self::people($admin, ['state' => 'other'])));
    }

    /** @return list<array<string, string>> the rows of a file, by the names of their columns */
    private static function rows(string $csv): array
    {
        $stream = fopen('php://memory', 'r+');
        fwrite($stream, $csv);
        rewind($stream);
        $rows = [];
        while (($row = fgetcsv($stream, null, ',', '"', '')) !== false) {
            $rows[] = $row;
        }
        $head = array_shift($rows);
        return array_map(static fn (array $row) => array_combine($head, $row), $rows);
    }

    public function test_all_whom_a_filter_finds_are_a_file_with_what_the_page_shows(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $this->block('2', 'anna');
        $page = self::people($admin);
        self::assertCount(2, $page->all('//a[@download]'));
        $file = $admin->browser->get($page->resolve((string) $page->one('//a[@download][contains(@href, "csv")]')?->getAttribute('href')));
        self::assertSame('text/csv; charset=utf-8; header=present', $file->header('Content-Type'));
        self::assertMatchesRegularExpression('/^attachment; filename="two-factor-users-[\d-]+\.csv"$/', (string) $file->header('Content-Disposition'));
        self::assertSame('no-store', $file->header('Cache-Control'));
        self::assertSame('nosniff', $file->header('X-Content-Type-Options'));
        $rows = self::rows($file->body);
        self::assertSame(['admin', 'anna', 'bert'], array_column($rows, 'user'));
        [, $anna, $bert] = $rows;
        self::assertSame(['2', 'On', 'Authenticator app, Backup codes', '10'], [$anna['id'], $anna['second factor'], $anna['methods'], $anna['codes left']]);
        self::assertSame($this->account('2')->lockedUntil()?->getTimestamp(), strtotime($anna['blocked until']), 'with its zone');
        self::assertSame(['3', 'Off', '', '', '', '', ''], array_values(array_diff_key($bert, ['user' => 0, 'name' => 0])));
        foreach (['user', 'name', 'second factor', 'methods'] as $column) {
            self::assertStringContainsString($anna[$column], $page->text());
        }
        $lines = self::people($admin, ['file' => 'jsonl', 'state' => 'locked']);
        self::assertSame('application/jsonl; charset=utf-8', $lines->header('Content-Type'));
        $read = array_map(static fn (string $line) => json_decode($line, true, 2, JSON_THROW_ON_ERROR), explode("\n", rtrim($lines->body)));
        self::assertEquals([$anna], $read, 'those whom the filter finds');
        self::assertSame(['bert'], array_column(self::rows(self::people($admin, ['file' => 'csv', 'search' => 'ber'])->body), 'user'));
        self::assertSame([], self::rows(self::people($admin, ['file' => 'csv', 'search' => 'nobody'])->body));
        self::assertStringContainsString('List of users downloaded', implode("\n", $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN)));
        self::assertNull(self::people($admin, ['file' => 'exe'])->header('Content-Disposition'), 'no other file');
        self::assertCount(0, self::people($admin, ['search' => 'nobody'])->all('//a[@download]'), 'nothing, nowhere');
    }

    public function test_a_file_has_each_of_many_users_once_and_no_name_is_a_formula(): void
    {
        $admin = $this->start();
        $many = 650;
        $add = $this->site()->pdo()->prepare("INSERT INTO cms_users VALUES (?, ?, '', 1, ?, 'Doe', '', 1, NULL, NULL)");
        for ($n = 1; $n <= $many; $n++) {
            $add->execute([1000 + $n, "=cmd|' /C calc'!A$n", '=HYPERLINK("https://x.example")']);
        }
        $this->asOperator(static fn ($verifier) => $verifier->requireEnrolment('1500', null, by: 'root', reason: 'test'));
        $rows = self::rows(self::people($admin, ['file' => 'csv'])->body);
        self::assertSame([1, 2, 3, ...range(1001, 1000 + $many)], array_map(intval(...), array_column($rows, 'id')));
        foreach ($rows as $row) {
            foreach ($row as $cell) {
                self::assertDoesNotMatchRegularExpression('/\A\s*[=+\-@\t\r]/', $cell);
            }
        }
        self::assertSame("'=cmd|' /C calc'!A1", $rows[3]['user']);
        self::assertStringStartsWith("'=HYPERLINK", $rows[3]['name']);
        // Nobody of the first page is one of them.
        $due = self::rows(self::people($admin, ['file' => 'csv', 'state' => 'due'])->body);
        self::assertSame(['1500'], array_column($due, 'id'));
        $page = self::people($admin, ['state' => 'due']);
        self::assertCount(2, $page->all('//a[@download]'), 'there may be somebody on a later page');
    }

    public function test_a_file_of_users_is_for_those_who_see_the_page(): void
    {
        $admin = $this->start(isLicensed: false);
        $anna = $this->enrolled();
        $anna->signIn();
        foreach ([$admin, $anna, $this->person('bert')] as $who) {
            foreach (['csv', 'jsonl'] as $kind) {
                $answer = self::people($who, ['file' => $kind]);
                self::assertNull($answer->header('Content-Disposition'), $who->name);
                self::assertStringNotContainsString('Authenticator app', $answer->body, $who->name);
            }
        }
    }

    public function test_it_is_shown_whom_it_concerns_and_then_done_to_each_with_a_reason(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $this->block('2', 'anna');
        $page = self::looked($admin, 'unlock', ['1', '2', '3', '99']);
        self::assertStringContainsString('Blocks of these users end at once.', $page->text());
        self::assertStringContainsString('admin is you', $page->text());
        self::assertStringContainsString('is no user any more', $page->text());
        self::assertNotNull($this->account('2')->lockedUntil(), 'nothing is done by that');
        self::assertSame([], $this->audited('2'));
        $page = $admin->send($page, 'people-act', ['reason' => '']);
        self::assertStringContainsString('reason', $page->text());
        self::assertNotNull($this->account('2')->lockedUntil(), 'nothing without a reason');
        $page = $this->did($admin, 'unlock', ['1', '2', '3']);
        self::assertStringContainsString('Done: 2', $page->text());
        self::assertNull($this->account('2')->lockedUntil());
        self::assertSame(['account.unlocked'], $this->audited('2'));
        self::assertSame([], $this->audited('1'), 'nobody does it to themselves');
        // Also where the form is not the one that was shown.
        $page = $admin->change('defaultadmin', ['do' => 'people-act', 'act' => 'reset', 'users' => ['1', '99'], 'reason' => 'phones were lost']);
        self::assertStringContainsString('Not done: 2', $page->text());
        self::assertTrue($this->account('1')->isEnrolled());
    }

    public function test_every_act_is_the_one_of_each_user_s_own_page(): void
    {
        $admin = $this->start();
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertIn($anna);
        $this->did($admin, 'end', ['2', '3']);
        self::assertOut($anna);
        self::assertContains('sessions.ended', $this->audited('2'));
        $page = $this->did($admin, 'require', ['2', '3']);
        self::assertStringContainsString('Done: 2', $page->text());
        self::assertNotNull($this->account('3')->enrolmentDue());
        $this->did($admin, 'reset', ['2']);
        self::assertFalse($this->account('2')->isEnrolled());
        self::assertContains('account.reset', $this->audited('2'));
    }

    public function test_whoever_has_to_set_one_up_and_has_none_is_reminded_by_mail_once_a_day_and_without_a_link(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $this->require('3');
        $bert = $this->person('bert');
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (3, 'default_cms_language', 'de_DE')");
        $before = count($bert->mailbox()->letters());
        $page = self::looked($admin, 'remind', ['2', '3']);
        self::assertStringContainsString('once a day at most', $page->text());
        self::assertCount($before, $bert->mailbox()->letters(), 'nothing is sent by that');
        $page = $this->did($admin, 'remind', ['2', '3']);
        self::assertStringContainsString('Done: 1', $page->text());
        self::assertStringContainsString('anna has nothing to set up', $page->text());
        self::assertCount($before + 1, $bert->mailbox()->letters());
        $letter = $bert->mailbox()->last();
        self::assertStringContainsString('Bitte richten Sie Ihren zweiten Faktor ein', $letter['subject']);
        self::assertStringNotContainsString('://', $letter['text']);
        self::assertStringNotContainsString('href', $letter['html'] ?? '');
        self::assertSame(['enrolment.reminded'], $this->audited('3'));
        self::assertSame([], $this->audited('2'));
        self::assertStringContainsString('bert was reminded less than a day ago', $this->did($admin, 'remind', ['3'])->text());
        self::assertCount($before + 1, $bert->mailbox()->letters());
        self::assertStringContainsString('Reminded to set up a second factor', $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '3'])->text());
        $this->site()->clock->advance(86_401);
        $admin->stepUp();
        self::assertStringContainsString('Done: 1', $this->did($admin, 'remind', ['3'])->text());
        self::assertCount($before + 2, $bert->mailbox()->letters());
    }

    public function test_what_cannot_be_done_is_said_and_nothing_is_done_without_a_proof_a_licence_or_the_permission(): void
    {
        $admin = $this->start();
        $this->enrolled();
        foreach ([['unlock', []], ['unlock', 'x'], ['other', ['2']], ['unlock', array_map(strval(...), range(1, 51))], ['unlock', ['-2', 'a', ['2']]]] as [$act, $users]) {
            $page = $admin->change('defaultadmin', ['do' => 'people-act', 'act' => $act, 'users' => $users, 'reason' => 'phones were lost']);
            self::assertTrue($page->has('//*[@role="alert"]'), $act);
            self::assertSame([], $this->audited('2'));
        }
        $this->site()->clock->advance(400);
        $page = $admin->change('defaultadmin', ['do' => 'people-act', 'act' => 'reset', 'users' => ['2'], 'reason' => 'phones were lost']);
        self::assertStringContainsString('Nothing has been changed yet', $page->text());
        self::assertTrue($this->account('2')->isEnrolled());
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $bert = $this->administrator('bert');
        foreach (['people-look', 'people-act'] as $do) {
            $page = $bert->change('defaultadmin', ['do' => $do, 'act' => 'reset', 'users' => ['2'], 'reason' => 'phones were lost']);
            self::assertStringContainsString('You have no permission', $page->text(), $do);
        }
        self::assertTrue($this->account('2')->isEnrolled());
    }

    public function test_without_a_licence_it_does_nothing(): void
    {
        $admin = $this->start(isLicensed: false);
        self::assertStringContainsString('there is no licence that counts now', self::people($admin)->text());
        $this->enrolled();
        $page = $admin->change('defaultadmin', ['do' => 'people-act', 'act' => 'reset', 'users' => ['2'], 'reason' => 'phones were lost']);
        self::assertStringContainsString('there is no licence that counts now', $page->text());
        self::assertTrue($this->site()->asOperator(fn ($verifier) => $verifier->account('2')->isEnrolled(), ['clock' => $this->siteClock()]));
    }
}
