<?php

/**
 * What the module puts into the site and takes out again. Every step may be repeated.
 *
 * The site id and the path of the key file stay behind on removal: without them the accounts in the
 * extension's store could not be read by a later installation.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\Denied;

final class Installation
{
    private const OWN_EVENTS = ['BeforeVerification', 'AfterVerificationSuccess', 'AfterVerificationFail'];

    /** Accounts that are looked at at once. */
    private const AT_ONCE = 100;

    public function __construct(
        private readonly \TwoFactor $module,
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly Emergency $emergency,
        private readonly Administrator $administrator,
        private readonly Access $access,
        private readonly FormerVersion $formerVersion,
        private readonly NewPassword $newPassword,
    ) {
    }

    /** False when done, a text when installation is refused. */
    public function install(): string|false
    {
        if (Verification::misfit() !== null) {
            return $this->module->Lang('extension_misfit', Verification::misfit(), \TwoFactor::VERSION);
        }
        if (!Verification::isLoaded()) {
            return $this->module->Lang('install_no_extension');
        }
        if (!$this->isFolderWritable()) {
            [$folder, $user] = [$this->folder(), Host::systemUser()];
            return $this->module->Lang('install_folder', $folder, $user, $user, $folder);
        }
        $this->settings->site();
        if ($this->settings->hasKey()) {
            try {
                $this->verification->verifier();
            } catch (Unverifiable $reason) {
                return $this->module->Lang('install_refused', $reason->getMessage());
            }
        }
        $this->arrange();
        if (!$this->verification->isPending()) {
            $this->sessions->admitWhoSetsUp();
        }
        return false;
    }

    /**
     * After installing, the engine writes moduleinfo.ini into the module's folder and throws where it may not, when
     * the module is in its table already. So it is looked at before.
     */
    public function isFolderWritable(): bool
    {
        $info = $this->folder() . '/moduleinfo.ini';
        return is_writable($this->folder()) && (!file_exists($info) || (is_file($info) && is_writable($info)));
    }

    private function folder(): string
    {
        return rtrim((string) $this->module->GetModulePath(), '/\\');
    }

    /**
     * Completes an installation that broke off: the engine has the module in its table, and what the module puts
     * into the site may be missing.
     */
    public function complete(): void
    {
        if ($this->host->preference('arranged') !== $this->module->GetVersion()) {
            $this->settings->site();
            $this->arrange();
        }
    }

    public function upgrade(string $from): void
    {
        if (version_compare($from, '4.0.0') < 0) {
            $this->takeOver();
        }
        $this->settings->site();
        $this->arrange();
    }

    /** What the engine does for an upgrade, without the file that it writes last. False when it did not come about. */
    public function upgradeInPlace(string $from): bool
    {
        $this->upgrade($from);
        $this->host->database->execute(
            'UPDATE ' . CMS_DB_PREFIX . 'modules SET version = ?, active = 1, admin_only = ?, allow_fe_lazyload = ?,'
            . ' allow_admin_lazyload = ? WHERE module_name = ?',
            [$this->module->GetVersion(), 0, 0, 0, $this->module->GetName()],
        );
        $row = $this->host->database->row(
            'SELECT version FROM ' . CMS_DB_PREFIX . 'modules WHERE module_name = ?',
            [$this->module->GetName()],
        );
        if (($row['version'] ?? '') !== $this->module->GetVersion()) {
            return false;
        }
        \CmsApp::get_instance()->clear_cached_files();
        $this->host->log('log_upgraded_in_place', [$this->folder(), Host::systemUser()]);
        return true;
    }

    /**
     * Uninstalling takes the second factor of everybody, so it needs what any act on others needs. The engine shows
     * the text of an exception; a returned text it does not survive.
     *
     * @throws \RuntimeException
     */
    public function uninstall(): void
    {
        $objection = $this->objection();
        if ($objection !== '') {
            throw new \RuntimeException($this->module->Lang($objection));
        }
        $this->endSessions();
        foreach (Listeners::LOADING_EVENTS as $event) {
            $this->module->RemoveEventHandler('Core', $event);
        }
        foreach (self::OWN_EVENTS as $event) {
            $this->module->RemoveEvent($event);
        }
        $this->module->RemovePermission(Permission::Manage->value);
        $this->module->RemovePermission(\TwoFactor::OWN);
        $this->host->removePreference('arranged');
        $this->host->removePreference('ready');
        $this->host->removePreference('notices_looked');
        $this->host->removePreference('store_marked');
        $this->newPassword->forgetAll();
        $this->settings->forgetReset();
    }

    /** While the module is away nobody is told of sign-outs: a later installation begins without sessions. */
    private function endSessions(): void
    {
        if ($this->verification->isPending()) {
            return;
        }
        [$actor, $reason] = [$this->administrator->actor(), Reason::Uninstalled->value];
        try {
            $this->verification->endAllSessions(...$actor, reason: $reason);
        } catch (Denied) {
            // Nobody has a factor, so no proof is needed for any of them.
            foreach ($this->host->users->userIds() as $id) {
                $this->verification->endSessions((string) $id, null, ...$actor, reason: $reason);
            }
        } catch (Unverifiable) {
            // By the emergency setting, while the store is away: it is told when a later installation opens it.
            array_map($this->verification->owe(...), $this->host->users->userIds());
        }
    }

    /**
     * Why whoever is signed in may not take the second factor of everybody; '' when they may. Rules would end with it: they
     * are taken back first, by whoever may do that.
     */
    public function objection(): string
    {
        if ($this->verification->isPending() || $this->emergency->isActive()) {
            return '';
        }
        try {
            if ($this->isAnybodyEnrolled()) {
                $actor = $this->administrator->actor();
                $this->verification->assertOperator($actor->by, $actor->grant);
            }
            return $this->verification->enforcement() === null ? '' : 'uninstall_rules';
        } catch (Denied | Unverifiable) {
            return 'uninstall_prove';
        }
    }

    /** Looks no further than to the first who is. Who cannot be read is, too. */
    private function isAnybodyEnrolled(): bool
    {
        $after = null;
        do {
            $page = [...$this->verification->accounts(limit: self::AT_ONCE, after: $after)];
            foreach ($page as $account) {
                if ($account->isEnrolled()) {
                    return true;
                }
                $after = $account->userId();
            }
        } while (count($page) === self::AT_ONCE);
        return false;
    }

    private function arrange(): void
    {
        $this->module->CreatePermission(Permission::Manage->value, $this->module->Lang('permission_manage'));
        $this->module->CreatePermission(\TwoFactor::OWN, $this->module->Lang('permission_use'));
        if ($this->host->preference('arranged') === '') {
            // Afterwards it is the site's to say, also over an upgrade.
            $this->access->welcomeAll();
        }
        foreach (Listeners::LOADING_EVENTS as $event) {
            \Events::CreateEvent('Core', $event);
            $this->module->AddEventHandler('Core', $event, false);
        }
        foreach (self::OWN_EVENTS as $event) {
            $this->module->CreateEvent($event);
        }
        $this->formerVersion->look();
        $this->host->setPreference('arranged', $this->module->GetVersion());
    }

    /**
     * From 3.0.0, which asked after the cookie had been given (LoginPost). Its secrets are plain text and
     * stay where they are: users enrol anew.
     */
    private function takeOver(): void
    {
        $this->module->RemoveEventHandler('Core', 'LoginPost');
        $this->module->RemoveSmartyPlugin();
        $this->host->database->execute(
            'DELETE FROM ' . CMS_DB_PREFIX . 'module_deps WHERE child_module = ? AND parent_module = ?',
            ['TwoFactor', 'CMSMSExt'],
        );
        $this->host->log('log_taken_over');
    }
}
