<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use Exception;
use PHPUnit\Framework\TestCase;
use TwoFactor\{Api, ApiContext, ApiResponse, Client, Enrolled, Login, Message, ProvenNumber, Totp, User, Verified, Verifier};

/** A host of the JSON interface: two users with one password, and what it was called with. */
abstract class ApiTestCase extends TestCase
{
    protected const PASSWORD = 'corr"ect\\horse-ä☃';
    protected const NUMBER = '+4915123456789';

    protected string $folder;
    protected TestClock $clock;
    protected Verifier $verifier;

    /** @var array<string, User> */
    protected array $users;

    /** What the host was called with. @var list<array<mixed>> */
    protected array $heard = [];
    protected string $address = '192.0.2.1';
    protected ?string $signedIn = null;
    protected ?string $credential = null;

    protected bool $mailsFail = false;
    /** @var list<array{?string, string}> whom notices went to, and what they say */
    protected array $told = [];

    /** A challenge that was opened while a password was set anew. */
    protected string $meanwhile = '';

    /** What the host does not do. @var list<string> */
    protected array $without = [];

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-api-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        ini_set('error_log', "$this->folder/log");
        $this->clock = new TestClock(1_700_000_010);
        $this->users = ['alice' => new User('1', 'alice', 'alice@example.org'), 'bob' => new User('2', 'bob', 'bob@example.org')];
        $this->open();
    }

    protected function tearDown(): void
    {
        ini_restore('error_log');
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** @param array<string, mixed> $settings */
    protected function open(array $settings = []): void
    {
        file_put_contents("$this->folder/providers.json", json_encode([['provider' => 'development', 'name' => 'dev', 'file' => "$this->folder/messages"]]));
        chmod("$this->folder/providers.json", 0600);
        $this->verifier = Verifier::open($settings + ['store' => 'memory:', 'clock' => $this->clock, 'development' => 1, 'providers_file' => "$this->folder/providers.json", 'challenge_ttl' => 600]);
    }

    protected function context(?string $contentType = 'application/json'): ApiContext
    {
        $acts = [
            'authenticate' => function (string $name, #[\SensitiveParameter] string $password): ?User {
                $this->heard[] = ['authenticate', $name];
                return $password === self::PASSWORD ? $this->users[$name] ?? null : null;
            },
            'checkPassword' => fn (string $id, #[\SensitiveParameter] string $password): bool => $password === self::PASSWORD,
            'signIn' => function (string $id, Verified|Login $cameOf): string {
                $this->heard[] = $cameOf instanceof Verified ? ['signIn', $id, Verified::class, $cameOf->amr()] : ['signIn', $id, Login::class];
                $this->verifier->admitSession($cameOf, $token = bin2hex(random_bytes(32)), new Client($this->address));
                return $token;
            },
            'goOn' => function (string $id, ?Enrolled $enrolled, ?string $grant): string {
                $this->verifier->adoptSession($id, $token = bin2hex(random_bytes(32)), (string) $this->credential, $enrolled, $grant);
                return $token;
            },
            'mail' => function (Message $message): void {
                $this->mailsFail && throw new Exception('no mailer');
                if ($message->id() !== '') {
                    $this->told[] = [$message->to(), strstr($message->text(), ".\n", true)];
                    return;
                }
                $this->heard[] = ['mail', $message->to(), $message->text()];
            },
            'findUser' => fn (string $name): ?User => $this->users[$name] ?? null,
            'acceptsPassword' => fn (#[\SensitiveParameter] string $password): bool => strlen($password) >= 12,
            'setPassword' => function (string $id, #[\SensitiveParameter] string $password): void {
                $this->heard[] = ['setPassword', $id, $password];
                // Somebody signs in with the old one until that moment.
                $this->meanwhile = $this->challenge(array_search($id, array_map(static fn (User $user) => $user->id(), $this->users), true));
            },
            'loadUser' => fn (string $id): ?User => current(array_filter($this->users, fn (User $user) => $user->id() === $id)) ?: null,
            'numberProven' => function (ProvenNumber $proven): void {
                $this->heard[] = ['numberProven', $proven->number()->e164(), $proven->method(), $proven->at()->getTimestamp()];
            },
        ];
        $user = $this->signedIn === null ? null : $this->users[$this->signedIn];
        return new ApiContext(new Client($this->address), $contentType, $user, $this->credential, ...array_diff_key($acts, array_flip($this->without)));
    }

    /** @param array<string, mixed>|string|null $body */
    protected function ask(string $method, string $path, array|string|null $body = null, ?string $contentType = 'application/json'): ApiResponse
    {
        $text = is_array($body) ? json_encode($body === [] ? (object) [] : $body, JSON_THROW_ON_ERROR) : (string) $body;
        $response = (new Api($this->verifier, '/api'))->handle($method, "/api$path", $text, $this->context($contentType));
        self::assertSame('no-store', $response->headers()['Cache-Control']);
        return $response;
    }

    /** @return array<string, mixed> */
    protected static function read(ApiResponse $response, int $status): array
    {
        self::assertSame($status, $response->status(), $response->body());
        return $response->body() === '' ? [] : json_decode($response->body(), true, flags: JSON_THROW_ON_ERROR);
    }

    /** The end of the problem's type. @return array<string, mixed> */
    protected function problem(string $name, int $status, ApiResponse $response): array
    {
        $document = self::read($response, $status);
        self::assertSame('application/problem+json', $response->headers()['Content-Type']);
        self::assertSame("urn:ext-twofactor:problem:$name", $document['type']);
        self::assertSame($status, $document['status']);
        return $document;
    }

    protected function signIn(string $name): void
    {
        $answer = self::read($this->ask('POST', '/login', ['name' => $name, 'password' => self::PASSWORD]), 200);
        self::assertFalse($answer['requires2fa']);
        [$this->signedIn, $this->credential] = [$name, $answer['token']];
    }

    /** Signs somebody in, and sets an app up. @return array{Totp, list<string>} */
    protected function enrol(string $name): array
    {
        $this->signIn($name);
        $setup = self::read($this->ask('POST', '/2fa/setup', ['password' => self::PASSWORD]), 200);
        $totp = Totp::fromUri($setup['uri']);
        $enrolled = self::read($this->ask('POST', '/2fa/confirm', ['setup' => $setup['setup'], 'code' => $totp->at($this->clock->time)]), 200);
        $this->credential = $enrolled['token'];
        return [$totp, $enrolled['codes']];
    }

    protected function fresh(Totp $totp): string
    {
        $this->clock->time += 30;
        return $totp->at($this->clock->time);
    }

    protected function wrong(Totp $totp): string
    {
        $near = array_map(fn (int $step) => $totp->at($this->clock->time + 30 * $step), range(-3, 3));
        return current(array_diff(['123456', '234567', '345678', '456789', '567890', '678901', '789012', '890123'], $near));
    }

    /** A challenge of that name's sign-in. */
    protected function challenge(string $name = 'alice'): string
    {
        [$before, $this->signedIn] = [$this->signedIn, null];
        $answer = self::read($this->ask('POST', '/login', ['name' => $name, 'password' => self::PASSWORD]), 200);
        $this->signedIn = $before;
        self::assertTrue($answer['requires2fa']);
        self::assertArrayNotHasKey('token', $answer);
        return $answer['challenge'];
    }

    protected function code(): string
    {
        $lines = file("$this->folder/messages");
        return json_decode(end($lines), true)['code'];
    }

    /** The code in a mail. */
    protected static function digits(string $text): string
    {
        self::assertSame(1, preg_match('/^\d{6}$/m', $text, $found));
        return $found[0];
    }
}
