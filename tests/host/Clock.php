<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * The time a site lives in: the system's, moved ahead at will, so that no test waits for it. The server's
 * processes read it by moved_clock.c; who computes codes asks this object.
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
        // In its place, for they have it in their memory; eight bytes at once are never half there.
        $file = fopen($this->file, 'c');
        fwrite($file, pack('q', $this->ahead));
        fclose($file);
    }

    /** @return array<string, string> for the server's processes */
    public function environment(): array
    {
        // Beside the sites, once for all of them; moved there, since suites run side by side.
        $shim = dirname($this->file, 2) . '/moved_clock.so';
        $source = __DIR__ . '/moved_clock.c';
        if (!is_file($shim) || filemtime($shim) < filemtime($source)) {
            $new = dirname($this->file) . '/moved_clock.so';
            exec('cc -O1 -shared -fPIC -o ' . escapeshellarg($new) . ' ' . escapeshellarg($source), result_code: $failed);
            $failed === 0 && rename($new, $shim) || throw new \RuntimeException('moved_clock.c does not compile');
        }
        return ['LD_PRELOAD' => $shim, 'MOVED_CLOCK' => $this->file];
    }
}
