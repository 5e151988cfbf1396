<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** A sign-in that ends with a set-up: where nothing is enrolled at once, and where something is after its proof. */
final class RequiredEnrolmentTest extends HostTestCase
{
    public function test_who_has_nothing_sets_an_app_up_before_the_sign_in_ends(): void
    {
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($anna);
        $this->assertNothingIsOpen($anna);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $secret = Person::secretOn($page);
        foreach (['', $anna->phone->wrong(), 'x'] as $wrong) {
            $page = $this->confirm($anna, $page, $wrong);
            self::assertSame($secret, Person::secretOn($page), 'the same set-up, and not another one');
            self::assertOut($anna);
        }
        $page = $this->confirm($anna, $page, $anna->phone->code());
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertStringContainsString('no-store', implode(',', $page->headers('Cache-Control')));
        self::assertIn($anna);
        self::assertSame([], Person::codesOn($anna->browser->get($page->url)), 'they are shown once');
        $other = $anna->elsewhere();
        $this->site()->clock->advance(30);
        $other->signIn();
        self::assertIn($other);
    }

    public function test_who_has_a_factor_proves_it_first_and_the_new_one_takes_its_place(): void
    {
        $anna = $this->enrolled();
        $this->require('2');
        [$old, $codes] = [$anna->phone, $anna->codes];
        $page = $anna->givePassword();
        self::assertTrue(Person::isChallenge($page));
        self::assertNull(Person::secretOn($page), 'the password alone shows no set-up');
        $page = $anna->answer($page, $old->code());
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($anna);
        $this->assertNothingIsOpen($anna);
        $anna->phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $page = $this->confirm($anna, $page, $anna->phone->code());
        $anna->codes = Person::codesOn($page);
        self::assertCount(10, $anna->codes);
        self::assertIn($anna);
        $this->site()->clock->advance(30);
        $other = $anna->elsewhere();
        $other->answer($other->givePassword(), $old->code());
        self::assertOut($other);
        $other->answer($other->givePassword(), $codes[0], 'backup');
        self::assertOut($other);
        $other->signIn();
        self::assertIn($other);
    }

    public function test_it_can_be_cancelled_and_another_browser_cannot_go_on_with_it(): void
    {
        $this->require('2');
        $anna = $this->person('anna');
        $page = $anna->givePassword();
        $phone = new Phone((string) Person::secretOn($page), $this->site()->clock);
        $thief = $this->person('anna');
        $fields = $page->values(Person::challengeForm($page));
        $thief->browser->post('/admin/login.php', ['twofactor_code' => $phone->code()] + $fields);
        self::assertOut($thief);
        $page = $anna->browser->submit($page, Person::challengeForm($page), ['twofactor_cancel' => '1']);
        self::assertNull(Person::secretOn($page));
        self::assertOut($anna);
        $anna->browser->post('/admin/login.php', ['twofactor_code' => $phone->code()] + $fields);
        self::assertOut($anna);
    }

    public function test_the_server_s_command_line_requires_it_of_one_or_of_everybody_and_takes_it_back(): void
    {
        $anna = $this->enrolled();
        foreach ([['require'], ['require', 'anna'], ['require', 'nobody', 'why'], ['require', 'anna', 'why', 'soon'], ['waive', 'anna', '']] as $wrong) {
            self::assertSame(2, $this->operator(...$wrong)[0]);
        }
        [$status, $said] = $this->operator('require', 'everybody', 'a new policy', '7');
        self::assertSame(0, $status, $said);
        self::assertStringContainsString('everybody who has a second factor (1)', $said);
        $anna->signIn();
        self::assertIn($anna, 'there is time');
        self::assertStringContainsString('no sign-in ends without it', $anna->action('preferences')->text());
        $this->operator('waive', 'everybody', 'not yet');
        self::assertStringNotContainsString('no sign-in ends without it', $anna->action('preferences')->text());
        $this->operator('require', 'anna', 'phone lost');
        $other = $anna->elsewhere();
        $this->site()->clock->advance(30);
        $page = $other->answer($other->givePassword(), $anna->phone->code());
        self::assertStringContainsString('Set up your second factor', $page->text());
        self::assertOut($other);
    }

    /** @return array{int, string} status, and what it said */
    private function operator(string ...$arguments): array
    {
        $site = $this->site();
        $command = [PHP_BINARY, '-d', 'extension=' . Site::extension()];
        foreach ($site->ini() as $name => $value) {
            array_push($command, '-d', "$name=$value");
        }
        array_push($command, $site->root() . '/modules/TwoFactor/operator.php', ...$arguments);
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
        return [$status, implode("\n", $lines)];
    }

    private function require(string $userId): void
    {
        $require = static fn ($verifier) => $verifier->requireEnrolment($userId, null, 'the test', 'everybody anew');
        $this->site()->asOperator($require, ['clock' => $this->siteClock()]);
    }

    private function confirm(Person $person, Page $page, string $code): Page
    {
        $form = Person::challengeForm($page) ?? throw new \RuntimeException('no set-up here: ' . $page->text());
        return $person->browser->submit($page, $form, ['twofactor_code' => $code]);
    }

    private function assertNothingIsOpen(Person $person): void
    {
        foreach (['/admin/index.php', '/admin/listusers.php'] as $path) {
            self::assertNull(Person::signedInName($person->browser->get($path)), $path);
        }
        self::assertNull(Person::secretOn($person->action('preferences')));
    }
}
