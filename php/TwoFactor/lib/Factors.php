<?php

/**
 * What pages call enrolled factors, and how they are chosen in forms: by name, for a person may have several apps.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Factor;
use TwoFactor\Method;

final class Factors
{
    /** As long as the extension takes it. */
    public const LONGEST_LABEL = 64;
    private const MOST_APPS = 5;

    public function __construct(private readonly View $view)
    {
    }

    /** Whether it is a set of codes that stand in for the other factors: they come and go with these. */
    public static function isLookup(Method $method): bool
    {
        return $method === Method::BackupCode || $method === Method::RecoveryCode;
    }

    /**
     * Whether a new app takes the place of those that there are: where an account may have several, and has room for one
     * more or has as many as it may, they are added and removed one by one.
     */
    public static function isReplaced(Account $account): bool
    {
        $apps = array_filter($account->factors(), static fn (Factor $factor) => $factor->method() === Method::Totp);
        return $apps !== [] && count($apps) < self::MOST_APPS && !$account->takesAnotherApp();
    }

    /** Codes of such a set that are still good. */
    public static function codesLeft(Account $account): int
    {
        return $account->backupCodesLeft() + $account->recoveryCodesLeft();
    }

    /** @return list<Factor> all but those */
    public static function removable(Account $account): array
    {
        return array_values(array_filter(
            $account->factors(),
            static fn (Factor $factor) => !self::isLookup($factor->method()),
        ));
    }

    /** @return list<Factor> those that may be */
    public static function suspendable(Account $account): array
    {
        return array_values(array_filter(self::removable($account), static fn (Factor $factor) => !$factor->isSuspended()));
    }

    /** @return list<Factor> */
    public static function suspended(Account $account): array
    {
        return array_values(array_filter($account->factors(), static fn (Factor $factor) => $factor->isSuspended()));
    }

    /** What the next app is called whose name nobody typed, in the reader's language. */
    public function nextAppName(Account $account): string
    {
        $name = $this->view->method(Method::Totp);
        $taken = array_map(static fn (Factor $factor) => mb_strtolower($factor->label()), $account->factors());
        for ($n = 2, $next = $name; in_array(mb_strtolower($next), $taken, true); $n++) {
            $next = "$name $n";
        }
        return $next;
    }

    public function name(Factor $factor): string
    {
        return $factor->label() === '' ? $this->view->method($factor->method()) : $factor->label();
    }

    /** The method, where the name does not say it already. */
    public function kind(Factor $factor): string
    {
        $method = $this->view->method($factor->method());
        return mb_stripos($this->name($factor), $method) === 0 ? '' : $method;
    }

    /** All that tells it from others, in one line. */
    public function line(Factor $factor): string
    {
        $to = View::unbroken((string) $factor->maskedDestination());
        return implode(' – ', array_filter([$this->name($factor), $this->kind($factor), $to]));
    }

    /** The methods of an account, with where codes go as far as it may be shown. */
    public function methods(Account $account): string
    {
        return implode(', ', array_map(fn (Method $method) => trim($this->view->method($method) . ' ' . View::unbroken((string) match (true) {
            $method === Method::Email => $account->maskedEmail(),
            $method->isPhone() => $account->maskedPhone(),
            default => '',
        })), $account->methods()));
    }
}
