<?php

/**
 * Site Admin, Two-factor, Settings: a new password by telephone, what version 3 left, and leaving for good. A weaker way to
 * a password is as good as a factor less: each takes what an act on everybody's takes.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Method;

final class SettingsPages extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly HealthReport $report,
        private readonly FormerVersion $formerVersion,
        private readonly Removal $removal,
        private readonly View $view,
    ) {
    }

    public function objection(Change $change): string
    {
        $isUnsure = $change->text('do') === 'remove-everything' && $change->text('sure') !== '1';
        return $isUnsure ? $this->view->text('leave_not_sure') : '';
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        return match (true) {
            $page === 'leave' => $this->pages->form('leave', $notice, ['sure' => $input->typed('sure') === '1']),
            $page === 'settings' => $this->settings($notice),
            $this->formerVersion->holdsSecrets() => $this->former($notice),
            default => $this->report->show('health', $input, $notice),
        };
    }

    public function switchReset(Change $change): Notice
    {
        $on = $change->text('reset') === 'on';
        $this->settings->offerReset($on);
        $this->host->log($on ? 'log_reset_on' : 'log_reset_off');
        return Notice::redirect($on ? 'reset_switched_on' : 'reset_switched_off');
    }

    public function removeFormer(): Notice
    {
        $this->formerVersion->remove();
        return Notice::redirect('former_removed');
    }

    /** Nothing is left of the other pages. */
    public function removeEverything(Change $change, Actor $actor): Notice
    {
        $left = $this->removal->everything($actor);
        StepUp::forget();
        $done = $left === [] ? 'leave_done' : 'leave_done_but';
        return Notice::page($this->pages->refusal($done, implode(', ', $left), $left === []));
    }

    private function settings(Notice $notice): string
    {
        return $this->pages->form('settings', $notice, [
            'reset_possible' => $this->verification->usable([Method::Sms]) !== [],
            'reset_on' => $this->settings->offersReset(),
            'has_premium' => Extensions::isThere(),
        ]);
    }

    private function former(Notice $notice): string
    {
        $names = $this->formerVersion->namesOwing();
        return $this->pages->form('former', $notice, [
            'about' => $this->report->aboutFormer(),
            'owing' => $names === '' ? '' : $this->view->text('former_bar', $names),
        ]);
    }
}
