<?php

/**
 * Users by what their account is, and one act on many of them.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Act;
use TwoFactorModule\Extension;

final class PeopleExtension extends Extension
{
    public function adminPages(): array
    {
        return ['people' => PeoplePage::class, 'people-progress' => LongActPage::class];
    }

    public function acts(): array
    {
        return [
            'people-look' => Act::look(PeoplePage::class, 'look', 'people'),
            'people-filter-save' => Act::ofOwn(PeoplePage::class, 'saveFilter', 'people'),
            'people-filter-remove' => Act::ofOwn(PeoplePage::class, 'removeFilter', 'people'),
            'people-act' => Act::onAll(PeoplePage::class, 'act', 'people', needsReason: true),
            'people-go-on' => Act::onAll(LongActPage::class, 'goOn', 'people-progress', needsReason: true),
            'people-stop' => Act::ofOwn(LongActPage::class, 'stop', 'people-progress'),
        ];
    }
}
