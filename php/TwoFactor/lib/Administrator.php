<?php

/**
 * Whoever is signed in, as one who acts on others. With a fresh proof the extension knows them by their id.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

final class Administrator
{
    public function __construct(private readonly Host $host, private readonly StepUp $stepUp)
    {
    }

    public function actor(): Actor
    {
        $id = $this->host->session->loggedInId();
        $grant = $id === null ? null : $this->stepUp->grant($id);
        $name = $id === null ? 'CMS Made Simple' : $this->host->users->userName($id);
        // A name of digits would be read as somebody else's id.
        $by = $grant !== null || ($id !== null && ctype_digit($name)) ? (string) $id : $name;
        return new Actor($by, $grant, Client::fromGlobals());
    }
}
