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

    private function set(Person $admin, string $rules): Page
    {
        $this->pass(60);
        $admin->stepUp();
        return $admin->change('defaultadmin', ['do' => 'enforcement-set', 'policy' => $rules, 'reason' => 'decided']);
    }

    private static function isSetUp(Page $page): bool
    {
        return str_contains($page->text(), 'Set up your second factor');
    }

    public function test_rules_are_tried_set_with_a_proof_and_removed_and_the_audit_keeps_why(): void
    {
        $admin = $this->licensed();
        self::assertStringContainsString('No rules are set', self::page($admin)->text());
        $page = $admin->change('defaultadmin', ['do' => 'enforcement-try', 'policy' => self::ALL]);
        self::assertStringContainsString('What these rules would do today', $page->text());
        self::assertStringContainsString('Has to set a factor up', $page->text());
        self::assertTrue($page->has('//th[.="anna"]'));
        self::assertFalse($page->has('//th[.="admin"]'), 'who has one is not concerned');
        self::assertStringContainsString('No rules are set', self::page($admin)->text(), 'nothing is set by that');
        $page = $admin->change('defaultadmin', ['do' => 'enforcement-try', 'policy' => '{"rules": [{"for": "everybody"}]}']);
        self::assertStringContainsString('rules[0].for must be "all" or an object', $page->text());

        $this->pass(400);
        $page = $admin->change('defaultadmin', ['do' => 'enforcement-set', 'policy' => self::GRACE, 'reason' => 'decided']);
        self::assertStringContainsString('Nothing has been changed yet', $page->text());
        self::assertStringContainsString('grace_days', $page->text(), 'what was typed is there');
        self::assertStringContainsString('The rules are set.', $this->set($admin, self::GRACE)->text());
        $page = self::page($admin);
        self::assertStringContainsString('Rules are set', $page->text());
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

    private function isSuggested(Person $admin, string $name): bool
    {
        return self::page($admin)->has("//tr[th[.=\"$name\"]]/td[.=\"Is shown the suggestion\"]");
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
