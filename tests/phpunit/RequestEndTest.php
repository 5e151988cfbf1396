<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/Fpm.php';

use PHPUnit\Framework\TestCase;

/** What the module does at the end of a request, on PHP-FPM, which ends a request before its script. */
final class RequestEndTest extends TestCase
{
    private string $folder;
    private ?Fpm $fpm = null;

    protected function setUp(): void
    {
        if (Fpm::program() === null || getenv('TWOFACTOR_EXTENSION') === false) {
            self::fail('there is no PHP-FPM, or TWOFACTOR_EXTENSION does not say where the extension is');
        }
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-end-' . bin2hex(random_bytes(6));
        mkdir("$this->folder/sessions", 0777, true);
        array_map(fn (string $folder) => chmod($folder, 0777), [$this->folder, "$this->folder/sessions"]);
        copy(__DIR__ . '/processes/mailing.php', "$this->folder/page.php");
        foreach (['Notices', 'RequestEnd', 'HostDatabase'] as $class) {
            copy(dirname(__DIR__, 2) . "/php/TwoFactor/lib/$class.php", "$this->folder/$class.php");
        }
        $this->fpm = new Fpm($this->folder, 2);
    }

    protected function tearDown(): void
    {
        touch("$this->folder/release");
        $this->fpm?->stop();
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    private function await(string $file): void
    {
        for ($wait = 0; !file_exists("$this->folder/$file"); $wait++) {
            $wait < 600 || self::fail("there is no $file: " . file_get_contents("$this->folder/out"));
            usleep(20_000);
            clearstatcache();
        }
    }

    public function test_a_mailer_that_is_slow_delays_no_answer_and_locks_no_session(): void
    {
        $first = $this->fpm->ask("$this->folder/page.php");
        self::assertSame('page 1', $this->fpm->answer($first), 'the answer is there, and the connection over');
        $this->await('sending');
        self::assertFileDoesNotExist("$this->folder/sent");
        // The same browser goes on: its session is free.
        self::assertSame('page 2', $this->fpm->get("$this->folder/page.php"));
        self::assertFileDoesNotExist("$this->folder/sent", 'the mailer has not done yet');
        touch("$this->folder/release");
        $this->await('sent');
        self::assertSame('anna@example.org', file_get_contents("$this->folder/sending"));
        self::assertSame('Shop: A second factor was added to your account', file_get_contents("$this->folder/sent"));
        self::assertFileDoesNotExist("$this->folder/fault");
    }
}
