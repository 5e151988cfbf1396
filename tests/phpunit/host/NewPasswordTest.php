<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\User;

require_once __DIR__ . '/HostTestCase.php';

/** After many failures from elsewhere: the next proof leads to a new password, and keeps nobody from anything. */
final class NewPasswordTest extends HostTestCase
{
    private const SUSPECTED = 'Somebody else seems to know your password';
    private const LINK = '//div[@role="region"]/a[normalize-space(.)="Change password"]';

    private Fakes $fakes;

    /** A site with a licence, and anna with phone and backup codes, signed out. */
    private function anna(): Person
    {
        $this->fakes = new Fakes();
        $site = $this->site(['modules' => ['TwoFactor', 'TwoFactorPro', 'Witness']]);
        $site->start($this->premium() + $site->ini());
        $site->install('TwoFactorPro');
        $this->fakes->setClock($site->clock->now());
        $this->asOperator(static fn ($verifier) => $verifier->renewLicence());
        return $this->enrolled();
    }

    /** @return array<string, string> */
    private function premium(): array
    {
        return $this->fakes->licensing() + [
            'twofactor.licence_key' => $this->fakes->gateway()['licence_key'],
            'twofactor.after_failures' => '3',
        ];
    }

    private function asOperator(callable $ask): mixed
    {
        $settings = ['clock' => $this->siteClock()];
        foreach ($this->premium() as $name => $value) {
            $settings[substr($name, strlen('twofactor.'))] = trim($value, '"');
        }
        return $this->site()->asOperator($ask, $settings);
    }

    /** Somebody who knows the password guesses codes, from where its user never was. */
    private function guess(string $userId = '2', string $name = 'anna'): void
    {
        $this->asOperator(static function ($verifier) use ($userId, $name): void {
            foreach (['203.0.113.1', '203.0.113.2', '198.51.100.3'] as $address) {
                $client = new Client($address);
                $challenge = $verifier->beginLogin(new User($userId, $name), $client)->challenge();
                try {
                    $verifier->verify($challenge, Method::Totp, '000000', $client);
                    self::fail('a wrong code was accepted');
                } catch (Denied) {
                }
            }
        });
    }

    private function proven(Person $person): Page
    {
        $page = $person->givePassword();
        self::assertChallenged($page);
        $this->site()->clock->advance(60);
        return $person->answer($page, $person->phone->code());
    }

    private static function change(Person $person, Page $page, string $password, ?string $again = null): Page
    {
        $form = $page->form('.//input[@name="passwordagain"]') ?? self::fail($page->text());
        return $person->browser->submit($page, $form, ['password' => $password, 'passwordagain' => $again ?? $password], 'submit');
    }

    public function test_user_and_administrators_are_told_that_somebody_seems_to_know_a_password(): void
    {
        $anna = $this->anna();
        $this->guess();
        $this->proven($anna);
        [$letter] = $anna->mailbox()->notices('Somebody may know your password');
        self::assertStringContainsString('Change your password at once', $letter['text']);
        [$letter] = $this->person('admin')->mailbox()->notices('Somebody may know the password of an account');
        self::assertStringContainsString('Account: anna (2)', $letter['text']);
        self::assertSame([], $this->person('bert')->mailbox()->letters());
        // No more than once an hour, however often it is tried.
        $this->guess();
        $this->proven($anna->elsewhere());
        self::assertCount(1, $this->person('admin')->mailbox()->notices('Somebody may know'));
    }

    public function test_a_proven_sign_in_after_many_failures_leads_to_a_new_password_and_a_bar_stays_until_it_is_set(): void
    {
        $anna = $this->anna();
        self::assertStringNotContainsString(self::SUSPECTED, $this->proven($anna)->text());
        $anna->signOut();
        $this->guess();
        $page = $this->proven($anna);
        self::assertStringContainsString('/admin/myaccount.php', $page->url);
        self::assertStringContainsString(self::SUSPECTED, $page->text());
        self::assertFalse($page->has(self::LINK), 'it is here');
        // Nobody is locked out: every page is there, and each says so and leads there.
        self::assertIn($anna);
        foreach ([$anna->page('/admin/index.php'), $anna->action('preferences'), $anna->action('sessions')] as $any) {
            self::assertStringContainsString(self::SUSPECTED, $any->text());
            $link = $any->one(self::LINK);
            $there = $anna->browser->get($any->resolve($link->getAttribute('href')));
            self::assertStringContainsString('/admin/myaccount.php', $there->url);
        }
        // What changes nothing takes nothing back.
        $page = self::change($anna, $there, 'one password', 'another');
        self::assertStringContainsString(self::SUSPECTED, $page->text());
        $page = self::change($anna, $page, 'a new password');
        self::assertStringNotContainsString(self::SUSPECTED, $page->text(), 'it is done');
        self::assertOut($anna, 'a new password ends all sign-ins');
        $page = $anna->givePassword('a new password');
        $this->site()->clock->advance(60);
        $page = $anna->answer($page, $anna->phone->code());
        self::assertStringNotContainsString('/admin/myaccount.php', $page->url);
        self::assertIn($anna);
        self::assertStringNotContainsString(self::SUSPECTED, $anna->page('/admin/index.php')->text());
        self::assertSame([], $this->kept());
    }

    public function test_every_proof_asks_again_and_a_step_up_does_too(): void
    {
        $anna = $this->anna();
        $this->proven($anna);
        $this->guess();
        // Signed in with a proof of before: it goes on, and the next proof says it.
        self::assertStringNotContainsString(self::SUSPECTED, $anna->page('/admin/index.php')->text());
        $this->site()->clock->advance(400);
        $anna->stepUp();
        self::assertStringContainsString(self::SUSPECTED, $anna->page('/admin/index.php')->text());
        $anna->signOut();
        self::assertStringContainsString('/admin/myaccount.php', $this->proven($anna)->url);
    }

    public function test_who_may_not_change_their_password_is_told_to_ask_and_led_nowhere(): void
    {
        $anna = $this->anna();
        $this->site()->pdo()->exec("DELETE FROM cms_group_perms WHERE group_id = 2 AND permission_id = 2");
        $this->guess();
        $page = $this->proven($anna);
        self::assertStringNotContainsString('/admin/myaccount.php', $page->url);
        self::assertIn($anna);
        self::assertStringContainsString('Ask an administrator for a new one.', $page->text());
        self::assertFalse($page->has(self::LINK));
    }

    public function test_a_password_that_an_administrator_sets_ends_it_and_it_is_nobody_elses(): void
    {
        $anna = $this->anna();
        $this->guess();
        $this->proven($anna);
        self::assertSame(['TwoFactor_new_password_2'], $this->kept());
        $admin = $this->person('admin');
        $page = $admin->givePassword();
        self::assertStringNotContainsString(self::SUSPECTED, $page->text());
        self::change($admin, $admin->page('/admin/edituser.php', ['user_id' => '2']), 'from the admin');
        self::assertSame([], $this->kept());
        $page = $anna->givePassword('from the admin');
        $this->site()->clock->advance(60);
        self::assertStringNotContainsString('/admin/myaccount.php', $anna->answer($page, $anna->phone->code())->url);
        self::assertStringNotContainsString(self::SUSPECTED, $anna->page('/admin/index.php')->text());
    }

    public function test_it_is_said_in_german_too(): void
    {
        $anna = $this->anna();
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', 'de_DE')");
        $this->guess();
        $page = $this->proven($anna);
        self::assertStringContainsString('Jemand anderes scheint Ihr Passwort zu kennen', $page->text());
        self::assertStringContainsString('Geben Sie hier jetzt ein neues ein', $page->text());
    }

    /** @return list<string> names of what is kept of it */
    private function kept(): array
    {
        return $this->site()->pdo()
            ->query("SELECT sitepref_name FROM cms_siteprefs WHERE sitepref_name LIKE 'TwoFactor_new_password%'")
            ->fetchAll(\PDO::FETCH_COLUMN);
    }
}
