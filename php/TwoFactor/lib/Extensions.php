<?php

/**
 * The one other module that adds to this one, TwoFactorPro, if it is there. Nothing of it is loaded before it is needed,
 * and nothing that is wrong with it reaches whoever signs in.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Message;
use TwoFactor\Verified;

final class Extensions
{
    public const MODULE = 'TwoFactorPro';
    /** The page that stands for all of them in the row of tabs. */
    public const FIRST = 'premium';

    private const TENDED = 'TwoFactor_premium_tended';
    private const HOUR = 3600;

    private bool $isLooked = false;
    private ?\CMSModule $module = null;
    /** @var list<Extension>|null */
    private ?array $parts = null;
    /** @var list<Permission>|null */
    private ?array $permissions = null;
    /** @var list<string> */
    private array $faults = [];

    public function __construct(private readonly Services $services)
    {
    }

    /** Whether it is installed, active and in its folder: asked in every request. */
    public static function isThere(): bool
    {
        $row = \ModuleOperations::get_instance()->GetInstalledModuleInfo()[self::MODULE] ?? [];
        return ($row['status'] ?? '') === 'installed'
            && (int) ($row['active'] ?? 0) === 1
            && is_file(CMS_ROOT_PATH . '/modules/' . self::MODULE . '/' . self::MODULE . '.module.php');
    }

    /** Null where it is not there, does not load, or was written for another contract. */
    public function module(): ?\CMSModule
    {
        if (!$this->isLooked) {
            $this->isLooked = true;
            $this->module = self::isThere() ? $this->attempt($this->load(...), null) : null;
        }
        return $this->module;
    }

    /** The module, where its language files have that key; one that is cut off has none. */
    public function speaker(string $key): ?\CMSModule
    {
        $module = $this->module();
        $has = static fn (): bool => $module !== null && \CmsLangOperations::key_exists($key, $module->GetName());
        return $this->attempt($has, false) ? $module : null;
    }

    private function load(): ?\CMSModule
    {
        $module = \ModuleOperations::get_instance()->get_module_instance(self::MODULE);
        // By names and not by an interface: its class has to load where this module does not, too.
        $isFit = $module instanceof \CMSModule
            && method_exists($module, 'extensions')
            && method_exists($module, 'contract')
            && $module->contract() === Extension::CONTRACT;
        if (!$isFit) {
            throw new \RuntimeException('The module ' . self::MODULE . ' does not fit this version of TwoFactor, or waits for an'
                . ' upgrade: bring both to their newest versions.');
        }
        return $module;
    }

    /** @return list<Extension> */
    public function parts(): array
    {
        if ($this->parts === null) {
            $this->parts = [];
            $module = $this->module();
            foreach ($module === null ? [] : $this->attempt(static fn (): array => $module->extensions(), []) as $class) {
                $part = $this->attempt(fn (): object => $this->services->get($class), null);
                if ($part instanceof Extension) {
                    $this->parts[] = $part;
                }
            }
        }
        return $this->parts;
    }

    /** @return array<string, class-string<AdminPage>> */
    public function adminPages(): array
    {
        return $this->all(static fn (Extension $part) => $part->adminPages(), AdminPage::class);
    }

    /** @return array<string, class-string<AdminPage>> */
    public function userPages(): array
    {
        return $this->all(static fn (Extension $part) => $part->userPages(), AdminPage::class);
    }

    /**
     * Who sees those pages, beside administrators. What is no permission is left out.
     *
     * @return array<string, list<Permission>>
     */
    public function seenBy(): array
    {
        $isOne = static fn (mixed $one): bool => $one instanceof Permission;
        $said = $this->all(static fn (Extension $part) => $part->seenBy());
        return array_map(static fn (mixed $those): array => array_filter((array) $those, $isOne), $said)
            + array_fill_keys(array_keys($this->userPages()), [Permission::Manage]);
    }

    /** @return list<Permission> the finer ones that count now; whatever is wrong, none does */
    public function permissions(): array
    {
        if ($this->permissions === null) {
            $said = $this->all(static fn (Extension $part) => array_column($part->permissions(), null, 'value'));
            $this->permissions = array_values(array_filter($said, static fn (mixed $one) => in_array($one, Permission::FINER, true)));
        }
        return $this->permissions;
    }

    /** @return array<string, class-string<OwnPage>> */
    public function ownPages(): array
    {
        return $this->all(static fn (Extension $part) => $part->ownPages(), OwnPage::class);
    }

    /** @return array<string, Act> */
    public function acts(): array
    {
        return array_filter(
            $this->all(static fn (Extension $part) => $part->acts()),
            static fn (mixed $act) => $act instanceof Act,
        );
    }

    /** @return list<Message> */
    public function messages(): array
    {
        $all = array_map(fn (Extension $part) => $this->attempt($part->messages(...), []), $this->parts());
        return array_values(array_filter(array_merge(...$all), static fn (mixed $one) => $one instanceof Message));
    }

    /** @return ?string the page that the browser is led to first */
    public function afterSignIn(\User $user, ?Verified $proof): ?string
    {
        $lead = null;
        foreach ($this->parts() as $part) {
            $page = $this->attempt(static fn (): ?string => $part->afterSignIn($user, $proof), null);
            $lead ??= isset($this->ownPages()[(string) $page]) ? $page : null;
        }
        return $lead;
    }

    /** Whether an hour is over since tend(): looked at in every request of the admin. */
    public function isDue(): bool
    {
        $last = (int) \cms_siteprefs::get(self::TENDED, '0');
        return self::isThere() && RequestEnd::isEarly() && ($last > time() || time() - $last >= self::HOUR);
    }

    /** An administrator is being answered, on a page that is no step of a sign-in. */
    public function tend(): void
    {
        \cms_siteprefs::set(self::TENDED, (string) time());
        $tend = function (\Closure $reconnect): void {
            RequestEnd::answer();
            $reconnect();
            foreach ($this->parts() as $part) {
                $this->attempt($part->everyHour(...), null);
            }
        };
        $this->services->get(Host::class)->database->atTheVeryEnd($tend);
    }

    /** @return list<string> what is wrong with it, as far as anything of it was asked for; for administrators, in English */
    public function faults(): array
    {
        return $this->faults;
    }

    /**
     * @param callable(Extension): array<string, mixed> $ask
     * @param class-string|null $kind of what the answers name, if they name classes
     * @return array<string, mixed>
     */
    private function all(callable $ask, ?string $kind = null): array
    {
        $found = [];
        foreach ($this->parts() as $part) {
            foreach ($this->attempt(static fn (): array => $ask($part), []) as $name => $one) {
                $isFit = $kind === null || is_string($one) && $this->attempt(static fn () => is_subclass_of($one, $kind), false);
                $found += $isFit ? [$name => $one] : [];
            }
        }
        return $found;
    }

    /**
     * @template T
     * @param callable(): T $do
     * @param T $otherwise
     * @return T
     */
    private function attempt(callable $do, mixed $otherwise): mixed
    {
        try {
            return $do();
        } catch (\Throwable $fault) {
            $this->faults[] = $fault->getMessage();
            return $otherwise;
        }
    }
}
