<?php

/**
 * An address or number that waits for its code, as this session began it. The number stays on the server, so
 * that another code can be sent; pages show it masked.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Method;
use TwoFactor\User;

final class PendingContact
{
    private const KEY = 'twofactor_contact';
    /** As long as the extension keeps it. */
    private const LIFETIME = 1800;

    private function __construct(
        public readonly Method $method,
        #[\SensitiveParameter] private readonly string $number,
        private readonly ?string $region,
        public readonly ?SentCode $sent,
    ) {
    }

    public static function address(): self
    {
        return new self(Method::Email, '', null, null);
    }

    public static function number(#[\SensitiveParameter] string $number, ?string $region, Method $method): self
    {
        return new self($method, $number, $region, null);
    }

    public static function current(int $userId): ?self
    {
        $kept = $_SESSION[self::KEY] ?? null;
        if (!is_array($kept) || $kept['user'] !== $userId || $kept['since'] < time() - self::LIFETIME) {
            return null;
        }
        $method = Method::from($kept['method']);
        return new self($method, $kept['number'], $kept['region'], SentCode::fromKept($kept['sent']));
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }

    /** Whether both are the same address or number, reached the same way. */
    public function isLike(self $other): bool
    {
        return [$this->method, $this->number, $this->region] === [$other->method, $other->number, $other->region];
    }

    /**
     * Sends a code and keeps what it was sent to.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws \TwoFactor\Exception\InvalidPhoneNumber
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function send(Codes $codes, User $person, #[\SensitiveParameter] ?string $grant): self
    {
        $sent = $this->method === Method::Email
            ? $codes->toAddress($person, $grant)
            : $codes->toNumber($person, $this->number, $this->region, $this->method, $grant);
        $_SESSION[self::KEY] = [
            'user' => (int) $person->id(),
            'method' => $this->method->value,
            'number' => $this->number,
            'region' => $this->region,
            'sent' => $sent->kept(),
            'since' => time(),
        ];
        return new self($this->method, $this->number, $this->region, $sent);
    }
}
