<?php

/**
 * Permissions of this module under Site Admin, by their names in the engine; which pages and acts they open stands in
 * Permissions and at each act. Administrators need none. `use_twofactor`, for one's own page, is none of them (Access).
 *
 * The finer ones come with TwoFactorPro and count with a licence. They open less than an administrator has, each its own
 * part, and take nothing from whoever has `manage_twofactor`.
 */

declare(strict_types=1);

namespace TwoFactorModule;

enum Permission: string
{
    case Manage = 'manage_twofactor';
    case Help = 'help_twofactor_users';
    case Audit = 'read_twofactor_audit';
    case Settings = 'manage_twofactor_settings';
    case Providers = 'manage_twofactor_providers';
    case Premium = 'manage_twofactor_premium';

    public const FINER = [self::Help, self::Audit, self::Settings, self::Providers, self::Premium];
}
