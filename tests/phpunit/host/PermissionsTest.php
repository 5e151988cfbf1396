<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Exception\LicenceRequired;
use TwoFactorModule\Act;
use TwoFactorModule\Privileges;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';
require_once __DIR__ . '/LicensedSite.php';
require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Privileges.php';

/**
 * Who may see and do what under Site Admin, and with whom: the table of docs/design.md, held to be true; and that nobody gives
 * themselves more.
 */
final class PermissionsTest extends HostTestCase
{
    use LicensedSite;

    /** As the columns of the table are called. */
    private const NAMES = ['manage' => 'manage_twofactor', 'help' => 'help_twofactor_users', 'audit' => 'read_twofactor_audit',
        'settings' => 'manage_twofactor_settings', 'providers' => 'manage_twofactor_providers', 'premium' => 'manage_twofactor_premium'];
    private const DENIED = 'You have no permission';
    private const NO_LICENCE = 'Your permission counts while this site has a licence';
    /** By which somebody takes what they were not given, or runs code: of the engine and of what comes with it. */
    private const POWERFUL = ['Manage Users', 'Manage Groups', 'Modify Modules', 'Modify Site Preferences', 'Modify Events', 'Modify User-defined Tags',
        'Modify Templates', 'Add Templates', 'Manage Designs', 'manage_userguide', 'Modify Files', 'Use FileManager Advanced'];
    private const HELPERS = 7;
    private const DESK = 8;
    /** Every field that an act reads, so that nothing but what is missing keeps it from being done. */
    private const FIELDS = ['user' => '2', 'reason' => 'asked', 'name' => 'two', 'kind' => 'sns', 'known' => '', 'way' => 'sms',
        'set_access_key' => 'AKIAIOSFODNN7EXAMPLE', 'set_secret' => '0123456789012345678901234567890123456789', 'set_region' => 'eu-central-1',
        'number' => '+49 1512 3456789', 'language' => 'en', 'text' => 'Mine: {code}', 'reset' => 'on', 'sure' => '1', 'days' => '1',
        'key' => 'TF-WRONG-0000', 'filter' => 'mine', 'act' => 'reset', 'users' => ['2'], 'until' => '', 'path' => '/tmp/none', 'tab' => 'users'];

    /** @return array<string, list<string>> page or `act` to the permissions that have it */
    private static function table(): array
    {
        $design = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/design.md');
        preg_match('/^\| page, `act` \|(.+)\|\n\|[-|]+\|\n((?:\|.*\n)+)/m', $design, $found);
        $columns = array_map(trim(...), explode('|', $found[1]));
        self::assertSame(array_keys(self::NAMES), $columns);
        $table = [];
        foreach (explode("\n", trim($found[2])) as $line) {
            $cells = array_map(trim(...), array_slice(explode('|', $line), 1, -1));
            $table[array_shift($cells)] = array_keys(array_filter(array_combine($columns, $cells), static fn (string $cell) => $cell === 'x'));
        }
        return $table;
    }

    /** Somebody has these permissions in a group of their own, and no others of ours. @param list<string> $names */
    private function give(int $userId, array $names, int $group = self::HELPERS): void
    {
        $pdo = $this->site()->pdo();
        $pdo->exec("DELETE FROM cms_groups WHERE group_id = $group");
        $pdo->exec("INSERT INTO cms_groups (group_id, group_name, active) VALUES ($group, 'Of $group', 1)");
        $pdo->exec("DELETE FROM cms_user_groups WHERE group_id = $group AND user_id = $userId");
        $pdo->exec("INSERT INTO cms_user_groups (group_id, user_id) VALUES ($group, $userId)");
        $pdo->exec("DELETE FROM cms_group_perms WHERE group_id = $group");
        foreach ($names as $place => $name) {
            $has = $pdo->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 9$group$place, $group, permission_id FROM cms_permissions WHERE permission_name = '$name'");
            self::assertSame(1, $has, "$name is a permission of the engine");
        }
    }

    /** Signed in with a fresh proof, of whom the server has vouched. @param list<string> $names */
    private function specialist(string $name, array $names): Person
    {
        $this->give(['admin' => 1, 'anna' => 2, 'bert' => 3][$name], $names, $name === 'bert' ? self::HELPERS : self::DESK);
        return $this->administrator($name);
    }

    private static function ask(Person $who, string $do, array $fields = []): Page
    {
        $form = ['mact' => 'TwoFactor,m1_,defaultadmin,0', '__c' => $who->key(), 'm1_do' => $do];
        foreach ($fields + self::FIELDS as $name => $value) {
            $form["m1_$name"] = $value;
        }
        return $who->browser->post('/admin/moduleinterface.php', $form);
    }

    private static function isDenied(Page $page): bool
    {
        self::assertSame(200, $page->status);
        return str_contains($page->text(), self::DENIED) || str_contains($page->text(), self::NO_LICENCE);
    }

    /** @return array<string, mixed> what acts leave behind */
    private function kept(): array
    {
        $rows = fn (string $sql): array => $this->site()->pdo()->query($sql)->fetchAll(\PDO::FETCH_NUM);
        return $this->asOperator(static fn ($verifier): array => [
            'accounts' => array_map(json_encode(...), [...$verifier->accounts()]),
            'providers' => array_map(json_encode(...), $verifier->providers()),
            'enrolment' => $verifier->allEnrolmentsRequired() === null,
            'rules' => $verifier->enforcement(),
            'texts' => $verifier->messageTexts(),
            'licence' => $verifier->licence()?->state(),
            'sessions' => count($verifier->sessions('2')),
            'audit' => array_map(static fn ($event) => $event->type(), [...$verifier->audit('2')]),
            'all' => array_map(static fn ($event) => $event->type(), [...$verifier->providersAudit()]),
        ]) + ['preferences' => $rows("SELECT sitepref_name, sitepref_value FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor%' AND sitepref_name NOT IN ('TwoFactor_notices_looked', 'TwoFactor_premium_tended') ORDER BY sitepref_name")];
    }

    private function carry(): void
    {
        foreach (['one', 'two'] as $name) {
            $this->asOperator(static fn ($verifier) => $verifier->saveProvider($name, ['provider' => 'sns', 'region' => 'eu-central-1',
                'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('s', 40)], 'the test'));
        }
    }

    private function endLicence(): void
    {
        // Nobody is asked twice in a minute.
        $this->site()->clock->advance(61);
        $this->fakes->ask('/clock', ['advance' => 61]);
        $this->fakes->ask('/gateway/fail', ['status' => 403, 'code' => 'license_expired']);
        try {
            $this->asOperator(static fn ($verifier) => $verifier->renewLicence(true));
            self::fail('the gateway said no');
        } catch (LicenceRequired) {
        }
    }

    /** @return list<string> what is seen of the row of pages */
    private static function tabs(Page $page): array
    {
        return array_map(static fn (\DOMElement $one) => trim($one->textContent), $page->all('(//nav[@class="tf-tabs"])[1]//a'));
    }

    /** @return list<string> what the buttons and forms on a page ask for */
    private static function buttons(Page $page): array
    {
        $asked = $page->all('//main//form[@method="post"]//*[@name="m1_do"]');
        $all = array_unique(array_map(static fn (\DOMElement $one) => $one->getAttribute('value'), $asked));
        sort($all);
        return $all;
    }

    /** @return list<string> every page and every `act` there is */
    private static function everything(): array
    {
        $acts = array_map(static fn (string $act): string => "`$act`", array_keys(Changes::acts() + Changes::actsOfPro()));
        return [...Changes::tabs(), ...Changes::tabsOfPro(), ...$acts];
    }

    public function test_every_name_in_the_table_is_that_of_a_page_or_of_an_act(): void
    {
        self::assertSame([], array_diff(array_keys(self::table()), self::everything()), 'docs/design.md, "Who may do what"');
        self::assertSame([], array_intersect_key(Changes::acts(), Changes::actsOfPro()), 'no act has the name of another');
        self::assertGreaterThan(60, count(self::everything()));
    }

    public function test_of_each_permission_every_page_and_act_is_open_as_the_table_has_it_and_no_other(): void
    {
        $this->start(['twofactor.device_days' => '30']);
        $this->carry();
        $this->enrolled('anna');
        $bert = $this->specialist('bert', []);
        // What is not named there is for administrators.
        $table = self::table() + array_fill_keys(self::everything(), []);
        foreach (['' => null, ...self::NAMES] as $column => $name) {
            $this->give(3, $name === null ? [] : [$name]);
            $bert->stepUp();
            $before = $this->kept();
            foreach ($table as $what => $having) {
                $isOpen = in_array($column, $having, true);
                if ($what[0] !== '`') {
                    $page = $bert->action('defaultadmin', ['tab' => $what, 'user' => '2']);
                    self::assertSame(!$isOpen, self::isDenied($page), "$what for '$column': " . $page->text());
                } elseif (!$isOpen) {
                    // With all that it takes but the permission.
                    $page = self::ask($bert, trim($what, '`'), $this->fieldsOf($what));
                    self::assertTrue(self::isDenied($page), "$what for '$column': " . $page->text());
                }
            }
            self::assertSame($before, $this->kept(), "nothing is done for '$column'");
            // What is open is asked for without a proof: then nothing of it is done, and something else says so.
            $this->site()->clock->advance(400);
            foreach (array_filter($table, static fn (array $having) => in_array($column, $having, true)) as $what => $having) {
                if ($what[0] === '`' && $what !== '`create-key`') {
                    $page = self::ask($bert, trim($what, '`'), $this->fieldsOf($what));
                    self::assertFalse(self::isDenied($page), "$what for '$column': " . $page->text());
                }
            }
            self::assertSame($before, $this->kept(), "nor without a proof for '$column'");
        }
    }

    /** @return array<string, string> */
    private function fieldsOf(string $act): array
    {
        return str_contains($act, 'factor') ? $this->factor ??= $this->factorOf('2', 'totp') : [];
    }

    /** @var array<string, string>|null */
    private ?array $factor = null;

    public function test_what_may_not_be_done_has_no_button_and_what_may_not_be_seen_no_tab_and_no_link(): void
    {
        $admin = $this->start(['twofactor.device_days' => '30']);
        $this->carry();
        $this->enrolled('anna');
        $bert = $this->specialist('bert', ['help_twofactor_users']);
        $user = $bert->action('defaultadmin', ['tab' => 'user', 'user' => '2']);
        self::assertSame(['Users'], self::tabs($user));
        self::assertSame(['temporary-code', 'unlock'], self::buttons($user));
        self::assertStringNotContainsString('tab=audit', $user->body);
        self::assertSame(['end-user-session', 'end-user-sessions'], self::buttons($bert->action('defaultadmin', ['tab' => 'user-sessions', 'user' => '2'])) ?: ['end-user-session', 'end-user-sessions']);
        $list = $bert->action('defaultadmin');
        self::assertTrue($list->has('//main//a[normalize-space(.)="anna"]'));
        self::assertFalse($list->has('//main//a[normalize-space(.)="admin"]'), 'nobody is led to whom they may not help');
        self::assertStringContainsString('admin', $list->text());

        $this->give(3, ['read_twofactor_audit']);
        $audit = $bert->action('defaultadmin');
        self::assertSame(['Audit', 'Premium'], self::tabs($audit));
        self::assertSame([], self::buttons($audit));
        $events = $bert->browser->get($audit->resolve($audit->one('(//nav[@class="tf-tabs"])[1]//a[.="Premium"]')->getAttribute('href')));
        self::assertStringContainsString('tab=events', $events->url);
        self::assertSame([], array_diff(self::buttons($events), ['events-filter-save', 'events-filter-remove']), 'what is their own');
        self::assertStringNotContainsString('tab=user', $audit->body . $events->body);

        $this->give(3, ['manage_twofactor_providers']);
        $providers = $bert->action('defaultadmin');
        self::assertSame(['Messages', 'Providers', 'Health'], self::tabs($providers));
        self::assertNotContains('provider-confirm', self::buttons($bert->action('defaultadmin', ['tab' => 'providers'])));
        self::assertContains('provider-remove', self::buttons($bert->action('defaultadmin', ['tab' => 'providers'])));

        $this->give(3, ['manage_twofactor_settings']);
        $settings = $bert->action('defaultadmin');
        self::assertSame(['Settings', 'Premium', 'Health'], self::tabs($settings));
        self::assertStringNotContainsString('tab=leave', $settings->body);
        self::assertStringContainsString('tab=enrolment', $settings->body);
        $rules = $bert->action('defaultadmin', ['tab' => 'enforcement']);
        self::assertSame(['Trusted browsers', 'Rules', 'Networks'], array_map(static fn (\DOMElement $one) => trim($one->textContent), $rules->all('//nav[contains(@class, "tf-within")]//a')));

        $this->give(3, ['manage_twofactor_premium']);
        self::assertSame(['Premium', 'Health'], self::tabs($bert->action('defaultadmin')));
        self::assertTrue($bert->page('/admin/index.php')->has('//nav//a[contains(@href, "TwoFactor,m1_,defaultadmin")]'));
        $this->setPermissions($admin, self::HELPERS, []);
        $this->site()->clock->advance(60);
        $bert->signIn();
        self::assertFalse($bert->page('/admin/index.php')->has('//nav//a[contains(@href, "TwoFactor,m1_,defaultadmin")]'));
    }

    public function test_the_engine_s_page_names_permissions_in_the_reader_s_language(): void
    {
        $admin = $this->start();
        $texts = [
            'en_US' => ['Manage two-factor authentication', 'Use two-factor authentication', 'Two-factor: read the audit'],
            'de_DE' => ['Zwei-Faktor-Anmeldung verwalten', 'Zwei-Faktor-Anmeldung benutzen', 'Zwei-Faktor: Protokoll lesen'],
        ];
        foreach ($texts as $language => $expected) {
            $this->site()->pdo()->exec("DELETE FROM cms_userprefs WHERE user_id = 1 AND preference = 'default_cms_language'");
            $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (1, 'default_cms_language', '$language')");
            $page = $admin->page('/admin/changegroupperm.php');
            foreach ($expected as $text) {
                self::assertStringContainsString($text, $page->text());
            }
            self::assertStringContainsString('Manage Groups', $page->text(), 'of the engine and of others it says what it said');
        }
    }

    public function test_the_finer_permissions_open_nothing_without_the_module_or_a_licence_and_manage_does_what_it_did(): void
    {
        $admin = $this->start();
        $this->enrolled('anna');
        $bert = $this->specialist('bert', array_values(array_slice(self::NAMES, 1)));
        self::assertStringContainsString('anna', $bert->action('defaultadmin')->text());
        $form = $bert->action('defaultadmin', ['tab' => 'user', 'user' => '2']);
        $this->endLicence();
        // In the middle: the page was there, and is sent with a fresh proof.
        $page = $bert->send($form, 'unlock', ['reason' => 'asked']);
        self::assertStringContainsString(self::NO_LICENCE, $page->text());
        self::assertSame([], array_intersect(['account.unlocked'], $this->site()->audit('2')));
        foreach ([...Changes::tabs(), ...Changes::tabsOfPro()] as $tab) {
            self::assertStringContainsString(self::NO_LICENCE, $bert->action('defaultadmin', ['tab' => $tab, 'user' => '2'])->text(), $tab);
        }
        foreach (array_keys(Changes::acts() + Changes::actsOfPro()) as $do) {
            self::assertStringContainsString(self::NO_LICENCE, self::ask($bert, $do)->text(), $do);
        }
        // Whoever manages goes on, and so do administrators.
        $this->give(3, ['manage_twofactor']);
        $done = $bert->change('unlock', ['user' => '2', 'reason' => 'asked']);
        self::assertStringContainsString('unlocked', strtolower($done->text()));
        self::assertContains('account.unlocked', $this->site()->audit('2'));
        self::assertSame(['Users', 'Audit', 'Messages', 'Health'], self::tabs($bert->action('defaultadmin')));
        $admin->stepUp();
        self::assertFalse(self::isDenied($admin->action('defaultadmin', ['tab' => 'settings'])));
        // And where the module is gone.
        $this->give(3, array_values(array_slice(self::NAMES, 1)));
        rename($this->site()->root() . '/modules/TwoFactorPro', $this->site()->folder . '/gone');
        $page = $bert->action('defaultadmin');
        self::assertStringContainsString(self::DENIED, $page->text());
        self::assertTrue(self::isDenied(self::ask($bert, 'unlock')));
    }

    public function test_who_may_help_and_end_no_hold_ends_none_by_a_temporary_code(): void
    {
        $this->start();
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $anna->stepUp();
        $anna->change('regenerate');
        $this->repudiate($anna);
        $bert = $this->specialist('bert', ['help_twofactor_users']);
        $of = fn (): Page => $bert->action('defaultadmin', ['tab' => 'user', 'user' => '2']);
        self::assertNotContains('temporary-code', self::buttons($of()));
        self::assertStringContainsString('on hold', self::ask($bert, 'temporary-code', ['user' => '2'])->text());
        self::assertNotContains('temporary-code.issued', $this->site()->audit('2'));
        // Whoever may end a hold may end it so, too.
        $this->give(3, ['manage_twofactor']);
        self::assertContains('temporary-code', self::buttons($of()));
        self::ask($bert, 'temporary-code', ['user' => '2']);
        self::assertContains('temporary-code.issued', $this->site()->audit('2'));
    }

    public function test_nobody_acts_on_somebody_who_may_do_more_than_they(): void
    {
        $this->start();
        $this->enrolled('anna');
        $bert = $this->specialist('bert', ['help_twofactor_users']);
        $of = static fn (string $id) => self::ask($bert, 'temporary-code', ['user' => $id]);
        $unlocked = fn (string $id): bool => str_contains(self::ask($bert, 'unlock', ['user' => $id])->text(), 'may do and you may not') === false;
        // An administrator, on the page and by a forged post.
        foreach (['unlock', 'temporary-code', 'end-user-session', 'end-user-sessions'] as $do) {
            $page = self::ask($bert, $do, ['user' => '1', 'session' => str_repeat('0', 32)]);
            self::assertStringContainsString('that they may do and you may not', $page->text(), $do);
        }
        self::assertStringContainsString('that they may do and you may not', $bert->action('defaultadmin', ['tab' => 'user', 'user' => '1'])->text());
        self::assertNotContains('temporary-code.issued', $this->site()->audit('1'));
        // Somebody with nothing: yes. Somebody with the same: yes. With another part, or with what gives permissions in the engine: no.
        foreach ([[[], true], [['help_twofactor_users'], true], [['read_twofactor_audit'], false], [['manage_twofactor_providers'], false],
            [['manage_twofactor'], false], ...array_map(static fn (string $name): array => [[$name], false], self::POWERFUL),
            [['Manage All Content', 'Modify Any Page', 'Manage Stylesheets', 'Modify News', 'Clear Admin Log'], true]] as [$has, $may]) {
            $this->give(2, $has, self::DESK);
            self::assertSame($may, $unlocked('2'), implode($has));
        }
        self::assertEqualsCanonicalizing(Privileges::OF_ENGINE, self::POWERFUL);
        // Whoever has it too may, and whoever was given it by somebody without it acts a day later.
        $this->give(3, ['help_twofactor_users', 'Modify Files']);
        $this->give(2, ['Modify Files'], self::DESK);
        self::assertTrue($unlocked('2'));
        $this->give(3, ['help_twofactor_users']);
        self::assertFalse($unlocked('2'));
        // Themselves: what is theirs to end, and no code for themselves.
        self::assertTrue($unlocked('3'));
        self::assertStringContainsString('yourself', $of('3')->text());
        self::assertNotContains('temporary-code.issued', $this->site()->audit('3'));
        // Whoever manages, and so with the free module alone: users, helpers and readers, nobody who has more.
        foreach ([[[], true], [['help_twofactor_users', 'read_twofactor_audit'], true], [['manage_twofactor'], true],
            [['manage_twofactor_settings'], false], [['Manage Users'], false]] as [$has, $may]) {
            $this->give(3, ['manage_twofactor']);
            $this->give(2, $has, self::DESK);
            self::assertSame($may, $unlocked('2'), 'manage: ' . implode($has));
        }
        self::assertFalse($unlocked('1'));
        // It does not matter for that whether a licence counts.
        $this->endLicence();
        $this->give(2, ['manage_twofactor_settings'], self::DESK);
        self::assertFalse($unlocked('2'));
        self::assertFalse(str_contains($bert->action('defaultadmin')->body, 'tab=user&amp;m1_user=2"'));
    }

    /** Of any two sets: administrators are above all, and nobody is above who has something that they have not. */
    public function test_of_two_who_may_do_different_things_neither_is_above_the_other(): void
    {
        $names = Privileges::names();
        $any = static fn (int $bits): array => array_values(array_filter($names, static fn (int $n) => ($bits >> $n & 1) === 1, ARRAY_FILTER_USE_KEY));
        $most = 1 << count($names);
        mt_srand(14);
        for ($n = 0; $n < 3000; $n++) {
            [$one, $other, $third] = array_map(static fn () => mt_rand(0, $most - 1) & mt_rand(0, $most - 1), [0, 0, 0]);
            [$a, $b, $c] = array_map(static fn (int $bits) => new Privileges(false, $any($bits)), [$one, $other, $third]);
            $administrator = new Privileges(true, $any($third));
            self::assertTrue($a->cover($a) && $administrator->cover($a) && $administrator->cover($administrator));
            self::assertFalse($a->cover($administrator));
            self::assertFalse($a->cover($b) && $b->cover($c) && !$a->cover($c), 'transitive');
            self::assertTrue((new Privileges(false, $any($one | $other)))->cover($b), 'more is never less');
            // Manage has what helpers and readers have, and nothing else has what was not given.
            $manages = ($one & 1) === 1 ? 0b111 : 0;
            self::assertSame(($other & ~($one | $manages)) === 0 && !(($other & 1) === 1 && ($one & 1) === 0), $a->cover($b));
        }
        self::assertSame('manage_twofactor', $names[0]);
        self::assertTrue((new Privileges(false, ['something else']))->cover(new Privileges(false, ['another'])), 'what decides nothing here');
    }

    /** On the engine's page: a group has these permissions and no others, other groups keep theirs. @param list<string> $names */
    private function setPermissions(Person $who, int $group, array $names): Page
    {
        $rows = $this->site()->pdo()->query('SELECT permission_id, permission_name FROM cms_permissions')->fetchAll(\PDO::FETCH_KEY_PAIR);
        $page = $who->page('/admin/changegroupperm.php');
        $form = $page->form('.//input[@name="submitted"]') ?? throw new \RuntimeException('no permissions here: ' . $page->text());
        $isOther = static fn (string $name): bool => preg_match("/^pg_\\d+_$group$/", $name) !== 1;
        $values = array_filter($page->values($form), $isOther, ARRAY_FILTER_USE_KEY);
        foreach (array_keys(array_intersect($rows, $names)) as $permission) {
            $values["pg_{$permission}_$group"] = '1';
        }
        return $who->browser->post('/admin/changegroupperm.php', $values);
    }

    /** When they act on others, in seconds from now; 0 at once. */
    private function wait(string $userId): int
    {
        $from = $this->asOperator(static fn ($verifier) => $verifier->operatorFrom($userId));
        return max(0, (int) $from?->getTimestamp() - $this->site()->clock->now());
    }

    /** @return list<string> why sign-ins of somebody ended */
    private function reasons(string $userId): array
    {
        return $this->asOperator(static fn ($verifier) => array_values(array_filter(array_map(
            static fn ($event) => $event->type() === 'epoch.raised' ? $event->by() . ': ' . $event->reason() : null,
            [...$verifier->audit($userId)],
        ))));
    }

    public function test_whoever_gives_themselves_a_permission_is_signed_out_and_acts_on_others_a_day_later(): void
    {
        $admin = $this->start();
        $this->enrolled('anna');
        $bert = $this->specialist('bert', ['Manage Groups']);
        self::assertSame(0, $this->wait('3'));
        $this->setPermissions($bert, self::HELPERS, ['Manage Groups', 'manage_twofactor']);
        self::assertOut($bert);
        self::assertEqualsWithDelta(86400, $this->wait('3'), 120);
        self::assertSame(['3: more permissions, from the user or from somebody without them'], $this->reasons('3'));
        self::assertContains('bert has more permissions, and not from somebody who has them: acts on others a day later', $this->site()->pdo()->query('SELECT action FROM cms_adminlog')->fetchAll(\PDO::FETCH_COLUMN));
        $this->site()->clock->advance(60);
        $bert->signIn();
        $this->site()->clock->advance(60);
        $bert->stepUp();
        $page = self::ask($bert, 'reset', ['user' => '2']);
        self::assertStringContainsString('or you have more permissions and not from an administrator', $page->text());
        self::assertTrue($this->asOperator(static fn ($verifier) => $verifier->account('2')->isEnrolled()));
        // Whoever looks at that account sees it, and may stand for it.
        $admin->stepUp();
        self::assertContains('confirm-operator', self::buttons($admin->action('defaultadmin', ['tab' => 'user', 'user' => '3'])));
        $admin->change('confirm-operator', ['user' => '3', 'reason' => 'asked for']);
        self::assertSame(0, $this->wait('3'));
        // Less is no more: they sign in anew, and go on as they were.
        $this->setPermissions($bert, self::HELPERS, ['Manage Groups']);
        self::assertOut($bert);
        self::assertSame(0, $this->wait('3'));
        self::assertSame('3: permissions changed', $this->reasons('3')[0]);
        // By the engine's page of a user, and into the group of administrators.
        $this->give(3, ['Manage Users', 'Manage Groups']);
        $this->site()->clock->advance(60);
        $bert->signIn();
        $bert->browser->post('/admin/edituser.php', ['__c' => $bert->key(), 'user_id' => '3', 'user' => 'bert', 'email' => 'bert@example.org', 'password' => '', 'passwordagain' => '', 'active' => '1', 'adminaccess' => '1', 'groups' => ['1', '2'], 'g1' => '1', 'g2' => '1', 'submit' => '1']);
        self::assertOut($bert);
        self::assertEqualsWithDelta(86400, $this->wait('3'), 120);
    }

    public function test_more_permissions_from_an_administrator_count_at_once_and_from_an_accomplice_a_day_later(): void
    {
        $admin = $this->start();
        $anna = $this->enrolled('anna');
        $this->vouchFor('anna');
        $this->give(2, [], self::DESK);
        $bert = $this->specialist('bert', ['Manage Groups']);
        $this->setPermissions($admin, self::DESK, ['help_twofactor_users']);
        self::assertSame(0, $this->wait('2'));
        self::assertSame('1: permissions changed', $this->reasons('2')[0]);
        self::assertIn($bert, 'whose own did not change');
        // Both in one request: what bert has only then he had not when he gave it.
        $this->site()->pdo()->exec('INSERT INTO cms_user_groups (group_id, user_id) VALUES (' . self::HELPERS . ', 2)');
        $this->setPermissions($bert, self::HELPERS, ['Manage Groups', 'manage_twofactor_settings']);
        self::assertEqualsWithDelta(86400, $this->wait('2'), 120);
        self::assertEqualsWithDelta(86400, $this->wait('3'), 120);
        // Groups of people are the same: by the page of groups, which tells.
        $this->vouchFor('bert');
        $this->vouchFor('anna');
        $this->site()->pdo()->exec('DELETE FROM cms_user_groups WHERE user_id = 2 AND group_id = ' . self::HELPERS);
        $this->give(2, [], self::DESK);
        $admin->browser->post('/admin/changegroupassign.php', ['__c' => $admin->key(), 'submit' => '1', 'submitted' => '1',
            'members' => [1 => ['1', '2'], 2 => ['2', '3'], self::HELPERS => ['3'], self::DESK => ['2']],
            'ug_2_1' => '1', 'ug_2_2' => '1', 'ug_3_2' => '1', 'ug_3_' . self::HELPERS => '1', 'ug_2_' . self::DESK => '1']);
        self::assertSame(0, $this->wait('2'), 'an administrator makes another');
        self::assertSame(['1', '2'], array_map(strval(...), $this->site()->pdo()->query('SELECT user_id FROM cms_user_groups WHERE group_id = 1 ORDER BY user_id')->fetchAll(\PDO::FETCH_COLUMN)));
        self::assertOut($anna);
    }

    public function test_what_somebody_saves_who_looks_after_providers_waits_for_an_administrator(): void
    {
        $admin = $this->start();
        $bert = $this->specialist('bert', ['manage_twofactor_providers']);
        $carries = fn (): bool => $this->asOperator(static fn ($verifier) => $verifier->offers(\TwoFactor\Method::Sms));
        $fields = ['name' => 'mine'];
        $page = $bert->action('defaultadmin', ['tab' => 'providers', 'add' => 'sns']);
        self::assertStringContainsString('What you save waits for an administrator', $page->text());
        $page = self::ask($bert, 'provider-save', $fields);
        self::assertStringContainsString('No code goes by it before it is confirmed', $page->text());
        self::assertFalse($carries());
        // They neither confirm it nor save it once more to that end.
        self::assertTrue(self::isDenied(self::ask($bert, 'provider-confirm', $fields)));
        self::ask($bert, 'provider-save', ['known' => 'mine'] + $fields);
        self::assertFalse($carries());
        $admin->stepUp();
        self::assertStringContainsString('mine', $admin->action('defaultadmin', ['tab' => 'health'])->text());
        self::ask($admin, 'provider-confirm', $fields);
        self::assertTrue($carries());
        // Nor do they change what is confirmed and go on.
        self::ask($bert, 'provider-save', ['known' => 'mine', 'set_access_key' => 'AKIAOTHEROTHERS00000'] + $fields);
        self::assertFalse($carries());
        // A text of theirs is not sent, either.
        self::ask($bert, 'text-save', ['text' => 'Bert: {code}']);
        $confirmed = fn (): array => $this->asOperator(static fn ($verifier) => array_values(array_column(array_filter($verifier->messageTexts(), static fn ($one) => $one['text'] !== null), 'confirmed', 'text')));
        self::assertSame([false], $confirmed());
        self::ask($admin, 'text-save', ['text' => 'Bert: {code}']);
        self::assertSame([true], $confirmed());
        $told = ['way' => 'notices', 'kind' => 'notice', 'language' => 'en', 'subject' => 'Bert: {what}', 'text' => "{what}\n{advice}\n{link}"];
        $stands = fn (): bool => $this->asOperator(static fn ($verifier) => array_column($verifier->noticeTexts('en'), 'confirmed', 'kind')['notice']);
        self::ask($bert, 'text-save', $told);
        self::assertFalse($stands());
        self::ask($admin, 'text-save', $told);
        self::assertTrue($stands());
    }

    private const RULES = '{"rules":[{"for":"all","level":"required","grace_days":14}]}';

    public function test_while_rules_are_set_whoever_may_not_change_them_leaves_the_licence_alone(): void
    {
        $admin = $this->start(isLicensed: false);
        $key = ['key' => $this->fakes->gateway()['licence_key']];
        self::assertStringContainsString('The licence key is saved', $admin->send($admin->action('defaultadmin', ['tab' => 'premium']), 'licence-enter', $key)->text());
        $isGood = static fn (): bool => str_contains($admin->action('defaultadmin', ['tab' => 'premium'])->one('//p[@class="tf-state"]')->textContent, 'Good');
        $bert = $this->specialist('bert', ['manage_twofactor_premium']);
        $this->asOperator(static fn ($verifier) => $verifier->setEnforcement(self::RULES, 'the test', 'decided'));
        $this->site()->clock->advance(60);
        $bert->stepUp();
        self::assertSame(['licence-grace', 'licence-renew'], self::buttons($bert->action('defaultadmin', ['tab' => 'premium'])));
        foreach (['licence-forget', 'licence-enter'] as $do) {
            $page = self::ask($bert, $do, $key);
            self::assertStringContainsString('it is changed by whoever may change the rules', $page->one('//*[@role="alert"]')->textContent, $do);
            self::assertTrue($isGood(), $do);
        }
        $this->asOperator(static fn ($verifier) => $verifier->setEnforcement('', 'the test', 'over'));
        $this->site()->clock->advance(60);
        $bert->stepUp();
        // With it goes what their own permission counts by.
        self::assertStringContainsString(self::NO_LICENCE, self::ask($bert, 'licence-forget')->text());
        self::assertFalse($isGood());
    }

    /** Each way in which nobody would be asked for a second factor any more, by the only administrator there is. */
    public function test_the_last_administrator_switches_enforcement_off_for_nobody_without_a_fresh_proof(): void
    {
        $admin = $this->start();
        $this->enrolled('anna');
        $this->asOperator(static fn ($verifier) => $verifier->setEnforcement(self::RULES, 'the test', 'decided'));
        $this->asOperator(fn ($verifier) => $verifier->requireAllEnrolments($this->site()->clock->now() + 86400, 'the test', 'leaked'));
        $this->site()->clock->advance(400);
        $before = $this->kept();
        $nobody = '{"rules":[{"for":"all","except":{"users":["1","2","3"]},"level":"required","grace_days":14}]}';
        $off = '{"rules":[{"for":"all","level":"off"}]}';
        $looked = static fn (string $rules): array => ['rule' => [['kept' => json_encode(json_decode($rules, true)['rules'][0])]], 'whole' => '1',
            'base' => hash('sha256', self::RULES), 'seen' => hash('sha256', $rules)];
        foreach ([
            ['enforcement-remove', []], ['enforcement-set', $looked($nobody)], ['enforcement-set', $looked($off)], ['waive-everybody', []],
            ['licence-forget', []], ['licence-enter', ['site' => 'https://example.org']], ['device-days', ['days' => '60']], ['remove-everything', []],
        ] as [$do, $fields]) {
            $page = self::ask($admin, $do, $fields);
            self::assertStringContainsString('Nothing has been changed yet', $page->text(), $do);
            self::assertSame($before, $this->kept(), $do);
        }
        foreach (['TwoFactor', 'TwoFactorPro'] as $module) {
            $page = $admin->browser->get('/admin/moduleinterface.php?' . http_build_query(['mact' => 'ModuleManager,m1_,local_active,0', '__c' => $admin->key(), 'm1_mod' => $module, 'm1_state' => '0']));
            self::assertSame(403, $page->status, $module);
            $admin->browser->post('/admin/modulemanager.php', ['__c' => $admin->key(), 'module' => $module, 'uninstall' => '1']);
            self::assertSame([$module], $this->site()->installed([$module]));
        }
        self::assertSame($before, $this->kept());
        // With one they may: it is their site.
        $admin->stepUp();
        self::assertStringContainsString('The rules are removed', self::ask($admin, 'enforcement-remove')->text());
    }
}
