<?php

/**
 * The licence: its page, which is the first of those that this module adds.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Act;
use TwoFactorModule\Extension;
use TwoFactorModule\Extensions;
use TwoFactorModule\Permission;

final class LicenceExtension extends Extension
{
    public function adminPages(): array
    {
        return [Extensions::FIRST => LicencePage::class];
    }

    public function seenBy(): array
    {
        return [Extensions::FIRST => [Permission::Premium]];
    }

    public function acts(): array
    {
        return [
            'licence-enter' => Act::onAll(LicencePage::class, 'enter', Extensions::FIRST)->by(Permission::Premium),
            'licence-forget' => Act::onAll(LicencePage::class, 'forget', Extensions::FIRST)->by(Permission::Premium),
            'licence-grace' => Act::onAll(LicencePage::class, 'setGrace', Extensions::FIRST)->by(Permission::Premium),
            // Whoever may see the page may ask how it stands: the extension asks at most once a minute.
            'licence-renew' => Act::look(LicencePage::class, 'renew', Extensions::FIRST),
        ];
    }

    /** Where the engine's tasks do not run. */
    public function everyHour(): void
    {
        $renewal = new Renewal();
        $renewal->test() && $renewal->execute();
    }
}
