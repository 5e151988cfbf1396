<?php

/** A set-up does not go on: which page says so, and why. */

declare(strict_types=1);

namespace TwoFactorModule;

final class SetUpRefused extends \RuntimeException
{
    /**
     * @param ?Kept $at the set-up whose page shows it; null: that on which a set-up is begun
     * @param string $problem the key of a text
     */
    public function __construct(public readonly ?Kept $at, public readonly string $problem, ?\Throwable $why = null)
    {
        parent::__construct($problem, 0, $why);
    }
}
