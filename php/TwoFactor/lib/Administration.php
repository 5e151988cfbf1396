<?php

/**
 * Site Admin, Two-factor: which pages there are and what their forms may ask for. Whether something may be seen or done
 * is asked here and nowhere else, before a page or an act is reached.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\FactorRefused;
use TwoFactor\Exception\InvalidPhoneNumber;
use TwoFactor\Exception\LicenceRequired;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\Exception\TwoFactorException;

final class Administration
{
    public const PAGES = [
        'users' => UserPages::class,
        'user' => UserPages::class,
        'user-sessions' => UserSessions::class,
        'enrolment' => EnrolmentPage::class,
        'sessions' => UserSessions::class,
        'audit' => AuditPage::class,
        'messages' => MessagesPage::class,
        'providers' => Providers::class,
        'texts' => MessageTexts::class,
        'settings' => SettingsPages::class,
        'leave' => SettingsPages::class,
        'former' => SettingsPages::class,
        'health' => HealthReport::class,
    ];
    /** Those into which nothing is typed, so that a code for a proof may be asked for by a form of its own. */
    private const PROVE_APART = ['users', 'providers', 'settings', 'former'];

    public function __construct(
        private readonly Services $services,
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminProof $proof,
        private readonly Administrator $administrator,
        private readonly AdminPages $pages,
        private readonly View $view,
        private readonly Access $access,
        private readonly Permissions $permissions,
        private readonly Extensions $extensions,
    ) {
    }

    /** @return array<string, Act> what a form may ask for, besides a code for a proof */
    public static function acts(): array
    {
        return [
            'unlock' => Act::onUser(UserPages::class, 'unlock', 'user', needsReason: true)->by(Permission::Help),
            'reset' => Act::onUser(UserPages::class, 'reset', 'user', needsReason: true),
            'release-hold' => Act::onUser(UserPages::class, 'releaseHold', 'user', needsReason: true),
            'temporary-code' => Act::onUser(UserPages::class, 'temporaryCode', 'user', needsReason: true)->by(Permission::Help),
            'suspend-factor' => Act::onUser(UserPages::class, 'suspend', 'user', needsReason: true),
            'resume-factor' => Act::onUser(UserPages::class, 'resume', 'user', needsReason: true),
            'export-user' => Act::onUser(UserPages::class, 'export', 'user'),
            'forget' => Act::onUser(UserPages::class, 'forget', 'user', needsReason: true),
            'confirm-operator' => Act::onAll(UserPages::class, 'confirmOperator', 'user', needsReason: true),
            'remove-orphan' => Act::onAll(UserPages::class, 'removeOrphan', 'users'),
            'end-user-session' => Act::onUser(UserSessions::class, 'endOne', 'user-sessions')->by(Permission::Help),
            'end-user-sessions' => Act::onUser(UserSessions::class, 'endAll', 'user-sessions', needsReason: true)->by(Permission::Help),
            'end-everybody' => Act::onAll(UserSessions::class, 'endEverybody', 'sessions', needsReason: true),
            'require-everybody' => Act::onAll(EnrolmentPage::class, 'require', 'enrolment', needsReason: true)->by(Permission::Settings),
            'waive-everybody' => Act::onAll(EnrolmentPage::class, 'waive', 'enrolment', needsReason: true)->by(Permission::Settings),
            'providers-prove' => Act::onAll(Providers::class, 'prove', 'providers')->by(Permission::Providers),
            'provider-save' => Act::onAll(Providers::class, 'save', 'provider')->by(Permission::Providers),
            'provider-confirm' => Act::onAll(Providers::class, 'confirm', 'providers'),
            'provider-remove' => Act::onAll(Providers::class, 'remove', 'providers')->by(Permission::Providers),
            'provider-up' => Act::onAll(Providers::class, 'moveUp', 'providers')->by(Permission::Providers),
            'provider-check' => Act::onAll(Providers::class, 'check', 'providers')->by(Permission::Providers),
            'provider-test' => Act::onAll(Providers::class, 'sendTest', 'providers')->by(Permission::Providers),
            'text-preview' => Act::look(MessageTexts::class, 'preview', 'texts'),
            'text-save' => Act::onAll(MessageTexts::class, 'save', 'texts')->by(Permission::Providers),
            'text-remove' => Act::onAll(MessageTexts::class, 'remove', 'texts')->by(Permission::Providers),
            'switch-reset' => Act::onAll(SettingsPages::class, 'switchReset', 'settings')->by(Permission::Settings),
            'remove-former' => Act::onAll(SettingsPages::class, 'removeFormer', 'former'),
            'remove-everything' => Act::onAll(SettingsPages::class, 'removeEverything', 'leave'),
            'create-key' => Act::firstOfAll(KeyPage::class, 'create', 'foundation'),
        ];
    }

    /**
     * A page, or by POST what `do` asks for.
     *
     * @param array<string, mixed> $query
     */
    public function handle(array $query): string
    {
        PageHeaders::send();
        if (!$this->access->may(...Permission::cases())) {
            return $this->pages->refusal(match (true) {
                $this->host->session->isImpersonating() => 'not_while_testing',
                // They have one, and it counts with a licence.
                $this->access->seesManagement() => 'permission_unlicensed',
                default => 'no_permission',
            });
        }
        try {
            return Change::isAsked() ? $this->change(Change::fromRequest()) : $this->show(new Query($query));
        } catch (Unverifiable $reason) {
            return $this->pages->refusal('unavailable_operator', $reason->getMessage());
        } catch (LicenceRequired) {
            return $this->pages->page('licence_required', Notice::none(), []);
        } catch (\ValueError) {
            $this->pages->goTo('try_again');
        }
    }

    private function show(Query $query): string
    {
        if ($this->verification->isPending() && $this->permissions->sees('foundation')) {
            return $this->services->get(KeyPage::class)->show('foundation', $query, Notice::none());
        }
        $this->verification->verifier();
        $tab = $query->text('tab');
        return $this->page(isset($this->allPages()[$tab]) ? $tab : $this->pages->first(), $query, Notice::none());
    }

    /**
     * With those of another module, which take no other's place.
     *
     * @return array<string, class-string<AdminPage>>
     */
    private function allPages(): array
    {
        return self::PAGES + $this->extensions->userPages() + $this->extensions->adminPages();
    }

    private function page(string $name, Input $input, Notice $notice): string
    {
        $refusal = $this->refusal($name, $input);
        return $refusal === ''
            ? $this->shown($this->allPages()[$name], $name, $input, $notice)
            : $this->pages->refusal($refusal);
    }

    /**
     * What is wrong with a page of another module is said in its place.
     *
     * @param class-string<AdminPage> $class
     */
    private function shown(string $class, string $page, Input $input, Notice $notice): string
    {
        try {
            return $this->services->get($class)->show($page, $input, $notice);
        } catch (Unverifiable | TwoFactorException | \ValueError $refusal) {
            throw $refusal;
        } catch (\Throwable $fault) {
            if (isset(self::PAGES[$page])) {
                throw $fault;
            }
            return $this->pages->refusal('extension_damaged', $fault->getMessage());
        }
    }

    /** Why a page, or what is asked for on it, is not for whoever is signed in; '' when it is. */
    private function refusal(string $page, Input $input, ?Act $act = null): string
    {
        $isOfUser = in_array($page, ['user', 'user-sessions'], true) || isset($this->extensions->userPages()[$page]);
        $id = $input->number('user');
        return match (true) {
            !($act === null ? $this->permissions->sees($page) : $this->permissions->may($act)) => 'no_permission',
            !$isOfUser && $act?->isOnUser !== true => '',
            $this->host->users->user($id) === null => 'no_permission',
            $this->access->mayChange($id) => '',
            default => 'permission_rank',
        };
    }

    private function change(?Change $change): string
    {
        $do = (string) $change?->text('do');
        if ($do === 'send') {
            return $this->sendProof($change);
        }
        $act = (self::acts() + $this->extensions->acts())[$do] ?? $this->pages->goTo('try_again');
        $refusal = $this->refusal($act->page, $change, $act);
        if ($refusal !== '') {
            return $this->pages->refusal($refusal);
        }
        if ($act->needsVerifier) {
            // First of all: without the extension its methods and the like are not even there to be named.
            $this->verification->verifier();
        }
        $notice = $this->outcome($act, $change);
        if ($notice->done !== '') {
            $this->pages->goTo($notice->done, ['tab' => $act->page, 'user' => $change->number('user') ?: null]);
        }
        return $notice->page ?: $this->shown($act->class, $act->page, $change, $notice);
    }

    /** Does it. */
    private function outcome(Act $act, Change $change): Notice
    {
        if ($act->takesProof && AdminProof::isCodeAskedFor($change)) {
            $problem = $this->proof->send($change, 'send');
            return $problem === '' ? Notice::done($this->view->text('code_sent')) : Notice::problem($problem);
        }
        $class = $this->services->get($act->class);
        $problem = match (true) {
            $act->needsReason && $change->reason() === '' => $this->view->text('reason_missing'),
            default => $class->objection($change) ?: ($act->takesProof ? $this->proof->problem($change) : ''),
        };
        if ($problem !== '') {
            return Notice::problem($problem);
        }
        try {
            $actor = $act->takesProof ? $this->administrator->actor() : null;
            if ($act->isForAll && $actor !== null) {
                $this->verification->assertOperator($actor->by, $actor->grant);
            }
            return $class->{$act->method}($change, $actor);
        } catch (StepUpRequired | TooRecent $refusal) {
            return Notice::problem($this->proof->refused($refusal));
        } catch (LicenceRequired) {
            return Notice::problem($this->view->text('licence_required'));
        } catch (FactorRefused $objection) {
            return Notice::problem($this->view->problem('try_again', $objection));
        } catch (Denied | InvalidPhoneNumber $refusal) {
            return Notice::problem($this->view->problem('undelivered', $refusal));
        } catch (ConfigurationError $objection) {
            return Notice::problem($this->view->text('provider_refused'), $objection->getMessage());
        }
    }

    /** A code for a proof, asked for on the page that names itself, and back to it. */
    private function sendProof(Change $change): string
    {
        $page = $change->text('tab');
        $this->verification->verifier();
        $refusal = $this->refusal($page, $change);
        if ($refusal !== '') {
            return $this->pages->refusal($refusal);
        }
        if (!in_array($page, self::PROVE_APART, true)) {
            $this->pages->goTo('try_again');
        }
        $problem = $this->proof->send($change);
        return $problem === ''
            ? $this->pages->goTo('code_sent', ['tab' => $page])
            : $this->page($page, $change, Notice::problem($problem));
    }
}
