<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * One of the site's users with a browser, and with a phone and backup codes once enrolled. Does what a person
 * does: fills in the forms that are on the page.
 */
final class Person
{
    public Visitor $browser;
    public ?Phone $phone = null;
    /** @var list<string> */
    public array $codes = [];

    public function __construct(public readonly Site $site, public readonly string $name)
    {
        $this->browser = $site->visitor();
    }

    /** The same person, phone and codes at another browser without cookies. */
    public function elsewhere(): self
    {
        $other = clone $this;
        $other->browser = $this->site->visitor();
        return $other;
    }

    /** Gives user name and password; what comes back may be the challenge. */
    public function givePassword(?string $password = null): Page
    {
        return $this->site->signIn($this->name, $password, $this->browser);
    }

    /** Password and, where asked, a code from the phone. */
    public function signIn(): Page
    {
        $page = $this->givePassword();
        return self::isChallenge($page) ? $this->answer($page, $this->phone->code()) : $page;
    }

    public static function isChallenge(Page $page): bool
    {
        return self::challengeForm($page) !== null;
    }

    public static function challengeForm(Page $page): ?\DOMElement
    {
        return $page->form('.//input[@name="twofactor_code"]');
    }

    /** Answers the challenge with a code of the method that the page asks for, or of another one. */
    public function answer(Page $page, string $code, ?string $method = null, bool $follow = true): Page
    {
        if ($method !== null && $page->has("//button[@name='twofactor_use'][@value='$method']")) {
            $form = self::challengeForm($page);
            $page = $this->browser->submit($page, $form, ['twofactor_use' => $method]);
        }
        $form = self::challengeForm($page) ?? throw new \RuntimeException('no challenge here: ' . $page->text());
        return $this->browser->submit($page, $form, ['twofactor_code' => $code], null, $follow);
    }

    public function signOut(): Page
    {
        return $this->browser->get('/admin/logout.php');
    }

    /** Whom the admin takes this browser for; null when it lets it in nowhere. */
    public function isIn(): ?string
    {
        return self::signedInName($this->browser->get('/admin/index.php'));
    }

    public static function signedInName(Page $page): ?string
    {
        return $page->one('//*[@data-user]')?->getAttribute('data-user');
    }

    /** An admin page with the key that belongs to this session. @param array<string, string> $query */
    public function page(string $path, array $query = []): Page
    {
        $separator = str_contains($path, '?') ? '&' : '?';
        return $this->browser->get($path . $separator . http_build_query($query + ['__c' => $this->key()]));
    }

    public function key(): string
    {
        return $this->browser->cookies['__c'] ?? 'none';
    }

    public function action(string $action, array $query = []): Page
    {
        $fields = [];
        foreach ($query as $name => $value) {
            $fields["m1_$name"] = $value;
        }
        return $this->page('/admin/moduleinterface.php', ['mact' => "TwoFactor,m1_,$action,0"] + $fields);
    }

    /** Site Admin, Two-factor: what there is about a user. */
    public function lookUp(string $name): Page
    {
        $list = $this->action('defaultadmin');
        $link = $list->one("//main//a[normalize-space(.)='$name']") ?? throw new \RuntimeException("$name is not in the list: " . $list->text());
        return $this->browser->get($list->resolve($link->getAttribute('href')));
    }

    /** Which page of the module does what. */
    private const PAGES = ['unlock' => 'defaultadmin', 'temporary-code' => 'defaultadmin', 'suspend-factor' => 'defaultadmin', 'resume-factor' => 'defaultadmin', 'reset' => 'defaultadmin', 'export-user' => 'defaultadmin', 'forget' => 'defaultadmin', 'release-hold' => 'defaultadmin', 'create-key' => 'defaultadmin', 'user' => 'defaultadmin', 'defaultadmin' => 'defaultadmin', 'provider-save' => 'defaultadmin', 'provider-remove' => 'defaultadmin', 'provider-up' => 'defaultadmin', 'provider-check' => 'defaultadmin', 'provider-test' => 'defaultadmin', 'text-preview' => 'defaultadmin', 'text-save' => 'defaultadmin', 'text-remove' => 'defaultadmin', 'switch-reset' => 'defaultadmin', 'confirm-operator' => 'defaultadmin', 'remove-orphan' => 'defaultadmin', 'remove-former' => 'defaultadmin', 'remove-everything' => 'defaultadmin', 'end-user-session' => 'defaultadmin', 'end-user-sessions' => 'defaultadmin', 'end-everybody' => 'defaultadmin', 'require-everybody' => 'defaultadmin', 'waive-everybody' => 'defaultadmin', 'end-session' => 'sessions', 'end-other-sessions' => 'sessions'];

    /** Posts what a form of the module would, without looking for the form. */
    public function change(string $do, array $fields = [], ?string $key = null): Page
    {
        $post = ['mact' => 'TwoFactor,m1_,' . (self::PAGES[$do] ?? 'preferences') . ',0', '__c' => $key ?? $this->key(), 'm1_do' => $do];
        foreach ($fields as $name => $value) {
            $post["m1_$name"] = $value;
        }
        return $this->browser->post('/admin/moduleinterface.php', $post);
    }

    /** Sends the form on the page that does this. */
    public function send(Page $page, string $do, array $fields = []): Page
    {
        $form = $page->form(".//input[@name='m1_do'][@value='$do']")
            ?? throw new \RuntimeException("no form to $do: {$page->status} {$page->url} {$page->text()}");
        $filled = [];
        foreach ($fields as $name => $value) {
            $filled["m1_$name"] = $value;
        }
        // As with the return key: the first button is the one that is pressed.
        $button = $page->all('.//button', $form)[0] ?? null;
        return $this->browser->submit($page, $form, $filled, $button?->getAttribute('name') ?: null);
    }

    /** Presses a button of the form that does this: a code for the proof which the form itself asks for. */
    public function askForProof(Page $page, string $do, string $method, array $fields = []): Page
    {
        $form = $page->form(".//input[@name='m1_do'][@value='$do']");
        if ($form === null || $page->all(".//button[@name='m1_send'][@value='$method']", $form) === []) {
            throw new \RuntimeException("no code to ask for on a form to $do: {$page->text()}");
        }
        $filled = ['m1_send' => $method];
        foreach ($fields as $name => $value) {
            $filled["m1_$name"] = $value;
        }
        return $this->browser->submit($page, $form, $filled);
    }

    /** My Preferences, Two-factor: scan, confirm, keep the backup codes. */
    public function enrol(): Page
    {
        $page = $this->startEnrolment();
        $page = $this->send($page, 'confirm', ['code' => $this->phone->code()]);
        $this->codes = self::codesOn($page);
        if (count($this->codes) !== 10) {
            throw new \RuntimeException('no ten backup codes: ' . $page->text() . $this->site->log());
        }
        return $page;
    }

    /** My Preferences, Two-factor: a code to the address of the account. */
    public function enrolByEmail(): Page
    {
        $page = $this->send($this->action('preferences'), 'start-email');
        $page = $this->send($page, 'confirm-destination', ['code' => $this->mailbox()->code()]);
        $this->codes = self::codesOn($page) ?: $this->codes;
        return $page;
    }

    /** My Preferences, Two-factor: a code to a telephone. */
    public function enrolByPhone(string $number, string $way = 'sms'): Page
    {
        $page = $this->send($this->action('preferences'), 'start-phone', ['number' => $number, 'method' => $way]);
        $page = $this->send($page, 'confirm-destination', ['code' => $this->site->handset($number)->code()]);
        $this->codes = self::codesOn($page) ?: $this->codes;
        return $page;
    }

    public function mailbox(): Mailbox
    {
        return $this->site->mailbox("{$this->name}@example.org");
    }

    /** Presses a button of the challenge: another method, another code. */
    public function press(Page $page, string $button, string $value = '1'): Page
    {
        if (!$page->has("//button[@name='twofactor_$button'][@value='$value']")) {
            throw new \RuntimeException("no button $button=$value: " . $page->text());
        }
        return $this->browser->submit($page, self::challengeForm($page), ["twofactor_$button" => $value]);
    }

    /** "Forgotten password" on the sign-in page, with a user name. */
    public function forgetPassword(?string $name = null): Page
    {
        $page = $this->browser->get('/admin/login.php?forgotpw=1');
        $form = $page->form('.//input[@name="forgottenusername"]') ?? throw new \RuntimeException('nowhere to give a name: ' . $page->text());
        return $this->browser->submit($page, $form, ['forgottenusername' => $name ?? $this->name], 'loginsubmit');
    }

    public static function resetForm(Page $page): ?\DOMElement
    {
        return $page->form('.//input[@name="twofactor"][@value="reset"]');
    }

    /** Fills in a step of a password reset. @param array<string, string> $fields without their prefix */
    public function resetStep(Page $page, array $fields): Page
    {
        $form = self::resetForm($page) ?? throw new \RuntimeException("no reset here: {$page->status} {$page->text()}");
        $filled = [];
        foreach ($fields as $name => $value) {
            $filled["twofactor_$name"] = $value;
        }
        return $this->browser->submit($page, $form, $filled);
    }

    /**
     * Asks for a code to the telephone. It goes out after the answer, and the server, which does one thing after
     * another, has done it when it answers again.
     */
    public function askForReset(?string $name = null): Page
    {
        $page = $this->resetStep($this->forgetPassword($name), ['send' => '1']);
        $this->browser->get('/admin/login.php');
        return $page;
    }

    public function startEnrolment(): Page
    {
        $page = $this->action('preferences');
        // Where the profile is strict.
        $password = $page->has('//input[@name="m1_password"]') ? ['password' => Site::PASSWORDS[$this->name]] : [];
        $page = $this->send($page, 'start', $password);
        $this->phone = new Phone(self::secretOn($page) ?? throw new \RuntimeException('no secret: ' . $page->text() . $this->site->log()), $this->site->clock);
        return $page;
    }

    public static function secretOn(Page $page): ?string
    {
        return preg_match('/\b(?:[A-Z2-7]{4}[ -]){7}[A-Z2-7]{4}\b/', $page->text(), $match) ? $match[0] : null;
    }

    /** @return list<string> */
    public static function codesOn(Page $page): array
    {
        preg_match_all('/\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3,5}[0-9A-HJKMNP-TV-Z]{4}\b/', $page->text(), $matches);
        return array_values(array_unique($matches[0]));
    }

    /** Proves presence for the next five minutes, unless that was done a short while ago. */
    public function stepUp(?string $lookupCode = null): Page
    {
        $page = $this->action('preferences');
        // Recovery codes are longer than backup codes.
        $method = strlen((string) $lookupCode) > 19 ? 'recovery' : 'backup';
        return !$page->has('//input[@value="prove"]') ? $page : $this->send($page, 'prove', $lookupCode === null
            ? ['method' => 'totp', 'code' => $this->phone->code()]
            : ['method' => $method, 'code' => $lookupCode]);
    }
}
