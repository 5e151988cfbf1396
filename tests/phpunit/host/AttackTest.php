<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';

/**
 * Ways in that others left open (the numbers are those of the attack catalogue), tried on the module in a
 * running host. Names say what must hold.
 */
final class AttackTest extends HostTestCase
{
    /** Every page of the admin and every action of the module. @return list<string> */
    private function everyAdminAddress(): array
    {
        $root = $this->site()->root();
        $addresses = array_map(static fn (string $file): string => '/admin/' . basename($file), glob("$root/admin/*.php"));
        foreach (glob("$root/modules/TwoFactor/action.*.php") as $file) {
            $action = explode('.', basename($file))[1];
            foreach (['', ...Changes::of($action)] as $do) {
                $addresses[] = "/admin/moduleinterface.php?mact=TwoFactor,m1_,$action,0&m1_do=$do";
                $addresses[] = "/index.php?mact=TwoFactor,cntnt01,$action,0&cntnt01do=$do";
            }
        }
        self::assertGreaterThan(55, count($addresses));
        return $addresses;
    }

    /** Asks for everything that pages of the module do. @return iterable<string, Page> */
    private static function everyChange(Person $who, array $fields): iterable
    {
        $sent = [];
        foreach ($fields as $name => $value) {
            $sent["m1_$name"] = $value;
        }
        foreach (Changes::all() as $page => $changes) {
            foreach ([...$changes, 'user'] as $do) {
                $form = ['mact' => "TwoFactor,m1_,$page,0", '__c' => $who->key(), 'm1_do' => $do];
                yield "$page $do" => $who->browser->post('/admin/moduleinterface.php', $form + $sent);
            }
        }
    }

    // B1

    public function test_b01_a_bad_marker_on_every_entry_point_yields_no_session(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $fields = $page->values(Person::challengeForm($page));
        $code = $anna->phone->code();
        $bad = [
            ['twofactor_token' => ''],
            ['twofactor_token' => str_repeat('0', strlen($fields['twofactor_token']))],
            ['twofactor_token' => substr($fields['twofactor_token'], 0, -1)],
            ['twofactor_token' => strrev($fields['twofactor_token'])],
            ['twofactor_token' => [$fields['twofactor_token']]],
            ['twofactor' => 'verified'],
            ['twofactor' => ['answer']],
            ['twofactor_code' => [$code]],
        ];
        foreach ($bad as $change) {
            foreach (['/admin/login.php', '/admin/index.php', '/admin/moduleinterface.php?mact=TwoFactor,m1_,preferences,0', '/index.php'] as $path) {
                $anna->browser->post($path, $change + ['twofactor_code' => $code] + $fields);
                self::assertOut($anna, json_encode($change) . " at $path");
            }
        }
    }

    // B3

    public function test_b03_every_admin_route_refuses_while_the_second_factor_is_pending(): void
    {
        $anna = $this->enrolled('admin');
        $anna->givePassword();
        $pending = $anna->browser->cookies;
        foreach ($this->everyAdminAddress() as $address) {
            foreach (['GET', 'POST'] as $method) {
                $anna->browser->cookies = $pending;
                $with = $address . (str_contains($address, '?') ? '&' : '?') . '__c=' . ($pending['__c'] ?? 'x');
                parse_str((string) parse_url($with, PHP_URL_QUERY), $fields);
                $page = $method === 'GET' ? $anna->browser->get($with) : $anna->browser->post($with, $fields + ['submit' => '1', 'm1_code' => '123456', 'm1_user' => '2', 'm1_reason' => 'x']);
                self::assertNull(Person::signedInName($page), "$method $address shows no admin page");
                self::assertStringNotContainsString('data:image', $page->body);
                self::assertSame([], Person::codesOn($page), "$method $address");
                self::assertNull(Person::secretOn($page), "$method $address");
            }
        }
        self::assertOut($anna);
    }

    // B5

    public function test_b05_a_code_without_the_password_is_worth_nothing(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $fields = $page->values(Person::challengeForm($page));
        $stranger = $anna->elsewhere();
        $stranger->browser->get('/admin/login.php');
        $page = $stranger->browser->post('/admin/login.php', ['twofactor_code' => $anna->phone->code()] + $fields);
        self::assertFalse(Person::isChallenge($page));
        self::assertOut($stranger);
    }

    public function test_b05_a_code_without_any_session_is_worth_nothing(): void
    {
        $anna = $this->enrolled();
        $anna->browser->post('/admin/login.php', ['twofactor' => 'answer', 'loginsubmit' => '1', 'username' => 'anna', 'twofactor_code' => $anna->phone->code(), 'twofactor_method' => 'totp', 'twofactor_token' => '']);
        self::assertOut($anna);
    }

    // B6, B7

    public function test_b07_forty_guesses_at_once_are_never_more_than_the_budget(): void
    {
        $this->site(['workers' => 4]);
        $anna = $this->enrolled();
        $posts = [];
        $wrong = $anna->phone->wrong();
        // Ten browsers, each with a challenge of its own: sessions of PHP lock, so one browser would queue.
        $pages = [];
        for ($i = 0; $i < 10; $i++) {
            $one = $anna->elsewhere();
            $page = $one->givePassword();
            self::assertChallenged($page);
            $pages[] = [$one, $page->values(Person::challengeForm($page))];
        }
        $answers = [];
        for ($round = 0; $round < 4; $round++) {
            $answers[] = Visitor::raceOf(array_map(
                static fn (array $pair): array => [$pair[0]->browser, '/admin/login.php', ['twofactor_code' => $wrong] + $pair[1]],
                $pages,
            ));
        }
        self::assertCount(40, array_merge(...$answers));
        $admin = $this->person('admin');
        $admin->givePassword();
        $audit = $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->body;
        $evaluated = self::auditCount($this->site(), '2', 'factor.rejected');
        self::assertGreaterThan(0, $evaluated, $audit);
        self::assertLessThanOrEqual(5, $evaluated, 'wrong codes that were looked at');
        $anna->answer($anna->givePassword(), $anna->phone->code(), 'totp');
        self::assertOut($anna);
    }

    public function test_b17_one_code_sent_by_ten_browsers_at_once_signs_in_one(): void
    {
        $this->site(['workers' => 4]);
        $anna = $this->enrolled();
        $code = $anna->phone->code();
        $people = $posts = [];
        // Five challenges are kept open: more would supersede the first ones.
        for ($i = 0; $i < 5; $i++) {
            $people[$i] = $anna->elsewhere();
            $page = $people[$i]->givePassword();
            $posts[] = [$people[$i]->browser, '/admin/login.php', ['twofactor_code' => $code] + $page->values(Person::challengeForm($page))];
        }
        foreach (Visitor::raceOf($posts) as $i => $page) {
            foreach ($page->setCookies() as [$name, $value, $gone]) {
                if (!$gone) {
                    $people[$i]->browser->cookies[$name] = $value;
                }
            }
        }
        $in = array_filter($people, static fn (Person $one): bool => $one->isIn() !== null);
        self::assertCount(1, $in);
    }

    // B9

    public function test_b09_nobody_with_a_factor_signs_in_while_the_store_is_down(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $session = $anna->elsewhere();
        $session->signIn();
        self::assertIn($session);
        $this->site()->config(['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']);
        $page = $anna->givePassword();
        self::assertFalse(Person::isChallenge($page));
        self::assertSame(503, $page->status);
        self::assertOut($anna, 'the password alone is not enough');
        self::assertOut($session, 'what was signed in cannot be verified now');
        $this->site()->config(['twofactor_store' => $this->site()->usesSqlite() ? 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite' : null]);
        $anna->signIn();
        self::assertIn($anna);
    }

    public function test_b09_a_damaged_store_denies(): void
    {
        if (!$this->site()->usesSqlite()) {
            $this->site()->config(['twofactor_store' => 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite']);
            // As if it had been this one from the start.
            $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name IN ('TwoFactor_ready', 'TwoFactor_store_marked')");
        }
        $this->expectComplaints();
        $anna = $this->enrolled();
        $this->site()->stop();
        foreach (glob($this->site()->folder . '/store/twofactor.sqlite*') as $file) {
            str_ends_with($file, '.key') || file_put_contents($file, str_repeat('not a database ', 1000));
        }
        $this->site()->start();
        self::assertFalse(Person::isChallenge($anna->givePassword()));
        self::assertOut($anna);
    }

    public function test_b09_a_site_that_has_forgotten_which_store_was_its_takes_no_other(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $anna->signIn();
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_store_marked'");
        $other = $this->site()->folder . '/store/other.sqlite';
        $this->site()->config(['twofactor_store' => "sqlite:$other"]);
        self::assertSame(503, $anna->elsewhere()->givePassword()->status);
        self::assertOut($anna);
        self::assertFileDoesNotExist($other);
        $this->site()->config(['twofactor_store' => $this->site()->usesSqlite() ? 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite' : null]);
        $this->site()->emergency();
        $this->site()->install('TwoFactor', 'uninstall');
        $this->site()->install();
        $this->site()->emergency(-1, -1800);
        self::assertChallenged($anna->givePassword());
    }

    public function test_b09_a_store_that_was_emptied_denies_whoever_was_enrolled_or_asks_nobody(): void
    {
        // Whoever can delete the store's rows has the database. What must not be: the key gone, and a yes.
        $this->expectComplaints();
        $anna = $this->enrolled();
        $key = glob($this->site()->folder . '/store/*key*')[0] ?? null;
        if ($key === null) {
            $this->site()->stop();
            $other = sys_get_temp_dir() . '/twofactor-other-' . bin2hex(random_bytes(6)) . '.key';
            \TwoFactor\Verifier::createKeyFile($other);
            $this->site()->start(['twofactor.key_file' => $other]);
        } else {
            $this->site()->stop();
            unlink($key);
            $this->site()->start();
        }
        $page = $anna->givePassword();
        isset($other) && unlink($other);
        self::assertFalse(Person::isChallenge($page));
        self::assertOut($anna, 'without the key nobody is let in');
    }

    // B10

    public function test_b10_spaces_and_other_spellings_are_one_code_and_one_attempt(): void
    {
        $anna = $this->enrolled();
        $wrong = $anna->phone->wrong();
        $page = $anna->givePassword();
        foreach ([$wrong, chunk_split($wrong, 3, ' '), " $wrong", "$wrong\t", implode('-', str_split($wrong, 3)), $wrong] as $spelling) {
            $page = $anna->answer($page, $spelling, 'totp');
        }
        $anna->answer($page, $anna->phone->code(), 'totp');
        self::assertOut($anna, 'every spelling was charged');
    }

    // B13, B19, B27

    public function test_b19_the_code_of_one_user_is_worth_nothing_to_another(): void
    {
        $anna = $this->enrolled('anna');
        $bert = $this->enrolled('bert');
        $page = $bert->answer($bert->givePassword(), $anna->phone->code());
        self::assertChallenged($page);
        self::assertOut($bert);
        $bert->answer($page, $anna->codes[0], 'backup');
        self::assertOut($bert);
    }

    public function test_b27_the_marker_of_one_login_is_worth_nothing_in_another(): void
    {
        $anna = $this->enrolled('anna');
        $bert = $this->enrolled('bert');
        $annas = $anna->givePassword();
        $fields = $annas->values(Person::challengeForm($annas));
        $bert->givePassword();
        $bert->browser->post('/admin/login.php', ['twofactor_code' => $anna->phone->code()] + $fields);
        self::assertOut($bert);
        self::assertNotSame('anna', $bert->isIn());
    }

    public function test_b27_a_proof_is_bound_to_its_user_and_not_to_the_browser(): void
    {
        // Bert's bearer cookie from before his factor, in a session that anna has verified.
        $bert = $this->person('bert');
        $bert->givePassword();
        $stolen = $bert->browser->cookies;
        $bert->enrol();
        $anna = $this->enrolled('anna');
        $anna->signIn();
        self::assertIn($anna);
        foreach ($stolen as $name => $value) {
            if (!str_starts_with($name, 'CMSSESSID')) {
                $mixed = $anna->elsewhere();
                $mixed->browser->cookies = [$name => $value] + $anna->browser->cookies;
                self::assertNotSame('bert', $mixed->isIn());
            }
        }
    }

    // B16: in SignInTest, a_code_is_accepted_once.

    // B28

    public function test_b28_what_a_client_claims_about_itself_changes_nothing(): void
    {
        $anna = $this->enrolled();
        $anna->givePassword();
        $claims = ['verified' => '1', 'twofactor_verified' => '1', 'twofactor' => '1', 'cms_loggedin' => '1', 'cms_userid' => '2',
            'twofactor_pending' => '', 'tfa' => 'ok', '_SESSION[twofactor_pending]' => '', 'cms_pending_auth_userid' => '2', 'twofactor_bypass' => '1'];
        foreach (['/admin/index.php', '/admin/login.php'] as $path) {
            $anna->browser->get("$path?" . http_build_query($claims));
            self::assertOut($anna);
            $anna->browser->post($path, $claims);
            self::assertOut($anna);
        }
        $anna->browser->cookies += $claims;
        $anna->browser->headers = ['X-Verified' => '1', 'X-Forwarded-For' => '127.0.0.1', 'X-TwoFactor' => 'ok'];
        self::assertOut($anna);
    }

    // B14

    public function test_b14_an_address_is_believed_from_a_trusted_proxy_only(): void
    {
        $anna = $this->enrolled();
        $forged = ['X-Forwarded-For' => '6.6.6.6, 198.51.100.7', 'Forwarded' => 'for=6.6.6.6'];
        foreach ([['127.0.0.1', []], ['127.0.0.1', ['twofactor.trusted_proxies' => '192.0.2.1']], ['198.51.100.7', ['twofactor.trusted_proxies' => '127.0.0.1']]] as [$address, $ini]) {
            $this->site()->start($ini);
            $anna = $anna->elsewhere();
            $anna->browser->headers = $forged;
            $anna->givePassword();
            self::assertSame($address, $this->site()->addresses('2')[0]);
        }
        self::assertSame(['198.51.100.7', '127.0.0.1'], array_values(array_unique($this->site()->addresses('2'))));
    }

    // B30

    public function test_b30_the_cookie_of_a_login_from_before_the_factor_is_still_pending(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $stolen = $anna->browser->cookies;
        $anna->enrol();
        self::assertIn($anna);
        foreach ($this->withoutSession($stolen) as $cookies) {
            $thief = $anna->elsewhere();
            $thief->browser->cookies = $cookies;
            self::assertOut($thief, 'the cookie from before enrolment');
        }
    }

    public function test_b30_the_cookie_of_a_verified_login_works_without_its_session_and_ends_with_it(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        [, $bare] = $this->withoutSession($anna->browser->cookies);
        $later = $anna->elsewhere();
        $later->browser->cookies = $bare;
        self::assertIn($later);
        $anna->signOut();
        $again = $anna->elsewhere();
        $again->browser->cookies = $bare;
        self::assertOut($again, 'after signing out the copy of the cookie is worth nothing');
    }

    public function test_no_cookie_given_before_the_code_signs_anybody_in(): void
    {
        // On the old flow a module that waits for LoginPost is bypassed with the first Set-Cookie.
        $anna = $this->enrolled();
        $page = $anna->browser->get('/admin/login.php');
        $answer = $anna->browser->submit($page, $page->form('.//input[@name="username"]'), ['username' => 'anna', 'password' => Site::PASSWORDS['anna']], 'loginsubmit', false);
        self::assertChallenged($answer);
        $given = [];
        foreach ([...$page->setCookies(), ...$answer->setCookies()] as [$name, $value]) {
            if ($value !== '' && $value !== 'deleted') {
                $given[] = [$name => $value];
            }
        }
        $given[] = array_merge(...$given);
        foreach ($given as $cookies) {
            $thief = $anna->elsewhere();
            $thief->browser->cookies = $cookies;
            self::assertOut($thief, json_encode(array_keys($cookies)));
        }
    }

    public function test_signing_out_ends_every_cookie_of_the_login(): void
    {
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $first = $admin->browser->cookies;
        // "Test as this user" makes the engine give another cookie for the same login.
        $admin->page('/admin/listusers.php', ['switchuser' => '2']);
        self::assertSame('anna', $admin->isIn(), 'testing as anna does not ask for her factor');
        $second = $admin->browser->cookies;
        self::assertNotSame($first, $second);
        $admin->signOut();
        foreach ([$first, $second] as $stolen) {
            foreach ($this->withoutSession($stolen) as $cookies) {
                $thief = $admin->elsewhere();
                $thief->browser->cookies = $cookies;
                self::assertOut($thief);
            }
        }
    }

    public function test_a_factor_of_the_other_user_cannot_be_changed_while_testing_as_them(): void
    {
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $this->vouchFor('admin');
        $admin->page('/admin/listusers.php', ['switchuser' => '2']);
        $page = $admin->change('start');
        self::assertNull(Person::secretOn($page));
        $page = $admin->change('reset', ['user' => '1', 'reason' => 'x', 'method' => 'totp', 'code' => $admin->phone->code()]);
        $other = $admin->elsewhere();
        self::assertChallenged($other->givePassword());
    }

    // B31

    public function test_b31_other_sign_ins_end_when_a_factor_changes_and_this_one_goes_on(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $anna->codes[1], 'backup');
        self::assertIn($other);
        $anna->stepUp();
        $anna->send($anna->action('preferences'), 'regenerate');
        self::assertIn($anna);
        self::assertOut($other);
    }

    public function test_b31_enrolling_ends_the_sign_ins_that_were_there_before(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $other = $anna->elsewhere();
        $other->givePassword();
        self::assertIn($other);
        $anna->enrol();
        self::assertIn($anna);
        self::assertOut($other);
    }

    public function test_b31_a_new_password_ends_the_other_sign_ins(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => '2', 'user' => 'anna', 'email' => 'anna@example.org', 'password' => 'new one', 'passwordagain' => 'new one', 'active' => '1', 'groups' => ['2'], 'submit' => '1']);
        self::assertOut($anna);
        self::assertChallenged($anna->givePassword('new one'));
    }

    public function test_b31_another_group_ends_the_sign_ins(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'user_id' => '2', 'user' => 'anna', 'email' => 'anna@example.org', 'password' => '', 'passwordagain' => '', 'active' => '1', 'groups' => ['1', '2'], 'submit' => '1']);
        self::assertOut($anna);
    }

    // B32

    public function test_b32_enrolling_is_refused_while_the_second_factor_is_pending(): void
    {
        $anna = $this->enrolled();
        $anna->givePassword();
        foreach (self::everyChange($anna, ['method' => 'totp', 'code' => '123456', 'user' => '2', 'reason' => 'x', 'codes' => 'ABCD-EFGH', 'reset' => 'on', 'name' => 'main']) as $action => $page) {
            self::assertNull(Person::secretOn($page), $action);
            self::assertSame([], Person::codesOn($page), $action);
        }
        self::assertFalse($this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")->fetchColumn());
        $again = $anna->elsewhere();
        $again->signIn();
        self::assertIn($again);
    }

    // B33

    public function test_b33_every_change_of_factors_needs_a_fresh_proof(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        foreach (['start' => [], 'rotate' => [], 'regenerate' => [], 'remove' => $this->factorOf('2', 'totp'), 'primary' => ['method' => 'backup']] as $action => $fields) {
            $page = $anna->change($action, $fields);
            self::assertNull(Person::secretOn($page), $action);
            self::assertSame([], Person::codesOn($page), $action);
        }
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $anna->codes[0], 'backup');
        self::assertIn($other);
    }

    public function test_b33_a_wrong_proof_changes_nothing(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->send($anna->action('preferences'), 'prove', ['method' => 'totp', 'code' => $anna->phone->wrong()]);
        self::assertSame([], Person::codesOn($anna->change('regenerate')));
    }

    /** Nobody is told to wait for a code who asked for none. */
    public function test_too_many_confirmations_that_nobody_finishes_are_named_as_such(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        for ($n = 0; $n <= 20; $n++) {
            $page = $anna->send($anna->action('preferences'), 'prove', ['method' => 'totp', 'code' => $anna->phone->wrong()]);
        }
        self::assertStringContainsString('Too many confirmations were begun', $page->one('//*[@role="alert"]')->textContent);
        self::assertStringNotContainsString('The next code', $page->text());
        self::assertIn($anna);
    }

    public function test_b33_the_code_that_signed_in_is_no_fresh_proof(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->send($anna->action('preferences'), 'prove', ['method' => 'totp', 'code' => $anna->phone->again()]);
        self::assertSame([], Person::codesOn($anna->change('regenerate')));
    }

    public function test_b33_an_enrolled_administrator_proves_it_before_taking_a_factor_from_others(): void
    {
        $admin = $this->enrolled('admin');
        $anna = $this->enrolled('anna');
        $admin->signIn();
        $this->vouchFor('admin');
        $admin->change('reset', ['user' => '2', 'reason' => 'stolen session']);
        self::assertChallenged($anna->givePassword());
        $admin->change('reset', ['user' => '2', 'reason' => 'really', 'method' => 'backup', 'code' => $admin->codes[0]]);
        $anna->givePassword();
        self::assertIn($anna);
    }

    // B35

    public function test_b35_a_user_id_in_the_request_is_ignored(): void
    {
        $admin = $this->enrolled('admin');
        $bert = $this->person('bert');
        $bert->givePassword();
        $ids = ['user' => '1', 'uid' => '1', 'user_id' => '1', 'userid' => '1', 'id' => '1'];
        foreach (self::everyChange($bert, $ids + ['method' => 'totp', 'code' => '123456', 'reason' => 'mine now', 'reset' => 'on', 'name' => 'main']) as $action => $page) {
            self::assertStringNotContainsString(Site::PASSWORDS['admin'], $page->body, $action);
        }
        self::assertFalse($this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")->fetchColumn());
        self::assertChallenged($admin->givePassword(), 'the factor of admin is still there');
        // What bert started is bert's.
        $bert->enrol();
        self::assertChallenged($bert->elsewhere()->givePassword());
        $admin->answer($admin->givePassword(), $admin->phone->code());
        self::assertIn($admin);
    }

    public function test_b35_an_editor_sees_nothing_of_the_others(): void
    {
        $this->enrolled('anna');
        $bert = $this->person('bert');
        $bert->givePassword();
        foreach ([['defaultadmin', []], ['defaultadmin', ['tab' => 'audit']], ['defaultadmin', ['tab' => 'health']], ['defaultadmin', ['tab' => 'user', 'user' => '2']]] as [$action, $query]) {
            $page = $bert->action($action, $query);
            self::assertStringNotContainsString('anna', $page->text(), $action);
            self::assertFalse($page->has('//form'), $action);
        }
    }

    // B36

    public function test_b36_a_qr_code_is_never_had_by_get_or_without_the_key(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $key = $anna->key();
        $address = '/admin/moduleinterface.php?mact=TwoFactor,m1_,preferences,0&m1_do=start';
        $fields = ['mact' => 'TwoFactor,m1_,preferences,0', 'm1_do' => 'start'];
        $tries = [
            $anna->browser->get("$address&__c=$key"),
            $anna->browser->get("$address&__c=$key&m1_code=1"),
            $anna->browser->post($address, []),
            $anna->browser->post('/admin/moduleinterface.php', $fields),
            $anna->change('start', [], 'wrong'),
            // The key in the address is not enough: it may have leaked with it.
            $anna->browser->post("$address&__c=$key", []),
            $anna->browser->post("$address&__c=$key", $fields),
        ];
        foreach ($tries as $i => $page) {
            self::assertNull(Person::secretOn($page), "try $i");
            self::assertStringNotContainsString('<svg', $page->body, "try $i");
        }
        $page = $anna->startEnrolment();
        self::assertStringContainsString('<svg', $page->body);
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertDoesNotMatchRegularExpression('#(src|href)="(https?:)?//(?!127\.0\.0\.1)#', $page->body, 'nothing is asked of another server');
        self::assertStringNotContainsString('data:', $page->body);
    }

    public function test_b36_no_change_is_made_by_get_or_with_a_wrong_key(): void
    {
        $anna = $this->enrolled();
        $anna->answer($anna->givePassword(), $anna->codes[0], 'backup');
        $anna->stepUp();
        foreach (['regenerate', 'remove', 'start', 'rotate'] as $action) {
            $fields = $this->factorOf('2', 'totp');
            $tries = [$anna->action('preferences', ['do' => $action] + $fields), $anna->change($action, $fields, 'wrong')];
            foreach ($tries as $page) {
                self::assertSame([], Person::codesOn($page), $action);
                self::assertNull(Person::secretOn($page), $action);
            }
        }
        self::assertChallenged($anna->elsewhere()->givePassword());
        self::assertSame([], $this->site()->complaints());
    }

    // B38

    /**
     * @testWith [false]
     *           [true]
     */
    public function test_b38_a_forged_host_is_on_no_page(bool $isComputed): void
    {
        $anna = $this->enrolled();
        $isComputed && $this->site()->takesItsAddressFromTheRequest();
        $page = $anna->givePassword();
        $fields = $page->values(Person::challengeForm($page));
        $anna->browser->headers = ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example'];
        $pages = [
            $anna->browser->post('/admin/login.php', ['twofactor_code' => $anna->phone->wrong()] + $fields, false),
            $anna->browser->post('/admin/login.php', ['username' => 'anna', 'password' => Site::PASSWORDS['anna'], 'loginsubmit' => '1'], false),
        ];
        foreach ($pages as $page) {
            self::assertChallenged($page);
            // php -S repeats the request's Host in its answers, and the engine takes its own cookie back by its own address;
            // nothing else may.
            $head = preg_grep('/^Host:|^Set-Cookie: [^;]+=deleted;/', $page->head, PREG_GREP_INVERT);
            self::assertStringNotContainsString('evil.example', $page->body . implode("\n", $head));
        }
    }

    /** What an app keeps, what a form proposes, and what an administrator copies to somebody else. */
    public function test_b38_a_forged_host_is_in_nothing_that_stays_or_goes_to_others(): void
    {
        $admin = $this->administrator();
        $site = $this->site();
        $site->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'sitename'");
        $shown = static fn (): array => [
            $admin->action('defaultadmin', ['tab' => 'providers', 'add' => 'gateway']),
            $admin->action('defaultadmin', ['tab' => 'providers', 'add' => 'twilio-messaging']),
            $admin->change('start'),
        ];
        $issuer = static fn (Page $page): string => rawurldecode($page->one('//main//a[starts-with(@href, "otpauth:")]')->getAttribute('href'));
        [$gateway, $twilio, $app] = $shown();
        self::assertSame($site->url, $gateway->one('//input[@id and contains(@name, "set_site_url")]')->getAttribute('value'), 'config.php has it');
        self::assertStringContainsString("$site->url/index.php?twofactor_report=", $twilio->text());
        self::assertStringContainsString('issuer=127.0.0.1', $issuer($app));

        $site->takesItsAddressFromTheRequest();
        $admin->browser->headers = ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example'];
        [$gateway, $twilio, $app] = $shown();
        self::assertSame('', $gateway->one('//input[@id and contains(@name, "set_site_url")]')->getAttribute('value'));
        self::assertStringContainsString('https://…/index.php?twofactor_report=', $twilio->text());
        self::assertStringContainsString('issuer=CMS Made Simple', $issuer($app));
        foreach ([$gateway, $twilio, $app] as $page) {
            // Links of the administration lead to where the engine says it is, as its own do, and stay on the page.
            $html = $page->one('//main')->ownerDocument->saveHTML($page->one('//main'));
            self::assertStringNotContainsString('evil', preg_replace('~ href="http://evil\.example/admin/[^"]*"~', '', $html));
        }
    }

    // B39

    public function test_b39_no_secret_and_no_code_is_left_anywhere(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->startEnrolment();
        $secret = Person::secretOn($page);
        $confirmed = $anna->phone->code();
        $page = $anna->send($page, 'confirm', ['code' => $confirmed]);
        $anna->codes = Person::codesOn($page);
        $wrong = $anna->phone->wrong();
        $anna->signOut();
        $page = $anna->answer($anna->givePassword(), $wrong);
        $signedIn = $anna->phone->code();
        $anna->answer($page, $signedIn);
        self::assertIn($anna);
        $anna->stepUp($anna->codes[5]);
        $admin = $this->person('admin');
        $admin->givePassword();
        $shown = $admin->action('defaultadmin', ['tab' => 'audit'])->body . $admin->lookUp('anna')->body . $admin->action('defaultadmin', ['tab' => 'health'])->body;
        $compact = str_replace([' ', '-'], '', $secret);
        $words = ['the secret' => $secret, 'the secret in one piece' => $compact, 'the secret in bytes' => self::base32($compact)];
        foreach ($anna->codes as $code) {
            $words["backup code $code"] = $code;
            $words["backup code $code in one piece"] = str_replace('-', '', $code);
        }
        $places = $this->site()->leftBehind() + ['pages of the administration' => $shown, 'the host\'s database' => $this->dump()];
        self::assertGreaterThan(5, count($places));
        foreach ($places as $place => $content) {
            foreach ($words as $what => $word) {
                self::assertFalse(stripos($content, $word), "$what is in $place");
            }
            if (!str_ends_with($place, 'server.log')) {
                continue;
            }
            foreach ([$confirmed, $wrong, $signedIn] as $code) {
                self::assertStringNotContainsString($code, $content, "a one-time code in $place");
            }
        }
    }

    public function test_b39_a_fault_shows_no_secret(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->site()->config(['twofactor_store' => 'mysql://canary-user:canary-password@127.0.0.1:1/none']);
        $code = $anna->phone->code();
        $answer = $anna->answer($page, $code);
        self::assertOut($anna);
        foreach ([$answer->body, $this->site()->log(), $this->dump()] as $place) {
            self::assertStringNotContainsString('canary-password', $place);
            self::assertStringNotContainsString("'$code'", $place);
        }
    }

    // B40

    public function test_b40_without_the_password_no_counter_moves(): void
    {
        $anna = $this->enrolled();
        for ($i = 0; $i < 12; $i++) {
            $stranger = $anna->elsewhere();
            $stranger->browser->get('/admin/login.php');
            $stranger->browser->post('/admin/login.php', ['twofactor' => 'answer', 'loginsubmit' => '1', 'twofactor_method' => 'totp', 'twofactor_token' => 'x', 'twofactor_code' => '000000', 'username' => 'anna', 'password' => 'wrong']);
            $stranger->givePassword('wrong');
        }
        $anna->answer($anna->givePassword(), $anna->phone->code(), 'totp');
        self::assertIn($anna);
    }

    // B41: what the module before this one fell to.

    public function test_b41_a_secret_sent_by_the_client_is_not_taken(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->startEnrolment();
        $mine = new Phone('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', $this->site()->clock);
        $page = $anna->change('confirm', ['code' => $mine->code(), 'secret' => 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'totp_key' => 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'key' => 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP']);
        self::assertSame([], Person::codesOn($page));
        $other = $anna->elsewhere();
        $other->givePassword();
        self::assertIn($other);
    }

    public function test_b41_there_is_no_bypass_in_the_configuration(): void
    {
        $anna = $this->enrolled();
        $this->site()->config(['twofactor_bypass' => true, 'twofactor_disabled' => true, 'twofactor_enabled' => false]);
        self::assertChallenged($anna->givePassword());
        self::assertOut($anna);
    }

    public function test_b41_the_settings_cannot_be_reached_from_the_front_end(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        foreach (['preferences', 'defaultadmin', 'default'] as $action) {
            $page = $anna->browser->get("/index.php?mact=TwoFactor,cntnt01,$action,0&cntnt01returnid=1&cntnt01do=remove&__c=" . $anna->key());
            self::assertSame('Front page', $page->text(), $action);
        }
    }

    // Alternate paths

    public function test_a_recovered_password_leads_to_the_second_factor(): void
    {
        $anna = $this->enrolled();
        $anna->browser->post('/admin/login.php', ['forgotpwform' => '1', 'forgottenusername' => 'anna', 'loginsubmit' => '1']);
        preg_match('/recoverme=(\w+)/', file_get_contents($this->site()->root() . '/tmp/cache/outbox.txt'), $letter);
        $page = $anna->browser->get('/admin/login.php?recoverme=' . $letter[1]);
        $anna->browser->submit($page, $page->form('.//input[@name="changepwhash"]'), ['password' => 'recovered', 'passwordagain' => 'recovered'], 'loginsubmit');
        self::assertOut($anna);
        $page = $anna->givePassword('recovered');
        self::assertChallenged($page);
        self::assertOut($anna);
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_a_pending_login_ends_when_the_password_changes_meanwhile(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->site()->pdo()->exec("UPDATE cms_users SET password = 'another' WHERE user_id = 2");
        $anna->answer($page, $anna->phone->code());
        self::assertOut($anna);
    }

    public function test_a_pending_login_ends_after_ten_minutes(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->site()->clock->advance(601);
        $page = $anna->answer($page, $anna->phone->code());
        self::assertFalse(Person::isChallenge($page));
        self::assertOut($anna);
    }

    public function test_a_session_id_from_before_the_password_is_worth_nothing_after_it(): void
    {
        // Session fixation: the id changes with the password and again with the code.
        $anna = $this->enrolled();
        $anna->browser->get('/admin/login.php');
        $ids = [self::sessionId($anna)];
        $page = $anna->givePassword();
        $ids[] = self::sessionId($anna);
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
        $ids[] = self::sessionId($anna);
        self::assertCount(3, array_unique($ids));
        foreach ([$ids[0], $ids[1]] as $id) {
            $thief = $anna->elsewhere();
            $thief->browser->cookies = [self::sessionName($anna) => $id];
            self::assertOut($thief);
        }
    }

    public function test_a_session_id_from_before_the_password_of_somebody_without_a_factor_is_worth_nothing_either(): void
    {
        $bert = $this->person('bert');
        $bert->browser->get('/admin/login.php');
        $thief = $bert->elsewhere();
        $thief->browser->cookies = [self::sessionName($bert) => self::sessionId($bert)];
        $bert->givePassword();
        self::assertIn($bert);
        self::assertOut($thief);
    }

    private static function sessionName(Person $person): string
    {
        return array_values(preg_grep('/^CMSSESSID/', array_keys($person->browser->cookies)))[0];
    }

    private static function sessionId(Person $person): string
    {
        return $person->browser->cookies[self::sessionName($person)];
    }

    public function test_a_pending_login_ends_when_the_user_is_switched_off_meanwhile(): void
    {
        $anna = $this->enrolled();
        $page = $anna->givePassword();
        $this->site()->pdo()->exec('UPDATE cms_users SET active = 0 WHERE user_id = 2');
        $anna->answer($page, $anna->phone->code());
        self::assertOut($anna);
    }

    public function test_clearing_and_copying_settings_touches_no_factor(): void
    {
        $anna = $this->enrolled();
        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->browser->post('/admin/listusers.php', ['__c' => $admin->key(), 'bulkaction' => 'clearoptions', 'multiselect' => ['2', '3']]);
        $admin->browser->post('/admin/listusers.php', ['__c' => $admin->key(), 'bulkaction' => 'copyoptions', 'multiselect' => ['2'], 'userlist' => '3']);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        $anna->answer($page, $anna->phone->code());
        self::assertIn($anna);
    }

    public function test_a_deleted_user_leaves_no_factor_behind(): void
    {
        $this->enrolled('anna');
        $admin = $this->administrator();
        $admin->browser->post('/admin/listusers.php', ['__c' => $admin->key(), 'bulkaction' => 'delete', 'multiselect' => ['2']]);
        $reset = self::auditCount($this->site(), '2', 'account.reset');
        self::assertSame(1, $reset);
    }

    public function test_the_module_guards_when_the_configuration_loads_no_modules(): void
    {
        $anna = $this->enrolled();
        $this->site()->config(['admin_loadnomodules' => true]);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertOut($anna);
    }

    public function test_a_waiting_upgrade_is_done_on_sight_and_leaves_no_gap(): void
    {
        $anna = $this->enrolled();
        $this->site()->pdo()->exec("UPDATE cms_modules SET version = '3.9.9' WHERE module_name = 'TwoFactor'");
        $page = $anna->givePassword();
        self::assertChallenged($page);
        self::assertOut($anna);
        $version = $this->site()->pdo()->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn();
        self::assertNotSame('3.9.9', $version);
    }

    // Without the extension, and the way back in

    public function test_without_the_extension_nobody_with_a_factor_is_let_in(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $session = $anna->elsewhere();
        $session->signIn();
        $this->site()->start(null, false);
        $page = $anna->givePassword();
        self::assertFalse(Person::isChallenge($page));
        self::assertSame(503, $page->status);
        self::assertOut($anna);
        self::assertOut($session);
        $bert = $this->person('bert');
        $bert->givePassword();
        self::assertOut($bert, 'whether bert has a factor cannot be known either');
    }

    public function test_the_emergency_setting_lets_in_for_a_while_says_so_everywhere_and_is_written_down(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $this->site()->start(null, false);
        $this->site()->emergency();
        $anna->givePassword();
        self::assertIn($anna);
        foreach (['/admin/index.php', '/admin/myaccount.php'] as $path) {
            self::assertTrue($anna->page($path)->has('//*[@role="region"]'), "the banner stands on $path");
        }
        self::assertStringContainsStringIgnoringCase('emergency', $this->dump());
        $this->site()->emergency(-1, -1800);
        self::assertOut($anna, 'it has expired');
        $anna->givePassword();
        self::assertOut($anna);
    }

    public function test_an_emergency_setting_that_is_mistaken_never_comes_true(): void
    {
        $anna = $this->enrolled();
        $now = $this->site()->clock->now();
        [$from, $end] = [gmdate('Y-m-d\TH:i:s\Z', $now), gmdate('Y-m-d\TH:i:s\Z', $now + 3602)];
        // Its end alone, which was how long ago it was written? Nobody can tell, so it is none; and a pair that is too long.
        foreach ([$now + 1800, (string) ($now + 1800), $end, "$now/", "/$end", "$from/$end", "$end/$from", "$from/$from", "$from/2099-01-01 00:00",
            'tomorrow', 'yesterday/tomorrow', true, 'always', PHP_INT_MAX] as $set) {
            $this->site()->config(['twofactor_emergency' => $set]);
            self::assertChallenged($anna->givePassword());
            self::assertOut($anna, var_export($set, true));
        }
        // Nor in the last hour before the end that was written, nor in its last second.
        $this->site()->config(['twofactor_emergency' => "$from/" . gmdate('Y-m-d\TH:i:s\Z', $now + 86_400)]);
        foreach ([86_400 - 1800, 1790] as $later) {
            $this->site()->clock->advance($later);
            self::assertChallenged($anna->elsewhere()->givePassword());
        }
    }

    /** Which of the cookies are the session's is nobody's secret. @return list<array<string, string>> all, and all but the session */
    private function withoutSession(array $cookies): array
    {
        return [$cookies, array_filter($cookies, static fn (string $name): bool => !str_starts_with($name, 'CMSSESSID'), ARRAY_FILTER_USE_KEY)];
    }

    /** The whole of the host's database, and of the module's tables in it, as text. */
    private function dump(): string
    {
        $pdo = $this->site()->pdo();
        $tables = $pdo->query($this->site()->usesSqlite() ? "SELECT name FROM sqlite_master WHERE type = 'table'" : 'SHOW TABLES')->fetchAll(\PDO::FETCH_COLUMN);
        $text = '';
        foreach ($tables as $table) {
            $text .= "$table\n" . implode("\n", array_map(static fn (array $row): string => implode('|', array_map(strval(...), $row)), $pdo->query("SELECT * FROM `$table`")->fetchAll(\PDO::FETCH_NUM)));
        }
        return $text;
    }

    private static function auditCount(Site $site, string $userId, string $type): int
    {
        return count(array_filter($site->audit($userId), static fn (string $one): bool => $one === $type));
    }

    private static function base32(string $text): string
    {
        $bits = '';
        foreach (str_split($text) as $letter) {
            $bits .= str_pad(decbin((int) strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $letter)), 5, '0', STR_PAD_LEFT);
        }
        return implode('', array_map(static fn (string $byte): string => chr((int) bindec($byte)), array_filter(str_split($bits, 8), static fn (string $b): bool => strlen($b) === 8)));
    }
}
