<?php

/**
 * The front end believes the same login cookie, without even comparing the password, and modules with tags
 * let it act there (file uploads, for one). A cookie that does not count is taken out of the request before
 * anybody looks: the page is shown as to a stranger.
 *
 * Two looks: when the module is loaded there is only the cookie, the session comes shortly before the page
 * is rendered. LoginOperations must not be asked before that is decided, not even by a line in the admin
 * log, because it remembers its answer: so the login is withheld meanwhile. If somebody was faster, the
 * request ends.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;

final class FrontEndGuard
{
    public function __construct(
        private readonly Host $host,
        private readonly Sessions $sessions,
        private readonly Emergency $emergency,
    ) {
    }

    public function start(): void
    {
        $this->check();
        HookManager::add_hook('Core::ContentPreRender', function (): void {
            $this->check();
        }, HookManager::PRIORITY_HIGH);
    }

    private function check(): void
    {
        $credential = $this->host->cookie->credential();
        if ($credential === null) {
            return;
        }
        $putBack = $this->host->cookie->withhold();
        if ($this->counts($credential)) {
            $putBack();
        } elseif ($this->host->session->loggedInId() !== null) {
            // A module that was loaded before this one has asked, and the engine does not unlearn its answer.
            $this->host->session->deauthenticate();
            $this->host->pages->redirect($this->host->pages->rootUrl());
        }
    }

    private function counts(#[\SensitiveParameter] string $credential): bool
    {
        $userId = EngineCookie::claimedUserId($credential);
        try {
            return $userId === null || $this->emergency->isActive() || $this->sessions->counts($credential, $userId);
        } catch (\Throwable) {
            return false;
        }
    }
}
