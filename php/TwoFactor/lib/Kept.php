<?php

/**
 * What a session keeps for a user of something they have begun: tokens of the extension, and what pages say of it. On the
 * server, and for nobody else who signs in with this browser.
 */

declare(strict_types=1);

namespace TwoFactorModule;

enum Kept: string
{
    case Grant = 'twofactor_grant';
    case StepUp = 'twofactor_step_up';
    /** The set-up of an authenticator app. */
    case App = 'twofactor_setup';
    /** The set-up of a number or an address. */
    case Destination = 'twofactor_destination';
    /** Codes that came with a set-up that ended a sign-in, until they are shown. */
    case Codes = 'twofactor_codes';
    /** How far the accounts of a large site are counted. */
    case Count = 'twofactor_count';
    /** How far it was looked at what rules would do to whom. */
    case Foresight = 'twofactor_foresight';
    /** The text for a question, until it is handed out as a file. */
    case Support = 'twofactor_support';

    /** @param array<string, mixed> $values */
    public function put(int $userId, #[\SensitiveParameter] array $values): void
    {
        $_SESSION[$this->value] = ['user' => $userId] + $values;
    }

    /** @return array<string, mixed>|null */
    public function of(int $userId): ?array
    {
        $kept = $_SESSION[$this->value] ?? null;
        return is_array($kept) && $kept['user'] === $userId ? $kept : null;
    }

    public function forget(): void
    {
        unset($_SESSION[$this->value]);
    }
}
