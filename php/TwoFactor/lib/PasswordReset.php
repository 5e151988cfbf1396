<?php

/**
 * A new password by telephone, beside the engine's own way by e-mail.
 *
 *   login.php, "forgotten password", a name ─ Core::LostPassword ─┬─ by e-mail ──────► the engine goes on
 *                                                                 └─ by telephone ─► code ─► new password
 *
 * It proves a telephone and gives a password, never a sign-in: who has set one signs in with it and with the
 * second factor, like everybody. A proof given to sign in is worth nothing here, and the reverse.
 *
 * Whoever asks knows no password, so no answer tells whether a name, a number or room in a budget is there: text
 * and status are the same, the message goes out after the answer, and both have taken the same time before it; where
 * the server keeps the connection until the script ends, after it as well.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\Unavailable;
use TwoFactor\Method;
use TwoFactor\Purpose;
use TwoFactor\User;
use TwoFactor\Verified;

final class PasswordReset
{
    /** Longer than any user name of the engine. */
    private const LONGEST_NAME = 255;
    /** What looking up, opening a challenge and checking a code of ours take at most on a busy server, in ns. */
    private const LEVEL = 300_000_000;
    /** The same, where a provider is asked while somebody waits; a slower answer than this tells. */
    private const LEVEL_ASKING = 2_000_000_000;

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly Proof $proof,
        private readonly Codes $codes,
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
        $choseMail = self::posted('twofactor_by') === 'email';
        if ($choseMail && $before?->name === $name && $before->isAnsweredBy(self::posted('twofactor_token'))) {
            PendingReset::forget();
            return;
        }
        $this->view->reset('choose', PendingReset::begin($name));
    }

    /** Every request to login.php, before login.php acts: is it a step of a reset? */
    public function answer(): void
    {
        if (self::posted('twofactor') !== 'reset' || ($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
            return;
        }
        try {
            // Modules after this one in the alphabet have not been loaded yet: they, too, hear of the change.
            $this->host->loadAllModules();
            $this->handle();
        } catch (\Throwable $fault) {
            $this->host->reportFault($fault);
            PendingReset::forget();
            $this->view->loginNotice('reset_unavailable', 503, 'reset_title');
        }
    }

    private function handle(): never
    {
        $pending = PendingReset::current();
        if ($pending === null || !$pending->isAnsweredBy(self::posted('twofactor_token')) || !$this->isOffered()) {
            $this->view->loginNotice('reset_over', 200, 'reset_title');
        }
        if (isset($_POST['twofactor_cancel'])) {
            PendingReset::forget();
            $this->host->pages->redirect($this->host->pages->loginUrl());
        }
        match (true) {
            $pending->isProven() => $this->set($pending),
            self::posted('twofactor_send') !== '' => $this->send($pending),
            $pending->isAsked => $this->check($pending, self::posted('twofactor_code')),
            default => $this->view->reset('choose', $pending),
        };
    }

    private function send(PendingReset $pending): never
    {
        $since = hrtime(true);
        $pending = $pending->challenge === '' ? $this->begin($pending) : $pending;
        self::level($since);
        $this->view->reset('code', $pending, '', function (bool $isGone) use ($pending, $since): void {
            $this->deliver($pending);
            $isGone || self::level($since, self::LEVEL_ASKING);
        });
    }

    /**
     * Opens a challenge. Nobody is asked about like somebody, so that the same budgets are spent.
     *
     * @throws Unverifiable when nobody could be verified, whatever the name
     */
    private function begin(PendingReset $pending): PendingReset
    {
        $verifier = $this->verification->verifier();
        $user = $this->host->users->userNamed($pending->name);
        $person = $user === null
            ? new User('nobody ' . hash('sha256', mb_strtolower($pending->name)), 'nobody')
            : $this->host->users->person($user);
        try {
            $login = $verifier->beginChallenge($person, Purpose::ResetPassword, Client::fromGlobals());
        } catch (Denied $refusal) {
            if ($refusal instanceof Unavailable) {
                $this->host->log('log_reset_not_begun', [$refusal->getMessage()]);
            }
            return $pending->forNobody();
        }
        $method = $login->methods()[0] ?? null;
        return $user === null || $method === null
            ? $pending->forNobody()
            : $pending->forUser((int) $user->id, $login->challenge(), $method, $this->host->users->standing((int) $user->id));
    }

    /** The answer has gone out: what happens here nobody is told. */
    private function deliver(PendingReset $pending): void
    {
        if ($pending->method === null) {
            return;
        }
        try {
            $this->codes->forChallenge($pending->challenge, $pending->method);
        } catch (Denied | Undelivered) {
            // The extension's audit and the admin log have it.
            return;
        } catch (\Throwable $fault) {
            $this->host->reportFault($fault);
        }
    }

    private function check(PendingReset $pending, #[\SensitiveParameter] string $code): never
    {
        if (trim($code) === '') {
            $this->view->reset('code', $pending, 'code_missing');
        }
        $since = hrtime(true);
        $verified = $this->verified($pending, $code);
        self::level($since, $this->providersAreAsked() ? self::LEVEL_ASKING : self::LEVEL);
        if ($verified !== null) {
            // Whoever gave this browser its session before must not get the password with it.
            $this->host->session->renew();
            $this->view->reset('password', $pending->afterProof($verified->epoch()));
        }
        $pending = $pending->afterWrongCode();
        if ($pending->isUsedUp()) {
            PendingReset::forget();
            $this->view->loginNotice('reset_over', 200, 'reset_title');
        }
        $this->view->reset('code', $pending, 'reset_wrong');
    }

    /** Null is all that is told of a no: a lock, too, would tell that somebody is there. */
    private function verified(PendingReset $pending, #[\SensitiveParameter] string $code): ?Verified
    {
        if ($pending->method === null) {
            return null;
        }
        try {
            return $this->proof->check(
                $pending->challenge,
                $pending->userId,
                Purpose::ResetPassword,
                $pending->method,
                $code,
            );
        } catch (Denied | Undelivered) {
            return null;
        } catch (\Throwable $fault) {
            $this->host->reportFault($fault);
            return null;
        }
    }

    /** The engine's own rules: not empty, and twice the same. */
    private function set(PendingReset $pending): never
    {
        $user = $this->host->users->userWhoMaySignIn($pending->userId);
        $stands = $user !== null && $pending->standsWith(
            $this->host->users->standing($pending->userId),
            $this->verification->account($pending->userId)->epoch(),
        );
        if (!$stands) {
            PendingReset::forget();
            $this->view->loginNotice('reset_over', 200, 'reset_title');
        }
        $password = self::posted('twofactor_password');
        // login.php takes "0" for none.
        if ($password === '' || $password === '0') {
            $this->view->reset('password', $pending, 'password_missing');
        }
        if ($password !== self::posted('twofactor_again')) {
            $this->view->reset('password', $pending, 'password_differs');
        }
        PendingReset::forget();
        if (!$this->host->users->setPassword($user, $password)) {
            $this->view->loginNotice('reset_unavailable', 503, 'reset_title');
        }
        $this->changes->passwordRecovered((int) $user->id, Reason::RecoveredByTelephone);
        $this->host->log('log_password_set', [$user->username], (int) $user->id);
        $this->host->tellPasswordRecovered($user);
        $this->view->loginNotice('reset_set', 200, 'reset_title', true);
    }

    /** @throws Unverifiable */
    private function isOffered(): bool
    {
        return $this->settings->offersReset() && Verification::isLoaded() && !$this->verification->isPending()
            && $this->verification->offers(Method::Sms);
    }

    /** Waits until as much time has gone by as it may take for anybody. */
    private static function level(int $since, int $level = self::LEVEL): void
    {
        usleep(max(0, intdiv($level - (hrtime(true) - $since), 1000)));
    }

    /** Whether there is a way for which nobody takes a code of ours: that of a reset is then checked elsewhere. */
    private function providersAreAsked(): bool
    {
        $ways = [true => [], false => []];
        foreach ($this->verification->ask(static fn ($verifier) => $verifier->providers()) as $one) {
            array_push($ways[$one->checksItsOwnCodes()], ...array_column($one->methods(), 'value'));
        }
        return array_diff($ways[true], $ways[false]) !== [];
    }

    private static function posted(string $field): string
    {
        $value = $_POST[$field] ?? '';
        return is_string($value) ? $value : '';
    }
}
