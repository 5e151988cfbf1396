<?php

/**
 * Whoever is signed in, as one who acts on others. The one place that says who they are: by their id, which nobody chooses.
 * The extension takes whoever acts for the user themselves where both are the same text, and a name may be anybody's id.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

final class Administrator
{
    /** Where nobody is signed in; it has spaces, and so no id. */
    public const NOBODY = 'CMS Made Simple';

    public function __construct(private readonly Host $host, private readonly StepUp $stepUp)
    {
    }

    public function by(): string
    {
        return (string) ($this->host->session->loggedInId() ?? self::NOBODY);
    }

    public function actor(): Actor
    {
        $id = $this->host->session->loggedInId();
        return new Actor($this->by(), $id === null ? null : $this->stepUp->grant($id), Client::fromGlobals());
    }
}
