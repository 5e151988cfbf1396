<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * A phone with an authenticator app: oathtool, from another hand than the extension. It remembers the last
 * code that was used, because a code counts once: with the accepted window of one step to either side there
 * are three to be had at any moment. Whoever needs a fourth moves the site's clock.
 */
final class Phone
{
    private const STEP = 30;
    private int $used = 0;

    public function __construct(private string $secret, private readonly Clock $clock)
    {
        $this->secret = strtoupper(preg_replace('/[^A-Za-z2-7]/', '', $secret));
    }

    /** The next code that was not used yet. */
    public function code(): string
    {
        $now = $this->clock->now();
        // Late in a step its predecessor could be too old on arrival.
        $oldest = intdiv($now, self::STEP) - ($now % self::STEP > 24 ? 0 : 1);
        $this->used = max($this->used + 1, $oldest);
        $early = $this->used - 1 - intdiv($now, self::STEP);
        if ($early > 0) {
            $this->clock->advance($early * self::STEP);
        }
        return $this->at($this->used);
    }

    /** What an app shows whose clock is that many steps off. */
    public function off(int $steps): string
    {
        return $this->at(intdiv($this->clock->now(), self::STEP) + $steps);
    }

    /** The code that was used last. */
    public function again(): string
    {
        return $this->at($this->used);
    }

    /** A code that is wrong now and was never right lately. */
    public function wrong(): string
    {
        $now = intdiv($this->clock->now(), self::STEP);
        $right = $this->from($now - 3, 7);
        for ($code = 123456; in_array((string) $code, $right, true); $code++);
        return (string) $code;
    }

    private function at(int $step): string
    {
        return $this->from($step, 1)[0];
    }

    /** The codes of that step and those after it. @return list<string> */
    private function from(int $step, int $count): array
    {
        $time = gmdate('Y-m-d H:i:s', $step * self::STEP) . ' UTC';
        $process = proc_open(['oathtool', '--totp', '--base32', '--now', $time, '--window', (string) ($count - 1), '-'], [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
        fwrite($pipes[0], $this->secret . "\n");
        fclose($pipes[0]);
        $codes = explode("\n", trim(stream_get_contents($pipes[1])));
        fclose($pipes[1]);
        if (proc_close($process) !== 0 || count(preg_grep('/^\d{6}$/', $codes)) !== $count) {
            throw new \RuntimeException('oathtool gave no code');
        }
        return $codes;
    }
}
