<?php

/**
 * Leaving for good: everything the extension keeps for this site, the key that was made on the module's page, and what
 * version 3 left. Afterwards the site is as one where the second factor was never set up, and the module can be
 * uninstalled.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Removal
{
    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly FormerVersion $formerVersion,
        private readonly NewPassword $newPassword,
    ) {
    }

    /**
     * @return list<string> files that are still there and hold secrets
     * @throws Unverifiable
     */
    public function everything(Actor $actor): array
    {
        $left = $this->verification->removeSite($actor->by, $actor->grant);
        $this->verification->forget();
        $key = $this->settings->keyFileMadeHere();
        if ($key !== '' && is_file($key) && !@unlink($key)) {
            $left[] = $key;
        }
        if ($this->formerVersion->holdsSecrets()) {
            $this->formerVersion->remove();
        }
        $this->newPassword->forgetAll();
        $this->settings->forgetEverything();
        $this->host->log('log_removed_for_good');
        return $left;
    }
}
