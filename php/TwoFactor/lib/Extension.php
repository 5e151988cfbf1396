<?php

/**
 * What another module adds to this one: one object for each thing that it adds, such as trusted devices. The module is
 * TwoFactorPro (Extensions); its main class has `contract(): int`, the number below that it was written for, and
 * `extensions(): array`, the names of these classes, which are made as the parts of this module are, of what their
 * constructors name. Whatever of them is missing, damaged or throws is left out: signing in goes on without it.
 *
 * Every method answers for what is there; one that is not overridden adds nothing.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Message;
use TwoFactor\Verified;

abstract class Extension
{
    /** Rises when a method here means something else: a module that was written for another number is left out. */
    public const CONTRACT = 1;

    /**
     * Pages under Site Admin, Two-factor, Premium, by the name that is in their address (`tab`). Administrators see
     * them, and whom seenBy() adds. In the row of pages stand those whose name has a text `tab_NAME`; a template is `TwoFactorPro;NAME`.
     *
     * @return array<string, class-string<AdminPage>>
     */
    public function adminPages(): array
    {
        return [];
    }

    /**
     * Pages there about one user, by the name that is in their address beside `user`. They are for whoever may act on that
     * user and is named by seenBy(), by itself whoever may manage users; a link to those whose name has a text `of_NAME` stands on the page of the user. Their templates begin with
     * `user_`.
     *
     * @return array<string, class-string<AdminPage>>
     */
    public function userPages(): array
    {
        return [];
    }

    /**
     * Who sees these pages, beside administrators.
     *
     * @return array<string, list<Permission>>
     */
    public function seenBy(): array
    {
        return [];
    }

    /**
     * The finer permissions that count now, for whoever has them in the engine. Of `manage_twofactor` nobody is asked.
     *
     * @return list<Permission>
     */
    public function permissions(): array
    {
        return [];
    }

    /**
     * What forms on these pages may ask for, by the value of `do`. What an act of a kind takes is asked before it is
     * reached (Act).
     *
     * @return array<string, Act>
     */
    public function acts(): array
    {
        return [];
    }

    /**
     * Pages under My Preferences, by the name that is in their address (`page`) and in the class's constant PAGE. A link
     * to those whose name has a text `own_NAME` stands below everybody's own Two-factor page.
     *
     * @return array<string, class-string<OwnPage>>
     */
    public function ownPages(): array
    {
        return [];
    }

    /**
     * Once an hour, when an administrator's page has been answered and nobody waits any more: what takes its time. Where the
     * server cannot end a request before its script there is no such moment, and the engine's tasks do it alone.
     */
    public function everyHour(): void
    {
    }

    /**
     * What else is to be mailed: looked for once a minute at most, at the end of a request. The extension is told what the
     * site's mailer took (Verifier::noticesSent()), and hands the rest out again.
     *
     * @return list<Message>
     */
    public function messages(): array
    {
        return [];
    }

    /**
     * Somebody has just signed in: their session is admitted, their browser has the engine's cookie, and cookies may be
     * added. Nobody waits here for anything beyond this server and its store.
     *
     * @param ?Verified $proof null where nothing had to be proven: that sign-in is allowed, and not complete yet
     * @return ?string one of its own pages, which the browser is led to first; OwnPage::leadOn() leads on from there
     */
    public function afterSignIn(\User $user, ?Verified $proof): ?string
    {
        return null;
    }
}
