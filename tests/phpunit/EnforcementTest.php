<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{EnrolmentRequired, FactorRefused, LicenceRequired, Rejected, StepUpRequired, Unavailable};
use TwoFactor\{Api, ApiContext, ApiResponse, Client, Enrolled, HealthFinding, Login, LoginState, Message, Method, Purpose, Totp, User, Verified, Verifier};
use TwoFactorTests\Fakes;

/** Enforcement as a host sees it, with a licence that a gateway gave. */
final class EnforcementTest extends TestCase
{
    private const DAY = 86400;
    private const NOW = '{"rules": [{"for": "all", "level": "required-now"}]}';
    private const STRONG = '{"rules": [{"for": "all", "level": "required-now", "sign_in": "no-restricted"}]}';
    private const ADMINS = '{"rules": [{"for": {"roles": ["admin"], "groups": ["staff"]}, "level": "required", "grace_days": 14}]}';

    private Fakes $fakes;
    private TestClock $clock;
    private Verifier $verifier;
    private Client $client;
    /** How often roles were looked up. */
    private int $looked = 0;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->client = new Client('192.0.2.7');
        $this->verifier = $this->open();
        $this->verifier->renewLicence();
    }

    /** @param array<string, string> $settings */
    private function open(array $settings = []): Verifier
    {
        $gateway = $this->fakes->gateway();
        return Verifier::open($settings + ['store' => 'memory:', 'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'],
            'site_url' => 'https://www.example.org/cms', 'licence_url' => $gateway['url'], 'licence_key' => $gateway['licence_key'],
            'licence_public_keys' => implode(', ', $gateway['keys']), 'premium_grace_days' => 60]);
    }

    /** @param list<string> $roles */
    private function user(string $id, array $roles = [], string ...$groups): User
    {
        return new User($id, "user $id", "user$id@example.org", (function () use ($roles) {
            $this->looked++;
            yield from $roles;
        })(), null, $groups);
    }

    private function set(string $policy): void
    {
        $this->verifier->setEnforcement($policy, 'root', 'a rule');
    }

    private function begin(User $user): Login
    {
        return $this->verifier->beginLogin($user, $this->client);
    }

    private function setUpApp(User $user, ?string $permit = null): Enrolled
    {
        $setup = $this->verifier->startTotp($user, null, $permit);
        $code = Totp::fromUri($setup->uri())->at($this->clock->time);
        return $this->verifier->confirmTotp($setup->token(), $code, $this->client);
    }

    private static function codeIn(?Message $message): string
    {
        self::assertNotNull($message);
        self::assertSame(1, preg_match_all('/\b\d{6,8}\b/', $message->text(), $found) > 0 ? 1 : 0);
        return $found[0][0];
    }

    private function setUpMailbox(User $user): void
    {
        $sent = $this->verifier->enableEmail($user, $this->client);
        $this->verifier->confirmEmail($sent->token(), self::codeIn($sent->message()), $this->client);
        $this->clock->pass(3600);
    }

    private function proveByMail(Login $login): Verified
    {
        $sent = $this->verifier->sendCode($login->challenge(), Method::Email, $this->client);
        return $this->verifier->verify($login->challenge(), Method::Email, self::codeIn($sent->message()), $this->client);
    }

    public function test_a_policy_is_set_told_as_it_was_written_and_taken_back(): void
    {
        self::assertNull($this->verifier->enforcement());
        $this->set(self::NOW);
        self::assertSame(self::NOW, $this->verifier->enforcement());
        self::assertSame(LoginState::EnrolmentRequired, $this->begin($this->user('1'))->state());
        $this->set('');
        self::assertNull($this->verifier->enforcement());
        self::assertSame(LoginState::Allowed, $this->begin($this->user('1'))->state());
        $events = iterator_to_array($this->verifier->providersAudit(), false);
        self::assertSame(['policy.removed', 'policy.changed'], array_map(fn ($event) => $event->type(), $events));
        self::assertSame('root', $events[1]->by());
        self::assertSame(0, $this->looked, 'no rule has asked what anybody is');
    }

    public function test_what_is_wrong_with_a_policy_is_told_with_its_path(): void
    {
        foreach ([
            '{"rules": [{"for": "all", "level": "required"}]}' => 'rules[0].grace_days must be a number of days from 1 to 366',
            '{"rules": [{"for": "all", "level": "off", "sign_in": "phishing-resistant"}]}' => 'rules[0].sign_in cannot be "phishing-resistant" yet: that takes passkeys',
            '[]' => 'the policy must be an object',
        ] as $policy => $told) {
            try {
                $this->set($policy);
                self::fail($policy);
            } catch (\ValueError $e) {
                self::assertStringContainsString('Argument #1 ($policy) must be a policy: ' . $told, $e->getMessage());
            }
        }
        self::assertNull($this->verifier->enforcement());
    }

    public function test_what_is_asked_of_a_user_is_told_with_its_days(): void
    {
        $nothing = ['due' => null, 'stepUpDue' => null, 'begun' => false, 'encouraged' => false, 'takesPassword' => false, 'proves' => [], 'setUp' => null];
        self::assertSame($nothing, $this->verifier->askedOf($this->user('1')));
        $this->set(self::ADMINS);
        $admin = $this->user('1', ['admin']);
        $asked = $this->verifier->askedOf($admin);
        self::assertFalse($asked['begun']);
        self::assertSame($this->clock->time + 14 * self::DAY, $asked['due']->getTimestamp());
        $due = $this->begin($admin)->enrolmentDue();
        $this->clock->pass(self::DAY);
        $asked = $this->verifier->askedOf($admin);
        self::assertEquals(['due' => $due, 'stepUpDue' => $due, 'begun' => true] + $nothing, $asked);
        self::assertSame($nothing, $this->verifier->askedOf($this->user('2', ['editor'])));
    }

    public function test_roles_and_groups_are_read_once_and_only_where_a_policy_asks(): void
    {
        $this->set(self::ADMINS);
        $admin = $this->user('1', ['editor', 'admin']);
        self::assertSame($this->clock->time + 14 * self::DAY, $this->begin($admin)->enrolmentDue()?->getTimestamp());
        $this->begin($admin);
        self::assertSame(1, $this->looked);
        self::assertNotNull($this->begin($this->user('2', [], 'staff'))->enrolmentDue());
        self::assertNull($this->begin($this->user('3', ['editor'], 'guests'))->enrolmentDue());
        $unknown = new User('4', 'somebody');
        self::assertNotNull($this->begin($unknown)->enrolmentDue(), 'nobody knows what they are');
    }

    public function test_what_the_host_throws_while_its_roles_are_read_is_thrown_on_and_nobody_is_let_in(): void
    {
        $this->set(self::ADMINS);
        $broken = new User('1', 'anna', null, (function () {
            throw new \DomainException('the directory is down');
            yield 'editor';
        })());
        try {
            $this->begin($broken);
            self::fail();
        } catch (\DomainException $e) {
            self::assertSame('the directory is down', $e->getMessage());
        }
        foreach ([[5], [''], [null], [['admin']]] as $roles) {
            try {
                $this->begin(new User('1', 'anna', null, $roles));
                self::fail();
            } catch (\TypeError $e) {
                self::assertStringContainsString('must have roles that are names', $e->getMessage());
            }
        }
    }

    public function test_b4_a_proof_that_is_too_weak_leads_to_a_set_up_and_to_no_sign_in(): void
    {
        $alice = $this->user('1');
        $this->setUpMailbox($alice);
        $this->set(self::STRONG);
        $login = $this->begin($alice);
        try {
            $this->proveByMail($login);
            self::fail();
        } catch (EnrolmentRequired) {
        }
        $challenge = $login->challenge();
        self::assertFalse($this->verifier->offers(Method::Email, $challenge));
        self::assertTrue($this->verifier->offers(Method::Email));
        self::assertTrue($this->verifier->offers(Method::Totp, $challenge));
        try {
            $this->verifier->enableEmail($alice, $this->client, $challenge);
            self::fail();
        } catch (FactorRefused $e) {
            self::assertSame('weak', $e->reason);
        }
        self::assertInstanceOf(Verified::class, $this->setUpApp($alice, $challenge)->verified());
        $this->clock->pass(3600);
        $login = $this->begin($alice);
        self::assertSame([Method::Totp, Method::BackupCode], $login->methods());
        $this->expectException(Rejected::class);
        $this->verifier->sendCode($login->challenge(), Method::Email, $this->client);
    }

    public function test_b33_a_step_up_that_is_too_weak_gives_no_grant_and_sets_up_alone(): void
    {
        $alice = $this->user('1');
        $this->setUpMailbox($alice);
        $this->set('{"rules": [{"for": "all", "level": "required-now", "step_up": "no-restricted"}]}');
        $stepUp = $this->verifier->beginChallenge($alice, Purpose::StepUp, $this->client);
        try {
            $this->proveByMail($stepUp);
            self::fail();
        } catch (EnrolmentRequired) {
        }
        try {
            $this->verifier->remove($alice->id(), Method::Email, $stepUp->challenge());
            self::fail();
        } catch (StepUpRequired) {
        }
        self::assertNull($this->setUpApp($alice, $stepUp->challenge())->verified());
        self::assertSame(3, count($this->verifier->account('1')->factors()));
    }

    public function test_of_whom_a_host_knows_groups_alone_every_rule_is_that_asks_for_a_role(): void
    {
        $this->set('{"rules": [{"for": {"roles": ["admin"]}, "level": "required-now"}]}');
        $state = fn (?array $roles, ?array $groups) => $this->begin(new User('1', 'anna', roles: $roles, groups: $groups))->state();
        self::assertSame(LoginState::EnrolmentRequired, $state(null, ['g']));
        self::assertSame(LoginState::EnrolmentRequired, $state(null, null));
        self::assertSame(LoginState::Allowed, $state([], ['g']));
        self::assertSame(LoginState::Allowed, $state(['editor'], null));
    }

    public function test_a_dry_run_shows_which_rules_are_for_nobody(): void
    {
        $policy = '{"rules": [{"for": {"roles": ["administrator"]}, "level": "required-now"}, {"for": {"roles": ["admin"]}, "level": "off"}, {"for": "all", "level": "off"}]}';
        $found = $this->verifier->previewEnforcement($policy, [$this->user('1', ['admin']), $this->user('2')]);
        self::assertSame([[1, 2], [2]], array_column($found, 'rules'));
        self::assertSame([false, false], array_column($found, 'lacksCodes'));
    }

    public function test_a_dry_run_says_what_would_become_of_whom(): void
    {
        $this->setUpApp($this->user('1'));
        $users = [$this->user('1', ['admin']), $this->user('2', ['admin']), $this->user('3')];
        $found = $this->verifier->previewEnforcement(self::ADMINS, $users);
        self::assertSame([['1', 'unaffected', null], ['2', 'grace', $this->clock->time + 14 * self::DAY], ['3', 'unaffected', null]], array_map(
            fn (array $it) => [$it['userId'], $it['outcome'], $it['due']?->getTimestamp()], $found,
        ));
        $found = $this->verifier->previewEnforcement(self::NOW, $users);
        self::assertSame(['unaffected', 'stopped', 'stopped'], array_column($found, 'outcome'));
        self::assertNull($this->verifier->enforcement());
        $this->expectException(\ValueError::class);
        $this->verifier->previewEnforcement(self::NOW, ['1']);
    }

    public function test_a_suggestion_is_skipped_by_its_user_and_comes_again(): void
    {
        $this->set('{"rules": [{"for": "all", "level": "encourage", "again_days": 30}]}');
        $alice = $this->user('1');
        self::assertTrue($this->begin($alice)->isEncouraged());
        $this->verifier->skipEncouragement($alice, $this->client);
        self::assertFalse($this->begin($alice)->isEncouraged());
        $this->clock->pass(30 * self::DAY);
        self::assertTrue($this->begin($alice)->isEncouraged());
    }

    public function test_without_a_licence_nothing_is_set_and_nobody_is_stopped(): void
    {
        $this->set(self::NOW);
        $this->clock->pass(100 * self::DAY);
        self::assertSame(LoginState::Allowed, $this->begin($this->user('1'))->state());
        self::assertSame(self::NOW, $this->verifier->enforcement());
        foreach ([fn () => $this->set(self::STRONG), fn () => $this->verifier->previewEnforcement(self::NOW, [])] as $act) {
            try {
                $act();
                self::fail();
            } catch (LicenceRequired) {
            }
        }
        $this->set('');
        self::assertNull($this->verifier->enforcement());
    }

    /** What health finds of rules and trusted devices. @return list<string> */
    private function found(): array
    {
        $found = [];
        foreach ($this->verifier->health()->checks() as $check) {
            array_push($found, ...array_map(static fn (HealthFinding $it): string => $it->id(), $check->findings()));
        }
        return array_values(preg_grep('/^(enrolment|enforcement|devices)\./', $found));
    }

    public function test_health_says_what_ends_with_the_licence_before_and_after_it_does(): void
    {
        self::assertSame([], $this->found());
        $this->set(self::NOW);
        self::assertSame([], $this->found());
        $this->clock->pass(2 * self::DAY);
        self::assertSame(['enforcement.ending', 'devices.ending'], $this->found());
        $this->clock->pass(100 * self::DAY);
        self::assertSame(['enforcement.off', 'devices.off'], $this->found());
        self::assertFalse($this->verifier->health()->isOk());
        self::assertTrue($this->verifier->health()->canVerify());
    }

    public function test_rules_that_do_not_open_let_nobody_in_and_health_says_so(): void
    {
        $folder = realpath(sys_get_temp_dir()) . '/twofactor-rules-' . bin2hex(random_bytes(6));
        mkdir($folder, 0700);
        try {
            foreach (['old', 'new'] as $key) {
                Verifier::createKeyFile("$folder/$key");
            }
            $store = ['store' => "sqlite:$folder/db"];
            $this->verifier = $this->open($store + ['key_file' => "$folder/old"]);
            $this->verifier->renewLicence();
            $this->set(self::NOW);
            self::assertSame(LoginState::EnrolmentRequired, $this->begin($this->user('1'))->state());
            $this->verifier = $this->open($store + ['key_file' => "$folder/new"]);
            $log = ini_set('error_log', "$folder/log");
            try {
                $this->begin($this->user('2'));
                self::fail('let in by the password alone');
            } catch (Unavailable) {
            } finally {
                ini_set('error_log', $log);
            }
            self::assertStringContainsString('cannot be opened', file_get_contents("$folder/log"));
            self::assertSame(['enforcement.unreadable'], array_slice($this->found(), 0, 1));
            self::assertFalse($this->verifier->health()->canVerify());
            // A site that has no licence key has no rules that could ask for anything.
            $this->verifier = $this->open($store + ['key_file' => "$folder/new", 'licence_key' => '']);
            self::assertSame(LoginState::Allowed, $this->begin($this->user('2'))->state());
            self::assertSame(['enrolment.unreadable'], $this->found());
        } finally {
            exec('rm -rf ' . escapeshellarg($folder));
        }
    }

    /** @param array<string, mixed> $body */
    private function call(string $method, string $path, array $body = [], ?User $user = null): ApiResponse
    {
        $given = ['pw-alice' => $this->user('1', ['admin'])];
        $context = new ApiContext($this->client, 'application/json', $user, $user === null ? null : 'session',
            authenticate: fn (string $name, string $password) => $given[$password] ?? null,
            checkPassword: fn (string $id, string $password) => isset($given[$password]),
            signIn: fn (string $id, Login|Verified $cameOf) => "token of $id",
            mail: function (): void {},
            loadUser: fn (string $id) => $this->user($id, ['admin']));
        $text = $method === 'GET' ? '' : json_encode((object) $body);
        return (new Api($this->verifier))->handle($method, $path, $text, $context);
    }

    /** @return array<string, mixed> */
    private static function said(ApiResponse $response): array
    {
        return json_decode($response->body(), true, flags: JSON_THROW_ON_ERROR);
    }

    public function test_over_json_a_rule_stops_a_sign_in_as_a_required_enrolment_does(): void
    {
        $this->set(self::ADMINS);
        $begun = self::said($this->call('POST', '/login', ['name' => 'alice', 'password' => 'pw-alice']));
        self::assertSame([false, false, 'token of 1'], [$begun['requires2fa'], $begun['encouraged'], $begun['token']]);
        self::assertArrayHasKey('enrolmentDue', $begun);
        $state = self::said($this->call('GET', '/2fa', user: $this->user('1', ['admin'])));
        self::assertSame($begun['enrolmentDue'], $state['enrolmentDue']);
        self::assertArrayNotHasKey('enrolmentDue', self::said($this->call('GET', '/2fa', user: $this->user('1'))));
        self::assertSame(401, $this->call('POST', '/login', ['name' => 'alice', 'password' => 'wrong'])->status());

        $this->clock->pass(14 * self::DAY);
        $begun = self::said($this->call('POST', '/login', ['name' => 'alice', 'password' => 'pw-alice']));
        self::assertSame([true, true], [$begun['requires2fa'], $begun['requiresEnrolment']]);
        self::assertArrayNotHasKey('token', $begun);
        $setup = self::said($this->call('POST', '/2fa/setup', ['challenge' => $begun['challenge']]));
        $code = Totp::fromUri($setup['uri'])->at($this->clock->time);
        $done = $this->call('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $code]);
        self::assertSame('token of 1', self::said($done)['token'] ?? null);
    }

    public function test_over_json_what_is_suggested_is_put_off_by_its_user_alone(): void
    {
        $this->set('{"rules": [{"for": {"roles": ["admin"]}, "level": "encourage", "again_days": 30}]}');
        $alice = fn (): User => $this->user('1', ['admin']);
        $isSuggested = fn (): bool => self::said($this->call('GET', '/2fa', user: $alice()))['encouraged'];
        self::assertTrue(self::said($this->call('POST', '/login', ['name' => 'alice', 'password' => 'pw-alice']))['encouraged']);
        self::assertTrue($isSuggested());
        self::assertSame(401, $this->call('POST', '/2fa/suggestion/skip')->status());
        // Of whom nothing is suggested, nothing is put off; nor does it for anybody else.
        self::assertSame(204, $this->call('POST', '/2fa/suggestion/skip', user: $this->user('2'))->status());
        self::assertSame(400, $this->call('POST', '/2fa/suggestion/skip', ['user' => '1'], $this->user('2'))->status());
        self::assertTrue($isSuggested());
        self::assertSame(204, $this->call('POST', '/2fa/suggestion/skip', user: $alice())->status());
        self::assertFalse($isSuggested());
        $put = fn (string $id): array => array_map(static fn ($it): string => $it->type(), [...$this->verifier->audit($id)]);
        self::assertSame([['encouragement.put-off'], []], [$put('1'), $put('2')]);
        $this->clock->pass(30 * self::DAY);
        self::assertTrue($isSuggested());
    }
}
