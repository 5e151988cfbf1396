<?php

/**
 * Where the module hangs in the engine. Closures, because the hook manager tells handlers apart by object;
 * none returns anything, because a returned value replaces what the next handler gets: but of a hook that takes the first
 * answer.
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
        // Before the engine's own handler, which answers for every permission.
        HookManager::add_hook(
            'localizeperm',
            fn (mixed $text = null): ?string => is_string($text) ? $this->services->get(View::class)->permission($text) : null,
            HookManager::PRIORITY_HIGH,
        );
    }

    /** Once per admin request, when the module is ready and nothing else has happened yet. */
    private function request(): void
    {
        $session = $this->services->get(Host::class)->session;
        $this->services->get(Notices::class)->attend();
        if ($session->isLoginPage()) {
            PageHeaders::send();
            $this->services->get(SignIn::class)->answer();
            $this->services->get(PasswordReset::class)->answer();
            $this->services->get(Repudiation::class)->answer();
        }
        $this->services->get(Guard::class)->check();
        if ($session->isChangeOfPermissions()) {
            $this->services->get(AccountChanges::class)->beforeGroup(Reason::PermissionsChanged);
        }
        $extensions = $this->services->get(Extensions::class);
        if (!$session->isLoginPage() && $extensions->isDue() && $this->services->get(Access::class)->mayDecideForAll()) {
            $extensions->tend();
        }
        $objection = $session->loggedInId() !== null && Deactivation::isAsked() ? $this->services->get(Installation::class)->objection() : '';
        if ($objection !== '') {
            $this->services->get(View::class)->loginNotice($objection, 403, 'menu_administration');
        }
    }

    private function onLogin(): void
    {
        $signIn = fn (): SignIn => $this->services->get(SignIn::class);
        $this->on('Core::LoginPre', fn (array $about) => $signIn()->intercept($about['user']), HookManager::PRIORITY_LOW);
        $this->on('Core::LoginVerified', fn (array $about) => $signIn()->backStop($about['user']), HookManager::PRIORITY_LOW);
        $this->on(
            'Core::LostPassword',
            fn (array $about) => $this->services->get(PasswordReset::class)->offer($about['username'] ?? null),
            HookManager::PRIORITY_LOW,
        );
        $this->on('Core::LogoutPre', fn () => $this->services->get(Guard::class)->logout());
    }

    /** Of users the engine tells that it has not found, too, as when a link to delete one is followed twice. */
    private function onAccountChanges(): void
    {
        $changes = fn (): AccountChanges => $this->services->get(AccountChanges::class);
        $ofUsers = ['EditUserPre' => 'before', 'EditUserPost' => 'after', 'AddUserPost' => 'added', 'DeleteUserPre' => 'before'];
        foreach ($ofUsers as $event => $method) {
            $this->on("Core::$event", static function (array $about) use ($changes, $method): void {
                if (($about['user'] ?? null) instanceof \User) {
                    $changes()->$method($about['user']);
                }
            });
        }
        $this->on('Core::LostPasswordReset', fn (array $about) => $changes()->passwordRecovered((int) $about['uid']));
        $this->on('Core::ChangeGroupAssignPre', fn () => $changes()->beforeGroup(Reason::GroupsChanged));
        $this->on('Core::DeleteGroupPre', fn () => $changes()->beforeGroup(Reason::GroupDeleted));
        foreach (['DeleteUserPost', 'ChangeGroupAssignPost', 'DeleteGroupPost'] as $event) {
            $this->on("Core::$event", fn () => $changes()->look());
        }
        $this->on('Core::AddGroupPost', fn (array $about) => $this->services->get(Access::class)->welcome($about['group']));
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
        $installation = $this->services->get(Installation::class);
        if (version_compare($installed, $this->module->GetVersion()) >= 0) {
            $installation->complete();
        } elseif ($installation->isFolderWritable()) {
            $engine->QueueForInstall($this->module->GetName());
        } elseif ($installation->upgradeInPlace((string) $installed)) {
            $pages = $this->services->get(Host::class)->pages;
            $pages->redirect($pages->loginUrl());
        }
    }

    private function on(string $hook, \Closure $do, int $priority = HookManager::PRIORITY_NORMAL): void
    {
        HookManager::add_hook($hook, static function (mixed $about = null) use ($do): void {
            $do(is_array($about) ? $about : []);
        }, $priority);
    }
}
