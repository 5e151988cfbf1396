<?php

/**
 * "This was not me": the page that the link of a notice leads to, on login.php, for whoever has the link. It needs no
 * sign-in and gives none.
 *
 *   mail ─ GET ─► what was changed, and what the button does ─ POST ─► sign-ins have ended, changes of factors are on hold
 *
 * Programs that read mail follow links before people do, so the link itself changes nothing. What acts is in the body of
 * a POST. The extension says whether a link is good, and tells nobody why it is not.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Notice as Told;

final class Repudiation
{
    /** In the address; the token of the link. */
    private const LINK = 'twofactor_notice';

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly View $view,
    ) {
    }

    /** The page for the extension's setting `notice_url`; '' where the site's address is not fixed: no mail has a link then. */
    public static function address(Host $host): string
    {
        $root = $host->pages->fixedRootUrl();
        $login = $host->pages->loginUrl();
        $isSafe = preg_match('~^(https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/])~', $login) === 1;
        return $root !== '' && $isSafe && str_starts_with($login, "$root/") ? "$login?" . self::LINK . '=' : '';
    }

    /** Every request to login.php, before login.php acts: is it that page? */
    public function answer(): void
    {
        $form = LoginForm::of('repudiate');
        $token = $form?->text('link') ?? $_GET[self::LINK] ?? null;
        if (!is_string($token)) {
            return;
        }
        try {
            $form === null ? $this->show($token) : $this->hold($token);
        } catch (Denied) {
            $this->view->loginNotice('link_over', 404, 'link_title');
        } catch (\Throwable $fault) {
            $fault instanceof Unverifiable || $this->host->reportFault($fault);
            $this->view->loginNotice('link_unavailable', 503, 'link_title');
        }
    }

    /** @throws Denied */
    private function show(#[\SensitiveParameter] string $token): never
    {
        $notice = $this->verification->openNotice($token);
        $this->showStep($notice, $notice->isUsed() ? 'used' : 'ask', $token);
    }

    /** @throws Denied */
    private function hold(#[\SensitiveParameter] string $token): never
    {
        // First of all: without the extension there is no client to be named.
        $this->verification->verifier();
        try {
            $this->verification->repudiate($token, Client::fromGlobals());
        } catch (Unverifiable $fault) {
            throw $fault;
        } catch (Denied) {
            // Where it is one of ours it was used, as by whoever sends the form twice.
            $this->showStep($this->verification->openNotice($token), 'used');
        }
        $notice = $this->verification->openNotice($token);
        $this->host->log('log_changes_held', [$this->host->users->userName((int) $notice->userId())], (int) $notice->userId());
        $this->showStep($notice, 'done');
    }

    private function showStep(Told $notice, string $step, #[\SensitiveParameter] string $token = ''): never
    {
        $this->view->repudiation($notice, [
            'step' => $step,
            'link' => $token,
            'name' => $this->host->users->userName((int) $notice->userId()),
        ]);
    }
}
