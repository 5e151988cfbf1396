<?php

/**
 * Site Admin, Two-factor, Premium, Support: one button makes the text that is attached to a question. Whoever made it reads it
 * here before it goes anywhere, and gets it as a file as it was shown: nothing is sent to anybody.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\LicenceRequired;
use TwoFactor\LicenceState;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Kept;
use TwoFactorModule\Notice;
use TwoFactorModule\Reason;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class SupportPage extends AdminPage
{
    /** Seconds that a text is kept for whoever made it. */
    private const KEPT = 900;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly SupportFacts $facts,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        if (!in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true)) {
            throw new LicenceRequired();
        }
        return $this->pages->form('TwoFactorPro;support', $notice, ['text' => $this->kept()]);
    }

    public function make(Change $change, Actor $actor): Notice
    {
        $text = $this->verification->supportBundle(...$actor, reason: Reason::OnSupportPage->value) . $this->facts->text();
        Kept::Support->put($this->own(), ['text' => $text, 'until' => time() + self::KEPT]);
        $this->host->log('log_support_made');
        return Notice::redirect('support_made');
    }

    /** The text that was shown, as a file. */
    public function hand(Change $change, Actor $actor): Notice
    {
        $text = $this->kept();
        return $text === ''
            ? Notice::problem($this->view->text('support_gone'))
            : $this->view->download('two-factor-support-' . date('Y-m-d'), $text, 'txt');
    }

    /** '' where none was made lately, in this session and by whoever is signed in. */
    private function kept(): string
    {
        $kept = Kept::Support->of($this->own());
        return ($kept['until'] ?? 0) > time() ? $kept['text'] : '';
    }

    private function own(): int
    {
        return (int) $this->host->session->loggedInId();
    }
}
