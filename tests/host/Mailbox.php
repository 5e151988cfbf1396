<?php

declare(strict_types=1);

namespace TwoFactorTests;

/** The letters that the host would have sent to one address. */
final class Mailbox
{
    public function __construct(private readonly string $file, private readonly string $address)
    {
    }

    /** @return list<array{to: list<string>, from: string, subject: string, type: string, charset: string, html: string, text: string, headers: list<string>}> */
    public function letters(): array
    {
        $all = is_file($this->file) ? array_map(static fn (string $line): array => json_decode($line, true), file($this->file)) : [];
        return array_values(array_filter($all, fn (array $letter): bool => in_array($this->address, $letter['to'], true)));
    }

    /** @return list<array{to: list<string>, subject: string, html: string, text: string}> those with a code */
    public function codes(): array
    {
        return array_values(array_filter($this->letters(), static fn (array $it): bool => (bool) preg_match('/^\d{6}$/m', $it['text'])));
    }

    /** @return list<array{to: list<string>, subject: string, html: string, text: string}> those without: what is told of an account */
    public function notices(string $about = ''): array
    {
        return array_values(array_filter(
            $this->letters(),
            static fn (array $it): bool => !preg_match('/^\d{6}$/m', $it['text']) && str_contains($it['subject'], $about),
        ));
    }

    /** @return array{to: list<string>, from: string, subject: string, type: string, charset: string, html: string, text: string, headers: list<string>} */
    public function last(): array
    {
        $letters = $this->letters();
        return end($letters) ?: throw new \RuntimeException("nothing came to {$this->address}");
    }

    /** The code in the last letter that has one: the line that has nothing but digits. */
    public function code(): string
    {
        $codes = $this->codes();
        if (preg_match('/^\d{6}$/m', end($codes)['text'] ?? '', $match)) {
            return $match[0];
        }
        throw new \RuntimeException("no code came to {$this->address}");
    }

    /** A code that is not in any letter. */
    public function wrong(): string
    {
        $texts = implode("\n", array_column($this->letters(), 'text'));
        for ($code = 123456; str_contains($texts, (string) $code); $code++);
        return (string) $code;
    }
}
