<?php

/**
 * The extension's mails, sent by the site's own mailer. The template mail.tpl may wrap them.
 *
 * A mail may hold a code: neither the mail nor what the mailer says about it is logged. Nothing of it comes from
 * the request, the mailer's own name of this server included, which it would otherwise take from there.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Message;

final class Mail
{
    public function __construct(private readonly \TwoFactor $module, private readonly Host $host)
    {
    }

    /**
     * @param string|null $to whom of those that the site knows; null: whom the extension names
     * @throws Undelivered
     */
    public function send(Message $message, ?string $to = null): void
    {
        $html = $this->wrapped($message);
        try {
            $mailer = new \cms_mailer();
            $mailer->SetCharSet('utf-8');
            $mailer->SetHostname(self::domainOf((string) $mailer->GetFrom()));
            $mailer->IsHTML(true);
            $mailer->AddAddress($to ?? $message->to());
            $mailer->SetSubject($message->subject());
            $mailer->SetBody($html);
            $mailer->SetAltBody($message->text());
            $mailer->AddCustomHeader('Auto-Submitted: auto-generated');
            $isSent = (bool) $mailer->Send();
        } catch (\Throwable $fault) {
            $this->fail('log_mail_failed', get_class($fault));
        }
        if (!$isSent) {
            $this->fail('log_mail_refused');
        }
    }

    /** The whole HTML. A template that is broken must not keep anybody out. */
    private function wrapped(Message $message): string
    {
        try {
            $smarty = \CmsApp::get_instance()->GetSmarty();
            $page = $smarty->createTemplate($this->module->GetTemplateResource('mail.tpl'), null, null, $smarty);
            $page->assign('html', $message->html());
            $page->assign('code_text', $message->text());
            $page->assign('subject', $message->subject());
            $page->assign('site', $this->host->pages->siteName());
            $html = (string) $page->fetch();
        } catch (\Throwable $fault) {
            $this->host->log('log_template_broken', [get_class($fault)]);
            return $message->html();
        }
        return trim($html) ?: $message->html();
    }

    private function fail(string $key, string ...$why): never
    {
        $this->host->log($key, $why);
        throw new Undelivered('undelivered_mail');
    }

    private static function domainOf(string $address): string
    {
        $domain = (string) substr((string) strrchr($address, '@'), 1);
        return preg_match('/^[A-Za-z0-9.-]+$/', $domain) ? $domain : 'localhost.localdomain';
    }
}
