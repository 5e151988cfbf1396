<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Whatever changes an account on the module's pages is mailed to its user, once, and a mailer that fails loses nothing. */
final class NoticesTest extends HostTestCase
{
    /** @return list<string> */
    private static function told(Person $person): array
    {
        return array_map(
            static fn (array $letter): string => trim((string) strrchr(": $letter[subject]", ':'), ': '),
            $person->mailbox()->notices(),
        );
    }

    public function test_a_change_is_told_once_by_the_request_that_made_it(): void
    {
        $anna = $this->enrolled();
        $told = ['A second factor was added to your account'];
        self::assertSame($told, self::told($anna));
        $anna->signIn();
        self::assertSame($told, self::told($anna), 'a sign-in changes nothing');
        $anna->stepUp();
        $anna->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Old phone']);
        $told[] = 'A second factor of your account was renamed';
        self::assertSame($told, self::told($anna));
        self::assertStringContainsString('Authenticator app: “Old phone”', $anna->mailbox()->last()['text']);
        $anna->change('regenerate');
        $told[] = 'New codes for emergencies were made for your account';
        self::assertSame($told, self::told($anna));
        $anna->page('/admin/index.php');
        self::assertSame($told, self::told($anna), 'nothing is told twice');
    }

    /** What the host does when somebody changes how they are reached, with the password alone. */
    private function reachBy(string $email, string $language): void
    {
        $pdo = $this->site()->pdo();
        $pdo->prepare('UPDATE cms_users SET email = ? WHERE user_id = 2')->execute([$email]);
        $pdo->exec("DELETE FROM cms_userprefs WHERE user_id = 2 AND preference = 'default_cms_language'");
        $pdo->prepare("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', ?)")->execute([$language]);
    }

    /** @return list<string> */
    private function subjects(string $address): array
    {
        return array_column($this->site()->mailbox($address)->notices(), 'subject');
    }

    public function test_every_address_of_the_last_thirty_days_is_told_each_in_the_language_that_it_had(): void
    {
        $anna = $this->enrolled();
        $before = count($this->subjects('anna@example.org'));
        // Its owner takes another address, and is seen with it.
        $this->site()->clock->advance(5 * 86_400);
        $this->reachBy('anna.new@example.org', 'en_US');
        $anna = $anna->elsewhere();
        $anna->signIn();
        self::assertIn($anna);
        $this->site()->clock->advance(2 * 86_400);
        // A thief who has an app of theirs puts their own in its place, in a language that its owner may not read.
        $this->reachBy('thief@example.org', 'he_IL');
        $thief = $anna->elsewhere();
        $thief->signIn();
        self::assertIn($thief);
        $this->site()->clock->advance(400);
        $thief->stepUp();
        $thief->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Call 0800 123456 now']);
        $renamed = 'A second factor of your account was renamed';
        foreach (['anna@example.org', 'anna.new@example.org'] as $address) {
            $subjects = $this->subjects($address);
            self::assertStringEndsWith($renamed, last($subjects), $address);
            $text = $this->site()->mailbox($address)->last()['text'];
            self::assertStringContainsString('was renamed', $text, $address);
            self::assertStringNotContainsString('0800 123456', $text, 'no number to call');
        }
        self::assertGreaterThan($before, count($this->subjects('anna@example.org')));
        self::assertNotSame([], $this->subjects('thief@example.org'), 'the address that the host knows, too');
        $this->site()->clock->advance(31 * 86_400);
        $count = count($this->subjects('anna@example.org'));
        $thief = $thief->elsewhere();
        $thief->signIn();
        self::assertIn($thief);
        $this->site()->clock->advance(400);
        $thief->stepUp();
        $thief->change('regenerate');
        self::assertStringNotContainsString('A second factor', last($this->subjects('thief@example.org')), 'what was done now');
        self::assertCount($count, $this->subjects('anna@example.org'), 'a month later it is told no more');
    }

    public function test_what_an_administrator_does_is_told_to_the_user(): void
    {
        $anna = $this->enrolled();
        $admin = $this->administrator();
        $admin->change('reset', ['user' => '2', 'reason' => 'lost the telephone']);
        self::assertSame('The second factors of your account were removed', last(self::told($anna)));
        self::assertStringNotContainsString('lost the telephone', $anna->mailbox()->last()['text']);
    }

    /** What is about the names of users is done with the password, no factor and no licence. */
    private function setPassword(Person $by, string $user, string $password): void
    {
        $by->browser->post('/admin/edituser.php', ['__c' => $by->key(), 'user_id' => $user, 'user' => 'anna', 'email' => 'anna@example.org',
            'password' => $password, 'passwordagain' => $password, 'active' => '1', 'groups' => ['2'], 'submit' => '1']);
    }

    public function test_whoever_is_called_as_somebody_s_id_is_not_taken_for_them_and_nobody_is_told_of_themselves(): void
    {
        $anna = $this->enrolled();
        $ended = 'Sign-ins to your account were ended';
        // The names of users are changed by whoever may manage users.
        $this->site()->pdo()->exec("UPDATE cms_users SET username = '2' WHERE user_id = 1");
        $admin = $this->person('admin');
        $this->site()->signIn('2', Site::PASSWORDS['admin'], $admin->browser);
        self::assertSame('2', $admin->isIn());
        $this->setPassword($admin, '2', 'taken over 1');
        self::assertSame($ended, last(self::told($anna)), 'a new password by somebody called 2');
        self::assertSame(['1'], $this->actors('2'));
        $admin->browser->post('/admin/changegroupassign.php', ['__c' => $admin->key(), 'members' => [1 => ['2'], 2 => ['2', '3']], 'submit' => '1']);
        $this->site()->clock->advance(400);
        $admin->browser->get('/admin/index.php');
        self::assertCount(2, array_keys(self::told($anna), $ended, true), 'other groups by them');
        self::assertSame(['1', '1'], $this->actors('2'));

        // Of what anna does herself she is told nothing, though her name is not her id.
        $this->site()->clock->advance(60);
        $told = self::told($anna);
        $anna->answer($anna->givePassword('taken over 1'), $anna->phone->code());
        self::assertIn($anna);
        $anna->browser->post('/admin/myaccount.php', ['__c' => $anna->key(), 'user' => 'anna', 'email' => 'anna@example.org', 'password' => 'my own 2',
            'passwordagain' => 'my own 2', 'active' => '1', 'submit' => '1']);
        $this->site()->clock->advance(400);
        $admin->browser->get('/admin/index.php');
        self::assertSame(['2', '1', '1'], $this->actors('2'));
        self::assertSame($told, self::told($anna));
    }

    /** @return list<?string> who ended the sign-ins of somebody, the latest first */
    private function actors(string $userId): array
    {
        return $this->site()->asOperator(static fn ($verifier): array => array_values(array_map(
            static fn ($event): ?string => $event->by(),
            array_filter([...$verifier->audit($userId)], static fn ($event): bool => $event->type() === 'epoch.raised'),
        )));
    }

    /**
     * Every call of the extension that says who acts has it from one place, or from the server; those on one's own account
     * give the user's own id.
     */
    public function test_who_acts_is_said_in_one_place(): void
    {
        $places = [];
        foreach ((new \ReflectionClass(\TwoFactor\Verifier::class))->getMethods() as $method) {
            foreach ($method->getParameters() as $parameter) {
                $parameter->getName() === 'by' && $places[$method->getName()] = $parameter->getPosition();
            }
        }
        self::assertGreaterThan(25, count($places));
        $found = $own = [];
        foreach (glob(dirname(__DIR__, 3) . '/php/{TwoFactor,TwoFactorPro}/{lib/,}*.php', GLOB_BRACE) as $file) {
            [$name, $source] = [basename($file), (string) file_get_contents($file)];
            if (!in_array($name, ['Administrator.php', 'Actor.php'], true)) {
                self::assertDoesNotMatchRegularExpression('/new Actor\(|loggedin_username|get_username/', $source, $name);
            }
            preg_match_all('/(?:verification|verifier\(\)|\$verifier)->(' . implode('|', array_keys($places)) . ')(\((?:[^()]++|(?2))*\))/', $source, $calls, PREG_SET_ORDER);
            foreach ($calls as [$call, $method, $list]) {
                $given = self::arguments(substr($list, 1, -1));
                if ($given === []) {
                    // Verification's own.
                    continue;
                }
                $spread = array_values(array_intersect($given, ['...$actor', '...Actor::onServer()']));
                $by = $spread[0] ?? $given[$places[$method]] ?? null;
                if ($method === 'setLicenceKey' && $given === ["''"]) {
                    // The module that has it goes: nobody is named.
                    continue;
                }
                $isOwn = $by === '$id' && $given[0] === '$id';
                $isOwn ? $own[$name] = true : $found[$name] = true;
                $said = ['...$actor', '...Actor::onServer()', '$actor->by', 'Actor::onServer()->by', '$this->administrator->by()', 'Administrator::NOBODY'];
                self::assertTrue($isOwn || in_array($by, $said, true), "$name: $call");
            }
        }
        self::assertEqualsCanonicalizing(['Preferences.php', 'OwnSessions.php', 'OwnDevices.php'], array_keys($own));
        self::assertArrayHasKey('AccountChanges.php', $found);
        self::assertGreaterThan(12, count($found));
    }

    /** @return list<string> */
    private static function arguments(string $list): array
    {
        preg_match_all('/(?:[^,(\[]++|(\((?:[^()]++|(?1))*\))|(\[(?:[^\[\]]++|(?2))*\]))+/', $list, $found);
        return array_map(trim(...), $found[0]);
    }

    public function test_a_mailer_that_fails_loses_no_notice(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        $before = self::told($anna);
        $this->site()->mailSettings(['mailer' => 'smtp', 'host' => '127.0.0.1', 'port' => Site::freePort()]);
        $page = $anna->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Old phone']);
        self::assertSame(200, $page->status);
        self::assertSame($before, self::told($anna));
        $this->site()->mailSettings([]);
        $this->site()->clock->advance(301);
        $anna->page('/admin/index.php');
        self::assertSame([...$before, 'A second factor of your account was renamed'], self::told($anna));
    }
}

/** @param list<string> $all */
function last(array $all): string
{
    return (string) end($all);
}
