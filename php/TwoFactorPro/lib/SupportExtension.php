<?php

/**
 * The text that is attached to a question: a page that makes it, shows it and hands it out.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Act;
use TwoFactorModule\Extension;

final class SupportExtension extends Extension
{
    public function adminPages(): array
    {
        return ['support' => SupportPage::class];
    }

    public function acts(): array
    {
        return [
            'support-make' => Act::onAll(SupportPage::class, 'make', 'support'),
            'support-file' => Act::onAll(SupportPage::class, 'hand', 'support'),
        ];
    }
}
