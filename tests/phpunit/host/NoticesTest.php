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
        self::assertStringContainsString('Authenticator app: Old phone', $anna->mailbox()->last()['text']);
        $anna->change('regenerate');
        $told[] = 'New codes for emergencies were made for your account';
        self::assertSame($told, self::told($anna));
        $anna->page('/admin/index.php');
        self::assertSame($told, self::told($anna), 'nothing is told twice');
    }

    public function test_what_an_administrator_does_is_told_to_the_user(): void
    {
        $anna = $this->enrolled();
        $admin = $this->administrator();
        $admin->change('reset', ['user' => '2', 'reason' => 'lost the telephone']);
        self::assertSame('The second factors of your account were removed', last(self::told($anna)));
        self::assertStringNotContainsString('lost the telephone', $anna->mailbox()->last()['text']);
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
