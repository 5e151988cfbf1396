<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** What is kept about one person: a copy for them, and an end to it. And that they were told before a number is set up. */
final class PersonalDataTest extends HostTestCase
{
    /** @return array<string, mixed> */
    private static function read(Page $file): array
    {
        self::assertSame('application/json; charset=utf-8', $file->header('Content-Type'));
        self::assertStringContainsString('attachment', (string) $file->header('Content-Disposition'));
        return json_decode($file->body, true, 32, JSON_THROW_ON_ERROR);
    }

    public function test_whoever_is_signed_in_takes_a_copy_with_a_proof_and_without_a_secret(): void
    {
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $page = $anna->action('preferences');
        self::assertStringContainsString('Download what is kept about me', $page->text());
        $page = $anna->change('export');
        self::assertNull($page->header('Content-Disposition'));
        self::assertTrue($page->has('//form[.//input[@name="m1_proof_code"]]//input[@value="export"]'), $page->text());
        $this->site()->clock->advance(31);
        $copy = self::read($anna->change('export', ['proof_method' => 'totp', 'proof_code' => $anna->phone->code()]));
        self::assertSame([1, '2'], [$copy['version'], $copy['user']]);
        self::assertSame('anna@example.org', $copy['account']['contact']['email']);
        self::assertSame('totp', $copy['account']['factors'][0]['method']);
        self::assertNotSame([], $copy['sessions']);
        self::assertSame('account.exported', $copy['events'][0]['kind']);
        $text = json_encode($copy, JSON_THROW_ON_ERROR);
        foreach ($anna->codes as $code) {
            self::assertStringNotContainsString($code, $text);
        }
        self::assertIn($anna);
    }

    public function test_who_has_no_second_factor_takes_a_copy_as_well(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        $copy = self::read($anna->change('export'));
        self::assertSame('2', $copy['user']);
        self::assertCount(1, $copy['sessions']);
    }

    public function test_an_administrator_takes_a_copy_and_has_somebody_forgotten_who_then_sets_up_anew(): void
    {
        $anna = $this->enrolled('anna');
        $anna->signIn();
        $this->enrolled('bert');
        $admin = $this->administrator();
        $page = $admin->lookUp('anna');
        self::assertStringContainsString('What is kept about this person', $page->text());
        $copy = self::read($admin->change('export-user', ['user' => '2']));
        self::assertSame(['2', '1'], [$copy['user'], $copy['events'][0]['by']]);
        $page = $admin->change('forget', ['user' => '2', 'reason' => '']);
        self::assertIn($anna);
        $page = $admin->change('forget', ['user' => '2', 'reason' => 'asked by letter']);
        self::assertStringContainsString('Everything that was kept about this person was removed.', $page->text());
        self::assertOut($anna);
        self::assertSame(['account.forgotten'], $this->site()->audit('2'));
        self::assertNotContains('account.forgotten', $this->site()->audit('3'));
        $thief = $anna->elsewhere();
        $thief->givePassword();
        self::assertOut($thief, 'the password alone does not become enough');
    }

    public function test_nobody_has_themselves_forgotten(): void
    {
        $admin = $this->administrator();
        self::assertFalse($admin->lookUp('admin')->has('//button[normalize-space()="Forget"]'));
        $page = $admin->change('forget', ['user' => '1', 'reason' => 'mine']);
        self::assertStringContainsString('You cannot have yourself forgotten.', $page->text());
        self::assertNotContains('account.forgotten', $this->site()->audit('1'));
        self::assertIn($admin);
    }
}
