<?php

/**
 * What somebody may do here, as far as it decides who may act on them. Nobody resets, unlocks or helps into a sign-in
 * somebody who may do what they may not: whoever knows that person's password would have that, too.
 *
 * No ranks with numbers: of somebody who looks after providers and somebody who helps users neither is above the other,
 * and neither acts on the other. Whether a licence counts makes no difference, or one would wait for its end.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Privileges
{
    /**
     * Permissions of the engine, and of the modules that come with it, by which somebody could take for themselves what they were
     * not given, or end the second factor of others. What other modules bring along nobody knows here.
     */
    public const OF_ENGINE = [
        // They give permissions, passwords and addresses of mail.
        'Manage Users', 'Manage Groups',
        // They switch this module off, or bring another one, which is code.
        'Modify Modules',
        // They say by which server mail goes.
        'Modify Site Preferences',
        // They take the module's listeners off what the engine tells.
        'Modify Events',
        // They write PHP.
        'Modify User-defined Tags',
        // They write templates, of which those that the admin evaluates may call any function of PHP; a design brings some along.
        'Modify Templates', 'Add Templates', 'Manage Designs', 'manage_userguide',
        // They put files below the site's address, and rename, unpack and remove there; advanced also the site's own.
        'Modify Files', 'Use FileManager Advanced',
    ];

    /** @var list<string> */
    private readonly array $permissions;

    /**
     * @param bool $isAdministrator a member of the engine's first group, or its first user: has all there are
     * @param list<string> $permissions by name; what decides nothing here is left out
     */
    public function __construct(public readonly bool $isAdministrator, array $permissions)
    {
        $implied = in_array(Permission::Manage->value, $permissions, true) ? [Permission::Help->value, Permission::Audit->value] : [];
        $this->permissions = array_values(array_intersect(self::names(), [...$permissions, ...$implied]));
    }

    /** @return list<string> of all that count */
    public static function names(): array
    {
        return [...array_column(Permission::cases(), 'value'), ...self::OF_ENGINE];
    }

    /** Whether they may do whatever the other may. */
    public function cover(self $other): bool
    {
        return $this->isAdministrator
            || (!$other->isAdministrator && array_diff($other->permissions, $this->permissions) === []);
    }

    /** Whether they act on others, or on what is everybody's. */
    public function isOperator(): bool
    {
        return $this->isAdministrator || array_diff($this->permissions, self::OF_ENGINE) !== [];
    }
}
