<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{ConfigurationError, InvalidPhoneNumber, NotSent, Rejected, Throttled, Unavailable};
use TwoFactor\{Client, HealthStatus, LoginState, Method, Provider, User, Verifier};
use TwoFactorTests\Fakes;

/** Providers in the store, as a settings page uses them; they are strict fakes over real TLS. */
final class ProvidersTest extends TestCase
{
    private const NUMBER = '+4915123456789';

    private static ?Fakes $twilio = null;

    private string $folder;
    private TestClock $clock;
    private Client $client;
    private User $anna;

    public static function setUpBeforeClass(): void
    {
        self::$twilio = new Fakes();
    }

    public static function tearDownAfterClass(): void
    {
        self::$twilio = null;
    }

    protected function setUp(): void
    {
        self::$twilio->reset();
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-providers-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->clock = new TestClock(1_700_000_010);
        $this->client = new Client('192.0.2.1');
        $this->anna = new User('7', 'anna');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    public function test_what_was_typed_into_a_form_is_what_the_provider_then_has(): void
    {
        $kinds = Verifier::providerKinds();
        $kind = array_column(array_map(static fn ($kind) => [$kind->name(), $kind], $kinds), 1, 0)['sns'];
        $typed = ['region' => 'eu-central-1', 'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('s', 40),
            'regions' => " DE \r\n\r\nAT\n", 'per_minute' => ' 30 ', 'per_day' => ''];
        $verifier = $this->open();
        $verifier->saveProvider('main', ['provider' => 'sns'] + $kind->read($typed), 'the test');
        $kept = $verifier->providers()[0]->settings();
        self::assertSame(['DE', 'AT'], $kept['regions']);
        self::assertSame(30, $kept['per_minute']);
        self::assertArrayNotHasKey('per_day', $kept);
        // Typed anew without the secrets: they stay, and what is empty now goes.
        $again = $kind->read(['secret' => '', 'per_minute' => ''] + $typed);
        self::assertArrayNotHasKey('secret', $again);
        self::assertSame([null, null], [$again['per_minute'], $again['per_day']]);
        $verifier->saveProvider('main', $again, 'the test');
        self::assertArrayNotHasKey('per_minute', $verifier->providers()[0]->settings());
        self::assertContains('secret', $verifier->providers()[0]->secrets());
        // What is no number is no number, and what is no setting is none.
        foreach ([['per_minute' => 'many'], ['per_minute' => '-1'], ['no_such' => 'x']] as $wrong) {
            try {
                $verifier->saveProvider('main', $kind->read($wrong), 'the test');
                self::fail(json_encode($wrong));
            } catch (ConfigurationError $objection) {
                self::assertStringContainsString('main', $objection->getMessage());
            }
        }
    }

    /** @param array<string, mixed> $settings */
    private function open(array $settings = []): Verifier
    {
        return Verifier::open($settings + [
            'store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Example', 'http_ca_file' => self::$twilio->about['ca'],
        ]);
    }

    /** @return array<string, string> */
    private function messaging(): array
    {
        $twilio = self::$twilio->about['twilio'];
        return [
            'provider' => 'twilio-messaging', 'account' => $twilio['account'], 'user' => $twilio['key'],
            'secret' => $twilio['secret'], 'from' => $twilio['from'], 'url' => $twilio['url'],
        ];
    }

    /** @return array<string, mixed> */
    private function verify(): array
    {
        $twilio = self::$twilio->about['twilio'];
        return [
            'provider' => 'twilio-verify', 'service' => $twilio['service'], 'user' => $twilio['key'],
            'secret' => $twilio['secret'], 'url' => $twilio['url'],
        ];
    }

    private function enrol(Verifier $verifier): void
    {
        $setup = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->token();
        $sent = self::$twilio->sent();
        $verifier->confirmPhone($setup, end($sent)['code'], $this->client);
        $this->clock->pass(61);
    }

    /** @return list<string> */
    private static function names(Verifier $verifier): array
    {
        return array_map(static fn (Provider $provider): string => $provider->name(), $verifier->providers());
    }

    private static function advice(callable $call): string
    {
        try {
            $call();
        } catch (ConfigurationError $e) {
            self::assertStringNotContainsString('canary', $e->getMessage());
            return $e->getMessage();
        }
        self::fail('nothing was thrown');
    }

    public function test_a_provider_is_saved_used_changed_and_removed(): void
    {
        $verifier = $this->open();
        self::assertSame([], $verifier->providers());
        $verifier->saveProvider('main', $this->messaging(), 'admin');
        [$provider] = $verifier->providers();
        self::assertSame(['main', 'twilio-messaging', 'store'], [$provider->name(), $provider->kind(), $provider->source()]);
        self::assertSame([Method::Sms], $provider->methods());
        self::assertSame(['user', 'secret'], $provider->secrets());
        $shown = array_diff_key($this->messaging(), array_flip(['provider', 'user', 'secret']));
        self::assertEqualsCanonicalizing($shown, $provider->settings());
        self::assertTrue($provider->isAvailable());
        self::assertNull($provider->retryAt());
        $this->enrol($verifier);

        // What is left out stays: the secret above all.
        $verifier->saveProvider('main', ['voice_from' => $shown['from'], 'validity' => 300], 'admin');
        [$provider] = $verifier->providers();
        self::assertSame([Method::Sms, Method::Voice], $provider->methods());
        self::assertSame(300, $provider->settings()['validity']);
        $verifier->saveProvider('main', ['voice_from' => null, 'validity' => null], 'admin');
        self::assertSame([Method::Sms], $verifier->providers()[0]->methods());
        $login = $verifier->beginLogin($this->anna, $this->client);
        $verifier->sendCode($login->challenge(), Method::Sms, $this->client);
        $sent = self::$twilio->sent();
        self::assertCount(2, $sent);
        self::assertSame('7', $verifier->verify($login->challenge(), Method::Sms, $sent[1]['code'], $this->client)->userId());

        $verifier->removeProvider('main', 'admin');
        self::assertSame([], $verifier->providers());
        $this->clock->pass(61);
        $login = $verifier->beginLogin($this->anna, $this->client);
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        self::assertSame([Method::BackupCode], $login->methods());
        $this->expectException(NotSent::class);
        $verifier->sendCode($login->challenge(), Method::Sms, $this->client);
    }

    public function test_a_provider_says_who_checks_its_codes_and_whether_it_keeps_a_list(): void
    {
        $verifier = $this->open();
        $verifier->saveProvider('messaging', $this->messaging(), 'admin');
        $verifier->saveProvider('verify', $this->verify(), 'admin');
        $verifier->saveProvider('sns', ['provider' => 'sns', 'access_key' => 'AKIAIOSFODNN7EXAMPLE', 'secret' => str_repeat('x', 40), 'region' => 'eu-central-1'], 'admin');
        $verifier->saveProvider('gateway', self::$twilio->gateway(), 'admin');
        $facts = [];
        foreach ($verifier->providers() as $provider) {
            $facts[$provider->name()] = [$provider->checksItsOwnCodes(), $provider->keepsLog()];
            $shown = $provider->jsonSerialize();
            self::assertSame($facts[$provider->name()], [$shown['checksItsOwnCodes'], $shown['keepsLog']]);
        }
        self::assertSame(['messaging' => [false, false], 'verify' => [true, false], 'sns' => [false, false], 'gateway' => [true, true]], $facts);
    }

    public function test_where_the_providers_come_from_is_known_without_any(): void
    {
        $verifier = $this->open();
        self::assertSame('store', $verifier->providersSource());
        file_put_contents("$this->folder/none.json", '[]');
        chmod("$this->folder/none.json", 0600);
        $verifier = $this->open(['providers_file' => "$this->folder/none.json"]);
        self::assertSame([[], 'file'], [$verifier->providers(), $verifier->providersSource()]);
        // Not for a store in memory: that is somebody's test, and the providers are the site's.
        $program = 'foreach (["sqlite:" . $argv[1] . "/environment.sqlite", "memory:"] as $store) { '
            . 'echo TwoFactor\Verifier::open(["store" => $store])->providersSource(), " "; }';
        $process = proc_open(
            [PHP_BINARY, '-n', '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-r', $program, $this->folder],
            [1 => ['pipe', 'w']],
            $pipes,
            null,
            ['TWOFACTOR_PROVIDERS' => '[]'],
        );
        self::assertSame('environment store ', stream_get_contents($pipes[1]));
        self::assertSame(0, proc_close($process));
    }

    public function test_the_second_provider_takes_over_in_the_order_that_is_saved(): void
    {
        $verifier = $this->open();
        $nowhere = ['url' => 'https://127.0.0.1:1'] + $this->messaging();
        $verifier->saveProvider('here', $this->messaging(), 'admin');
        $verifier->saveProvider('nowhere', $nowhere, 'admin');
        $verifier->orderProviders(['nowhere', 'here'], 'admin');
        self::assertSame(['nowhere', 'here'], self::names($verifier));
        for ($count = 0; $count < 5; $count++) {
            $verifier->startPhone(new User("u$count", 'x'), "+49151234567{$count}0", null, new Client("192.0.2.$count"));
        }
        self::assertCount(5, self::$twilio->sent());
        [$nowhere, $here] = $verifier->providers();
        self::assertFalse($nowhere->isAvailable());
        self::assertSame(30, $nowhere->retryAt()->getTimestamp() - $this->clock->time);
        self::assertTrue($here->isAvailable());
        self::assertStringContainsString('retryAt', json_encode($nowhere));
        foreach ([['here'], ['here', 'nowhere', 'here'], ['here', 'other'], []] as $names) {
            self::assertStringContainsString('every provider once', self::advice(fn () => $verifier->orderProviders($names, 'admin')));
        }
    }

    public function test_credentials_are_checked_without_a_message(): void
    {
        $verifier = $this->open();
        $verifier->saveProvider('messaging', $this->messaging(), 'admin');
        $verifier->saveProvider('verify', $this->verify(), 'admin');
        foreach (['messaging', 'verify'] as $name) {
            $check = $verifier->checkProvider($name);
            self::assertSame([HealthStatus::Ok, 'provider'], [$check->status(), $check->name()], $check->message());
            $verifier->saveProvider($name, ['secret' => 'canary-of-somebody-else'], 'admin');
            $check = $verifier->checkProvider($name);
            self::assertSame(HealthStatus::Problem, $check->status());
            self::assertStringStartsWith("$name: ", $check->message());
            self::assertStringNotContainsString('canary', json_encode($check));
        }
        self::assertSame([], self::$twilio->sent());
        self::assertStringContainsString('no provider', self::advice(fn () => $verifier->checkProvider('none')));
    }

    public function test_a_test_message_has_no_code_and_its_budgets(): void
    {
        $verifier = $this->open();
        $verifier->saveProvider('messaging', $this->messaging(), 'admin');
        $verifier->saveProvider('verify', $this->verify(), 'admin');
        $delivery = $verifier->sendTest('messaging', '01512 3456789', 'DE', Method::Sms, 'admin', $this->client);
        self::assertSame([Method::Sms, '+49 ••• 89'], [$delivery->method(), $delivery->maskedDestination()]);
        self::assertSame(60, $delivery->resendAt()->getTimestamp() - $this->clock->time);
        [$sent] = self::$twilio->sent();
        self::assertSame(self::NUMBER, $sent['to']);
        self::assertDoesNotMatchRegularExpression('/\d/', $sent['text']);
        try {
            $verifier->sendTest('verify', self::NUMBER, null, Method::Sms, 'admin', $this->client);
            self::fail();
        } catch (Throttled $e) {
            self::assertSame(60, $e->retryAfter);
        }
        $this->clock->pass(60);
        $verifier->sendTest('verify', self::NUMBER, null, Method::Sms, 'admin', $this->client);
        $code = self::$twilio->sent()[1]['code'];
        try {
            $verifier->confirmPhone($delivery->token(), $code, $this->client);
            self::fail('a code of a test proved something');
        } catch (Rejected) {
        }
        foreach (['+49 30 12345678', '12', ''] as $number) {
            try {
                $verifier->sendTest('verify', $number, null, Method::Sms, 'admin', $this->client);
                self::fail($number);
            } catch (InvalidPhoneNumber) {
                self::addToAssertionCount(1);
            }
        }
        $this->clock->pass(60);
        self::assertStringContainsString('voice', self::advice(fn () => $verifier->sendTest('verify', self::NUMBER, null, Method::Voice, 'admin', $this->client)));
        $verifier->saveProvider('verify', ['secret' => 'canary-of-somebody-else'], 'admin');
        self::assertStringStartsWith('verify: ', self::advice(fn () => $verifier->sendTest('verify', self::NUMBER, null, Method::Sms, 'admin', $this->client)));
        $types = array_map(static fn ($event) => $event->type(), [...$verifier->providersAudit()]);
        self::assertSame(['provider.tested', 'provider.changed', 'provider.tested', 'provider.tested', 'provider.added', 'provider.added'], $types);
    }

    public function test_every_change_says_who_and_what_and_no_value(): void
    {
        $verifier = $this->open();
        $verifier->saveProvider('main', $this->messaging(), 'admin 1');
        $verifier->saveProvider('main', ['secret' => 'canary-0123456789'], 'admin 2');
        $verifier->removeProvider('main', 'admin 3');
        $said = [];
        foreach ($verifier->providersAudit() as $event) {
            $said[] = [$event->type(), $event->provider(), $event->by(), $event->reason()];
        }
        self::assertSame([
            ['provider.removed', 'main', 'admin 3', 'twilio-messaging'],
            ['provider.changed', 'main', 'admin 2', 'twilio-messaging; set: secret'],
            ['provider.added', 'main', 'admin 1', 'twilio-messaging; set: account, user, secret, from, url'],
        ], $said);
        self::assertTrue($verifier->providersAuditIsIntact());
        self::assertCount(0, [...$verifier->accounts()]);
        $this->expectException(\ValueError::class);
        $verifier->saveProvider('main', $this->messaging(), ' ');
    }

    public static function wrongSettings(): iterable
    {
        yield 'no kind' => [['secret' => 'canary'], 'main: `provider` is missing'];
        yield 'another kind' => [['provider' => 'canary'], 'main: `provider` must be one of'];
        yield 'a typing error' => [['sekret' => 'canary'], 'main: `sekret` is no setting'];
        yield 'a secret in a wrong place' => [['canary-Secret' => 'x'], 'main: `…` is no setting'];
        yield 'another type' => [['secret' => 1.5], 'main: `secret` must be'];
        yield 'a number for a text' => [['secret' => 15], 'main: `secret` must be a text'];
        yield 'a text for a number' => [['validity' => 'canary'], 'main: `validity` must be a whole number'];
        yield 'a negative number' => [['validity' => -1], 'main: `validity` must be'];
        yield 'a list of anything' => [['url' => [['canary']]], 'main: `url` must be'];
        yield 'no name' => [['canary'], 'have names'];
        yield 'no UTF-8' => [['secret' => "canary\xff"], 'main: `secret` must be'];
        yield 'in the clear' => [['url' => 'http://canary.example'], 'main: '];
        yield 'a name in the address' => [['url' => 'https://u:canary@example.com'], 'main: '];
        yield 'a file where nobody may write codes' => [['provider' => 'development', 'file' => '/tmp/canary'], 'twofactor.development'];
    }

    /** @dataProvider wrongSettings */
    public function test_what_is_wrong_is_explained_and_changes_nothing(array $settings, string $advice): void
    {
        $verifier = $this->open();
        if (!isset($settings['provider']) && $advice !== 'main: `provider` is missing') {
            $settings += $this->messaging();
        }
        self::assertStringContainsString($advice, self::advice(fn () => $verifier->saveProvider('main', $settings, 'admin')));
        self::assertSame([], $verifier->providers());
        self::assertCount(0, [...$verifier->audit()]);
    }

    public function test_an_address_never_gets_a_secret_that_was_given_for_another(): void
    {
        $verifier = $this->open();
        $verifier->saveProvider('main', $this->messaging(), 'admin');
        $why = self::advice(fn () => $verifier->saveProvider('main', ['url' => 'https://elsewhere.example'], 'admin'));
        self::assertStringContainsString('`user` and `secret` again', $why);
        self::assertSame($this->messaging()['url'], $verifier->providers()[0]->settings()['url']);
    }

    public function test_without_its_key_the_list_is_not_empty_but_unavailable(): void
    {
        $settings = ['store' => "sqlite:$this->folder/db"];
        foreach (['old', 'new'] as $name) {
            Verifier::createKeyFile("$this->folder/$name");
        }
        $verifier = $this->open($settings + ['key_file' => "$this->folder/old"]);
        $verifier->saveProvider('main', $this->messaging(), 'admin');
        $other = $this->open($settings + ['key_file' => "$this->folder/new"]);
        foreach ([
            fn () => $other->providers(), fn () => $other->checkProvider('main'), fn () => $other->removeProvider('main', 'admin'),
            fn () => $other->saveProvider('main', $this->messaging(), 'admin'), fn () => $other->orderProviders([], 'admin'),
        ] as $call) {
            self::assertStringContainsString('key that is not in the key file', self::advice($call));
        }
        $log = ini_set('error_log', "$this->folder/log");
        try {
            $other->startPhone($this->anna, self::NUMBER, null, $this->client);
            self::fail();
        } catch (Unavailable) {
        } finally {
            ini_set('error_log', $log);
        }
        self::assertStringContainsString('cannot be opened', file_get_contents("$this->folder/log"));
        self::assertFalse($other->health()->isOk());
        self::assertSame([], self::$twilio->sent());
        self::assertSame(['main'], self::names($verifier));

        // With both keys all is well, and from then on the new one is enough.
        file_put_contents("$this->folder/both", file_get_contents("$this->folder/new") . file_get_contents("$this->folder/old"));
        chmod("$this->folder/both", 0600);
        self::assertSame(['main'], self::names($this->open($settings + ['key_file' => "$this->folder/both"])));
        self::assertSame(['main'], self::names($other));
        $other->removeProvider('main', 'admin');
        self::assertStringContainsString('key that is not in the key file', self::advice(fn () => $verifier->providers()));
    }

    /** Whoever must have a second factor must have it also when nothing can be sent. */
    public function test_an_account_whose_only_method_is_sms_is_never_let_in_for_want_of_a_provider(): void
    {
        Verifier::createKeyFile("$this->folder/key");
        $settings = ['store' => "sqlite:$this->folder/db", 'key_file' => "$this->folder/key"];
        $verifier = $this->open($settings);
        $verifier->saveProvider('main', $this->messaging(), 'admin');
        $this->enrol($verifier);
        $db = new \SQLite3("$this->folder/db");
        $db->exec("UPDATE shared_row SET body = x'00' WHERE name = 'providers'");
        foreach (['altered' => Unavailable::class, 'gone' => NotSent::class] as $how => $thrown) {
            if ($how === 'gone') {
                $db->exec("DELETE FROM shared_row WHERE name = 'providers'");
            }
            $login = $verifier->beginLogin($this->anna, $this->client);
            self::assertSame(LoginState::ChallengeRequired, $login->state());
            self::assertSame([Method::BackupCode], $login->methods());
            $log = ini_set('error_log', "$this->folder/log");
            try {
                $verifier->sendCode($login->challenge(), Method::Sms, $this->client);
                self::fail();
            } catch (Unavailable | NotSent $e) {
                self::assertSame($thrown, $e::class);
            } finally {
                ini_set('error_log', $log);
            }
        }
        $db->close();
    }

    public function test_canary_credentials_are_in_no_file_of_the_store(): void
    {
        $secrets = ['user' => 'SKcacacacacacacacacacacacacacacaca', 'secret' => 'canary-secret-0123456789'];
        $verifier = $this->open(['store' => "sqlite:$this->folder/db"]);
        $verifier->saveProvider('main', $secrets + $this->messaging(), 'somebody');
        $verifier->saveProvider('main', ['from' => '+15005550007'], 'somebody');
        $files = implode(array_map(file_get_contents(...), glob("$this->folder/*")));
        self::assertStringContainsString('somebody', $files);
        foreach ([...$secrets, substr($secrets['secret'], 0, 10), self::$twilio->about['twilio']['account']] as $secret) {
            self::assertStringNotContainsString($secret, $files);
        }
    }
}
