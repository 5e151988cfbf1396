<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/Changes.php';

/**
 * Whatever a page of the module changes, it changes only when its own form was sent: by POST, with the request key
 * in the body. Everything else that another site can make a browser send changes nothing and shows the page.
 *
 * Each change is tried as a forgery first and then done as it should be, with the same fields, so that it is certain
 * that nothing else than the forgery kept it from happening.
 */
final class ForgeryTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const PAST_THE_ENGINE = ['by GET', 'the key in the address', 'everything in the address'];

    private Fakes $twilio;
    /** @var array<string, list<string>> page to what was tried */
    private array $tried = [];

    /** Every way but the right one to send a form. @return array<string, Page> */
    private static function forgeries(Person $who, array $fields): array
    {
        $path = '/admin/moduleinterface.php';
        $key = $who->key();
        self::assertNotSame('none', $key);
        $address = static fn (array $more): string => "$path?" . http_build_query($more);
        [$browser, $mact] = [$who->browser, ['mact' => $fields['mact']]];
        return [
            'by GET' => $browser->get($address($fields + ['__c' => $key])),
            'the key in the address' => $browser->post($address(['__c' => $key]), $fields),
            'everything in the address' => $browser->post($address($fields + ['__c' => $key]), []),
            'the key in the address, an empty one in the body' => $browser->post($address(['__c' => $key]), ['__c' => ''] + $fields),
            'the key in the address, a wrong one in the body' => $browser->post($address($mact + ['__c' => $key]), ['__c' => strrev($key)] + $fields),
            'the key in the address, a list in the body' => $browser->post($address(['__c' => $key]), ['__c' => [$key]] + $fields),
            'no key' => $browser->post($path, $fields),
            'a wrong key' => $browser->post($path, ['__c' => strrev($key)] + $fields),
        ];
    }

    /** Tries to forge a change, then makes it. @param array<string, mixed> $fields */
    private function tryOut(Person $who, string $page, string $do, array $fields = [], ?callable $isSeen = null): Page
    {
        $sent = ['mact' => "TwoFactor,m1_,$page,0", 'm1_do' => $do];
        foreach ($fields as $name => $value) {
            $sent["m1_$name"] = $value;
        }
        // That they are signed in is written down at most every five minutes: now, and then not while this is tried.
        self::assertIn($who);
        $before = $this->everything();
        foreach (self::forgeries($who, $sent) as $how => $answer) {
            self::assertSame($before, $this->everything(), "$do: $how");
            self::assertSame(200, $answer->status, "$do: $how");
            self::assertNull($answer->header('Content-Disposition'), "$do: $how");
            self::assertNull(Person::secretOn($answer), "$do: $how");
            self::assertSame([], Person::codesOn($answer), "$do: $how");
            self::assertFalse($isSeen !== null && $isSeen($answer), "$do: $how");
            // Whom the engine does not find in order itself, it sends to its own pages.
            $where = in_array($how, self::PAST_THE_ENGINE, true) ? '//main//div[contains(concat(" ", @class, " "), " tf ")]' : '//form | //main';
            self::assertTrue($answer->has($where), "$do, $how, shows the page: " . $answer->text());
        }
        $this->tried[$page][] = $do;
        $done = $who->browser->post('/admin/moduleinterface.php', $sent + ['__c' => $who->key()]);
        $isSeen === null
            ? self::assertNotSame($before, $this->everything(), "$do is done by the form itself: " . $done->text())
            : self::assertTrue($isSeen($done), "$do is done by the form itself: " . $done->text());
        return $done;
    }

    /** Whatever a change leaves behind: both databases, what was sent, every file but those of sessions and logs. @return array<string, string> */
    private function everything(): array
    {
        $site = $this->site();
        $all = ['messages' => isset($this->twilio) ? $this->twilio->ask('/sent') : ''];
        $databases = ['site' => $site->pdo()];
        if (is_file("$site->folder/store/twofactor.sqlite")) {
            $databases['store'] = new \PDO("sqlite:$site->folder/store/twofactor.sqlite");
        }
        foreach ($databases as $name => $pdo) {
            $isSqlite = $pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) === 'sqlite';
            foreach ($pdo->query($isSqlite ? "SELECT name FROM sqlite_master WHERE type = 'table'" : 'SHOW TABLES')->fetchAll(\PDO::FETCH_COLUMN) as $table) {
                if (str_ends_with($table, 'twofactor_schema')) {
                    // The page of health writes there, to see whether the store can be written.
                    continue;
                }
                $rows = array_map(serialize(...), $pdo->query("SELECT * FROM `$table`")->fetchAll(\PDO::FETCH_NUM));
                // Written once a minute by whichever request comes next, forged or not.
                $rows = array_filter($rows, static fn (string $row): bool => !str_contains($row, '"TwoFactor_notices_looked"'));
                sort($rows);
                $all["$name $table"] = hash('sha256', implode("\n", $rows)) . ' of ' . count($rows);
            }
        }
        self::assertGreaterThan(17, count($all));
        foreach ($site->leftBehind() as $path => $content) {
            if (!preg_match('#/(sessions|logs|cache|clock[^/]*|[^/]*\.sqlite[^/]*)(/|$)#', substr($path, strlen($site->folder)))) {
                $all[$path] = hash('sha256', $content);
            }
        }
        $hooks = array_filter($site->heard(), static fn (array $one): bool => str_starts_with($one['hook'], 'TwoFactor::'));
        return $all + ['hooks' => (string) count($hooks)];
    }

    /** An app and a mailbox, signed in, a minute after the last code was sent. */
    private function withAppAndMailbox(string $name): Person
    {
        $person = $this->enrolled($name);
        $person->signIn();
        $person->stepUp();
        $person->enrolByEmail();
        $this->site()->clock->advance(61);
        return $person;
    }

    private function carry(): void
    {
        $this->twilio = new Fakes();
        $this->site()->start($this->twilio->ini());
        foreach (['one', 'two'] as $name) {
            $this->site()->asOperator(fn ($verifier) => $verifier->saveProvider($name, $this->twilio->provider(), 'the test'));
        }
    }

    public function test_no_change_of_one_s_own_is_made_but_by_its_form(): void
    {
        $this->carry();
        $anna = $this->withAppAndMailbox('anna');
        $page = 'preferences';
        $minute = fn () => $this->site()->clock->advance(61);

        $this->tryOut($anna, $page, 'send', ['method' => 'email']);
        $this->tryOut($anna, $page, 'prove', ['method' => 'totp', 'code' => $anna->phone->code()]);
        $setup = $this->tryOut($anna, $page, 'start');
        $anna->phone = new Phone((string) Person::secretOn($setup), $this->site()->clock);
        $this->tryOut($anna, $page, 'confirm', ['code' => $anna->phone->code()]);

        $anna->stepUp();
        $minute();
        $this->tryOut($anna, $page, 'start-email');
        $this->tryOut($anna, $page, 'start-phone', ['number' => self::NUMBER, 'method' => 'sms']);
        $minute();
        $this->tryOut($anna, $page, 'send-again');
        $this->tryOut($anna, $page, 'confirm-destination', ['code' => $this->twilio->code(self::NUMBER)]);

        $anna->stepUp();
        $this->tryOut($anna, $page, 'primary', ['method' => 'email']);
        $this->tryOut($anna, $page, 'rotate');
        $codes = Person::codesOn($this->tryOut($anna, $page, 'regenerate'));
        self::assertCount(10, $codes);
        $this->tryOut($anna, $page, 'download', ['codes' => implode(' ', $codes)], static fn (Page $answer): bool => $answer->header('Content-Disposition') !== null);
        $anna->stepUp();
        $this->tryOut($anna, $page, 'export', [], static fn (Page $answer): bool => $answer->header('Content-Disposition') !== null);
        $this->tryOut($anna, $page, 'rename', $this->factorOf('2', 'email') + ['label' => 'My mail']);
        $this->tryOut($anna, $page, 'suspend', $this->factorOf('2', 'email'));
        $this->tryOut($anna, $page, 'resume', $this->factorOf('2', 'email'));
        $this->tryOut($anna, $page, 'remove', $this->factorOf('2', 'email'));
        // Of codes that are as new as what was not her, none ends a hold.
        $this->site()->clock->advance(8 * 86_400);
        // The browser would lead on to what was forged without a key.
        $anna = $anna->elsewhere();
        $anna->signIn();
        $anna->stepUp();
        $anna->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Another']);
        $this->repudiate($anna);
        self::assertOut($anna);
        $anna = $anna->elsewhere();
        $anna->signIn();
        $this->tryOut($anna, $page, 'end-hold', ['release_method' => 'backup', 'release_code' => $codes[0]]);
        $this->assertTriedAll($page);
        self::assertIn($anna);
    }

    public function test_no_change_of_the_site_or_of_others_is_made_but_by_its_form(): void
    {
        $this->carry();
        $this->enrolled('anna');
        $this->enrolled('bert');
        $admin = $this->withAppAndMailbox('admin');
        $this->vouchFor('admin');
        $page = 'defaultadmin';
        $facts = $this->twilio->about['twilio'];

        $this->tryOut($admin, $page, 'send', ['method' => 'email', 'tab' => 'settings']);
        $this->site()->clock->advance(61);
        $this->tryOut($admin, $page, 'send', ['method' => 'email', 'tab' => 'providers']);
        $this->site()->clock->advance(301);
        $this->tryOut($admin, $page, 'providers-prove', ['method' => 'totp', 'code' => $admin->phone->code()]);

        // As version 3 left a site.
        $this->site()->pdo()->exec('CREATE TABLE cms_module_twofactor_usermeta (id INT, user_id INT NOT NULL, meta_key VARCHAR(255) NOT NULL, meta_value TEXT)');
        $this->site()->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_former_table', 'module_twofactor_usermeta')");
        $this->tryOut($admin, $page, 'remove-former');
        $this->tryOut($admin, $page, 'confirm-operator', ['user' => '2', 'reason' => 'met in person']);
        // Of somebody who is gone, and whose factor was kept.
        $this->site()->pdo()->exec('DELETE FROM cms_users WHERE user_id = 3');
        $this->tryOut($admin, $page, 'remove-orphan', ['user' => '3']);
        $this->tryOut($admin, $page, 'unlock', ['user' => '2', 'reason' => 'locked']);
        $this->repudiate($this->person('anna'));
        $this->tryOut($admin, $page, 'release-hold', ['user' => '2', 'reason' => 'she called']);
        $this->tryOut($admin, $page, 'suspend-factor', $this->factorOf('2', 'totp') + ['user' => '2', 'reason' => 'stolen']);
        $this->tryOut($admin, $page, 'resume-factor', $this->factorOf('2', 'totp') + ['user' => '2', 'reason' => 'found']);
        $this->tryOut($admin, $page, 'temporary-code', ['user' => '2', 'reason' => 'lost']);
        $this->tryOut($admin, $page, 'export-user', ['user' => '2'], static fn (Page $answer): bool => $answer->header('Content-Disposition') !== null);
        $this->tryOut($admin, $page, 'reset', ['user' => '2', 'reason' => 'lost']);
        $this->tryOut($admin, $page, 'switch-reset', ['reset' => 'on']);
        $this->tryOut($admin, $page, 'provider-save', ['kind' => 'twilio-messaging', 'name' => 'three', 'set_account' => $facts['account'], 'set_user' => $facts['account'], 'set_secret' => $facts['token'], 'set_from' => $facts['from']]);
        // One that was named in an emergency, with nothing but a password.
        $emergency = ['cli_operators' => '0', 'emergency' => time() . '/' . (time() + 60)];
        $this->site()->asOperator(static fn ($verifier) => $verifier->saveProvider('four', ['provider' => 'sns', 'region' => 'eu-central-1',
            'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('s', 40)], 'somebody'), $emergency);
        $this->tryOut($admin, $page, 'provider-confirm', ['name' => 'four']);
        $this->tryOut($admin, $page, 'provider-up', ['name' => 'two']);
        $asked = fn (): string => $this->twilio->ask('/requests');
        $before = $asked();
        $this->tryOut($admin, $page, 'provider-check', ['name' => 'two'], static fn (Page $answer): bool => $asked() !== $before);
        $this->tryOut($admin, $page, 'provider-test', ['name' => 'two', 'way' => 'sms', 'number' => self::NUMBER]);
        $this->tryOut($admin, $page, 'provider-remove', ['name' => 'three']);
        $text = ['way' => 'sms', 'language' => 'en'];
        $this->tryOut($admin, $page, 'text-preview', $text + ['text' => 'Seen before: {code}'], static fn (Page $answer): bool => str_contains($answer->text(), 'Seen before'));
        $this->tryOut($admin, $page, 'text-save', $text + ['text' => '{code} is the code of {site}.']);
        $this->tryOut($admin, $page, 'text-remove', $text);
        $this->tryOut($admin, $page, 'end-user-sessions', ['user' => '2', 'reason' => 'nothing in particular']);
        $anna = $this->person('anna');
        $anna->givePassword();
        self::assertIn($anna);
        $session = $this->site()->asOperator(static fn ($verifier) => $verifier->sessions('2')[0]->id(), ['clock' => $this->siteClock()]);
        $this->tryOut($admin, $page, 'end-user-session', ['user' => '2', 'session' => $session]);
        self::assertOut($anna);
        $this->tryOut($admin, $page, 'forget', ['user' => '2', 'reason' => 'asked by letter']);
        $this->tryOut($admin, $page, 'require-everybody', ['reason' => 'nothing in particular']);
        $this->tryOut($admin, $page, 'waive-everybody', ['reason' => 'nothing in particular']);
        $this->tryOut($admin, $page, 'end-everybody', ['reason' => 'nothing in particular']);
        $this->assertTriedAll($page, 'create-key', 'remove-everything');
        self::assertOut($admin);
    }

    public function test_no_sign_in_of_one_s_own_is_ended_but_by_its_form(): void
    {
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $anna->stepUp(array_shift($anna->codes));
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), array_shift($anna->codes), 'backup');
        $button = $anna->action('sessions')->one("//button[@name='m1_session']");
        $this->tryOut($anna, 'sessions', 'end-session', ['session' => $button->getAttribute('value')]);
        self::assertOut($other);
        $other->answer($other->givePassword(), array_shift($anna->codes), 'backup');
        $this->tryOut($anna, 'sessions', 'end-other-sessions');
        self::assertOut($other);
        $this->assertTriedAll('sessions');
        self::assertIn($anna);
    }

    public function test_not_everything_is_removed_but_by_the_form(): void
    {
        $this->enrolled('anna');
        $admin = $this->withAppAndMailbox('admin');
        $this->vouchFor('admin');
        $this->tryOut($admin, 'defaultadmin', 'remove-everything', ['sure' => '1'], static fn (Page $answer): bool => str_contains($answer->text(), 'Everything has been removed'));
    }

    public function test_no_key_is_made_but_by_the_form(): void
    {
        // The store is one that needs a key; whether it answers does not matter here.
        $site = $this->site(['database' => null, 'ini' => [], 'config' => ['twofactor_store' => 'mysql://nobody:none@127.0.0.1:1/none']]);
        $admin = $this->person('admin');
        $admin->givePassword();
        $path = "$site->folder/store/made.key";
        $this->tryOut($admin, 'defaultadmin', 'create-key', ['path' => $path], static fn (): bool => is_file($path));
    }

    public function test_looking_at_a_page_changes_nothing(): void
    {
        $this->carry();
        $this->enrolled('anna');
        $admin = $this->withAppAndMailbox('admin');
        $admin->stepUp();
        $before = $this->everything();
        self::assertGreaterThan(5, count(Changes::tabs()));
        foreach (['', ...Changes::tabs()] as $tab) {
            foreach ([[], ['edit' => 'one'], ['add' => 'sns'], ['log' => 'one']] as $more) {
                foreach (['__c' => $admin->key(), 'none' => ''] as $name => $key) {
                    $query = ['mact' => 'TwoFactor,m1_,defaultadmin,0', $name => $key, 'm1_tab' => $tab, 'm1_user' => '2', 'm1_name' => 'one', 'm1_reason' => 'x', 'm1_method' => 'totp', 'm1_code' => '123456'];
                    foreach ($more as $field => $value) {
                        $query["m1_$field"] = $value;
                    }
                    $page = $admin->browser->get('/admin/moduleinterface.php?' . http_build_query($query));
                    self::assertSame(200, $page->status, "$tab " . json_encode($more));
                    self::assertSame($before, $this->everything(), "$tab " . json_encode($more));
                }
            }
        }
        self::assertIn($admin);
    }

    /** Nothing was left out, and no form asks for what nobody tried. */
    private function assertTriedAll(string $page, string ...$elsewhere): void
    {
        self::assertEqualsCanonicalizing(Changes::of($page), [...array_unique($this->tried[$page]), ...$elsewhere], "what $page does");
    }

    public function test_whatever_a_form_asks_for_is_among_what_pages_do(): void
    {
        self::assertSame(['defaultadmin', 'page', 'preferences', 'sessions'], Changes::pages());
        $known = array_merge(array_keys(Changes::actsOfPro()), Changes::ofPro(), ...array_values(Changes::all()));
        self::assertGreaterThan(22, count($known));
        self::assertGreaterThan(22, count(Changes::ofForms()));
        self::assertSame([], array_values(array_diff(Changes::ofForms(), $known)));
    }

    /** A new file that reads a request by itself would pass by Change: it has to be looked at, and named here. */
    public function test_only_these_files_read_what_was_sent(): void
    {
        $root = dirname(__DIR__, 3) . '/php/{TwoFactor,TwoFactorPro}';
        $readers = [];
        foreach ([...glob("$root/*.php", GLOB_BRACE), ...glob("$root/lib/*.php", GLOB_BRACE)] as $file) {
            $words = array_filter(\PhpToken::tokenize((string) file_get_contents($file)), static fn (\PhpToken $token): bool => !$token->isIgnorable());
            $text = implode(' ', array_column($words, 'text'));
            preg_match_all('/\$_(?:POST|GET|REQUEST|FILES)\b|php:\/\/input|\bfilter_input\b/', $text, $found);
            $found[0] === [] || $readers[basename($file)] = array_values(array_unique($found[0]));
        }
        self::assertEquals([
            // Pages of the module, with the engine's key.
            'Change.php' => ['$_POST'],
            // Steps of login.php, with a mark of their own.
            'LoginForm.php' => ['$_POST'],
            // Shows what the link of a notice is about, and changes nothing by it.
            'Repudiation.php' => ['$_GET'],
            // Signed by a provider.
            'Reports.php' => ['$_GET', 'php://input'],
            // Changes nothing: looks for what the Module Manager is asked, and refuses it.
            'Deactivation.php' => ['$_REQUEST', '$_FILES'],
            // Changes nothing: looks whether a page is asked for, or something in one, and whether that is where a bar would lead.
            'StandingBar.php' => ['$_REQUEST'],
        ], $readers);
    }

    /** The engine compares keys, too; the module does not lean on it. */
    public function test_the_module_compares_the_key_itself(): void
    {
        require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Input.php';
        require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Change.php';
        defined('CMS_SECURE_PARAM_NAME') || define('CMS_SECURE_PARAM_NAME', '__c');
        defined('CMS_USER_KEY') || define('CMS_USER_KEY', '_userkey_');
        $before = [$_SERVER['REQUEST_METHOD'] ?? null, $_POST, $_SESSION ?? []];
        $isChange = static function (string $method, array $posted, array $session): bool {
            $_SERVER['REQUEST_METHOD'] = $method;
            $_POST = $posted;
            $_SESSION = $session;
            return \TwoFactorModule\Change::fromRequest() !== null;
        };
        $kept = [CMS_USER_KEY => 'abc'];
        $sent = [CMS_SECURE_PARAM_NAME => 'abc'];
        self::assertTrue($isChange('POST', $sent, $kept));
        foreach ([
            ['GET', $sent, $kept], ['PUT', $sent, $kept], ['HEAD', $sent, $kept], ['post', $sent, $kept], ['', $sent, $kept],
            ['POST', [], $kept], ['POST', $sent, []], ['POST', [], []],
            ['POST', [CMS_SECURE_PARAM_NAME => ''], [CMS_USER_KEY => '']],
            ['POST', [CMS_SECURE_PARAM_NAME => ''], $kept],
            ['POST', [CMS_SECURE_PARAM_NAME => 'abd'], $kept], ['POST', [CMS_SECURE_PARAM_NAME => 'abcd'], $kept], ['POST', [CMS_SECURE_PARAM_NAME => 'ABC'], $kept],
            ['POST', [CMS_SECURE_PARAM_NAME => ['abc']], $kept], ['POST', [CMS_SECURE_PARAM_NAME => ['abc']], [CMS_USER_KEY => ['abc']]],
            ['POST', [CMS_SECURE_PARAM_NAME => '0e1'], [CMS_USER_KEY => '0e2']],
        ] as $case) {
            self::assertFalse($isChange(...$case), json_encode($case));
        }
        [$_SERVER['REQUEST_METHOD'], $_POST, $_SESSION] = $before;
    }
}
