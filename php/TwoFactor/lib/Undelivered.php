<?php

/**
 * No code went out, whoever made it does not answer, or another module refuses to have it checked, and nobody is to
 * blame who asked. Says what to tell them, and nothing else: neither a message nor a cause, for a mailer's fault may
 * hold the mail.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Undelivered extends \RuntimeException
{
    /** @param string $key of a text */
    public function __construct(public readonly string $key)
    {
        parent::__construct('Not this way now.');
    }
}
