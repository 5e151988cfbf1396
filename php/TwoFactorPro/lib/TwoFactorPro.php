<?php

/**
 * What a site with many users needs, apart from the free module: pages of TwoFactor, each behind a licence.
 *
 * It adds to TwoFactor and hangs in nothing of the engine's but its tasks: without it, or with half of it, signing in is
 * what it was. This class loads without TwoFactor, for the engine makes one of every module to list them. It stands here, and
 * not in the module's main file, so that one that is cut off ends no page of the engine's.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'TwoFactorProModule\\')) {
        $file = __DIR__ . '/' . substr($class, strlen('TwoFactorProModule\\')) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});

final class TwoFactorPro extends CMSModule
{
    public function GetName()
    {
        return 'TwoFactorPro';
    }

    public function GetVersion()
    {
        return '4.0.0';
    }

    public function MinimumCMSVersion()
    {
        return '2.2.20';
    }

    public function GetDependencies()
    {
        return ['TwoFactor' => '4.0.0'];
    }

    public function GetAuthor()
    {
        return 'ext-twofactor';
    }

    public function GetFriendlyName()
    {
        return $this->Lang('pro_friendlyname');
    }

    public function GetAdminDescription()
    {
        return $this->Lang('pro_description');
    }

    public function GetHelp()
    {
        return $this->Lang('pro_help');
    }

    public function GetChangeLog()
    {
        return (string) file_get_contents(dirname(__DIR__) . '/changelog.html');
    }

    /** Its pages are those of TwoFactor. */
    public function HasAdmin()
    {
        return false;
    }

    public function IsPluginModule()
    {
        return false;
    }

    /** TwoFactor loads it where it is needed, and the engine for its task. */
    public function IsAdminOnly()
    {
        return false;
    }

    public function LazyLoadAdmin()
    {
        return true;
    }

    public function LazyLoadFrontend()
    {
        return true;
    }

    public function InstallPostMessage()
    {
        return $this->Lang('pro_installed');
    }

    public function UninstallPreMessage()
    {
        return $this->Lang('pro_uninstall_ask');
    }

    public function UninstallPostMessage()
    {
        return $this->Lang('pro_uninstalled');
    }

    public function HasCapability($capability, $params = [])
    {
        return $capability === 'tasks';
    }

    /** The licence is renewed by a task of the engine's, which runs in a request of its own. */
    public function get_tasks()
    {
        return class_exists(TwoFactorProModule\Renewal::class) ? new TwoFactorProModule\Renewal() : false;
    }

    /** Which TwoFactorModule\Extension it was written for. */
    public function contract(): int
    {
        return 1;
    }

    /**
     * What it adds to TwoFactor, each line by itself: one that is missing is left out.
     *
     * @return list<class-string<TwoFactorModule\Extension>>
     */
    public function extensions(): array
    {
        return [
            TwoFactorProModule\LicenceExtension::class,
            TwoFactorProModule\PermissionsExtension::class,
            TwoFactorProModule\DevicesExtension::class,
            TwoFactorProModule\EnforcementExtension::class,
            TwoFactorProModule\NetworksExtension::class,
            TwoFactorProModule\FiguresExtension::class,
            TwoFactorProModule\EventsExtension::class,
            TwoFactorProModule\PeopleExtension::class,
            TwoFactorProModule\SupportExtension::class,
            TwoFactorProModule\AlertsExtension::class,
        ];
    }
}
