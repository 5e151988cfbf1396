<?php

/**
 * Puts texts and figures into templates. Templates decide nothing: what they show is prepared here and
 * escaped there.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Device;
use TwoFactor\Exception\FactorRefused;
use TwoFactor\Exception\InvalidPhoneNumber;
use TwoFactor\Exception\LockedOut;
use TwoFactor\Exception\NotSent;
use TwoFactor\Exception\OnHold;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\Throttled;
use TwoFactor\Exception\TooRecent;
use TwoFactor\Method;
use TwoFactor\Session;

final class View
{
    public const PREFIX = 'm1_';
    /** What is spoken of as a device and not as a system. */
    private const DEVICES = ['iPhone', 'iPad'];

    public function __construct(private readonly \TwoFactor $module, private readonly Host $host)
    {
    }

    public function text(string $key, int|string ...$values): string
    {
        return $this->module->words($key, ...$values);
    }

    /** The text of a key that may not exist, with something to show instead. */
    public function textOr(string $key, string $otherwise): string
    {
        return $this->module->hasWords($key) ? $this->text($key) : $otherwise;
    }

    /** A word of the extension of some kind, in the reader's language if that has it; else that key's text, or the word. */
    public function named(string $kind, string $word, string $otherwise = ''): string
    {
        $key = $kind . '_' . self::key($word);
        return $this->textOr($key, $otherwise === '' ? $word : $this->text($otherwise));
    }

    /** The text of a permission, which the engine keeps in the language of whoever installed the module; null of another module's. */
    public function permission(string $kept): ?string
    {
        $name = $this->host->users->permissionWithText($kept);
        $one = Permission::tryFrom($name);
        return $name === '' ? null : $this->textOr($one === null ? 'permission_use' : 'permission_' . strtolower($one->name), $kept);
    }

    /** A stable name of the extension as it is in the key of a text. */
    public static function key(string $name): string
    {
        return strtr($name, '.-', '__');
    }

    /**
     * @param string $template its name, behind that of another module and `;` if it is that one's
     * @param array<string, mixed> $values
     */
    public function render(string $template, array $values): string
    {
        $smarty = \CmsApp::get_instance()->GetSmarty();
        $resource = 'module_file_tpl:' . (str_contains($template, ';') ? '' : 'TwoFactor;') . "$template.tpl";
        $page = $smarty->createTemplate($resource, null, null, $smarty);
        $page->assign('t', new Texts($this->module));
        $page->assign('show', $this);
        $page->assign('asset', $this->assets());
        $page->assign('csrf_name', CMS_SECURE_PARAM_NAME);
        $page->assign('csrf', (string) ($_SESSION[CMS_USER_KEY] ?? ''));
        $page->assign('p', self::PREFIX);
        $page->assign('action', 'moduleinterface.php');
        $page->assign('head', 'module_file_tpl:TwoFactor;form_head.tpl');
        foreach ($values as $name => $value) {
            $page->assign($name, $value);
        }
        return (string) $page->fetch();
    }

    public function headHtml(): string
    {
        $asset = htmlspecialchars($this->assets() . '/assets');
        $version = rawurlencode($this->module->GetVersion());
        return "<link rel=\"stylesheet\" href=\"$asset/twofactor.css?v=$version\">"
            . "<script src=\"$asset/twofactor.js?v=$version\" defer></script>";
    }

    public function noStore(): void
    {
        header('Cache-Control: no-store');
        header('Pragma: no-cache');
        PageHeaders::send();
    }

    /**
     * The page between password and cookie. Ends the request.
     *
     * @param array{days: int, is_ticked: bool, is_secure: bool} $offer to trust this browser
     */
    public function challenge(
        PendingLogin $pending,
        Method $method,
        array $offer,
        ?string $problem,
        ?\Throwable $why,
        bool $isLost,
    ): never {
        $this->host->pages->speakTo($pending->userId);
        $isTemporary = $method === Method::TemporaryCode;
        $this->loginPage('challenge', [
            'title' => $this->text('challenge_title'),
            'method' => $method,
            'others' => array_filter($pending->methods, static fn (Method $other) => $isLost || $other !== $method),
            'is_lost' => $isLost,
            'may_lose' => !$isLost && $pending->codes() !== null,
            'is_temporary' => $isTemporary,
            'name' => $this->host->users->userName($pending->userId),
            'is_refused' => $why instanceof NotSent,
            'trust' => $offer['days'] === 0 || $isLost || $isTemporary ? '' : $this->text('trust_browser', $this->days($offer['days'])),
            'is_trusted' => $offer['is_ticked'],
            'is_secure' => $offer['is_secure'],
            'problem' => $problem === null ? '' : $this->problem($problem, $why),
        ] + self::loginForms($pending) + $this->wait($why) + $this->sent($pending->sent($method)));
    }

    /**
     * A page of a sign-in that needs a set-up before it ends. Ends the request.
     *
     * @param array<string, mixed> $values
     */
    public function required(string $template, PendingLogin $pending, array $values, string $problem, ?\Throwable $why): never
    {
        $this->host->pages->speakTo($pending->userId);
        $this->loginPage($template, $this->wait($why) + $values + [
            'title' => $this->text('required_title'),
            'name' => $this->host->users->userName($pending->userId),
            'problem' => $problem === '' ? '' : $this->problem($problem, $why),
        ] + self::loginForms($pending));
    }

    /**
     * What the forms of a sign-in that has begun are made of.
     *
     * @return array<string, string|int>
     */
    private static function loginForms(PendingLogin $pending): array
    {
        return [
            'head' => 'module_file_tpl:TwoFactor;login_form_head.tpl',
            'p' => 'twofactor_',
            'token' => $pending->token,
            'number' => $pending->nextPage(),
        ];
    }

    /**
     * A number or address that waits for its code.
     *
     * @param array{sent: array{method: string}} $destination
     * @return array<string, mixed>
     */
    public function destination(array $destination): array
    {
        $method = $destination['sent']['method'];
        return (SetUps::isSpent($destination) ? ['sent' => ''] : [])
            + ['method' => $method, 'step' => $this->text("set_up_$method")] + $this->sent(SentCode::fromKept($destination['sent']));
    }

    /**
     * A sheet of codes, to be printed or downloaded.
     *
     * @param list<string> $codes
     * @return array<string, mixed>
     */
    public function codes(Method $kind, array $codes, string $name, string $back): array
    {
        return [
            'kind' => $kind->value,
            'codes' => $codes,
            'last' => $this->text('codes_last_recovery', count($codes)),
            'name' => $name,
            'site' => $this->host->pages->siteName(),
            'date' => date('Y-m-d'),
            'back' => $back,
        ];
    }

    /** A page of login.php with one message and the way back. Ends the request. */
    public function loginNotice(
        string $key,
        int $status = 200,
        string $title = 'challenge_title',
        bool $good = false,
    ): never {
        $this->host->pages->speakTo(null);
        $this->notice($this->text($key), $status, $title, $good);
    }

    /**
     * Nobody can be verified now: the page says so, and gives whoever reports it a reference that PHP's error log has,
     * too. Ends the request.
     */
    public function outage(string $reference): never
    {
        $this->host->pages->speakTo(null);
        $this->notice($this->text('unavailable') . ' ' . $this->text('reference', $reference), 503, 'challenge_title', false);
    }

    private function notice(string $message, int $status, string $title, bool $good): never
    {
        $this->loginPage('notice', [
            'title' => $this->text($title),
            'message' => $message,
            'good' => $good,
            'back' => HostPages::pathOf($this->host->pages->loginUrl()),
        ], $status);
    }

    /**
     * A step of a password reset: choose, code or password. In the engine's language, for another would tell that
     * somebody of that name has chosen it. Ends the request.
     *
     * @param \Closure(bool): void|null $afterwards what the answer must not wait for; whether the connection is over
     */
    public function reset(string $step, PendingReset $pending, string $problem = '', ?\Closure $afterwards = null): never
    {
        $this->host->pages->speakTo(null);
        $this->loginPage('reset', [
            'title' => $this->text('reset_title'),
            'step' => $step,
            'name' => $pending->name,
            'token' => $pending->token,
            'problem' => $problem === '' ? '' : $this->text($problem),
        ], 200, $afterwards);
    }

    /**
     * What the link of a notice is about, in the language in which its user is told: what they have chosen now may have been
     * chosen by whoever the notice is about. Ends the request.
     *
     * @param array{step: string, link: string, name: string} $values
     */
    public function repudiation(\TwoFactor\Notice $notice, #[\SensitiveParameter] array $values): never
    {
        $this->host->pages->speak($notice->language());
        $this->loginPage('repudiation', $values + [
            'title' => $this->text('link_title'),
            'what' => $this->named('told', $notice->kind()),
            // Of codes the sentence says it.
            'method' => $notice->method() === null || Factors::isLookup($notice->method()) ? '' : $this->method($notice->method()),
            'when' => $this->moment($notice->at()),
            'held' => $notice->heldSince() === null ? '' : $this->text('hold_since', $this->moment($notice->heldSince())),
        ]);
    }

    /** What to tell about a refusal; the text of the key when its kind says nothing more. */
    public function problem(string $key, ?\Throwable $why = null): string
    {
        return match (true) {
            $why instanceof LockedOut && $why->disabled => $this->text('method_disabled'),
            $why instanceof LockedOut => $this->text('locked', $this->duration($why->retryAfter)),
            $why instanceof Throttled => $this->text('throttled', $this->duration($why->retryAfter)),
            $why instanceof StepUpRequired => $this->text('prove_first'),
            $why instanceof OnHold => $this->text('on_hold'),
            $why instanceof TooRecent => $this->text('operator_too_recent', $this->at(time() + $why->retryAfter)),
            $why instanceof NotSent => $this->named('not_sent', $why->reason, 'not_sent_method'),
            $why instanceof FactorRefused => $this->named('factor', $why->reason, 'try_again'),
            $why instanceof InvalidPhoneNumber => $this->named('number', $why->reason, 'number_refused'),
            $why instanceof Undelivered => $this->text($why->key),
            default => $this->textOr($key, $this->text('try_again')),
        };
    }

    /**
     * What templates show of a code that is on its way.
     *
     * @return array{sent: string, again: int}
     */
    public function sent(?SentCode $sent): array
    {
        return $sent === null ? ['sent' => '', 'again' => 0] : [
            'sent' => $this->text('sent_to', self::unbroken($sent->to), date('H:i', $sent->until)),
            'again' => $sent->wait(),
        ];
    }

    /**
     * How long a refusal holds, and what may be said when that is over. It goes before sent(): one countdown is
     * enough.
     *
     * @return array{wait: int, wait_text: string, wait_over: string, calm: bool, again?: int}
     */
    public function wait(?\Throwable $why): array
    {
        return match (true) {
            $why instanceof LockedOut && !$why->disabled => [
                'wait' => $why->retryAfter,
                'wait_text' => $this->text('locked', '%s'),
                'wait_over' => $this->text('wait_over'),
                'calm' => false,
                'again' => 0,
            ],
            $why instanceof Throttled => [
                'wait' => $why->retryAfter,
                'wait_text' => $this->text('throttled', '%s'),
                'wait_over' => $this->text('send_wait_over'),
                // Nobody has done anything wrong.
                'calm' => true,
                'again' => 0,
            ],
            default => ['wait' => 0, 'wait_text' => '', 'wait_over' => '', 'calm' => false],
        };
    }

    public function duration(int $seconds): string
    {
        $count = fn (int $n, string $one, string $many) => $n === 1 ? $this->text($one) : $this->text($many, $n);
        $minutes = intdiv($seconds, 60);
        $rest = $seconds % 60;
        return implode(' ', array_filter([
            $minutes > 0 ? $count($minutes, 'one_minute', 'minutes') : '',
            $rest > 0 || $minutes === 0 ? $count(max(1, $rest), 'one_second', 'seconds') : '',
        ]));
    }

    public function days(int $days): string
    {
        return $days === 1 ? $this->text('one_day') : $this->text('days', $days);
    }

    /** How long ago, as long as that is easier to read than a time. */
    public function ago(\DateTimeInterface $at): string
    {
        $seconds = max(0, time() - $at->getTimestamp());
        return match (true) {
            $seconds < 3600 => $this->text('ago', $this->duration($seconds < 60 ? $seconds : $seconds - $seconds % 60)),
            default => $this->moment($at),
        };
    }

    public function moment(?\DateTimeInterface $at): string
    {
        if ($at === null) {
            return '';
        }
        $zone = new \DateTimeZone(date_default_timezone_get());
        $own = $this->host->pages->dateFormat();
        if ($own === '') {
            return \DateTimeImmutable::createFromInterface($at)->setTimezone($zone)->format($this->text('moment'));
        }
        $text = \locale_ftime($own, $at->getTimestamp());
        // What happened is told to the second, also to who has chosen dates without times.
        return preg_match('/%[HIklMprRSTXcs]/', $own) ? $text : $text . ' ' . date('H:i:s', $at->getTimestamp());
    }

    /** A time that something has to be done until: to the minute, and in which time zone that is. */
    public function deadline(\DateTimeInterface $at): string
    {
        return preg_replace('/(\d:\d\d):\d\d/', '$1', $this->moment($at), 1) . date(' T', $at->getTimestamp());
    }

    public function at(int $time): string
    {
        return $this->moment(new \DateTimeImmutable("@$time"));
    }

    /** What stands behind a sign-in. */
    public function proven(Session $session): string
    {
        return $this->method($session->method())
            ?: $this->text($session->isByDevice() ? 'session_device' : 'session_password');
    }

    public function method(?Method $method): string
    {
        return $method === null ? '' : $this->named('method', $method->value);
    }

    /** @param array<Method> $methods */
    public function methods(array $methods): string
    {
        return implode(', ', array_map($this->method(...), $methods));
    }

    public function user(string $id): string
    {
        return $this->host->users->userName((int) $id);
    }

    /** Whoever acted: a user of the CMS, or on the server one of the system. */
    public function operator(string $by): string
    {
        return ctype_digit($by) ? $this->user($by) : $by;
    }

    /** What somebody signed in with, or trusts. */
    public function device(Session|Device $from): string
    {
        [$browser, $system] = [(string) $from->browserName(), (string) $from->systemName()];
        return match (true) {
            $browser === '' || $system === '' => $browser . $system ?: $this->text('session_unknown_browser'),
            in_array($system, self::DEVICES, true) => $this->text('session_on_device', $browser, $system),
            default => $this->text('session_on', $browser, $system),
        };
    }

    /** What will be sent to a number, by whom, that it may cost something, and how it ends: shown before one is set up. */
    public function phoneConsent(): string
    {
        return $this->text('phone_consent', $this->host->pages->siteName());
    }

    /** Which text that is, for the audit: another number wherever its meaning changes, and the language it was read in. */
    public static function phoneConsentName(): string
    {
        return 'phone-2/' . preg_replace('/[^A-Za-z_]/', '', (string) \CmsNlsOperations::get_current_language());
    }

    /** Hands out a file: with what is kept about somebody, or a text for a question (`txt`). */
    public function download(string $name, string $content, string $kind = 'json'): never
    {
        $this->noStore();
        header('Content-Type: ' . ($kind === 'txt' ? 'text/plain' : 'application/json') . '; charset=utf-8');
        header("Content-Disposition: attachment; filename=\"$name.$kind\"");
        echo rtrim($content, "\n"), "\n";
        exit;
    }

    /**
     * Where a number may be called from, in the reader's language.
     *
     * @return array<string, string>
     */
    public function regions(): array
    {
        return \TwoFactor\PhoneNumber::regions((string) \CmsNlsOperations::get_current_language());
    }

    /**
     * What the forms for a fresh proof show: what may be proven, and what is on its way.
     *
     * @return array<string, mixed>
     */
    public function proving(?Account $account, Verification $verification, StepUp $stepUp, int $userId): array
    {
        $methods = array_filter(
            $account?->methods() ?? [],
            static fn (Method $method) => !in_array($method, $account->disabledMethods(), true),
        );
        if ($account !== null && Settings::isStrict()) {
            // A mailbox that nobody can set up any more proves what leads to something stronger, and only that.
            $person = $this->host->users->person($this->host->users->user($userId));
            $methods = array_map(Method::from(...), $verification->askedOf($person)['proves']);
            $provable = array_values(array_filter($methods, static fn (Method $method) => $method === Method::Email || $verification->usable([$method]) !== []));
        } else {
            $provable = $verification->usable($methods);
        }
        $sent = $stepUp->sent($userId);
        return [
            'provable' => $provable,
            'proving' => $sent?->method->value ?? '',
            'stronger' => $stepUp->permit($userId) === null || $stepUp->grant($userId) !== null ? '' : $this->actionUrl('preferences'),
            'sendable' => array_filter($provable, static fn (Method $method) => $method->isSent()),
        ] + $this->sent($sent);
    }

    /**
     * The address of a page of the module, with the engine's request key.
     *
     * @param array<string, int|string|null> $query
     */
    public function actionUrl(string $action, array $query = []): string
    {
        $key = (string) ($_SESSION[CMS_USER_KEY] ?? '');
        $parts = ['mact' => "TwoFactor,m1_,$action,0", CMS_SECURE_PARAM_NAME => $key];
        foreach ($query as $name => $value) {
            if ($value !== null && $value !== '') {
                $parts[self::PREFIX . $name] = (string) $value;
            }
        }
        return $this->host->pages->adminUrl() . '/moduleinterface.php?' . http_build_query($parts);
    }

    /** @param array<string, int|string|null> $query */
    public function adminUrl(array $query = []): string
    {
        return $this->actionUrl('defaultadmin', $query);
    }

    /** Such an address as the engine remembers it for after the login: a path, without the request key. */
    public function actionPath(string $action, string $page = ''): string
    {
        $path = HostPages::pathOf($this->host->pages->adminUrl());
        return "$path/moduleinterface.php?mact=TwoFactor,m1_,$action,0" . ($page === '' ? '' : '&' . self::PREFIX . "page=$page");
    }

    /** Where the module's scripts and styles are. */
    private function assets(): string
    {
        return HostPages::pathOf(rtrim((string) $this->module->GetModuleURLPath(), '/'));
    }

    /** A masked number or address on one line, however narrow the page. */
    public static function unbroken(string $masked): string
    {
        return strtr($masked, [' ' => "\u{a0}"]);
    }

    /** For a list of facts; '' where it is not known. */
    public function driftShort(?int $seconds): string
    {
        return match (true) {
            $seconds === null => '',
            $seconds === 0 => $this->text('drift_none'),
            default => $this->text($seconds < 0 ? 'drift_slow' : 'drift_fast', $this->duration(abs($seconds))),
        };
    }

    public function drift(?int $seconds): string
    {
        return $seconds === null
            ? ''
            : $this->text($seconds < 0 ? 'drift_behind' : 'drift_ahead', $this->duration(abs($seconds)));
    }

    /**
     * A bar on top of the admin page, whatever the theme.
     *
     * @param \Closure(): string $text asked for when the language of the page is set
     * @param string $link the key of what the address is called
     */
    public function standBar(\Closure $text, string $tone = '', string $url = '', string $link = ''): void
    {
        $this->host->pages->speakTo(null);
        StandingBar::put($this->render('banner', [
            'text' => $text(),
            'tone' => $tone,
            'url' => $url,
            'link' => $link === '' ? '' : $this->text($link),
        ]));
    }

    /**
     * The bar that asks for a new password.
     *
     * @param \Closure(): bool $stands whether it still does when the page is sent, on which the password may have been changed
     */
    public function newPasswordBar(bool $mayChange, \Closure $stands): void
    {
        $this->host->pages->speakTo(null);
        $isThere = $this->host->pages->isOwnAccountPage();
        StandingBar::put($this->render('banner', [
            'text' => $this->text('password_suspected') . ' ' . $this->text(match (true) {
                !$mayChange => 'password_suspected_ask',
                $isThere => 'password_suspected_here',
                default => 'password_suspected_go',
            }),
            'tone' => '',
            'url' => $mayChange && !$isThere ? $this->host->pages->ownAccountUrl() : '',
            'link' => $this->text('password_suspected_link'),
        ]), $stands);
    }

    /**
     * @param array<string, mixed> $values
     * @param \Closure(bool): void|null $afterwards
     */
    private function loginPage(
        string $template,
        array $values,
        int $status = 200,
        ?\Closure $afterwards = null,
    ): never {
        // False is a buffer that cannot be removed.
        while (ob_get_level() > 0 && @ob_end_clean()) {
            continue;
        }
        http_response_code($status);
        \cms_admin_sendheaders();
        $this->noStore();
        // Of the texts: for a language that has none of ours they are English.
        header('Content-Language: ' . $this->text('page_language'));
        $html = $this->render($template, $values + [
            'site' => $this->host->pages->siteName(),
            'logo' => HostPages::pathOf($this->host->pages->themeLogo()),
            'admin' => HostPages::pathOf($this->host->pages->adminUrl()),
            'action' => HostPages::pathOf($this->host->pages->loginUrl()),
        ]);
        if ($afterwards === null) {
            echo $html;
            exit;
        }
        $afterwards($this->answerWith($html));
        exit;
    }

    /**
     * The browser has its answer and the session is free when this returns, as far as the server allows. Where the
     * server cannot end a request before its script (mod_php), the connection takes no other: that one would wait.
     *
     * @return bool whether the connection is over for the browser; else it sees when the script ends
     */
    private function answerWith(string $html): bool
    {
        ignore_user_abort(true);
        session_write_close();
        if (!RequestEnd::isEarly()) {
            header('Connection: close');
            // What is compressed on its way has no length, and its end comes with that of the script.
            function_exists('apache_setenv') && apache_setenv('no-gzip', '1');
            if (!ini_get('zlib.output_compression') || ini_set('zlib.output_compression', '0') !== false) {
                header('Content-Length: ' . strlen($html));
            }
        }
        echo $html;
        flush();
        return RequestEnd::answer();
    }
}
