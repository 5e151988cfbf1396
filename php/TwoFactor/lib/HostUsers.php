<?php

/**
 * Users and groups of CMS Made Simple.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class HostUsers
{
    private const ADMIN_GROUP = 1;

    /** @var array<string, string>|null names of permissions by their texts */
    private ?array $permissionTexts = null;

    public function __construct(private readonly HostDatabase $database)
    {
    }

    /** Null unless the user may sign in to the admin now. */
    public function userWhoMaySignIn(int $id): ?\User
    {
        $user = \UserOperations::get_instance()->LoadUserByID($id);
        return $user && $user->active && $user->adminaccess ? $user : null;
    }

    public function user(int $id): ?\User
    {
        return \UserOperations::get_instance()->LoadUserByID($id) ?: null;
    }

    /** Asked of the database, which has to answer: no answer is a no. */
    public function isGone(int $id): bool
    {
        $count = $this->database->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?', [$id]);
        return $count !== null && (int) $count['n'] === 0;
    }

    /** As login.php finds who has forgotten a password. Null unless they may sign in to the admin now. */
    public function userNamed(string $name): ?\User
    {
        $user = \UserOperations::get_instance()->LoadUserByUsername($name);
        return $user ? $this->userWhoMaySignIn((int) $user->id) : null;
    }

    /** As login.php asks it. */
    public function hasPassword(\User $user, #[\SensitiveParameter] string $password): bool
    {
        if ($password === '') {
            return false;
        }
        $found = \UserOperations::get_instance()->LoadUserByUsername($user->username, $password, true, true);
        return $found && (int) $found->id === (int) $user->id;
    }

    /** The engine's way of storing one. A link to a new password that was mailed ends with it. */
    public function setPassword(\User $user, #[\SensitiveParameter] string $password): bool
    {
        $user->SetPassword($password);
        if (!$user->Save()) {
            return false;
        }
        \cms_userprefs::remove_for_user($user->id, 'pwreset');
        return true;
    }

    /** On the engine's page My Account. */
    public function mayChangeOwnPassword(int $id): bool
    {
        return (bool) \UserOperations::get_instance()->CheckPermission($id, 'Manage My Account');
    }

    /** As the database has it; 0 when nobody has this name. */
    public function idOf(string $name): int
    {
        $row = $this->database->row('SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE username = ?', [$name]);
        return (int) ($row['user_id'] ?? 0);
    }

    public function userName(int $id): string
    {
        return (string) ($this->user($id)?->username ?? $id);
    }

    /**
     * Of many, in one question.
     *
     * @param list<int> $ids
     * @return array<int, string> by id, of those who are there
     */
    public function names(array $ids): array
    {
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT user_id, username FROM ' . CMS_DB_PREFIX . 'users WHERE user_id IN (' . implode(',', array_map(intval(...), $ids)) . ')',
        );
        return array_column($rows, 'username', 'user_id');
    }

    /**
     * The user in the extension's terms. Mails and messages speak the language they have chosen. What rules of a policy may
     * name: the role "administrator", and groups by their ids, for a name may change. Both are looked up when one does.
     */
    public function person(\User $user): \TwoFactor\User
    {
        $chosen = (string) \cms_userprefs::get_for_user((int) $user->id, 'default_cms_language');
        $language = preg_match('/^\w{2,20}$/', $chosen) ? $chosen : (string) \CmsNlsOperations::get_current_language();
        $email = trim((string) $user->email);
        return new \TwoFactor\User(
            (string) (int) $user->id,
            (string) $user->username,
            $email === '' ? null : $email,
            (fn () => yield from $this->isAdministrator((int) $user->id) ? ['administrator'] : [])(),
            str_replace('_', '-', $language) ?: null,
            (fn () => yield from array_map(strval(...), $this->groupsOf((int) $user->id)))(),
        );
    }

    /**
     * The same of many, as far as rules ask about them, without those who may not sign in to the admin now: two questions,
     * however many they are.
     *
     * @param list<int> $ids
     * @return list<\TwoFactor\User>
     * @throws \RuntimeException an answer that does not come must not read as that of users who are in no group
     */
    public function people(array $ids): array
    {
        $rows = $this->database->connection()->GetArray(
            'SELECT user_id, username FROM ' . CMS_DB_PREFIX . 'users WHERE active <> 0 AND admin_access <> 0 AND user_id IN (' . self::list($ids) . ')',
        );
        if (!is_array($rows)) {
            throw new \RuntimeException('The users cannot be read.');
        }
        $groups = $this->memberships($ids);
        return array_map(static function (array $row) use ($groups): \TwoFactor\User {
            $id = (int) $row['user_id'];
            $roles = self::isOneOfAdministrators($id, $groups[$id] ?? []) ? ['administrator'] : [];
            return new \TwoFactor\User((string) $id, (string) $row['username'], null, $roles, null, array_map(strval(...), $groups[$id] ?? []));
        }, array_values($rows));
    }

    /**
     * The engine says the same of a query that failed as of a user in no group: so then the database is asked whether it is
     * so. Whoever is in no group may be asked for less than they should be.
     *
     * @return list<int>
     * @throws \RuntimeException
     */
    public function groupsOf(int $userId): array
    {
        $groups = \UserOperations::get_instance()->GetMemberGroups($userId) ?: [];
        if ($groups === []) {
            $count = $this->database->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . 'user_groups WHERE user_id = ?', [$userId]);
            if ($count === null || (int) $count['n'] !== 0) {
                throw new \RuntimeException('The groups of a user cannot be read.');
            }
        }
        return array_map(intval(...), $groups);
    }

    /** @return array<int, string> names of those who may sign in, by id */
    public function administrators(): array
    {
        $sql = 'SELECT user_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE group_id = ? ORDER BY user_id';
        $members = array_column($this->database->rows($sql, [self::ADMIN_GROUP]), 'user_id');
        $users = array_map($this->userWhoMaySignIn(...), array_map(intval(...), [1, ...$members]));
        return array_column(array_filter($users), 'username', 'id');
    }

    /** @return list<string> addresses of administrators and of whoever else may manage the module, without those who have none */
    public function addressesOfManagers(): array
    {
        $groups = array_filter(
            \GroupOperations::get_instance()->LoadGroups() ?: [],
            static fn (\Group $group): bool => (int) $group->id !== self::ADMIN_GROUP && $group->HasPermission(Permission::Manage->value),
        );
        $ids = array_keys($this->administrators());
        foreach ($groups as $group) {
            $sql = 'SELECT user_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE group_id = ? ORDER BY user_id';
            $ids = [...$ids, ...array_map(intval(...), array_column($this->database->rows($sql, [(int) $group->id]), 'user_id'))];
        }
        $users = array_filter(array_map($this->userWhoMaySignIn(...), array_unique($ids)));
        $addresses = array_map(static fn (\User $user): string => trim((string) $user->email), $users);
        return array_values(array_unique(array_filter($addresses)));
    }

    /** @return list<int> of everybody there is */
    public function userIds(): array
    {
        $rows = $this->database->rows('SELECT user_id FROM ' . CMS_DB_PREFIX . 'users');
        return array_map(intval(...), array_column($rows, 'user_id'));
    }

    /**
     * In the order of user names, those after one of them: whose user name, address or name begins with a text; where nobody's
     * does, who has it anywhere in them. The engine has no index of these, so each question reads all users: one that compares
     * beginnings takes a third of the time of one that looks everywhere, and one that sorts ids half of one that sorts rows.
     *
     * @return list<array<string, mixed>>
     */
    public function search(string $text, int $limit, string $after = ''): array
    {
        $beginning = $this->beginning($text);
        $ids = $this->matching($beginning, $limit, $after);
        if ($ids === [] && $text !== '' && ($after === '' || $this->matching($beginning, 1, '') === [])) {
            $ids = $this->matching("%$beginning", $limit, $after);
        }
        return $this->listed($ids, 'username');
    }

    /**
     * @param list<int> $ids
     * @param 'user_id'|'username' $order
     * @return list<array<string, mixed>>
     */
    public function listed(array $ids, string $order): array
    {
        return $ids === [] ? [] : $this->database->rows(
            'SELECT user_id, username, first_name, last_name, active FROM ' . CMS_DB_PREFIX . 'users WHERE user_id IN ('
            . implode(',', $ids) . ") ORDER BY $order",
        );
    }

    /** By what search() finds that text now. */
    public function pattern(string $text): string
    {
        $beginning = $this->beginning($text);
        return $text === '' || $this->matching($beginning, 1, '') !== [] ? $beginning : "%$beginning";
    }

    private function beginning(string $text): string
    {
        return strtr($text, ['!' => '!!', '%' => '!%', '_' => '!_']) . '%';
    }

    /**
     * In the order of ids, which the engine has an index of: so many after one of them.
     *
     * @return list<int>
     * @throws \RuntimeException an answer that does not come must not read as that there is nobody else
     */
    public function idsLike(string $pattern, int $after, int $limit): array
    {
        return $this->ids('user_id > ?', [$after], $pattern, 'user_id', $limit);
    }

    public function countLike(string $pattern): int
    {
        [$condition, $values] = self::like($pattern);
        return (int) ($this->database->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . "users WHERE $condition", $values)['n'] ?? 0);
    }

    /** @return list<int> */
    private function matching(string $pattern, int $limit, string $after): array
    {
        return $this->ids('username > ?', [$after], $pattern, 'username', $limit);
    }

    /**
     * @param list<int|string> $values
     * @return list<int>
     */
    private function ids(string $condition, array $values, string $pattern, string $order, int $limit): array
    {
        [$isLike, $likes] = self::like($pattern);
        $found = $this->database->connection()->SelectLimit(
            'SELECT user_id FROM ' . CMS_DB_PREFIX . "users WHERE $condition AND $isLike ORDER BY $order",
            $limit,
            0,
            [...$values, ...$likes],
        );
        if (!$found) {
            throw new \RuntimeException('The users cannot be read.');
        }
        return array_map(intval(...), array_column($found->GetArray() ?? [], 'user_id'));
    }

    /** @return array{string, list<string>} */
    private static function like(string $pattern): array
    {
        $columns = ['username', 'email', 'last_name', "CONCAT(first_name, ' ', last_name)"];
        return $pattern === '%' ? ['1 = 1', []] : [
            '(' . implode(' OR ', array_map(static fn (string $column) => "$column LIKE ? ESCAPE '!'", $columns)) . ')',
            array_fill(0, count($columns), $pattern),
        ];
    }

    /** Not by the engine's IsSuperuser(), which looks for the user's id among the ids of their groups. */
    public function isAdministrator(int $userId): bool
    {
        return self::isOneOfAdministrators($userId, $userId === 1 ? [] : $this->groupsOf($userId));
    }

    /**
     * What users may do here. An answer that does not come must not read as nobody's having any.
     *
     * @param list<int> $ids
     * @return array<int, Privileges> of each of them, by id
     * @throws \RuntimeException
     */
    public function privileges(array $ids): array
    {
        $groups = $this->memberships($ids);
        $permissions = $this->permissionsOf($ids);
        if ($permissions === null) {
            throw new \RuntimeException('The permissions of users cannot be read.');
        }
        $has = array_fill_keys($ids, []);
        foreach ($permissions as $row) {
            $has[(int) $row['user_id']][] = (string) $row['permission_name'];
        }
        $all = [];
        foreach ($has as $id => $those) {
            $all[$id] = new Privileges(self::isOneOfAdministrators($id, $groups[$id] ?? []), $those);
        }
        return $all;
    }

    /**
     * @param list<int> $ids
     * @return array<int, list<int>> ids of groups, by user
     * @throws \RuntimeException
     */
    private function memberships(array $ids): array
    {
        $rows = $this->database->connection()->GetArray(
            'SELECT user_id, group_id FROM ' . CMS_DB_PREFIX . 'user_groups WHERE user_id IN (' . self::list($ids) . ')',
        );
        if (!is_array($rows)) {
            throw new \RuntimeException('The groups of users cannot be read.');
        }
        $groups = [];
        foreach ($rows as $row) {
            $groups[(int) $row['user_id']][] = (int) $row['group_id'];
        }
        return $groups;
    }

    /** @param list<int> $groups */
    private static function isOneOfAdministrators(int $userId, array $groups): bool
    {
        return $userId === 1 || in_array(self::ADMIN_GROUP, $groups, true);
    }

    /**
     * @param list<int> $ids
     * @return list<array{user_id: int|string, permission_name: string}>|null null: the database does not answer
     */
    private function permissionsOf(array $ids): ?array
    {
        $names = Privileges::names();
        $rows = $this->database->connection()->GetArray(
            'SELECT DISTINCT g.user_id, p.permission_name FROM ' . CMS_DB_PREFIX . 'user_groups g JOIN '
            . CMS_DB_PREFIX . 'group_perms gp ON gp.group_id = g.group_id JOIN '
            . CMS_DB_PREFIX . 'permissions p ON p.permission_id = gp.permission_id WHERE g.user_id IN (' . self::list($ids)
            . ') AND p.permission_name IN (' . implode(',', array_fill(0, count($names), '?')) . ')'
            . ' ORDER BY g.user_id, p.permission_name',
            $names,
        );
        return is_array($rows) ? array_values($rows) : null;
    }

    /** The permission of this module of which the engine keeps that text; '' where it is none of them. */
    public function permissionWithText(string $text): string
    {
        $own = [\TwoFactor::OWN, ...array_column(Permission::cases(), 'value')];
        $this->permissionTexts ??= array_column($this->database->rows(
            'SELECT permission_name, permission_text FROM ' . CMS_DB_PREFIX . 'permissions WHERE permission_name IN ('
            . implode(',', array_fill(0, count($own), '?')) . ')',
            $own,
        ), 'permission_name', 'permission_text');
        return (string) ($this->permissionTexts[$text] ?? '');
    }

    /** For a query; nobody has the id 0. @param list<int> $ids */
    private static function list(array $ids): string
    {
        return implode(',', array_map(intval(...), [0, ...$ids]));
    }

    /** Of one user; '' of one who is not there. */
    public function standing(int $userId): string
    {
        return $this->standings([$userId])[$userId] ?? '';
    }

    /**
     * What makes a sign-in belong to these circumstances: password, groups, what they may do here, and whether the user is
     * active. Read from the database.
     *
     * @param list<int> $ids
     * @return array<int, string> by id, of those who are there
     */
    public function standings(array $ids): array
    {
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT u.user_id, u.password, u.active, u.admin_access, g.group_id FROM ' . CMS_DB_PREFIX . 'users u LEFT JOIN '
            . CMS_DB_PREFIX . 'user_groups g ON g.user_id = u.user_id WHERE u.user_id IN ('
            . implode(',', array_map(intval(...), $ids)) . ') ORDER BY u.user_id, g.group_id',
        );
        $byUser = [];
        foreach ($rows as $row) {
            $byUser[(int) $row['user_id']][] = array_values($row);
        }
        foreach ($this->permissionsOf(array_keys($byUser)) ?? [] as $row) {
            $byUser[(int) $row['user_id']][] = (string) $row['permission_name'];
        }
        return array_map(static fn (array $all) => hash('sha256', (string) json_encode($all)), $byUser);
    }
}
