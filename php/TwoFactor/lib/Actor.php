<?php

/**
 * Who acts on others, as the extension asks for it: a name or an id for the audit, a fresh proof, and where from. Spread
 * into a call (`...$actor`) it is the arguments of these names.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

/** @implements \IteratorAggregate<string, string|Client|null> */
final class Actor implements \IteratorAggregate
{
    public function __construct(
        public readonly string $by,
        #[\SensitiveParameter] public readonly ?string $grant = null,
        public readonly ?Client $client = null,
    ) {
    }

    public function getIterator(): \Iterator
    {
        return new \ArrayIterator(['by' => $this->by, 'grant' => $this->grant, 'client' => $this->client]);
    }

    /** Whoever uses the server's command line, who is asked for no proof: by the name they have there. */
    public static function onServer(): self
    {
        return new self(getenv('SUDO_USER') ?: Host::systemUser());
    }
}
