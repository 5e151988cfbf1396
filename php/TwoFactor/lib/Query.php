<?php

/**
 * The parameters of a page that is looked at. The engine hands them on with entities for special letters.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Query extends Input
{
    /** @param array<string, mixed> $fields */
    public function __construct(private readonly array $fields)
    {
    }

    public function text(string $field): string
    {
        $value = $this->fields[$field] ?? '';
        return is_scalar($value) ? trim(html_entity_decode((string) $value, ENT_QUOTES)) : '';
    }
}
