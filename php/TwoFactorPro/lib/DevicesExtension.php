<?php

/**
 * Browsers that people trust: their own page, that of whoever may manage them, and for how long it is. The box and the cookie are at the sign-in,
 * in TwoFactor. Where no browser may be trusted there is nothing of it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Act;
use TwoFactorModule\Extension;
use TwoFactorModule\Permission;
use TwoFactorModule\Verification;

final class DevicesExtension extends Extension
{
    public function __construct(private readonly Verification $verification)
    {
    }

    public function adminPages(): array
    {
        return ['devices' => DevicesPage::class];
    }

    public function ownPages(): array
    {
        return $this->isOffered() ? ['devices' => OwnDevices::class] : [];
    }

    public function userPages(): array
    {
        return $this->isOffered() ? ['user-devices' => UserDevices::class] : [];
    }

    public function seenBy(): array
    {
        return ['devices' => [Permission::Settings], 'user-devices' => [Permission::Manage, Permission::Help]];
    }

    public function acts(): array
    {
        return [
            'device-days' => Act::onAll(DevicesPage::class, 'setDays', 'devices')->by(Permission::Settings),
            'end-user-device' => Act::onUser(UserDevices::class, 'endOne', 'user-devices')->by(Permission::Help),
            'end-user-devices' => Act::onUser(UserDevices::class, 'endAll', 'user-devices', needsReason: true)->by(Permission::Help),
        ];
    }

    private function isOffered(): bool
    {
        return $this->verification->deviceDays() > 0;
    }
}
