<?php

/**
 * Somebody who does not know their password, on the way to a new one. Kept in the session, on the server: whom
 * it is for, what was proven and in which circumstances cannot be said by a request. It is the same for a name
 * that nobody has, only without a challenge, so that nothing but a right code tells the two apart.
 *
 *   named ── a code was asked for ── proven by a code ── new password set
 *
 * Each step has a quarter of an hour. Nothing of it is a login.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Method;

final class PendingReset
{
    private const KEY = 'twofactor_reset';
    private const LIFETIME = 900;
    /** Wrong codes before one has to start over. The extension's own limits are narrower and decide. */
    private const TRIES = 5;

    private function __construct(
        public readonly string $name,
        public readonly string $token,
        public readonly int $userId = 0,
        #[\SensitiveParameter] public readonly string $challenge = '',
        public readonly ?Method $method = null,
        public readonly bool $isAsked = false,
        private readonly string $standing = '',
        private readonly ?int $epoch = null,
        private readonly int $wrong = 0,
    ) {
    }

    /** Anew for another name; the same name goes on where it was, unless it was proven. */
    public static function begin(string $name): self
    {
        $before = self::current();
        return $before?->name === $name && !$before->isProven()
            ? $before
            : (new self($name, bin2hex(random_bytes(16))))->kept();
    }

    public static function current(): ?self
    {
        $kept = $_SESSION[self::KEY] ?? null;
        if (!is_array($kept) || !Recent::is((int) ($kept['since'] ?? 0), self::LIFETIME)) {
            self::forget();
            return null;
        }
        return new self(
            (string) $kept['name'],
            (string) $kept['token'],
            (int) $kept['user'],
            (string) $kept['challenge'],
            Method::tryFrom((string) $kept['method']),
            (bool) $kept['asked'],
            (string) $kept['standing'],
            $kept['epoch'] === null ? null : (int) $kept['epoch'],
            (int) $kept['wrong'],
        );
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }

    public function isAnsweredBy(string $token): bool
    {
        return hash_equals($this->token, $token);
    }

    /** A code was asked for, and there is nobody to send it to. */
    public function forNobody(): self
    {
        return (new self($this->name, $this->token, isAsked: true, wrong: $this->wrong))->kept();
    }

    /** A code was asked for, for this user in these circumstances. */
    public function forUser(
        int $userId,
        #[\SensitiveParameter] string $challenge,
        Method $method,
        string $standing,
    ): self {
        return (new self(
            $this->name,
            $this->token,
            $userId,
            $challenge,
            $method,
            true,
            $standing,
            wrong: $this->wrong,
        ))->kept();
    }

    public function afterWrongCode(): self
    {
        return (new self(
            $this->name,
            $this->token,
            $this->userId,
            $this->challenge,
            $this->method,
            true,
            $this->standing,
            wrong: $this->wrong + 1,
        ))->kept();
    }

    public function isUsedUp(): bool
    {
        return $this->wrong >= self::TRIES;
    }

    /** The code was right. The token is a new one, for whoever proved it. */
    public function afterProof(int $epoch): self
    {
        return (new self(
            $this->name,
            bin2hex(random_bytes(16)),
            $this->userId,
            isAsked: true,
            standing: $this->standing,
            epoch: $epoch,
        ))->kept();
    }

    public function isProven(): bool
    {
        return $this->epoch !== null;
    }

    /**
     * Whether what was proven still counts: password, groups and state of the user are those of the beginning,
     * so that of two resets only one comes through, and no factor was changed since.
     */
    public function standsWith(string $standing, int $epoch): bool
    {
        return $this->epoch === $epoch && $standing !== '' && hash_equals($this->standing, $standing);
    }

    private function kept(): self
    {
        $_SESSION[self::KEY] = [
            'name' => $this->name,
            'token' => $this->token,
            'user' => $this->userId,
            'challenge' => $this->challenge,
            'method' => (string) $this->method?->value,
            'asked' => $this->isAsked,
            'standing' => $this->standing,
            'epoch' => $this->epoch,
            'wrong' => $this->wrong,
            'since' => time(),
        ];
        return $this;
    }
}
