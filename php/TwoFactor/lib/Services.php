<?php

/**
 * The parts of the module and how they depend on each other, built when first asked for.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Services
{
    /** @var array<class-string, object> */
    private array $made = [];

    public function __construct(private readonly \TwoFactor $module)
    {
    }

    public function host(): Host
    {
        return $this->once(Host::class, fn () => new Host($this->module));
    }

    public function settings(): Settings
    {
        return $this->once(Settings::class, fn () => new Settings(
            $this->host(),
            new KeyFile($this->host()),
            $this->emergency(),
        ));
    }

    public function verification(): Verification
    {
        return $this->once(Verification::class, fn () => new Verification($this->settings(), $this->host()));
    }

    public function formerVersion(): FormerVersion
    {
        return $this->once(FormerVersion::class, fn () => new FormerVersion($this->host(), $this->verification()));
    }

    public function removal(): Removal
    {
        return $this->once(Removal::class, fn () => new Removal(
            $this->host(),
            $this->settings(),
            $this->verification(),
            $this->register(),
            $this->formerVersion(),
        ));
    }

    public function register(): SignInRegister
    {
        return $this->once(SignInRegister::class, fn () => new SignInRegister($this->host()));
    }

    public function emergency(): Emergency
    {
        return $this->once(Emergency::class, fn () => new Emergency($this->host()));
    }

    public function proof(): Proof
    {
        return $this->once(Proof::class, fn () => new Proof($this->verification(), $this->host()));
    }

    public function codes(): Codes
    {
        return $this->once(Codes::class, fn () => new Codes(
            $this->verification(),
            new Mail($this->module, $this->host()),
            $this->host(),
        ));
    }

    public function view(): View
    {
        return $this->once(View::class, fn () => new View($this->module, $this->host()));
    }

    public function signIn(): SignIn
    {
        return $this->once(SignIn::class, fn () => new SignIn(
            $this->host(),
            $this->verification(),
            $this->proof(),
            $this->register(),
            $this->emergency(),
            $this->codes(),
            $this->formerVersion(),
            $this->view(),
        ));
    }

    public function passwordReset(): PasswordReset
    {
        return $this->once(PasswordReset::class, fn () => new PasswordReset(
            $this->host(),
            $this->settings(),
            $this->verification(),
            $this->proof(),
            $this->codes(),
            $this->accountChanges(),
            $this->view(),
        ));
    }

    public function guard(): Guard
    {
        return $this->once(Guard::class, fn () => new Guard(
            $this->host(),
            $this->admission(),
            $this->register(),
            $this->emergency(),
            $this->formerVersion(),
            $this->access(),
            $this->view(),
        ));
    }

    public function admission(): Admission
    {
        return $this->once(Admission::class, fn () => new Admission($this->verification(), $this->register()));
    }

    public function frontEndGuard(): FrontEndGuard
    {
        return $this->once(FrontEndGuard::class, fn () => new FrontEndGuard(
            $this->host(),
            $this->admission(),
            $this->emergency(),
        ));
    }

    public function reports(): Reports
    {
        return $this->once(Reports::class, fn () => new Reports($this->host(), $this->verification()));
    }

    public function accountChanges(): AccountChanges
    {
        return $this->once(AccountChanges::class, fn () => new AccountChanges(
            $this->host(),
            $this->verification(),
            $this->register(),
            $this->administrator(),
            $this->formerVersion(),
        ));
    }

    public function administrator(): Administrator
    {
        return $this->once(Administrator::class, fn () => new Administrator($this->host(), $this->stepUp()));
    }

    public function listeners(): Listeners
    {
        return $this->once(Listeners::class, fn () => new Listeners($this, $this->module));
    }

    public function access(): Access
    {
        return $this->once(Access::class, fn () => new Access($this->module, $this->host(), $this->verification()));
    }

    public function stepUp(): StepUp
    {
        return $this->once(StepUp::class, fn () => new StepUp(
            $this->proof(),
            $this->verification(),
            $this->codes(),
        ));
    }

    public function preferences(): Preferences
    {
        return $this->once(Preferences::class, fn () => new Preferences(
            $this->host(),
            $this->verification(),
            $this->register(),
            $this->stepUp(),
            $this->codes(),
            $this->settings(),
            $this->view(),
            $this->access(),
            $this->formerVersion(),
            new Factors($this->view()),
        ));
    }

    public function administration(): Administration
    {
        $pages = new AdminPages($this->host(), $this->view(), $this->access());
        $proof = new AdminProof(
            $this->host(),
            $this->verification(),
            $this->stepUp(),
            $this->view(),
            $this->emergency(),
        );
        $report = new HealthReport(
            $this->host(),
            $this->verification(),
            $this->emergency(),
            $this->formerVersion(),
            $this->view(),
        );
        return $this->once(Administration::class, fn () => new Administration(
            $this->host(),
            $this->settings(),
            $this->verification(),
            $this->register(),
            $proof,
            $this->administrator(),
            $pages,
            new Providers(
                $this->host(),
                $this->settings(),
                $this->verification(),
                $proof,
                $this->administrator(),
                $pages,
                $this->reports(),
                new ProviderForm($this->view()),
                $report,
                $this->view(),
            ),
            new MessageTexts(
                $this->host(),
                $this->verification(),
                $proof,
                $this->administrator(),
                $pages,
                $this->view(),
            ),
            $this->view(),
            $this->access(),
            $this->emergency(),
            $this->formerVersion(),
            $this->removal(),
            $report,
        ));
    }

    /** @return list<\CmsAdminMenuItem> */
    public function menu(): array
    {
        $items = [];
        if ($this->access()->seesOwn()) {
            $items[] = $this->menuItem('myprefs', 'preferences', 'menu_preferences', 'menu_preferences_about');
        }
        if ($this->access()->seesManagement()) {
            $items[] = $this->menuItem('siteadmin', 'defaultadmin', 'menu_administration', 'menu_administration_about');
        }
        return $items;
    }

    private function menuItem(string $section, string $action, string $title, string $about): \CmsAdminMenuItem
    {
        $item = new \CmsAdminMenuItem();
        $item->module = $this->module->GetName();
        $item->section = $section;
        $item->title = $this->module->Lang($title);
        $item->description = $this->module->Lang($about);
        $item->action = $action;
        $item->priority = 60;
        return $item;
    }

    /**
     * @template T of object
     * @param class-string<T> $class
     * @param callable(): T $make
     * @return T
     */
    private function once(string $class, callable $make): object
    {
        return $this->made[$class] ??= $make();
    }
}
