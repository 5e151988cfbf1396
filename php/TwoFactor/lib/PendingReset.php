<?php

/**
 * Somebody who does not know their password, on the way to a new one. Kept in the session, on the server: what was asked
 * for, whom it is for and what was proven cannot be said by a request. A name that nobody has is kept like any other;
 * what tells them apart is in the extension's token, which says so to nobody.
 *
 *   named ── a code was asked for ── proven by a code ── new password set
 *
 * For how long each step is good the extension says. Nothing of it is a login.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class PendingReset
{
    private const KEY = 'twofactor_reset';

    /**
     * @param string $token of the form
     * @param string $method by which they are reached, for other modules that hear of the check
     * @param string $standing of the user when it began
     */
    private function __construct(
        public readonly string $name,
        public readonly string $token,
        #[\SensitiveParameter] public readonly string $reset = '',
        public readonly int $userId = 0,
        public readonly string $method = '',
        private readonly string $standing = '',
        #[\SensitiveParameter] public readonly string $proof = '',
    ) {
    }

    /** Anew for another name; the same name goes on where it was, unless it was proven. */
    public static function begin(string $name): self
    {
        $before = self::current();
        return $before?->name === $name && $before->proof === '' ? $before : (new self($name, bin2hex(random_bytes(16))))->kept();
    }

    public static function current(): ?self
    {
        $kept = $_SESSION[self::KEY] ?? null;
        return is_array($kept) ? new self(...$kept) : null;
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }

    public function isAnsweredBy(Input $form): bool
    {
        return hash_equals($this->token, $form->text('token'));
    }

    /** A code was asked for; for a user, in these circumstances. */
    public function asked(#[\SensitiveParameter] string $reset, int $userId, string $method, string $standing): self
    {
        return (new self($this->name, $this->token, $reset, $userId, $method, $standing))->kept();
    }

    /** The code was right. The token of the form is a new one, for whoever proved it. */
    public function proven(#[\SensitiveParameter] string $proof): self
    {
        $token = bin2hex(random_bytes(16));
        return (new self($this->name, $token, '', $this->userId, '', $this->standing, $proof))->kept();
    }

    /** Whether password, groups and state of the user are still those of the beginning. */
    public function standsWith(string $standing): bool
    {
        return $standing !== '' && hash_equals($this->standing, $standing);
    }

    private function kept(): self
    {
        $_SESSION[self::KEY] = get_object_vars($this);
        return $this;
    }
}
