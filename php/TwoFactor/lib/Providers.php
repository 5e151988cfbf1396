<?php

/**
 * Site Admin, Two-factor, Providers: who carries codes, in which order, and whether they can. Credentials are
 * handed to the extension, which seals them; nothing here reads them back.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\InvalidPhoneNumber;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\HealthStatus;
use TwoFactor\Method;
use TwoFactor\Provider;

final class Providers
{
    /** What this page changes. */
    public const CHANGES = [
        'provider-save', 'provider-confirm', 'provider-remove', 'provider-up', 'provider-check', 'provider-test',
        'providers-prove',
    ];

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly AdminProof $proof,
        private readonly Administrator $administrator,
        private readonly AdminPages $pages,
        private readonly Reports $reports,
        private readonly ProviderForm $form,
        private readonly HealthReport $report,
        private readonly View $view,
    ) {
    }

    /** The list, the form of one (`edit` names it, `add` its kind), or the provider's own list of messages (`log`). */
    public function show(string $edit, string $add, string $log, string $cursor): string
    {
        if ($log !== '') {
            return $this->log($log, $cursor);
        }
        try {
            $known = $this->known($edit);
            $open = $this->proof->isGiven() && $this->areChangedHere();
        } catch (ConfigurationError) {
            $open = false;
        }
        return match (true) {
            !$open => $this->list(),
            $known !== null && $this->form->knows($known->kind()) => $this->edit($known->kind(), $known),
            $this->form->knows($add) => $this->edit($add, null),
            default => $this->list(),
        };
    }

    public function change(Change $change): string
    {
        $do = $change->text('do');
        if (AdminProof::isCodeAskedFor($change)) {
            $problem = $this->proof->send($change, 'send');
            return $this->again($change, $problem, $problem === '' ? $this->view->text('code_sent') : '');
        }
        $problem = $this->proof->problem($change);
        if ($problem !== '') {
            return $this->again($change, $problem);
        }
        try {
            return match ($do) {
                'providers-prove' => $this->goTo('proven'),
                'provider-save' => $this->save($change),
                'provider-confirm' => $this->confirm($change),
                'provider-remove' => $this->remove($change),
                'provider-up' => $this->moveUp($change),
                'provider-check' => $this->check($change),
                'provider-test' => $this->sendTest($change),
            };
        } catch (ConfigurationError $objection) {
            return $this->list(
                $this->view->text(match ($do) {
                    'provider-test' => 'test_refused',
                    'provider-check' => 'provider_check_failed',
                    default => 'provider_refused',
                }),
                $objection->getMessage(),
                test: $do === 'provider-test' ? self::test($change) : null,
                failed: in_array($do, ['provider-test', 'provider-check'], true) ? $change->text('name') : '',
            );
        } catch (StepUpRequired | TooRecent $refusal) {
            return $this->again($change, $this->proof->refused($refusal));
        }
    }

    /**
     * The page a form was on, with what was typed into it. Without a proof it shows nothing else of what is stored
     * than the list does.
     */
    private function again(Change $change, string $problem, string $message = ''): string
    {
        if ($change->text('do') === 'provider-save') {
            try {
                $known = $this->known($change->text('known'));
                $isHere = $this->areChangedHere();
            } catch (ConfigurationError) {
                [$known, $isHere] = [null, false];
            }
            $kind = $known?->kind() ?? $change->text('kind');
            if ($isHere && $this->form->knows($kind)) {
                return $this->edit($kind, $known, $change, $problem, message: $message);
            }
        }
        return $this->list(
            $problem,
            message: $message,
            test: $change->text('do') === 'provider-test' ? self::test($change) : null,
        );
    }

    private function log(string $name, string $cursor): string
    {
        try {
            $page = $this->verification->verifier()->providerLog($name, $cursor === '' ? null : $cursor);
        } catch (ConfigurationError $objection) {
            return $this->list($this->view->text('provider_check_failed'), $objection->getMessage());
        }
        $log = ['tab' => 'providers', 'log' => $name];
        return $this->pages->page('provider_log', [
            'name' => $name,
            'entries' => $page['entries'],
            'first' => $cursor === '' ? '' : $this->pages->url($log),
            'next' => $page['next'] === null ? '' : $this->pages->url($log + ['cursor' => $page['next']]),
            'back' => $this->pages->url(['tab' => 'providers']),
        ]);
    }

    private function save(Change $change): string
    {
        $known = $this->known($change->text('known'));
        $kind = $known?->kind() ?? $change->text('kind');
        if (!$this->form->knows($kind)) {
            return $this->goTo('try_again');
        }
        if ($known === null && $change->text('known') !== '') {
            return $this->edit($kind, null, $change, $this->view->text('provider_gone'));
        }
        $name = $known?->name() ?? $change->text('name');
        $typed = $this->form->typed($change, $kind, $known);
        if (!$this->form->isPlain($kind, $typed)) {
            return $this->edit($kind, $known, $change, $this->view->text('provider_not_plain'));
        }
        if ($known === null && $this->known($name) !== null) {
            return $this->edit($kind, null, $change, $this->view->text('provider_name_taken'));
        }
        if (array_diff($this->form->secretsTyped($change, $kind), array_keys($typed)) !== []) {
            return $this->edit($kind, $known, $change, $this->view->text('provider_refused'));
        }
        try {
            $this->verification->verifier()->saveProvider(
                $name,
                ($known === null ? ['provider' => $kind] : []) + $typed,
                $this->administrator->by(),
                $this->administrator->grant(),
                $this->administrator->client(),
            );
        } catch (ConfigurationError $objection) {
            $refused = $this->view->text('provider_refused');
            return $this->edit($kind, $known, $change, $refused, $objection->getMessage());
        }
        $this->host->log('log_provider_saved', [$name]);
        $this->goTo($this->known($name)?->isConfirmed() ? 'provider_saved' : 'provider_saved_waits');
    }

    /** It was named with nothing but a password, and somebody stands for it who may. */
    private function confirm(Change $change): string
    {
        $known = $this->known($change->text('name'));
        if ($known === null || $known->isConfirmed()) {
            $this->goTo('try_again');
        }
        $name = $known->name();
        $this->verification->verifier()->saveProvider(
            $name,
            [],
            $this->administrator->by(),
            $this->administrator->grant(),
            $this->administrator->client(),
        );
        if (!$this->known($name)?->isConfirmed()) {
            return $this->list($this->view->text('provider_confirmed_too_soon'));
        }
        $this->host->log('log_provider_confirmed', [$name]);
        $this->goTo('provider_confirmed');
    }

    private function remove(Change $change): never
    {
        $name = $change->text('name');
        $this->verification->verifier()->removeProvider(
            $name,
            $this->administrator->by(),
            $this->administrator->grant(),
            $this->administrator->client(),
        );
        $this->host->log('log_provider_removed', [$name]);
        $this->goTo('provider_removed');
    }

    private function moveUp(Change $change): never
    {
        $names = array_map(static fn (Provider $one) => $one->name(), $this->all());
        $place = array_search($change->text('name'), $names, true);
        if (is_int($place) && $place > 0) {
            [$names[$place - 1], $names[$place]] = [$names[$place], $names[$place - 1]];
            $this->verification->verifier()->orderProviders(
                $names,
                $this->administrator->by(),
                $this->administrator->grant(),
                $this->administrator->client(),
            );
        }
        $this->goTo('providers_ordered');
    }

    private function check(Change $change): string
    {
        $check = $this->verification->verifier()->checkProvider($change->text('name'));
        $right = $this->view->text('provider_checked', $change->text('name'));
        $found = $this->report->findings($check);
        return match ($check->status()) {
            HealthStatus::Ok, HealthStatus::Warning => $this->list(message: $right, findings: $found),
            HealthStatus::Problem => $this->list(
                $this->view->text('provider_check_failed'),
                failed: $change->text('name'),
                findings: $found,
            ),
        };
    }

    private function sendTest(Change $change): string
    {
        $method = Method::from($change->text('way'));
        try {
            $sent = $this->verification->verifier()->sendTest(
                $change->text('name'),
                $change->text('number'),
                $change->text('region') ?: null,
                $method,
                $this->administrator->by(),
                Client::fromGlobals(),
                $this->administrator->grant(),
            );
        } catch (InvalidPhoneNumber $objection) {
            return $this->list($this->view->problem('number_refused', $objection), test: self::test($change));
        } catch (StepUpRequired | TooRecent $refusal) {
            throw $refusal;
        } catch (Denied $refusal) {
            return $this->list($this->view->problem('undelivered', $refusal), test: self::test($change));
        }
        return $this->list(message: $this->view->text('test_sent', View::unbroken($sent->maskedDestination())));
    }

    /**
     * What was typed to try a provider out.
     *
     * @return array{name: string, way: string, number: string, region: string}
     */
    private static function test(Change $change): array
    {
        return [
            'name' => $change->text('name'),
            'way' => $change->text('way'),
            'number' => $change->text('number'),
            'region' => $change->text('region'),
        ];
    }

    /**
     * @param array{name: string, way: string, number: string, region: string}|null $test what was typed to try one
     *     out, when it was not sent
     * @param list<array{text: string, is_ours: bool}> $findings of a check
     */
    public function list(
        string $problem = '',
        string $detail = '',
        string $message = '',
        #[\SensitiveParameter] ?array $test = null,
        string $failed = '',
        array $findings = [],
    ): string {
        try {
            $all = $this->all();
            $here = $this->areChangedHere();
        } catch (ConfigurationError $fault) {
            [$all, $here, $broken] = [[], false, $fault->getMessage()];
        }
        $proof = $this->proof->fields();
        return $this->pages->page('providers', [
            // The form that is to be sent once more has the proof on it.
            'tests' => $all !== [] && $proof['obstacle'] === '' && (!$proof['must_prove'] || $test !== null),
            'proves_apart' => $proof['must_prove'] && ($all === [] || $test === null),
            'test' => $test ?? ['name' => '', 'way' => '', 'number' => '', 'region' => $this->settings->region()],
            'problem' => $problem,
            'detail' => $detail,
            'findings' => $findings,
            'here' => $here,
            'broken' => $broken ?? '',
            'providers' => array_map(
                fn (array $row): array => $row + ['failed' => $row['name'] === $failed],
                array_map($this->row(...), $all, array_keys($all)),
            ),
            'kinds' => array_map(fn (string $kind): array => [
                'text' => $this->view->text('kind_' . strtr($kind, '-', '_')),
                'about' => $this->view->text('kind_' . strtr($kind, '-', '_') . '_about'),
                'url' => $this->pages->url(['tab' => 'providers', 'add' => $kind]),
            ], array_keys($this->form->kinds())),
            'ways' => $this->view->choices($this->ways($all)),
            'regions' => $this->view->regions(),
            'messages' => $this->pages->url(['tab' => 'messages']),
            'texts' => $this->pages->url(['tab' => 'texts']),
        ] + ($message === '' ? [] : ['message' => $message]) + $proof);
    }

    /** @return array<string, mixed> */
    private function row(Provider $provider, int $place): array
    {
        $kind = strtr($provider->kind(), '-', '_');
        return [
            'name' => $provider->name(),
            'kind' => $this->view->textOr("kind_$kind", $provider->kind()),
            'ways' => implode(', ', array_map($this->view->method(...), $provider->methods())),
            'available' => $provider->isAvailable(),
            'waits' => $provider->isConfirmed() ? '' : $this->view->text('provider_waits', $provider->name()),
            'retry' => $this->view->moment($provider->retryAt()),
            'reports' => $this->form->reports($provider),
            'first' => $place === 0,
            'log' => $provider->keepsLog()
                ? $this->pages->url(['tab' => 'providers', 'log' => $provider->name()])
                : '',
            'edit' => $this->form->knows($provider->kind())
                ? $this->pages->url(['tab' => 'providers', 'edit' => $provider->name()])
                : '',
        ];
    }

    /** @param Change|null $change what was typed, when it was not saved; all of it but the secrets is shown again */
    private function edit(
        string $kind,
        ?Provider $known,
        ?Change $change = null,
        string $problem = '',
        string $detail = '',
        string $message = '',
    ): string {
        $name = $known?->name() ?? ($change?->text('name') ?: $change?->text('known') ?: $kind);
        $shown = $change === null
            ? $known?->settings() ?? $this->form->suggested($kind, rtrim($this->host->pages->rootUrl(), '/'))
            : $this->form->typed($change, $kind, $known);
        $fields = $this->form->fields(
            $kind,
            $shown,
            $known?->secrets() ?? [],
            $this->reports->address($name),
            $change === null ? [] : $this->form->secretsTyped($change, $kind),
        );
        $lost = array_column(array_filter($fields, static fn (array $one) => $one['is_lost']), 'label');
        return $this->pages->page('provider', ($message === '' ? [] : ['message' => $message]) + [
            'lost' => $lost === [] ? '' : $this->view->text('secrets_lost', implode(', ', $lost)),
            'problem' => $problem,
            'detail' => $detail,
            'title' => $this->view->text('kind_' . strtr($kind, '-', '_')),
            'about' => $this->view->text('kind_' . strtr($kind, '-', '_') . '_about'),
            'kind' => $kind,
            'known' => $known?->name() ?? '',
            'name' => $name,
            'groups' => $this->form->groups($fields),
            'back' => $this->pages->url(['tab' => 'providers']),
        ] + $this->proof->fields());
    }

    /**
     * @param list<Provider> $providers
     * @return list<Method>
     */
    private function ways(array $providers): array
    {
        $all = array_merge(...array_map(static fn (Provider $one) => $one->methods(), $providers));
        return array_values(array_filter(Method::cases(), static fn (Method $one) => in_array($one, $all, true)));
    }

    /**
     * @return list<Provider>
     * @throws ConfigurationError when they cannot be opened: the key they were sealed with is gone
     */
    private function all(): array
    {
        return $this->verification->verifier()->providers();
    }

    private function known(string $name): ?Provider
    {
        foreach ($this->all() as $provider) {
            if ($provider->name() === $name) {
                return $provider;
            }
        }
        return null;
    }

    /** False where php.ini or the environment says who the providers are. */
    private function areChangedHere(): bool
    {
        return $this->verification->verifier()->providersSource() === 'store';
    }

    private function goTo(string $message): never
    {
        $this->pages->goTo($message, ['tab' => 'providers']);
    }
}
