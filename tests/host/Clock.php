<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * The time a site lives in: the system's, moved ahead at will, so that no test waits for it. The server's
 * processes read it through libfaketime; who computes codes asks this object.
 */
final class Clock
{
    private int $ahead = 0;

    /** @param string $file where the server looks */
    public function __construct(private readonly string $file)
    {
        $this->advance(0);
    }

    public function now(): int
    {
        return time() + $this->ahead;
    }

    public function advance(int $seconds): void
    {
        $this->ahead += $seconds;
        // Written beside and moved: a request never reads half a number.
        file_put_contents("$this->file.new", "+{$this->ahead}\n");
        rename("$this->file.new", $this->file);
    }

    /** @return array<string, string> for the server's processes */
    public function environment(): array
    {
        $library = glob('/usr/lib/*/faketime/libfaketime.so.1')[0]
            ?? throw new \RuntimeException('libfaketime is missing: apt install libfaketime');
        $shim = dirname($this->file) . '/shared_time.so';
        if (!is_file($shim)) {
            exec('cc -shared -fPIC -o ' . escapeshellarg($shim) . ' ' . escapeshellarg(__DIR__ . '/shared_time.c'), result_code: $failed);
            $failed === 0 || throw new \RuntimeException('shared_time.c does not compile');
        }
        return [
            'LD_PRELOAD' => "$shim:$library",
            'FAKETIME_TIMESTAMP_FILE' => $this->file,
            'FAKETIME_NO_CACHE' => '1',
            'FAKETIME_DONT_FAKE_MONOTONIC' => '1',
        ];
    }
}
