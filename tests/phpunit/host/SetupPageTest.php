<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Setting up an app: what it is called there, and how it is set up on the very device the page is on. */
final class SetupPageTest extends HostTestCase
{
    private function setUpPage(): Page
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        return $anna->startEnrolment();
    }

    /** @return array{string, array<string, string>} the label and the parameters of the link */
    private static function link(Page $page): array
    {
        $links = $page->all('//main//a[starts-with(@href, "otpauth:")]');
        self::assertCount(1, $links);
        $uri = $links[0]->getAttribute('href');
        parse_str((string) parse_url($uri, PHP_URL_QUERY), $parameters);
        return [rawurldecode(substr((string) parse_url($uri, PHP_URL_PATH), 1)), $parameters];
    }

    public function test_the_page_has_a_link_for_the_app_on_the_same_device_and_a_button_that_copies_the_key(): void
    {
        $page = $this->setUpPage();
        [, $parameters] = self::link($page);
        $button = $page->one('//main//button[@data-copy]');
        $key = $page->one('//*[@id="' . $button->getAttribute('data-copy') . '"]')->textContent;
        self::assertSame(preg_replace('/\s/', '', $key), $parameters['secret'], 'link and key say the same');
        self::assertTrue($button->hasAttribute('hidden'), 'without scripts there is nothing to press');
    }

    public function test_a_set_up_that_is_over_or_never_began_is_confirmed_by_no_code_and_by_none(): void
    {
        $anna = $this->person('anna');
        $anna->givePassword();
        foreach (['', ' ', '123456'] as $code) {
            $page = $anna->change('confirm', ['code' => $code]);
            self::assertSame(200, $page->status, "'$code'");
            self::assertStringContainsString('This set-up has ended. Please start again.', $page->text());
        }
        $page = $anna->send($anna->startEnrolment(), 'confirm', ['code' => ' ']);
        self::assertNotNull(Person::secretOn($page), 'one that is not over is shown again');
    }

    public function test_the_app_is_told_the_name_of_the_site(): void
    {
        $this->site()->pdo()->exec("UPDATE cms_siteprefs SET sitepref_value = 'A: Rose &amp; Co' WHERE sitepref_name = 'sitename'");
        [$label, $parameters] = self::link($this->setUpPage());
        self::assertSame('A Rose & Co:anna', $label);
        self::assertSame('A Rose & Co', $parameters['issuer']);
    }

    public function test_a_site_without_a_name_is_called_by_its_server_and_not_as_every_other(): void
    {
        $this->site()->pdo()->exec("UPDATE cms_siteprefs SET sitepref_value = '' WHERE sitepref_name = 'sitename'");
        self::assertSame('127.0.0.1', self::link($this->setUpPage())[1]['issuer']);
    }

    public function test_a_name_in_php_ini_is_the_operator_s_choice(): void
    {
        $this->site()->start(['twofactor.issuer' => 'Operations']);
        self::assertSame('Operations', self::link($this->setUpPage())[1]['issuer']);
    }

    /** @return array<string, array{int, string}> */
    public static function clocks(): array
    {
        return ['slow' => [-1, 'is about 30 seconds slow'], 'fast' => [1, 'is about 30 seconds fast']];
    }

    /** @dataProvider clocks */
    public function test_a_clock_that_is_off_at_every_sign_in_is_told_and_a_code_typed_late_is_not(int $steps, string $said): void
    {
        $anna = $this->enrolled();
        $signIn = function (int $steps) use ($anna): Page {
            $this->site()->clock->advance(120);
            return $anna->answer($anna->givePassword(), $anna->phone->off($steps));
        };
        $told = static fn (Page $page): bool => str_contains($page->text(), $said);
        foreach ([$steps, $steps, 0, $steps, $steps] as $off) {
            self::assertFalse($told($signIn($off)));
            self::assertFalse($told($anna->action('preferences')));
            $anna->signOut();
        }
        $page = $signIn($steps);
        self::assertTrue($told($page), $page->text());
        self::assertFalse($told($anna->browser->get('/admin/index.php')), 'once');
        self::assertTrue($told($anna->action('preferences')), 'and where it can be looked up');
        $anna->signOut();
        self::assertFalse($told($signIn(0)));
        self::assertFalse($told($anna->action('preferences')));
    }
}
