<?php

/**
 * What a page has to say of what was asked for: what is wrong, and what the extension says of it, or what was done.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Notice
{
    /**
     * @param string $detail in English, for who runs the server
     * @param list<array{text: string, is_ours: bool}> $findings of a check
     * @param string $failed the provider that was tried out in vain
     * @param string $done the key of what is said after a redirect
     * @param string $page a whole page, where nothing is left of the one that the form was on
     */
    private function __construct(
        public readonly string $problem = '',
        public readonly string $detail = '',
        public readonly string $message = '',
        public readonly array $findings = [],
        public readonly string $failed = '',
        public readonly string $done = '',
        public readonly string $page = '',
    ) {
    }

    public static function none(): self
    {
        return new self();
    }

    /** @param list<array{text: string, is_ours: bool}> $findings */
    public static function problem(string $problem, string $detail = '', array $findings = [], string $failed = ''): self
    {
        return new self($problem, $detail, findings: $findings, failed: $failed);
    }

    /** @param list<array{text: string, is_ours: bool}> $findings */
    public static function done(string $message, array $findings = []): self
    {
        return new self(message: $message, findings: $findings);
    }

    /** It was done: the page that the form was on is asked for anew, and says so. */
    public static function redirect(string $key): self
    {
        return new self(done: $key);
    }

    public static function page(string $html): self
    {
        return new self(page: $html);
    }
}
