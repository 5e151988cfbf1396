<?php

/**
 * What people are told of their accounts, by the site's mailer: what calls of the extension returned in this request, whoever
 * made them, and what is still to be told.
 *
 * The extension keeps each notice until it hears that the mailer took it, so nothing is lost here: what a request has changed
 * is looked for at its end, and what was not sent then, in another request, a minute later at the earliest. Where the
 * server can, the browser has its answer before: a mailer that is slow, or a provider of SMS, keeps nobody waiting.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Message;

final class Notices
{
    private const LOOKED = 'notices_looked';
    private const MINUTE = 60;

    public function __construct(
        private readonly Verification $verification,
        private readonly Mail $mail,
        private readonly Host $host,
        private readonly Extensions $extensions,
    ) {
    }

    /** Once per request, before anything is done: what was changed is told at its end. */
    public function attend(): void
    {
        $this->host->database->atTheVeryEnd(function (\Closure $reconnect): void {
            if ($this->verification->isOpen()) {
                RequestEnd::answer();
                $reconnect();
                $this->tell();
            }
        });
    }

    /** The page is made by then: nobody but the log can be told what fails here. */
    private function tell(): void
    {
        try {
            $this->pass($this->verification->takeNotices());
            $isDue = $this->isDue();
            if ($isDue) {
                $this->host->setPreference(self::LOOKED, (string) time());
            }
            if ($isDue || ($_SERVER['REQUEST_METHOD'] ?? '') === 'POST') {
                $this->pass($this->verification->pendingNotices());
            }
            if ($isDue) {
                $this->pass($this->extensions->messages());
            }
        } catch (Unverifiable) {
            // The extension hands them out again.
        } catch (\Throwable $fault) {
            $this->host->log('log_notices_failed', [get_class($fault)]);
        }
    }

    /**
     * @param list<Message> $notices
     * @throws Unverifiable
     */
    private function pass(array $notices): void
    {
        $sent = array_map(static fn (Message $it): string => $it->id(), array_filter($notices, $this->send(...)));
        if ($sent !== []) {
            $this->verification->noticesSent(array_values($sent));
        }
    }

    private function isDue(): bool
    {
        $last = (int) $this->host->preference(self::LOOKED);
        return $this->host->session->loggedInId() !== null && ($last > time() || time() - $last >= self::MINUTE);
    }

    /** Whether the mailer took it: of those for administrators, whether it did for one of them. */
    private function send(Message $notice): bool
    {
        $to = $notice->to();
        $isSent = false;
        foreach ($to === null ? $this->host->users->addressesOfManagers() : [$to] as $address) {
            try {
                $this->mail->send($notice, $address);
                $isSent = true;
            } catch (Undelivered) {
            }
        }
        return $isSent;
    }
}
