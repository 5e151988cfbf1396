<?php

declare(strict_types=1);

use TwoFactor\{Api, ApiContext, ApiResponse, Client, Enrolled, Login, Message, ProvenNumber, User, Verified, Verifier};
use TwoFactor\Exception\{ChallengeClosed, ConfigurationError, Throttled, Unavailable};

/**
 * What a host of the JSON interface does: it knows names and passwords, and its sessions and tokens are its own. One
 * object serves one request.
 *
 * A token is 32 random bytes. A browser gets it in an HttpOnly cookie, so that no script ever has it; every other client
 * in the answer, and sends it back as `Authorization: Bearer`. The database has its hash only.
 */
final class Service
{
    private const HOUR = 3600;
    /** Whom notices for administrators go to. */
    private const ADMINISTRATOR = 'root@localhost';

    private readonly Client $client;
    private Verifier $verifier;
    private readonly bool $isBrowser;

    /** @var array{string, User}|null the token of this request, and whose it is */
    private ?array $session = null;

    /** The token that this request has issued. */
    private ?string $issued = null;

    private bool $endsCookie = false;

    /** @param array<string, string|false> $server $_SERVER */
    public function __construct(private readonly PDO $users, private readonly array $settings, private readonly ?string $mails, private readonly array $server)
    {
        // First of all: how long some answers take counts from here.
        $this->client = Client::fromGlobals();
        // The page says so; a page of another site cannot say it without being asked about first (CORS).
        $this->isBrowser = ($server['HTTP_X_SESSION'] ?? '') === 'cookie' || isset($server['HTTP_SEC_FETCH_SITE']);
    }

    /** Users have a name, an address and the hash of a password; sessions the hash of a token. */
    public static function database(string $path): PDO
    {
        $users = new PDO('sqlite:' . $path, options: [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
        $users->exec('PRAGMA busy_timeout = 5000');
        $users->exec('CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL)');
        $users->exec('CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, user INTEGER NOT NULL, at INTEGER NOT NULL)');
        $users->exec('CREATE TABLE IF NOT EXISTS numbers (number TEXT NOT NULL, at TEXT NOT NULL)');
        return $users;
    }

    /** Adds somebody, or gives them a new password. */
    public static function addUser(PDO $users, string $name, string $email, #[\SensitiveParameter] string $password): void
    {
        $users->prepare('INSERT INTO users (name, email, password) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET email = excluded.email, password = excluded.password')
            ->execute([$name, $email, password_hash($password, PASSWORD_DEFAULT)]);
    }

    public function answer(#[\SensitiveParameter] string $body): void
    {
        if (!$this->isSameSite()) {
            $this->send(403, ['Content-Type' => 'text/plain'], "Only pages of this site may ask.\n");
            return;
        }
        [$method, $path] = [$this->server['REQUEST_METHOD'], $this->server['REQUEST_URI']];
        try {
            $this->verifier = Verifier::open($this->settings);
            $this->session = $this->whose();
            if ($method === 'POST' && $path === '/api/logout') {
                $this->signOut();
                $this->send(204, [], '');
                return;
            }
            $response = (new Api($this->verifier, '/api'))->handle($method, $path, $body, $this->context());
        } catch (ChallengeClosed) {
            // The account has changed while the sign-in ended: nobody is signed in.
            $this->refuse(401, 'closed', 'This sign-in is no longer open.');
            return;
        } catch (Throttled $throttled) {
            $this->refuse(429, 'throttled', 'Please wait before asking again.', $throttled->retryAfter);
            return;
        } catch (Unavailable | ConfigurationError $error) {
            // Who is signed in cannot be known: nobody is. Why is for whoever runs the server.
            error_log('twofactor: ' . $error->getMessage());
            $this->refuse(503, 'unavailable', 'This cannot be done right now.', 30);
            return;
        }
        $this->send($response->status(), $response->headers(), $response->body());
    }

    private function context(): ApiContext
    {
        return new ApiContext(
            $this->client,
            $this->server['CONTENT_TYPE'] ?? null,
            user: $this->session[1] ?? null,
            credential: $this->session[0] ?? null,
            authenticate: $this->authenticate(...),
            checkPassword: $this->checkPassword(...),
            signIn: $this->signIn(...),
            goOn: $this->goOn(...),
            mail: $this->mail(...),
            findUser: fn (string $name): ?User => ($row = $this->find('name', $name)) === null ? null : self::user($row),
            acceptsPassword: static fn (#[\SensitiveParameter] string $password): bool => strlen($password) >= 12 && !str_contains($password, "\0"),
            setPassword: $this->setPassword(...),
            numberProven: $this->numberProven(...),
            loadUser: fn (string $id): ?User => ($row = $this->find('id', $id)) === null ? null : self::user($row),
        );
    }

    private function authenticate(string $name, #[\SensitiveParameter] string $password): ?User
    {
        $row = $this->find('name', $name);
        if ($row === null) {
            // Takes as long as comparing with one, and takes every password: bcrypt refuses to hash some.
            password_hash(hash('sha256', $password), PASSWORD_DEFAULT);
            return null;
        }
        return password_verify($password, $row['password']) ? self::user($row) : null;
    }

    private function checkPassword(string $userId, #[\SensitiveParameter] string $password): bool
    {
        $row = $this->find('id', $userId);
        return $row !== null && password_verify($password, $row['password']);
    }

    private function signIn(string $userId, Verified|Login $cameOf): ?string
    {
        $token = $this->mint($userId);
        // From now on the extension knows what this token came of, and ends it with every change of factors.
        $this->verifier->admitSession($cameOf, $token, $this->client);
        return $this->isBrowser ? null : $token;
    }

    private function goOn(string $userId, ?Enrolled $enrolled, #[\SensitiveParameter] ?string $grant): ?string
    {
        $token = $this->mint($userId);
        try {
            $this->verifier->adoptSession($userId, $token, $this->session[0] ?? '', $enrolled, $grant);
        } catch (ChallengeClosed) {
            // The session has ended meanwhile. The change is made; its user signs in anew.
            $this->forget($token);
            [$this->issued, $this->endsCookie] = [null, true];
            return null;
        }
        $this->forget($this->session[0] ?? '');
        return $this->isBrowser ? null : $token;
    }

    private function setPassword(string $userId, #[\SensitiveParameter] string $password): void
    {
        // The extension has ended all sessions and challenges before this is called.
        $this->users->prepare('UPDATE users SET password = ? WHERE id = ?')->execute([password_hash($password, PASSWORD_DEFAULT), $userId]);
    }

    private function mail(Message $message): void
    {
        if ($this->mails === null) {
            // Without an address it is for whoever administrates the site.
            $to = $message->to() ?? self::ADMINISTRATOR;
            mail($to, $message->subject(), $message->text(), ['Content-Type' => 'text/plain; charset=utf-8']);
            return;
        }
        $line = json_encode(['to' => $message->to(), 'subject' => $message->subject(), 'text' => $message->text()]);
        file_put_contents($this->mails, $line . "\n", FILE_APPEND | LOCK_EX);
    }

    private function numberProven(ProvenNumber $proven): void
    {
        $this->users->prepare('INSERT INTO numbers (number, at) VALUES (?, ?)')->execute([$proven->number()->e164(), $proven->at()->format(DATE_ATOM)]);
    }

    private function mint(string $userId): string
    {
        $token = bin2hex(random_bytes(32));
        $this->users->prepare('DELETE FROM sessions WHERE at < ?')->execute([time() - 24 * self::HOUR]);
        $this->users->prepare('INSERT INTO sessions (token, user, at) VALUES (?, ?, ?)')->execute([hash('sha256', $token), $userId, time()]);
        return $this->issued = $token;
    }

    private function forget(#[\SensitiveParameter] string $token): void
    {
        $this->users->prepare('DELETE FROM sessions WHERE token = ?')->execute([hash('sha256', $token)]);
    }

    private function signOut(): void
    {
        if ($this->session !== null) {
            $this->verifier->signOut($this->session[1]->id(), $this->session[0]);
            $this->forget($this->session[0]);
        }
        $this->endsCookie = true;
    }

    /**
     * The token that came with the request, and whose it is, if it counts.
     *
     * @return array{string, User}|null
     */
    private function whose(): ?array
    {
        $header = $this->server['HTTP_AUTHORIZATION'] ?? '';
        $token = preg_match('/^Bearer ([0-9a-f]{64})$/Di', $header, $found) === 1 ? strtolower($found[1]) : $_COOKIE[$this->cookie()] ?? '';
        if (!is_string($token) || preg_match('/^[0-9a-f]{64}$/D', $token) !== 1) {
            return null;
        }
        $sessions = $this->users->prepare('SELECT u.* FROM sessions s JOIN users u ON u.id = s.user WHERE s.token = ? AND s.at > ?');
        $sessions->execute([hash('sha256', $token), time() - 24 * self::HOUR]);
        $row = $sessions->fetch();
        if ($row === false || !$this->verifier->sessionCounts((string) $row['id'], $token)) {
            return null;
        }
        return [$token, self::user($row)];
    }

    /** @return array<string, mixed>|null */
    private function find(string $column, string $value): ?array
    {
        $found = $this->users->prepare("SELECT * FROM users WHERE $column = ?");
        $found->execute([$value]);
        return $found->fetch() ?: null;
    }

    /** @param array<string, mixed> $row */
    private static function user(array $row): User
    {
        return new User((string) $row['id'], $row['name'], $row['email'], locale: 'en');
    }

    /** A page of another site has nothing to ask here; what is no browser has no cookies to misuse. */
    private function isSameSite(): bool
    {
        return in_array($this->server['HTTP_SEC_FETCH_SITE'] ?? 'none', ['same-origin', 'none'], true);
    }

    private function isSecure(): bool
    {
        return ($this->server['HTTPS'] ?? '') !== '' && $this->server['HTTPS'] !== 'off';
    }

    private function cookie(): string
    {
        // A name that begins so is taken from nobody but this host, over TLS (RFC 6265bis section 4.1.3).
        return $this->isSecure() ? '__Host-session' : 'session';
    }

    /** A problem document as those of the interface. Nobody is signed in by this request. */
    private function refuse(int $status, string $problem, string $title, ?int $retryAfter = null): void
    {
        $this->issued = null;
        $document = ['type' => "urn:ext-twofactor:problem:$problem", 'title' => $title, 'status' => $status];
        $headers = ['Content-Type' => 'application/problem+json', 'Cache-Control' => 'no-store'];
        if ($status === 401) {
            $headers['WWW-Authenticate'] = 'TwoFactor';
        }
        if ($retryAfter !== null) {
            $document['retryAfter'] = $retryAfter;
            $headers['Retry-After'] = (string) $retryAfter;
        }
        $this->send($status, $headers, json_encode($document, JSON_THROW_ON_ERROR));
    }

    /** @param array<string, string> $headers */
    private function send(int $status, array $headers, #[\SensitiveParameter] string $body): void
    {
        http_response_code($status);
        header_remove('X-Powered-By');
        foreach ($headers as $name => $value) {
            header("$name: $value");
        }
        if ($body === '') {
            // PHP says text/html of its own accord; there is nothing that it could be.
            ini_set('default_mimetype', '');
        }
        if ($this->isBrowser && ($this->issued !== null || $this->endsCookie)) {
            $options = ['path' => '/', 'httponly' => true, 'samesite' => 'Strict', 'secure' => $this->isSecure()];
            setcookie($this->cookie(), $this->issued ?? '', ($this->issued === null ? ['expires' => 1] : []) + $options);
        }
        echo $body;
    }
}
