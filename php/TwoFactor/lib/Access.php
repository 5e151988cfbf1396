<?php

/**
 * Who may see which page. Protecting one's own login must be open to everyone who has one: the permission
 * use_twofactor is granted to every group at installation and to every new group, and users without a
 * group, or who are enrolled already, do not need it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Access
{
    public function __construct(
        private readonly \TwoFactor $module,
        private readonly Host $host,
        private readonly Verification $verification,
    ) {
    }

    public function mayManage(): bool
    {
        return !$this->host->session->isImpersonating() && $this->seesManagement();
    }

    public function mayUse(): bool
    {
        return $this->host->session->loggedInId() !== null && !$this->host->session->isImpersonating() && $this->seesOwn();
    }

    /**
     * For the menu. The engine keeps the menu of a user whoever looks at it, so this must not depend on
     * who tests the site as whom; the pages themselves refuse that.
     */
    public function seesManagement(): bool
    {
        return (bool) $this->module->CheckPermission(\TwoFactor::MANAGE);
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

    /** Administrators are out of reach for managers who are none, as in the engine's own user list. */
    public function mayChange(int $userId): bool
    {
        $id = $this->host->session->loggedInId();
        return $id !== null
            && $this->mayManage()
            && ($this->host->users->isAdministrator($id) || !$this->host->users->isAdministrator($userId));
    }

    /** Who carries codes, and whether a password is set anew by telephone, decides over administrators, too. */
    public function mayDecideForAll(): bool
    {
        $id = $this->host->session->loggedInId();
        return $id !== null && $this->mayManage() && $this->host->users->isAdministrator($id);
    }

    /** Whether somebody else acts on others here. */
    public function isOperator(int $userId): bool
    {
        return $this->host->users->isAdministrator($userId)
            || \UserOperations::get_instance()->CheckPermission($userId, \TwoFactor::MANAGE);
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
