<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';
require_once dirname(__DIR__) . '/host/Site.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\Rejected;
use TwoFactor\{Client, Method, SentMessage, User, Verifier};
use TwoFactorTests\{Fakes, Site};
use TypeError;
use ValueError;

/** What became of a message: the provider reports it to php/examples/report.php, over HTTP. */
final class DeliveryTest extends TestCase
{
    private string $folder;
    private Fakes $twilio;
    private string $address;
    /** @var resource */
    private $server;
    private Verifier $verifier;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-delivery-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->twilio = new Fakes();
        $this->address = '127.0.0.1:' . Site::freePort();
        $callback = "http://$this->address/report.php?provider=twilio-messaging";
        file_put_contents("$this->folder/providers.json", json_encode([['status_callback' => $callback] + $this->twilio->providerWithReports()]));
        chmod("$this->folder/providers.json", 0600);
        $settings = ['store' => "sqlite:$this->folder/store.sqlite", 'providers_file' => "$this->folder/providers.json",
            'http_ca_file' => $this->twilio->about['ca']];
        $options = ['-d', 'extension=' . getenv('TWOFACTOR_EXTENSION')];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "twofactor.$name=$value");
        }
        $this->server = proc_open(
            [PHP_BINARY, '-n', ...$options, '-S', $this->address, '-t', dirname(__DIR__, 2) . '/php/examples'],
            [1 => ['file', "$this->folder/log", 'a'], 2 => ['file', "$this->folder/log", 'a']],
            $pipes,
        );
        $this->verifier = Verifier::open($settings);
        for ($i = 0; !@fsockopen('tcp://' . $this->address); $i++) {
            $i < 6000 || self::fail((string) file_get_contents("$this->folder/log"));
            usleep(10_000);
        }
    }

    protected function tearDown(): void
    {
        proc_terminate($this->server);
        proc_close($this->server);
        array_map('unlink', glob("$this->folder/{,.}[!.]*", GLOB_BRACE));
        rmdir($this->folder);
    }

    private function sent(): SentMessage
    {
        foreach ($this->verifier->deliveries(1) as $message) {
            return $message;
        }
        self::fail('nothing was sent');
    }

    /** Anna asks for a code; the name the provider gave the message. */
    private function send(): string
    {
        $this->verifier->startPhone(new User('7', 'anna'), '+49 1512 3456789', null, new Client('192.0.2.1'));
        return $this->twilio->sent()[0]['sid'];
    }

    private function report(string $sid, string $status, ?int $error = null): void
    {
        $this->twilio->report($sid, $status, $error);
    }

    /** @param list<string> $headers */
    private function post(string $query, string $body, array $headers = []): int
    {
        $options = ['method' => 'POST', 'ignore_errors' => true, 'content' => $body,
            'header' => ['Content-Type: application/x-www-form-urlencoded', ...$headers]];
        file_get_contents("http://$this->address/report.php$query", false, stream_context_create(['http' => $options]));
        return (int) explode(' ', $http_response_header[0])[1];
    }

    public function test_a_message_is_followed_until_it_is_delivered(): void
    {
        $sid = $this->send();
        $sent = $this->sent();
        self::assertSame(['accepted', $sid, 'twilio-messaging', '7', Method::Sms, '+49 ••• 89', null, null], [
            $sent->status(), $sent->reference(), $sent->provider(), $sent->userId(), $sent->method(),
            $sent->maskedDestination(), $sent->detail(), $sent->deliverySeconds(),
        ]);
        $this->report($sid, 'sent');
        self::assertSame('sent', $this->sent()->status());
        $this->report($sid, 'delivered');
        $sent = $this->sent();
        self::assertSame('delivered', $sent->status());
        self::assertSame($sent->statusAt()->getTimestamp() - $sent->at()->getTimestamp(), $sent->deliverySeconds());
        // Late, and repeated.
        $this->report($sid, 'sending');
        $this->report($sid, 'failed', 30003);
        self::assertSame(json_encode($sent), json_encode($this->sent()));
        $metrics = $this->verifier->metrics();
        self::assertStringContainsString('twofactor_sent_total{provider="twilio-messaging",channel="sms"} 1', $metrics);
        self::assertStringContainsString('twofactor_delivery_seconds_count{provider="twilio-messaging",channel="sms"} 1', $metrics);
        self::assertStringEndsWith("# EOF\n", $metrics);
        self::assertStringNotContainsString('4915123456789', json_encode($sent) . $metrics . print_r($sent, true));
    }

    public function test_what_a_message_cost_is_counted_once_and_by_currency(): void
    {
        $price = fn (): array => preg_grep('/^twofactor_price_total\{/', explode("\n", $this->verifier->metrics()));
        $sid = $this->send();
        $this->twilio->report($sid, 'sent', null, 'a lot');
        self::assertSame([], $price());
        $this->twilio->report($sid, 'delivered', null, '-0.00750');
        $this->twilio->report($sid, 'delivered', null, '-0.00750');
        $counted = ['twofactor_price_total{provider="twilio-messaging",channel="sms",currency="USD"} 0.0075'];
        self::assertSame($counted, array_values($price()));
    }

    public function test_a_message_that_was_not_delivered_says_why(): void
    {
        $this->report($this->send(), 'undelivered', 30005);
        self::assertSame(['undelivered', '30005', null], [$this->sent()->status(), $this->sent()->detail(), $this->sent()->deliverySeconds()]);
    }

    public function test_what_the_provider_did_not_sign_changes_nothing(): void
    {
        $sid = $this->send();
        $token = $this->twilio->about['twilio']['token'];
        $form = http_build_query(['MessageSid' => $sid, 'MessageStatus' => 'delivered']);
        // By the definition: the address, then every field's name and value, sorted.
        $sign = fn (string $query, string $key, string $status): string => 'X-Twilio-Signature: ' . base64_encode(hash_hmac(
            'sha1', "http://$this->address/report.php{$query}MessageSid{$sid}MessageStatus$status", $key, true,
        ));
        $query = '?provider=twilio-messaging';
        $right = $sign($query, $token, 'delivered');
        foreach ([
            'nothing' => [$query, $form, []],
            'another key' => [$query, $form, [$sign($query, 'key', 'delivered')]],
            'another status' => [$query, $form, [$sign($query, $token, 'sent')]],
            'another address' => [$query, $form, [$sign('?provider=other', $token, 'delivered')]],
            'another provider' => ['?provider=other', $form, [$right]],
            'no provider' => ['', $form, [$right]],
            'a provider that is none' => ['?provider[]=x', $form, [$right]],
            'two signatures' => [$query, "$form&x=", [$right]],
        ] as $what => [$to, $body, $headers]) {
            self::assertSame(403, $this->post($to, $body, $headers), $what);
            self::assertSame('accepted', $this->sent()->status(), $what);
        }
        // What the request says of its own address is worth nothing.
        self::assertSame(204, $this->post("$query&more=1", $form, [$right, 'X-Forwarded-Host: elsewhere.example']));
        self::assertSame('delivered', $this->sent()->status());
        self::assertStringNotContainsString($sid, file_get_contents("$this->folder/log"));
    }

    public function test_bad_arguments_are_refused(): void
    {
        foreach ([[0], [1001], [10, 'x'], [10, '-1']] as $arguments) {
            try {
                $this->verifier->deliveries(...$arguments);
                self::fail(json_encode($arguments));
            } catch (ValueError) {
            }
        }
        foreach ([[['X-Twilio-Signature' => ['a']]], [[1 => 'a', 'b' => null]]] as [$headers]) {
            try {
                $this->verifier->reportDelivery('twilio-messaging', '', $headers);
                self::fail(json_encode($headers));
            } catch (ValueError|TypeError) {
            }
        }
        $this->expectException(Rejected::class);
        $this->verifier->reportDelivery('twilio-messaging', "\0\xff", []);
    }

    public function test_a_site_offers_what_it_has_a_provider_for(): void
    {
        $offered = array_map(static fn (Method $m) => $m->value, array_filter(Method::cases(), $this->verifier->offers(...)));
        self::assertEqualsCanonicalizing(['totp', 'sms', 'voice', 'email', 'backup', 'recovery'], array_values($offered));
        $strict = Verifier::open(['store' => 'memory:', 'profile' => 'strict']);
        self::assertFalse($strict->offers(Method::Email));
        self::assertFalse($strict->offers(Method::Sms));
    }
}
