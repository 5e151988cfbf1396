<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Rules of who is asked for which second factor: their page, sign-ins under them, and the suggestion after a sign-in. */
final class EnforcementTest extends HostTestCase
{
    private const DAY = 86400;
    private const ADMINS = '{"rules": [{"for": {"roles": ["administrator"]}, "level": "required-now"}]}';
    private const ALL = '{"rules": [{"for": "all", "level": "required-now"}]}';
    private const GRACE = '{"rules": [{"for": "all", "level": "required", "grace_days": 14}]}';
    private const ENCOURAGE = '{"rules": [{"for": "all", "level": "encourage", "again_days": 2}]}';

    private ?Fakes $fakes = null;
    private int $fakesTime = 0;

    protected function tearDown(): void
    {
        $this->fakes = null;
        parent::tearDown();
    }

    private function bringFakesUp(): void
    {
        $this->fakesTime = $this->fakesTime ?: $this->fakes->about['now'];
        $this->fakes->ask('/clock', ['advance' => $this->site()->clock->now() - $this->fakesTime]);
        $this->fakesTime = $this->site()->clock->now();
    }

    private function pass(int $seconds): void
    {
        $this->site()->clock->advance($seconds);
        $this->bringFakesUp();
    }

    private function licensed(): Person
    {
        $this->fakes = new Fakes();
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        $this->bringFakesUp();
        $site->start($this->fakes->licensing() + ['twofactor.http_seconds' => '3'] + $site->ini());
        $site->install('TwoFactorPro');
        $admin = $this->administrator();
        $admin->stepUp();
        $page = $admin->send(self::page($admin, 'premium'), 'licence-enter', ['key' => $this->fakes->gateway()['licence_key']]);
        self::assertStringContainsString('The licence key is saved', $page->text());
        return $admin;
    }

    private static function page(Person $admin, string $tab = 'enforcement'): Page
    {
        return $admin->action('defaultadmin', ['tab' => $tab]);
    }

    /** Sends the form with the rules in it, filled in like that. @param array<string, mixed> $fields */
    private static function sent(Person $admin, Page $page, array $fields = [], string $do = 'enforcement-try'): Page
    {
        $form = $page->form('.//input[@name="m1_whole"]') ?? throw new \RuntimeException('no rules here: ' . $page->text());
        $filled = ['m1_do' => $do];
        foreach ($fields as $name => $value) {
            $filled["m1_$name"] = $value;
        }
        return $admin->browser->submit($page, $form, $filled);
    }

    /** The form with these rules in it. */
    private static function form(Person $admin, string $rules): Page
    {
        return $admin->change('defaultadmin', ['do' => 'enforcement-try', 'edit' => 'read', 'policy' => $rules]);
    }

    private static function tried(Person $admin, string $rules): Page
    {
        return self::sent($admin, self::form($admin, $rules));
    }

    private function set(Person $admin, string $rules): Page
    {
        $this->pass(60);
        $admin->stepUp();
        return self::sent($admin, self::tried($admin, $rules), ['reason' => 'decided'], 'enforcement-set');
    }

    /** The first rule as the form has it, with some of its fields changed. @param array<string, mixed> $fields @return array<string, mixed> */
    private static function rule(array $fields): array
    {
        return ['rule' => [$fields + ['whom' => 'named', 'roles' => [], 'groups' => [], 'users' => '', 'level' => 'required-now', 'grace_days' => '', 'again_days' => '', 'sign_in' => 'any', 'step_up' => '']]];
    }

    private static function isSetUp(Page $page): bool
    {
        return str_contains($page->text(), 'Set up your second factor');
    }

    public function test_on_a_large_site_a_page_looks_at_some_users_and_the_next_one_goes_on_until_each_was_looked_at_once(): void
    {
        $admin = $this->licensed();
        $many = 2400;
        $database = $this->site()->pdo();
        $database->beginTransaction();
        $add = $database->prepare("INSERT INTO cms_users VALUES (?, ?, '', ?, '', '', '', ?, NULL, NULL)");
        for ($n = 1; $n <= $many; $n++) {
            // Every fourth may not sign in.
            $add->execute([1000 + $n, "user$n", (int) ($n % 4 !== 1), (int) ($n % 4 !== 3)]);
        }
        $database->commit();
        $page = self::tried($admin, self::ALL);
        $looked = [];
        for ($pages = 1; preg_match('/Of (\d+) users the first (\d+) were looked at\./', $page->text(), $found) === 1; $pages++) {
            self::assertSame($many + 3, (int) $found[1]);
            self::assertGreaterThan((int) end($looked), (int) $found[2], 'each page goes on');
            self::assertLessThanOrEqual((int) end($looked) + 2000, (int) $found[2], 'and looks at so many');
            $looked[] = (int) $found[2];
            self::assertTrue($page->has('//button[.="Look at more of them"]'));
            self::assertTrue($page->has('//button[@value="enforcement-set"]'), 'what was seen may be set');
            $page = self::sent($admin, $page);
        }
        self::assertGreaterThan(1, $pages, 'no page looked at all of them');
        $concerned = intdiv($many, 2) + 2;
        self::assertSame((string) $concerned, $page->one('//dl[@class="tf-facts"]/dd')?->textContent, 'anna, bert and who may sign in');
        self::assertStringContainsString("The first 50 of $concerned by name", $page->text());
        self::assertTrue($page->has('//th[.="anna"]'));
        // Other rules begin anew, and so do these when all were looked at.
        $again = [self::sent($admin, $page), self::tried($admin, '{"rules": [{"for": {"roles": ["administrator"]}, "level": "required-now"}]}')];
        foreach ($again as $page) {
            self::assertSame(1, preg_match('/the first (\d+) were looked at/', $page->text(), $found));
            self::assertLessThanOrEqual(2000, (int) $found[1]);
        }
        self::assertStringContainsString('Nobody', $page->text());
    }

    public function test_rules_are_tried_set_with_a_proof_and_removed_and_the_audit_keeps_why(): void
    {
        $admin = $this->licensed();
        self::assertStringContainsString('No rules are set', self::page($admin)->text());
        $page = self::tried($admin, self::ALL);
        self::assertStringContainsString('What these rules would do today', $page->text());
        self::assertStringContainsString('Has to set a factor up', $page->text());
        self::assertTrue($page->has('//th[.="anna"]'));
        self::assertFalse($page->has('//th[.="admin"]'), 'who has one is not concerned');
        self::assertStringContainsString('No rules are set', self::page($admin)->text(), 'nothing is set by that');
        $page = self::tried($admin, '{"rules": [{"for": "everybody"}]}');
        self::assertStringContainsString('rules[0].for must be "all" or an object', $page->text());

        $this->pass(400);
        $page = self::sent($admin, self::tried($admin, self::GRACE), ['reason' => 'decided'], 'enforcement-set');
        self::assertStringContainsString('Please type a code', $page->text());
        self::assertTrue($page->has('//input[@name="m1_rule[0][grace_days]"][@value="14"]'), 'what was typed is there');
        self::assertTrue($page->has('//input[@name="m1_reason"][@value="decided"]'));
        self::assertStringContainsString('No rules are set', self::page($admin)->text());
        self::assertStringContainsString('The rules are set.', $this->set($admin, self::GRACE)->text());
        $page = self::page($admin);
        self::assertStringContainsString('Rules are set', $page->text());
        self::assertStringNotContainsString('In the time of grace', $page->text(), 'nobody is counted who was not asked about');
        $page = self::sent($admin, $page);
        self::assertStringContainsString('What the rules do today', $page->text());
        self::assertStringContainsString('In the time of grace', $page->text());
        $audit = $admin->action('defaultadmin', ['tab' => 'audit'])->text();
        self::assertStringContainsString('Rules of who needs a second factor changed', $audit);
        $page = $admin->change('defaultadmin', ['do' => 'enforcement-remove', 'reason' => 'a mistake']);
        self::assertStringContainsString('Nothing has been changed yet', $page->text(), 'what was proven before they were set');
        $this->pass(60);
        $admin->stepUp();
        $page = $admin->change('defaultadmin', ['do' => 'enforcement-remove', 'reason' => 'a mistake']);
        self::assertStringContainsString('The rules are removed.', $page->text());
    }

    public function test_rules_are_a_form_and_whom_they_are_for_is_chosen_by_name(): void
    {
        $admin = $this->licensed();
        $page = self::sent($admin, self::page($admin), self::rule(['groups' => ['2'], 'users' => 'anna, admin', 'but_users' => 'bert', 'level' => 'required', 'grace_days' => '7', 'step_up' => 'no-restricted']));
        self::assertTrue($page->has('//th[.="anna"]'), $page->text());
        $page = self::sent($admin, $page, ['reason' => 'decided'], 'enforcement-set');
        self::assertStringContainsString('The rules are set.', $page->text());
        $set = $this->site()->asOperator(static fn ($verifier) => $verifier->enforcement());
        self::assertSame(['rules' => [['for' => ['groups' => ['2'], 'users' => ['2', '1']], 'except' => ['users' => ['3']], 'level' => 'required',
            'grace_days' => 7, 'sign_in' => 'any', 'step_up' => 'no-restricted']]], json_decode((string) $set, true));
        $page = self::page($admin);
        self::assertTrue($page->has('//input[@name="m1_rule[0][users]"][@value="anna, admin"]'), 'and is shown by name');
        self::assertTrue($page->has('//input[@name="m1_rule[0][groups][]"][@value="2"][@checked]'));
        self::assertFalse($page->has('//input[@name="m1_rule[0][groups][]"][@value="1"][@checked]'));
    }

    public function test_rows_are_added_and_taken_out_and_nothing_typed_is_lost(): void
    {
        $admin = $this->licensed();
        $count = static fn (Page $page): int => count($page->all('//fieldset[contains(@class, "tf-rule")]'));
        $page = self::page($admin);
        self::assertSame(2, $count($page), 'an example');
        $page = self::sent($admin, $page, ['edit' => 'remove-1']);
        self::assertSame(1, $count($page));
        $typed = self::rule(['users' => 'anna, nobody', 'level' => 'required', 'grace_days' => 'ten']);
        $page = self::sent($admin, $page, ['edit' => 'add'] + $typed);
        self::assertSame(2, $count($page));
        self::assertTrue($page->has('//input[@name="m1_rule[0][users]"][@value="anna, nobody"]'));
        $page = self::sent($admin, $page);
        self::assertStringContainsString('Nobody has this user name: nobody.', $page->text());
        self::assertStringContainsString('A number of days from 1 to 366.', $page->text());
        self::assertTrue($page->has('//input[@name="m1_rule[0][users]"][@aria-invalid="true"]'), 'it is said at the field');
        self::assertTrue($page->has('//input[@name="m1_rule[0][grace_days]"][@value="ten"]'));
        self::assertFalse($page->has('//button[@value="enforcement-set"]'), 'nothing can be set that is wrong');
        $page = self::sent($admin, $page, self::rule(['users' => '']));
        self::assertStringContainsString('Nobody is named.', $page->text());
        self::assertNull($this->site()->asOperator(static fn ($verifier) => $verifier->enforcement()));
    }

    public function test_what_the_form_has_no_field_for_or_nobody_has_any_more_is_told_and_kept(): void
    {
        $admin = $this->licensed();
        $odd = '{"for": {"users": ["2", "a,b"]}, "level": "encourage", "again_days": 2}';
        $gone = '{"for": {"groups": ["2", "77"], "users": ["55"], "roles": ["editor"]}, "level": "required-now"}';
        self::assertStringContainsString('The rules are set.', $this->set($admin, "{\"rules\": [$odd, $gone]}")->text());
        $page = self::page($admin);
        foreach (['set elsewhere', 'a,b', 'no such group any more: 77', 'Nobody has this id any more: #55', 'no such role: editor'] as $told) {
            self::assertStringContainsString($told, $page->text());
        }
        $page = self::sent($admin, $page, ['edit' => 'add']);
        $this->pass(60);
        $admin->stepUp();
        $page = self::sent($admin, self::sent($admin, $page), ['reason' => 'decided'], 'enforcement-set');
        self::assertStringContainsString('The rules are set.', $page->text());
        $set = json_decode((string) $this->site()->asOperator(static fn ($verifier) => $verifier->enforcement()), true);
        self::assertSame(json_decode($odd, true), $set['rules'][0]);
        self::assertEquals(json_decode($gone, true) + ['sign_in' => 'any'], $set['rules'][1] + ['sign_in' => 'any']);
        self::assertCount(3, $set['rules']);
    }

    public function test_nothing_is_set_that_was_not_looked_at_or_that_is_not_whole_or_in_the_place_of_what_others_set(): void
    {
        $admin = $this->licensed();
        $admin->stepUp();
        $set = fn (): ?string => $this->site()->asOperator(static fn ($verifier) => $verifier->enforcement());
        $refused = static function (Page $page, string $says, array $fields) use ($admin, $set): Page {
            $before = $set();
            $page = self::sent($admin, $page, $fields + ['reason' => 'decided'], 'enforcement-set');
            self::assertStringContainsString($says, $page->text());
            self::assertSame($before, $set());
            return $page;
        };
        $page = self::tried($admin, self::ADMINS);
        $page = $refused($page, 'Look at what these rules would do today', self::rule(['whom' => 'all']));
        self::assertTrue($page->has('//th[.="anna"]'), 'that is what they would do');
        $form = $page->form('.//input[@name="m1_whole"]');
        $values = array_diff_key($page->values($form), ['m1_whole' => 1]);
        $cut = $admin->browser->post('/admin/moduleinterface.php', ['m1_do' => 'enforcement-set', 'm1_reason' => 'decided'] + $values);
        self::assertStringContainsString('Not all of these rules have arrived', $cut->text());
        $this->set($admin, self::GRACE);
        $this->pass(60);
        $admin->stepUp();
        $page = $refused($page, 'Somebody has changed the rules', []);
        $page = self::sent($admin, $page, ['reason' => 'decided'], 'enforcement-set');
        self::assertStringContainsString('The rules are set.', $page->text(), 'knowing that');
        self::assertStringContainsString('required-now', (string) $set());
    }

    public function test_what_the_extension_refuses_of_rules_that_read_well_is_said_in_the_reader_s_words(): void
    {
        $admin = $this->licensed();
        $page = self::sent($admin, self::page($admin), self::rule(['whom' => 'all', 'sign_in' => 'phishing-resistant']));
        self::assertStringContainsString('that takes passkeys, which this version does not have', $page->text());
        self::assertFalse($page->has('//*[@lang="en"][contains(., "rules[0]")]'));
        $admin->enrolByEmail();
        $this->pass(400);
        $admin->change('send', ['method' => 'email']);
        $admin->change('prove', ['method' => 'email', 'code' => $admin->mailbox()->code()]);
        $page = self::tried($admin, '{"rules": [{"for": "all", "level": "required-now", "sign_in": "no-restricted"}]}');
        $page = self::sent($admin, $page, ['reason' => 'decided'], 'enforcement-set');
        self::assertStringContainsString('ask more of you than you have just proven', $page->text());
        self::assertTrue($page->has('//input[@name="m1_reason"][@value="decided"]'), 'nothing typed is lost');
        self::assertNull($this->site()->asOperator(static fn ($verifier) => $verifier->enforcement()));
    }

    public function test_of_many_users_the_first_are_named_and_all_are_counted(): void
    {
        $admin = $this->licensed();
        $insert = $this->site()->pdo()->prepare('INSERT INTO cms_users (user_id, username, password, admin_access, first_name, last_name, email, active) VALUES (?, ?, ?, 1, ?, ?, ?, 1)');
        foreach (range(100, 169) as $id) {
            $insert->execute([$id, "user$id", 'none', '', '', "user$id@example.org"]);
        }
        $page = self::tried($admin, self::ALL);
        self::assertStringContainsString('The first 50 of 72 by name', $page->text());
        self::assertCount(50, $page->all('//table//tbody/tr'));
        self::assertTrue($page->has('//dt[.="Has to set a factor up"]/following-sibling::dd[1][.="72"]'));
    }

    public function test_who_has_to_set_something_up_gets_that_and_nothing_else(): void
    {
        $admin = $this->licensed();
        $anna = $this->person('anna');
        $this->set($admin, self::ADMINS);
        $anna->signIn();
        self::assertIn($anna);
        $this->set($admin, self::ALL);
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertTrue(self::isSetUp($page));
        self::assertOut($other);
        self::assertFalse(str_contains($this->person('anna')->givePassword('wrong')->text(), 'Set up your second factor'), 'the password first');
        $page = $other->givePassword();
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $other->browser->submit($page, $page->one('//form[.//input[@name="twofactor_code"]]'), ['twofactor_code' => $phone->code()]);
        self::assertIn($other);
    }

    public function test_whoever_is_in_groups_that_cannot_be_read_is_not_let_in_as_one_in_none(): void
    {
        $admin = $this->licensed();
        $bert = $this->person('bert');
        $pdo = $this->site()->pdo();
        $pdo->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 3');
        $this->set($admin, self::ADMINS);
        $pdo->exec('ALTER TABLE cms_user_groups RENAME TO cms_elsewhere');
        $bert->givePassword();
        self::assertOut($bert);
        $pdo->exec('ALTER TABLE cms_elsewhere RENAME TO cms_user_groups');
        self::assertTrue(self::isSetUp($bert->elsewhere()->givePassword()));
        // Who is in none is in none.
        $pdo->exec('DELETE FROM cms_user_groups WHERE user_id = 3');
        $bert = $bert->elsewhere();
        $bert->givePassword();
        self::assertIn($bert);
    }

    public function test_a_suggestion_comes_after_the_sign_in_and_may_be_put_off(): void
    {
        $admin = $this->licensed();
        $this->set($admin, self::ENCOURAGE);
        self::assertTrue($this->isSuggested($admin, 'anna'));
        $anna = $this->person('anna');
        $page = $anna->signIn();
        self::assertStringContainsString('Protect your account', $page->text(), 'the sign-in leads there');
        self::assertIn($anna);
        $page = $anna->send($page, 'skip');
        self::assertStringNotContainsString('Protect your account', $page->text(), 'and on from there');
        self::assertIn($anna);
        self::assertFalse($this->isSuggested($admin, 'anna'), 'it was put off');
        self::assertStringNotContainsString('Protect your account', $anna->elsewhere()->signIn()->text());
        self::assertStringNotContainsString('Protect your account', $admin->elsewhere()->givePassword()->text(), 'who has a factor');
        $this->pass(2 * self::DAY);
        $anna = $anna->elsewhere();
        self::assertStringContainsString('Protect your account', $anna->signIn()->text());
        // It is no way around anything: whoever goes elsewhere is signed in as before.
        self::assertSame(200, $anna->action('preferences')->status);
    }

    public function test_a_proof_that_is_too_weak_leads_to_a_set_up_that_offers_nothing_weak(): void
    {
        $admin = $this->licensed();
        $anna = $this->person('anna');
        $anna->signIn();
        $anna->enrolByEmail();
        $this->pass(3600);
        $this->set($admin, '{"rules": [{"for": {"users": ["2"]}, "level": "required-now", "sign_in": "no-restricted"}]}');
        $other = $anna->elsewhere();
        $page = $other->givePassword();
        self::assertChallenged($page);
        self::assertFalse(self::isSetUp($page), 'the password alone shows no set-up');
        $page = $other->answer($page, $other->mailbox()->code());
        self::assertTrue(self::isSetUp($page));
        self::assertOut($other);
        self::assertNotNull(Person::secretOn($page));
        self::assertFalse($page->has('//*[@value="start-email"]'), 'a mailbox is too weak');
    }

    /** Bert, signed in by his mailbox, where a change of factors takes something stronger. */
    private function weakUnderARule(Person $admin): Person
    {
        $bert = $this->person('bert');
        $bert->signIn();
        $bert->enrolByEmail();
        $this->pass(3600);
        $this->set($admin, '{"rules": [{"for": {"users": ["3"]}, "level": "required-now", "step_up": "no-restricted"}]}');
        $bert = $bert->elsewhere();
        $page = $bert->givePassword();
        self::assertChallenged($page);
        $bert->answer($page, $bert->mailbox()->code());
        self::assertIn($bert);
        $this->pass(400);
        return $bert;
    }

    private function provenByMail(Person $person): Page
    {
        return $person->send($person->send($person->action('preferences'), 'send'), 'prove', ['method' => 'email', 'code' => $person->mailbox()->code()]);
    }

    public function test_a_step_up_by_something_too_weak_leads_to_a_set_up_and_to_no_other_change(): void
    {
        $bert = $this->weakUnderARule($this->licensed());
        $page = $this->provenByMail($bert);
        self::assertStringContainsString('That was right, but this site asks for a stronger method', $page->text());
        $mailbox = $this->factorOf('3', 'email');
        foreach (['remove' => $mailbox, 'rename' => $mailbox + ['label' => 'Mine'], 'regenerate' => []] as $do => $fields) {
            self::assertStringContainsString('Nothing has been changed yet', $bert->change($do, $fields)->text(), $do);
        }
        $page = $bert->startEnrolment();
        $page = $bert->send($page, 'confirm', ['code' => $bert->phone->code()]);
        self::assertStringContainsString('The app is set up.', $page->text());
        self::assertStringContainsString('Code by e-mail', $page->text(), 'what there was stays');
        self::assertIn($bert);
        // Now there is something stronger, a code by mail is not even sent; the app makes changes.
        $this->pass(600);
        $letters = count($bert->mailbox()->letters());
        self::assertStringContainsString('Changes cannot be confirmed this way here.', $bert->send($bert->action('preferences'), 'send')->text());
        self::assertCount($letters, $bert->mailbox()->letters());
        self::assertTrue($bert->stepUp()->has('//input[@name="m1_do"][@value="remove"]'));
    }

    public function test_a_step_up_that_was_too_weak_is_over_after_half_an_hour(): void
    {
        $bert = $this->weakUnderARule($this->licensed());
        $this->provenByMail($bert);
        $page = $bert->action('preferences');
        self::assertTrue($page->has('//input[@name="m1_do"][@value="start"]'));
        $this->pass(1900);
        $page = $bert->send($page, 'start');
        self::assertNull(Person::secretOn($page));
        self::assertStringContainsString('Nothing has been changed yet', $page->text());
        self::assertTrue($bert->action('preferences')->has('//input[@name="m1_do"][@value="prove"]'));
    }

    private const STRONG_STEP_UP = '{"rules": [{"for": {"users": ["2", "3"]}, "level": "required-now", "step_up": "no-restricted"}]}';

    /** Signed in with a mailbox, where a step-up asks for more. */
    private function withMailbox(string $name): Person
    {
        $person = $this->person($name);
        $person->signIn();
        $person->enrolByEmail();
        return $person;
    }

    private static function mailed(Person $person, string $page = 'preferences'): string
    {
        $page === 'preferences' ? $person->change('send', ['method' => 'email']) : $person->change('defaultadmin', ['do' => 'unlock', 'send' => 'email', 'user' => '2']);
        return $person->mailbox()->code();
    }

    public function test_a_step_up_that_is_too_weak_leads_to_a_set_up_and_what_was_asked_for_is_still_there(): void
    {
        $admin = $this->licensed();
        $anna = $this->withMailbox('anna');
        $this->pass(3600);
        $this->set($admin, self::STRONG_STEP_UP);
        $anna = $anna->elsewhere();
        $anna->answer($anna->givePassword(), $anna->mailbox()->code());
        self::assertIn($anna);
        $this->pass(60);
        $factor = $this->site()->asOperator(static fn ($verifier) => $verifier->account('2')->factors()[0]->id());
        $asked = ['factor' => $factor, 'label' => 'My mailbox'];
        $page = $anna->change('rename', $asked + ['proof_method' => 'email', 'proof_code' => self::mailed($anna)]);
        self::assertStringContainsString('asks for a stronger method', $page->text());
        self::assertTrue($page->has('//input[@name="m1_label"][@value="My mailbox"]'));
        $link = $page->one('//form[.//input[@value="rename"]]//a[@target="_blank"]');
        self::assertNotNull($link);
        $other = $anna->browser->get($page->resolve($link->getAttribute('href')));
        $other = $anna->send($other, 'start');
        $anna->phone = new Phone((string) Person::secretOn($other), $this->site()->clock);
        $other = $anna->send($other, 'confirm', ['code' => $anna->phone->code()]);
        self::assertStringContainsString('Confirm with its next code', $other->text());
        self::assertIn($anna);
        $this->pass(60);
        $page = $anna->send($page, 'rename', ['proof_method' => 'totp', 'proof_code' => $anna->phone->code()]);
        self::assertStringContainsString('My mailbox', $page->text());
        $labels = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->label(), $verifier->account('2')->factors()));
        self::assertContains('My mailbox', $labels);
    }

    public function test_a_form_that_begins_a_set_up_goes_on_at_once_with_a_proof_that_is_too_weak(): void
    {
        $admin = $this->licensed();
        $anna = $this->withMailbox('anna');
        $this->pass(3600);
        $this->set($admin, self::STRONG_STEP_UP);
        $anna = $anna->elsewhere();
        $anna->answer($anna->givePassword(), $anna->mailbox()->code());
        $this->pass(60);
        $page = $anna->change('start', ['label' => 'My app', 'proof_method' => 'email', 'proof_code' => self::mailed($anna)]);
        self::assertNotNull(Person::secretOn($page), $page->text());
        self::assertSame(2, count($this->site()->asOperator(static fn ($verifier) => $verifier->account('2')->factors())), 'a mailbox and codes');
    }

    public function test_an_administrator_whose_proof_is_too_weak_is_led_to_a_set_up_and_keeps_what_was_typed(): void
    {
        $admin = $this->licensed();
        $this->withMailbox('anna');
        $bert = $this->withMailbox('bert');
        $this->site()->pdo()->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 3');
        $this->vouchFor('bert');
        $this->pass(3600);
        $this->set($admin, self::STRONG_STEP_UP);
        $bert = $bert->elsewhere();
        $bert->answer($bert->givePassword(), $bert->mailbox()->code());
        $this->pass(60);
        $page = $bert->change('unlock', ['user' => '2', 'reason' => 'asked by phone', 'method' => 'email', 'code' => self::mailed($bert, 'user')]);
        self::assertStringContainsString('asks for a stronger method', $page->text());
        self::assertTrue($page->has('//input[@name="m1_reason"][@value="asked by phone"]'), $page->text());
        $link = $page->one('//form//a[@target="_blank"]');
        $other = $bert->browser->get($page->resolve($link->getAttribute('href')));
        $other = $bert->send($other, 'start');
        $bert->phone = new Phone((string) Person::secretOn($other), $this->site()->clock);
        $bert->send($other, 'confirm', ['code' => $bert->phone->code()]);
        $this->pass(60);
        // What came of the password and a mailbox makes no administrator of whoever has set it up, until somebody vouches for them.
        $proof = ['method' => 'totp', 'code' => $bert->phone->code()];
        $refused = $bert->send($page, 'unlock', $proof);
        self::assertStringContainsString('These administrators can confirm you sooner', $refused->text());
        $this->vouchFor('bert');
        self::assertStringContainsString('Unlocked.', $bert->send($page, 'unlock', $proof)->text(), 'as it was typed');
        self::assertStringContainsString('asked by phone', $admin->action('defaultadmin', ['tab' => 'audit'])->text());
    }

    public function test_from_the_day_on_which_rules_are_set_people_are_told_until_when_and_administrators_whom_they_wait_for(): void
    {
        $admin = $this->licensed();
        $anna = $this->person('anna');
        $anna->signIn();
        $bar = static fn (Page $page): ?string => $page->one('//*[@role="region"][.//a[.="Set it up now"]]')?->textContent;
        $state = static fn (Person $admin): string => (string) $admin->action('defaultadmin')->one('//tr[th//a[.="anna"]]/td[1]')?->textContent;
        self::assertNull($bar($anna->page('/admin/index.php')));
        $this->set($admin, self::GRACE);
        self::assertStringContainsString('your time begins with your next sign-in, and ends on', (string) $bar($anna->page('/admin/index.php')));
        self::assertStringContainsString('grace begins at the next sign-in', $state($admin));
        $anna = $anna->elsewhere();
        $anna->signIn();
        $due = date('j M Y', $this->site()->clock->now() + 14 * self::DAY);
        $this->pass(3 * self::DAY);
        $anna->signIn();
        self::assertStringContainsString("From $due", (string) $bar($anna->page('/admin/index.php')), 'the day stays');
        self::assertStringContainsString("in grace, required from $due", $state($admin));
        $page = $anna->action('preferences');
        self::assertStringContainsString("From $due", $page->text());
        self::assertNull($bar($page), 'said once');
        self::assertStringContainsString("in grace, required from $due", $admin->lookUp('anna')->text());
        self::assertNull($bar($admin->page('/admin/index.php')), 'who has one is asked for nothing');
        $this->pass(12 * self::DAY);
        $admin = $admin->elsewhere();
        $admin->signIn();
        self::assertStringContainsString("required, overdue since $due", $state($admin));
        $anna = $anna->elsewhere();
        self::assertTrue(self::isSetUp($anna->givePassword()));
    }

    public function test_who_has_something_too_weak_is_told_what_it_is_too_weak_for_and_no_more_once_that_is_mended(): void
    {
        $admin = $this->licensed();
        $anna = $this->withMailbox('anna');
        $this->pass(3600);
        $this->set($admin, '{"rules": [{"for": {"users": ["2"]}, "level": "required", "grace_days": 14, "step_up": "no-restricted"}]}');
        $told = static fn (Person $anna): string => $anna->action('preferences')->text();
        self::assertStringContainsString('You will soon need a stronger second factor to confirm changes', $told($anna));
        $anna = $anna->elsewhere();
        $anna->answer($anna->givePassword(), $anna->mailbox()->code());
        self::assertStringContainsString('on you will need a stronger second factor to confirm changes', $told($anna));
        $this->pass(3600);
        $this->set($admin, '{"rules": [{"for": {"users": ["2"]}, "level": "required", "grace_days": 14, "sign_in": "no-restricted"}]}');
        self::assertStringContainsString('need a stronger second factor to sign in', $told($anna));
        $this->pass(60);
        $anna->change('prove', ['method' => 'email', 'code' => self::mailed($anna)]);
        $anna->send($anna->startEnrolment(), 'confirm', ['code' => $anna->phone->code()]);
        self::assertStringNotContainsString('stronger second factor', $told($anna));
        self::assertStringNotContainsString('stronger', $admin->lookUp('anna')->text());
    }

    private function isSuggested(Person $admin, string $name): bool
    {
        return self::sent($admin, self::page($admin))->has("//tr[th[.=\"$name\"]]/td[.=\"Is shown the suggestion\"]");
    }

    public function test_whoever_may_not_change_the_rules_takes_the_licence_away_neither_nor_uninstalls(): void
    {
        $admin = $this->licensed();
        $this->site()->pdo()->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 3');
        $bert = $this->person('bert');
        $bert->signIn();
        $bert->enrolByEmail();
        $this->vouchFor('bert');
        $this->pass(3600);
        $page = $this->set($admin, '{"rules": [{"for": "all", "level": "required", "grace_days": 14, "sign_in": "no-restricted"}]}');
        self::assertStringContainsString('The rules are set', $page->text());

        $thief = $this->person('bert');
        $thief->answer($thief->givePassword(), $thief->mailbox()->code());
        $this->pass(120);
        $thief->send($thief->action('preferences'), 'send', ['method' => 'email']);
        $thief->send($thief->action('preferences'), 'prove', ['method' => 'email', 'code' => $thief->mailbox()->code()]);
        foreach ([['do' => 'licence-forget'], ['do' => 'enforcement-remove', 'reason' => 'x']] as $change) {
            $page = $thief->change('defaultadmin', $change);
            self::assertStringNotContainsString('The licence key is forgotten', $page->text());
            self::assertStringNotContainsString('The rules are removed', $page->text());
        }
        self::assertStringContainsString('In order', trim(self::page($admin, 'health')->text()));
        self::assertStringContainsString('Good', self::page($admin, 'premium')->one('//p[@class="tf-state"]')->textContent);

        // Who may change them may do both, and it is noted who did.
        $this->pass(60);
        $admin->stepUp();
        $off = $admin->browser->get('/admin/moduleinterface.php?' . http_build_query(
            ['mact' => 'ModuleManager,m1_,local_active,0', '__c' => $admin->key(), 'm1_mod' => 'TwoFactorPro', 'm1_state' => '0'],
        ));
        self::assertSame(403, $off->status);
        self::assertStringContainsString('remove them first', $off->text());
        self::assertStringContainsString('Good', self::page($admin, 'premium')->one('//p[@class="tf-state"]')->textContent);
        $page = $admin->change('defaultadmin', ['do' => 'licence-forget']);
        self::assertStringContainsString('The licence key is forgotten', $page->text());
        $this->site()->asOperator(static function ($verifier): void {
            $events = array_values(array_filter([...$verifier->providersAudit()], static fn ($event) => str_starts_with($event->type(), 'licence.')));
            self::assertSame(['licence.forgotten', 'licence.entered'], array_map(static fn ($event) => $event->type(), $events));
            self::assertSame(['1', '1'], array_map(static fn ($event) => $event->by(), $events));
        }, ['clock' => $this->siteClock()]);
    }

    public function test_a_suggestion_comes_to_nobody_whom_their_own_page_refuses(): void
    {
        $admin = $this->licensed();
        $this->site()->pdo()->exec("DELETE FROM cms_group_perms WHERE permission_id IN (SELECT permission_id FROM cms_permissions WHERE permission_name = 'use_twofactor')");
        self::assertStringContainsString('The rules are set', $this->set($admin, self::ENCOURAGE)->text());
        foreach ([$this->person('anna'), $this->person('anna')->elsewhere()] as $anna) {
            $page = $anna->signIn();
            self::assertStringNotContainsString('no permission', $page->text());
            self::assertTrue($anna->isIn() !== null);
        }
    }

    public function test_whom_a_strong_rule_leaves_without_a_code_is_counted_before_it_is_set(): void
    {
        $admin = $this->licensed();
        $strong = '{"rules": [{"for": "all", "level": "required", "grace_days": 14, "sign_in": "no-restricted"}]}';
        $said = 'and no backup code: 1.';
        self::assertStringNotContainsString($said, self::tried($admin, $strong)->text());
        foreach ($admin->codes as $code) {
            $again = $admin->elsewhere();
            $again->answer($again->givePassword(), $code, 'backup');
            $this->pass(60);
        }
        self::assertStringContainsString($said, self::tried($admin, $strong)->text());
        self::assertStringNotContainsString($said, self::tried($admin, self::GRACE)->text());
    }

    public function test_rules_may_be_as_long_as_the_extension_takes_them(): void
    {
        $admin = $this->licensed();
        $users = array_map(static fn (int $i) => str_repeat('x', 40) . $i, range(1, 400));
        $rules = json_encode(['rules' => [['for' => ['users' => $users], 'level' => 'required', 'grace_days' => 14]]]);
        self::assertGreaterThan(16384, strlen($rules));
        self::assertStringContainsString('The rules are set', $this->set($admin, $rules)->text());
    }

    public function test_without_a_licence_everybody_signs_in_and_the_page_says_so(): void
    {
        $admin = $this->licensed();
        $this->set($admin, self::ALL);
        $this->site()->clock->advance(100 * self::DAY);
        $anna = $this->person('anna');
        $anna->signIn();
        self::assertIn($anna);
        $admin = $admin->elsewhere();
        $page = $admin->givePassword();
        self::assertChallenged($page);
        $admin->answer($page, $admin->phone->code());
        self::assertIn($admin);
    }
}
