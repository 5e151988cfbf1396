<?php

/**
 * Rules about networks and guessing: a page that shows them. They are settings of the server's, so nothing here changes them.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Extension;
use TwoFactorModule\Permission;

final class NetworksExtension extends Extension
{
    public function adminPages(): array
    {
        return ['networks' => NetworksPage::class];
    }

    public function seenBy(): array
    {
        return ['networks' => [Permission::Settings]];
    }
}
