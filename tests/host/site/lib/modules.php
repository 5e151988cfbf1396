<?php

/** Modules: their base class, how they are found, loaded, installed, upgraded and called. */

interface CmsRegularTask
{
    public function get_name();
    public function get_description();
    public function test($time = '');
    public function execute($time = '');
    public function on_success($time = '');
    public function on_failure($time = '');
}

final class CmsAdminMenuItem
{
    public $module;
    public $section;
    public $title;
    public $description;
    public $action;
    public $url;
    public $icon;
    public $priority = 50;
    public $system = false;

    public function valid(): bool
    {
        return isset($this->module, $this->section, $this->title, $this->action);
    }

    public static function from_module(CMSModule $module): ?self
    {
        if (!$module->HasAdmin()) {
            return null;
        }
        $item = new self();
        [$item->module, $item->section, $item->title] = [$module->GetName(), $module->GetAdminSection(), $module->GetFriendlyName()];
        [$item->description, $item->action] = [$module->GetAdminDescription(), 'defaultadmin'];
        return $item;
    }
}

#[\AllowDynamicProperties]
abstract class CMSModule
{
    /** Runs before anybody has compared versions: InitializeAdmin also sees an upgrade that is still to come. */
    public function __construct()
    {
        if (cmsms()->is_cli() || !empty($GLOBALS['CMS_FORCELOAD'])) {
            return;
        }
        if (cmsms()->is_frontend_request()) {
            $this->InitializeFrontend();
        } elseif (isset($GLOBALS['CMS_ADMIN_PAGE']) && !isset($GLOBALS['CMS_INSTALL_PAGE'])) {
            $this->InitializeAdmin();
        }
    }

    abstract public function GetVersion();

    public function GetName()
    {
        return static::class;
    }

    public function GetFriendlyName()
    {
        return $this->GetName();
    }

    public function GetModulePath()
    {
        return CMS_ROOT_PATH . '/modules/' . $this->GetName();
    }

    public function GetModuleURLPath($use_ssl = false)
    {
        return CMS_ROOT_URL . '/modules/' . $this->GetName();
    }

    public function MinimumCMSVersion()
    {
        return CMS_VERSION;
    }

    protected function InitializeFrontend()
    {
        $this->SetParameters();
    }

    protected function InitializeAdmin()
    {
        $this->SetParameters();
    }

    public function SetParameters()
    {
    }

    /** May call InitializeAdmin a second time. */
    final public function GetParameters(): array
    {
        $this->InitializeAdmin();
        return [];
    }

    public function __call($name, $arguments)
    {
        throw new CmsException("the host has no CMSModule::$name()");
    }

    // What a module says of itself.
    public function GetHelp()
    {
        return '';
    }
    public function GetChangeLog()
    {
        return '';
    }
    public function GetAuthor()
    {
        return '';
    }
    public function GetAuthorEmail()
    {
        return '';
    }
    public function GetDescription()
    {
        return '';
    }
    public function GetAdminDescription()
    {
        return '';
    }
    public function GetAdminSection()
    {
        return 'extensions';
    }
    public function GetDependencies()
    {
        return [];
    }
    public function GetHeaderHTML()
    {
        return '';
    }
    public function HasAdmin()
    {
        return false;
    }
    public function IsAdminOnly()
    {
        return false;
    }
    public function IsPluginModule()
    {
        return false;
    }
    public function LazyLoadAdmin()
    {
        return false;
    }
    public function LazyLoadFrontend()
    {
        return false;
    }
    public function HandlesEvents()
    {
        return false;
    }
    public function HasCapability($capability, $params = [])
    {
        return false;
    }
    public function VisibleToAdminUser()
    {
        return true;
    }
    public function SuppressAdminOutput(&$request)
    {
        return false;
    }
    public function AllowUninstallCleanup()
    {
        return false;
    }
    public function InstallPostMessage()
    {
        return '';
    }
    public function UninstallPreMessage()
    {
        return '';
    }
    public function UninstallPostMessage()
    {
        return '';
    }
    public function get_tasks()
    {
        return false;
    }

    public function GetAdminMenuItems()
    {
        return $this->VisibleToAdminUser() ? [CmsAdminMenuItem::from_module($this)] : [];
    }

    // Install, upgrade, uninstall: a string returned refuses.
    private function method(string $name, array $variables)
    {
        $file = $this->GetModulePath() . "/method.$name.php";
        if (!is_file($file)) {
            return false;
        }
        extract($variables);
        $gCms = cmsms();
        $db = $gCms->GetDb();
        $config = $gCms->GetConfig();
        $smarty = $gCms->GetSmarty();
        $result = include $file;
        return $result == 1 || $result == '' ? false : $result;
    }

    public function Install()
    {
        return $this->method('install', []);
    }

    public function Upgrade($oldversion, $newversion)
    {
        return $this->method('upgrade', compact('oldversion', 'newversion'));
    }

    public function Uninstall()
    {
        return $this->method('uninstall', []);
    }

    // Actions.
    public function DoAction($name, $id, $params, $returnid = '')
    {
        if ($returnid == '') {
            foreach (['_errors' => 'ShowErrors', '_messages' => 'ShowMessage'] as $suffix => $show) {
                $texts = $_SESSION[$this->GetName() . $suffix] ?? null;
                unset($_SESSION[$this->GetName() . $suffix]);
                if ($texts) {
                    echo $this->$show($suffix === '_errors' ? $texts : $texts[0]);
                }
            }
        }
        $file = $this->GetModulePath() . '/action.' . preg_replace('/[^A-Za-z0-9_+-]/', '', $name) . '.php';
        if (!is_file($file)) {
            throw new CmsError404Exception('Module action not found');
        }
        $gCms = cmsms();
        $db = $gCms->GetDb();
        $config = $gCms->GetConfig();
        $smarty = $gCms->GetSmarty();
        include $file;
    }

    final public function DoActionBase($name, $id, $params, $returnid = '', $smarty = null)
    {
        $name = preg_replace('/[^A-Za-z0-9_+-]/', '', $name);
        $params['action'] ??= $name;
        $smarty->assign('actionid', cms_htmlentities($id));
        $smarty->assign('actionparams', $params);
        $smarty->assign('returnid', $returnid);
        $smarty->assign('actionmodule', $this->GetName());
        $smarty->assign('mod', $this);
        return $this->DoAction($name, $id, $params, $returnid);
    }

    public function create_url($id, $action, $returnid = '', $params = [], $inline = false, $targetcontentonly = false, $prettyurl = '')
    {
        $url = cms_config::get_instance()['admin_url'] . '/moduleinterface.php?mact=' . $this->GetName() . ",$id,$action," . ($inline ? 1 : 0)
            . '&amp;' . CMS_SECURE_PARAM_NAME . '=' . ($_SESSION[CMS_USER_KEY] ?? '');
        foreach ($params as $key => $value) {
            $url .= '&amp;' . $id . cms_htmlentities($key) . '=' . rawurlencode(cms_htmlentities($value));
        }
        return $url;
    }

    public function CreateLink($id, $action, $returnid = '', $contents = '', $params = [], $warn = '', $onlyhref = false, ...$rest)
    {
        $url = $this->create_url($id, $action, $returnid, $params);
        return $onlyhref ? $url : "<a href=\"$url\">$contents</a>";
    }

    public function CreateFormStart($id, $action = 'default', $returnid = '', $method = 'post', $enctype = '', $inline = false, $idsuffix = '', $params = [], $extra = '')
    {
        $hidden = '';
        foreach ($params as $key => $value) {
            $hidden .= '<input type="hidden" name="' . $id . $key . '" value="' . $value . '">';
        }
        return '<form method="' . $method . '" action="moduleinterface.php"><div class="hidden">'
            . '<input type="hidden" name="mact" value="' . $this->GetName() . ",$id,$action," . ($inline ? 1 : 0) . '">'
            . '<input type="hidden" name="' . CMS_SECURE_PARAM_NAME . '" value="' . $_SESSION[CMS_USER_KEY] . '">' . $hidden . '</div>';
    }

    public function CreateFormEnd()
    {
        return '</form>';
    }

    public function Redirect($id, $action, $returnid = '', $params = [], $inline = false)
    {
        unset($params['action'], $params['id'], $params['module']);
        $url = 'moduleinterface.php?mact=' . $this->GetName() . ",$id,$action," . ($inline ? 1 : 0) . '&' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
        foreach ($params as $key => $value) {
            $url .= '&' . http_build_query([$id . $key => $value]);
        }
        redirect($url);
    }

    public function RedirectToAdminTab($tab = '', $params = [], $action = '')
    {
        $this->Redirect('m1_', $action ?: 'defaultadmin', '', ($tab ? ['__activetab' => $tab] : []) + ($params ?: []));
    }

    public function RedirectToAdmin($page, $params = [])
    {
        redirect($page . '?' . CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY] . ($params ? '&' . http_build_query($params) : ''));
    }

    // Texts and templates.
    public function Lang()
    {
        return CmsLangOperations::lang_from_realm($this->GetName(), ...func_get_args());
    }

    final public function GetTemplateResource($template)
    {
        return str_contains($template, ':') ? $template : 'module_file_tpl:' . $this->GetName() . ';' . $template;
    }

    final public function GetFileResource($template)
    {
        return 'module_file_tpl:' . $this->GetName() . ';' . $template;
    }

    final public function ProcessTemplate($template, $designation = '', $cache = false, $cacheid = '')
    {
        return cmsms()->GetSmarty()->fetch($this->GetFileResource($template));
    }

    public function SetMessage($text): void
    {
        $_SESSION[$this->GetName() . '_messages'][] = $text;
    }

    public function SetError($text): void
    {
        $_SESSION[$this->GetName() . '_errors'][] = $text;
    }

    public function ShowMessage($text)
    {
        return HostTheme::get_instance()->ShowMessage($text);
    }

    public function ShowErrors($errors)
    {
        return HostTheme::get_instance()->ShowErrors($errors);
    }

    public function RegisterSmartyPlugin($name, $type, $callback, $cachable = true, $usage = 0): void
    {
    }

    public function RemoveSmartyPlugin($name = ''): void
    {
    }

    final public function Audit($item_id = '', $item_name = '', $action = ''): void
    {
        audit($item_id, $item_name, $action);
    }

    // Preferences, permissions, events.
    final public function GetPreference($name, $default = '')
    {
        return cms_siteprefs::get($this->GetName() . '_mapi_pref_' . $name, $default);
    }

    final public function SetPreference($name, $value): void
    {
        cms_siteprefs::set($this->GetName() . '_mapi_pref_' . $name, $value);
    }

    final public function RemovePreference($name = ''): void
    {
        cms_siteprefs::remove($this->GetName() . '_mapi_pref_' . $name, $name === '');
    }

    final public function CreatePermission($name, $text = null): void
    {
        CmsPermission::create($this->GetName(), $name, $text ?: $name);
    }

    final public function RemovePermission($name): void
    {
        CmsPermission::remove($name);
    }

    final public function CheckPermission($name): bool
    {
        return check_permission(get_userid(false), $name);
    }

    final public function CreateEvent($event): void
    {
        Events::CreateEvent($this->GetName(), $event);
    }

    final public function RemoveEvent($event): void
    {
        Events::RemoveEvent($this->GetName(), $event);
    }

    final public function SendEvent($event, $params): void
    {
        Events::SendEvent($this->GetName(), $event, $params);
    }

    final public function AddEventHandler($originator, $event, $removable = true): bool
    {
        return Events::AddEventHandler($originator, $event, false, $this->GetName(), $removable);
    }

    final public function RemoveEventHandler($originator, $event): bool
    {
        return Events::RemoveEventHandler($originator, $event, false, $this->GetName());
    }

    public function DoEvent($originator, $event, &$params)
    {
        $file = $this->GetModulePath() . "/event.$originator.$event.php";
        if (is_file($file)) {
            $db = cmsms()->GetDb();
            $config = cmsms()->GetConfig();
            $smarty = cmsms()->GetSmarty();
            include $file;
        }
    }

    public function GetEventDescription($event)
    {
        return '';
    }

    public function GetEventHelp($event)
    {
        return '';
    }

    final public function GetDb()
    {
        return cmsms()->GetDb();
    }

    final public function GetConfig()
    {
        return cmsms()->GetConfig();
    }

    public static function &GetModuleInstance($name)
    {
        $module = ModuleOperations::get_instance()->get_module_instance($name);
        return $module;
    }
}

final class ModuleOperations
{
    private static ?self $instance = null;
    /** @var array<string, CMSModule> */
    private array $loaded = [];
    private ?array $info = null;

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    private function info(): array
    {
        if ($this->info === null) {
            $rows = cmsms()->GetDb()->GetArray('SELECT * FROM ' . CMS_DB_PREFIX . 'modules ORDER BY module_name') ?? [];
            $this->info = array_column($rows, null, 'module_name');
        }
        return $this->info;
    }

    public function LoadModules($noadmin = false): void
    {
        // What was queued for installing or upgrading goes first, and is done by loading it.
        foreach ($_SESSION['moduleoperations'] ?? [] as $name => $queued) {
            $this->get_module_instance($name, '', true);
        }
        unset($_SESSION['moduleoperations']);
        foreach ($this->info() as $name => $row) {
            $admin = isset($GLOBALS['CMS_ADMIN_PAGE']);
            if (
                $row['status'] !== 'installed' || !$row['active']
                || (!$admin && ($row['admin_only'] || $row['allow_fe_lazyload']))
                || ($admin && (isset(cms_config::get_instance()['admin_loadnomodules']) || $row['allow_admin_lazyload']))
            ) {
                continue;
            }
            $this->get_module_instance($name);
        }
    }

    public function get_module_instance($name, $version = '', $force = false)
    {
        if ($name == '') {
            return null;
        }
        if (!isset($this->loaded[$name]) && ($force || (($this->info()[$name]['active'] ?? 0) && $this->info()[$name]['status'] === 'installed'))) {
            $this->load($name, $force);
        }
        $module = $this->loaded[$name] ?? null;
        return $module && $version !== '' && version_compare($module->GetVersion(), $version) < 0 ? null : $module;
    }

    private function load(string $name, bool $force): bool
    {
        $row = $this->info()[$name] ?? null;
        // A class of that name may already be there from anywhere, an extension included.
        if (!class_exists($name, true)) {
            $file = CMS_ROOT_PATH . "/modules/$name/$name.module.php";
            if (!is_file($file)) {
                return false;
            }
            foreach (cmsms()->GetDb()->GetArray('SELECT * FROM ' . CMS_DB_PREFIX . 'module_deps WHERE child_module = ?', [$name]) ?? [] as $needed) {
                if (!$this->get_module_instance($needed['parent_module'], $needed['minimum_version'])) {
                    return false;
                }
            }
            require_once $file;
        }
        $GLOBALS['CMS_FORCELOAD'] = $force;
        $module = new $name();
        unset($GLOBALS['CMS_FORCELOAD']);
        if (version_compare($module->MinimumCMSVersion(), CMS_VERSION) > 0) {
            audit('', 'Module', "Cannot load module $name it is not compatible wth this version of CMSMS");
            return false;
        }
        $this->loaded[$name] = $module;
        if ($row === null) {
            if (!$this->IsQueuedForInstall($name)) {
                if (!$force) {
                    unset($this->loaded[$name]);
                }
                return $force;
            }
            $_SESSION['moduleoperations_result'][$name] = $this->install($module);
            $this->unqueue($name);
        } elseif (cmsms()->get_installed_schema_version() === CMS_SCHEMA_VERSION && version_compare($row['version'], $module->GetVersion()) < 0) {
            // Unless the CMS itself is to be upgraded first: until then no module is, and none is dropped for it.
            if ($this->IsQueuedForInstall($name) && !cmsms()->is_frontend_request()) {
                $result = $this->upgrade($module, $row['version']);
                $this->unqueue($name);
                if (!$result[0]) {
                    unset($this->loaded[$name]);
                    return false;
                }
            } elseif (!$force) {
                // An upgrade is due and nobody asked for it: the module is dropped for this request.
                unset($this->loaded[$name]);
                return false;
            }
        }
        \CMSMS\HookManager::do_hook('Core::ModuleLoaded', ['name' => $name]);
        return true;
    }

    public function QueueForInstall($name): void
    {
        $_SESSION['moduleoperations'][$name] = 1;
    }

    public function IsQueuedForInstall($name): bool
    {
        return isset($_SESSION['moduleoperations'][$name]);
    }

    private function unqueue(string $name): void
    {
        unset($_SESSION['moduleoperations'][$name]);
    }

    private function writeModuleInfo(CMSModule $module): void
    {
        if (!is_writable($module->GetModulePath())) {
            throw new CmsFileSystemException('the module directory is not writable');
        }
        // A file that cannot be opened is a TypeError in the next line, as it is there.
        $file = fopen($module->GetModulePath() . '/moduleinfo.ini', 'w');
        fwrite($file, "[module]\nname = \"{$module->GetName()}\"\nversion = \"{$module->GetVersion()}\"\n");
        fclose($file);
    }

    private function install(CMSModule $module): array
    {
        $result = $module->Install();
        if ($result !== false) {
            return [false, is_string($result) && $result !== '' ? $result : 'the module did not install'];
        }
        $name = $module->GetName();
        $db = cmsms()->GetDb();
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'modules WHERE module_name = ?', [$name]);
        $db->Execute(
            'INSERT INTO ' . CMS_DB_PREFIX . 'modules (module_name, version, status, admin_only, active, allow_fe_lazyload, allow_admin_lazyload) VALUES (?,?,?,?,1,?,?)',
            [$name, $module->GetVersion(), 'installed', (int) $module->IsAdminOnly(), (int) $module->LazyLoadFrontend(), (int) $module->LazyLoadAdmin()],
        );
        foreach ($module->GetDependencies() as $parent => $version) {
            $db->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'module_deps (parent_module, child_module, minimum_version) VALUES (?,?,?)', [$parent, $name, $version]);
        }
        $this->writeModuleInfo($module);
        $this->info = null;
        cmsms()->clear_cached_files();
        audit('', 'Module', "Installed module $name version " . $module->GetVersion());
        \CMSMS\HookManager::do_hook('Core::ModuleInstalled', ['name' => $name, 'version' => $module->GetVersion()]);
        return [true, $module->InstallPostMessage() ?: "$name installed"];
    }

    private function upgrade(CMSModule $module, string $from): array
    {
        $result = $module->Upgrade($from, $module->GetVersion());
        if ($result !== false) {
            audit('', 'Module', 'Upgrade failed for module ' . $module->GetName());
            return [false, $result];
        }
        cmsms()->GetDb()->Execute(
            'UPDATE ' . CMS_DB_PREFIX . 'modules SET version = ?, active = 1, admin_only = ?, allow_fe_lazyload = ?, allow_admin_lazyload = ? WHERE module_name = ?',
            [$module->GetVersion(), (int) $module->IsAdminOnly(), (int) $module->LazyLoadFrontend(), (int) $module->LazyLoadAdmin(), $module->GetName()],
        );
        $this->writeModuleInfo($module);
        $this->info = null;
        cmsms()->clear_cached_files();
        audit('', 'Module', 'Upgraded module ' . $module->GetName() . ' to version ' . $module->GetVersion());
        \CMSMS\HookManager::do_hook('Core::ModuleUpgraded', ['name' => $module->GetName(), 'oldversion' => $from, 'newversion' => $module->GetVersion()]);
        return [true];
    }

    public function InstallModule($name, $load = false): array
    {
        $module = $this->get_module_instance($name, '', true);
        return $module ? $this->install($module) : [false, 'the module does not load'];
    }

    public function UpgradeModule($name, $to_version = ''): array
    {
        $module = $this->get_module_instance($name, '', true);
        return $module ? $this->upgrade($module, $this->info()[$name]['version']) : [false, 'the module does not load'];
    }

    public function UninstallModule($name): array
    {
        $module = $this->get_module_instance($name);
        if (!$module) {
            return [false, 'the module does not load'];
        }
        $cleanup = $module->AllowUninstallCleanup();
        $result = $module->Uninstall();
        if ($result !== false) {
            return [false, $result];
        }
        $db = cmsms()->GetDb();
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'modules WHERE module_name = ?', [$name]);
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'module_deps WHERE child_module = ?', [$name]);
        if ($cleanup) {
            $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'event_handlers WHERE module_name = ?', [$name]);
            $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'events WHERE originator = ?', [$name]);
        }
        unset($this->loaded[$name]);
        $this->info = null;
        cmsms()->clear_cached_files();
        audit('', 'Module', "Uninstalled module $name");
        \CMSMS\HookManager::do_hook('Core::ModuleUninstalled', ['name' => $name]);
        return [true];
    }

    /** Names of the folders that hold a module. */
    public function FindAllModules(): array
    {
        return array_map(static fn (string $file): string => basename($file, '.module.php'), glob(CMS_ROOT_PATH . '/modules/*/*.module.php'));
    }

    public function GetInstalledModules($include_all = false): array
    {
        return array_keys(array_filter($this->info(), static fn (array $row): bool => $row['status'] === 'installed' && $row['active']));
    }

    public function GetInstalledModuleInfo(): array
    {
        return $this->info();
    }

    public function GetLoadedModules(): array
    {
        return $this->loaded;
    }

    public function IsSystemModule($name): bool
    {
        return false;
    }

    public function IsModuleActive($name): bool
    {
        return in_array($name, $this->GetInstalledModules(), true);
    }

    public function GetModuleParameters($id): array
    {
        $params = [];
        foreach ($_REQUEST as $key => $value) {
            if ($id !== '' && str_starts_with($key, $id)) {
                $params[substr($key, strlen($id))] = $value;
            }
        }
        return $params;
    }
}

// Classes of loaded modules: Name from lib/class.Name.php, Module\Some\Name from lib/Some/class.Name.php.
spl_autoload_register(static function (string $class): void {
    foreach (array_keys(ModuleOperations::get_instance()->GetLoadedModules()) as $name) {
        $parts = explode('\\', $class);
        if (count($parts) > 1 && array_shift($parts) !== $name) {
            continue;
        }
        $short = array_pop($parts);
        $file = CMS_ROOT_PATH . "/modules/$name/lib/" . ($parts ? implode('/', $parts) . '/' : '') . "class.$short.php";
        if (is_file($file)) {
            require_once $file;
            return;
        }
    }
});
