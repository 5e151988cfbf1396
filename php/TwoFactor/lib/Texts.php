<?php

/**
 * The language file as templates see it: every key is a property.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Texts
{
    public function __construct(private readonly \TwoFactor $module)
    {
    }

    public function __get(string $key): string
    {
        return $this->module->words($key);
    }

    public function __isset(string $key): bool
    {
        return true;
    }
}
