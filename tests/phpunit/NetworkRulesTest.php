<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{Denied, LockedOut, Rejected, Unavailable};
use TwoFactor\{Client, HealthStatus, Method, Totp, User, Verified, Verifier};
use TwoFactorTests\Fakes;

/** Rules about networks, the ceiling over all methods and what follows of many failures, as a host sees them. */
final class NetworkRulesTest extends TestCase
{
    private const HOME = '192.0.2.1';
    private const ELSEWHERE = '198.51.100.9';

    private Fakes $fakes;
    private TestClock $clock;
    private string $folder;
    private Verifier $verifier;
    private User $anna;
    private Totp $totp;
    /** @var list<string> */
    private array $codes;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->folder = sys_get_temp_dir() . '/twofactor-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->verifier = $this->open([]);
        $this->verifier->renewLicence();
        $this->anna = new User('7', 'anna');
        $setup = $this->verifier->startTotp($this->anna);
        $this->totp = Totp::fromUri($setup->uri());
        $code = $this->totp->at($this->clock->time);
        $this->codes = $this->verifier->confirmTotp($setup->token(), $code, new Client(self::HOME))->backupCodes();
        self::assertFalse($this->signIn(new Client(self::HOME))->mustChangePassword());
    }

    protected function tearDown(): void
    {
        array_map(unlink(...), glob("$this->folder/*"));
        rmdir($this->folder);
    }

    /** @param array<string, int|string> $settings */
    private function open(array $settings): Verifier
    {
        $gateway = $this->fakes->gateway();
        return Verifier::open($settings + ['store' => "sqlite:$this->folder/db", 'clock' => $this->clock,
            'http_ca_file' => $this->fakes->about['ca'], 'site_url' => 'https://www.example.org/cms',
            'licence_url' => $gateway['url'], 'licence_key' => $gateway['licence_key'],
            'licence_public_keys' => implode(', ', $gateway['keys'])]);
    }

    private function signIn(Client $client): Verified
    {
        $this->clock->pass(60);
        $challenge = $this->verifier->beginLogin($this->anna, $client)->challenge();
        return $this->verifier->verify($challenge, Method::Totp, $this->totp->at($this->clock->time), $client);
    }

    private function refused(Client $client): Denied
    {
        try {
            $this->signIn($client);
        } catch (Denied $denied) {
            return $denied;
        }
        self::fail('signed in');
    }

    /** @return list<string> */
    private function found(): array
    {
        foreach ($this->verifier->health()->checks() as $check) {
            if ($check->name() === 'networks') {
                return array_map(fn ($finding) => $finding->id(), $check->findings());
            }
        }
        return [];
    }

    /** A list with ranges of both families, in a file that is changed while it is in use. */
    public function test_a_right_code_from_a_network_that_is_denied_is_refused_as_a_wrong_one(): void
    {
        file_put_contents("$this->folder/deny", "# who guesses\n198.51.100.0/24\n2001:db8::/32\n");
        $this->verifier = $this->open(['network_deny' => "$this->folder/deny"]);
        $wrong = $this->wrong(new Client('203.0.113.1'));
        foreach ([self::ELSEWHERE, '::ffff:198.51.100.9', '2001:db8::7'] as $address) {
            $right = $this->refused(new Client($address));
            self::assertSame([$wrong::class, $wrong->getMessage(), $wrong->getCode()], [$right::class, $right->getMessage(), $right->getCode()]);
        }
        self::assertSame(['networks.ok'], $this->found());
        $events = array_map(fn ($event) => $event->type(), iterator_to_array($this->verifier->audit('7')));
        self::assertContains('network.refused', $events);
        $this->signIn(new Client(self::HOME));
        file_put_contents("$this->folder/deny", '203.0.113.0/24');
        $this->signIn(new Client(self::ELSEWHERE));
        self::assertInstanceOf(Rejected::class, $this->refused(new Client('203.0.113.1')));
    }

    private function wrong(Client $client): Denied
    {
        $challenge = $this->verifier->beginLogin($this->anna, $client)->challenge();
        try {
            $this->verifier->verify($challenge, Method::Totp, '00000', $client);
        } catch (Denied $denied) {
            return $denied;
        }
        self::fail('a wrong code was accepted');
    }

    /** Attack B14: what a client says of itself leads around no list, into none, and around no limit. */
    public function test_b14_no_forged_header_passes_a_rule_about_networks(): void
    {
        $forged = function (string $peer, string $claim): Client {
            return new Client($peer, forwarded: ['X-Forwarded-For' => $claim, 'Forwarded' => "for=$claim"]);
        };
        $this->verifier = $this->open(['network_deny' => '198.51.100.0/24', 'network_address_failures' => 3]);
        self::assertInstanceOf(Rejected::class, $this->refused($forged(self::ELSEWHERE, self::HOME)));
        // Nor does anybody put somebody else on the list.
        $this->signIn($forged(self::HOME, self::ELSEWHERE));
        for ($n = 0; $n < 3; $n++) {
            self::assertInstanceOf(Rejected::class, $this->wrong($forged('203.0.113.1', "192.0.2.$n")));
        }
        self::assertInstanceOf(LockedOut::class, $this->refused($forged('203.0.113.1', '192.0.2.77')));
        $this->signIn($forged(self::HOME, '203.0.113.1'));
        $this->verifier = $this->open(['network_allow' => self::HOME]);
        self::assertInstanceOf(Rejected::class, $this->refused($forged(self::ELSEWHERE, self::HOME)));
        // Behind a proxy that is trusted it is the address that the proxy wrote, and not what stood before it.
        $this->verifier = $this->open(['network_allow' => self::HOME, 'trusted_proxies' => '10.0.0.0/8']);
        $this->signIn($forged('10.1.2.3', self::HOME));
        self::assertInstanceOf(Rejected::class, $this->refused($forged('10.1.2.3', self::HOME . ', ' . self::ELSEWHERE)));
        self::assertInstanceOf(Rejected::class, $this->refused(new Client('10.1.2.3')));
    }

    public function test_a_list_that_is_wrong_denies_and_is_named(): void
    {
        $this->verifier = $this->open(['network_allow' => '192.0.2.0/24, 192.0.2.1/24']);
        try {
            $this->signIn(new Client(self::HOME));
            self::fail('signed in');
        } catch (Unavailable) {
        }
        foreach ($this->verifier->health()->checks() as $check) {
            if ($check->name() === 'networks') {
                self::assertSame(HealthStatus::Problem, $check->status());
                self::assertStringContainsString('network_allow', $check->message());
                self::assertStringContainsString('192.0.2.1/24', $check->message());
                return;
            }
        }
        self::fail('health says nothing');
    }

    public function test_after_many_failures_a_proof_says_that_a_new_password_is_due_until_it_was_set(): void
    {
        $this->verifier = $this->open(['max_failures_all_methods' => 4, 'after_failures' => 6]);
        $first = new Client(self::ELSEWHERE);
        for ($n = 0; $n < 4; $n++) {
            $challenge = $this->verifier->beginLogin($this->anna, $first)->challenge();
            try {
                $this->verifier->verify($challenge, Method::Totp, '00000', $first);
                self::fail('a wrong code was accepted');
            } catch (Rejected) {
            }
        }
        self::assertInstanceOf(LockedOut::class, $this->refused($first));
        self::assertFalse($this->signIn(new Client(self::HOME))->mustChangePassword());
        $this->wrong(new Client('203.0.113.1'));
        $this->wrong(new Client('203.0.113.1'));
        self::assertSame(['guessing.password'], $this->found());
        $proof = $this->signIn(new Client(self::HOME));
        self::assertTrue($proof->mustChangePassword());
        self::assertTrue(json_decode(json_encode($proof), true)['mustChangePassword']);
        $this->verifier->raiseEpoch('7', '7', 'a new password');
        self::assertFalse($this->signIn(new Client(self::HOME))->mustChangePassword());
    }

    /** A licence that has ended takes no rule away, also in a process that starts afterwards. */
    public function test_rules_outlast_their_licence(): void
    {
        $this->clock->pass(16 * 86400);
        $this->verifier = $this->open(['network_deny' => '198.51.100.0/24']);
        self::assertFalse($this->verifier->licence()->counts());
        self::assertInstanceOf(Rejected::class, $this->refused(new Client(self::ELSEWHERE)));
        $this->signIn(new Client(self::HOME));
        self::assertSame(['networks.ok', 'networks.ended'], $this->found());
    }
}
