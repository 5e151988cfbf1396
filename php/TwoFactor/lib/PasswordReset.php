<?php

/**
 * A new password by telephone, beside the engine's own way by e-mail.
 *
 *   login.php, "forgotten password", a name ─ Core::LostPassword ─┬─ by e-mail ──────► the engine goes on
 *                                                                 └─ by telephone ─► code ─► new password
 *
 * It proves a telephone and gives a password, never a sign-in: who has set one signs in with it and with the
 * second factor, like everybody.
 *
 * Whoever asks knows no password, so the extension says the same, in the same time, whether a name, a number or room in
 * a budget is there. Here the user is looked up within that time, and the message goes out after the answer.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\ChallengeClosed;
use TwoFactor\Exception\Denied;
use TwoFactor\Method;
use TwoFactor\Verified;

final class PasswordReset
{
    /** Longer than any user name of the engine. */
    private const LONGEST_NAME = 255;

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly Proof $proof,
        private readonly AccountChanges $changes,
        private readonly View $view,
    ) {
    }

    /** Core::LostPassword: asks which way, or returns for the engine to send its mail. */
    public function offer(mixed $name): void
    {
        if (!is_string($name) || trim($name) === '' || strlen($name) > self::LONGEST_NAME) {
            return;
        }
        try {
            if (!$this->verification->quietly($this->isOffered(...))) {
                return;
            }
        } catch (Unverifiable) {
            // The engine's own way does without a verifier.
            return;
        }
        $before = PendingReset::current();
        $form = new LoginForm();
        if ($form->text('by') === 'email' && $before?->name === $name && $before->isAnsweredBy($form)) {
            PendingReset::forget();
            return;
        }
        $this->view->reset('choose', PendingReset::begin($name));
    }

    /** Every request to login.php, before login.php acts: is it a step of a reset? */
    public function answer(): void
    {
        $form = LoginForm::of('reset');
        if ($form === null) {
            return;
        }
        try {
            // Modules after this one in the alphabet have not been loaded yet: they, too, hear of the change.
            $this->host->loadAllModules();
            $this->handle($form);
        } catch (\Throwable $fault) {
            $this->host->reportFault($fault);
            PendingReset::forget();
            $this->view->loginNotice('reset_unavailable', 503, 'reset_title');
        }
    }

    private function handle(LoginForm $form): never
    {
        $pending = PendingReset::current();
        if ($pending === null || !$pending->isAnsweredBy($form) || !$this->isOffered()) {
            $this->view->loginNotice('reset_over', 200, 'reset_title');
        }
        if ($form->isCancelled()) {
            PendingReset::forget();
            $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        match (true) {
            $pending->proof !== '' => $this->set($pending, $form->text('password'), $form->text('again')),
            $form->text('send') !== '' => $this->send($pending),
            $pending->reset !== '' => $this->check($pending, $form->text('code')),
            default => $this->view->reset('choose', $pending),
        };
    }

    private function send(PendingReset $pending): never
    {
        // First of all: the time of the answer counts from here.
        $client = Client::fromGlobals();
        $verifier = $this->verification->verifier();
        $pending = $pending->reset === '' ? $this->begin($pending, $client) : $pending;
        $this->view->reset('code', $pending, '', function (bool $isGone) use ($verifier, $pending, $client): void {
            try {
                $verifier->sendPasswordResetCode($pending->reset, $client, $isGone);
            } catch (\Throwable $fault) {
                // The answer has gone out: what happens here nobody is told.
                $fault instanceof ChallengeClosed || $this->host->reportFault($fault);
            }
        });
    }

    private function begin(PendingReset $pending, Client $client): PendingReset
    {
        $user = $this->host->users->userNamed($pending->name);
        $id = (int) $user?->id;
        $person = $user === null ? null : $this->host->users->person($user);
        $standing = $user === null ? '' : $this->host->users->standing($id);
        $methods = $user === null ? [] : ($this->verification->accountIfReadable($id)?->methods() ?? []);
        $phones = array_values(array_filter($methods, static fn (Method $method) => $method->isPhone()));
        $reset = $this->verification->beginPasswordReset($person, $client);
        return $pending->asked($reset, $id, $phones === [] ? '' : $phones[0]->value, $standing);
    }

    private function check(PendingReset $pending, #[\SensitiveParameter] string $code): never
    {
        if (trim($code) === '') {
            $this->view->reset('code', $pending, 'code_missing');
        }
        try {
            $verified = $this->verified($pending, $code);
        } catch (ChallengeClosed) {
            $this->over();
        } catch (Denied) {
            $this->view->reset('code', $pending, 'reset_wrong');
        }
        // Whoever gave this browser its session before must not get the password with it.
        $this->host->session->renew();
        $this->view->reset('password', $pending->proven($verified->grant()));
    }

    /** @throws Denied */
    private function verified(PendingReset $pending, #[\SensitiveParameter] string $code): Verified
    {
        $client = Client::fromGlobals();
        return $pending->method === ''
            ? $this->verification->verifyPasswordReset($pending->reset, Proof::cut($code), $client)
            : $this->proof->checkReset($pending->reset, $pending->userId, Method::from($pending->method), $code, $client);
    }

    /** The engine's own rules: not empty, and twice the same. */
    private function set(
        PendingReset $pending,
        #[\SensitiveParameter] string $password,
        #[\SensitiveParameter] string $again,
    ): never {
        $user = $this->host->users->userWhoMaySignIn($pending->userId);
        if ($user === null || !$pending->standsWith($this->host->users->standing($pending->userId))) {
            $this->over();
        }
        // login.php takes "0" for none.
        if ($password === '' || $password === '0') {
            $this->view->reset('password', $pending, 'password_missing');
        }
        if ($password !== $again) {
            $this->view->reset('password', $pending, 'password_differs');
        }
        try {
            $this->changes->recoverPassword($pending->userId, $pending->proof);
        } catch (ChallengeClosed) {
            $this->over();
        }
        PendingReset::forget();
        if (!$this->host->users->setPassword($user, $password)) {
            $this->view->loginNotice('reset_unavailable', 503, 'reset_title');
        }
        $this->host->log('log_password_set', [$user->username], (int) $user->id);
        $this->host->tellPasswordRecovered($user);
        $this->view->loginNotice('reset_set', 200, 'reset_title', true);
    }

    private function over(): never
    {
        PendingReset::forget();
        $this->view->loginNotice('reset_over', 200, 'reset_title');
    }

    /** @throws Unverifiable */
    private function isOffered(): bool
    {
        return $this->settings->offersReset() && Verification::isLoaded() && !$this->verification->isPending()
            && $this->verification->offers(Method::Sms);
    }
}
