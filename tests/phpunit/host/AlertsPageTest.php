<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\User;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** Alerts: mails leave with the site's own at the end of a request, and the page sets of what, how often, and shows them. */
final class AlertsPageTest extends HostTestCase
{
    use LicensedSite;

    private static function alerts(Person $who): Page
    {
        return $who->action('defaultadmin', ['tab' => 'alerts']);
    }

    /** Somebody who knows a password guesses. */
    private function guess(int $times): void
    {
        $this->asOperator(static function ($verifier) use ($times): void {
            $client = new Client('203.0.113.7');
            for (; $times > 0; $times--) {
                $challenge = $verifier->beginLogin(new User('1', 'admin'), $client)->challenge();
                try {
                    $verifier->verify($challenge, Method::Totp, '000000', $client);
                    self::fail('a wrong code was accepted');
                } catch (Denied) {
                }
            }
        });
    }

    /** It was looked once: what was before is told to nobody, and that there is one administrator is. */
    private function begun(): Person
    {
        $admin = $this->start();
        $this->site()->clock->advance(61);
        $admin->page('/admin/index.php');
        self::assertCount(1, self::told($admin, 'What was unusual on the site'));
        return $admin;
    }

    /** @return list<string> */
    private static function told(Person $person, string $about): array
    {
        return array_column($person->mailbox()->notices($about), 'text');
    }

    public function test_alerts_leave_as_mails_of_the_site_once_and_the_page_shows_them(): void
    {
        $admin = $this->begun();
        $this->guess(4);
        $this->site()->clock->advance(61);
        $admin->page('/admin/index.php');
        $told = self::told($admin, 'Wrong codes were entered for your account');
        self::assertCount(1, $told);
        self::assertStringContainsString('IP address: 203.0.113.•••', $told[0]);
        self::assertCount(1, self::told($admin, 'What was unusual on the site'));
        $this->site()->clock->advance(61);
        $admin->page('/admin/index.php');
        self::assertCount(1, self::told($admin, 'Wrong codes were entered'));
        self::assertCount(1, self::told($admin, 'What was unusual on the site'));
        $page = self::alerts($admin);
        self::assertSame(200, $page->status);
        self::assertTrue($page->has('//nav//a[@aria-current="page"][.="Alerts"]'));
        self::assertTrue($page->has('//table/tbody/tr[td[contains(., "admin")]][td[.="Wrong codes after the right password"]]'));
        self::assertStringContainsString('Last check:', $page->text());
    }

    public function test_a_mailer_that_fails_loses_no_alert(): void
    {
        $admin = $this->begun();
        $this->guess(4);
        $this->site()->mailSettings(['mailer' => 'smtp', 'host' => '127.0.0.1', 'port' => Site::freePort()]);
        $this->site()->clock->advance(61);
        self::assertSame(200, $admin->page('/admin/index.php')->status);
        self::assertSame([], self::told($admin, 'Wrong codes were entered'));
        $this->site()->mailSettings([]);
        $this->site()->clock->advance(301);
        $admin->page('/admin/index.php');
        self::assertCount(1, self::told($admin, 'Wrong codes were entered'));
        self::assertCount(1, self::told($admin, 'What was unusual on the site'));
    }

    public function test_administrators_say_of_what_and_how_often_and_it_holds_at_once(): void
    {
        $admin = $this->start();
        $page = self::alerts($admin);
        self::assertCount(11, $page->all('//input[@type="checkbox"][@checked]'));
        self::assertStringContainsString('If left empty: 3. Allowed: 1 to 100.', $page->text());
        foreach (['0', '101', '-1', 'x', '1.5'] as $wrong) {
            $page = $admin->send($page, 'alerts-set', ['alert_failures' => $wrong]);
            self::assertStringContainsString('Wrong codes in a row: a number from 1 to 100.', $page->text(), $wrong);
        }
        $page = self::alerts($admin);
        $form = $page->form(".//input[@name='m1_do'][@value='alerts-set']");
        $page->one('//input[@type="checkbox"][@value="wrong-answers"]')->removeAttribute('checked');
        $page = $admin->browser->submit($page, $form, ['m1_alert_failures' => '2']);
        self::assertStringContainsString('The alerts are saved.', $page->text());
        self::assertFalse($page->has('//input[@type="checkbox"][@value="wrong-answers"][@checked]'));
        self::assertTrue($page->has('//input[@type="checkbox"][@value="blocked"][@checked]'));
        self::assertSame('2', $page->one('//input[@name="m1_alert_failures"]')->getAttribute('value'));
        $this->site()->clock->advance(61);
        $admin->page('/admin/index.php');
        $this->guess(4);
        $this->site()->clock->advance(61);
        $admin->page('/admin/index.php');
        self::assertSame([], self::told($admin, 'Wrong codes were entered'));
    }

    public function test_the_page_shows_a_mail_of_each_kind_in_each_language(): void
    {
        $admin = $this->start();
        $page = self::alerts($admin);
        self::assertStringContainsString('Your second factor was used from a new network', $page->text());
        $page = $admin->send($page, 'alerts-preview', ['example' => 'digest', 'language' => 'de']);
        self::assertStringContainsString('Ungewöhnliches auf der Website', $page->text());
        self::assertTrue($page->has('//blockquote[@lang="de"]'));
        $page = $admin->send($page, 'alerts-preview', ['example' => '<b>', 'language' => '../he']);
        self::assertStringContainsString('Your second factor was used from a new network', $page->text());
        // First of all in the reader's own.
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (1, 'default_cms_language', 'de_DE')");
        self::assertStringContainsString('Ihr zweiter Faktor wurde aus einem neuen Netz verwendet', self::alerts($admin)->text());
    }

    public function test_whoever_is_no_administrator_or_has_no_licence_sees_none(): void
    {
        $admin = $this->start(isLicensed: false);
        self::assertStringNotContainsString('Last check', self::alerts($admin)->text());
        $this->guess(4);
        $this->site()->clock->advance(61);
        self::assertSame(200, $admin->page('/admin/index.php')->status);
        self::assertSame([], self::told($admin, 'Wrong codes were entered'));
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertStringNotContainsString('Last check', self::alerts($anna)->text());
    }
}
