<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once __DIR__ . '/Fpm.php';
require_once __DIR__ . '/Processes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\{Client, Method, Secret, Totp, User, Verifier};

/** Many requests, many processes: what is kept, what is shared, and what must not be. */
final class ProcessTest extends TestCase
{
    private string $folder;
    private ?Fpm $fpm = null;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/twofactor-test-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0755);
        mkdir("$this->folder/db", 0700);
        if (posix_geteuid() === 0) {
            chown("$this->folder/db", 'www-data');
        }
    }

    protected function tearDown(): void
    {
        $this->fpm?->stop();
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    private function fpm(mixed ...$how): Fpm
    {
        if (Fpm::program() === null) {
            self::fail('there is no PHP-FPM');
        }
        if (getenv('TWOFACTOR_EXTENSION') === false) {
            self::fail('TWOFACTOR_EXTENSION does not say where the extension is');
        }
        return $this->fpm = new Fpm($this->folder, ...$how);
    }

    private function script(string $code): string
    {
        $path = "$this->folder/" . md5($code) . '.php';
        file_put_contents($path, "<?php use TwoFactor\{Client, Method, Secret, Totp, User, Verifier}; $code");
        return $path;
    }

    /** Runs $child in a forked process and returns what it returned. */
    private static function forked(callable $child): string
    {
        [$read, $write] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $pid = pcntl_fork();
        if ($pid === 0) {
            try {
                $said = $child();
            } catch (\Throwable $error) {
                $said = $error::class . ': ' . $error->getMessage();
            }
            fwrite($write, $said);
            fclose($write);
            // The child ends like any PHP, destructors and module end among it, but says nothing.
            while (ob_get_level() > 0) {
                ob_end_clean();
            }
            fclose(STDOUT);
            fclose(STDERR);
            exit(0);
        }
        fclose($write);
        $said = stream_get_contents($read);
        pcntl_waitpid($pid, $status);
        return $said;
    }

    private static function descriptors(string $of): int
    {
        $count = 0;
        foreach (glob('/proc/self/fd/*') as $fd) {
            $count += (int) str_contains((string) @readlink($fd), $of);
        }
        return $count;
    }

    /**
     * Every page that the loader relocates is copied whenever PHP starts: 29 of them, some 15 more without
     * link-time optimisation, some 33 more with the Unicode tables of regex (patches/regex).
     */
    public function test_there_is_little_for_the_loader_to_relocate(): void
    {
        $elf = (string) file_get_contents((string) getenv('TWOFACTOR_EXTENSION'));
        ['at' => $at, 'size' => $size, 'count' => $count] = unpack('x32/Pat/x14/vsize/vcount', $elf);
        $relocated = 0;
        for ($i = 0; $i < $count; $i++) {
            $segment = unpack('Vtype/x36/Plength', $elf, $at + $i * $size);
            if ($segment['type'] === 0x6474_E552) { // PT_GNU_RELRO
                $relocated = intdiv($segment['length'], 4096);
            }
        }
        self::assertGreaterThan(10, $relocated);
        self::assertLessThan(37, $relocated, 'pages: was the extension built by script/lib.sh or config.m4?');
    }

    public function test_a_panic_inside_is_an_error_without_data_and_the_process_lives_on(): void
    {
        $server = new Process([PHP_BINARY, '-n', __DIR__ . '/processes/broken-mysql.php']);
        $port = $server->hear();
        Verifier::createKeyFile("$this->folder/key");
        $script = $this->script("
            for (\$i = 0; \$i < 3; \$i++) {
                try {
                    Verifier::open(['store' => 'mysql://canary-user:canary-word@127.0.0.1:$port/d?tls=off', 'key_file' => '$this->folder/key']);
                } catch (\Throwable \$error) {
                    echo \$error::class, ': ', \$error->getMessage(), PHP_EOL;
                }
            }
            echo Verifier::open(['store' => 'sqlite:$this->folder/db/a.sqlite'])->account('1')->isEnrolled() ? 'enrolled' : 'alive';
        ");
        $said = shell_exec(escapeshellarg(PHP_BINARY) . ' -n -d extension=' . escapeshellarg((string) getenv('TWOFACTOR_EXTENSION')) . ' ' . escapeshellarg($script) . " 2>$this->folder/log");
        $server->end();
        self::assertSame(str_repeat("Error: The twofactor extension failed; the call had no result.\n", 3) . 'alive', $said);
        $log = (string) file_get_contents("$this->folder/log");
        self::assertSame(3, substr_count($log, 'twofactor: internal error at '), $log);
        self::assertStringNotContainsString('canary', $log);
    }

    public function test_a_verifier_is_opened_once_for_the_same_settings(): void
    {
        $settings = ['store' => "sqlite:$this->folder/db/a.sqlite"];
        $first = Verifier::open($settings);
        $first->account('1');
        $open = self::descriptors("$this->folder/db/a.sqlite");
        for ($i = 0; $i < 50; $i++) {
            Verifier::open($settings)->account('1');
        }
        self::assertSame($open, self::descriptors("$this->folder/db/a.sqlite"));
        // Other settings are another verifier; more than a few are not kept.
        for ($i = 0; $i < 40; $i++) {
            Verifier::open($settings + ['site' => "site$i", 'new_site' => true])->account('1');
        }
        self::assertLessThanOrEqual(9 * $open, self::descriptors("$this->folder/db/a.sqlite"));
    }

    public function test_memory_is_never_kept(): void
    {
        Verifier::open(['store' => 'memory:'])->startTotp(new User('1', 'a'));
        self::assertCount(0, [...Verifier::open(['store' => 'memory:'])->accounts()]);
    }

    public function test_a_changed_key_file_is_read_anew(): void
    {
        $key = "$this->folder/key";
        Verifier::createKeyFile($key);
        $settings = ['store' => "sqlite:$this->folder/db/a.sqlite", 'key_file' => $key];
        $id = static fn (): string => explode(';', (string) preg_replace('/.*keys: /', '', array_values(array_filter(Verifier::open($settings)->health()->checks(), static fn ($c) => $c->name() === 'key'))[0]->message()))[0];
        $before = $id();
        file_put_contents($key, "newest = " . base64_encode(random_bytes(32)) . "\n" . file_get_contents($key));
        clearstatcache();
        self::assertSame("newest, $before", $id());
    }

    public function test_after_a_fork_the_child_opens_its_own_and_the_parent_keeps_its_own(): void
    {
        $verifier = Verifier::open(['store' => "sqlite:$this->folder/db/a.sqlite"]);
        $user = new User('1', 'alice');
        $setup = $verifier->startTotp($user);
        $uri = $setup->uri();
        $verifier->confirmTotp($setup->token(), Totp::fromUri($uri)->at(time()), new Client('192.0.2.1'));
        for ($child = 0; $child < 3; $child++) {
            $login = self::forked(fn () => $verifier->beginLogin($user, new Client('192.0.2.1'))->challenge());
            self::assertGreaterThan(40, strlen($login), $login);
            // What the child opened is open: the parent sees it.
            try {
                $verifier->verify($login, Method::Totp, '000000', new Client('192.0.2.1'));
                self::fail('accepted');
            } catch (\TwoFactor\Exception\Rejected) {
                self::addToAssertionCount(1);
            }
        }
        self::assertTrue($verifier->auditIsIntact('1'));
        self::assertTrue($verifier->health()->isOk());
    }

    public function test_after_a_fork_a_memory_store_is_a_copy(): void
    {
        $verifier = Verifier::open(['store' => 'memory:']);
        $verifier->startTotp(new User('1', 'a'));
        self::assertSame('2', self::forked(function () use ($verifier) {
            $verifier->startTotp(new User('2', 'b'));
            return (string) count([...$verifier->accounts()]);
        }));
        self::assertCount(1, [...$verifier->accounts()]);
    }

    public function test_a_forked_child_draws_other_secrets(): void
    {
        Secret::generate();
        $seen = [Secret::generate()->toBase32()];
        for ($child = 0; $child < 8; $child++) {
            $seen[] = self::forked(fn () => Secret::generate()->toBase32());
        }
        self::assertCount(9, array_unique($seen));
    }

    public function test_a_fork_does_not_end_the_parent_s_database_session(): void
    {
        $url = getenv('TWOFACTOR_TEST_MYSQL') ?: self::fail('TWOFACTOR_TEST_MYSQL is not set');
        $parts = parse_url($url);
        $sessions = static function () use ($parts): array {
            $db = new \mysqli($parts['host'], $parts['user'], $parts['pass'], 'information_schema', $parts['port']);
            return array_column($db->query("SELECT id FROM processlist WHERE user = '{$parts['user']}' AND id <> CONNECTION_ID() ORDER BY id")->fetch_all(), 0);
        };
        $before = $sessions();
        Verifier::createKeyFile("$this->folder/key");
        $verifier = Verifier::open(['store' => $url, 'key_file' => "$this->folder/key", 'site' => basename($this->folder), 'new_site' => true]);
        $verifier->account('1');
        $mine = array_diff($sessions(), $before);
        self::assertCount(1, $mine);
        for ($child = 0; $child < 3; $child++) {
            self::assertSame('1', self::forked(function () use ($verifier, $sessions, $before) {
                $verifier->account('1');
                return (string) (count(array_diff($sessions(), $before)) - 1);
            }), 'the child has a session of its own');
            $verifier->account('1');
            usleep(50_000);
            self::assertSame($mine, array_diff($sessions(), $before));
        }
    }

    public function test_fpm_workers_share_no_randomness(): void
    {
        $fpm = $this->fpm(2);
        $script = $this->script('echo getmypid(), " ", Secret::generate()->toBase32(); usleep(2000);');
        $seen = $workers = [];
        for ($round = 0; $round < 20; $round++) {
            $asked = [$fpm->ask($script), $fpm->ask($script)];
            foreach ($asked as $socket) {
                [$pid, $secret] = explode(' ', $fpm->answer($socket));
                $workers[$pid] = true;
                $seen[] = $secret;
            }
        }
        self::assertCount(2, $workers);
        self::assertCount(40, array_unique($seen));
        self::assertSame(32, strlen($seen[0]));
    }

    public function test_fpm_s_master_reads_a_key_that_no_worker_can(): void
    {
        if (posix_geteuid() !== 0) {
            self::markTestSkipped('only root starts workers as somebody else');
        }
        $key = "$this->folder/key";
        $id = Verifier::createKeyFile($key);
        $fpm = $this->fpm(1, ['twofactor.key_file' => $key, 'twofactor.store' => "sqlite:$this->folder/db/a.sqlite"]);
        $said = $fpm->get($this->script("
            var_dump(is_readable('$key'));
            foreach (Verifier::open()->health()->checks() as \$c) if (\$c->name() === 'key') echo \$c->message();
            \$s = Verifier::open()->startTotp(new User('1', 'a'));
            Verifier::open()->confirmTotp(\$s->token(), Totp::fromUri(\$s->uri())->at(time()), Client::fromGlobals());
            echo \"\\n\", Verifier::open()->audit('1')[0]->ip();
        "));
        self::assertSame("bool(false)\nkeys: $id; the first one seals\n192.0.2.9", $said);
    }

    public function test_fpm_a_pool_s_own_key_is_read_as_the_pool_s_user(): void
    {
        if (posix_geteuid() !== 0) {
            self::markTestSkipped('only root starts workers as somebody else');
        }
        $key = "$this->folder/key";
        $id = Verifier::createKeyFile($key);
        $own = ['twofactor.key_file' => $key, 'twofactor.store' => "sqlite:$this->folder/db/a.sqlite", 'twofactor.site' => 'one.example'];
        $fpm = $this->fpm(1, [], $own);
        $script = $this->script('try {
            $v = Verifier::open();
            foreach ($v->health()->checks() as $c) if ($c->name() === "key") echo $c->message();
            $s = $v->startTotp(new User("1", "a"));
            echo "\n", strtok(urldecode($s->uri()), ":"), strtok(":");
        } catch (\Throwable $e) { echo get_class($e), ": ", $e->getMessage(); }');
        self::assertStringContainsString('ermission', $fpm->get($script), 'a key for root alone');
        chown($key, 'www-data');
        chmod($key, 0400);
        self::assertStringStartsWith("keys: $id; the first one seals\notpauth//totp/one.example", $fpm->get($script));
    }

    public function test_fpm_s_master_reads_providers_that_no_worker_can(): void
    {
        if (posix_geteuid() !== 0) {
            self::markTestSkipped('only root starts workers as somebody else');
        }
        $file = "$this->folder/providers.json";
        file_put_contents($file, json_encode([['provider' => 'sns', 'access_key' => 'AKIACANARYCANARY', 'secret' => 'canary-secret-0123456789', 'region' => 'us-east-1']]));
        chmod($file, 0600);
        $fpm = $this->fpm(1, ['twofactor.providers_file' => $file, 'twofactor.store' => "sqlite:$this->folder/db/a.sqlite"]);
        $said = $fpm->get($this->script("
            var_dump(is_readable('$file'));
            foreach (Verifier::open()->providers() as \$p) echo \$p->name(), ' ', \$p->source();
            phpinfo();
        "));
        self::assertStringStartsWith("bool(false)\nsns file", $said);
        self::assertStringNotContainsString('canary', $said);
    }

    public function test_fpm_a_worker_sees_what_another_process_did_to_the_providers(): void
    {
        $fpm = $this->fpm(2, ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite"]);
        $list = $this->script('usleep(2000); echo getmypid(), " ", implode(",", array_map(fn ($p) => $p->name() . ":" . ($p->settings()["sender_id"] ?? ""), Verifier::open()->providers()));');
        // The operator's command line, which says who acts; through the web that takes a proof.
        $operator = Verifier::open(['store' => "sqlite:$this->folder/db/a.sqlite"]);
        $all = static function () use ($fpm, $list): array {
            $seen = [];
            for ($round = 0; $round < 10; $round++) {
                foreach ([$fpm->ask($list), $fpm->ask($list)] as $socket) {
                    [$pid, $names] = explode(' ', $fpm->answer($socket));
                    $seen[$names][$pid] = true;
                }
            }
            return array_map('count', $seen);
        };
        self::assertSame(['' => 2], $all());
        $sns = ['provider' => 'sns', 'access_key' => 'AKIA000000000000', 'secret' => str_repeat('s', 40), 'region' => 'us-east-1'];
        $operator->saveProvider('one', $sns, 'anna');
        $operator->saveProvider('two', $sns, 'anna');
        self::assertSame(['one:,two:' => 2], $all());
        $operator->saveProvider('one', ['sender_id' => 'Example'], 'anna');
        $operator->orderProviders(['two', 'one'], 'anna');
        self::assertSame(['two:,one:Example' => 2], $all());
        $operator->removeProvider('two', 'anna');
        self::assertSame(['one:Example' => 2], $all());
    }

    public function test_fpm_s_master_has_the_environment_that_its_workers_have_not(): void
    {
        $keys = 'spring = ' . base64_encode(random_bytes(32));
        $fpm = $this->fpm(1, environment: ['TWOFACTOR_KEYS' => $keys, 'TWOFACTOR_STORE' => "sqlite:$this->folder/db/a.sqlite"]);
        $said = $fpm->get($this->script("
            var_dump(getenv('TWOFACTOR_KEYS'), Verifier::hasKey());
            foreach (Verifier::open()->health()->checks() as \$c) if (\$c->name() === 'key') echo \$c->message();
            phpinfo();
        "));
        self::assertStringStartsWith("bool(false)\nbool(true)\nkeys: spring; the first one seals", $said);
        self::assertStringNotContainsString(substr($keys, 9), $said);
        self::assertStringContainsString("$this->folder/db/a.sqlite", $said);
    }

    public function test_fpm_s_master_reads_a_credential_and_neither_pool_nor_script_names_one(): void
    {
        mkdir("$this->folder/credentials", 0700);
        file_put_contents("$this->folder/credentials/site.keys", 'spring = ' . base64_encode(random_bytes(32)));
        chmod("$this->folder/credentials/site.keys", 0400);
        $environment = ['CREDENTIALS_DIRECTORY' => "$this->folder/credentials"];
        $settings = ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite"];
        $named = ['twofactor.key_file' => 'credential:site.keys'];
        $open = fn (string $given) => $this->script("
            try {
                foreach (Verifier::open($given)->health()->checks() as \$c) if (\$c->name() === 'key') echo \$c->message();
            } catch (TwoFactor\\Exception\\ConfigurationError \$e) {
                echo \$e->getMessage();
            }
        ");
        $fpm = $this->fpm(1, $settings + $named, environment: $environment);
        self::assertSame('keys: spring; the first one seals', $fpm->get($open('[]')));
        $refused = 'key_file: a credential or a program is named by php.ini or the environment alone';
        foreach (['command:/bin/true', 'credential:other'] as $other) {
            self::assertSame($refused, $fpm->get($open("['key_file' => '$other']")));
        }
        $fpm->stop();
        $fpm = $this->fpm(1, $settings + $named);
        self::assertStringContainsString('systemd gave this process none', $fpm->get($open('[]')));
        $fpm->stop();
        $fpm = $this->fpm(1, $settings, $named, $environment);
        self::assertStringContainsString('which are read when PHP starts', $fpm->get($open('[]')));
    }

    public function test_fpm_s_settings_are_its_pool_s_then_its_master_s_environment_and_no_script_s(): void
    {
        $environment = ['TWOFACTOR_MAX_ATTEMPTS' => '7', 'TWOFACTOR_BACKUP_CODES' => '20', 'TWOFACTOR_MAX_ATEMPTS' => 'canary'];
        $store = ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite"];
        $fpm = $this->fpm(1, $store, ['twofactor.backup_codes' => '9'], $environment);
        $script = $this->script('
            $told = [];
            foreach (Verifier::open()->health()->checks() as $c) foreach ($c->findings() as $it)
                if (in_array($c->name(), ["policy", "settings"], true)) $told[] = strtok($it->message(), ":");
            foreach (["MAX_ATTEMPTS=6", "BACKUP_CODES=6", "NONSENSE=1"] as $it) putenv("TWOFACTOR_$it");
            echo json_encode([getenv("TWOFACTOR_MAX_ATTEMPTS"), ...$told]);
        ');
        $unknown = 'the environment has a variable that is no setting and changes nothing';
        self::assertSame(json_encode(['6', 'max_attempts is 7', $unknown]), $fpm->get($script));
        self::assertSame(json_encode(['6', 'max_attempts is 7', $unknown]), $fpm->get($script), 'in the same worker');
    }

    public function test_fpm_a_pool_has_settings_and_a_key_of_its_own(): void
    {
        $key = "$this->folder/db/key";
        $id = Verifier::createKeyFile($key);
        if (posix_geteuid() === 0) {
            chown($key, 'www-data');
        }
        $fpm = $this->fpm(1, [], ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite", 'twofactor.key_file' => $key, 'twofactor.site' => 'pool']);
        $said = $fpm->get($this->script('foreach (Verifier::open()->health()->checks() as $c) echo $c->message(), "\n";'));
        self::assertStringContainsString("keys: $id", $said);
        self::assertStringContainsString('pool, shown as pool', $said);
    }

    public function test_fpm_a_worker_keeps_its_store_open_from_request_to_request(): void
    {
        $fpm = $this->fpm(1, ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite"]);
        // Before anything of the request asks for it.
        $script = $this->script("
            \$fds = array_filter(array_map(fn (\$fd) => @readlink(\$fd), glob('/proc/self/fd/*')), fn (\$file) => str_contains((string) \$file, '/db/a.sqlite'));
            Verifier::open()->account('1');
            echo json_encode([getmypid(), count(\$fds)]);
        ");
        $answers = [];
        for ($request = 0; $request < 30; $request++) {
            $answers[] = json_decode($fpm->get($script), true);
        }
        self::assertCount(1, array_unique(array_column($answers, 0)));
        $open = array_column($answers, 1);
        self::assertSame(0, $open[0]);
        self::assertGreaterThan(0, $open[1]);
        self::assertCount(1, array_unique(array_slice($open, 1)));
    }

    public function test_fpm_workers_spend_a_code_once(): void
    {
        $fpm = $this->fpm(4, ['twofactor.store' => "sqlite:$this->folder/db/a.sqlite"]);
        $uri = $fpm->get($this->script("
            \$v = Verifier::open(); \$s = \$v->startTotp(new User('1', 'a'));
            \$v->confirmTotp(\$s->token(), Totp::fromUri(\$s->uri())->at(time() - 30), Client::fromGlobals());
            echo \$s->uri();
        "));
        $code = Totp::fromUri($uri)->at(time());
        $script = $this->script("
            \$v = Verifier::open();
            try { \$v->verify(\$v->beginLogin(new User('1', 'a'), Client::fromGlobals())->challenge(), Method::Totp, '$code', Client::fromGlobals()); echo 'in'; }
            catch (TwoFactor\\Exception\\Denied \$e) { echo \$e::class; }
        ");
        $sockets = array_map(fn () => $fpm->ask($script), range(1, 24));
        $said = array_count_values(array_map($fpm->answer(...), $sockets));
        self::assertSame(1, $said['in'] ?? 0, json_encode($said));
        self::assertSame(24, array_sum($said));
    }
}
