<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** No page on which somebody proves who they are, or changes how, may be put into another site's frame. */
final class PageHeadersTest extends HostTestCase
{
    private const NUMBER = '+49 1512 3456789';
    /** The engine's own policy, where its configuration asks for one. */
    private const OF_THE_SITE = "default-src 'self'; script-src 'unsafe-inline' 'self'; style-src 'unsafe-inline' 'self';";

    private bool $hasPolicy = false;

    /** @return array<string, array{array<string, string>}> */
    public static function policies(): array
    {
        return ['no policy of the site' => [[]], 'a policy of the site' => [['admin_csp_header' => 'self']]];
    }

    private function assertFramedByNobody(Page $page, string $which, bool $isPage = true): Page
    {
        self::assertSame(['DENY'], $page->headers('X-Frame-Options'), "$which: {$page->text()}");
        $policies = $page->headers('Content-Security-Policy');
        self::assertContains("frame-ancestors 'none'", $policies, $which);
        $ofTheSite = array_values(array_diff($policies, ["frame-ancestors 'none'"]));
        self::assertSame($this->hasPolicy && $isPage ? [self::OF_THE_SITE] : [], $ofTheSite, "$which: the site's own policy stays");
        self::assertSame(['no-referrer'], $page->headers('Referrer-Policy'), $which);
        self::assertStringContainsString('camera=()', (string) $page->header('Permissions-Policy'), $which);
        return $page;
    }

    /**
     * @param array<string, string> $config
     * @dataProvider policies
     */
    public function test_no_page_may_be_framed_and_a_policy_of_the_site_stays(array $config): void
    {
        $this->hasPolicy = $config !== [];
        $site = $this->site(['config' => $config]);
        array_map(unlink(...), glob($site->root() . '/tmp/templates_c/*'));
        $fakes = new Fakes();
        $site->carriers([$site->writer(), $fakes->gateway() + ['name' => 'managed']], $fakes->ini());
        $site->offerReset();
        $is = $this->assertFramedByNobody(...);

        $admin = $this->person('admin');
        $admin->givePassword();
        $admin->enrol();
        $anna = $this->person('anna');
        $is($anna->browser->get('/admin/login.php'), 'the engine\'s own sign-in page');
        $is($anna->givePassword('wrong'), 'the engine\'s own sign-in page, wrong password');
        $anna->givePassword();
        $is($anna->action('preferences'), 'preferences, not enrolled');
        $page = $is($anna->startEnrolment(), 'setup');
        $is($anna->send($page, 'confirm', ['code' => $anna->phone->wrong()]), 'setup, wrong code');
        $page = $is($anna->send($page, 'confirm', ['code' => $anna->phone->code()]), 'codes');
        $is($anna->send($page, 'download'), 'the file of codes', false);
        $is($anna->action('preferences'), 'preferences, to be proven');
        $is($anna->change('start'), 'preferences, a form with the proof on it');
        $is($anna->stepUp(), 'preferences, proven');
        $is($anna->action('sessions'), 'own sessions');
        $page = $is($anna->send($anna->action('preferences'), 'start-phone', ['number' => self::NUMBER]), 'destination');
        $anna->send($page, 'confirm-destination', ['code' => $site->handset(self::NUMBER)->code()]);
        $anna->signOut();
        $site->clock->advance(61);

        $page = $is($anna->givePassword(), 'challenge');
        $is($anna->answer($page, $anna->phone->wrong()), 'challenge, wrong code');
        $is($anna->press($page, 'use', 'sms'), 'challenge, by telephone');
        $is($anna->elsewhere()->browser->post('/admin/login.php', ['twofactor' => 'answer']), 'notice');
        $site->clock->advance(61);
        $page = $is($anna->forgetPassword(), 'reset, how');
        $page = $is($anna->resetStep($page, ['send' => '1']), 'reset, code');
        $anna->browser->get('/admin/login.php');
        $is($anna->resetStep($page, ['code' => $site->handset(self::NUMBER)->code()]), 'reset, password');

        // A factor that is new acts on nobody else for a day.
        $site->clock->advance(86_401);
        $admin->stepUp();
        $admin->change('require-everybody', ['reason' => 'to be seen', 'until' => date('Y-m-d', $site->clock->now() + 864_000)]);
        $is($admin->action('preferences'), 'preferences, a new factor required');
        foreach (['users', 'enrolment', 'audit', 'messages', 'sessions', 'providers', 'texts', 'settings', 'health'] as $tab) {
            $is($admin->action('defaultadmin', ['tab' => $tab]), $tab);
        }
        $is($admin->action('defaultadmin', ['tab' => 'texts', 'way' => 'notices', 'language' => 'en']), 'texts of notices');
        $site->pdo()->exec('CREATE TABLE cms_module_twofactor_usermeta (user_id INTEGER, meta_key VARCHAR(40), meta_value TEXT)');
        $site->pdo()->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_former_table', 'module_twofactor_usermeta')");
        $is($admin->action('defaultadmin', ['tab' => 'former']), 'former');
        $is($admin->action('defaultadmin', ['tab' => 'leave']), 'leave');
        $fakes->setClock($site->clock->now());
        $is($admin->action('defaultadmin', ['tab' => 'providers', 'log' => 'managed']), 'provider_log');
        $is($admin->lookUp('anna'), 'user');
        $is($admin->change('temporary-code', ['user' => '2', 'reason' => 'to be seen']), 'temporary code');
        $is($admin->action('defaultadmin', ['tab' => 'user-sessions', 'user' => '2']), 'sessions of a user');
        $is($this->refused(), 'refusal');
        $is($this->repudiate($anna), 'this was not me');
        $site->clock->advance(61);
        $anna->signIn();
        $is($anna->action('preferences'), 'preferences, changes on hold');
        $this->seeRequiredSetUp($is);
        $site->start([]);
        $is($admin->action('defaultadmin', ['tab' => 'providers', 'add' => 'sns']), 'provider');
        $this->assertEveryPageWasSeen();

        $site->start([], false);
        $is($site->signIn('anna'), 'nobody can be verified');
    }

    /** A sign-in that ends with a set-up, on the pages of login.php. */
    private function seeRequiredSetUp(\Closure $is): void
    {
        $site = $this->site();
        $require = static fn ($verifier) => $verifier->requireEnrolment('3', null, 'the test', 'everybody anew');
        $site->asOperator($require, ['clock' => $this->siteClock()]);
        $bert = $this->person('bert');
        $page = $is($bert->givePassword(), 'required set-up');
        $phone = new Phone((string) Person::secretOn($page), $site->clock);
        $mail = $page->form('.//input[@name="twofactor_do"][@value="start-email"]') ?? self::fail('no mail to ask for');
        $page = $is($bert->browser->submit($page, $mail), 'required set-up, waiting');
        $other = $page->form('.//button[@name="twofactor_other"]') ?? self::fail('no other way');
        $page = $is($bert->browser->submit($page, $other, ['twofactor_other' => '1']), 'required set-up, something else');
        $form = Person::challengeForm($page) ?? self::fail('no set-up here');
        $is($bert->browser->submit($page, $form, ['twofactor_code' => $phone->code()]), 'codes of a required set-up');
    }

    /** What somebody sees who may not manage. */
    private function refused(): Page
    {
        $bert = $this->person('bert');
        $bert->givePassword();
        $page = $bert->action('defaultadmin');
        self::assertStringContainsString('no permission', $page->text());
        return $page;
    }

    /** Each template that is a page was compiled, but for the one before there is a key, the banner, the mail, and what is in the place of a page of TwoFactorPro without a licence. */
    private function assertEveryPageWasSeen(): void
    {
        $compiled = implode("\n", glob($this->site()->root() . '/tmp/templates_c/*'));
        $pages = array_map(
            static fn (string $file): string => basename($file, '.tpl'),
            glob(dirname(__DIR__, 3) . '/php/TwoFactor/templates/*.tpl'),
        );
        $unseen = array_filter($pages, static fn (string $page): bool => !str_contains($compiled, ".TwoFactor$page.tpl."));
        self::assertSame([], array_values(array_diff($unseen, ['banner', 'foundation', 'licence_required', 'mail'])), $compiled);
    }
}
