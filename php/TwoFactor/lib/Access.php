<?php

/**
 * Who has which permission under Site Admin and may act on whom, and who sees a page of their own. Protecting one's own
 * login must be open to everyone who has one: the permission use_twofactor is granted to every group at installation and to
 * every new group, a site may take it from some, and users without a group, or who are enrolled already, do not need it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Access
{
    /** @var array<int, list<Permission>|true> by user, asked once in a request */
    private array $counting = [];

    public function __construct(
        private readonly \TwoFactor $module,
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Extensions $extensions,
    ) {
    }

    /** Whether whoever is signed in is an administrator, or has one of these permissions and it counts. */
    public function may(Permission ...$any): bool
    {
        $id = $this->host->session->loggedInId();
        if ($id === null || $this->host->session->isImpersonating()) {
            return false;
        }
        $this->counting[$id] ??= $this->counting($id);
        return $this->counting[$id] === true || array_filter($any, fn (Permission $one) => in_array($one, $this->counting[$id], true)) !== [];
    }

    /** @return list<Permission>|true those that somebody has and that count; true: an administrator */
    private function counting(int $id): array|bool
    {
        $has = static fn (Permission $one): bool => (bool) \UserOperations::get_instance()->CheckPermission($id, $one->value);
        if ($has(Permission::Manage) && $this->host->users->isAdministrator($id)) {
            return true;
        }
        $finer = array_filter(Permission::FINER, $has);
        return [
            ...array_filter([Permission::Manage], $has),
            ...array_filter($finer, fn (Permission $one) => in_array($one, $this->extensions->permissions(), true)),
        ];
    }

    public function mayUse(): bool
    {
        return $this->host->session->loggedInId() !== null && !$this->host->session->isImpersonating() && $this->seesOwn();
    }

    /**
     * For the menu. The engine keeps the menu of a user whoever looks at it, and for how long a licence counts: so this
     * must not depend on either. The pages themselves refuse.
     */
    public function seesManagement(): bool
    {
        $all = Extensions::isThere() ? Permission::cases() : [Permission::Manage];
        return array_filter($all, fn (Permission $one): bool => (bool) $this->module->CheckPermission($one->value)) !== [];
    }

    public function seesOwn(): bool
    {
        return $this->owns($this->host->session->effectiveId());
    }

    /** Whether somebody may see their own page, also in the request that signs them in. */
    public function owns(int $userId): bool
    {
        return \UserOperations::get_instance()->CheckPermission($userId, \TwoFactor::OWN)
            || $this->host->users->groupsOf($userId) === []
            || $this->isEnrolled($userId);
    }

    /** Nobody acts on somebody who may do what they may not; the act itself takes a permission besides. */
    public function mayChange(int $userId): bool
    {
        return $this->reach([$userId])[$userId];
    }

    /**
     * The same of several.
     *
     * @param list<int> $userIds
     * @return array<int, bool> by id
     */
    public function reach(array $userIds): array
    {
        $id = $this->host->session->loggedInId();
        if ($id === null || !$this->may(Permission::Manage, Permission::Help)) {
            return array_fill_keys($userIds, false);
        }
        $all = $this->host->users->privileges([$id, ...$userIds]);
        return array_map(static fn (Privileges $of) => $all[$id]->cover($of), array_intersect_key($all, array_flip($userIds)));
    }

    /** An administrator: also over other administrators. */
    public function mayDecideForAll(): bool
    {
        return $this->may();
    }

    /** Whether somebody else acts on others here, or on what is everybody's. */
    public function isOperator(int $userId): bool
    {
        return $this->host->users->privileges([$userId])[$userId]->isOperator();
    }

    public function welcome(\Group $group): void
    {
        $group->GrantPermission(\TwoFactor::OWN);
    }

    public function welcomeAll(): void
    {
        foreach (\GroupOperations::get_instance()->LoadGroups() as $group) {
            if (!$group->HasPermission(\TwoFactor::OWN)) {
                $group->GrantPermission(\TwoFactor::OWN);
            }
        }
    }

    private function isEnrolled(int $userId): bool
    {
        try {
            return !$this->verification->isPending() && $this->verification->account($userId)->isEnrolled();
        } catch (Unverifiable) {
            return false;
        }
    }
}
