<?php

/**
 * The audit of everybody, searched: a page that shows it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Act;
use TwoFactorModule\Extension;
use TwoFactorModule\Permission;

final class EventsExtension extends Extension
{
    public function adminPages(): array
    {
        return ['events' => EventsPage::class];
    }

    public function seenBy(): array
    {
        return ['events' => [Permission::Audit]];
    }

    public function acts(): array
    {
        return [
            'events-filter-save' => Act::ofOwn(EventsPage::class, 'saveFilter', 'events'),
            'events-filter-remove' => Act::ofOwn(EventsPage::class, 'removeFilter', 'events'),
        ];
    }
}
