<?php

/**
 * The audit of everybody, searched: a page that shows it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Extension;

final class EventsExtension extends Extension
{
    public function adminPages(): array
    {
        return ['events' => EventsPage::class];
    }
}
