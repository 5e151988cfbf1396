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

    /** @return array{method: string, to: string, until: int, again: int} to be kept */
    public static function of(Delivery $delivery): array
    {
        return [
            'method' => $delivery->method()->value,
            'to' => $delivery->maskedDestination(),
            'until' => $delivery->expiresAt()->getTimestamp(),
            'again' => $delivery->resendAt()->getTimestamp(),
        ];
    }

    /** Null when there is none that is still good. */
    public static function fromKept(mixed $kept): ?self
    {
        return is_array($kept) && $kept['until'] > time()
            ? new self(Method::from($kept['method']), $kept['to'], $kept['until'], $kept['again'])
            : null;
    }

    /** Seconds until another one may be asked for. The extension decides; this is for showing. */
    public function wait(): int
    {
        return max(0, $this->again - time());
    }
}
