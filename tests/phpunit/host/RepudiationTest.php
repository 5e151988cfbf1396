<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** "This was not me": the link of a notice, the page it leads to, and who ends the hold that it puts. */
final class RepudiationTest extends HostTestCase
{
    private const WEEK = 7 * 86_400;

    /** Anna, whose codes are older than a week, has given her app another name, and was told so. */
    private function told(): Person
    {
        $anna = $this->enrolled();
        $this->site()->clock->advance(self::WEEK + 60);
        $anna->signIn();
        $anna->stepUp();
        $anna->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Old phone']);
        self::assertNotNull($this->linkTo($anna), $anna->mailbox()->last()['text']);
        return $anna;
    }

    /** @return array{string, list<string>} */
    private function kept(): array
    {
        return $this->site()->asOperator(static fn ($verifier): array => [
            json_encode($verifier->account('2'), JSON_THROW_ON_ERROR),
            array_map(static fn ($event) => $event->type(), [...$verifier->audit('2')]),
        ], ['clock' => $this->siteClock()]);
    }

    public function test_opening_the_link_shows_and_changes_nothing_whoever_does_it_and_however_often(): void
    {
        $anna = $this->told();
        $link = (string) $this->linkTo($anna);
        $before = $this->kept();
        for ($n = 0; $n < 5; $n++) {
            $page = $this->site()->visitor()->get($link);
        }
        self::assertSame(200, $page->status);
        self::assertStringContainsString('A second factor was renamed', $page->text());
        self::assertStringContainsString('Authenticator app', $page->text());
        self::assertStringContainsString('Nothing has been done yet', $page->text());
        self::assertStringContainsString('anna', $page->text());
        self::assertSame('no-store', $page->header('Cache-Control'));
        self::assertSame('no-referrer', $page->header('Referrer-Policy'));
        self::assertFalse($page->has('//a[starts-with(@href, "http")] | //img[starts-with(@src, "http")] | //form[starts-with(@action, "http")]'));
        // A form of the page by GET, and one without the token.
        $token = substr((string) strrchr($link, '='), 1);
        $this->site()->visitor()->get("/admin/login.php?twofactor=repudiate&twofactor_link=$token");
        $this->site()->visitor()->post($link, []);
        $this->site()->visitor()->post($link, ['twofactor' => 'repudiate']);
        // Whoever is signed in sees it, too, and stays so.
        $anna->browser->get($link);
        self::assertIn($anna);
        self::assertSame($before, $this->kept());
        // But for what the web server writes of every request.
        $written = preg_grep('/ \[\d+\]: (GET|POST) | Accepted$| Closing$/', explode("\n", $this->site()->log()), PREG_GREP_INVERT);
        self::assertStringNotContainsString($token, implode("\n", $written));
    }

    public function test_the_button_ends_sign_ins_and_holds_changes_and_a_backup_code_ends_the_hold(): void
    {
        $anna = $this->told();
        $link = (string) $this->linkTo($anna);
        $page = $this->repudiate($anna);
        self::assertSame(200, $page->status);
        self::assertStringContainsString('All sign-ins have ended', $page->text());
        self::assertOut($anna);
        self::assertSame('Changes of your second factors are on hold', $this->subject($anna));
        self::assertNull($this->linkTo($anna));
        self::assertStringContainsString('an account are on hold', $this->subject($this->person('admin')));

        $anna->signIn();
        self::assertIn($anna);
        $own = $anna->action('preferences');
        self::assertStringContainsString('Changes are on hold', $own->text());
        self::assertFalse($own->has('//input[@name="m1_do"][@value!="end-hold"]'), 'nothing else can be asked for: ' . $own->text());
        foreach (['start' => [], 'start-email' => [], 'regenerate' => [], 'remove' => $this->factorOf('2', 'totp')] as $do => $fields) {
            self::assertStringContainsString('are on hold', $anna->change($do, $fields)->text(), $do);
        }
        $wrong = $anna->send($anna->action('preferences'), 'end-hold', ['release_code' => 'AAAA-BBBB-CCCC-DDDD']);
        self::assertTrue($wrong->has('//*[@role="alert"]'), $wrong->text());
        // Sent once more, or forged.
        $browser = $this->site()->visitor();
        $form = ['twofactor' => 'repudiate', 'loginsubmit' => '1'];
        $token = substr((string) strrchr($link, '='), 1);
        self::assertStringContainsString('was used before', $browser->post('/admin/login.php', $form + ['twofactor_link' => $token])->text());
        self::assertStringContainsString('was used before', $browser->get($link)->text());
        foreach (['', 'x', strrev($token), $token . 'A', str_repeat('A', 9000)] as $other) {
            $page = $browser->post('/admin/login.php', $form + ['twofactor_link' => $other]);
            self::assertSame(404, $page->status);
            self::assertStringContainsString('not good', $page->text());
            self::assertSame(404, $browser->get('/admin/login.php?twofactor_notice=' . $other)->status);
        }

        $done = $anna->send($anna->action('preferences'), 'end-hold', ['release_code' => $anna->codes[0]]);
        self::assertStringContainsString('The hold has ended', $done->text());
        self::assertStringNotContainsString('on hold', $done->text());
        self::assertSame('Changes of your second factors are possible again', $this->subject($anna));
        self::assertStringContainsString('was used before', $browser->post('/admin/login.php', $form + ['twofactor_link' => $token])->text());
        self::assertStringContainsString('changes.released', json_encode($this->kept(), JSON_THROW_ON_ERROR));
    }

    private function subject(Person $person): string
    {
        return trim((string) strrchr(': ' . $person->mailbox()->last()['subject'], ':'), ': ');
    }

    public function test_a_link_is_good_for_seven_days(): void
    {
        $anna = $this->told();
        $link = (string) $this->linkTo($anna);
        $this->site()->clock->advance(self::WEEK - 60);
        self::assertSame(200, $this->site()->visitor()->get($link)->status);
        $this->site()->clock->advance(61);
        self::assertSame(404, $this->site()->visitor()->get($link)->status);
    }

    public function test_with_codes_that_are_too_new_another_administrator_ends_it_and_not_the_administrator_s_own(): void
    {
        $admin = $this->administrator();
        $anna = $this->enrolled();
        $this->repudiate($anna);
        $anna->signIn();
        $own = $anna->action('preferences');
        self::assertFalse($own->has('//input[@name="m1_do"][@value="end-hold"]'));
        self::assertStringContainsString('Only another administrator', $own->text());
        self::assertStringContainsString('Changes on hold', $admin->action('defaultadmin')->text());
        self::assertStringContainsString('can change the second factors', $admin->lookUp('anna')->text());
        self::assertStringContainsString('Please give a reason', $admin->change('release-hold', ['user' => '2', 'reason' => ''])->text());
        $page = $admin->change('release-hold', ['user' => '2', 'reason' => 'she called']);
        self::assertStringContainsString('The hold has ended', $page->text());
        self::assertStringNotContainsString('Changes on hold', $admin->action('defaultadmin')->text());
        self::assertStringContainsString('she called', $this->kept()[0] . json_encode($this->site()->asOperator(static fn ($verifier) => [...$verifier->audit('2', 3)]), JSON_THROW_ON_ERROR));

        $this->repudiate($admin);
        $admin->signIn();
        foreach (['release-hold' => '1', 'unlock' => '2', 'reset' => '1'] as $do => $user) {
            $this->site()->clock->advance(30);
            $proof = ['method' => 'totp', 'code' => $admin->phone->code()];
            $page = $admin->change($do, ['user' => $user, 'reason' => 'me'] + $proof);
            self::assertStringContainsString('you cannot act on others', $page->text(), $do);
        }
        self::assertStringContainsString('"heldSince":"20', json_encode($this->site()->asOperator(static fn ($verifier) => $verifier->account('1')), JSON_THROW_ON_ERROR));
    }

    public function test_whoever_has_to_set_up_first_is_told_who_can_end_the_hold(): void
    {
        $anna = $this->enrolled();
        $this->repudiate($anna);
        $this->site()->asOperator(static fn ($verifier) => $verifier->reset('2', 'the test', 'lost'), ['clock' => $this->siteClock()]);
        $this->require('2');
        $page = $anna->givePassword();
        self::assertSame(403, $page->status);
        self::assertStringContainsString('speak with an administrator', $page->text());
        self::assertOut($anna);
    }

    public function test_where_the_request_says_the_address_no_letter_has_a_link(): void
    {
        $this->site()->takesItsAddressFromTheRequest();
        $anna = $this->enrolled();
        self::assertStringNotContainsString('http', $anna->mailbox()->last()['text']);
    }

    public function test_the_page_is_in_the_language_of_the_user(): void
    {
        $anna = $this->person('anna');
        $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', 'de_DE')");
        $anna->givePassword();
        $anna->enrol();
        $page = $this->site()->visitor()->get((string) $this->linkTo($anna));
        self::assertStringContainsString('Waren Sie das?', $page->text());
        self::assertStringContainsString('Ein zweiter Faktor wurde hinzugefügt', $page->text());
    }

    public function test_the_page_is_not_in_a_language_that_a_thief_has_chosen_since(): void
    {
        $speaks = function (string $language): void {
            $this->site()->pdo()->exec("DELETE FROM cms_userprefs WHERE user_id = 2 AND preference = 'default_cms_language'");
            $this->site()->pdo()->exec("INSERT INTO cms_userprefs (user_id, preference, value) VALUES (2, 'default_cms_language', '$language')");
        };
        $speaks('de_DE');
        $anna = $this->told();
        $speaks('fi_FI');
        // What the extension is told of at a sign-in.
        $anna->signOut();
        $this->site()->clock->advance(60);
        $anna->signIn();
        $anna->stepUp();
        $anna->change('rename', $this->factorOf('2', 'totp') + ['label' => 'Newer phone']);
        self::assertStringContainsString('wurde umbenannt', $anna->mailbox()->last()['text']);
        $visitor = $this->site()->visitor();
        $page = $visitor->get((string) $this->linkTo($anna));
        self::assertStringContainsString('Waren Sie das?', $page->text());
        self::assertStringContainsString('Ein zweiter Faktor wurde umbenannt', $page->text());
        self::assertSame('de', $page->one('//html')->getAttribute('lang'));
        $done = $visitor->submit($page, $page->form('.//input[@name="twofactor_link"]'));
        self::assertStringContainsString('Waren Sie das?', $done->text());
    }
}
