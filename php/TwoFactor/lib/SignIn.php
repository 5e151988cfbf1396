<?php

/**
 * The login, stopped between password and cookie.
 *
 *   password right ─ Core::LoginPre ─┬─ no factor enrolled ───────────────► the engine goes on
 *                                    ├─ this browser is trusted ──────────► the engine goes on
 *                                    ├─ a set-up is required ─ in login.php ─ confirmed ─► the engine's own second half
 *                                    ├─ cannot be verified now ───────────► refused
 *                                    └─ challenge in login.php ─ answered ─► the engine's own second half
 *
 * At Core::LoginPre neither flow has given anything to the browser. Core::LoginVerified, where the engine
 * has it, is a back-stop for a login that somehow came past. The answer is a POST to login.php and handled
 * when the module has been loaded, before login.php looks at it.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\Exception\ChallengeClosed;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\EnrolmentRequired;
use TwoFactor\Exception\LockedOut;
use TwoFactor\Exception\Mistyped;
use TwoFactor\Exception\OnHold;
use TwoFactor\Exception\Throttled;
use TwoFactor\Login;
use TwoFactor\LoginState;
use TwoFactor\Method;
use TwoFactor\Verified;

final class SignIn
{
    /** Whom this request has already found to be in order. */
    private ?int $cleared = null;
    /** Whether the telephone of whoever signs in was suspended with it. */
    private bool $isPhoneSuspended = false;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Proof $proof,
        private readonly Sessions $sessions,
        private readonly Emergency $emergency,
        private readonly Codes $codes,
        private readonly SetUps $setUps,
        private readonly Factors $factors,
        private readonly FormerVersion $formerVersion,
        private readonly DeviceCookie $device,
        private readonly View $view,
        private readonly Extensions $extensions,
    ) {
    }

    /** Core::LoginPre: returns when the login may go on without a second factor, otherwise shows a page and ends. */
    public function intercept(\User $user): void
    {
        try {
            $this->decide($user);
            $this->cleared = (int) $user->id;
        } catch (\Throwable $fault) {
            $this->refuse($fault);
        }
    }

    /** Core::LoginVerified, on the new flow. */
    public function backStop(\User $user): void
    {
        if ($this->cleared !== (int) $user->id) {
            $this->intercept($user);
        }
    }

    /** Every request to login.php, before login.php acts: is it an answer to the challenge? */
    public function answer(): void
    {
        $form = LoginForm::of('answer');
        if ($form === null) {
            return;
        }
        try {
            // Modules after this one in the alphabet have not been loaded yet: they, too, hear of the login.
            $this->host->loadAllModules();
            $this->handle($form);
        } catch (\Throwable $fault) {
            $this->refuse($fault);
        }
    }

    private function decide(\User $user): void
    {
        $this->emergency->noteMistake();
        if ($this->emergency->isActive()) {
            $this->emergency->noteSignIn($user);
            return;
        }
        if ($this->verification->isPending()) {
            $this->leadFromFormerVersion($user);
            return;
        }
        // First of all: without the extension its classes are not even there to be named.
        $this->verification->verifier();
        try {
            $client = $this->device->client((int) $user->id);
            $login = $this->verification->beginLogin($this->host->users->person($user), $client);
        } catch (Throttled) {
            $this->host->session->deauthenticate();
            $this->view->loginNotice('too_many_sign_ins', 429);
        }
        // An old token of a trusted browser was shown: its user is told, and nobody here.
        match ($login->state()) {
            LoginState::Allowed, LoginState::TrustedDevice => $this->allow($user, $login),
            LoginState::ChallengeRequired => $this->challenge($user, $login),
            LoginState::EnrolmentRequired => $this->setUp($user, $this->begin($user, $login)),
        };
    }

    private function begin(\User $user, Login $login): PendingLogin
    {
        $this->host->session->deauthenticate();
        $this->host->session->renew();
        StepUp::forget();
        SetUps::forget();
        return PendingLogin::begin((int) $user->id, $login, $this->host->users->standing((int) $user->id));
    }

    private function challenge(\User $user, Login $login): never
    {
        $pending = $this->begin($user, $login);
        // Where everything is disabled or suspended an administrator's code is all that helps.
        $pending->methods === []
            ? $this->show($pending, Method::TemporaryCode, 'nothing_usable')
            : $this->ask($pending, $pending->methods[0]);
    }

    private function handle(LoginForm $form): never
    {
        $pending = PendingLogin::current();
        $user = $pending === null ? null : $this->host->users->userWhoMaySignIn($pending->userId);
        if ($user === null || !$pending->standsWith($this->host->users->standing($pending->userId))) {
            $this->over();
        }
        $isAnswer = $pending->isAnsweredBy($form);
        if ($isAnswer && $form->isCancelled()) {
            PendingLogin::forget();
            $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        if ($pending->mustEnrol()) {
            // The proof that led here may come once more.
            $problem = $isAnswer ? $pending->refusalOf($form->fingerprint()) : 'try_again';
            $problem === null ? $this->goOnWithSetUp($user, $pending, $form) : $this->setUp($user, $pending, $problem);
        }
        $method = $pending->chosen($form);
        if (!$isAnswer) {
            $this->show($pending, $method, 'try_again');
        }
        if ($form->text('send') !== '' && $method->isSent()) {
            $this->send($pending, $method);
        }
        if ($form->text('use') !== '') {
            $this->ask($pending, $method);
        }
        $this->check($pending, $user, $method, $form);
    }

    /** Asks for a code of this method, after sending one if none is on its way. Only ever by POST. */
    private function ask(PendingLogin $pending, Method $method): never
    {
        $method->isSent() && $pending->sent($method) === null
            ? $this->send($pending, $method)
            : $this->show($pending, $method);
    }

    private function send(PendingLogin $pending, Method $method): never
    {
        try {
            $pending->noteSent($this->codes->forChallenge($pending->challenge, $method));
        } catch (ChallengeClosed) {
            $this->over();
        } catch (Denied | Undelivered $refusal) {
            $this->show($pending, $method, 'try_again', $refusal);
        }
        $this->show($pending, $method);
    }

    private function check(PendingLogin $pending, \User $user, Method $method, LoginForm $form): never
    {
        $code = $form->text('code');
        if (trim($code) === '') {
            $this->show($pending, $method, 'code_missing');
        }
        $answer = $form->fingerprint();
        $refused = $pending->refusalOf($answer);
        if ($refused !== null) {
            $this->show($pending, $method, $refused);
        }
        try {
            $trusts = self::trusts($form) && $this->host->pages->isSecure();
            $client = $this->device->client($pending->userId);
            $isLost = $pending->isLost($form);
            $verified = $this->proof->checkSignIn($pending->challenge, $pending->userId, $method, $code, $client, $trusts, $isLost);
            $this->isPhoneSuspended = $isLost && $this->verification->account($pending->userId)->heldSince() === null;
        } catch (LockedOut | Undelivered $why) {
            $this->show($pending, $method, 'try_again', $why);
        } catch (EnrolmentRequired) {
            $pending->noteEnrolment($answer, $method);
            $this->setUp($user, $pending);
        } catch (Mistyped) {
            // Nothing was charged: it is no answer that was refused.
            $this->show($pending, $method, "mistyped_$method->value");
        } catch (ChallengeClosed) {
            $this->over();
        } catch (Denied) {
            $pending->noteRefusal($answer, "wrong_$method->value");
            $this->show($pending, $method, "wrong_$method->value");
        }
        $this->complete($user, $verified, $answer);
    }

    /**
     * The sign-in goes on with a set-up. The challenge is good for that and for nothing else; what was begun last is shown,
     * and an app to begin with.
     */
    private function setUp(\User $user, PendingLogin $pending, string $problem = '', ?SetUpRefused $refusal = null): never
    {
        $why = $refusal?->getPrevious();
        $destination = $refusal === null || $refusal->at === Kept::Destination ? $this->setUps->destination($user) : null;
        if ($destination !== null) {
            $this->view->required('required_destination', $pending, $this->view->destination($destination), $problem, $why);
        }
        $account = $this->verification->account($pending->userId);
        try {
            $name = $this->appName($account, $pending);
            $setup = $this->setUps->app($user) ?? $this->setUps->startApp($user, $name, $pending->challenge);
        } catch (OnHold) {
            // Nothing can be set up before somebody has ended that.
            PendingLogin::forget();
            $this->view->loginNotice('on_hold_sign_in', 403);
        } catch (Denied) {
            // The challenge is over, or was answered.
            $this->over();
        }
        $this->view->required('required_setup', $pending, [
            'setup' => $setup,
            'account' => $account,
            'by_temporary_code' => $pending->isByTemporaryCode(),
            'is_weak' => Settings::isStrict() && $account->isEnrolled() && !in_array(Method::Totp, $account->methods(), true),
            'must_prove' => false,
        ] + $this->setUps->offers($user, LoginForm::of('answer'), $pending->challenge), $problem, $why);
    }

    /** In the language of whoever signs in; null where an app is there, whose name goes on. */
    private function appName(Account $account, PendingLogin $pending): ?string
    {
        $this->host->pages->speakTo((int) $account->userId());
        $goesOn = in_array(Method::Totp, $account->methods(), true) && !$pending->isByTemporaryCode();
        return $goesOn ? null : $this->factors->nextAppName($account);
    }

    private function goOnWithSetUp(\User $user, PendingLogin $pending, LoginForm $form): never
    {
        if ($form->text('other') !== '') {
            Kept::Destination->forget();
            $this->setUp($user, $pending);
        }
        try {
            $enrolled = $this->setUps->step($user, $form, $pending->challenge);
        } catch (SetUpRefused $refusal) {
            $isOver = $refusal->getPrevious() instanceof ChallengeClosed;
            $isOver ? $this->over() : $this->setUp($user, $pending, $refusal->problem, $refusal);
        } catch (Denied) {
            $this->over();
        }
        if ($enrolled === null) {
            $this->setUp($user, $pending);
        }
        $verified = $enrolled->verified() ?? throw new Unverifiable('A set-up was confirmed that belongs to no sign-in.');
        $this->proof->tellSuccess($verified);
        $this->complete($user, $verified, $form->fingerprint(), SetUps::codesOf($enrolled));
    }

    /** The answer that signed this browser in has been sent once more: it goes where the first one went. */
    private function goOnWhereAnswered(LoginForm $form): void
    {
        $address = AnsweredLogin::follow($form->fingerprint());
        if ($address !== null && $this->host->cookie->repeat()) {
            $this->host->pages->redirect($address);
        }
        $user = $this->host->users->user((int) $this->host->session->loggedInId());
        if ($user !== null) {
            // The cookies of the first answer were faster than the second; the guard says what they are worth.
            $this->host->pages->redirect($this->host->pages->destination($user));
        }
    }

    /** @param array{Method, list<string>}|null $codes that the person has to be shown */
    private function complete(\User $user, Verified $verified, string $answer, #[\SensitiveParameter] ?array $codes = null): never
    {
        PendingLogin::forget();
        SetUps::forget();
        $this->cleared = (int) $user->id;
        $answered = AnsweredLogin::leaveBehind($answer);
        if ($codes !== null) {
            // Not in this answer: it may have been sent twice, and a listener of Core::LoginPost may redirect.
            Kept::Codes->put((int) $user->id, ['kind' => $codes[0]->value, 'codes' => $codes[1]]);
        }
        $admit = $this->admitAtTheEnd($user, $verified);
        $this->leadAtTheEnd($answered);
        $this->device->keep((int) $user->id, $verified->deviceToken());
        if (!$this->host->session->signIn($user)) {
            $this->host->session->deauthenticate();
            exit;
        }
        try {
            $admit();
        } catch (Denied) {
            // The password or a factor was changed this very moment.
            $this->host->session->deauthenticate();
            $this->view->loginNotice('login_over');
        }
        // The engine's own line, in its words, as login.php writes it.
        \audit($user->id, 'Admin Username: ' . $user->username, 'Logged In');
        $this->noteCodes($user, $verified);
        $this->noteDrift($user, $verified);
        $this->leadToExtension($user, $verified);
        $this->leadToNewPassword($user, $verified);
        $pages = $this->host->pages;
        $pages->redirect($codes === null ? $pages->destination($user) : $this->view->actionUrl('preferences'));
    }

    /**
     * The engine goes on by itself for a user without a factor, and in a browser that they trust. What it mints is admitted
     * by the login that was allowed: the extension refuses that when a first factor has been confirmed since, which this one
     * has not proven, or a trusted browser was removed.
     */
    private function allow(\User $user, Login $login): void
    {
        // Whoever gave this browser its session before must not be signed in with it: the old flow goes on in the same one.
        $this->host->session->renew();
        // Nor with a proof of that one: this sign-in gave none, and what the session keeps goes on with it.
        StepUp::forget();
        SetUps::forget();
        PendingLogin::forget();
        $this->device->keep((int) $user->id, $login->deviceToken());
        $this->admitAtTheEnd($user, $login);
        $this->leadFromFormerVersion($user);
        $this->leadToExtension($user, null);
    }

    /** A page of another module comes before where the sign-in leads, but not before what this one has to say. */
    private function leadToExtension(\User $user, ?Verified $verified): void
    {
        $page = $this->extensions->afterSignIn($user, $verified);
        if ($page !== null && !$verified?->isSwitchedOff() && !$verified?->mustChangePassword() && !$this->formerVersion->owes((int) $user->id)) {
            OwnPage::leadTo($this->view->actionPath('page', $page));
        }
    }

    /** Before everything else but what would not be said again; there a bar says why, as on every page until it is done. */
    private function leadToNewPassword(\User $user, Verified $verified): void
    {
        $isAsked = $verified->mustChangePassword() && !$verified->isSwitchedOff();
        if ($isAsked && $this->host->users->mayChangeOwnPassword((int) $user->id)) {
            $_SESSION['login_redirect_to'] = $this->host->pages->ownAccountPath();
        }
    }

    /** Both flows go there once the login is complete, and add the request's key. */
    private function leadFromFormerVersion(\User $user): void
    {
        if ($this->formerVersion->owes((int) $user->id)) {
            $_SESSION['login_redirect_to'] = $this->view->actionPath('preferences');
        }
    }

    /**
     * Admits what the engine mints for this user. At the end of the request at the latest, because a listener of
     * Core::LoginPost may redirect.
     *
     * @return \Closure(): void admits now
     */
    private function admitAtTheEnd(\User $user, Verified|Login $cameOf): \Closure
    {
        $isTried = false;
        $admit = function () use ($user, $cameOf, &$isTried): void {
            $credential = $this->host->cookie->sessionCredential();
            if (!$isTried && $credential !== null && $this->host->session->loggedInId() === (int) $user->id) {
                $isTried = true;
                $this->sessions->admit($cameOf, $credential);
            }
        };
        $this->host->database->atTheEnd(static function (\Closure $reconnect) use ($admit, &$isTried): void {
            if ($isTried) {
                return;
            }
            $reconnect();
            try {
                $admit();
            } catch (Denied | Unverifiable) {
                // What is not admitted does not count: the next request is led to the sign-in.
            }
        });
        return $admit;
    }

    /** Wherever this request redirects to, or a listener of Core::LoginPost. */
    private function leadAtTheEnd(AnsweredLogin $answered): void
    {
        $this->host->database->atTheEnd(function () use ($answered): void {
            $location = array_values(preg_grep('/^Location:/i', headers_list()) ?: [])[0] ?? '';
            if ($location !== '' && $this->host->cookie->sessionCredential() !== null) {
                $answered->leadTo((string) session_id(), trim(substr($location, strlen('Location:'))));
            }
        });
    }

    private function noteDrift(\User $user, Verified $verified): void
    {
        if ($verified->method() === Method::Totp) {
            $_SESSION[Guard::DRIFT] = $this->verification->account((int) $user->id)->steadyTotpDrift();
        }
    }

    private function noteCodes(\User $user, Verified $verified): void
    {
        if ($verified->isSwitchedOff()) {
            $this->host->log('log_recovery_last', [$user->username], (int) $user->id);
            Preferences::announce('recovery_last');
            // There they set it up anew.
            $_SESSION['login_redirect_to'] = $this->view->actionPath('preferences');
        } elseif (Factors::isLookup($verified->method())) {
            $left = (int) ($verified->backupCodesLeft() ?? $verified->recoveryCodesLeft());
            [$logged, $said] = $verified->method() === Method::RecoveryCode
                ? ['log_recovery_code', 'recovery_code_used']
                : ['log_backup_code', 'backup_code_used'];
            $this->host->log($logged, [$user->username, $left], (int) $user->id);
            Preferences::announce($this->isPhoneSuspended ? 'phone_suspended' : $said, $left);
            if ($this->isPhoneSuspended) {
                $this->host->log('log_phone_suspended', [$user->username], (int) $user->id);
                // There they set up a new one.
                $_SESSION['login_redirect_to'] = $this->view->actionPath('preferences');
            }
        }
    }

    private function show(
        PendingLogin $pending,
        Method $method,
        ?string $problem = null,
        ?\Throwable $why = null,
    ): never {
        $form = LoginForm::of('answer');
        $offer = $this->device->offer($form !== null && self::trusts($form));
        $this->view->challenge($pending, $method, $offer, $problem, $why, $form !== null && $pending->isLost($form));
    }

    /** Whether the box was ticked. */
    private static function trusts(LoginForm $form): bool
    {
        return $form->text('trust') !== '';
    }

    private function over(): never
    {
        $form = LoginForm::of('answer');
        if ($form !== null) {
            // Where sessions are not locked, the same answer may have been the first meanwhile.
            session_abort();
            session_start();
            $this->goOnWhereAnswered($form);
            $form->isCancelled() && $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        PendingLogin::forget();
        $this->view->loginNotice('login_over');
    }

    private function refuse(\Throwable $fault): never
    {
        $reference = $this->host->reportFault($fault);
        PendingLogin::forget();
        $this->host->session->deauthenticate();
        $this->view->outage($reference);
    }
}
