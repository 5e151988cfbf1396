<?php

/**
 * The CMS Made Simple side of the second factor: a thin adapter.
 *
 * Every decision about a code, a key or a lock is made by the twofactor extension. What is here is
 * only where a login is stopped (Core::LoginPre), how it goes on once the proof is given, what guards
 * the requests after it, and the forms. The module loads without the extension, so that it can refuse.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'TwoFactorModule\\')) {
        $file = __DIR__ . '/lib/' . substr($class, strlen('TwoFactorModule\\')) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});

use TwoFactorModule\Access;
use TwoFactorModule\Extensions;
use TwoFactorModule\FrontEndGuard;
use TwoFactorModule\Listeners;
use TwoFactorModule\Reports;
use TwoFactorModule\Services;
use TwoFactorModule\Settings;
use TwoFactorModule\View;

final class TwoFactor extends CMSModule
{
    public const OWN = 'use_twofactor';
    /** Of the release that it is of, the extension being of the same: an older one does not know what is called here. */
    public const VERSION = '4.0.0';

    private ?Services $services = null;
    private bool $listening = false;

    public function GetName()
    {
        return 'TwoFactor';
    }

    public function GetVersion()
    {
        return self::VERSION;
    }

    public function MinimumCMSVersion()
    {
        return '2.2.20';
    }

    public function GetAuthor()
    {
        return 'ext-twofactor';
    }

    public function GetFriendlyName()
    {
        return $this->Lang('friendlyname');
    }

    public function GetAdminDescription()
    {
        return $this->Lang('description');
    }

    public function GetHelp()
    {
        return $this->Lang('help');
    }

    public function GetChangeLog()
    {
        return (string) file_get_contents(__DIR__ . '/changelog.html');
    }

    /** Not reachable from the front end: no tag, no route, no front-end action; only providers' signed reports. */
    public function IsPluginModule()
    {
        return false;
    }

    /** Loaded on the front end, too, for one purpose: the login cookie is believed there as well. */
    public function IsAdminOnly()
    {
        return false;
    }

    /** Loaded with every admin request: the guard lives here. */
    public function LazyLoadAdmin()
    {
        return false;
    }

    public function LazyLoadFrontend()
    {
        return false;
    }

    public function HasAdmin()
    {
        return true;
    }

    public function VisibleToAdminUser()
    {
        return $this->GetAdminMenuItems() !== [];
    }

    public function GetAdminMenuItems()
    {
        $access = $this->services()->get(Access::class);
        $items = [];
        if ($access->seesOwn()) {
            $items[] = $this->menuItem('myprefs', 'preferences', 'menu_preferences', 'menu_preferences_about');
        }
        if ($access->seesManagement()) {
            $items[] = $this->menuItem('siteadmin', 'defaultadmin', 'menu_administration', 'menu_administration_about');
        }
        return $items;
    }

    public function GetHeaderHTML($action = '')
    {
        return $this->services()->get(View::class)->headHtml();
    }

    public function InstallPostMessage()
    {
        return $this->services()->get(Settings::class)->isSetUp()
            ? $this->Lang('installed')
            : $this->Lang('installed_without_key');
    }

    public function UninstallPreMessage()
    {
        return $this->Lang('uninstall_ask');
    }

    public function UninstallPostMessage()
    {
        return $this->Lang('uninstalled');
    }

    public function HandlesEvents()
    {
        return true;
    }

    public function GetEventDescription($eventname)
    {
        return $this->Lang('event_' . $eventname);
    }

    public function GetEventHelp($eventname)
    {
        return $this->Lang('event_help_' . $eventname);
    }

    protected function InitializeFrontend()
    {
        $this->services()->get(Reports::class)->answer();
        $this->services()->get(FrontEndGuard::class)->start();
    }

    /** May be called more than once, and before the engine has compared versions. */
    public function InitializeAdmin()
    {
        if ($this->listening) {
            return;
        }
        $this->listening = true;
        $this->services()->get(Listeners::class)->start();
    }

    /**
     * The rows in the events table only make sure that the module is loaded (configuration value
     * admin_loadnomodules); the hooks of InitializeAdmin do the work.
     *
     * @param array<string, mixed> $params
     */
    public function DoEvent($originator, $eventname, &$params)
    {
        $this->InitializeAdmin();
    }

    /** A text of this module, or of the one that adds pages to it. */
    public function words(string $key, int|string ...$values): string
    {
        return (string) ($this->speaker($key) ?? $this)->Lang($key, ...$values);
    }

    public function hasWords(string $key): bool
    {
        return $this->speaker($key) !== null;
    }

    /** Whose language files have the key. */
    private function speaker(string $key): ?CMSModule
    {
        if (CmsLangOperations::key_exists($key, $this->GetName())) {
            return $this;
        }
        return $this->services()->get(Extensions::class)->speaker($key);
    }

    public function services(): Services
    {
        return $this->services ??= new Services($this);
    }

    private function menuItem(string $section, string $action, string $title, string $about): CmsAdminMenuItem
    {
        $item = new CmsAdminMenuItem();
        $item->module = $this->GetName();
        $item->section = $section;
        $item->title = $this->Lang($title);
        $item->description = $this->Lang($about);
        $item->action = $action;
        $item->priority = 60;
        return $item;
    }
}
