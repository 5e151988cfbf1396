<?php

/**
 * Whoever is signed in, as one who acts on others: their name and address for the audit, and their fresh proof. With a
 * proof the extension knows them by their id.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

final class Administrator
{
    public function __construct(private readonly Host $host, private readonly StepUp $stepUp)
    {
    }

    public function grant(): ?string
    {
        $id = $this->host->session->loggedInId();
        return $id === null ? null : $this->stepUp->grant($id);
    }

    public function client(): Client
    {
        return Client::fromGlobals();
    }

    public function by(): string
    {
        $id = $this->host->session->loggedInId();
        if ($id === null) {
            return 'CMS Made Simple';
        }
        $name = $this->host->users->userName($id);
        // A name of digits would be read as somebody else's id.
        return $this->stepUp->grant($id) !== null || ctype_digit($name) ? (string) $id : $name;
    }
}
