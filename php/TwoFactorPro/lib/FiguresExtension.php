<?php

/**
 * Figures: a page with what happened on the site and who has which factor, and what keeps them up to date.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Extension;
use TwoFactorModule\Permission;
use TwoFactorModule\Verification;

final class FiguresExtension extends Extension
{
    /** Seconds that counting may take at once where nobody waits. */
    private const AT_ONCE = 5;

    public function __construct(private readonly Verification $verification)
    {
    }

    public function adminPages(): array
    {
        return ['figures' => FiguresPage::class];
    }

    public function seenBy(): array
    {
        return ['figures' => [Permission::Premium]];
    }

    /** Where the engine's tasks do not run. */
    public function everyHour(): void
    {
        self::refresh($this->verification);
    }

    /** Goes on counting until nothing is left, or for a while. What fails here is seen by whoever looks at the page. */
    public static function refresh(Verification $verification): void
    {
        $end = microtime(true) + self::AT_ONCE;
        $verification->quietly(static function () use ($verification, $end): void {
            try {
                while (!$verification->isPending() && !$verification->refreshFigures() && microtime(true) < $end);
            } catch (\Throwable) {
                // No licence, or no store.
            }
        });
    }
}
