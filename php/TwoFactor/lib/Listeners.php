<?php

/**
 * Where the module hangs in the engine. Closures, because the hook manager tells handlers apart by object;
 * none returns anything, because a returned value replaces what the next handler gets.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;

final class Listeners
{
    /**
     * Events that load the module when the configuration keeps modules from being loaded. LoginFailed is
     * among them because login.php takes an answer to the challenge for a login without a name.
     */
    public const LOADING_EVENTS = ['LoginPre', 'LoginVerified', 'LoginFailed', 'LogoutPre', 'LostPassword'];

    public function __construct(private readonly Services $services, private readonly \TwoFactor $module)
    {
    }

    public function start(): void
    {
        $this->upgradeOnSight();
        $this->on('Core::ModuleLoaded', function (array $about): void {
            if (($about['name'] ?? '') === $this->module->GetName()) {
                $this->request();
            }
        });
        $this->onLogin();
        $this->onAccountChanges();
    }

    /** Once per admin request, when the module is ready and nothing else has happened yet. */
    private function request(): void
    {
        if ($this->services->host()->session->isLoginPage()) {
            PageHeaders::send();
            $this->services->signIn()->answer();
            $this->services->passwordReset()->answer();
        }
        $this->services->guard()->check();
        if (
            $this->services->host()->session->loggedInId() !== null
            && Deactivation::isAsked()
            && !(new Installation($this->module, $this->services))->mayUninstall()
        ) {
            $this->services->view()->loginNotice('uninstall_prove', 403, 'menu_administration');
        }
    }

    private function onLogin(): void
    {
        $this->on('Core::LoginPre', function (array $about): void {
            $this->services->signIn()->intercept($about['user']);
        }, HookManager::PRIORITY_LOW);
        $this->on('Core::LoginVerified', function (array $about): void {
            $this->services->signIn()->backStop($about['user']);
        }, HookManager::PRIORITY_LOW);
        $this->on('Core::LostPassword', function (array $about): void {
            $this->services->passwordReset()->offer($about['username'] ?? null);
        }, HookManager::PRIORITY_LOW);
        $this->on('Core::LogoutPre', function (): void {
            $this->services->guard()->logout();
        });
    }

    private function onAccountChanges(): void
    {
        $changes = $this->services->accountChanges(...);
        $this->onUser('Core::EditUserPre', fn (\User $user) => $changes()->before($user));
        $this->onUser('Core::EditUserPost', fn (\User $user) => $changes()->after($user));
        $this->onUser('Core::AddUserPost', fn (\User $user) => $changes()->added($user));
        $this->onUser('Core::DeleteUserPre', fn (\User $user) => $changes()->beforeDeletion($user));
        $this->on('Core::DeleteUserPost', fn () => $changes()->afterDeletion());
        $this->on('Core::LostPasswordReset', fn (array $about) => $changes()->passwordRecovered((int) $about['uid']));
        $group = static fn (array $about): int => (int) $about['group']->id;
        $this->on('Core::ChangeGroupAssignPre', fn (array $about) => $changes()->beforeGroup($group($about)));
        $this->on('Core::ChangeGroupAssignPost', fn (array $about) => $changes()->afterGroup($group($about)));
        $this->on('Core::DeleteGroupPre', fn (array $about) => $changes()->beforeGroupDeletion($group($about)));
        $this->on('Core::DeleteGroupPost', fn () => $changes()->afterGroupDeletion());
        $this->on('Core::AddGroupPost', function (array $about): void {
            $this->services->access()->welcome($about['group']);
        });
    }

    /**
     * While an upgrade waits, the engine would leave the module out of the request, and the guard with it. Not before
     * the engine's own upgrade, for which modules have to wait: it leaves nothing out then, and would load what is
     * queued in the next request without its guard.
     *
     * Where the module's folder cannot be written to, the engine would upgrade and then answer 500: there the module
     * upgrades itself, and the request begins anew.
     */
    private function upgradeOnSight(): void
    {
        if (\CmsApp::get_instance()->get_installed_schema_version() != CMS_SCHEMA_VERSION) {
            return;
        }
        $engine = \ModuleOperations::get_instance();
        $installed = $engine->GetInstalledModuleInfo()[$this->module->GetName()]['version'] ?? null;
        if ($installed === null) {
            return;
        }
        $installation = new Installation($this->module, $this->services);
        if (version_compare($installed, $this->module->GetVersion()) >= 0) {
            $installation->complete();
        } elseif ($installation->isFolderWritable()) {
            $engine->QueueForInstall($this->module->GetName());
        } elseif ($installation->upgradeInPlace((string) $installed)) {
            $this->services->host()->pages->redirect($this->services->host()->pages->loginUrl());
        }
    }

    /** The engine tells of users that it has not found, too, as when a link to delete one is followed twice. */
    private function onUser(string $hook, \Closure $do): void
    {
        $this->on($hook, static function (array $about) use ($do): void {
            if (($about['user'] ?? null) instanceof \User) {
                $do($about['user']);
            }
        });
    }

    private function on(string $hook, \Closure $do, int $priority = HookManager::PRIORITY_NORMAL): void
    {
        HookManager::add_hook($hook, static function (mixed $about = null) use ($do): void {
            $do(is_array($about) ? $about : []);
        }, $priority);
    }
}
