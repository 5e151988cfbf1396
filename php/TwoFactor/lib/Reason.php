<?php

/**
 * Why sign-ins ended, an account was reset or a code was refused, where it was no person who said why. What the extension keeps in the
 * audit is the value; it is kept once and shown to people of many languages, so it is translated when it is shown.
 */

declare(strict_types=1);

namespace TwoFactorModule;

enum Reason: string
{
    case StandingChanged = 'password, groups or state changed';
    case RecoveredByEmail = 'password recovered by e-mail';
    case RecoveredByTelephone = 'password recovered by telephone';
    case GroupsChanged = 'groups changed';
    case GroupDeleted = 'group deleted';
    case PermissionsChanged = 'permissions changed';
    case RaisedByLess = 'more permissions, from the user or from somebody without them';
    case IdGivenAgain = 'id given to a new user';
    case UserDeleted = 'user deleted';
    case ToldLate = 'a change or a sign-out while the store was away';
    case Uninstalled = 'module uninstalled';
    case ByItsUser = 'ended by the user';
    case ByItsOwner = 'by its owner';
    case OnLicencePage = 'on the page of the licence';
    case OnSupportPage = 'on the page of support';
    /** Of a code that was shown again; the extension says so. */
    case Elsewhere = 'elsewhere';
    case ElsewhereAgain = 'elsewhere again';
    /** Of an app's code that is older than the last that was accepted. */
    case Earlier = 'earlier';

    /** The key of its text. */
    public function key(): string
    {
        return match ($this) {
            self::StandingChanged => 'reason_standing_changed',
            self::RecoveredByEmail => 'reason_recovered_by_email',
            self::RecoveredByTelephone => 'reason_recovered_by_telephone',
            self::GroupsChanged => 'reason_groups_changed',
            self::GroupDeleted => 'reason_group_deleted',
            self::PermissionsChanged => 'reason_permissions_changed',
            self::RaisedByLess => 'reason_raised_by_less',
            self::IdGivenAgain => 'reason_id_given_again',
            self::UserDeleted => 'reason_user_deleted',
            self::ToldLate => 'reason_told_late',
            self::Uninstalled => 'reason_uninstalled',
            self::ByItsUser => 'reason_by_its_user',
            self::ByItsOwner => 'reason_by_its_owner',
            self::OnLicencePage => 'reason_on_licence_page',
            self::OnSupportPage => 'reason_on_support_page',
            self::Elsewhere => 'reason_elsewhere',
            self::ElsewhereAgain => 'reason_elsewhere_again',
            self::Earlier => 'reason_earlier',
        };
    }
}
