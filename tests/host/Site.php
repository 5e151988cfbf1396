<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * One running copy of the host: its own folder, database, port and PHP process. Built in a second, ended by
 * its process group, and as alike a fresh CMS Made Simple with three users as the tests need it.
 */
final class Site
{
    public const PASSWORDS = ['admin' => 'correct-horse', 'anna' => 'battery-staple', 'bert' => 'paper-clip'];

    public readonly string $folder;
    public readonly string $url;
    public readonly Clock $clock;
    private int $port;
    /** @var list<resource> what keeps ports from other sites */
    private static array $claims = [];
    /** @var resource|null */
    private $process = null;
    private int $pid = 0;
    /** What the last config.php had for its time; no two of a process have the same one. */
    private static int $configured = 0;
    private readonly string $database;
    private static int $built = 0;
    /** @var array<string, string> php.ini settings of the server */
    private array $ini;

    /**
     * @param array{
     *     flow?: string, database?: ?string, folder?: string, extension?: ?string, modules?: list<string>,
     *     config?: array<string, mixed>, ini?: array<string, string>, environment?: array<string, string>,
     *     workers?: int, port?: int, clock?: bool, finishes?: bool
     * } $options flow `old` or `new`; clock false for a person with a real phone; finishes false for a server that ends
     *           no request before its script; database `mysql://user:password@host:port/name` or null for SQLite
     */
    public function __construct(private array $options = [], private readonly ?Snapshot $begun = null)
    {
        self::$built++;
        $this->options += [
            'flow' => getenv('HOST_FLOW') ?: 'new',
            'database' => getenv('HOST_DATABASE') ?: null,
            'extension' => self::extension(),
            'modules' => ['TwoFactor'],
            'config' => [],
            'ini' => [],
            'environment' => [],
            'workers' => 1,
            'clock' => true,
            'finishes' => true,
        ];
        $this->folder = $this->options['folder'] ?? $begun?->place() ?? self::base() . '/' . bin2hex(random_bytes(4));
        // Sites that come one after the other in one folder have databases of their own all the same.
        $this->database = $begun ? 'host_' . bin2hex(random_bytes(4)) : self::databaseOf($this->folder);
        $this->port = $this->options['port'] ?? self::freePort();
        $this->url = "http://127.0.0.1:{$this->port}";
        $this->ini = $this->options['ini'];
        $this->build();
        $this->clock = new Clock($this->folder . '/clock');
        $this->start();
    }

    /** Where sites are, and what several of them share. */
    public static function base(): string
    {
        return getenv('HOST_VAR') ?: dirname(__DIR__, 2) . '/var/host';
    }

    public static function extension(): string
    {
        return getenv('TWOFACTOR_EXTENSION') ?: dirname(__DIR__, 2) . '/target/release/libtwofactor.so';
    }

    /**
     * Below the ports that the system gives away by itself, so that it does not give this one to another program
     * before the server has taken it, or while it is being restarted. Suites run side by side: a socket that has
     * the port in its name, and is nowhere in the file system, keeps it from their sites for as long as this
     * process lives.
     */
    public static function freePort(): int
    {
        do {
            $port = random_int(12_000, 32_000);
            $claim = @stream_socket_server("unix://\0twofactor-port-$port");
            $socket = $claim ? @stream_socket_server("tcp://127.0.0.1:$port") : false;
        } while (!$socket);
        self::$claims[] = $claim;
        return $port;
    }

    /** @return string where web pages are; nothing else is served */
    public function root(): string
    {
        return $this->folder . '/www';
    }

    public function flow(): string
    {
        return $this->options['flow'];
    }

    private function build(): void
    {
        if ($this->begun) {
            $this->begun->copyTo($this);
            $this->config([]);
            return;
        }
        foreach (['', '/sessions', '/logs', '/store'] as $part) {
            is_dir($this->folder . $part) || mkdir($this->folder . $part, 0700, true);
        }
        self::copy(__DIR__ . '/site', $this->root());
        foreach (['/tmp/cache', '/tmp/templates_c', '/assets', '/uploads'] as $part) {
            is_dir($this->root() . $part) || mkdir($this->root() . $part, 0700, true);
        }
        foreach ($this->options['modules'] as $module) {
            $own = __DIR__ . "/modules/$module";
            self::copy(is_dir($own) ? $own : dirname(__DIR__, 2) . "/php/$module", $this->root() . "/modules/$module");
        }
        file_put_contents($this->root() . '/lib/flow.php', "<?php\n\nconst HOST_FLOW = " . var_export($this->options['flow'], true) . ";\n");
        $this->config([]);
        (new Tables($this->pdo()))->create(self::PASSWORDS);
    }

    /** In the folder of the process, where the one after it finds what is to be had of it; see Snapshot. */
    private function isOneOfMany(): bool
    {
        return $this->folder === $this->begun?->place();
    }

    /** The emergency setting, from then until then, in seconds from now. */
    public function emergency(int $until = 1800, int $from = 0): void
    {
        $times = array_map(fn (int $seconds): string => gmdate('Y-m-d\TH:i:s\Z', $this->clock->now() + $seconds), [$from, $until]);
        $this->config(['twofactor_emergency' => implode('/', $times)]);
    }

    /** Writes config.php anew with these values over the ones it was built with; null removes one. */
    public function config(array $changes): void
    {
        $this->options['config'] = array_merge($this->options['config'], $changes);
        $config = ['dbms' => 'mysqli', 'db_prefix' => 'cms_', 'root_url' => $this->url];
        if ($this->options['database']) {
            $url = parse_url($this->options['database']);
            $config += [
                'db_hostname' => $url['host'],
                'db_port' => $url['port'] ?? 3306,
                'db_username' => $url['user'],
                'db_password' => $url['pass'],
                'db_name' => $this->databaseName(),
            ];
        } else {
            $config += [
                'host_sqlite' => $this->folder . '/host.sqlite',
                'twofactor_store' => 'sqlite:' . $this->folder . '/store/twofactor.sqlite',
            ];
        }
        $config = array_filter(array_merge($config, $this->options['config']), static fn ($value): bool => $value !== null);
        $text = "<?php\n\n";
        foreach ($config as $name => $value) {
            $text .= '$config[' . var_export($name, true) . '] = ' . var_export($value, true) . ";\n";
        }
        file_put_contents($this->root() . '/config.php', $text, LOCK_EX);
        // opcache goes by the time, in seconds.
        touch($this->root() . '/config.php', self::$configured = max(self::$configured + 1, time() - 3600));
    }

    /** config.php as the CMS's installer leaves it: the site is wherever the request says, by this name or by any other. */
    public function takesItsAddressFromTheRequest(): void
    {
        $this->config(['root_url' => null, 'host_whitelist' => "127.0.0.1:{$this->port}"]);
    }

    /** A key and a certificate for 127.0.0.1 that nobody knows. @return string where both are, in PEM */
    public function certificate(): string
    {
        $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']);
        $request = openssl_csr_new(['commonName' => '127.0.0.1'], $key, ['digest_alg' => 'sha256']);
        openssl_pkey_export($key, $pem) && openssl_x509_export(openssl_csr_sign($request, null, $key, 2, ['digest_alg' => 'sha256']), $certificate);
        touch($file = "$this->folder/tls.pem") && chmod($file, 0600);
        file_put_contents($file, $pem . $certificate);
        return $file;
    }

    /**
     * Calls it over HTTPS, too: at another port, ended in front of it. Where it is, it takes from each request.
     *
     * @return array{string, string} its address there, and the file with the certificate
     */
    public function secure(): array
    {
        $port = self::freePort();
        $certificate = $this->certificate();
        $command = ['setsid', PHP_BINARY, '-n', __DIR__ . '/tls.php', (string) $port, $certificate, (string) $this->port];
        $none = ['file', '/dev/null', 'a'];
        $front = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], $none], $pipes);
        if (fgets($pipes[1]) !== "listening\n") {
            throw new \RuntimeException('nothing ends HTTPS in front of the host');
        }
        $pid = proc_get_status($front)['pid'];
        register_shutdown_function(static fn () => posix_kill(-$pid, SIGKILL));
        $script = "$this->folder/https.php";
        file_put_contents($script, sprintf(
            "<?php\n\nrequire %s;\nif ((\$_SERVER['HTTP_HOST'] ?? '') === '127.0.0.1:%d') {\n    \$_SERVER['HTTPS'] = 'on';\n}\n",
            var_export(__DIR__ . '/finishes.php', true),
            $port,
        ));
        $this->config(['root_url' => null, 'host_whitelist' => "127.0.0.1:$this->port,127.0.0.1:$port"]);
        $this->start(['auto_prepend_file' => $script] + $this->ini);
        return ["https://127.0.0.1:$port", $certificate];
    }

    public function databaseName(): string
    {
        return $this->database;
    }

    public static function databaseOf(string $folder): string
    {
        return 'host_' . preg_replace('/\W/', '', basename($folder));
    }

    /** The host's own database, for tests that look at it or damage it. */
    public function pdo(): \PDO
    {
        if ($this->options['database']) {
            $url = parse_url($this->options['database']);
            $pdo = new \PDO("mysql:host={$url['host']};port={$url['port']};charset=utf8mb4", $url['user'], $url['pass']);
            $pdo->exec('CREATE DATABASE IF NOT EXISTS ' . $this->databaseName() . ' CHARACTER SET utf8mb3');
            $pdo->exec('USE ' . $this->databaseName());
        } else {
            $pdo = new \PDO('sqlite:' . $this->folder . '/host.sqlite');
        }
        return $pdo;
    }

    public function usesSqlite(): bool
    {
        return !$this->options['database'];
    }

    /** @param array<string, string>|null $ini settings over the ones the site was built with; extension `false` leaves it out */
    public function start(?array $ini = null, bool $withExtension = true): void
    {
        $this->stop();
        $this->ini = $ini === null ? $this->ini : $ini + $this->options['ini'];
        $settings = [
            'session.save_path' => $this->folder . '/sessions',
            'session.use_strict_mode' => '1',
            'error_log' => $this->folder . '/logs/php.log',
            'log_errors' => '1',
            'display_errors' => '0',
            'error_reporting' => (string) E_ALL,
            // Debian's php -S runs with opcache: a changed config.php counts from the next request on.
            'opcache.revalidate_freq' => '0',
            // What the site before in this folder has compiled need not be compiled again.
            'opcache.file_cache' => $this->isOneOfMany() ? $this->begun->compiled() : '',
            // The worst case for what a trace could show.
            'zend.exception_ignore_args' => '0',
        ] + $this->ini + ($this->options['finishes'] ? ['auto_prepend_file' => __DIR__ . '/finishes.php'] : []);
        $command = ['setsid', PHP_BINARY];
        if ($withExtension && $this->options['extension']) {
            array_push($command, '-d', 'extension=' . $this->options['extension']);
        }
        foreach ($settings as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        array_push($command, '-S', "127.0.0.1:{$this->port}", '-t', $this->root(), __DIR__ . '/router.php');
        $environment = $this->options['environment'] + ($this->options['clock'] ? $this->clock->environment() : []) + getenv();
        if ($this->options['workers'] > 1) {
            $environment['PHP_CLI_SERVER_WORKERS'] = (string) $this->options['workers'];
        }
        $log = ['file', $this->folder . '/logs/server.log', 'a'];
        clearstatcache();
        $before = (int) @filesize($log[1]);
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes, $this->root(), $environment);
        // setsid replaces itself: the process leads its own group, and its id names the group.
        $this->pid = proc_get_status($this->process)['pid'];
        // Its own word, for whoever else might have the port would answer, too. A busy machine may take a while.
        for ($i = 0; $i < 2400 && proc_get_status($this->process)['running']; $i++) {
            if (str_contains((string) file_get_contents($log[1], offset: $before), ' Development Server (')) {
                return;
            }
            usleep(25_000);
        }
        $said = $this->log();
        $this->stop();
        throw new \RuntimeException("the host does not answer: $said");
    }

    /** @return array<string, string> php.ini settings of the server */
    public function ini(): array
    {
        return $this->ini;
    }

    public function stop(): void
    {
        if (!$this->process) {
            return;
        }
        posix_kill(-$this->pid, SIGINT);
        for ($i = 0; $i < 40 && proc_get_status($this->process)['running']; $i++) {
            usleep(25_000);
        }
        posix_kill(-$this->pid, SIGKILL);
        proc_close($this->process);
        $this->process = null;
    }

    /** Ends the site. What the next one cannot use is removed. */
    public function leave(): void
    {
        $this->stop();
        $this->isOneOfMany() || self::remove($this->folder);
    }

    public function __destruct()
    {
        $this->stop();
    }

    /** Everything PHP and the server have written. */
    public function log(): string
    {
        return implode('', array_map('file_get_contents', glob($this->folder . '/logs/*')));
    }

    /** Types of the events that the extension has written about a user, @return list<string> */
    public function audit(string $userId): array
    {
        return array_map(static fn ($event): string => $event->type(), $this->events($userId));
    }

    /** Where those came from that somebody asked for. @return list<string> */
    public function addresses(string $userId): array
    {
        return array_values(array_filter(array_map(static fn ($event): ?string => $event->ip(), $this->events($userId))));
    }

    /** @return list<\TwoFactor\AuditEvent> the latest first */
    private function events(string $userId): array
    {
        return $this->asOperator(static fn ($verifier) => [...$verifier->audit($userId, 1000)]);
    }

    /** What the owner of the machine may do: asks the extension about this site's store, from this process. */
    public function asOperator(callable $ask, array $settings = []): mixed
    {
        $settings += ['site' => $this->name()];
        $settings['store'] = $this->store();
        // To the extension in this process each site's store is another, also where one came after the other in one
        // folder: it would say that the former was replaced while in use.
        $settings['store'] = preg_replace('#^sqlite:/#', '$0' . str_repeat('./', self::$built), $settings['store']);
        if (isset($this->ini['twofactor.key_file'])) {
            $settings['key_file'] = $this->ini['twofactor.key_file'];
        }
        return $ask(\TwoFactor\Verifier::open($settings));
    }

    /** What the extension calls this site. */
    private function name(): string
    {
        return (string) $this->pdo()->query("SELECT sitepref_value FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_site'")->fetchColumn();
    }

    private function store(): string
    {
        return $this->options['config']['twofactor_store'] ?? ($this->usesSqlite()
            ? 'sqlite:' . $this->folder . '/store/twofactor.sqlite'
            : preg_replace('#/[^/]*$#', '/' . $this->databaseName() . '?prefix=cms_', $this->options['database']));
    }

    /** The program `twofactor` as this site's operator calls it, in the shell. Of an embedded store. */
    public function program(string $command): string
    {
        $program = getenv('TWOFACTOR_TEST_PROGRAM') ?: dirname(__DIR__, 2) . '/target/debug/twofactor';
        return sprintf('%s --store %s --site %s %s', escapeshellarg($program), escapeshellarg($this->store()), escapeshellarg($this->name()), $command);
    }

    /** What the Witness module heard, in order. @return list<array{hook: string, user: ?string, data: string}> */
    public function heard(): array
    {
        $file = $this->root() . '/tmp/cache/heard.jsonl';
        return is_file($file) ? array_map(static fn (string $line): array => json_decode($line, true), file($file)) : [];
    }

    /** Files an operator or an attacker could read later, by path. @return array<string, string> */
    public function leftBehind(): array
    {
        $files = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file->isFile() && !str_contains($file->getPathname(), '/templates_c/')) {
                $files[$file->getPathname()] = (string) file_get_contents($file->getPathname());
            }
        }
        return $files;
    }

    /** Warnings, notices and errors that PHP logged. @return list<string> */
    public function complaints(): array
    {
        $file = $this->folder . '/logs/php.log';
        return is_file($file) ? array_values(preg_grep('/PHP (Warning|Notice|Deprecated|Fatal|Parse)/', file($file))) : [];
    }

    /** What the host has mailed to that address. */
    public function mailbox(string $address): Mailbox
    {
        return new Mailbox($this->folder . '/mails.jsonl', $address);
    }

    /** Whatever the provider for development wrote down, and whatever was mailed. @return list<array<string, mixed>> */
    public function outgoing(): array
    {
        $all = [];
        foreach (['messages', 'mails.jsonl'] as $file) {
            $lines = is_file("$this->folder/$file") ? file("$this->folder/$file", FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) : [];
            array_push($all, ...array_map(static fn (string $line): array => json_decode($line, true), $lines));
        }
        $links = $this->root() . '/tmp/cache/outbox.txt';
        foreach (is_file($links) ? file($links, FILE_IGNORE_NEW_LINES) : [] as $link) {
            $all[] = ['to' => ['who forgot a password'], 'text' => $link];
        }
        return $all;
    }

    /** What was sent to that number, in a site that began with carriers(). */
    public function handset(string $number): Handset
    {
        return new Handset($this->folder . '/messages', $number);
    }

    /**
     * Starts the server anew with providers of telephone messages; by default the one for development, which
     * writes them down.
     *
     * @param list<array<string, mixed>>|null $providers
     * @param array<string, string> $ini
     */
    public function carriers(?array $providers = null, array $ini = []): void
    {
        $file = $this->folder . '/providers.json';
        file_put_contents($file, json_encode($providers ?? [$this->writer()]));
        chmod($file, 0600);
        $this->start($ini + ['twofactor.providers_file' => $file, 'twofactor.development' => '1']);
    }

    /** The provider for development: handset() reads what it wrote. @return array<string, string> */
    public function writer(): array
    {
        return ['provider' => 'development', 'file' => $this->folder . '/messages'];
    }

    /** Global Settings, Mail settings. @param array<string, mixed> $settings */
    public function mailSettings(array $settings): void
    {
        $pdo = $this->pdo();
        $pdo->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'mailprefs'");
        $pdo->prepare("INSERT INTO cms_siteprefs VALUES ('mailprefs', ?)")->execute([serialize($settings)]);
    }

    /** Site Admin, Settings: a new password by telephone. */
    public function offerReset(): void
    {
        $this->pdo()->exec("DELETE FROM cms_siteprefs WHERE sitepref_name = 'TwoFactor_password_reset'");
        $this->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_password_reset', 'on')");
    }

    public function visitor(): Visitor
    {
        return new Visitor($this->url);
    }

    /** Signs in with the password alone. */
    public function signIn(string $user, ?string $password = null, ?Visitor $visitor = null): Page
    {
        $visitor ??= $this->visitor();
        $page = $visitor->get('/admin/login.php');
        return $visitor->submit(
            $page,
            $page->form('.//input[@name="username"]') ?? throw new \RuntimeException('no form to sign in: ' . $page->text()),
            ['username' => $user, 'password' => $password ?? self::PASSWORDS[$user]],
            'loginsubmit',
        );
    }

    /** Installs a module through the admin, as a person does. @return string what the host says about it */
    public function install(string $module = 'TwoFactor', string $button = 'install', bool $refused = false): string
    {
        $visitor = $this->visitor();
        $home = $this->signIn('admin', null, $visitor);
        $page = $visitor->get('/admin/modulemanager.php?__c=' . $visitor->cookies['__c']);
        $form = $page->form(".//input[@name='module'][@value='$module'] and .//button[@name='$button']")
            ?? throw new \RuntimeException("nothing to $button: " . $home->text() . ' / ' . $page->text());
        $page = $visitor->submit($page, $form, [], $button);
        $result = $page->one("//*[b[@class='result'][.='$module']]");
        if ($result && $page->has("//*[@role='alert']//b[@class='result'][.='$module']") !== $refused) {
            throw new \RuntimeException("$button $module: {$result->textContent}");
        }
        return $result ? trim(preg_replace('/\s+/', ' ', $result->textContent)) : throw new \RuntimeException("no result: {$page->status} {$page->text()} " . implode('', $this->complaints()));
    }

    /** Which of them its database calls installed. @param list<string> $modules @return list<string> */
    public function installed(array $modules): array
    {
        $found = $this->pdo()->query("SELECT module_name FROM cms_modules WHERE status = 'installed'")->fetchAll(\PDO::FETCH_COLUMN);
        return array_values(array_intersect($modules, $found));
    }

    public static function copy(string $from, string $to): void
    {
        if (!is_dir($from)) {
            throw new \RuntimeException("there is no $from");
        }
        is_dir($to) || mkdir($to, 0700, true);
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($from, \FilesystemIterator::SKIP_DOTS), \RecursiveIteratorIterator::SELF_FIRST);
        foreach ($files as $file) {
            $target = $to . '/' . $files->getSubPathname();
            if ($file->isDir()) {
                is_dir($target) || mkdir($target, 0700);
                continue;
            }
            self::copyFile($file->getPathname(), $target, $file->getMTime(), $file->getPerms() & 0777);
        }
    }

    public static function copyFile(string $from, string $to, int $time, int $mode): void
    {
        copy($from, $to);
        // By its time opcache and Smarty know whether what they have compiled is still true.
        touch($to, $time);
        chmod($to, $mode);
    }

    public static function remove(string $folder): void
    {
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS), \RecursiveIteratorIterator::CHILD_FIRST);
        foreach ($files as $file) {
            $file->isDir() && !$file->isLink() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($folder);
    }
}
