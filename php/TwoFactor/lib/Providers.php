<?php

/**
 * Site Admin, Two-factor, Providers: who carries codes, in which order, and whether they can. Credentials are
 * handed to the extension, which seals them; nothing here reads them back. Whoever carries codes could be signed in as an
 * administrator, so what somebody else saves is proposed, and waits for one.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\HealthStatus;
use TwoFactor\Method;
use TwoFactor\Provider;
use TwoFactor\Verifier;

final class Providers extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly AdminProof $proof,
        private readonly AdminPages $pages,
        private readonly Access $access,
        private readonly Reports $reports,
        private readonly ProviderForm $form,
        private readonly HealthReport $report,
        private readonly View $view,
    ) {
    }

    /**
     * The list, the form of one (`edit` names it, `add` its kind), or the provider's own list of messages (`log`). A form
     * that was not saved comes back with what was typed; without a proof it shows nothing else of what is stored than
     * the list does.
     */
    public function show(string $page, Input $input, Notice $notice): string
    {
        if ($page === 'provider') {
            return $this->formOrList($input, $notice, $input->text('known'), $input->text('kind'), true);
        }
        return match (true) {
            $input instanceof Change => $this->list($input, $notice),
            $input->text('log') !== '' => $this->log($input->text('log'), $input->text('cursor')),
            default => $this->formOrList($input, $notice, $input->text('edit'), $input->text('add'), $this->proof->isGiven()),
        };
    }

    private function formOrList(Input $input, Notice $notice, string $name, string $kind, bool $isOpen): string
    {
        try {
            $known = $this->known($name);
            $isOpen = $isOpen && $this->areChangedHere();
        } catch (ConfigurationError) {
            [$known, $isOpen] = [null, false];
        }
        $kind = $known?->kind() ?? $kind;
        return $isOpen && $this->form->knows($kind)
            ? $this->edit($kind, $known, $input, $notice)
            : $this->list($input, $notice);
    }

    public function prove(): Notice
    {
        return Notice::redirect('proven');
    }

    public function save(Change $change, Actor $actor): Notice
    {
        $known = $this->known($change->text('known'));
        $kind = $known?->kind() ?? $change->text('kind');
        if (!$this->form->knows($kind)) {
            $this->pages->goTo('try_again', ['tab' => 'providers']);
        }
        $name = $known?->name() ?? $change->text('name');
        $typed = $this->form->kinds()[$kind]->read($this->form->typed($change, $kind));
        $problem = match (true) {
            $known === null && $change->text('known') !== '' => 'provider_gone',
            $known === null && $this->known($name) !== null => 'provider_name_taken',
            array_diff($this->form->secretsTyped($change, $kind), array_keys($typed)) !== [] => 'provider_refused',
            default => null,
        };
        if ($problem !== null) {
            return Notice::problem($this->view->text($problem));
        }
        $settings = ($known === null ? ['provider' => $kind] : []) + $typed;
        $this->verifier()->saveProvider($name, $settings, ...$actor, proposed: !$this->access->mayDecideForAll());
        $this->host->log('log_provider_saved', [$name]);
        $done = $this->known($name)?->isConfirmed() ? 'provider_saved' : 'provider_saved_waits';
        $this->pages->goTo($done, ['tab' => 'providers']);
    }

    /** It was proposed, or named with nothing but a password, and an administrator stands for it. */
    public function confirm(Change $change, Actor $actor): Notice
    {
        $known = $this->known($change->text('name'));
        if ($known === null || $known->isConfirmed()) {
            return Notice::redirect('try_again');
        }
        $this->verifier()->saveProvider($known->name(), [], ...$actor);
        if (!$this->known($known->name())?->isConfirmed()) {
            return Notice::problem($this->view->text('provider_confirmed_too_soon'));
        }
        $this->host->log('log_provider_confirmed', [$known->name()]);
        return Notice::redirect('provider_confirmed');
    }

    public function remove(Change $change, Actor $actor): Notice
    {
        $name = $change->text('name');
        $this->verifier()->removeProvider($name, ...$actor);
        $this->host->log('log_provider_removed', [$name]);
        return Notice::redirect('provider_removed');
    }

    public function moveUp(Change $change, Actor $actor): Notice
    {
        $names = array_map(static fn (Provider $one) => $one->name(), $this->all());
        $place = array_search($change->text('name'), $names, true);
        if (is_int($place) && $place > 0) {
            [$names[$place - 1], $names[$place]] = [$names[$place], $names[$place - 1]];
            $this->verifier()->orderProviders($names, ...$actor);
        }
        return Notice::redirect('providers_ordered');
    }

    public function check(Change $change): Notice
    {
        $name = $change->text('name');
        $failed = $this->view->text('provider_check_failed');
        try {
            $check = $this->verifier()->checkProvider($name);
        } catch (ConfigurationError $objection) {
            return Notice::problem($failed, $objection->getMessage(), failed: $name);
        }
        $found = $this->report->findings($check);
        return $check->status() === HealthStatus::Problem
            ? Notice::problem($failed, findings: $found, failed: $name)
            : Notice::done($this->view->text('provider_checked', $name), $found);
    }

    public function sendTest(Change $change, Actor $actor): Notice
    {
        [$name, $number, $region] = [$change->text('name'), $change->text('number'), $change->text('region') ?: null];
        $method = Method::from($change->text('way'));
        try {
            $sent = $this->verifier()->sendTest($name, $number, $region, $method, ...$actor);
        } catch (ConfigurationError $objection) {
            return Notice::problem($this->view->text('test_refused'), $objection->getMessage(), failed: $name);
        }
        return Notice::done($this->view->text('test_sent', View::unbroken($sent->maskedDestination())));
    }

    private function log(string $name, string $cursor): string
    {
        try {
            $page = $this->verifier()->providerLog($name, $cursor === '' ? null : $cursor);
        } catch (ConfigurationError $objection) {
            $problem = Notice::problem($this->view->text('provider_check_failed'), $objection->getMessage());
            return $this->list(new Query([]), $problem);
        }
        $log = ['tab' => 'providers', 'log' => $name];
        return $this->pages->page('provider_log', Notice::none(), [
            'name' => $name,
            'entries' => $page['entries'],
            'first' => $cursor === '' ? '' : $this->pages->url($log),
            'next' => $page['next'] === null ? '' : $this->pages->url($log + ['cursor' => $page['next']]),
        ]);
    }

    private function list(Input $input, Notice $notice): string
    {
        [$all, $here, $broken] = [[], false, ''];
        try {
            $all = $this->all();
            $here = $this->areChangedHere();
        } catch (ConfigurationError $fault) {
            $broken = $fault->getMessage();
        }
        $proof = $this->proof->fields();
        // The test that is to be sent once more has the proof on it.
        $isTest = $input->typed('do') === 'provider-test' && ($notice->message === '' || $input->typed('send') !== '');
        return $this->pages->page('providers', $notice, [
            'tests' => $all !== [] && $proof['obstacle'] === '' && (!$proof['must_prove'] || $isTest),
            'proves_apart' => $proof['must_prove'] && ($all === [] || !$isTest),
            'test' => [
                'name' => $isTest ? $input->typed('name') : '',
                'way' => $isTest ? $input->typed('way') : '',
                'number' => $isTest ? $input->typed('number') : '',
                'region' => $isTest ? $input->typed('region') : $this->settings->region(),
            ],
            'here' => $here,
            'broken' => $broken,
            'providers' => $all,
            'failed' => $notice->failed,
            'kinds' => $this->form->kinds(),
            'ways' => array_filter(Method::cases(), static fn (Method $method) => array_filter(
                $all,
                static fn (Provider $one) => in_array($method, $one->methods(), true),
            ) !== []),
        ] + $proof);
    }

    /** Of what was typed all but the secrets is shown again. */
    private function edit(string $kind, ?Provider $known, Input $input, Notice $notice): string
    {
        $change = $input instanceof Change ? $input : null;
        $name = $known?->name() ?: $input->typed('name') ?: $input->typed('known') ?: $kind;
        $fields = $this->form->fields(
            $kind,
            $change === null
                ? $known?->settings() ?? $this->form->suggested($kind, $this->host->pages->fixedRootUrl())
                : $this->form->typed($change, $kind),
            $known?->secrets() ?? [],
            $this->reports->address($name),
            $change === null ? [] : $this->form->secretsTyped($change, $kind),
        );
        $lost = array_column(array_filter($fields, static fn (array $one) => $one['is_lost']), 'label');
        return $this->pages->form('provider', $notice, [
            'lost' => $lost === [] ? '' : $this->view->text('secrets_lost', implode(', ', $lost)),
            'is_proposed' => !$this->access->mayDecideForAll(),
            'kind' => $kind,
            'known' => (string) $known?->name(),
            'name' => $name,
            'groups' => $this->form->groups($fields),
        ]);
    }

    /**
     * @return list<Provider>
     * @throws ConfigurationError when they cannot be opened: the key they were sealed with is gone
     */
    private function all(): array
    {
        return $this->verifier()->providers();
    }

    private function known(string $name): ?Provider
    {
        $found = array_filter($this->all(), static fn (Provider $one) => $one->name() === $name);
        return array_values($found)[0] ?? null;
    }

    /** False where php.ini or the environment says who the providers are. */
    private function areChangedHere(): bool
    {
        return $this->verifier()->providersSource() === 'store';
    }

    /** Asked directly: that the list of providers cannot be opened is theirs to mend here, and no end of the page. */
    private function verifier(): Verifier
    {
        return $this->verification->verifier();
    }
}
