<?php

declare(strict_types=1);

namespace TwoFactorTests;

/** The host's tables and what a fresh site has in them: three users, two groups, the old events. */
final class Tables
{
    private bool $isSqlite;

    public function __construct(private \PDO $pdo)
    {
        $this->isSqlite = $pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) === 'sqlite';
        $pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
    }

    /** @param array<string, string> $passwords by user name; the first is the administrator */
    public function create(array $passwords): void
    {
        $text = 'VARCHAR(190)';
        $auto = $this->isSqlite ? 'INTEGER PRIMARY KEY' : 'INT PRIMARY KEY AUTO_INCREMENT';
        $engine = $this->isSqlite ? '' : ' ENGINE=MyISAM';
        $this->isSqlite && $this->pdo->exec('PRAGMA journal_mode = WAL');
        $tables = [
            'users' => "user_id INT PRIMARY KEY, username $text, password $text, admin_access INT, first_name $text, last_name $text, email $text, active INT, create_date $text, modified_date $text",
            'groups' => "group_id INT PRIMARY KEY, group_name $text, active INT",
            'user_groups' => 'group_id INT, user_id INT',
            'permissions' => "permission_id INT PRIMARY KEY, permission_name $text, permission_text $text, permission_source $text",
            'group_perms' => 'group_perm_id INT PRIMARY KEY, group_id INT, permission_id INT',
            'siteprefs' => "sitepref_name $text PRIMARY KEY, sitepref_value TEXT",
            'userprefs' => "user_id INT, preference $text, value TEXT, type $text",
            'adminlog' => "id $auto, timestamp INT, user_id INT, username $text, item_id INT, item_name $text, action TEXT, ip_addr $text",
            'events' => "originator $text, event_name $text, event_id INT",
            'event_handlers' => "event_id INT, tag_name $text, module_name $text, removable INT, handler_order INT, handler_id INT",
            'modules' => "module_name $text PRIMARY KEY, version $text, status $text, admin_only INT, active INT, allow_fe_lazyload INT, allow_admin_lazyload INT",
            'module_deps' => "parent_module $text, child_module $text, minimum_version $text, create_date $text, modified_date $text",
            'users_seq' => 'id INT',
            'permissions_seq' => 'id INT',
            'group_perms_seq' => 'id INT',
            'events_seq' => 'id INT',
            'event_handler_seq' => 'id INT',
        ];
        foreach ($tables as $name => $columns) {
            $this->pdo->exec("CREATE TABLE cms_$name ($columns)$engine");
        }
        $sitemask = 'mask';
        $this->rows('siteprefs', [['sitemask', $sitemask], ['sitename', 'Test host']]);
        $this->rows('groups', [[1, 'Admin', 1], [2, 'Editor', 1]]);
        $id = 0;
        foreach ($passwords as $name => $password) {
            $id++;
            $this->rows('users', [[$id, $name, md5($sitemask . $password), 1, ucfirst($name), 'Example', "$name@example.org", 1, null, null]]);
            $this->rows('user_groups', [[$id === 1 ? 1 : 2, $id]]);
        }
        $permissions = ['Manage Users', 'Manage My Account', 'Manage My Settings', 'Modify Modules', 'Modify Site Preferences', 'Manage Groups',
            'Modify Events', 'Modify User-defined Tags', 'Modify Templates', 'Add Templates', 'Manage Designs', 'manage_userguide', 'Modify Files',
            'Use FileManager Advanced', 'Manage All Content', 'Modify Any Page', 'Manage Stylesheets', 'Modify News', 'Clear Admin Log'];
        foreach ($permissions as $i => $permission) {
            $this->rows('permissions', [[$i + 1, $permission, $permission, 'Core']]);
        }
        $this->rows('group_perms', [[1, 2, 2], [2, 2, 3]]);
        // An install has the rows of the old events only: no LoginPre, no LoginVerified.
        $events = ['LoginPost', 'LogoutPost', 'LoginFailed', 'LostPassword', 'LostPasswordReset', 'AddUserPre', 'AddUserPost',
            'EditUserPre', 'EditUserPost', 'DeleteUserPre', 'DeleteUserPost', 'ModuleInstalled', 'ModuleUninstalled', 'ModuleUpgraded'];
        foreach ($events as $i => $event) {
            $this->rows('events', [['Core', $event, $i + 1]]);
        }
        foreach (['users' => $id, 'permissions' => count($permissions), 'group_perms' => 2, 'events' => count($events), 'event_handler' => 0] as $name => $last) {
            $this->rows("{$name}_seq", [[$last]]);
        }
    }

    private function rows(string $table, array $rows): void
    {
        foreach ($rows as $row) {
            $this->pdo->prepare("INSERT INTO cms_$table VALUES (" . implode(',', array_fill(0, count($row), '?')) . ')')->execute($row);
        }
    }
}
