<?php

/**
 * Nobody can be verified now: extension, key or store is missing. The message is for the operator
 * and never shown to a person who signs in.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Unverifiable extends \RuntimeException
{
}
