<?php

/** What people see: Smarty as the CMS sets it up, and a plain admin theme. */

require_once '/usr/share/php/smarty4/Smarty.class.php';

/** `module_file_tpl:Module;file.tpl`, from the site's overrides or the module. */
final class HostModuleTemplates extends Smarty_Resource_Custom
{
    private function file($name): ?string
    {
        [$module, $template] = explode(';', $name, 2);
        $template = basename($template);
        foreach ([CMS_ROOT_PATH . "/assets/module_custom/$module/templates/$template", CMS_ROOT_PATH . "/modules/$module/templates/$template"] as $file) {
            if (is_file($file)) {
                return $file;
            }
        }
        return null;
    }

    protected function fetch($name, &$source, &$mtime)
    {
        $file = $this->file($name);
        $source = $file ? file_get_contents($file) : null;
        $mtime = $file ? filemtime($file) : null;
    }
}

final class Smarty_CMS extends Smarty
{
    private static ?self $instance = null;

    public function __construct()
    {
        parent::__construct();
        $this->setCompileDir(TMP_TEMPLATES_C_LOCATION);
        $this->setCacheDir(TMP_CACHE_LOCATION);
        $this->addPluginsDir([CMS_ROOT_PATH . '/admin/plugins', CMS_ROOT_PATH . '/lib/plugins']);
        $this->registerResource('module_file_tpl', new HostModuleTemplates());
        $this->setTemplateDir(CMS_ROOT_PATH . '/admin/templates');
        $this->assignGlobal('app_name', 'CMSMS');
    }

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    public function get_template_parent(): self
    {
        return $this;
    }
}

final class HostTheme
{
    private static ?self $instance = null;
    public $themeName = 'Plain';
    public $title = '';
    public $subtitle = '';
    private array $head = [];
    private array $foot = [];
    private string $notes = '';
    private string $module = '';

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    public function SetTitle($title): void
    {
        $this->title = $title;
    }

    public function SetSubTitle($title): void
    {
        $this->subtitle = $title;
    }

    public function set_action_module($name): void
    {
        $this->module = $name;
    }

    public function get_active_title(): string
    {
        return '';
    }

    public function add_headtext($html): void
    {
        $this->head[] = $html;
    }

    public function add_footertext($html): void
    {
        $this->foot[] = $html;
    }

    public function ShowErrors($errors, $get_var = ''): string
    {
        foreach ((array) $errors as $error) {
            $this->notes .= '<div class="pageerrorcontainer" role="alert"><p>' . $error . '</p></div>';
        }
        return '';
    }

    public function ShowMessage($messages, $get_var = ''): string
    {
        foreach ((array) $messages as $message) {
            $this->notes .= '<div class="pagemcontainer" role="status"><p>' . $message . '</p></div>';
        }
        return '';
    }

    public function ShowHeader($title, ...$rest): string
    {
        return '<h1 class="pageheader">' . $title . '</h1>';
    }

    public function AddNotification($priority, $module, $html): void
    {
        $this->notes .= '<div class="pagewarning">' . $html . '</div>';
    }

    /** The menu of modules is kept per user until somebody clears the cache. @return list<CmsAdminMenuItem> */
    private function moduleItems(): array
    {
        $cache = cms_cache_handler::get_instance();
        $key = 'themeinfo' . get_userid(false);
        $kept = $cache->get($key);
        if ($kept !== null) {
            return unserialize(base64_decode($kept));
        }
        $items = [];
        foreach (ModuleOperations::get_instance()->GetInstalledModules() as $name) {
            $module = ModuleOperations::get_instance()->get_module_instance($name);
            foreach ($module && $module->HasAdmin() ? $module->GetAdminMenuItems() : [] as $item) {
                if ($item && $item->valid()) {
                    $items[] = $item;
                }
            }
        }
        $cache->set($key, base64_encode(serialize($items)));
        return $items;
    }

    private function menu(): string
    {
        $key = CMS_SECURE_PARAM_NAME . '=' . $_SESSION[CMS_USER_KEY];
        $sections = [
            'main' => [["index.php?$key", lang('home')]],
            'usersgroups' => check_permission(get_userid(false), 'Manage Users') ? [["listusers.php?$key", lang('users')]] : [],
            'siteadmin' => [],
            'extensions' => [],
            'myprefs' => [["myaccount.php?$key", lang('myaccount')]],
        ];
        foreach ($this->moduleItems() as $item) {
            $module = cms_utils::get_module($item->module);
            if ($module) {
                $sections[$item->section][] = [$item->url ?: html_entity_decode($module->create_url('m1_', $item->action)), $item->title];
            }
        }
        $html = '';
        foreach (array_filter($sections) as $section => $links) {
            $html .= '<li>' . lang($section) . '<ul>';
            foreach ($links as [$url, $title]) {
                $html .= '<li><a href="' . htmlspecialchars($url) . '">' . $title . '</a></li>';
            }
            $html .= '</ul></li>';
        }
        return $html . '<li><a href="logout.php?' . $key . '">' . lang('logout') . '</a></li>';
    }

    private function page(string $title, string $body, string $class): string
    {
        $lang = substr(CmsNlsOperations::get_current_language(), 0, 2);
        return '<!doctype html><html lang="' . $lang . '"' . ($lang === 'he' ? ' dir="rtl"' : '') . '><head><meta charset="utf-8"><title>' . $title . ' - ' . cms_siteprefs::get('sitename') . '</title>'
            . '<base href="' . cms_config::get_instance()['admin_url'] . '/"><meta name="viewport" content="width=device-width, initial-scale=1">'
            . '<link rel="stylesheet" href="loginstyle.php"><link rel="icon" href="favicon.svg">' . implode("\n", $this->head) . "</head><body class=\"$class\">$body"
            . implode("\n", $this->foot) . '</body></html>';
    }

    public function do_header(): void
    {
        ob_start();
    }

    public function do_footer(): void
    {
        $content = ob_get_clean();
        foreach (\CMSMS\HookManager::do_hook_accumulate('admin_add_headtext') ?? [] as $text) {
            $this->head[] = trim((string) $text);
        }
        foreach (\CMSMS\HookManager::do_hook_accumulate('admin_add_footertext') ?? [] as $text) {
            $this->foot[] = trim((string) $text);
        }
        $user = htmlspecialchars((string) get_username(false));
        echo $this->page(
            $this->title ?: 'Admin',
            '<header class="bar"><span class="sitename">' . cms_siteprefs::get('sitename') . '</span> <span class="signedin" data-user="' . $user . '">' . $user . '</span></header>'
            . '<nav aria-label="Admin"><ul>' . $this->menu() . '</ul></nav><main>' . $this->notes . $content . '</main>',
            'admin',
        );
    }

    public function do_toppage($section): void
    {
        echo '<h1>' . lang('home') . '</h1><p class="home">' . lang('welcome', htmlspecialchars((string) get_username(false))) . '</p>';
    }

    public function do_login($params): void
    {
        $field = static fn (string $name, string $type, string $auto, string $value = ''): string => '<label for="lb' . $name . '">' . lang($name) . '</label>'
            . "<input id=\"lb$name\" name=\"$name\" type=\"$type\" autocomplete=\"$auto\" value=\"" . htmlspecialchars($value) . '">';
        if (!empty($params['changepwhash'])) {
            $fields = $field('password', 'password', 'new-password') . $field('passwordagain', 'password', 'new-password')
                . '<input type="hidden" name="forgotpwchangeform" value="1"><input type="hidden" name="changepwhash" value="' . htmlspecialchars($params['changepwhash']) . '">';
        } elseif (!empty($_GET['forgotpw'])) {
            $fields = $field('forgottenusername', 'text', 'username') . '<input type="hidden" name="forgotpwform" value="1">';
        } else {
            $fields = $field('username', 'text', 'username') . $field('password', 'password', 'current-password');
        }
        $messages = '';
        foreach (['error' => 'alert', 'warningLogin' => 'status', 'acceptLogin' => 'status'] as $name => $role) {
            $messages .= empty($params[$name]) ? '' : "<div class=\"message $name\" role=\"$role\">{$params[$name]}</div>";
        }
        echo $this->page(lang('logintitle'), '<main class="login"><h1>' . cms_siteprefs::get('sitename') . '</h1>' . $messages
            . '<form method="post" action="login.php">' . $fields . '<button class="loginsubmit" name="loginsubmit" value="1">' . lang('login') . '</button></form>'
            . '<p><a href="login.php?forgotpw=1">' . lang('lostpw') . '</a></p></main>', 'login');
    }
}
