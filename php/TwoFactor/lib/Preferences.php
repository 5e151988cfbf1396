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
use TwoFactor\Delivery;
use TwoFactor\Enrolled;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\FactorRefused;
use TwoFactor\Exception\InvalidPhoneNumber;
use TwoFactor\Exception\Rejected;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\Throttled;
use TwoFactor\Method;
use TwoFactor\TotpSetup;
use TwoFactor\User;
use TwoFactor\Verifier;

final class Preferences
{
    public const BACKUP_CODE_USED = 'twofactor_backup_code_used';
    private const MESSAGE = 'twofactor_message';
    private const FEW_CODES = 3;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly StepUp $stepUp,
        private readonly Codes $codes,
        private readonly Settings $settings,
        private readonly View $view,
        private readonly Access $access,
        private readonly FormerVersion $formerVersion,
        private readonly Factors $factors,
    ) {
    }

    /** The page, or by POST what `do` asks for. */
    public function handle(): string
    {
        PageHeaders::send();
        if (!Change::isAsked()) {
            return $this->guarded(fn (\User $user) => $this->overview($user));
        }
        $change = Change::fromRequest();
        return match ($change?->text('do')) {
            'prove' => $this->guarded(fn (\User $user) => $this->prove($user, $change, '') ?? $this->goBack('proven')),
            'send' => $this->guarded(fn (\User $user) => $this->sendProof($user, $change->text('method'))),
            'start' => $this->proven($change, fn (\User $user) => $this->start($user, $change)),
            'confirm' => $this->guarded(fn (\User $user) => $this->confirm($user, $change)),
            'start-email' => $this->proven($change, fn (\User $user) => $this->startEmail($user)),
            'start-phone' => $this->proven($change, fn (\User $user) => $this->startPhone($user, $change)),
            'send-again' => $this->guarded(fn (\User $user) => $this->sendAgain($user)),
            'confirm-contact' => $this->guarded(fn (\User $user) => $this->confirmContact($user, $change)),
            'regenerate' => $this->proven($change, fn (\User $user) => $this->regenerate($user)),
            'remove' => $this->proven($change, fn (\User $user) => $this->remove($user, $change)),
            'rename' => $this->proven($change, fn (\User $user) => $this->rename($user, $change)),
            'primary' => $this->proven($change, fn (\User $user) => $this->setPrimary($user, $change)),
            'download' => $this->download($change),
            default => $this->goBack('try_again'),
        };
    }

    /**
     * What takes a fresh proof. Where that is over, the form comes back as it was filled in, with the proof on it, and
     * is done when it is sent with one.
     *
     * @param callable(\User): string $do
     */
    private function proven(Change $change, callable $do): string
    {
        return $this->guarded(function (\User $user) use ($change, $do): string {
            if ($change->text('send') !== '') {
                return $this->sendProof($user, $change->text('send'), $change);
            }
            if ($change->has('proof_code') && $this->stepUp->grant((int) $user->id) === null) {
                $refused = $change->text('proof_code') === ''
                    ? $this->overview($user, 'code_missing', change: $change)
                    : $this->prove($user, $change, 'proof_', $change);
                if ($refused !== null) {
                    return $refused;
                }
            }
            try {
                return $do($user);
            } catch (StepUpRequired) {
                return $this->overview($user, 'proof_over', change: $change);
            } catch (FactorRefused $objection) {
                return $this->overview($user, 'try_again', $objection, $change);
            }
        });
    }

    /**
     * Null when the proof is right.
     *
     * @param string $prefix of the fields that the proof is in
     * @param ?Change $form that the proof is on
     */
    private function prove(\User $user, Change $change, string $prefix, ?Change $form = null): ?string
    {
        $method = Method::tryFrom($change->text("{$prefix}method")) ?? Method::Totp;
        try {
            $this->stepUp->prove($this->host->users->person($user), $method, $change->text("{$prefix}code"));
            return null;
        } catch (Denied | Undelivered $refusal) {
            return $this->overview($user, 'wrong_' . $method->value, $refusal, $form);
        }
    }

    /** A code for the proof; asked for from the form that it is on, if that is not its own. */
    private function sendProof(\User $user, string $method, ?Change $form = null): string
    {
        try {
            $this->stepUp->send($this->host->users->person($user), Method::from($method));
        } catch (Denied | Undelivered $refusal) {
            return $this->overview($user, 'try_again', $refusal, $form);
        }
        if ($form === null) {
            $this->goBack('code_sent');
        }
        $_SESSION[self::MESSAGE] = 'code_sent';
        return $this->overview($user, change: $form);
    }

    private function startPhone(\User $user, Change $change): string
    {
        $method = Method::tryFrom($change->text('method'));
        $method = $method?->isPhone() ? $method : Method::Sms;
        [$number, $region] = [$change->text('number'), $change->text('region')];
        return $this->begin(
            $user,
            "$method->value $region $number",
            $method,
            static fn (Verifier $verifier, User $person, ?string $grant) => $verifier->startPhone(
                $person,
                $number,
                $region ?: null,
                Client::fromGlobals(),
                $method,
                $grant,
            ),
            $change,
        );
    }

    private function startEmail(\User $user): string
    {
        return $this->begin(
            $user,
            Method::Email->value,
            Method::Email,
            static fn (Verifier $verifier, User $person, ?string $grant) => $verifier->enableEmail(
                $person,
                Client::fromGlobals(),
                $grant,
            ),
        );
    }

    /**
     * Sends a code to an address or number, to see whether it reaches the user.
     *
     * @param callable(Verifier, User, ?string): Delivery $send
     */
    private function begin(
        \User $user,
        #[\SensitiveParameter] string $asked,
        Method $method,
        callable $send,
        ?Change $change = null,
    ): string {
        $id = (int) $user->id;
        // What was asked for is known again, and not kept: a form that was sent twice.
        $asked = hash('sha256', $asked);
        $before = Kept::Contact->of($id);
        [$person, $grant] = [$this->host->users->person($user), $this->stepUp->grant($id)];
        try {
            $delivery = $this->codes->send($method, static fn (Verifier $verifier) => $send($verifier, $person, $grant));
        } catch (\ValueError) {
            // What stands in the user's account was typed by somebody and need not be an address.
            return $this->overview($user, 'email_wrong', change: $change);
        } catch (InvalidPhoneNumber $objection) {
            return $this->overview($user, 'number_refused', $objection, $change);
        } catch (StepUpRequired $refusal) {
            throw $refusal;
        } catch (Denied | Undelivered $refusal) {
            return $before !== null && hash_equals($before['asked'], $asked)
                ? $this->contact($before, 'try_again', $refusal)
                : $this->overview($user, 'try_again', $refusal, $change);
        }
        return $this->waitFor($id, $delivery, $asked);
    }

    /** Keeps the token of the set-up on the server. Whoever does not have it can neither go on with it nor end it. */
    private function waitFor(int $userId, Delivery $delivery, string $asked): string
    {
        $contact = ['token' => $delivery->token(), 'sent' => SentCode::of($delivery), 'asked' => $asked];
        Kept::Contact->put($userId, $contact);
        return $this->contact($contact);
    }

    /**
     * The number or address that waits for its code.
     *
     * @return array{token: string, sent: array{method: string}, asked: string}|null
     */
    private function pending(int $userId): ?array
    {
        $contact = Kept::Contact->of($userId);
        $isThere = $contact !== null && $this->verification->ask(
            static fn ($verifier) => $verifier->isPendingSetup($contact['token']),
        );
        $isThere || Kept::Contact->forget();
        return $isThere ? $contact : null;
    }

    private function sendAgain(\User $user): string
    {
        $id = (int) $user->id;
        $contact = $this->pending($id);
        if ($contact === null) {
            return $this->overview($user, 'setup_over');
        }
        try {
            $delivery = $this->codes->send(
                Method::from($contact['sent']['method']),
                static fn (Verifier $verifier) => $verifier->resendCode($contact['token'], Client::fromGlobals()),
            );
            return $this->waitFor($id, $delivery, $contact['asked']);
        } catch (InvalidPhoneNumber $objection) {
            Kept::Contact->forget();
            return $this->overview($user, 'number_refused', $objection);
        } catch (Denied | Undelivered $refusal) {
            return $this->contact($contact, 'try_again', $refusal);
        }
    }

    private function confirmContact(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        $contact = $this->pending($id);
        if ($contact === null) {
            return $this->overview($user, 'setup_over');
        }
        if ($change->text('code') === '') {
            return $this->contact($contact, 'code_missing');
        }
        $method = Method::from($contact['sent']['method']);
        $confirm = $method->isPhone() ? 'confirmPhone' : 'confirmEmail';
        try {
            $enrolled = $this->verification->ask(
                fn ($verifier) => $verifier->$confirm($contact['token'], $change->text('code'), Client::fromGlobals()),
            );
        } catch (Rejected) {
            return $this->contact($contact, 'contact_code_wrong');
        } catch (Throttled $refusal) {
            return $this->contact($contact, 'try_again', $refusal);
        } catch (InvalidPhoneNumber $objection) {
            Kept::Contact->forget();
            return $this->overview($user, 'number_refused', $objection);
        } catch (Unverifiable $fault) {
            // Whoever made the code does not answer.
            $method->isPhone() || throw $fault;
            return $this->contact($contact, 'undelivered');
        }
        $this->codes->passOn($enrolled->notices());
        return $this->enrolled($user, $enrolled, 'contact_enrolled');
    }

    private function start(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        $label = $change->text('label') ?: $this->factors->nextAppName($this->verification->account($id));
        $setup = $this->verification->ask(
            fn ($verifier) => $verifier->startTotp(
                $this->host->users->person($user),
                $label,
                $this->stepUp->grant($id),
                Client::fromGlobals(),
            ),
        );
        // On the server: whoever does not have it sees nothing of the set-up.
        Kept::App->put($id, ['token' => $setup->token()]);
        return $this->setup($user, $setup);
    }

    private function confirm(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        $token = Kept::App->of($id)['token'] ?? null;
        if ($token === null) {
            return $this->overview($user, 'setup_over');
        }
        try {
            $enrolled = $this->verification->ask(
                fn ($verifier) => $verifier->confirmTotp($token, $change->text('code'), Client::fromGlobals()),
            );
        } catch (Rejected) {
            return $this->setupAgain($user, $token);
        }
        return $this->enrolled($user, $enrolled, 'app_enrolled');
    }

    private function enrolled(\User $user, Enrolled $enrolled, string $message): string
    {
        $this->goOnAfter((int) $user->id, $enrolled);
        return $enrolled->backupCodes() === []
            ? $this->goBack($message)
            : $this->codes($user, $enrolled->backupCodes(), 'enrolled');
    }

    private function regenerate(\User $user): string
    {
        $id = (int) $user->id;
        $grant = (string) $this->stepUp->grant($id);
        $codes = $this->verification->ask(
            fn ($verifier) => $verifier->regenerateBackupCodes((string) $id, $grant, Client::fromGlobals()),
        );
        $this->goOnAfter($id, grant: $grant);
        return $this->codes($user, $codes->codes(), 'regenerated');
    }

    private function remove(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        $grant = (string) $this->stepUp->grant($id);
        $factor = $change->text('factor');
        $this->verification->ask(
            fn ($verifier) => $verifier->removeFactor((string) $id, $factor, $grant, Client::fromGlobals()),
        );
        $this->goOnAfter($id, grant: $grant);
        $this->goBack($this->verification->account($id)->isEnrolled() ? 'removed_one' : 'removed');
    }

    private function rename(\User $user, Change $change): string
    {
        $id = (string) (int) $user->id;
        $grant = (string) $this->stepUp->grant((int) $user->id);
        [$factor, $label] = [$change->text('factor'), $change->text('label')];
        $this->verification->ask(
            fn ($verifier) => $verifier->renameFactor($id, $factor, $label, $grant, Client::fromGlobals()),
        );
        $this->goBack('renamed');
    }

    private function setPrimary(\User $user, Change $change): never
    {
        $method = Method::from($change->text('method'));
        $grant = (string) $this->stepUp->grant((int) $user->id);
        $id = (string) (int) $user->id;
        $this->verification->ask(
            fn ($verifier) => $verifier->setPrimary($id, $method, $grant, Client::fromGlobals()),
        );
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
        $title = $this->view->text('codes_file', $this->host->pages->siteName(), date('Y-m-d'));
        echo implode("\r\n", [$title, '', ...$codes, '']);
        exit;
    }

    private function overview(
        \User $user,
        string $problem = '',
        ?\Throwable $why = null,
        ?Change $change = null,
    ): string {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $real = array_values(array_filter($account->methods(), static fn (Method $m) => $m !== Method::BackupCode));
        $removable = $this->factors->choices($account);
        $left = $account->backupCodesLeft();
        $offered = $this->offered();
        $ways = array_filter($offered, static fn (Method $method) => $method->isPhone());
        $mustProve = $account->isEnrolled() && $this->stepUp->grant($id) === null;
        $asked = $change?->text('do') ?? '';
        $isThere = match ($asked) {
            'regenerate' => true,
            'start' => $account->takesAnotherApp(),
            'start-phone' => $ways !== [],
            'start-email' => in_array(Method::Email, $offered, true),
            'primary' => count($real) > 1,
            'remove', 'rename' => $real !== [],
            default => false,
        };
        return $this->view->render('preferences', [
            'message' => $this->message(),
            'problem' => $problem === '' ? '' : $this->view->problem($problem, $why),
            'enrolled' => $account->isEnrolled(),
            'drift' => $this->view->drift($account->steadyTotpDrift()),
            'owes' => $this->formerVersion->owes($id),
            'has_app' => in_array(Method::Totp, $real, true),
            'takes_app' => $account->takesAnotherApp(),
            'app_name' => $asked === 'start' ? $change->text('label') : $this->factors->nextAppName($account),
            'longest_label' => Factors::LONGEST_LABEL,
            'factors' => $this->factors->rows($account),
            'last' => $this->view->moment($account->lastVerifiedAt()),
            'sessions' => $this->view->actionUrl('sessions'),
            'codes_left' => $left,
            'codes_few' => $left <= self::FEW_CODES,
            'must_prove' => $mustProve,
            // The one form that is to be sent once more, with the proof on it.
            'asked' => $mustProve && $isThere ? $asked : '',
            'proven_for' => $this->view->duration($this->stepUp->secondsLeft($id)),
            'primaries' => count($real) > 1 ? $this->view->choices($real) : [],
            'primary' => $asked === 'primary' ? $change->text('method') : $account->primary()?->value ?? '',
            'remove' => $asked === 'remove' ? $change->text('factor') : '',
            'rename' => $asked === 'rename' ? $change->text('factor') : '',
            'new_name' => $asked === 'rename' ? $change->text('label') : '',
            'removable' => $removable,
            'removes_one' => count($removable) > 1,
            'offers_email' => in_array(Method::Email, $offered, true),
            'email' => trim((string) $user->email),
            'has_email' => $account->maskedEmail() !== null,
            'ways' => $this->view->choices($ways),
            'chooses_way' => count($ways) > 1,
            'offers' => $offered !== [],
            'has_phone' => $account->maskedPhone() !== null,
            'number' => $asked === 'start-phone' ? $change->text('number') : '',
            'way' => $asked === 'start-phone' ? $change->text('method') : '',
            'region' => $asked === 'start-phone' ? $change->text('region') : $this->settings->region(),
        ] + $this->view->wait($why) + $this->view->proving($account, $this->verification, $this->stepUp, $id));
    }

    /**
     * The ways to send codes that may be set up here.
     *
     * @return list<Method>
     */
    private function offered(): array
    {
        return $this->verification->usable([Method::Email, Method::Sms, Method::Voice, Method::WhatsApp]);
    }

    /**
     * The page that waits for the code which shows that an address or number reaches the user.
     *
     * @param array{sent: array{method: string}} $contact
     */
    private function contact(array $contact, string $problem = '', ?\Throwable $why = null): string
    {
        $this->view->noStore();
        return $this->view->render('contact', [
            'method' => $contact['sent']['method'],
            'title' => $this->view->text('set_up_' . $contact['sent']['method']),
            'problem' => $problem === '' ? '' : $this->view->problem($problem, $why),
            'back' => $this->url(),
        ] + $this->view->wait($why) + $this->view->sent(SentCode::fromKept($contact['sent'])));
    }

    private function setup(\User $user, TotpSetup $setup, string $problem = ''): string
    {
        $this->view->noStore();
        return $this->view->render('setup', [
            'problem' => $problem,
            'qr' => $setup->qrSvg(),
            'uri' => $setup->uri(),
            'secret' => $setup->secret(),
            'account' => $user->username,
        ]);
    }

    /** After a wrong code. Nobody is shown a set-up but whoever has its token. */
    private function setupAgain(\User $user, #[\SensitiveParameter] string $token): string
    {
        $pending = $this->verification->ask(static fn ($verifier) => $verifier->pendingTotp($token));
        if ($pending === null) {
            Kept::App->forget();
            return $this->overview($user, 'setup_over');
        }
        return $this->setup($user, $pending, $this->view->text('setup_code_wrong'));
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
            'site' => $this->host->pages->siteName(),
            'back' => $this->url(),
        ]);
    }

    /** Factors have changed: this session and its fresh proof go on, all else of the user has ended. */
    private function goOnAfter(int $userId, ?Enrolled $enrolled = null, #[\SensitiveParameter] ?string $grant = null): void
    {
        Kept::StepUp->forget();
        Kept::Contact->forget();
        Kept::App->forget();
        $this->formerVersion->noteChange();
        $this->sessions->goOn($userId, $enrolled, $grant);
    }

    /** @param callable(\User): string $do */
    private function guarded(callable $do): string
    {
        $user = $this->host->users->user((int) $this->host->session->loggedInId());
        if ($user === null || !$this->access->mayUse()) {
            return $this->refusal($this->host->session->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            if ($this->verification->isPending()) {
                return $this->refusal($this->formerVersion->owes((int) $user->id) ? 'former_pending' : 'not_set_up');
            }
            // First of all: without the extension its methods and the like are not even there to be named.
            $this->verification->verifier();
            return $do($user);
        } catch (StepUpRequired) {
            return $this->overview($user, 'prove_first');
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
        $this->host->pages->redirect($this->url());
    }

    private function url(): string
    {
        return $this->view->actionUrl('preferences');
    }
}
