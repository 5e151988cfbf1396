<?php

/**
 * My Preferences, Two-factor: the signed-in person and their own account, never anybody else's. The user
 * comes from the login, not from the request, and not while testing the site as somebody else.
 *
 * Secrets and codes are shown only in the answer to a POST, once, and are kept nowhere on this side.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\LockedOut;
use TwoFactor\Exception\Rejected;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Method;
use TwoFactor\TotpSetup;

final class Preferences
{
    public const BACKUP_CODE_USED = 'twofactor_backup_code_used';
    private const MESSAGE = 'twofactor_message';
    private const SETUP = 'twofactor_setup';
    private const FEW_CODES = 3;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly SignInRegister $register,
        private readonly StepUp $stepUp,
        private readonly View $view,
        private readonly Access $access,
    ) {
    }

    /** The page, or by POST what `do` asks for. */
    public function handle(): string
    {
        if (!Change::isAsked()) {
            return $this->guarded(fn (\User $user) => $this->overview($user));
        }
        $change = Change::fromRequest();
        return match ($change?->text('do')) {
            'prove' => $this->guarded(fn (\User $user) => $this->prove($user, $change)),
            'start' => $this->guarded(fn (\User $user) => $this->start($user)),
            'confirm' => $this->guarded(fn (\User $user) => $this->confirm($user, $change)),
            'regenerate' => $this->guarded(fn (\User $user) => $this->regenerate($user)),
            'remove' => $this->guarded(fn (\User $user) => $this->remove($user, $change)),
            'primary' => $this->guarded(fn (\User $user) => $this->setPrimary($user, $change)),
            'download' => $this->download($change),
            default => $this->goBack('try_again'),
        };
    }

    private function prove(\User $user, Change $change): string
    {
        $method = Method::tryFrom($change->text('method')) ?? Method::Totp;
        try {
            $this->stepUp->prove($this->host->person($user), $method, $change->text('code'));
        } catch (LockedOut $lock) {
            return $this->overview($user, $this->view->problem('locked', $lock));
        } catch (Denied) {
            $again = $this->view->text('try_again');
            return $this->overview($user, $this->view->textOr('wrong_' . $method->value, $again));
        }
        $this->goBack('proven');
    }

    private function start(\User $user): string
    {
        $setup = $this->verification->ask(
            fn ($verifier) => $verifier->startTotp($this->host->person($user), $this->stepUp->grant((int) $user->id)),
        );
        $_SESSION[self::SETUP] = self::markOf($setup);
        return $this->setup($user, $setup);
    }

    private function confirm(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        try {
            $enrolled = $this->verification->ask(
                fn ($verifier) => $verifier->confirmTotp((string) $id, $change->text('code'), Client::fromGlobals()),
            );
        } catch (Rejected) {
            return $this->setupAgain($user);
        }
        $this->goOnWith($id, $enrolled->epoch());
        return $enrolled->backupCodes() === []
            ? $this->goBack('enrolled_again')
            : $this->codes($user, $enrolled->backupCodes(), 'enrolled');
    }

    private function regenerate(\User $user): string
    {
        $id = (int) $user->id;
        $grant = (string) $this->stepUp->grant($id);
        $codes = $this->verification->ask(fn ($verifier) => $verifier->regenerateBackupCodes((string) $id, $grant));
        $this->goOnWith($id, $this->verification->account($id)->epoch());
        return $this->codes($user, $codes, 'regenerated');
    }

    private function remove(\User $user, Change $change): never
    {
        $id = (int) $user->id;
        $method = Method::from($change->text('method'));
        $grant = (string) $this->stepUp->grant($id);
        $this->verification->ask(fn ($verifier) => $verifier->remove((string) $id, $method, $grant));
        $this->goOnWith($id, $this->verification->account($id)->epoch());
        $this->goBack('removed');
    }

    private function setPrimary(\User $user, Change $change): never
    {
        $method = Method::from($change->text('method'));
        $grant = (string) $this->stepUp->grant((int) $user->id);
        $this->verification->ask(fn ($verifier) => $verifier->setPrimary((string) (int) $user->id, $method, $grant));
        $this->goBack('primary_set');
    }

    /** Hands the codes that the person has on the page back to them as a file. */
    private function download(Change $change): never
    {
        $codes = preg_split('/\s+/', $change->text('codes'), 20, PREG_SPLIT_NO_EMPTY) ?: [];
        if ($codes === [] || preg_grep('/^[0-9A-Z-]{8,40}$/', $codes, PREG_GREP_INVERT)) {
            $this->goBack('try_again');
        }
        $this->view->noStore();
        header('Content-Type: text/plain; charset=utf-8');
        header('Content-Disposition: attachment; filename="backup-codes.txt"');
        header('X-Content-Type-Options: nosniff');
        $title = $this->view->text('codes_file', $this->host->siteName(), date('Y-m-d'));
        echo implode("\r\n", [$title, '', ...$codes, '']);
        exit;
    }

    private function overview(\User $user, string $problem = ''): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $real = array_values(array_filter($account->methods(), static fn (Method $m) => $m !== Method::BackupCode));
        $disabled = $account->disabledMethods();
        $provable = array_udiff($account->methods(), $disabled, static fn ($a, $b) => strcmp($a->value, $b->value));
        $left = $account->backupCodesLeft();
        return $this->view->render('preferences', [
            'message' => $this->message(),
            'problem' => $problem,
            'enrolled' => $account->isEnrolled(),
            'has_app' => in_array(Method::Totp, $real, true),
            'app_disabled' => in_array(Method::Totp, $disabled, true),
            'last' => $this->view->moment($account->lastVerifiedAt()),
            'codes_left' => $left,
            'codes_few' => $left <= self::FEW_CODES,
            'proven' => $this->stepUp->grant($id) !== null,
            'proven_for' => $this->view->duration($this->stepUp->secondsLeft($id)),
            'provable' => $this->choices($provable),
            'primaries' => count($real) > 1 ? $this->choices($real) : [],
            'primary' => $account->primary()?->value ?? '',
        ]);
    }

    private function setup(\User $user, TotpSetup $setup, string $problem = ''): string
    {
        $this->view->noStore();
        return $this->view->render('setup', [
            'problem' => $problem,
            'qr' => $setup->qrSvg(),
            'secret' => $setup->secret(),
            'account' => $user->username,
        ]);
    }

    /**
     * Only what this session began: until the first factor is confirmed the password alone opens this page, so
     * the pending secret may be somebody else's, and one that somebody else knows must not be scanned.
     */
    private function setupAgain(\User $user): string
    {
        $own = $_SESSION[self::SETUP] ?? null;
        $pending = $this->verification->ask(
            fn ($verifier) => $verifier->pendingTotp($this->host->person($user), $this->stepUp->grant((int) $user->id)),
        );
        return $pending === null || !is_string($own) || !hash_equals($own, self::markOf($pending))
            ? $this->overview($user, $this->view->text('setup_over'))
            : $this->setup($user, $pending, $this->view->text('setup_code_wrong'));
    }

    private static function markOf(TotpSetup $setup): string
    {
        return hash('sha256', $setup->secret());
    }

    /** @param list<string> $codes */
    private function codes(\User $user, array $codes, string $message): string
    {
        $this->view->noStore();
        return $this->view->render('codes', [
            'message' => $this->view->text($message),
            'codes' => $codes,
            'joined' => implode(' ', $codes),
            'account' => $user->username,
            'site' => $this->host->siteName(),
            'back' => $this->url(),
        ]);
    }

    /** The account's epoch has risen: this sign-in goes on, all others of the user have ended. */
    private function goOnWith(int $userId, int $epoch): void
    {
        StepUp::forget();
        unset($_SESSION[self::SETUP]);
        $this->register->keepOnly($this->host->renewCredential(), $userId, $epoch);
    }

    /** @param callable(\User): string $do */
    private function guarded(callable $do): string
    {
        $user = $this->host->user((int) $this->host->loggedInId());
        if ($user === null || !$this->access->mayUse()) {
            return $this->refusal($this->host->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            return $this->verification->isPending() ? $this->refusal('not_set_up') : $do($user);
        } catch (StepUpRequired) {
            return $this->overview($user, $this->view->text('prove_first'));
        } catch (Unverifiable) {
            return $this->refusal('unavailable');
        } catch (Denied | \ValueError) {
            $this->goBack('try_again');
        }
    }

    private function refusal(string $key): string
    {
        return $this->view->render('refusal', ['message' => $this->view->text($key)]);
    }

    /**
     * @param array<Method> $methods
     * @return list<array{value: string, text: string}>
     */
    private function choices(array $methods): array
    {
        return array_map(fn (Method $method) => [
            'value' => $method->value,
            'text' => $this->view->method($method),
        ], array_values($methods));
    }

    private function message(): string
    {
        $key = $_SESSION[self::MESSAGE] ?? null;
        $left = $_SESSION[self::BACKUP_CODE_USED] ?? null;
        unset($_SESSION[self::MESSAGE], $_SESSION[self::BACKUP_CODE_USED]);
        if (is_int($left)) {
            return $this->view->text('backup_code_used', $left);
        }
        return is_string($key) ? $this->view->text($key) : '';
    }

    private function goBack(string $message): never
    {
        $_SESSION[self::MESSAGE] = $message;
        $this->host->redirect($this->url());
    }

    private function url(): string
    {
        return $this->view->actionUrl('preferences');
    }
}
