<?php

/**
 * What comes and goes with the module: nothing but what was set on its pages. Nobody's factor and nobody's sign-in is
 * touched by either.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\Denied;
use TwoFactor\Exception\LicenceRequired;
use TwoFactorModule\Extension;
use TwoFactorModule\Host;
use TwoFactorModule\Permission;
use TwoFactorModule\PremiumSettings;
use TwoFactorModule\Unverifiable;
use TwoFactorModule\Verification;

final class Installation
{
    public function __construct(private readonly \TwoFactorPro $module)
    {
    }

    /** False when done, a text when installation is refused. */
    public function install(): string|false
    {
        $free = $this->free();
        if ($free === null || !class_exists(Extension::class) || Extension::CONTRACT !== $this->module->contract()) {
            return $this->module->Lang('pro_install_without');
        }
        // After installing, the engine writes a file there, and throws where it may not.
        $folder = rtrim((string) $this->module->GetModulePath(), '/\\');
        if (!is_writable($folder)) {
            return $this->module->Lang('pro_install_folder', $folder);
        }
        $this->arrange();
        return false;
    }

    /** May be repeated. Nobody has them before whoever may gives them to a group. */
    public function arrange(): void
    {
        foreach (Permission::FINER as $one) {
            $this->module->CreatePermission($one->value, $this->module->Lang('permission_' . strtolower($one->name)));
        }
    }

    /**
     * What it lays down for everybody goes with it, so it takes what uninstalling TwoFactor takes. The engine shows the text
     * of an exception; a returned text it does not survive.
     *
     * @throws \RuntimeException
     */
    public function uninstall(): void
    {
        $services = $this->free()?->services();
        if ($services === null) {
            return;
        }
        $objection = $services->get(\TwoFactorModule\Installation::class)->objection();
        if ($objection !== '') {
            throw new \RuntimeException($this->module->Lang("pro_$objection"));
        }
        $verification = $services->get(Verification::class);
        try {
            $verification->isPending() || $verification->setLicenceKey('');
        } catch (Denied | LicenceRequired | Unverifiable) {
            // By the emergency setting, while the store is away; or the key is in php.ini. Without the module it counts for nothing.
        }
        $services->get(PremiumSettings::class)->forgetAll();
        \cms_siteprefs::remove('TwoFactorPro_renewed');
        SavedFilters::forgetAll($services->get(Host::class));
        LongAct::forgetAll($services->get(Host::class));
        foreach (Permission::FINER as $one) {
            $this->module->RemovePermission($one->value);
        }
    }

    private function free(): ?\TwoFactor
    {
        $module = \cms_utils::get_module('TwoFactor');
        return $module instanceof \TwoFactor ? $module : null;
    }
}
