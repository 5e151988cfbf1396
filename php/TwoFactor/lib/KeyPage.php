<?php

/**
 * Site Admin, Two-factor, while there is no key and nobody can enrol: offers to create one.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;

final class KeyPage extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly KeyFile $keyFile,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        return $this->view->render('foundation', [
            'message' => $this->pages->message(),
            'problem' => $notice->problem ?: $this->storeProblem(),
            'missing' => match (true) {
                Verification::isLoaded() => '',
                Verification::misfit() === null => $this->view->text('foundation_no_extension'),
                default => $this->view->text('extension_misfit', Verification::misfit(), \TwoFactor::VERSION),
            },
            'path' => $input->typed('path') ?: (Verification::isLoaded() ? $this->keyFile->proposal() : ''),
        ]);
    }

    public function create(Change $change): Notice
    {
        if (!$this->verification->isPending() || !Verification::isLoaded()) {
            return Notice::redirect('try_again');
        }
        $path = $change->text('path');
        try {
            $this->keyFile->create($path);
            $this->settings->useKeyFile($path);
            $this->host->log('log_key_created', [$path]);
            $this->verification->verifier();
            $this->sessions->admitWhoSetsUp();
        } catch (Unverifiable | ConfigurationError $objection) {
            return Notice::problem($this->view->textOr($objection->getMessage(), $objection->getMessage()));
        }
        return Notice::redirect('key_created');
    }

    /** A key is named already: then what keeps the extension from working is something else. */
    private function storeProblem(): string
    {
        if (!Verification::isLoaded() || !$this->settings->hasKey()) {
            return '';
        }
        try {
            $this->verification->verifier();
            return '';
        } catch (Unverifiable $reason) {
            return $this->view->text('foundation_fails', $reason->getMessage());
        }
    }
}
