<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * The strict Twilio on this machine (`tests/fakes`), over real TLS, and its remote control. It ends when its input
 * does, which is with this object at the latest.
 */
final class Fakes
{
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    public readonly string $admin;
    /** @var array{ca: string, admin: string, twilio: array<string, string>} where they are, and who may ask */
    public readonly array $about;

    public function __construct()
    {
        $this->process = proc_open([self::program()], [['pipe', 'r'], ['pipe', 'w']], $this->pipes)
            ?: throw new \RuntimeException('the fakes do not start');
        $this->about = json_decode((string) fgets($this->pipes[1]), true, 16, JSON_THROW_ON_ERROR);
        $this->admin = $this->about['admin'];
    }

    public static function program(): string
    {
        $program = getenv('TWOFACTOR_FAKES') ?: (getenv('CARGO_TARGET_DIR') ?: dirname(__DIR__, 2) . '/target') . '/debug/twofactor-fakes';
        return is_file($program) ? $program : throw new \RuntimeException("there is no $program: cargo build -p twofactor-fakes");
    }

    public function __destruct()
    {
        array_map('fclose', $this->pipes);
        proc_close($this->process);
    }

    /** As an entry in the file of providers: messages and calls. @return array<string, string> */
    public function provider(): array
    {
        $twilio = $this->about['twilio'];
        return [
            'provider' => 'twilio-messaging',
            'account' => $twilio['account'],
            'user' => $twilio['key'],
            'secret' => $twilio['secret'],
            'from' => $twilio['from'],
            'voice_from' => $twilio['from'],
            'url' => $twilio['url'],
        ];
    }

    /** The same by the account's auth token, with which reports are signed. @return array<string, string> */
    public function providerWithReports(): array
    {
        $twilio = $this->about['twilio'];
        return ['user' => $twilio['account'], 'secret' => $twilio['token']] + $this->provider();
    }

    /** The managed gateway, as an entry in the file of providers. @return array<string, mixed> */
    public function gateway(): array
    {
        return ['provider' => 'gateway'] + $this->about['gateway'];
    }

    /** php.ini settings with which a site asks it for its licence. @return array<string, string> */
    public function licensing(): array
    {
        $gateway = $this->about['gateway'];
        return $this->ini() + [
            'twofactor.site_url' => $gateway['site_url'],
            'twofactor.licence_url' => $gateway['url'],
            'twofactor.licence_public_keys' => '"' . implode(', ', $gateway['keys']) . '"',
        ];
    }

    /** What the gateway sent. @return list<array{to: string, code: string, locale: string}> */
    public function gatewaySent(): array
    {
        return json_decode($this->ask('/gateway/sent'), true, 16, JSON_THROW_ON_ERROR);
    }

    /** What the gateway says that the licence is worth; null: nothing at all. */
    public function tellBalance(mixed $told): void
    {
        $this->ask('/gateway/balance', ['told' => $told]);
    }

    /** php.ini settings with which it is trusted. @return array<string, string> */
    public function ini(): array
    {
        return ['twofactor.http_ca_file' => $this->about['ca']];
    }

    /** @return list<array{sid: string, to: string, channel: string, text: string, code: string, at: int}> */
    public function sent(): array
    {
        return json_decode($this->ask('/sent'), true, 16, JSON_THROW_ON_ERROR);
    }

    /** What came to that number last. */
    public function code(string $number): string
    {
        $number = str_replace(' ', '', $number);
        $messages = array_filter($this->sent(), static fn (array $message): bool => $message['to'] === $number);
        return end($messages)['code'] ?? throw new \RuntimeException("nothing came to $number");
    }

    /** Reports what became of a message, signed, to the address the message came with. */
    public function report(string $sid, string $status, ?int $error = null, ?string $price = null): void
    {
        $this->ask('/report', ['sid' => $sid, 'status' => $status, 'error' => $error, 'price' => $price]);
    }

    /** They begin in the past; what they sign counts for five minutes. */
    public function setClock(int $time): void
    {
        $this->ask('/clock', ['advance' => $time - $this->about['now']]);
    }

    /** Forgets everything, and nothing is wrong. */
    public function reset(): void
    {
        $this->ask('/reset', []);
    }

    /** Something is wrong on the way, until it is `none` again. */
    public function fault(string $name): void
    {
        $this->ask('/fault', ['fault' => $name]);
    }

    /** By remote control; tests/fakes/src/admin.rs says what there is. */
    public function ask(string $path, ?array $body = null): string
    {
        $http = ['proxy' => '', 'ignore_errors' => true, 'timeout' => 60];
        if ($body !== null) {
            $http += ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => json_encode((object) $body)];
        }
        $answer = file_get_contents($this->admin . $path, false, stream_context_create(['http' => $http]));
        return is_string($answer) && !str_contains($answer, '"error":"') ? $answer : throw new \RuntimeException("$path: $answer");
    }
}
