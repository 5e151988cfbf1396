<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{LicenceRequired, LockedOut, Rejected, Unavailable};
use TwoFactor\{Client, Message, Method, Totp, User, Verifier};
use TwoFactorTests\Fakes;

/** Alerts as a host sees them, with a licence that a gateway gave. */
final class AlertsTest extends TestCase
{
    private const NETWORK = 'Your second factor was used from a new network';
    private const WRONG = 'Wrong codes were entered for your account';
    private const DEVICE = 'A browser is remembered for your account';
    private const DIGEST = 'What was unusual on the site';

    private Fakes $fakes;
    private TestClock $clock;
    private string $folder;
    private Verifier $verifier;
    private User $anna;
    private Totp $phone;

    protected function setUp(): void
    {
        $this->fakes = new Fakes();
        $this->clock = new TestClock($this->fakes->about['now']);
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-alerts-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->anna = new User('7', 'anna', 'anna@example.org', [], 'en');
        $this->verifier = $this->open();
        $this->verifier->renewLicence();
        $setup = $this->verifier->startTotp($this->anna);
        $this->phone = Totp::fromUri($setup->uri());
        $enrolled = $this->verifier->confirmTotp($setup->token(), $this->phone->at($this->clock->time), new Client('192.0.2.7'));
        $this->sent($enrolled->notices());
        self::assertSame([], $this->verifier->alerts(), 'what was before is told to nobody');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    /** @param array<string, string|int> $settings */
    private function open(array $settings = []): Verifier
    {
        $gateway = $this->fakes->gateway();
        return Verifier::open($settings + ['store' => "sqlite:$this->folder/store.sqlite", 'clock' => $this->clock, 'issuer' => 'Shop',
            'http_ca_file' => $this->fakes->about['ca'], 'site_url' => 'https://example.org', 'licence_url' => $gateway['url'],
            'licence_key' => $gateway['licence_key'], 'licence_public_keys' => implode(', ', $gateway['keys']), 'premium_grace_days' => 60,
            'alerts_off' => 'licence-ending']);
    }

    private function signIn(string $address, bool $trust = false): void
    {
        $this->clock->pass(30);
        $client = new Client($address, 'Firefox');
        $login = $this->verifier->beginLogin($this->anna, $client);
        $this->verifier->verify($login->challenge(), Method::Totp, $this->phone->at($this->clock->time), $client, $trust);
    }

    private function wrong(string $address, int $times): void
    {
        $client = new Client($address);
        for (; $times > 0; $times--) {
            $login = $this->verifier->beginLogin($this->anna, $client);
            try {
                $this->verifier->verify($login->challenge(), Method::Totp, '000000', $client);
                self::fail('a wrong code was accepted');
            } catch (Rejected | LockedOut) {
            }
        }
    }

    /** @param list<Message> $messages */
    private function sent(array $messages, ?Verifier $by = null): void
    {
        ($by ?? $this->verifier)->noticesSent(array_map(static fn (Message $it) => $it->id(), $messages));
    }

    /**
     * @param list<Message> $messages
     * @return list<string> each as "to: subject"
     */
    private static function told(array $messages): array
    {
        return array_map(
            static fn (Message $it) => ($it->to() ?? 'administrators') . ': ' . substr($it->subject(), strlen('Shop: ')),
            $messages,
        );
    }

    public function test_people_are_told_of_what_is_unusual_and_administrators_once_an_hour(): void
    {
        $this->signIn('192.0.2.7');
        self::assertSame([], $this->verifier->alerts());
        $this->signIn('198.51.100.9', trust: true);
        $told = $this->verifier->alerts(locale: 'de');
        self::assertSame(
            ['anna@example.org: ' . self::NETWORK, 'anna@example.org: ' . self::DEVICE, 'administrators: Ungewöhnliches auf der Website'],
            self::told($told),
        );
        self::assertStringContainsString('IP address: 198.51.100.•••', $told[0]->text());
        self::assertStringContainsString('<html lang="de"', $told[2]->html());
        $this->sent($told);
        $this->wrong('203.0.113.4', 4);
        $told = $this->verifier->alerts();
        self::assertSame(['anna@example.org: ' . self::WRONG], self::told($told));
        $this->sent($told);
        $this->clock->pass(3600);
        self::assertSame(['administrators: ' . self::DIGEST], self::told($this->verifier->alerts()));
        self::assertSame([], $this->verifier->pendingNotices());
    }

    public function test_of_two_processes_one_tells_and_what_was_not_sent_is_told_again(): void
    {
        $other = $this->open();
        $this->signIn('198.51.100.9');
        $first = $this->verifier->alerts();
        self::assertCount(2, $first);
        self::assertSame([], $other->alerts());
        self::assertSame([], $other->pendingNotices());
        $this->clock->pass(301);
        $person = $other->pendingNotices();
        self::assertSame(['anna@example.org: ' . self::NETWORK], self::told($person));
        $digest = $other->alerts();
        self::assertSame(['administrators: ' . self::DIGEST], self::told($digest));
        $this->sent([...$person, ...$digest], $other);
        $this->clock->pass(86_400);
        self::assertSame([], $this->verifier->alerts());
        self::assertSame([], $this->verifier->pendingNotices());
    }

    public function test_many_processes_at_once_tell_once(): void
    {
        $this->signIn('198.51.100.9');
        $verifiers = array_map(fn () => $this->open(), range(1, 8));
        $told = array_merge(...array_map(static fn (Verifier $it) => $it->alerts(), $verifiers));
        self::assertSame(['anna@example.org: ' . self::NETWORK, 'administrators: ' . self::DIGEST], self::told($told));
    }

    public function test_fewer_than_two_administrators_with_a_factor_are_told(): void
    {
        $told = $this->verifier->alerts(50, ['7', '8']);
        self::assertCount(0, $told, 'it was looked at less than five minutes ago');
        $this->clock->pass(300);
        $told = $this->verifier->alerts(50, ['7', '8']);
        self::assertStringContainsString('Administrators with a second factor: 1.', $told[0]->text());
    }

    public function test_without_a_licence_nothing_is_told_and_with_one_it_goes_on(): void
    {
        $without = $this->open(['licence_key' => '']);
        $this->signIn('198.51.100.9');
        foreach ([$without->alerts(...), $without->alertRecord(...), fn () => $without->previewAlert('digest')] as $ask) {
            try {
                $ask();
                self::fail('no licence was asked for');
            } catch (LicenceRequired) {
            }
        }
        self::assertSame([], $without->pendingNotices());
        self::assertCount(2, $this->verifier->alerts());
    }

    public function test_while_the_store_is_down_it_says_so(): void
    {
        $this->signIn('198.51.100.9');
        rename("$this->folder/store.sqlite", "$this->folder/away");
        $this->expectException(Unavailable::class);
        $this->verifier->alerts();
    }

    public function test_what_is_given_wrong_is_named(): void
    {
        foreach (['limit' => [0], 'administrators' => [50, ['']], 'kind' => null] as $name => $arguments) {
            try {
                $arguments === null ? $this->verifier->previewAlert('nothing') : $this->verifier->alerts(...$arguments);
                self::fail($name);
            } catch (\ValueError $wrong) {
                self::assertStringContainsString($name, $wrong->getMessage());
            }
        }
        $this->expectException(\TwoFactor\Exception\ConfigurationError::class);
        $this->open(['alerts_off' => 'new-network, everything']);
    }

    public function test_a_page_can_show_what_is_alerted_and_a_mail(): void
    {
        $this->verifier = $this->open(['alerts_off' => 'blocked', 'alert_person_day' => '2']);
        $this->signIn('198.51.100.9');
        $this->verifier->alerts();
        $record = json_decode($this->verifier->alertRecord(), true);
        self::assertSame([1, false, true, 2], [$record['version'], $record['kinds']['blocked'], $record['kinds']['new-network'], $record['limits']['personDay']]);
        self::assertSame(['new-network', '7'], [$record['latest'][0]['kind'], $record['latest'][0]['userId']]);
        $mail = $this->verifier->previewAlert('new-network', 'he');
        self::assertStringContainsString('dir="rtl"', $mail->html());
        self::assertNull($mail->to());
    }
}
