<?php

/**
 * Rules of who is asked for which second factor: their page, a dry run, and the suggestion after a sign-in. What they say
 * is decided by the extension at every sign-in, with or without this module.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Verified;
use TwoFactorModule\Access;
use TwoFactorModule\Act;
use TwoFactorModule\Extension;
use TwoFactorModule\Permission;

final class EnforcementExtension extends Extension
{
    private const PAGE = 'enforcement';

    public function __construct(private readonly Foresight $foresight, private readonly Access $access)
    {
    }

    public function adminPages(): array
    {
        return [self::PAGE => EnforcementPage::class];
    }

    public function ownPages(): array
    {
        return [Encouragement::NAME => Encouragement::class];
    }

    public function seenBy(): array
    {
        return [self::PAGE => [Permission::Settings]];
    }

    public function acts(): array
    {
        return [
            'enforcement-set' => Act::onAll(EnforcementPage::class, 'set', self::PAGE, needsReason: true)->by(Permission::Settings),
            'enforcement-remove' => Act::onAll(EnforcementPage::class, 'remove', self::PAGE, needsReason: true)->by(Permission::Settings),
            'enforcement-try' => Act::look(EnforcementPage::class, 'tryOut', self::PAGE),
        ];
    }

    public function afterSignIn(\User $user, ?Verified $proof): ?string
    {
        // Whom My Preferences refuse could neither follow it nor put it off.
        return $this->access->owns((int) $user->id) && $this->foresight->isEncouraged($user) ? Encouragement::NAME : null;
    }
}
