<?php

/**
 * The Module Manager can switch a module off, and delete the folder of one, without asking the module. Either takes
 * everybody's second factor away, as uninstalling does, and so needs what that needs.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Deactivation
{
    /**
     * Whether this request asks the Module Manager for it. The names of other modules are compared as they are on the
     * disk: the database would find this one by other spellings, too, and a path may lead here in many ways.
     */
    public static function isAsked(): bool
    {
        $asked = $_REQUEST['mact'] ?? null;
        if (!is_string($asked)) {
            return false;
        }
        [$manager, $id, $action] = array_pad(explode(',', $asked, 4), 3, '');
        // As the engine reads an action's name.
        $action = strtolower((string) preg_replace('/[^A-Za-z0-9_+-]/', '', $action));
        $ends = match ($action) {
            'local_active' => (int) self::text($_REQUEST[$id . 'state'] ?? 0) === 0,
            'local_remove' => true,
            default => false,
        };
        $name = self::text($_REQUEST[$id . 'mod'] ?? '');
        return $ends
            && strcasecmp(trim($manager), 'ModuleManager') === 0
            && ($name === 'TwoFactor' || !in_array($name, \ModuleOperations::get_instance()->FindAllModules(), true));
    }

    private static function text(mixed $value): string
    {
        return is_scalar($value) ? (string) $value : '';
    }
}
