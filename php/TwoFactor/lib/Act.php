<?php

/**
 * Something that a form under Site Admin asks for, and what it takes. The kinds are all there are: an act of none of them
 * cannot be written down.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Act
{
    /**
     * @param class-string<AdminPage> $class
     * @param string $method of that class: takes the Change, and the Actor where a proof was taken; returns a Notice
     * @param string $page that the form is on
     * @param list<Permission> $permissions one of which whoever asks for it has, unless they are an administrator
     * @param bool $needsReason which the form asks for, and the audit keeps
     */
    private function __construct(
        public readonly string $class,
        public readonly string $method,
        public readonly string $page,
        public readonly array $permissions = [],
        public readonly bool $isForAll = true,
        public readonly bool $isOnUser = false,
        public readonly bool $takesProof = true,
        public readonly bool $needsVerifier = true,
        public readonly bool $needsReason = false,
    ) {
    }

    /**
     * On what is everybody's. Administrators, and whom by() adds, with a fresh proof of their own, of whom the extension
     * says that they may act on others.
     *
     * @param class-string<AdminPage> $class
     */
    public static function onAll(string $class, string $method, string $page, bool $needsReason = false): self
    {
        return new self($class, $method, $page, needsReason: $needsReason);
    }

    /**
     * On one user's account. Whoever may manage users, or whom by() adds, and who may do whatever that user may, with a
     * fresh proof; what it takes besides, the extension knows and is asked with the act itself.
     *
     * @param class-string<AdminPage> $class
     */
    public static function onUser(string $class, string $method, string $page, bool $needsReason = false): self
    {
        return new self($class, $method, $page, [Permission::Manage], isForAll: false, isOnUser: true, needsReason: $needsReason);
    }

    /**
     * Changes nothing that is kept: for whoever sees the page.
     *
     * @param class-string<AdminPage> $class
     */
    public static function look(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, Permission::cases(), takesProof: false);
    }

    /**
     * Keeps something for whoever is signed in that nothing is decided by, such as a filter with a name. No proof; for
     * whoever sees the page.
     *
     * @param class-string<AdminPage> $class
     */
    public static function ofOwn(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, Permission::cases(), takesProof: false);
    }

    /**
     * Before there is a key, and so anybody's factor: its method asks whether there is one.
     *
     * @param class-string<AdminPage> $class
     */
    public static function firstOfAll(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, [Permission::Manage], isForAll: false, takesProof: false, needsVerifier: false);
    }

    /** The same act, which whoever has one of these permissions may ask for, too. */
    public function by(Permission ...$permissions): self
    {
        return new self(
            $this->class,
            $this->method,
            $this->page,
            [...$this->permissions, ...$permissions],
            $this->isForAll,
            $this->isOnUser,
            $this->takesProof,
            $this->needsVerifier,
            $this->needsReason,
        );
    }
}
