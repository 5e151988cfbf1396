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

    /** @dataProvider languages */
    public function test_what_will_be_sent_is_said_before_a_number_is_set_up_and_that_it_was_and_when_is_in_the_audit(string $code, string $start, string $stop, string $told): void
    {
        $site = $this->site();
        $site->carriers();
        $site->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', '$code'), (1, 'default_cms_language', '$code')");
        $anna = $this->person('anna');
        $anna->givePassword();
        $page = $anna->action('preferences');
        $form = $page->form('.//input[@name="m1_do"][@value="start-phone"]');
        $shown = preg_replace('/\s+/', ' ', $form->textContent);
        self::assertStringContainsString($start, $shown);
        self::assertStringContainsString($stop, $shown, 'how to stop it');
        $site->clock->advance(7);
        $before = $site->clock->now();
        $anna->send($page, 'start-phone', ['number' => '+49 1512 3456789']);
        $events = $site->asOperator(static fn ($verifier) => [...$verifier->audit('2')], ['clock' => $this->siteClock()]);
        $started = array_values(array_filter($events, static fn ($event) => $event->type() === 'enrolment.started'));
        self::assertCount(1, $started);
        self::assertSame("consent: phone-2/$code", $started[0]->reason());
        self::assertEqualsWithDelta($before, $started[0]->at()->getTimestamp(), 5);
        // And an administrator reads it on the page.
        $admin = $this->administrator();
        $row = $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->all('//tr[.//small]');
        $row = array_values(array_filter($row, static fn (\DOMElement $one) => str_contains($one->textContent, "phone-2/$code")));
        self::assertCount(1, $row);
        self::assertStringContainsString($told, $row[0]->textContent);
    }

    /** @return array<string, list<string>> */
    public static function languages(): array
    {
        return [
            'English' => ['en_US', 'one message if the number is replaced or removed, or a new password is set by a code to it', 'To end it, remove the number here.', 'was told before what will be sent'],
            'German' => ['de_DE', 'falls die Nummer ersetzt oder entfernt oder mit einem Code an sie ein neues Passwort gesetzt wird', 'entfernen Sie die Nummer hier', 'wurde vorher gesagt, was gesendet wird'],
        ];
    }
}
