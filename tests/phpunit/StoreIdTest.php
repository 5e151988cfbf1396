<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Verifier;

/** Whoever remembers which store was set up is let into no other, also while the process keeps it open. */
final class StoreIdTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-store-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
    }

    protected function tearDown(): void
    {
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    private function open(string $name, string $id): Verifier
    {
        return Verifier::open(['store' => "sqlite:$this->folder/$name", 'store_id' => $id]);
    }

    private function assertRefused(string $name, string $id): void
    {
        try {
            $this->open($name, $id);
            self::fail("$name was taken");
        } catch (ConfigurationError $refusal) {
            self::assertStringContainsString('the store is empty or another one than was set up', $refusal->getMessage());
        }
    }

    public function test_another_store_is_refused_and_so_is_one_that_was_emptied_while_it_was_open(): void
    {
        $id = $this->open('one', '')->storeId();
        self::assertSame($id, $this->open('one', $id)->storeId());
        $this->assertRefused('two', $id);
        $this->assertRefused('one', str_repeat('0', 32));

        // By another process, for whoever closes a SQLite file drops the locks of its own.
        $program = '$pdo = new PDO("sqlite:" . $argv[1]); foreach (["shared_row", "account", "audit"] as $table) $pdo->exec("DELETE FROM $table");';
        exec(PHP_BINARY . ' -r ' . escapeshellarg($program) . ' ' . escapeshellarg("$this->folder/one"), $said, $status);
        self::assertSame([0, []], [$status, $said]);
        $this->assertRefused('one', $id);
        // Whoever remembers nothing begins anew there.
        self::assertSame([0, 'taken'], $this->withSetting('', "['store' => 'sqlite:$this->folder/one']"));
        $this->assertRefused('one', $id);
    }

    /** @return array{int, string} */
    private function withSetting(string $id, string $settings): array
    {
        $program = "try { TwoFactor\\Verifier::open($settings); echo 'taken'; } catch (TwoFactor\\Exception\\ConfigurationError) { echo 'refused'; }";
        $command = [PHP_BINARY, '-n', '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-d', "twofactor.store_id=$id", '-r', $program];
        exec(implode(' ', array_map('escapeshellarg', $command)), $said, $status);
        return [$status, implode("\n", $said)];
    }

    public function test_what_php_ini_remembers_holds_for_every_script_and_for_no_store_in_memory(): void
    {
        $id = $this->open('one', '')->storeId();
        $one = "['store' => 'sqlite:$this->folder/one']";
        self::assertSame([0, 'taken'], $this->withSetting($id, $one));
        self::assertSame([0, 'refused'], $this->withSetting(strrev($id), $one));
        self::assertSame([0, 'refused'], $this->withSetting('nonsense', $one));
        self::assertSame([0, 'taken'], $this->withSetting($id, "['store' => 'memory:']"));
    }
}
