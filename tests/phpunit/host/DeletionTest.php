<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Deleting users and groups: the host says before and after, and may refuse in between. */
final class DeletionTest extends HostTestCase
{
    /** Bert may manage users and groups, and is no administrator. */
    private function manager(): Person
    {
        $this->site()->pdo()->exec('INSERT INTO cms_groups (group_id, group_name, active) VALUES (3, \'Office\', 1)');
        $this->site()->pdo()->exec('INSERT INTO cms_user_groups (group_id, user_id) VALUES (3, 3)');
        $this->site()->pdo()->exec(
            'INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 900 + permission_id, 3, permission_id'
            . " FROM cms_permissions WHERE permission_name IN ('Manage Users', 'Manage Groups')",
        );
        return $this->person('bert');
    }

    private function delete(Person $by, string $what, string $id): Page
    {
        return $by->page("/admin/delete$what.php", ["{$what}_id" => $id]);
    }

    /** @return list<int> */
    private function users(): array
    {
        $users = $this->site()->pdo()->query('SELECT user_id FROM cms_users ORDER BY user_id')->fetchAll(\PDO::FETCH_COLUMN);
        return array_map('intval', $users);
    }

    private function objectTo(string $event): void
    {
        $this->expectComplaints();
        $this->site()->pdo()->prepare("INSERT INTO cms_siteprefs VALUES ('witness_objects', ?)")->execute([$event]);
    }

    private function sessions(int $user): int
    {
        return count($this->site()->asOperator(static fn ($verifier) => $verifier->sessions((string) $user)));
    }

    private function assertFactorStands(Person $person, string $why = ''): void
    {
        $thief = $person->elsewhere();
        self::assertChallenged($thief->givePassword());
        self::assertOut($thief, $why ?: 'the password alone is not enough');
    }

    public function test_whoever_may_delete_users_takes_the_factor_of_the_first_user_away_from_nobody(): void
    {
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $bert = $this->manager();
        $bert->givePassword();
        foreach (['1', '1abc', '01', ' 1', '1.5'] as $id) {
            $this->delete($bert, 'user', $id);
            self::assertSame([1, 2, 3], $this->users());
            self::assertNotContains('account.reset', $this->site()->audit('1'), $id);
        }
        self::assertIn($admin);
        $this->assertFactorStands($admin);
    }

    public function test_a_link_to_delete_the_first_user_that_is_gone_to_after_signing_in_changes_nothing(): void
    {
        $admin = $this->enrolled('admin');
        $bert = $this->manager();
        $bert->givePassword();
        $page = $bert->browser->get('/admin/deleteuser.php?user_id=1');
        self::assertStringContainsString('/admin/login.php', $page->url);
        $bert->givePassword();
        self::assertNotContains('account.reset', $this->site()->audit('1'));
        $this->assertFactorStands($admin);
    }

    public function test_a_deletion_that_another_module_refuses_leaves_the_factor_and_the_sign_ins(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->person('admin');
        $admin->givePassword();
        $this->objectTo('Core::DeleteUserPre');
        $this->delete($admin, 'user', '2');
        $admin->browser->post('/admin/listusers.php', ['__c' => $admin->key(), 'bulkaction' => 'delete', 'multiselect' => ['2']]);
        self::assertSame([1, 2, 3], $this->users());
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        self::assertIn($anna);
        $this->assertFactorStands($anna);
    }

    public function test_whoever_is_deleted_loses_factor_and_sign_ins_also_several_at_once(): void
    {
        $site = $this->site();
        $anna = $this->enrolled();
        $anna->signIn();
        $this->enrolled('bert')->signIn();
        $admin = $this->administrator();
        self::assertSame([1, 1], [$this->sessions(2), $this->sessions(3)]);
        $admin->browser->post('/admin/listusers.php', ['__c' => $admin->key(), 'bulkaction' => 'delete', 'multiselect' => ['1', '2', '3']]);
        self::assertSame([1], $this->users());
        foreach ([2, 3] as $user) {
            self::assertSame(0, $this->sessions($user));
            self::assertCount(1, array_keys($site->audit((string) $user), 'account.reset', true));
        }
        self::assertNotContains('account.reset', $site->audit('1'));
    }

    public function test_one_who_is_deleted_by_a_link_loses_factor_and_sign_ins(): void
    {
        $this->enrolled()->signIn();
        $admin = $this->administrator();
        $this->delete($admin, 'user', '2');
        self::assertSame([1, 3], $this->users());
        self::assertSame(0, $this->sessions(2));
        self::assertCount(1, array_keys($this->site()->audit('2'), 'account.reset', true));
    }

    public function test_a_link_that_deletes_somebody_who_is_gone_already_breaks_nothing_here(): void
    {
        $this->expectComplaints();
        $this->enrolled()->signIn();
        $admin = $this->administrator();
        $this->delete($admin, 'user', '2');
        $this->delete($admin, 'user', '2');
        self::assertSame([1, 3], $this->users());
        self::assertStringNotContainsString('TwoFactor', implode("\n", $this->site()->complaints()), 'the fault is the engine\'s own');
        self::assertIn($admin);
    }

    public function test_a_deletion_whose_end_is_never_told_is_noticed_all_the_same(): void
    {
        $this->enrolled()->signIn();
        $admin = $this->administrator();
        $this->objectTo('Core::DeleteUserPost');
        $this->delete($admin, 'user', '2');
        self::assertSame([1, 3], $this->users());
        self::assertSame(0, $this->sessions(2));
        self::assertCount(1, array_keys($this->site()->audit('2'), 'account.reset', true));
    }

    public function test_an_id_that_is_given_again_brings_neither_the_factor_nor_the_sign_ins_of_its_last_owner(): void
    {
        $this->enrolled()->signIn();
        $pdo = $this->site()->pdo();
        // Behind the back of the host, as with a database that was put back.
        $pdo->exec('DELETE FROM cms_users WHERE user_id = 2');
        $pdo->exec('UPDATE cms_users_seq SET id = 1');
        $admin = $this->administrator();
        $admin->browser->post('/admin/adduser.php', ['__c' => $admin->key(), 'submit' => '1', 'user' => 'carl', 'active' => '1', 'email' => 'carl@example.org',
            'password' => 'new-password', 'passwordagain' => 'new-password', 'groups' => ['2']]);
        self::assertSame('carl', $pdo->query('SELECT username FROM cms_users WHERE user_id = 2')->fetchColumn());
        self::assertSame(0, $this->sessions(2));
        $carl = $this->person('carl');
        $carl->givePassword('new-password');
        self::assertIn($carl);
    }

    public function test_a_new_user_whom_the_database_refuses_takes_nothing_from_whoever_has_the_id(): void
    {
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $this->site()->pdo()->exec('UPDATE cms_users_seq SET id = 0');
        $bert = $this->manager();
        $bert->givePassword();
        $bert->browser->post('/admin/adduser.php', ['__c' => $bert->key(), 'submit' => '1', 'user' => 'carl', 'active' => '1', 'email' => 'carl@example.org',
            'password' => 'new-password', 'passwordagain' => 'new-password']);
        self::assertSame([1, 2, 3], $this->users());
        $told = $this->site()->pdo()->query("SELECT item_id FROM cms_adminlog WHERE action = 'Added'")->fetchAll(\PDO::FETCH_COLUMN);
        self::assertSame(['1'], array_map('strval', $told), 'the host says that it was added, as number 1');
        self::assertNotContains('account.reset', $this->site()->audit('1'));
        self::assertIn($admin);
        $this->assertFactorStands($admin);
    }

    public function test_a_group_that_cannot_be_deleted_ends_no_sign_in(): void
    {
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $bert = $this->manager();
        $bert->givePassword();
        $this->expectComplaints();
        self::assertSame(500, $this->delete($bert, 'group', '1abc')->status);
        self::assertIn($admin);
    }

    /** @return list<array{?string}> */
    public static function afterwards(): array
    {
        return ['everybody is told' => [null], 'another listener fails' => ['Core::DeleteGroupPost']];
    }

    /** @dataProvider afterwards */
    public function test_a_group_that_is_deleted_ends_the_sign_ins_of_its_members_and_of_nobody_else(?string $objection): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        $pdo = $this->site()->pdo();
        $pdo->exec('INSERT INTO cms_groups (group_id, group_name, active) VALUES (3, \'Office\', 1)');
        $pdo->exec('INSERT INTO cms_user_groups (group_id, user_id) VALUES (3, 3)');
        $admin = $this->person('admin');
        $admin->givePassword();
        $objection === null || $this->objectTo($objection);
        $this->delete($admin, 'group', '3');
        self::assertSame('0', (string) $pdo->query('SELECT COUNT(*) FROM cms_groups WHERE group_id = 3')->fetchColumn());
        self::assertOut($bert);
        self::assertIn($anna);
        $this->assertFactorStands($bert);
    }
}
