<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use RuntimeException;

/** A PHP-FPM of the test's own, and as much of FastCGI as it takes to ask it something. */
final class Fpm
{
    /** @var resource */
    private $process;
    private string $folder;

    public static function program(): ?string
    {
        foreach (['php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, 'php-fpm'] as $name) {
            $path = trim((string) shell_exec("PATH=\$PATH:/usr/sbin command -v $name"));
            if ($path !== '') {
                return $path;
            }
        }
        return null;
    }

    /**
     * @param array<string, string> $ini for the master, as in php.ini
     * @param array<string, string> $pool for the workers only
     * @param array<string, string> $environment of the master; its workers have none
     */
    public function __construct(string $folder, int $workers, array $ini = [], array $pool = [], array $environment = [])
    {
        $this->folder = $folder;
        $user = posix_geteuid() === 0 ? "user = www-data\ngroup = www-data\n" : '';
        $values = '';
        foreach ($pool as $name => $value) {
            $values .= "php_admin_value[$name] = \"$value\"\n";
        }
        file_put_contents("$folder/fpm.conf", <<<CONF
            [global]
            error_log = $folder/fpm.log
            daemonize = no
            [www]
            listen = $folder/fpm.sock
            pm = static
            pm.max_children = $workers
            clear_env = yes
            catch_workers_output = yes
            $user$values
            CONF);
        $command = [self::program(), '-n', '-F', '-R', '-y', "$folder/fpm.conf", '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION')];
        foreach ($ini as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        $this->process = proc_open($command, [1 => ['file', "$folder/out", 'w'], 2 => ['file', "$folder/out", 'a']], $pipes, $folder, $environment + getenv());
        for ($wait = 0; !file_exists("$folder/fpm.sock"); $wait++) {
            if ($wait > 1200) {
                throw new RuntimeException('PHP-FPM does not start: ' . file_get_contents("$folder/out"));
            }
            usleep(50_000);
        }
    }

    public function stop(): void
    {
        proc_terminate($this->process, SIGQUIT);
        for ($wait = 0; proc_get_status($this->process)['running'] && $wait < 100; $wait++) {
            usleep(20_000);
        }
        proc_terminate($this->process, SIGKILL);
        proc_close($this->process);
    }

    /** Starts a request; the socket is there to read the answer from. */
    public function ask(string $script)
    {
        $socket = stream_socket_client("unix://$this->folder/fpm.sock", $code, $message, 60) ?: throw new RuntimeException($message);
        $parameters = '';
        foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET', 'REMOTE_ADDR' => '192.0.2.9', 'HTTP_USER_AGENT' => 'Fpm', 'SERVER_PROTOCOL' => 'HTTP/1.1'] as $name => $value) {
            $parameters .= pack('C', strlen($name)) . pack('N', strlen($value) | 0x80000000) . $name . $value;
        }
        $record = static fn (int $type, string $body): string => pack('CCnnCC', 1, $type, 1, strlen($body), 0, 0) . $body;
        fwrite($socket, $record(1, pack('nC', 1, 0) . "\0\0\0\0\0") . $record(4, $parameters) . $record(4, '') . $record(5, ''));
        return $socket;
    }

    /** Everything the script said, without headers. */
    public function answer($socket): string
    {
        $said = '';
        while (strlen($head = (string) stream_get_contents($socket, 8)) === 8) {
            ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $head);
            $body = $length > 0 ? (string) stream_get_contents($socket, $length) : '';
            if ($padding > 0) {
                stream_get_contents($socket, $padding);
            }
            if ($type === 3) {
                break;
            }
            $said .= $body;
        }
        fclose($socket);
        return (string) preg_replace('/^.*?\r\n\r\n/s', '', $said);
    }

    public function get(string $script): string
    {
        return $this->answer($this->ask($script));
    }
}
