<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Sign-ins that go on: seen by whom they are of, ended by them and by administrators; factors stay as they are. */
final class SessionsTest extends HostTestCase
{
    private const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';
    private const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

    private function signedIn(Person $person, string $browser): Person
    {
        $other = $person->elsewhere();
        $other->browser->headers = ['User-Agent' => $browser];
        $other->signIn();
        self::assertIn($other);
        return $other;
    }

    /** In two browsers, with a code and a time step between them. @return array{Person, Person} */
    private function twice(Person $person): array
    {
        $one = $this->signedIn($person, self::WINDOWS);
        $this->site()->clock->advance(120);
        return [$one, $this->signedIn($person, self::IPHONE)];
    }

    /** @return list<string> ids of the sessions that a page lets end, in the order of the page */
    private static function endable(Page $page): array
    {
        return array_map(
            static fn (\DOMElement $button): string => $button->getAttribute('value'),
            $page->all("//button[@name='m1_session']"),
        );
    }

    private function backupCode(Person $person): array
    {
        return ['method' => 'backup', 'code' => array_shift($person->codes)];
    }

    public function test_a_person_sees_where_they_are_signed_in_and_ends_one_of_them(): void
    {
        $anna = $this->enrolled();
        [$desk, $phone] = $this->twice($anna);
        $preferences = $phone->action('preferences');
        $link = $preferences->one("//main//a[normalize-space(.)='Where you are signed in']");
        $page = $phone->browser->get($preferences->resolve($link->getAttribute('href')));
        $rows = array_map(static fn (\DOMElement $row): string => preg_replace('/\s+/', ' ', $row->textContent), $page->all('//main//tbody/tr'));
        self::assertCount(2, $rows);
        self::assertStringContainsString('Safari on an iPhone', $rows[0]);
        self::assertStringContainsString('This one', $rows[0]);
        self::assertStringContainsString('Firefox on Windows', $rows[1]);
        self::assertStringContainsString('2 minutes ago', $rows[1]);
        foreach ($rows as $row) {
            self::assertStringContainsString('127.0.0.•••', $row);
            self::assertStringContainsString('Authenticator app', $row);
        }
        self::assertStringNotContainsString('Mozilla', $page->body);
        $ids = self::endable($page);
        self::assertCount(1, $ids, 'the one that is looked from is no other');

        $page = $phone->change('end-session', ['session' => $ids[0], 'method' => 'totp', 'code' => '']);
        self::assertStringContainsString('Please type a code.', $page->text());
        self::assertIn($desk);
        $page = $phone->change('end-session', ['session' => $ids[0]] + $this->backupCode($anna));
        self::assertStringContainsString('That sign-in has ended.', $page->text());
        self::assertSame([], self::endable($page));
        self::assertOut($desk);
        self::assertIn($phone);
        self::assertChallenged($desk->givePassword());
        self::assertContains('session.ended', $this->site()->audit('2'));
    }

    public function test_a_person_ends_all_others_at_once_with_the_proof_on_the_same_form(): void
    {
        $anna = $this->enrolled();
        [$desk, $phone] = $this->twice($anna);
        $this->site()->clock->advance(120);
        $third = $this->signedIn($anna, self::WINDOWS);
        $page = $desk->send($desk->action('sessions'), 'end-session', $this->backupCode($anna) + ['do' => 'end-other-sessions']);
        self::assertStringContainsString('The sign-ins have ended.', $page->text());
        self::assertIn($desk);
        self::assertOut($phone);
        self::assertOut($third);
        self::assertContains('sessions.ended', $this->site()->audit('2'));
    }

    public function test_whoever_ends_all_others_ends_copies_of_their_own_cookie_as_well(): void
    {
        $anna = $this->enrolled();
        [$phone, $desk] = $this->twice($anna);
        $thief = $desk->elsewhere();
        $thief->browser->cookies = $desk->browser->cookies;
        self::assertIn($thief);
        $page = $desk->send($desk->action('sessions'), 'end-session', $this->backupCode($anna) + ['do' => 'end-other-sessions']);
        self::assertStringContainsString('The sign-ins have ended.', $page->text());
        self::assertOut($thief);
        self::assertOut($phone);
        self::assertIn($desk);
        self::assertCount(1, $desk->action('sessions')->all('//main//tbody/tr'));
        // What was proven is still good.
        self::assertStringContainsString('The sign-ins have ended.', $desk->change('end-other-sessions')->text());
        self::assertIn($desk);
    }

    public function test_the_return_key_in_the_field_for_the_code_ends_nothing_and_keeps_the_proof(): void
    {
        $anna = $this->enrolled();
        [$desk, $phone] = $this->twice($anna);
        $page = $desk->send($desk->action('sessions'), 'end-session', $this->backupCode($anna));
        self::assertStringContainsString('Now choose what is to end.', $page->text());
        self::assertIn($phone);
        self::assertFalse($page->has("//input[@name='m1_code']"));
        $desk->change('end-session', ['session' => self::endable($page)[0]]);
        self::assertOut($phone);
    }

    public function test_a_code_for_the_proof_is_sent_from_the_form_and_the_page_comes_back(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->enrolByEmail();
        $other = $anna->elsewhere();
        $this->site()->clock->advance(120);
        $page = $other->givePassword();
        $other->answer($page, $other->mailbox()->code());
        self::assertIn($other);
        $this->site()->clock->advance(120);
        $page = $anna->askForProof($anna->action('sessions'), 'end-session', 'email');
        self::assertStringContainsString('a•••@example.org', $page->text());
        $page = $anna->send($page, 'end-session', ['do' => 'end-other-sessions', 'method' => 'email', 'code' => $anna->mailbox()->code()]);
        self::assertStringContainsString('The sign-ins have ended.', $page->text());
        self::assertIn($anna);
        self::assertOut($other);
    }

    public function test_a_stolen_session_throws_its_owner_out_of_no_other(): void
    {
        $anna = $this->enrolled();
        [$desk, $phone] = $this->twice($anna);
        $thief = $phone->elsewhere();
        $thief->browser->cookies = $phone->browser->cookies;
        $ids = self::endable($thief->action('sessions'));
        foreach (['end-session' => ['session' => $ids[0]], 'end-other-sessions' => []] as $do => $fields) {
            foreach ([[], ['method' => 'totp', 'code' => ''], ['method' => 'totp', 'code' => $anna->phone->wrong()], ['method' => 'none', 'code' => '1']] as $proof) {
                $page = $thief->change($do, $fields + $proof);
                self::assertSame(200, $page->status);
                self::assertFalse($page->has('//*[@role="status"]'), $page->text());
                self::assertIn($desk);
            }
        }
        self::assertNotContains('session.ended', $this->site()->audit('2'));
        self::assertNotContains('sessions.ended', $this->site()->audit('2'));
    }

    public function test_whoever_has_no_factor_ends_a_sign_in_without_one(): void
    {
        $bert = $this->person('bert');
        $bert->givePassword();
        $other = $bert->elsewhere();
        $other->givePassword();
        self::assertIn($other);
        $page = $bert->action('sessions');
        self::assertStringContainsString('Password alone', $page->text());
        self::assertFalse($page->has("//input[@name='m1_code']"));
        $bert->change('end-session', ['session' => self::endable($page)[0]]);
        self::assertIn($bert);
        self::assertOut($other);
        foreach (['', 'x', str_repeat('0', 32), "1' OR '1", str_repeat('g', 32)] as $no) {
            self::assertSame(200, $bert->change('end-session', ['session' => $no])->status);
            self::assertIn($bert);
        }
    }

    public function test_what_one_ends_is_nobody_else_s(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->person('bert');
        $bert->givePassword();
        $of = static fn (string $user) => static fn ($verifier) => $verifier->sessions($user)[0]->id();
        $bert->change('end-session', ['session' => $this->site()->asOperator($of('2')), 'user' => '2']);
        $bert->change('end-other-sessions', ['user' => '2']);
        self::assertIn($anna);
    }

    public function test_nothing_is_ended_for_the_user_that_the_site_is_tested_as(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $admin->stepUp(array_shift($admin->codes));
        $admin->page('/admin/listusers.php', ['switchuser' => '2']);
        self::assertSame('anna', $admin->isIn());
        self::assertStringNotContainsString('Safari', $admin->action('sessions')->text());
        $admin->change('end-other-sessions');
        self::assertIn($anna);
    }

    public function test_an_administrator_ends_the_sign_ins_of_a_user_and_takes_no_factor(): void
    {
        $anna = $this->enrolled();
        [$desk, $phone] = $this->twice($anna);
        $admin = $this->administrator();
        $user = $admin->lookUp('anna');
        $link = $user->one("//main//a[normalize-space(.)='Where this user is signed in']");
        $page = $admin->browser->get($user->resolve($link->getAttribute('href')));
        self::assertStringContainsString('Firefox on Windows', $page->text());
        $ids = self::endable($page);
        self::assertCount(2, $ids);
        self::assertFalse($page->has("//main//*[contains(., 'This one')]"));
        $page = $admin->change('end-user-session', ['user' => '2', 'session' => $ids[0]]);
        self::assertStringContainsString('That sign-in has ended.', $page->text());
        self::assertOut($phone);
        self::assertIn($desk);
        $page = $admin->send($page, 'end-user-session', ['do' => 'end-user-sessions', 'reason' => ' ']);
        self::assertStringContainsString('Please give a reason.', $page->text());
        self::assertIn($desk);
        $admin->send($page, 'end-user-session', ['do' => 'end-user-sessions', 'reason' => 'laptop in the train']);
        self::assertOut($desk);
        self::assertIn($admin);
        self::assertChallenged($desk->givePassword());
        $audit = $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2', 'kind' => 'account'])->text();
        self::assertStringContainsString('admin: laptop in the train', $audit);
        self::assertStringContainsString('One sign-in ended', $audit);
        self::assertContains('Sign-ins of anna ended', $this->logged());
    }

    public function test_an_administrator_who_ends_all_of_their_own_goes_on_in_this_one(): void
    {
        $admin = $this->administrator();
        $this->site()->clock->advance(120);
        $other = $this->signedIn($admin, self::IPHONE);
        $copy = $admin->elsewhere();
        $copy->browser->cookies = $admin->browser->cookies;
        $page = $admin->action('defaultadmin', ['tab' => 'user-sessions', 'user' => '1']);
        self::assertStringContainsString('This one', $page->text());
        self::assertCount(1, self::endable($page));
        $admin->change('end-user-sessions', ['user' => '1', 'reason' => 'all but this']);
        self::assertIn($admin);
        self::assertOut($other);
        self::assertOut($copy);
    }

    public function test_without_a_proof_an_administrator_ends_nobody_s(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->enrolled('admin');
        $admin->answer($admin->givePassword(), array_shift($admin->codes), 'backup');
        $this->vouchFor('admin');
        $id = $this->site()->asOperator(static fn ($verifier) => $verifier->sessions('2')[0]->id());
        $acts = ['end-user-session' => ['user' => '2', 'session' => $id], 'end-user-sessions' => ['user' => '2', 'reason' => 'x'], 'end-everybody' => ['reason' => 'x']];
        foreach ($acts as $do => $fields) {
            foreach ([[], ['method' => 'totp', 'code' => $admin->phone->wrong()]] as $proof) {
                $page = $admin->change($do, $fields + $proof);
                self::assertFalse($page->has('//*[@role="status"]'), $page->text());
                self::assertIn($anna);
            }
        }
        $page = $admin->change('end-user-session', ['user' => '2', 'session' => $id] + $this->backupCode($admin));
        self::assertStringContainsString('That sign-in has ended.', $page->text());
        self::assertOut($anna);
    }

    public function test_everybody_is_signed_out_at_once_whoever_has_a_factor_and_whoever_has_none(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertIn($bert);
        $admin = $this->administrator();
        $copies = array_map(static fn (Person $one): array => [$one, $one->browser->cookies], [$anna, $bert, $admin]);
        $page = $admin->action('defaultadmin', ['tab' => 'sessions']);
        $page = $admin->send($page, 'end-everybody', ['reason' => 'a copy of the site was stolen']);
        self::assertStringContainsString('All sign-ins have ended, yours too.', $page->text());
        foreach ($copies as [$person, $cookies]) {
            self::assertOut($person);
            $thief = $person->elsewhere();
            $thief->browser->cookies = $cookies;
            self::assertOut($thief);
        }
        $bert->givePassword();
        self::assertIn($bert);
        self::assertChallenged($anna->givePassword());
        $admin->answer($admin->givePassword(), array_shift($admin->codes), 'backup');
        $audit = $admin->action('defaultadmin', ['tab' => 'audit'])->text();
        self::assertMatchesRegularExpression('/Everybody All sign-ins ended .*admin: a copy of the site was stolen/', $audit);
        self::assertContains('The sign-ins of all users ended', $this->logged());
    }

    public function test_a_manager_who_is_no_administrator_ends_neither_everybody_s_nor_an_administrator_s(): void
    {
        $this->site()->pdo()->exec('INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 900, ug.group_id, p.permission_id'
            . " FROM cms_user_groups ug, cms_permissions p WHERE ug.user_id = 3 AND p.permission_name = 'manage_twofactor'");
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $bert = $this->administrator('bert');
        $says = 'You have no permission for this ';
        self::assertStringContainsString($says, $bert->action('defaultadmin', ['tab' => 'sessions'])->text());
        self::assertStringContainsString($says, $bert->action('defaultadmin', ['tab' => 'user-sessions', 'user' => '1'])->text());
        self::assertStringNotContainsString('Sign-ins', (string) $bert->action('defaultadmin')->one("//nav[@class='tf-tabs']")->textContent);
        foreach (['end-everybody' => [], 'end-user-sessions' => ['user' => '1'], 'end-user-session' => ['user' => '1', 'session' => str_repeat('0', 32)]] as $do => $fields) {
            self::assertStringContainsString($says, $bert->change($do, $fields + ['reason' => 'mine'])->text());
        }
        self::assertIn($admin);
        self::assertIn($bert);
    }

    /** The site's own database answers, the store does not: what has to end ends as soon as it is there again. */
    public function test_a_sign_out_and_a_change_while_the_store_is_away_are_not_forgotten(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        $carl = $this->enrolled('admin');
        $carl->signIn();
        $stays = $carl->browser->cookies;
        $stolen = array_map(static fn (Person $one): array => [$one, $one->browser->cookies], [$anna, $bert]);
        $this->site()->config(['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']);
        $this->site()->emergency();
        $anna->signOut();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => '3', 'user' => 'bert', 'email' => 'bert@example.org', 'password' => '', 'passwordagain' => '', 'active' => '1', 'groups' => ['1', '2'], 'submit' => '1']);
        $this->site()->emergency(-1, -1800);
        $this->site()->config(['twofactor_store' => $this->site()->usesSqlite() ? 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite' : null]);
        foreach ($stolen as [$person, $cookies]) {
            $thief = $person->elsewhere();
            $thief->browser->cookies = $cookies;
            self::assertOut($thief, $person->name);
        }
        $other = $carl->elsewhere();
        $other->browser->cookies = $stays;
        self::assertIn($other);
        self::assertContains('epoch.raised', $this->site()->audit('2'));
        self::assertSame([], $this->owed());
        self::assertChallenged($anna->givePassword());
    }

    public function test_whoever_comes_into_a_group_or_leaves_it_signs_in_again_and_nobody_else(): void
    {
        $pdo = $this->site()->pdo();
        $pdo->exec("INSERT INTO cms_groups (group_id, group_name, active) VALUES (3, 'Office', 1)");
        $anna = $this->enrolled();
        $bert = $this->enrolled('bert');
        $admin = $this->person('admin');
        $admin->givePassword();
        $members = static fn (): array => array_map('intval', $pdo->query('SELECT group_id FROM cms_user_groups WHERE user_id = 2 ORDER BY group_id')->fetchAll(\PDO::FETCH_COLUMN));
        [$before, $groups] = [$members(), []];
        foreach ($pdo->query('SELECT group_id, user_id FROM cms_user_groups') as $row) {
            $groups[$row['group_id']][] = (string) $row['user_id'];
        }
        foreach ([[3 => ['2']], []] as $office) {
            $this->site()->clock->advance(120);
            $anna->signIn();
            $bert->signIn();
            $admin->browser->post('/admin/changegroupassign.php', ['__c' => $admin->key(), 'members' => $office + $groups, 'submit' => '1']);
            self::assertSame([...$before, ...array_keys($office)], $members());
            self::assertOut($anna);
            self::assertIn($bert);
            self::assertIn($admin);
        }
        $kept = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($event) => $event->reason(), [...$verifier->audit('2')]));
        self::assertCount(2, array_keys($kept, 'groups changed', true));
    }

    public function test_a_change_whose_end_is_never_told_ends_the_sign_ins_all_the_same(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        $admin = $this->person('admin');
        $admin->givePassword();
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('witness_objects', 'Core::EditUserPost')");
        $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => '2', 'user' => 'anna', 'email' => 'anna@example.org', 'password' => '', 'passwordagain' => '', 'active' => '1', 'groups' => ['1', '2'], 'submit' => '1']);
        self::assertOut($anna);
        self::assertIn($bert);
        self::assertContains('epoch.raised', $this->site()->audit('2'));
    }

    /** Each of the requests has read what there was before the other wrote. */
    public function test_of_two_sign_outs_at_once_while_the_store_is_away_both_are_remembered(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        $stolen = array_map(static fn (Person $one): array => [$one, $one->browser->cookies], [$anna, $bert]);
        $this->site()->config(['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']);
        $this->site()->emergency();
        $anna->signOut();
        $hers = $this->owed();
        self::assertCount(1, $hers);
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor_owed%'");
        $bert->signOut();
        $write = $this->site()->pdo()->prepare('REPLACE INTO cms_siteprefs VALUES (?, ?)');
        foreach ($hers as $name => $value) {
            $write->execute([$name, $value]);
        }
        $this->site()->emergency(-1, -1800);
        $this->site()->config(['twofactor_store' => $this->site()->usesSqlite() ? 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite' : null]);
        foreach ($stolen as [$person, $cookies]) {
            $thief = $person->elsewhere();
            $thief->browser->cookies = $cookies;
            self::assertOut($thief, $person->name);
        }
        self::assertSame([], $this->owed());
    }

    /** Its seal is the engine's, and what it was worth nobody can be asked. */
    public function test_whoever_asks_for_a_sign_out_with_an_old_cookie_again_and_again_fills_nothing(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $old = $anna->browser->cookies;
        $anna->signOut();
        $this->site()->config(['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']);
        $notes = [];
        for ($i = 0; $i < 3; $i++) {
            $thief = $anna->elsewhere();
            $thief->browser->cookies = $old;
            $thief->signOut();
            self::assertCount(1, $this->owed());
            $notes[] = current($this->owed());
        }
        self::assertSame($notes, array_unique($notes), 'what is told meanwhile takes no later one away');
    }

    public function test_what_cannot_be_told_of_one_user_keeps_nobody_else_out(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        [$pdo, $table] = $this->site()->usesSqlite()
            ? [new \PDO("sqlite:{$this->site()->folder}/store/twofactor.sqlite"), 'account']
            : [$this->site()->pdo(), 'cms_twofactor_account'];
        $sealed = $pdo->query("SELECT HEX(sealed) FROM $table WHERE user = '2'")->fetchColumn();
        $pdo->exec("UPDATE $table SET sealed = x'00' WHERE user = '2'");
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => '2', 'user' => 'anna', 'email' => 'anna@example.org', 'password' => '', 'passwordagain' => '', 'active' => '1', 'groups' => ['1', '2'], 'submit' => '1']);
        self::assertCount(1, $this->owed());
        self::assertIn($admin);
        self::assertIn($bert);
        $stolen = clone $anna->browser;
        self::assertOut($anna);
        // The account is restored: what she was signed in with is over all the same.
        $pdo->exec("UPDATE $table SET sealed = x'$sealed' WHERE user = '2'");
        $anna->browser = $stolen;
        self::assertOut($anna);
        self::assertSame([], $this->owed());
        self::assertChallenged($anna->elsewhere()->givePassword());
    }

    public function test_whoever_sets_it_up_stays_signed_in_and_everybody_else_signs_in_once_more(): void
    {
        $site = $this->site([], false);
        $anna = $this->person('anna');
        $anna->givePassword();
        $admin = $this->person('admin');
        $admin->givePassword();
        self::assertIn($anna);
        $page = $admin->page('/admin/modulemanager.php');
        $form = $page->form(".//input[@name='module'][@value='TwoFactor'] and .//button[@name='install']");
        $admin->browser->submit($page, $form, [], 'install');
        self::assertSame('1', $site->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_ready'")->fetchColumn());
        self::assertIn($admin);
        self::assertOut($anna, 'nobody knows what she has come by');
        $anna->givePassword();
        self::assertIn($anna);
    }

    /** @return array<string, string> what the site keeps of sessions that are still to be ended */
    private function owed(): array
    {
        return $this->site()->pdo()->query("SELECT * FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor_owed%'")->fetchAll(\PDO::FETCH_KEY_PAIR);
    }

    /** @return list<string> */
    private function logged(): array
    {
        return $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor'")->fetchAll(\PDO::FETCH_COLUMN);
    }
}
