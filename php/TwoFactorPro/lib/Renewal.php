<?php

/**
 * Renews the licence by the engine's tasks, which run in requests of their own: no page waits for it, and no sign-in; and
 * keeps the figures up to date. Every
 * hour it asks the extension, which asks the gateway if that is due, at most once an hour for all servers of a site.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

final class Renewal implements \CmsRegularTask
{
    private const LAST = 'TwoFactorPro_renewed';
    private const INTERVAL = 3600;

    public function get_name()
    {
        return 'TwoFactorPro: licence';
    }

    public function get_description()
    {
        return 'Renews the licence of TwoFactorPro';
    }

    /** In whichever request the engine looks for tasks: it asks nobody, and no store. */
    public function test($time = '')
    {
        $last = (int) \cms_siteprefs::get(self::LAST, '0');
        $now = (int) ($time ?: time());
        return $last > $now || $now - $last >= self::INTERVAL;
    }

    /** @return bool true: what came of it health says, and another try now would not change it */
    public function execute($time = '')
    {
        \cms_siteprefs::set(self::LAST, (string) ((int) ($time ?: time())));
        $free = \cms_utils::get_module('TwoFactor');
        if ($free instanceof \TwoFactor) {
            $verification = $free->services()->get(\TwoFactorModule\Verification::class);
            $verification->quietly(static function () use ($verification): void {
                try {
                    $verification->isPending() || $verification->renewLicence();
                } catch (\Throwable) {
                    // No licence, or no store: neither is a reason for the engine to try again at once.
                }
            });
            FiguresExtension::refresh($verification);
        }
        return true;
    }

    public function on_success($time = '')
    {
    }

    public function on_failure($time = '')
    {
    }
}
