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
     * @param bool $needsReason which the form asks for, and the audit keeps
     */
    private function __construct(
        public readonly string $class,
        public readonly string $method,
        public readonly string $page,
        public readonly bool $isForAll = true,
        public readonly bool $isOnUser = false,
        public readonly bool $takesProof = true,
        public readonly bool $needsVerifier = true,
        public readonly bool $needsReason = false,
    ) {
    }

    /**
     * On what is everybody's. Administrators alone, with a fresh proof of their own, of whom the extension says that they
     * may act on others.
     *
     * @param class-string<AdminPage> $class
     */
    public static function onAll(string $class, string $method, string $page, bool $needsReason = false): self
    {
        return new self($class, $method, $page, needsReason: $needsReason);
    }

    /**
     * On one user's account. Whoever may manage that user, with a fresh proof; what it takes besides, the extension knows
     * and is asked with the act itself.
     *
     * @param class-string<AdminPage> $class
     */
    public static function onUser(string $class, string $method, string $page, bool $needsReason = false): self
    {
        return new self($class, $method, $page, isForAll: false, isOnUser: true, needsReason: $needsReason);
    }

    /**
     * Changes nothing that is kept.
     *
     * @param class-string<AdminPage> $class
     */
    public static function look(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, takesProof: false);
    }

    /**
     * Keeps something for whoever is signed in that nothing is decided by, such as a filter with a name. No proof.
     *
     * @param class-string<AdminPage> $class
     */
    public static function ofOwn(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, takesProof: false);
    }

    /**
     * Before there is a key, and so anybody's factor: its method asks whether there is one.
     *
     * @param class-string<AdminPage> $class
     */
    public static function firstOfAll(string $class, string $method, string $page): self
    {
        return new self($class, $method, $page, isForAll: false, takesProof: false, needsVerifier: false);
    }
}
