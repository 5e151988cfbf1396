<?php

/** Users, groups and permissions. */

#[\AllowDynamicProperties]
class User
{
    public $id = -1;
    public $username = '';
    public $password = '';
    public $firstname = '';
    public $lastname = '';
    public $email = '';
    public $active = false;
    public $adminaccess = false;

    public function SetPassword($password): void
    {
        $this->password = UserOperations::hash($password);
    }

    public function Save(): bool
    {
        if ($this->id > -1) {
            return UserOperations::get_instance()->UpdateUser($this);
        }
        $this->id = UserOperations::get_instance()->InsertUser($this);
        return $this->id > -1;
    }

    /** Forgets who it was: Core::DeleteUserPost sees the id -1. */
    public function Delete(): bool
    {
        $done = $this->id > -1 && UserOperations::get_instance()->DeleteUserByID($this->id);
        if ($done) {
            foreach (get_class_vars(self::class) as $name => $value) {
                $this->$name = $value;
            }
        }
        return $done;
    }
}

class UserOperations
{
    private static ?self $instance = null;
    private array $users = [];

    public static function &get_instance(): self
    {
        self::$instance ??= new self();
        return self::$instance;
    }

    public static function hash($password): string
    {
        return md5(cms_siteprefs::get('sitemask') . $password);
    }

    private function fromRow(array $row): User
    {
        $user = new User();
        $user->id = (int) $row['user_id'];
        $user->username = $row['username'];
        $user->password = $row['password'];
        $user->firstname = $row['first_name'];
        $user->lastname = $row['last_name'];
        $user->email = $row['email'];
        $user->active = $row['active'];
        $user->adminaccess = $row['admin_access'];
        return $user;
    }

    public function LoadUsers($limit = 10000, $offset = 0): array
    {
        $rows = cmsms()->GetDb()->SelectLimit('SELECT * FROM ' . CMS_DB_PREFIX . 'users ORDER BY username', $limit, $offset);
        return array_map($this->fromRow(...), $rows ? $rows->GetArray() : []);
    }

    public function LoadUserByUsername($username, $password = '', $activeonly = true, $adminaccessonly = false)
    {
        $sql = 'SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE username = ?';
        $parameters = [$username];
        if ($password != '') {
            $sql .= ' AND password = ?';
            $parameters[] = self::hash($password);
        }
        $sql .= ($activeonly ? ' AND active = 1' : '') . ($adminaccessonly ? ' AND admin_access = 1' : '');
        $id = cmsms()->GetDb()->GetOne($sql, $parameters);
        return $id ? $this->LoadUserByID($id) : null;
    }

    public function LoadUserByID($id)
    {
        $id = (int) $id;
        if ($id < 1) {
            return false;
        }
        if (!isset($this->users[$id])) {
            $row = cmsms()->GetDb()->GetRow('SELECT * FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?', [$id]);
            $this->users[$id] = $row ? $this->fromRow($row) : false;
        }
        return $this->users[$id];
    }

    public function InsertUser($user): int
    {
        $db = cmsms()->GetDb();
        if ($db->GetOne('SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE username = ?', [$user->username])) {
            return -1;
        }
        $id = $db->GenID(CMS_DB_PREFIX . 'users_seq');
        // A row that the database refuses returns null, and nobody looks for that.
        $done = $db->Execute(
            'INSERT INTO ' . CMS_DB_PREFIX . 'users (user_id, username, password, active, first_name, last_name, email, admin_access) VALUES (?,?,?,?,?,?,?,1)',
            [$id, $user->username, $user->password, (int) $user->active, $user->firstname, $user->lastname, $user->email],
        );
        return $done !== false ? $id : -1;
    }

    public function UpdateUser($user): bool
    {
        return cmsms()->GetDb()->Execute(
            'UPDATE ' . CMS_DB_PREFIX . 'users SET username = ?, password = ?, active = ?, first_name = ?, last_name = ?, email = ? WHERE user_id = ?',
            [$user->username, $user->password, (int) $user->active, $user->firstname, $user->lastname, $user->email, $user->id],
        ) !== null;
    }

    public function DeleteUserByID($id): bool
    {
        if ($id <= 1 || !check_permission(get_userid(), 'Manage Users')) {
            return false;
        }
        foreach (['user_groups', 'users', 'userprefs'] as $table) {
            cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . "$table WHERE user_id = ?", [$id]);
        }
        return true;
    }

    public function GetMemberGroups($uid): array
    {
        return array_map('intval', cmsms()->GetDb()->GetCol('SELECT group_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE user_id = ?', [(int) $uid]));
    }

    public function UserInGroup($uid, $gid): bool
    {
        return in_array((int) $gid, $this->GetMemberGroups($uid), true);
    }

    public function IsSuperuser($uid): bool
    {
        return $uid == 1 || $this->UserInGroup($uid, 1);
    }

    public function AddMemberGroup($uid, $gid): void
    {
        cmsms()->GetDb()->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'user_groups (group_id, user_id) VALUES (?,?)', [(int) $gid, (int) $uid]);
    }

    /** Group 1 may do everything. */
    public function CheckPermission($uid, $permission): bool
    {
        if ($uid <= 0) {
            return false;
        }
        $groups = $this->GetMemberGroups($uid);
        return in_array(1, $groups, true) || array_filter($groups, static fn (int $gid): bool => GroupOperations::get_instance()->CheckPermission($gid, $permission)) !== [];
    }
}

class Group
{
    private $_data = ['id' => -1, 'name' => null, 'active' => true];

    public static function ofRow(array $row): self
    {
        $group = new self();
        $group->_data = ['id' => (int) ($row['group_id'] ?? 0), 'name' => $row['group_name'] ?? null] + $group->_data;
        return $group;
    }

    /** And no __isset(): array_column(), isset() and ?? find nothing in it. */
    public function __get($key)
    {
        return array_key_exists($key, $this->_data) ? $this->_data[$key] : throw new \LogicException("$key is not a member of Group");
    }

    public function HasPermission($name): bool
    {
        return $this->id > 0 && GroupOperations::get_instance()->CheckPermission($this->id, $name);
    }

    public function GrantPermission($name): void
    {
        if ($this->id > 0) {
            GroupOperations::get_instance()->GrantPermission($this->id, $name);
        }
    }

    /** Forgets its id: Core::DeleteGroupPost sees -1. */
    public function Delete(): bool
    {
        if ($this->id < 1) {
            return false;
        }
        if ($this->id == 1) {
            throw new \LogicException('the first group cannot be deleted');
        }
        foreach (['user_groups', 'group_perms', 'groups'] as $table) {
            cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . "$table WHERE group_id = ?", [$this->id]);
        }
        $this->_data['id'] = -1;
        return true;
    }
}

class GroupOperations
{
    private static ?self $instance = null;

    public static function get_instance(): self
    {
        return self::$instance ??= new self();
    }

    public function LoadGroupByID($id): Group
    {
        $row = cmsms()->GetDb()->GetRow('SELECT * FROM ' . CMS_DB_PREFIX . 'groups WHERE group_id = ?', [(int) $id]);
        return Group::ofRow($row ?: []);
    }

    public function LoadGroups(): array
    {
        return array_map(Group::ofRow(...), cmsms()->GetDb()->GetArray('SELECT * FROM ' . CMS_DB_PREFIX . 'groups ORDER BY group_id') ?? []);
    }

    public function CheckPermission($gid, $permission): bool
    {
        return (bool) cmsms()->GetDb()->GetOne(
            'SELECT gp.group_id FROM ' . CMS_DB_PREFIX . 'group_perms gp JOIN ' . CMS_DB_PREFIX . 'permissions p ON p.permission_id = gp.permission_id
             WHERE gp.group_id = ? AND p.permission_name = ?',
            [(int) $gid, $permission],
        );
    }

    public function GrantPermission($gid, $permission): void
    {
        $db = cmsms()->GetDb();
        $id = $db->GetOne('SELECT permission_id FROM ' . CMS_DB_PREFIX . 'permissions WHERE permission_name = ?', [$permission]);
        if ($id && !$this->CheckPermission($gid, $permission)) {
            $db->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'group_perms (group_perm_id, group_id, permission_id) VALUES (?,?,?)', [$db->GenID(CMS_DB_PREFIX . 'group_perms_seq'), (int) $gid, $id]);
        }
    }
}

class CmsPermission
{
    public static function create($source, $name, $text): void
    {
        $db = cmsms()->GetDb();
        if (!$db->GetOne('SELECT permission_id FROM ' . CMS_DB_PREFIX . 'permissions WHERE permission_name = ?', [$name])) {
            $db->Execute(
                'INSERT INTO ' . CMS_DB_PREFIX . 'permissions (permission_id, permission_name, permission_text, permission_source) VALUES (?,?,?,?)',
                [$db->GenID(CMS_DB_PREFIX . 'permissions_seq'), $name, $text, $source],
            );
        }
    }

    public static function remove($name): void
    {
        $db = cmsms()->GetDb();
        $id = $db->GetOne('SELECT permission_id FROM ' . CMS_DB_PREFIX . 'permissions WHERE permission_name = ?', [$name]);
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'group_perms WHERE permission_id = ?', [$id]);
        $db->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'permissions WHERE permission_id = ?', [$id]);
    }
}
