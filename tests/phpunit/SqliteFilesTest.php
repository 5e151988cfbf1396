<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/Processes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Verifier;

/** A process of `processes/signin.php`. */
final class SignInProcess extends Process
{
    public function __construct(string $file)
    {
        parent::__construct([PHP_BINARY, '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), __DIR__ . '/processes/signin.php', $file]);
    }

    public function ask(string $what, string $with = ''): string
    {
        $this->say("$what $with");
        return $this->hear();
    }
}

/**
 * SQLite's locks belong to a process and not to what it has open: a fork has none of them, and whoever closes one of
 * the files drops them all. Whatever happens then, no code counts twice and nobody comes in without one.
 */
final class SqliteFilesTest extends TestCase
{
    private string $folder;
    private string $file;
    /** @var list<SignInProcess> */
    private array $processes = [];

    protected function setUp(): void
    {
        if (getenv('TWOFACTOR_EXTENSION') === false) {
            self::fail('TWOFACTOR_EXTENSION does not say where the extension is');
        }
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-files-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->file = "$this->folder/db.sqlite";
    }

    protected function tearDown(): void
    {
        foreach ($this->processes as $process) {
            $process->end();
        }
        $this->processes = [];
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function test_the_last_site_that_leaves_takes_the_files_and_their_key_along(): void
    {
        $open = fn (string $site): Verifier => Verifier::open(['store' => "sqlite:$this->file", 'site' => $site, 'new_site' => 1]);
        [$one, $two] = [$open('one'), $open('two')];
        self::assertSame([], $one->removeSite('the test'));
        self::assertFileExists("$this->file.key", 'the other site needs them');
        self::assertTrue($two->health()->canVerify());
        self::assertSame([], $two->removeSite('the test'));
        self::assertSame([], glob("$this->folder/*"));
    }

    private function process(): SignInProcess
    {
        return $this->processes[] = new SignInProcess($this->file);
    }

    /** What a process that is there for this one question says. */
    private function asked(string $what, string $with = ''): string
    {
        $process = new SignInProcess($this->file);
        $said = $process->ask($what, $with);
        $process->end();
        return $said;
    }

    private static function assertUnavailable(string $said): void
    {
        self::assertStringStartsWith('TwoFactor\\Exception\\Unavailable ', $said);
    }

    /** @return array{list<string>, SignInProcess} backup codes of user 1, and a process with a challenge for her */
    private function enrolled(): array
    {
        $process = $this->process();
        $codes = explode(' ', $process->ask('enrol', '1'));
        self::assertCount(10, $codes);
        self::assertSame('ChallengeRequired', $process->ask('begin', '1'));
        return [$codes, $process];
    }

    public function test_a_code_that_a_fork_took_is_taken_when_the_process_it_came_from_is_gone(): void
    {
        [$codes, $process] = $this->enrolled();
        self::assertSame('10', $process->ask('second', '1'));
        self::assertSame('forked', $process->ask('fork'));
        self::assertSame('10', $process->ask('second', '1'));
        self::assertSame('verified 1', $process->ask('backup', $codes[0]));
        $other = $this->process();
        self::assertSame('9', $other->ask('left', '1'));
        self::assertSame('ChallengeRequired', $other->ask('begin', '1'));
        self::assertStringContainsString('Rejected', $other->ask('backup', $codes[0]));
        self::assertSame('verified 1', $other->ask('backup', $codes[1]));
        self::assertSame('8', $process->ask('left', '1'));
        // And again, from the fork.
        self::assertSame('ChallengeRequired', $process->ask('begin', '1'));
        self::assertSame('forked', $process->ask('fork'));
        self::assertStringContainsString('Rejected', $process->ask('backup', $codes[1]));
        self::assertSame('verified 1', $process->ask('backup', $codes[2]));
        self::assertSame('7', $this->asked('left', '1'));
    }

    public function test_a_fork_sees_who_enrols_elsewhere(): void
    {
        [, $process] = $this->enrolled();
        self::assertSame('Allowed', $process->ask('begin', '2'));
        self::assertSame('forked', $process->ask('fork'));
        self::assertSame('Allowed', $process->ask('begin', '2'));
        self::assertCount(10, explode(' ', $this->asked('enrol', '2')));
        self::assertSame('ChallengeRequired', $process->ask('begin', '2'));
    }

    public function test_files_that_the_process_itself_copied_are_still_the_ones_that_count(): void
    {
        [$codes, $process] = $this->enrolled();
        self::assertSame('copied', $process->ask('copy'));
        self::assertSame('10', $this->asked('left', '1'));
        self::assertSame('verified 1', $process->ask('backup', $codes[0]));
        self::assertSame('9', $this->asked('left', '1'));
        $other = $this->process();
        $other->ask('begin', '1');
        self::assertStringContainsString('Rejected', $other->ask('backup', $codes[0]));
        self::assertCount(10, explode(' ', $this->asked('enrol', '2')));
        self::assertSame('ChallengeRequired', $process->ask('begin', '2'));
    }

    public function test_another_sqlite_that_takes_the_log_away_is_noticed_before_anything_counts(): void
    {
        [$codes, $process] = $this->enrolled();
        self::assertFileExists("$this->file-wal");
        self::assertSame('looked at 1', $process->ask('look'));
        self::assertFileDoesNotExist("$this->file-wal", 'the library of PHP believes that it was alone');
        self::assertUnavailable($process->ask('backup', $codes[0]));
        self::assertUnavailable($process->ask('begin', '2'));
        self::assertUnavailable($process->ask('left', '1'));
        self::assertUnavailable($process->ask('second', '1'));
        // Whoever comes new finds all that was written.
        $other = $this->process();
        self::assertSame('10', $other->ask('left', '1'));
        $other->ask('begin', '1');
        self::assertSame('verified 1', $other->ask('backup', $codes[0]));
        // With a new log, too, and when it ends: it brings nothing of its own into what has gone on without it.
        self::assertUnavailable($process->ask('begin', '1'));
        self::assertUnavailable($process->ask('second', '1'));
        $process->end();
        self::assertSame('9', $other->ask('left', '1'));
        self::assertSame('9', $this->asked('left', '1'));
    }

    public function test_what_is_made_is_for_its_owner_alone_and_a_key_beside_the_store_is_warned_of(): void
    {
        $verifier = Verifier::open(['store' => "sqlite:$this->file"]);
        $made = glob("$this->file*");
        self::assertSame(['', '-shm', '-wal', '.key', '.lock'], array_map(fn (string $one) => substr($one, strlen($this->file)), $made));
        foreach ($made as $one) {
            self::assertSame(0o600, fileperms($one) & 0o7777, $one);
        }
        $key = array_values(array_filter($verifier->health()->checks(), static fn ($check) => $check->name() === 'key'))[0];
        self::assertSame('warning', $key->status()->value);
        self::assertStringContainsString("$this->file.key", $key->message());
    }

    public function test_when_the_last_process_has_ended_the_database_is_whole_without_its_log(): void
    {
        [$codes, $process] = $this->enrolled();
        $process->ask('backup', $codes[0]);
        $other = $this->process();
        self::assertSame('9', $other->ask('left', '1'));
        $process->end();
        $other->end();
        self::assertSame(0, (int) @filesize("$this->file-wal"));
        array_map('unlink', [...glob("$this->file-*")]);
        self::assertSame('9', $this->asked('left', '1'));
    }
}
