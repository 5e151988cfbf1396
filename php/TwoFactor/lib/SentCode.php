<?php

/**
 * That a code is on its way: what a page may say about it. Kept in the session; the code itself is not.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Delivery;
use TwoFactor\Method;

final class SentCode
{
    private function __construct(
        public readonly Method $method,
        public readonly string $to,
        public readonly int $until,
        public readonly int $again,
    ) {
    }

    public static function of(Delivery $delivery): self
    {
        return new self(
            $delivery->method(),
            $delivery->maskedDestination(),
            $delivery->expiresAt()->getTimestamp(),
            $delivery->resendAt()->getTimestamp(),
        );
    }

    /** @return array{method: string, to: string, until: int, again: int} */
    public function kept(): array
    {
        return [
            'method' => $this->method->value,
            'to' => $this->to,
            'until' => $this->until,
            'again' => $this->again,
        ];
    }

    public static function fromKept(mixed $kept): ?self
    {
        $method = is_array($kept) ? Method::tryFrom((string) ($kept['method'] ?? '')) : null;
        return $method === null
            ? null
            : new self($method, (string) $kept['to'], (int) $kept['until'], (int) $kept['again']);
    }

    public function isGood(): bool
    {
        return $this->until > time();
    }

    /** Seconds until another one may be asked for. The extension decides; this is for showing. */
    public function wait(): int
    {
        return max(0, $this->again - time());
    }
}
