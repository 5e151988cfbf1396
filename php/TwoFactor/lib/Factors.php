<?php

/**
 * What pages show of enrolled factors, and how they are chosen in forms: by name, for a person may have several apps.
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

    public function __construct(private readonly View $view)
    {
    }

    /**
     * For a list: what each is called, where it leads, since when it is there and when it was used.
     *
     * @return list<array{name: string, kind: string, to: string, since: string, used: string, disabled: bool, is_backup: bool}>
     */
    public function rows(Account $account): array
    {
        return array_map(fn (Factor $factor) => [
            'name' => $this->name($factor),
            'kind' => $this->kind($factor),
            'to' => View::unbroken((string) $factor->maskedDestination()),
            'since' => $this->view->text('factor_since', $this->view->moment($factor->enrolledAt())),
            'used' => $factor->lastUsedAt() === null
                ? $this->view->text('factor_unused')
                : $this->view->text('factor_used', $this->view->moment($factor->lastUsedAt())),
            'disabled' => $factor->isDisabled(),
            'is_backup' => $factor->method() === Method::BackupCode,
        ], $account->factors());
    }

    /**
     * For a select: all but backup codes, which come and go with the rest.
     *
     * @return list<array{value: string, text: string, method: string}>
     */
    public function choices(Account $account): array
    {
        return array_map(fn (Factor $factor) => [
            'value' => $factor->id(),
            'text' => implode(' – ', array_filter([
                $this->name($factor),
                $this->kind($factor),
                View::unbroken((string) $factor->maskedDestination()),
            ])),
            'method' => $factor->method()->value,
        ], self::real($account));
    }

    /** What the next app is called whose name nobody typed, in the reader's language. */
    public function nextAppName(Account $account): string
    {
        $name = $this->view->method(Method::Totp);
        $taken = array_map(
            static fn (Factor $factor) => mb_strtolower($factor->label()),
            $account->factors(),
        );
        for ($n = 2, $next = $name; in_array(mb_strtolower($next), $taken, true); $n++) {
            $next = "$name $n";
        }
        return $next;
    }

    /** @return list<Factor> */
    private static function real(Account $account): array
    {
        return array_values(array_filter(
            $account->factors(),
            static fn (Factor $factor) => $factor->method() !== Method::BackupCode,
        ));
    }

    private function name(Factor $factor): string
    {
        return $factor->label() === '' ? $this->view->method($factor->method()) : $factor->label();
    }

    /** The method, where the name does not say it already. */
    private function kind(Factor $factor): string
    {
        $method = $this->view->method($factor->method());
        return mb_stripos($this->name($factor), $method) === 0 ? '' : $method;
    }
}
