<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';

/** Where two people, two requests or a fault meet in the same moment. */
final class EdgesTest extends HostTestCase
{
    public function test_a_set_up_belongs_to_the_session_that_began_it(): void
    {
        $this->site();
        $anna = $this->person('anna');
        $anna->givePassword();
        $thief = $anna->elsewhere();
        $thief->givePassword();
        $secret = Person::secretOn($anna->startEnrolment());
        $page = $thief->change('confirm', ['code' => '000000']);
        self::assertNull(Person::secretOn($page), 'the secret of another session');
        self::assertNull(Person::secretOn($thief->action('preferences')));
        // What the thief begins and types is the thief's.
        $thief->startEnrolment();
        for ($i = 0; $i < 10; $i++) {
            $thief->change('confirm', ['code' => $thief->phone->wrong()]);
        }
        $page = $anna->change('confirm', ['code' => $thief->phone->code()]);
        self::assertSame([], Person::codesOn($page));
        self::assertSame($secret, Person::secretOn($page), 'her own');
        self::assertCount(10, Person::codesOn($anna->change('confirm', ['code' => $anna->phone->code()])));
        $page = $thief->change('confirm', ['code' => $thief->phone->code()]);
        self::assertSame([], Person::codesOn($page));
        $this->site()->clock->advance(60);
        $again = $anna->elsewhere();
        $again->answer($again->givePassword(), $anna->phone->code());
        self::assertIn($again);
    }

    /** The site's copy of the module waits at the place where the other request comes between. */
    private function slowDown(string $file, string $before): void
    {
        $path = $this->site()->root() . "/modules/TwoFactor/lib/$file.php";
        $text = str_replace($before, "usleep(1_500_000); $before", (string) file_get_contents($path), $count);
        self::assertSame(1, $count, "$file has one place to wait at");
        file_put_contents($path, $text);
        touch($path, time() + 5); // opcache goes by the time
    }

    public function test_a_login_that_began_before_the_first_factor_was_confirmed_does_not_go_past_it(): void
    {
        $this->site(['workers' => 4]);
        $anna = $this->person('anna');
        $anna->givePassword();
        $anna->startEnrolment();
        $thief = $anna->elsewhere();
        $form = $thief->browser->get('/admin/login.php');
        $fields = $form->values($form->form('.//input[@name="username"]'), 'loginsubmit');
        $fields = ['username' => 'anna', 'password' => Site::PASSWORDS['anna']] + $fields;
        $code = $anna->phone->code();
        $this->slowDown('SignIn', '$this->sessions->admit($cameOf, $credential);');
        $confirm = ['mact' => 'TwoFactor,m1_,preferences,0', '__c' => $anna->key(), 'm1_do' => 'confirm', 'm1_code' => $code];
        [$login] = Visitor::raceOf([
            [$thief->browser, '/admin/login.php', $fields],
            [$anna->browser, '/admin/moduleinterface.php', $confirm],
        ]);
        foreach ($login->setCookies() as [$name, $value, $gone]) {
            if ($gone) {
                unset($thief->browser->cookies[$name]);
            } else {
                $thief->browser->cookies[$name] = $value;
            }
        }
        self::assertOut($thief, 'the password alone is not enough any more');
    }

    public function test_one_account_that_cannot_be_opened_leaves_the_others_to_be_seen_and_can_be_reset(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $this->damage('2');
        self::assertFalse(Person::isChallenge($anna->givePassword()));
        self::assertOut($anna);
        $admin = $this->administrator();
        $page = $admin->lookUp('anna');
        self::assertStringContainsString('Unreadable', $page->text());
        self::assertStringContainsString('bert', $admin->action('defaultadmin')->text());
        self::assertSame(200, $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->status);
        $admin->send($page, 'unlock', ['reason' => 'the row is damaged', 'do' => 'reset']);
        $anna->givePassword();
        self::assertIn($anna);
    }

    public function test_an_administrator_whose_own_account_cannot_be_opened_resets_it_while_the_emergency_setting_lasts(): void
    {
        $this->expectComplaints();
        $admin = $this->enrolled('admin');
        $this->damage('1');
        $admin->givePassword();
        self::assertOut($admin);
        $this->site()->emergency();
        $admin->givePassword();
        self::assertIn($admin);
        $admin->send($admin->lookUp('admin'), 'unlock', ['reason' => 'the row is damaged', 'do' => 'reset']);
        $this->site()->emergency(-1, -1800);
        $admin->givePassword();
        self::assertIn($admin);
    }

    /** Somebody wrote into the row of a user. */
    private function damage(string $user): void
    {
        $site = $this->site();
        [$pdo, $table] = $site->usesSqlite()
            ? [new \PDO('sqlite:' . $site->folder . '/store/twofactor.sqlite'), 'account']
            : [$site->pdo(), 'cms_twofactor_account'];
        $changed = $pdo->prepare("UPDATE $table SET sealed = ? WHERE user = ?");
        $changed->bindValue(1, random_bytes(200), \PDO::PARAM_LOB);
        $changed->bindValue(2, $user);
        $changed->execute();
        self::assertSame(1, $changed->rowCount());
    }

    public function test_the_page_asked_for_is_never_on_another_site(): void
    {
        $anna = $this->enrolled();
        foreach (['//evil.example/..%2fadmin/index.php', '/\\evil.example/..%2fadmin/index.php', 'http://evil.example/admin/index.php'] as $address) {
            $page = $anna->givePassword();
            $file = $this->site()->folder . '/sessions/sess_' . $anna->browser->cookies[$this->sessionName($anna)];
            file_put_contents($file, 'login_redirect_to|' . serialize($address) . file_get_contents($file));
            $page = $anna->answer($page, array_shift($anna->codes), 'backup', false);
            self::assertSame(302, $page->status);
            self::assertStringStartsWith($this->site()->url . '/admin', (string) $page->header('Location'), $address);
            $anna->signOut();
        }
    }

    /** What a session of PHP or one of the extension says of that time would last until it comes, and longer. */
    public function test_what_a_clock_wrote_that_was_ahead_is_over_and_stays_so(): void
    {
        $anna = $this->enrolled();
        $months = 26_000_000;
        $this->site()->clock->advance($months);
        $page = $anna->givePassword();
        self::assertChallenged($page);
        $this->site()->clock->advance(-$months);
        $page = $anna->answer($page, $anna->phone->wrong());
        self::assertOut($anna);
        $this->site()->clock->advance(601);
        self::assertStringContainsString('This sign-in has ended', $anna->answer($page, $anna->phone->code())->text());
        self::assertOut($anna);

        $anna->answer($anna->givePassword(), array_shift($anna->codes), 'backup');
        self::assertIn($anna);
        $ahead = $anna->elsewhere();
        $this->site()->clock->advance($months);
        $ahead->answer($ahead->givePassword(), array_shift($anna->codes), 'backup');
        self::assertIn($ahead);
        $copied = clone $ahead->browser;
        $this->site()->clock->advance(-$months);
        self::assertOut($ahead);
        $this->site()->clock->advance($months);
        $ahead->browser = $copied;
        self::assertOut($ahead, 'nor when its time has come');
    }

    private function sessionName(Person $person): string
    {
        foreach ($person->browser->cookies as $name => $value) {
            if (is_file($this->site()->folder . "/sessions/sess_$value")) {
                return $name;
            }
        }
        self::fail('no session');
    }

    public function test_the_front_end_believes_no_cookie_without_its_mark_even_if_a_module_asked_first(): void
    {
        $this->site(['modules' => ['TwoFactor', 'Witness', 'Early']]);
        $this->site()->install('Early');
        $thief = $this->person('anna');
        $thief->givePassword();
        $seen = static fn (Person $person): ?string => $person->browser->get('/index.php?mact=Early,cntnt01,default,0')->one('//*[@id="signed-in"]')?->textContent;
        self::assertSame('anna', $seen($thief), 'as long as she has no factor');
        $anna = $this->enrolled();
        $stolen = clone $thief->browser;
        self::assertNotSame('anna', $seen($thief));
        $thief->browser = $stolen;
        $session = $this->sessionName($thief);
        unset($stolen->cookies[$session]);
        self::assertNotSame('anna', $seen($thief), 'nor without the session');
        $anna->signIn();
        self::assertSame('anna', $seen($anna));
    }

    public function test_another_store_than_the_one_that_was_set_up_denies(): void
    {
        $this->expectComplaints();
        $anna = $this->enrolled();
        $other = 'sqlite:' . $this->site()->folder . '/store/other.sqlite';
        $right = $this->site()->usesSqlite() ? 'sqlite:' . $this->site()->folder . '/store/twofactor.sqlite' : null;
        foreach (['anna', 'bert'] as $name) {
            $this->site()->config(['twofactor_store' => $other]);
            $person = $this->person($name);
            self::assertSame(503, $person->givePassword()->status);
            self::assertOut($person);
            $this->site()->config(['twofactor_store' => $right]);
        }
        $anna->signIn();
        self::assertIn($anna);
    }

    public function test_the_challenge_is_shown_also_through_a_buffer_that_cannot_be_removed(): void
    {
        $anna = $this->enrolled();
        $prepended = $this->site()->folder . '/prepend.php';
        file_put_contents($prepended, "<?php\nob_start(null, 0, 0);\n");
        $this->site()->start(['auto_prepend_file' => $prepended, 'max_execution_time' => '3']);
        self::assertChallenged($anna->givePassword());
    }

    public function test_a_long_list_is_read_page_by_page(): void
    {
        $this->site();
        $this->site()->asOperator(static function ($verifier): void {
            for ($number = 1; $number <= 101; $number++) {
                $verifier->unlock('2', 'the test', "change $number");
            }
        });
        $admin = $this->person('admin');
        $admin->givePassword();
        $page = $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2']);
        $seen = [];
        for ($pages = 1; ; $pages++) {
            preg_match_all('/change (\d+)/', $page->text(), $found);
            array_push($seen, ...$found[1]);
            self::assertSame($pages > 1, $page->has('//p[@class="tf-paging"]/a[.="Newest"]'), "page $pages");
            $older = $page->one('//p[@class="tf-paging"]/a[@rel="next"]');
            if ($older === null) {
                break;
            }
            self::assertCount(50, $found[1]);
            $page = $admin->browser->get($page->resolve($older->getAttribute('href')));
        }
        self::assertSame([3, array_map('strval', range(101, 1))], [$pages, $seen]);
        $page = $admin->browser->get($page->resolve($page->one('//p[@class="tf-paging"]/a')->getAttribute('href')));
        self::assertStringContainsString('change 101', $page->text());
    }

    /** @return list<array{bool}> */
    public static function emergencies(): array
    {
        return ['without the emergency setting' => [false], 'with the emergency setting' => [true]];
    }

    /**
     * Every page and every change of the module, as its own sources name them, and the pages of the host.
     *
     * @dataProvider emergencies
     */
    public function test_without_the_extension_no_page_breaks_and_nobody_gets_in_who_must_not(bool $isEmergency): void
    {
        $this->site()->carriers();
        $this->site()->offerReset();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $admin->stepUp(array_pop($admin->codes));
        $admin->send($admin->action('preferences'), 'start-email');
        $admin->change('start');
        $anna = $this->enrolled();
        $challenge = $anna->givePassword();
        self::assertChallenged($challenge);
        $resetting = $this->person('anna');
        $reset = $resetting->askForReset();
        self::assertNotNull(Person::resetForm($reset));
        $bert = $this->person('bert');
        $bert->givePassword();

        $this->site()->start(withExtension: false);
        $isEmergency ? $this->site()->emergency() : $this->site()->config(['twofactor_emergency' => null]);
        $seen = [];
        $look = function (string $what, Page $page) use (&$seen): Page {
            $seen[$what] = $page->status;
            self::assertStringNotContainsString('Missing Languagestring', $page->text(), $what);
            return $page;
        };
        foreach ([$admin, $anna, $bert] as $person) {
            foreach (['index.php', 'myaccount.php', 'listusers.php', 'adduser.php', 'edituser.php'] as $file) {
                $look("$person->name, $file", $person->page("/admin/$file"));
            }
            self::assertSame($isEmergency && $person !== $anna ? $person->name : null, $person->isIn(), 'only who is signed in already');
            $person === $anna || $this->visitEverything($person, $look);
        }
        foreach (['', '?forgotpw=1', '?recoverme=x', '?__c=x'] as $query) {
            $look("login.php$query", $this->site()->visitor()->get("/admin/login.php$query"));
        }
        $stranger = $this->person('anna');
        self::assertStringContainsString('letter', $look('a forgotten password', $stranger->forgetPassword())->text());
        $look('a step of a reset', $resetting->resetStep($reset, ['code' => '123456']));
        $look('a code for a reset', $resetting->browser->post('/admin/login.php', ['twofactor' => 'reset', 'twofactor_send' => '1']));
        self::assertOut($resetting);
        foreach (['totp', 'backup', 'send', 'use', 'cancel'] as $step) {
            $fields = ['totp' => ['twofactor_code' => '123456'], 'backup' => ['twofactor_method' => 'backup', 'twofactor_code' => $anna->codes[0]],
                'send' => ['twofactor_send' => '1'], 'use' => ['twofactor_use' => 'backup'], 'cancel' => ['twofactor_cancel' => '1']][$step];
            $look("an answer: $step", $anna->browser->submit($challenge, Person::challengeForm($challenge), $fields));
            self::assertOut($anna, "an answer: $step");
        }
        foreach ([$this->site()->visitor(), $admin->browser] as $visitor) {
            $look('the front page', $visitor->get('/index.php'));
            $look('a report', $visitor->post('/index.php?twofactor_report=twilio', ['x' => '1']));
        }
        $look('signing out', $bert->signOut());
        foreach (['admin', 'anna', 'bert'] as $name) {
            $person = $this->person($name);
            $look("$name, a wrong password", $person->givePassword('wrong'));
            self::assertOut($person);
            $look("$name, signing in", $person->givePassword());
            self::assertSame($isEmergency ? $name : null, $person->isIn());
        }
        if ($isEmergency) {
            $admin = $this->person('admin');
            $admin->givePassword();
            $look('a changed password', $admin->browser->post('/admin/edituser.php', ['__c' => $admin->key(), 'submit' => '1', 'user_id' => '3', 'user' => 'bert',
                'active' => '1', 'password' => 'changed', 'passwordagain' => 'changed', 'groups' => ['1']]));
            $look('a deleted user', $admin->page('/admin/deleteuser.php', ['user_id' => '3']));
            $look('a new user', $admin->browser->post('/admin/adduser.php', ['__c' => $admin->key(), 'submit' => '1', 'user' => 'carl', 'active' => '1',
                'password' => 'new', 'passwordagain' => 'new']));
        }
        self::assertGreaterThan(300, count($seen));
        $broken = array_diff($seen, [200, 302, 503]);
        self::assertSame([], $broken, implode('', array_unique(preg_replace('/^\[.*?\] /', '', $this->site()->complaints()))));
        $this->site()->start();
        foreach (['1', '2'] as $user) {
            self::assertNotContains('account.reset', $this->site()->audit($user));
        }
        self::assertSame(['on'], $this->site()->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'")
            ->fetchAll(\PDO::FETCH_COLUMN), 'nothing was changed');
    }

    /** @param \Closure(string, Page): Page $look */
    private function visitEverything(Person $person, \Closure $look): void
    {
        $all = array_values(array_unique([...array_merge(...array_values(Changes::all())), ...Changes::tabs(), 'none']));
        self::assertGreaterThanOrEqual(30, count($all), implode(' ', $all));
        $fields = ['method' => 'totp', 'code' => '123456', 'number' => '+41791234567', 'way' => 'sms', 'user' => '2', 'reason' => 'why', 'name' => 'some',
            'kind' => 'sns', 'path' => $this->site()->folder . '/store/another.key', 'reset' => 'off'];
        $look("$person->name, preferences", $person->action('preferences'));
        $look("$person->name, sessions", $person->action('sessions'));
        foreach ($all as $one) {
            $look("$person->name, tab $one", $person->action('defaultadmin', ['tab' => $one, 'user' => '2']));
            foreach (Changes::pages() as $action) {
                foreach ([[], ['m1_method' => 'none', 'm1_user' => '']] as $i => $other) {
                    $post = ['mact' => "TwoFactor,m1_,$action,0", '__c' => $person->key(), 'm1_do' => $one];
                    foreach ($fields as $name => $value) {
                        $post["m1_$name"] = $value;
                    }
                    $look("$person->name, $action: $one, $i", $person->browser->post('/admin/moduleinterface.php', $other + $post));
                }
            }
        }
        foreach ([['edit' => 'some'], ['add' => 'sns'], ['log' => 'some']] as $query) {
            $look("$person->name, providers " . key($query), $person->action('defaultadmin', ['tab' => 'providers'] + $query));
        }
    }

    public function test_a_key_is_not_created_while_the_extension_is_missing(): void
    {
        $this->site()->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_ready'");
        $this->site()->start(withExtension: false);
        $admin = $this->person('admin');
        $admin->givePassword();
        $path = $this->site()->folder . '/store/another.key';
        self::assertSame(200, $admin->change('create-key', ['path' => $path])->status);
        self::assertFileDoesNotExist($path);
        self::assertStringContainsString('not loaded', $admin->action('defaultadmin')->text());
    }

    public function test_the_guard_stands_while_the_host_itself_and_the_module_wait_for_an_upgrade(): void
    {
        $this->site();
        $thief = $this->person('anna');
        $thief->givePassword();
        $anna = $this->enrolled();
        $pdo = $this->site()->pdo();
        $pdo->exec("UPDATE cms_modules SET version = '3.9.9' WHERE module_name = 'TwoFactor'");
        $pdo->exec("INSERT INTO cms_siteprefs VALUES ('host_schema', '205')");
        $stolen = clone $thief->browser;
        for ($request = 1; $request <= 4; $request++) {
            $thief->browser = clone $stolen;
            self::assertOut($thief, "request $request");
            $thief->browser = clone $stolen;
            self::assertNull(Person::signedInName($thief->browser->get('/admin/login.php')), "request $request");
        }
        self::assertChallenged($anna->givePassword());
        self::assertSame('3.9.9', $pdo->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        $pdo->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'host_schema'");
        self::assertChallenged($anna->givePassword());
        self::assertSame('4.0.0', $pdo->query("SELECT version FROM cms_modules WHERE module_name = 'TwoFactor'")->fetchColumn());
        $anna->signIn();
        self::assertIn($anna);
    }
}
