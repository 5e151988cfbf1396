<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{LicenceRequired, StepUpRequired, Unavailable};
use TwoFactor\{Client, Method, Totp, User, Verifier};
use TwoFactorTests\Fakes;

/** The text for a question: what is in it, and that of a site full of people and secrets nothing of them is. */
final class SupportTest extends TestCase
{
    private string $folder;
    private Fakes $fakes;
    private TestClock $clock;
    private Client $client;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-canary-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->client = new Client('203.0.113.77', 'Mozilla/5.0 canary-browser');
        ini_set('error_log', "$this->folder/log");
    }

    protected function tearDown(): void
    {
        ini_restore('error_log');
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** @param array<string, string> $settings */
    private function open(array $settings = []): Verifier
    {
        $gateway = $this->fakes->gateway();
        is_file("$this->folder/canary.key") || Verifier::createKeyFile("$this->folder/canary.key");
        return Verifier::open($settings + [
            'store' => "sqlite:$this->folder/canary.sqlite", 'key_file' => "$this->folder/canary.key", 'site' => 'canary-site', 'issuer' => 'Canary Ltd',
            'clock' => $this->clock, 'http_ca_file' => $this->fakes->about['ca'], 'site_url' => $gateway['site_url'],
            'licence_url' => $gateway['url'], 'licence_key' => $gateway['licence_key'], 'licence_public_keys' => implode(', ', $gateway['keys']),
            'trusted_proxies' => '198.51.100.7', 'notice_url' => 'https://www.canary.example/not-me?token=', 'webotp_host' => 'www.canary.example',
            'phone_regions' => 'DE', 'max_attempts' => '9', 'development' => '1',
        ]);
    }

    /** @return array<string, string> the lines of a section by their names */
    private static function section(string $text, string $name): array
    {
        self::assertSame(1, preg_match("/^\\[$name\\]\n((?:.+\n)+)/m", $text, $found), $name);
        preg_match_all('/^(.*?): (.*)$/m', $found[1], $lines, PREG_SET_ORDER);
        return array_column($lines, 2, 1);
    }

    public function test_a_text_has_ten_sections_and_tells_versions_settings_and_what_failed(): void
    {
        $verifier = $this->open();
        try {
            $verifier->supportBundle('root', 'why');
            self::fail('without a licence');
        } catch (LicenceRequired) {
        }
        $verifier->renewLicence();
        $text = $verifier->supportBundle('root', 'ticket 7', null, $this->client);
        self::assertStringStartsWith("twofactor support bundle, version 1\nmade: " . gmdate('Y-m-d\\TH:i:s\\Z', $this->clock->time) . "\n", $text);
        self::assertMatchesRegularExpression('/\A[\n -~]+\z/', $text);
        self::assertLessThanOrEqual(65536, strlen($text));
        preg_match_all('/^\[(\w+)\]$/m', $text, $sections);
        self::assertSame(['versions', 'settings', 'licence', 'store', 'health', 'providers', 'errors', 'counters', 'accounts', 'schema'], $sections[1]);
        $versions = self::section($text, 'versions');
        self::assertSame([PHP_VERSION, PHP_SAPI], [$versions['php'], $versions['sapi']]);
        self::assertSame((new \ReflectionExtension('twofactor'))->getVersion(), $versions['extension']);
        self::assertMatchesRegularExpression('/^rustc 1\.\d+/', $versions['built_with']);
        self::assertStringContainsString("\ncrate: rusqlite 0.", $text);
        self::assertStringNotContainsString(php_uname('n'), $text);
        $settings = self::section($text, 'settings');
        self::assertSame('9 (from program)', $settings['max_attempts']);
        self::assertSame('60 (default)', $settings['lockout_seconds']);
        self::assertSame('sqlite (from program)', $settings['store']);
        self::assertSame('(set) (from program)', $settings['licence_key']);
        self::assertSame('(not set) (default)', $settings['http_proxy']);
        self::assertArrayHasKey('policy.max_attempts.more', self::section($text, 'health'));
        self::assertSame('SQLite', self::section($text, 'store')['product']);
        self::assertSame(['support-bundle.made', 'root', 'ticket 7', '203.0.113.77'], [
            $verifier->providersAudit()[0]->type(), $verifier->providersAudit()[0]->by(), $verifier->providersAudit()[0]->reason(), $verifier->providersAudit()[0]->ip(),
        ]);
        self::assertTrue($verifier->providersAuditIsIntact());
    }

    public function test_what_could_not_be_done_in_this_process_is_told_by_its_kind(): void
    {
        $verifier = $this->open();
        $verifier->renewLicence();
        try {
            Verifier::open(['store' => 'mysql://canary:canary@127.0.0.1:1/canary?tls=off', 'key_file' => "$this->folder/canary.key"]);
            self::fail('no server is there');
        } catch (Unavailable) {
        }
        $errors = self::section($verifier->supportBundle('root', 'why'), 'errors');
        self::assertMatchesRegularExpression('/^\d+ times in this process, last \d+ s ago \(.+\)$/', $errors['process.store.unavailable'] ?? json_encode($errors));
        self::assertStringNotContainsString('canary', implode(' ', $errors));
    }

    /** People with names, addresses, numbers and codes, providers with credentials, a licence, and faults of all of them. */
    public function test_b39_a_text_of_a_site_full_of_canaries_has_none_of_them(): void
    {
        $verifier = $this->open();
        $verifier->renewLicence();
        $anna = new User('canary-user-7', 'Anna Canary', 'anna.canary@canary.example', locale: 'de_DE');
        $setup = $verifier->startTotp($anna, 'canary of a label', $verifier->grantAfterPassword('canary-user-7'), $this->client);
        $phone = Totp::fromUri($setup->uri());
        preg_match('/secret=(\w+)/', $setup->uri(), $secret);
        $enrolled = $verifier->confirmTotp($setup->token(), $phone->at($this->clock->time), $this->client);
        $this->clock->pass(30);
        $wrong = '000000';
        for ($i = 0; $i < 3; $i++) {
            try {
                $verifier->verify($verifier->beginLogin($anna, $this->client)->challenge(), Method::BackupCode, 'CANA-RYCA-NARY-CANA', $this->client);
            } catch (\TwoFactor\Exception\Denied) {
            }
        }
        $twilio = ['secret' => 'canary-0123456789abcdef0123456789'] + $this->fakes->provider();
        $verifier->saveProvider('canary', $twilio, 'canary of an admin');
        for ($i = 0; $i < 3; $i++) {
            try {
                $verifier->sendTest('canary', '+4915123456789', null, Method::Sms, 'canary of an admin', $this->client);
            } catch (\Throwable) {
            }
            $this->clock->pass(61);
        }
        $verifier->setMessageText(Method::Sms, 'de', 'canary {code} {site}', 'canary of an admin');
        $verifier->setEnforcement('{"rules": [{"for": {"users": ["canary-user-8"]}, "level": "required", "grace_days": 14}]}', 'canary of an admin', 'canary of a reason');
        while (!$verifier->refreshFigures()) {
        }
        $text = $verifier->supportBundle('canary of an admin', 'canary of a reason', null, $this->client);
        $gateway = $this->fakes->gateway();
        $canaries = [
            'anything typed' => 'canary', 'the number' => '15123456789', 'a part of the number' => '3456789', 'the address' => '203.0.113.77', 'the proxy' => '198.51.100',
            'the user' => 'Anna', 'the secret' => $secret[1], 'the set-up' => substr($setup->token(), 0, 16), 'the folder' => $this->folder,
            'the credential' => $twilio['secret'], 'the account' => $twilio['account'], 'the provider\'s key' => $twilio['user'], 'the sender' => $twilio['from'],
            'the licence key' => $gateway['licence_key'], 'the licence token' => 'TFL1', 'the licence\'s name' => 'lic_0001', 'the domain' => 'example.org',
            'the certificate' => $this->fakes->about['ca'], 'the gateway' => parse_url($gateway['url'], PHP_URL_HOST) . ':', 'the store\'s id' => $verifier->storeId(),
            'the key' => trim((string) explode('=', (string) file_get_contents("$this->folder/canary.key"), 2)[1]),
        ];
        foreach ($enrolled->backupCodes() as $place => $code) {
            $canaries["backup code $place"] = $code;
        }
        foreach ($canaries as $what => $canary) {
            self::assertNotSame('', $canary, $what);
            self::assertFalse(stripos($text, $canary), "$what is in it: $text");
        }
        // And it is no empty text that has none.
        self::assertSame('1', self::section($text, 'accounts')['enrolled']);
        self::assertSame('twilio-messaging', self::section($text, 'providers')['provider-1.kind']);
        self::assertNotSame([], preg_grep('/^twofactor_failed_total\{provider="provider-1",channel="sms"/', array_keys(self::section($text, 'counters'))), $text);
        self::assertSame('3', self::section($text, 'counters')['twofactor_failures_total{method="backup"}'] ?? '');
    }
}
