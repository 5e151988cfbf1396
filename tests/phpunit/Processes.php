<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use RuntimeException;

/** Another program of PHP, talked to by lines. It ends with this object. */
class Process
{
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];

    /** @param list<string> $command */
    public function __construct(array $command)
    {
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $this->pipes);
        stream_set_timeout($this->pipes[1], 60);
    }

    public function say(string $line): void
    {
        fwrite($this->pipes[0], "$line\n");
    }

    public function hear(): string
    {
        $line = fgets($this->pipes[1]);
        return $line === false ? throw new RuntimeException('the process says nothing') : rtrim($line, "\n");
    }

    public function end(): void
    {
        if (is_resource($this->process)) {
            fclose($this->pipes[0]);
            // Until all that it became has ended, forks as well.
            stream_get_contents($this->pipes[1]);
            proc_close($this->process);
        }
    }

    public function __destruct()
    {
        $this->end();
    }
}

/** A carrier of messages on this machine, as Twilio Messaging is one. */
final class LoopbackCarrier
{
    private const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
    private const TOKEN = 'fedcba9876543210fedcba9876543210';

    private Process $server;
    private string $port;

    public function __construct(private readonly string $name, private readonly string $folder)
    {
        mkdir($folder, 0700);
        $this->server = new Process([PHP_BINARY, '-n', __DIR__ . '/processes/carrier.php', $folder, self::ACCOUNT, self::TOKEN]);
        $this->port = $this->server->hear();
    }

    /** @return array<string, string> for the file of providers */
    public function entry(): array
    {
        return [
            'provider' => 'twilio-messaging', 'name' => $this->name, 'url' => "http://127.0.0.1:$this->port", 'from' => '+15005550006',
            'account' => self::ACCOUNT, 'user' => self::ACCOUNT, 'secret' => self::TOKEN,
        ];
    }

    public function fails(bool $fails = true): void
    {
        $fails ? touch("$this->folder/down") : unlink("$this->folder/down");
    }

    /** What it answered to each request, in order. @return list<int> */
    public function answers(): array
    {
        return is_file("$this->folder/requests") ? array_map('intval', file("$this->folder/requests")) : [];
    }
}

/** A PHP process with the extension and a verifier of its own, that asks for codes by SMS, or by e-mail. */
final class Worker extends Process
{
    /** @param array<string, string> $settings */
    public function __construct(array $settings)
    {
        parent::__construct([PHP_BINARY, '-n', '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), __DIR__ . '/processes/worker.php', json_encode($settings)]);
    }

    public function ready(): self
    {
        $said = $this->hear();
        return $said === 'ready' ? $this : throw new RuntimeException($said);
    }

    /** @param list<array{int, string, string, string}> $codes second, user, number or mailbox, address of each */
    public function begin(array $codes): void
    {
        $this->say(json_encode($codes));
    }

    /** @return list<string> what became of each */
    public function finish(): array
    {
        return json_decode($this->hear(), true, 8, JSON_THROW_ON_ERROR);
    }

    /** @return list<string> what became of each */
    public function ask(array ...$codes): array
    {
        $this->begin($codes);
        return $this->finish();
    }
}
