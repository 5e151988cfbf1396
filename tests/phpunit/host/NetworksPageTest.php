<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\User;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** The page that shows the rules about networks: what is in force, what was noticed, how it is set. */
final class NetworksPageTest extends HostTestCase
{
    use LicensedSite;

    private static function networks(Person $who): Page
    {
        return $who->action('defaultadmin', ['tab' => 'networks']);
    }

    /** Somebody who knows a password guesses, from where its user never was. */
    private function guess(): void
    {
        $this->asOperator(static function ($verifier): void {
            foreach (['203.0.113.1', '203.0.113.2', '198.51.100.3'] as $address) {
                $client = new Client($address);
                $challenge = $verifier->beginLogin(new User('1', 'admin'), $client)->challenge();
                try {
                    $verifier->verify($challenge, Method::Totp, '000000', $client);
                    self::fail('a wrong code was accepted');
                } catch (Denied) {
                }
            }
        }, ['after_failures' => 3]);
    }

    public function test_the_page_shows_lists_alarms_and_every_setting_as_it_is_in_force(): void
    {
        $admin = $this->start(['twofactor.network_deny' => '"198.18.0.0/15, 2001:db8::/32"', 'twofactor.network_address_failures' => '17']);
        $page = self::networks($admin);
        self::assertTrue($page->has('//nav//a[@aria-current="page"][.="Networks"]'));
        self::assertStringContainsString('0 addresses and ranges allowed, 2 denied', $page->text());
        self::assertStringContainsString('No alarm was raised.', $page->text());
        $values = [];
        foreach ($page->all('//table[contains(@class, "tf-table")]/tbody/tr') as $row) {
            [$name, $value] = array_map(static fn ($cell) => trim($cell->textContent), [...$row->childNodes]);
            $values[$name] = $value;
        }
        self::assertSame([
            'twofactor.network_allow' => 'not set',
            'twofactor.network_deny' => '198.18.0.0/15, 2001:db8::/32',
            'twofactor.network_address_failures' => '17',
            'twofactor.network_subnet_failures' => '0',
            'twofactor.network_address_sends' => '0',
            'twofactor.network_subnet_sends' => '0',
            'twofactor.max_failures_all_methods' => '10',
            'twofactor.after_failures' => '20',
            'twofactor.alarm_accounts' => '20',
            'twofactor.alarm_networks' => '20',
        ], $values);
        self::assertSame([], $page->all('//main//form'), 'nothing is changed here');
        $this->guess();
        $page = self::networks($admin);
        self::assertStringContainsString('Somebody else seems to know the password of 1 accounts', $page->text());
        self::assertStringNotContainsString('No alarm was raised.', $page->text());
        // What it says health says, under a name.
        $health = $admin->action('defaultadmin', ['tab' => 'health']);
        self::assertTrue($health->has('//th[.="Networks and guessing"]'));
        self::assertStringContainsString('2 denied', $health->text());
        // To whoever may not see this page it says how things are, and not what is set.
        $this->site()->pdo()->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 90, g.group_id, p.permission_id FROM cms_groups g, cms_permissions p WHERE g.group_name = 'Editor' AND p.permission_name = 'manage_twofactor'");
        $manager = $this->person('bert');
        $manager->signIn();
        $health = $manager->action('defaultadmin', ['tab' => 'health']);
        self::assertTrue($health->has('//th[.="Networks and guessing"]'));
        self::assertStringContainsString('What it says is for administrators.', $health->text());
        foreach (['2 denied', 'know the password of', 'lic_0001', 'example.org'] as $ofAdministrators) {
            self::assertStringNotContainsString($ofAdministrators, $health->text());
        }
    }

    public function test_a_list_that_cannot_be_read_is_named(): void
    {
        $file = sys_get_temp_dir() . '/twofactor-deny-' . bin2hex(random_bytes(6));
        file_put_contents($file, "198.51.100.0/24\n");
        $admin = $this->start(['twofactor.network_deny' => $file]);
        try {
            self::assertStringContainsString('1 denied', self::networks($admin)->text());
            file_put_contents($file, "198.51.100.0/24\nnobody\n");
            $page = self::networks($admin);
            self::assertStringContainsString('network_deny does not count', $page->text());
            self::assertTrue($page->has('//p[contains(@class, "tf-problem")]'));
            self::assertStringContainsString($file, $page->text());
        } finally {
            unlink($file);
        }
    }

    public function test_lists_without_a_licence_are_said_to_deny_all_the_same(): void
    {
        $page = self::networks($this->start(['twofactor.network_deny' => '198.51.100.0/24'], isLicensed: false));
        self::assertStringContainsString('they deny as they are set all the same', $page->text());
        self::assertTrue($page->has('//p[contains(@class, "tf-warning")]'));
    }

    public function test_without_a_list_it_says_so_and_nobody_but_administrators_sees_it(): void
    {
        $admin = $this->start([]);
        self::assertStringContainsString('No list is set: second factors are answered from everywhere.', self::networks($admin)->text());
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (1, 'default_cms_language', 'de_DE')");
        self::assertStringContainsString('Keine Liste ist gesetzt', self::networks($admin)->text());
        $anna = $this->enrolled();
        $anna->signIn();
        self::assertStringNotContainsString('twofactor.network_allow', self::networks($anna)->body);
    }
}
