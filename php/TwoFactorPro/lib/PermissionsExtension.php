<?php

/**
 * The finer permissions: which part of Site Admin, Two-factor, somebody has who need not have all of it. They come with this
 * module, and count while a licence does; until then there is `manage_twofactor` alone, which nothing here touches.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\LicenceState;
use TwoFactorModule\Extension;
use TwoFactorModule\Permission;
use TwoFactorModule\Unverifiable;
use TwoFactorModule\Verification;

final class PermissionsExtension extends Extension
{
    public function __construct(private readonly Verification $verification)
    {
    }

    public function permissions(): array
    {
        try {
            $counts = !$this->verification->isPending()
                && in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true);
        } catch (Unverifiable) {
            // The page of whoever needs none of them says so.
            $counts = false;
        }
        return $counts ? Permission::FINER : [];
    }
}
