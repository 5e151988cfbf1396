<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Who may act on others, on providers and on settings: not whoever knows an administrator's password. */
final class OperatorTest extends HostTestCase
{
    private const ACTS = [
        'reset' => ['user' => '2', 'reason' => 'mine now'],
        'unlock' => ['user' => '2', 'reason' => 'mine now'],
        'confirm-operator' => ['user' => '1', 'reason' => 'myself'],
        'switch-reset' => ['reset' => 'on'],
        'provider-save' => ['name' => 'mine', 'kind' => 'sns', 'set_access_key' => 'AKIAIOSFODNN7EXAMPLE', 'set_secret' => '0123456789012345678901234567890123456789', 'set_region' => 'eu-central-1'],
        'provider-up' => ['name' => 'two'],
        'provider-check' => ['name' => 'one'],
        'provider-test' => ['name' => 'one', 'way' => 'sms', 'number' => '+49 1512 3456789'],
        'provider-remove' => ['name' => 'one'],
        'text-save' => ['way' => 'sms', 'language' => 'en', 'text' => 'Mine: {code}'],
        'end-user-sessions' => ['user' => '2', 'reason' => 'mine now'],
        'require-everybody' => ['reason' => 'mine now'],
        'waive-everybody' => ['reason' => 'mine now'],
        'end-everybody' => ['reason' => 'mine now'],
    ];

    private Fakes $twilio;

    private function carry(): void
    {
        $this->twilio = new Fakes();
        $this->site()->start($this->twilio->ini());
        foreach (['one', 'two'] as $name) {
            $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider($name, $this->twilio->provider(), 'the test'));
        }
    }

    /** Nothing of what an operator does was done. */
    private function assertNothingDone(string $why): void
    {
        self::assertNotContains('account.reset', $this->site()->audit('2'), $why);
        self::assertNotContains('account.unlocked', $this->site()->audit('2'), $why);
        self::assertNotContains('operator.confirmed', $this->site()->audit('1'), $why);
        self::assertNotContains('sessions.ended', $this->site()->audit('2'), $why);
        $providers = $this->site()->asOperator(static fn ($verifier) => array_map(static fn ($one) => $one->name(), $verifier->providers()));
        self::assertSame(['one', 'two'], $providers, $why);
        $texts = $this->site()->asOperator(static fn ($verifier) => array_filter(array_column($verifier->messageTexts(), 'text')));
        self::assertSame([], $texts, $why);
        self::assertTrue($this->site()->asOperator(static fn ($verifier) => $verifier->allEnrolmentsRequired() === null), $why);
        self::assertSame([], $this->twilio->sent(), $why);
        self::assertStringNotContainsString('"twilio":1', $this->twilio->ask('/requests'), $why);
        $switch = $this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")->fetchColumn();
        self::assertNotSame('on', $switch, $why);
    }

    /** Every act, as its form would send it, with a code if there is one. */
    private function tryEverything(Person $thief, string $says, array $proof = []): void
    {
        foreach (self::ACTS as $do => $fields) {
            $page = $thief->change($do, $fields + $proof);
            self::assertSame(200, $page->status, $do);
            self::assertStringContainsString($says, $page->text(), $do);
            self::assertFalse($page->has('//*[@role="status"]'), $do);
            $this->assertNothingDone($do);
        }
    }

    public function test_d7_an_administrator_with_only_a_password_takes_nobody_s_factor_and_changes_nothing_for_all(): void
    {
        $anna = $this->enrolled('anna');
        $this->carry();
        $thief = $this->person('admin');
        $thief->givePassword();
        $says = 'you need a second factor of your own. Set one up first.';
        $this->tryEverything($thief, $says);
        foreach ([$thief->lookUp('anna'), $thief->action('defaultadmin', ['tab' => 'settings']), $thief->action('defaultadmin', ['tab' => 'providers'])] as $page) {
            self::assertStringContainsString($says, $page->text());
            self::assertFalse($page->has('//main//form[.//input[@name="m1_do"]]'), 'there is nothing to send');
            $link = $page->one("//main//a[normalize-space(.)='Set up a second factor']");
            $there = $thief->browser->get($page->resolve($link->getAttribute('href')));
            self::assertTrue($there->has("//input[@value='start']"), 'it leads to where it is set up');
        }
        self::assertFalse($thief->action('defaultadmin', ['tab' => 'providers', 'edit' => 'one'])->has('//input[@name="m1_set_secret"]'));
        self::assertChallenged($anna->elsewhere()->givePassword());
    }

    public function test_d7_who_enrols_a_factor_first_and_tries_at_once_reads_when_it_counts_and_who_can_confirm(): void
    {
        $anna = $this->enrolled('anna');
        $bert = $this->enrolled('bert');
        $this->site()->pdo()->exec('INSERT INTO cms_user_groups (group_id, user_id) VALUES (1, 3)');
        $this->site()->clock->advance(86_400);
        $this->carry();
        $thief = $this->person('admin');
        $thief->givePassword();
        $thief->enrol();
        $thief->stepUp();
        $this->tryEverything($thief, 'set up a short while ago with the password alone', ['method' => 'backup', 'code' => $thief->codes[0]]);
        $page = $thief->lookUp('anna');
        self::assertSame(1, preg_match('/or settings before (.+?)\. These/', $page->text(), $when), $page->text());
        self::assertEqualsWithDelta($this->site()->clock->now() + 86_400, strtotime(str_replace(',', '', $when[1])), 120, "a day after it was enrolled, not $when[1]");
        self::assertStringContainsString('on your page in the list of users: bert.', $page->text());
        self::assertChallenged($anna->elsewhere()->givePassword());
        // Another administrator, whose factor is older than a day, looks and confirms.
        $bert->signIn();
        $page = $bert->lookUp('admin');
        self::assertStringContainsString('The second factor of this user is new', $page->text());
        self::assertStringNotContainsString('is new', $bert->lookUp('anna')->text());
        $page = $bert->change('confirm-operator', ['user' => '1', 'reason' => 'met in person', 'method' => 'totp', 'code' => $bert->phone->code()]);
        self::assertStringContainsString('Confirmed', $page->text());
        $audit = $bert->action('defaultadmin', ['tab' => 'audit', 'user' => '1'])->text();
        self::assertStringContainsString('Confirmed as an administrator – bert: met in person', $audit);
        $thief->change('reset', ['user' => '2', 'reason' => 'really']);
        self::assertContains('account.reset', $this->site()->audit('2'));
    }

    public function test_after_a_day_a_factor_counts_for_acting_on_others(): void
    {
        $this->enrolled('anna');
        $admin = $this->enrolled('admin');
        $this->site()->clock->advance(86_400);
        $admin->signIn();
        $page = $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'phone in the lake', 'do' => 'reset', 'method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('Every factor of this user was removed', $page->text());
        self::assertStringContainsString('there is nothing to unlock or reset', $page->text());
        self::assertFalse($page->has('//input[@value="unlock"]'));
        $event = $this->site()->asOperator(static fn ($verifier) => [...$verifier->audit('2', 1)][0]);
        self::assertSame(['account.reset', '1', 'proof'], [$event->type(), $event->by(), $event->authority()]);
        self::assertStringContainsString('admin: phone in the lake', $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->text());
    }

    public function test_the_first_administrator_of_all_sets_the_site_up_on_the_first_day(): void
    {
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrol();
        $admin->stepUp();
        $page = $admin->change('provider-save', self::ACTS['provider-save']);
        self::assertStringContainsString('The provider was saved', $page->text());
        // Their factor is as good as their password: somebody may have been here before whose site it is.
        self::assertStringContainsString('No code goes by this provider before it is confirmed', $page->text());
        self::assertStringContainsString('operator.php confirm-provider mine', $page->text());
        $this->site()->mailSettings(['from' => 'cms@example.org']);
        $health = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertStringContainsString('mine was saved by admin with nothing but a password', $health->text());
        self::assertStringContainsString('It works. Please look at the warnings.', $health->text());
        self::assertFalse($health->has('//*[@role="alert"]'), 'apps work: nobody is told that nobody can be verified');
        $audit = $admin->action('defaultadmin', ['tab' => 'audit'])->text();
        self::assertStringContainsString('Provider added: mine', $audit);
        self::assertStringContainsString('admin (before anybody else had a second factor)', $audit);
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check', ['do' => 'provider-confirm']);
        self::assertStringContainsString('your own second factor is less than a day old', $page->text());
        self::assertStringNotContainsString('No fault lately', $page->text());
        self::assertStringNotContainsString('Provider changed', $admin->action('defaultadmin', ['tab' => 'audit'])->one('//tbody')->textContent, 'nothing was');
        $offers = fn (): bool => $this->site()->asOperator(static fn ($verifier) => $verifier->offers(\TwoFactor\Method::Sms));
        self::assertFalse($offers());
        $this->site()->clock->advance(86_400);
        $admin->signIn();
        $admin->stepUp();
        $page = $admin->send($admin->action('defaultadmin', ['tab' => 'providers']), 'provider-check', ['do' => 'provider-confirm']);
        self::assertStringContainsString('Confirmed: codes go by this provider', $page->text());
        self::assertTrue($offers());
        self::assertStringNotContainsString('No code goes by this provider before it is confirmed', $page->text());
        $event = $this->site()->asOperator(static fn ($verifier) => [...$verifier->providersAudit(1)][0]);
        self::assertSame(['provider.changed', '1', 'sns; confirmed', 'proof', '127.0.0.1'], [$event->type(), $event->by(), $event->reason(), $event->authority(), $event->ip()]);
    }

    public function test_in_an_emergency_an_administrator_acts_without_a_factor_and_the_audit_says_so(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled('anna');
        $this->enrolled('bert');
        $this->site()->pdo()->exec('INSERT INTO cms_user_groups (group_id, user_id) VALUES (1, 3)');
        $this->site()->emergency();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->send($admin->lookUp('anna'), 'unlock', ['reason' => 'phone in the lake', 'do' => 'reset']);
        $event = $this->site()->asOperator(static fn ($verifier) => [...$verifier->audit('2', 1)][0]);
        self::assertSame(['account.reset', '1', 'emergency'], [$event->type(), $event->by(), $event->authority()]);
        self::assertStringContainsString('admin (emergency setting): phone in the lake', $admin->action('defaultadmin', ['tab' => 'audit'])->text());
        $health = $admin->action('defaultadmin', ['tab' => 'health'])->one("//tr[th[normalize-space()='Emergency']]")->textContent;
        self::assertMatchesRegularExpression("/For another \\d+ minutes( \\d+ seconds)? administrators act .* take \\\$config\\['twofactor_emergency'\\] out of config.php/", $health);
        // To trust somebody would last longer than the emergency.
        $page = $admin->send($admin->lookUp('bert'), 'unlock', ['reason' => 'vouched for', 'do' => 'confirm-operator']);
        self::assertStringContainsString('In an emergency nobody is confirmed', $page->text());
        self::assertNotContains('operator.confirmed', $this->site()->audit('3'));
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_whoever_deletes_a_user_without_a_proof_leaves_their_factor_to_one_who_has(): void
    {
        $this->enrolled('anna');
        $thief = $this->person('admin');
        $thief->givePassword();
        $thief->page('/admin/deleteuser.php', ['user_id' => '2']);
        self::assertSame(['1', '3'], array_map('strval', $this->site()->pdo()->query('SELECT user_id FROM cms_users ORDER BY user_id')->fetchAll(\PDO::FETCH_COLUMN)), 'the CMS deletes all the same');
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        // Whoever gets the number anew is asked for the factor of whoever had it.
        $this->site()->pdo()->exec('UPDATE cms_users_seq SET id = 1');
        $thief->browser->post('/admin/adduser.php', ['__c' => $thief->key(), 'submit' => '1', 'user' => 'carl', 'active' => '1', 'email' => 'carl@example.org',
            'password' => 'new-password', 'passwordagain' => 'new-password', 'groups' => ['2']]);
        $carl = $this->person('carl');
        self::assertChallenged($carl->givePassword('new-password'));
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        $this->site()->pdo()->exec('DELETE FROM cms_users WHERE user_id = 2');
        $page = $thief->action('defaultadmin');
        self::assertStringContainsString('Second factors of deleted users', $page->text());
        self::assertFalse($page->has('//input[@value="remove-orphan"]'));
        $thief->change('remove-orphan', ['user' => '2']);
        self::assertNotContains('account.reset', $this->site()->audit('2'));
        $admin = $this->administrator();
        $admin->change('remove-orphan', ['user' => '3']);
        self::assertNotContains('account.reset', $this->site()->audit('3'), 'bert is no orphan');
        $page = $admin->send($admin->action('defaultadmin'), 'remove-orphan');
        self::assertContains('account.reset', $this->site()->audit('2'));
        self::assertStringNotContainsString('Second factors of deleted users', $page->text());
    }

    /** @return array<string, array{array{int, int}|string, string}> the setting, until and from in seconds from now; and what is said of it */
    public static function mistakes(): array
    {
        return [
            'a minute ago' => [[-60, -1800], 'is over and does nothing any more'],
            'more than an hour' => [[3_700, 0], 'is not obeyed, at no time'],
            'its end before its beginning' => [[-60, 60], 'is not obeyed, at no time'],
            'not yet' => [[1800, 600], 'has not begun'],
            'no time' => ['tomorrow evening', 'two times with a slash between them'],
        ];
    }

    /** @dataProvider mistakes */
    public function test_a_mistaken_emergency_setting_is_told_in_the_log_and_in_health_with_a_line_that_is_obeyed(array|string $set, string $says): void
    {
        $anna = $this->enrolled('anna');
        is_array($set) ? $this->site()->emergency(...$set) : $this->site()->config(['twofactor_emergency' => $set]);
        self::assertChallenged($anna->givePassword());
        $log = $this->site()->pdo()->query("SELECT action FROM cms_adminlog WHERE item_name = 'TwoFactor' ORDER BY id DESC")->fetchColumn();
        $admin = $this->person('admin');
        $admin->givePassword();
        $health = $admin->action('defaultadmin', ['tab' => 'health'])->text();
        foreach (['log' => (string) $log, 'health' => $health] as $where => $text) {
            self::assertStringContainsString($says, $text, $where);
            self::assertSame(1, preg_match("/twofactor_emergency'\\] = '([^']+)';/", $text, $line), "$where: $text");
        }
        $this->site()->config(['twofactor_emergency' => $line[1]]);
        $anna = $anna->elsewhere();
        $anna->givePassword();
        self::assertIn($anna);
    }
}
