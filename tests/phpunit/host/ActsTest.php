<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactorModule\Act;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';

/**
 * What administration does, one by one as the module's own table has it: nothing of it is done without the permission
 * and the proof that it takes, and what is new in the table is tried here without being named.
 */
final class ActsTest extends HostTestCase
{
    /** Every field that an act reads, so that nothing but what is missing keeps it from being done. */
    private const FIELDS = ['user' => '2', 'reason' => 'asked', 'name' => 'two', 'kind' => 'sns', 'known' => '', 'way' => 'sms',
        'set_access_key' => 'AKIAIOSFODNN7EXAMPLE', 'set_secret' => '0123456789012345678901234567890123456789', 'set_region' => 'eu-central-1',
        'number' => '+49 1512 3456789', 'language' => 'en', 'text' => 'Mine: {code}', 'reset' => 'on', 'sure' => '1'];

    private function carry(): void
    {
        foreach (['one', 'two'] as $name) {
            $this->site()->asOperator(static fn ($verifier) => $verifier->saveProvider($name, ['provider' => 'sns', 'region' => 'eu-central-1',
                'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('s', 40)], 'the test'));
        }
    }

    /** What acts leave behind. @return array<string, mixed> */
    private function kept(): array
    {
        $site = $this->site();
        $ask = fn (callable $what): mixed => $site->asOperator($what, ['clock' => $this->siteClock()]);
        $rows = static fn (string $sql): array => $site->pdo()->query($sql)->fetchAll(\PDO::FETCH_NUM);
        return [
            'accounts' => $ask(static fn ($verifier) => array_map(json_encode(...), [...$verifier->accounts()])),
            'providers' => $ask(static fn ($verifier) => array_map(json_encode(...), $verifier->providers())),
            'enrolment' => $ask(static fn ($verifier) => $verifier->allEnrolmentsRequired() === null),
            'texts' => $ask(static fn ($verifier) => $verifier->messageTexts()),
            'operators' => array_values(array_intersect(
                ['account.unlocked', 'account.reset', 'account.exported', 'account.forgotten', 'changes.released', 'operator.confirmed', 'provider.changed', 'provider.tested', 'text.changed', 'sessions.ended', 'enrolment.required', 'enrolment.waived', 'temporary-code.issued', 'factor.suspended', 'factor.resumed'],
                $ask(static fn ($verifier) => array_map(static fn ($event) => $event->type(), [...$verifier->audit()])),
            )),
            'preferences' => $rows("SELECT sitepref_name, sitepref_value FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor%' AND sitepref_name <> 'TwoFactor_notices_looked' ORDER BY sitepref_name"),
        ];
    }

    /** @param array<string, Act> $acts */
    private function assertNoneIsDone(array $acts, Person $who, string $says, array $fields = []): void
    {
        self::assertNotSame([], $acts);
        $before = $this->kept();
        $fields += $this->factorOf('2', 'totp');
        foreach (array_keys($acts) as $do) {
            $form = ['mact' => 'TwoFactor,m1_,defaultadmin,0', '__c' => $who->key(), 'm1_do' => $do];
            foreach ($fields + self::FIELDS as $name => $value) {
                $form["m1_$name"] = $value;
            }
            $page = $who->browser->post('/admin/moduleinterface.php', $form);
            self::assertSame(200, $page->status, $do);
            self::assertStringContainsString($says, $page->text(), $do);
            self::assertFalse($page->has('//*[@role="status"]'), "$do is said to be done: " . $page->text());
            self::assertSame($before, $this->kept(), $do);
        }
    }

    public function test_an_act_takes_a_proof_and_administrators_unless_the_table_says_otherwise(): void
    {
        $without = static fn (callable $is): array => array_keys(array_filter(Changes::acts(), static fn (Act $act) => !$is($act)));
        self::assertSame(['text-preview', 'create-key'], $without(static fn (Act $act) => $act->takesProof), 'they change nothing that is kept, or come before any factor');
        self::assertSame(['unlock', 'reset', 'release-hold', 'temporary-code', 'suspend-factor', 'resume-factor', 'export-user', 'forget', 'end-user-session', 'end-user-sessions', 'create-key'], $without(static fn (Act $act) => $act->isForAll), 'on one user, or before any factor');
        self::assertSame(['create-key'], $without(static fn (Act $act) => $act->isForAll || $act->isOnUser));
        self::assertSame(['create-key'], $without(static fn (Act $act) => $act->needsVerifier));
        self::assertTrue((new \ReflectionMethod(Act::class, '__construct'))->isPrivate(), 'there are no other kinds');
    }

    public function test_without_a_fresh_proof_no_act_is_done_by_an_administrator_who_may(): void
    {
        $this->enrolled('anna');
        $this->carry();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $this->vouchFor('admin');
        $this->site()->clock->advance(400);
        $acts = array_filter(Changes::acts(), static fn (Act $act) => $act->takesProof);
        $this->assertNoneIsDone($acts, $admin, 'Nothing has been changed yet');
        // Nor with a code that is wrong; five of them block the method, and so does whatever comes after.
        $this->assertNoneIsDone(array_slice($acts, 0, 3), $admin, 'not accepted', ['method' => 'totp', 'code' => '000000']);
    }

    public function test_what_is_everybody_s_is_not_for_a_manager_who_is_no_administrator_whatever_they_have_proven(): void
    {
        $this->enrolled('anna');
        $this->carry();
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $bert = $this->administrator('bert');
        $this->assertNoneIsDone(array_filter(Changes::acts(), static fn (Act $act) => $act->isForAll), $bert, 'You have no permission');
        $this->assertNoneIsDone(array_filter(Changes::acts(), static fn (Act $act) => $act->isOnUser), $bert, 'You have no permission', ['user' => '1']);
    }

    public function test_no_act_is_for_whoever_may_not_manage_at_all(): void
    {
        $this->enrolled('anna');
        $this->carry();
        $this->assertNoneIsDone(Changes::acts(), $this->administrator('bert'), 'You have no permission');
    }
}
