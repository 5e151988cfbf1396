<?php

declare(strict_types=1);

namespace TwoFactorTests;

/** A telephone number: the messages and calls that the provider for development wrote down instead. */
final class Handset
{
    public function __construct(private readonly string $file, public readonly string $number)
    {
    }

    /** @return list<array{at: int, channel: string, to: string, locale: string, code: string, text: string}> */
    public function messages(): array
    {
        $all = is_file($this->file) ? array_map(static fn (string $line): array => json_decode($line, true), file($this->file)) : [];
        $number = str_replace(' ', '', $this->number);
        return array_values(array_filter($all, static fn (array $message): bool => $message['to'] === $number));
    }

    /** @return array{at: int, channel: string, to: string, locale: string, code: string, text: string} */
    public function last(): array
    {
        $messages = $this->messages();
        return end($messages) ?: throw new \RuntimeException("nothing came to {$this->number}");
    }

    public function code(): string
    {
        return $this->last()['code'];
    }

    /** A code that was never sent here. */
    public function wrong(): string
    {
        $sent = array_column($this->messages(), 'code');
        for ($code = 123456; in_array((string) $code, $sent, true); $code++);
        return (string) $code;
    }
}
