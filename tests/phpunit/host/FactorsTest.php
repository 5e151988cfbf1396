<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Several authenticator apps, each with a name and an end of its own, where their user and administrators see them. */
final class FactorsTest extends HostTestCase
{
    public function test_a_second_app_is_added_under_a_name_signs_in_and_is_removed(): void
    {
        [$anna, $first, $second] = $this->withTwoApps();
        $text = $anna->action('preferences')->text();
        self::assertStringContainsString('Authenticator app Set up', $text);
        self::assertMatchesRegularExpression('/Work phone Authenticator app Set up .+, not used yet/', $text);
        foreach ([$second, $first] as $phone) {
            $this->site()->clock->advance(30);
            $other = $anna->elsewhere();
            $other->answer($other->givePassword(), $phone->code());
            self::assertIn($other);
        }
        self::assertMatchesRegularExpression('/Work phone Authenticator app Set up .+, last used /', $anna->action('preferences')->text());

        $anna->change('remove', ['factor' => $this->idOf('Work phone')]);
        $text = $anna->action('preferences')->text();
        self::assertStringNotContainsString('Work phone', $text);
        self::assertStringContainsString('Protected by a second factor', $text);
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $second->code());
        self::assertOut($other);
        $other->answer($other->givePassword(), $first->code());
        self::assertIn($other);
    }

    public function test_a_factor_is_given_another_name(): void
    {
        [$anna] = $this->withTwoApps();
        $other = $anna->elsewhere();
        $this->site()->clock->advance(30);
        $other->answer($other->givePassword(), $anna->phone->code());
        $page = $anna->send($anna->action('preferences'), 'rename', ['factor' => $this->idOf('Work phone'), 'label' => '<b>Old & grey</b>']);
        self::assertStringContainsString('Renamed.', $page->text());
        self::assertStringContainsString('&lt;b&gt;Old &amp; grey&lt;/b&gt;', $page->body);
        self::assertIn($other, 'a name ends no sign-in');
        foreach ([
            'authenticator APP' => 'Another of your methods has this name.',
            "a\u{202e}b" => 'a character in it that nobody would see',
            "a\nb" => 'a character in it that nobody would see',
            str_repeat('ä', 65) => 'too long: 64 characters at most',
            ' ' => 'Please enter a name.',
        ] as $label => $answer) {
            $page = $anna->change('rename', ['factor' => $this->idOf('<b>Old & grey</b>'), 'label' => $label]);
            self::assertStringContainsString($answer, $page->text());
        }
        foreach (['', 'x', '0000000000000000'] as $unknown) {
            $page = $anna->change('rename', ['factor' => $unknown, 'label' => 'New']);
            self::assertStringContainsString('This method is no longer set up.', $page->text());
            $page = $anna->change('remove', ['factor' => $unknown]);
            self::assertStringContainsString('This method is no longer set up.', $page->text());
        }
        self::assertCount(3, $this->labels());
    }

    public function test_nobody_changes_somebody_else_s_factor(): void
    {
        [$anna] = $this->withTwoApps();
        $bert = $this->enrolled('bert');
        $bert->signIn();
        $bert->stepUp();
        $id = $this->idOf('Work phone');
        $bert->change('remove', ['factor' => $id]);
        $bert->change('rename', ['factor' => $id, 'label' => 'Mine']);
        self::assertSame(['Authenticator app', 'Work phone', ''], $this->labels());
    }

    public function test_five_apps_are_the_most(): void
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        foreach (range(2, 5) as $_) {
            $anna->phone = null;
            $page = $anna->startEnrolment();
            $anna->send($page, 'confirm', ['code' => $anna->phone->code()]);
        }
        self::assertSame(
            ['Authenticator app', 'Authenticator app 2', 'Authenticator app 3', 'Authenticator app 4', 'Authenticator app 5', ''],
            $this->labels(),
        );
        $page = $anna->action('preferences');
        self::assertFalse($page->has("//input[@name='m1_do'][@value='start']"));
        self::assertStringContainsString('You have five apps', $page->text());
        self::assertNull(Person::secretOn($anna->change('start')));
    }

    public function test_administrators_see_the_factors_of_a_user_and_events_say_which(): void
    {
        $this->withTwoApps();
        $admin = $this->enrolled('admin');
        $admin->signIn();
        $page = $admin->lookUp('anna');
        self::assertMatchesRegularExpression('/Work phone Authenticator app Set up .+, not used yet/', $page->text());
        self::assertFalse($page->has("//input[@name='m1_do'][@value='rename']"));
        self::assertStringContainsString('Authenticator app: Work phone', $admin->action('defaultadmin', ['tab' => 'audit', 'user' => '2'])->text());
    }

    /** @return array{Person, Phone, Phone} who has just proven presence, and both phones */
    private function withTwoApps(): array
    {
        $anna = $this->enrolled();
        $anna->signIn();
        $anna->stepUp();
        $first = $anna->phone;
        $page = $anna->send($anna->action('preferences'), 'start', ['label' => 'Work phone']);
        $second = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $anna->send($page, 'confirm', ['code' => $second->code()]);
        self::assertSame([], Person::codesOn($page), 'backup codes come with the first factor');
        self::assertStringContainsString('The app is set up.', $page->text());
        return [$anna, $first, $second];
    }

    private function idOf(string $label): string
    {
        return $this->site()->asOperator(static function ($verifier) use ($label): string {
            foreach ($verifier->account('2')->factors() as $factor) {
                if ($factor->label() === $label) {
                    return $factor->id();
                }
            }
            throw new \RuntimeException("no factor is called $label");
        }, ['clock' => $this->siteClock()]);
    }

    /** @return list<string> */
    private function labels(): array
    {
        return $this->site()->asOperator(static fn ($verifier) => array_map(
            static fn ($factor) => $factor->label(),
            $verifier->account('2')->factors(),
        ), ['clock' => $this->siteClock()]);
    }
}
