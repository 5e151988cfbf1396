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
        file_put_contents("$this->file.new", sprintf("%+d\n", $this->ahead));
        rename("$this->file.new", $this->file);
    }

    /** @return array<string, string> for the server's processes */
    public function environment(): array
    {
        $library = glob('/usr/lib/*/faketime/libfaketime.so.1')[0]
            ?? throw new \RuntimeException('libfaketime is missing: apt install libfaketime');
        // Beside the sites, once for all of them; moved there, since suites run side by side.
        $shim = dirname($this->file, 2) . '/shared_time.so';
        $source = __DIR__ . '/shared_time.c';
        if (!is_file($shim) || filemtime($shim) < filemtime($source)) {
            $new = dirname($this->file) . '/shared_time.so';
            exec('cc -shared -fPIC -o ' . escapeshellarg($new) . ' ' . escapeshellarg($source), result_code: $failed);
            $failed === 0 && rename($new, $shim) || throw new \RuntimeException('shared_time.c does not compile');
        }
        return [
            'LD_PRELOAD' => "$shim:$library",
            'FAKETIME_TIMESTAMP_FILE' => $this->file,
            'FAKETIME_NO_CACHE' => '1',
            // The times of files stay: else opcache and Smarty would compile everything again whenever the time is moved.
            'NO_FAKE_STAT' => '1',
            'FAKETIME_DONT_FAKE_MONOTONIC' => '1',
        ];
    }
}
