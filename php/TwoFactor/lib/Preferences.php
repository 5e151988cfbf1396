<?php

/**
 * My Preferences, Two-factor: what the signed-in person has enrolled, and every change of it.
 *
 * Secrets and codes are shown only in the answer to a POST, once, and are kept nowhere on this side.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Delivery;
use TwoFactor\Enrolled;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\InvalidPhoneNumber;
use TwoFactor\Exception\Rejected;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\Throttled;
use TwoFactor\Method;
use TwoFactor\TotpSetup;
use TwoFactor\Verifier;

final class Preferences extends OwnPage
{
    protected const ACTION = 'preferences';
    protected const PROOF = 'proof_';
    private const FEW_CODES = 3;

    public function __construct(
        Host $host,
        Verification $verification,
        Sessions $sessions,
        StepUp $stepUp,
        View $view,
        FormerVersion $formerVersion,
        Access $access,
        private readonly Codes $codes,
        private readonly Settings $settings,
        private readonly Factors $factors,
    ) {
        parent::__construct($host, $verification, $sessions, $stepUp, $view, $formerVersion, $access);
    }

    protected function answer(\User $user, ?Change $change): string
    {
        return match ($change?->text('do')) {
            'prove' => $this->prove($user, $change),
            'send' => $this->sendProof($user, $change->text('method')),
            'start' => $this->proven($user, $change, fn () => $this->startApp($user, $change->text('label'))),
            'confirm' => $this->confirmApp($user, $change->text('code')),
            'start-email' => $this->proven($user, $change, fn () => $this->startEmail($user)),
            'start-phone' => $this->proven($user, $change, fn () => $this->startPhone($user, $change)),
            'send-again' => $this->sendAgain($user),
            'confirm-destination' => $this->confirmDestination($user, $change->text('code')),
            'rotate' => $this->proven($user, $change, fn () => $this->rotate($user)),
            'regenerate' => $this->proven($user, $change, fn () => $this->regenerate($user)),
            'remove' => $this->proven($user, $change, fn () => $this->remove($user, $change->text('factor'))),
            'rename' => $this->proven($user, $change, fn () => $this->rename($user, $change)),
            'primary' => $this->proven($user, $change, fn () => $this->setPrimary($user, $change)),
            'download' => $this->download($change->text('codes'), $change->text('kind')),
            default => $this->goBack('try_again'),
        };
    }

    /** A proof beforehand, for whatever follows. */
    private function prove(\User $user, Change $change): string
    {
        [$problem, $why] = $this->stepUp->check($this->host->users->person($user), $change);
        return $problem === '' ? $this->goBack('proven') : $this->page($user, $problem, $why);
    }

    private function startPhone(\User $user, Change $change): string
    {
        $method = Method::tryFrom($change->text('method'));
        $method = $method?->isPhone() ? $method : Method::Sms;
        [$number, $region] = [$change->text('number'), $change->text('region')];
        $person = $this->host->users->person($user);
        $grant = $this->stepUp->grant((int) $user->id);
        return $this->send(
            $user,
            hash('sha256', "$method->value $region $number"),
            $method,
            static fn (Verifier $verifier, Client $client) =>
                $verifier->startPhone($person, $number, $region ?: null, $client, $method, $grant),
            $change,
        );
    }

    private function startEmail(\User $user): string
    {
        [$person, $grant] = [$this->host->users->person($user), $this->stepUp->grant((int) $user->id)];
        $send = static fn (Verifier $verifier, Client $client) => $verifier->enableEmail($person, $client, $grant);
        return $this->send($user, hash('sha256', Method::Email->value), Method::Email, $send);
    }

    private function sendAgain(\User $user): string
    {
        $destination = $this->pending((int) $user->id);
        if ($destination === null) {
            return $this->page($user, 'setup_over');
        }
        $send = static fn (Verifier $verifier, Client $client) => $verifier->resendCode($destination['token'], $client);
        return $this->send($user, $destination['asked'], Method::from($destination['sent']['method']), $send);
    }

    /**
     * Sends a code to an address or number, to see whether it reaches the user. The token of the set-up is kept on the
     * server: whoever does not have it can neither go on with it nor end it.
     *
     * @param string $asked by which it is known again, when a form was sent twice: a hash
     * @param callable(Verifier, Client): Delivery $send
     */
    private function send(
        \User $user,
        string $asked,
        Method $method,
        callable $send,
        ?Change $form = null,
    ): string {
        $before = Kept::Destination->of((int) $user->id);
        try {
            $delivery = $this->codes->send($method, static fn (Verifier $verifier) => $send($verifier, Client::fromGlobals()));
        } catch (\ValueError) {
            // What stands in the user's account was typed by somebody and need not be an address.
            return $this->page($user, 'email_wrong', null, $form);
        } catch (InvalidPhoneNumber $objection) {
            return $this->page($user, 'number_refused', $objection, $form);
        } catch (StepUpRequired $refusal) {
            throw $refusal;
        } catch (Denied | Undelivered $refusal) {
            return $before !== null && hash_equals($before['asked'], $asked)
                ? $this->destination($before, 'try_again', $refusal)
                : $this->page($user, 'try_again', $refusal, $form);
        }
        $destination = ['token' => $delivery->token(), 'sent' => SentCode::of($delivery), 'asked' => $asked];
        Kept::Destination->put((int) $user->id, $destination);
        return $this->destination($destination);
    }

    /**
     * The number or address that waits for its code.
     *
     * @return array{token: string, sent: array{method: string}, asked: string}|null
     */
    private function pending(int $userId): ?array
    {
        $destination = Kept::Destination->of($userId);
        return $destination !== null && $this->verification->isPendingSetup($destination['token']) ? $destination : null;
    }

    private function confirmDestination(\User $user, #[\SensitiveParameter] string $code): string
    {
        $destination = $this->pending((int) $user->id);
        if ($destination === null) {
            return $this->page($user, 'setup_over');
        }
        if ($code === '') {
            return $this->destination($destination, 'code_missing');
        }
        $method = Method::from($destination['sent']['method']);
        $confirm = $method->isPhone() ? 'confirmPhone' : 'confirmEmail';
        try {
            $enrolled = $this->verification->$confirm($destination['token'], $code, Client::fromGlobals());
        } catch (Rejected) {
            return $this->destination($destination, 'destination_code_wrong');
        } catch (Throttled $refusal) {
            return $this->destination($destination, 'try_again', $refusal);
        } catch (InvalidPhoneNumber $objection) {
            return $this->page($user, 'number_refused', $objection);
        } catch (Unverifiable $fault) {
            // Whoever made the code does not answer.
            $method->isPhone() || throw $fault;
            return $this->destination($destination, 'undelivered');
        }
        $this->codes->passOn($enrolled->notices());
        return $this->enrolled($user, $enrolled, 'destination_enrolled');
    }

    private function startApp(\User $user, string $label): string
    {
        $id = (int) $user->id;
        $label = $label ?: $this->factors->nextAppName($this->verification->account($id));
        $person = $this->host->users->person($user);
        $setup = $this->verification->startTotp($person, $label, $this->stepUp->grant($id), Client::fromGlobals());
        return $this->begun($user, $setup);
    }

    /** An app in the place of the one that there is, and new codes with it. */
    private function rotate(\User $user): string
    {
        $person = $this->host->users->person($user);
        return $this->begun($user, $this->verification->rotateSecret($person, $this->grant($user), Client::fromGlobals()));
    }

    private function begun(\User $user, TotpSetup $setup): string
    {
        // On the server: whoever does not have it sees nothing of the set-up.
        Kept::App->put((int) $user->id, ['token' => $setup->token()]);
        return $this->setup($user, $setup);
    }

    private function confirmApp(\User $user, #[\SensitiveParameter] string $code): string
    {
        $token = Kept::App->of((int) $user->id)['token'] ?? '';
        try {
            $enrolled = $this->verification->confirmTotp($token, $code, Client::fromGlobals());
        } catch (Rejected) {
            $setup = $this->verification->pendingTotp($token);
            return $setup === null ? $this->page($user, 'setup_over') : $this->setup($user, $setup, 'setup_code_wrong');
        }
        return $this->enrolled($user, $enrolled, 'app_enrolled');
    }

    private function enrolled(\User $user, Enrolled $enrolled, string $message): string
    {
        $this->goOnAfter((int) $user->id, $enrolled);
        return match (true) {
            $enrolled->backupCodes() !== [] => $this->codes($user, Method::BackupCode, $enrolled->backupCodes(), 'enrolled'),
            $enrolled->recoveryCodes() !== [] => $this->codes($user, Method::RecoveryCode, $enrolled->recoveryCodes(), 'enrolled'),
            default => $this->goBack($message),
        };
    }

    private function regenerate(\User $user): string
    {
        $grant = $this->grant($user);
        $kind = $this->verification->lookupMethod();
        $regenerate = $kind === Method::RecoveryCode ? 'regenerateRecoveryCodes' : 'regenerateBackupCodes';
        $codes = $this->verification->$regenerate((string) $user->id, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        return $this->codes($user, $kind, $codes->codes(), 'regenerated');
    }

    private function remove(\User $user, string $factor): never
    {
        $grant = $this->grant($user);
        $this->verification->removeFactor((string) $user->id, $factor, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        $this->goBack($this->verification->account((int) $user->id)->isEnrolled() ? 'removed_one' : 'removed');
    }

    private function rename(\User $user, Change $change): never
    {
        [$factor, $label] = [$change->text('factor'), $change->text('label')];
        $this->verification->renameFactor((string) $user->id, $factor, $label, $this->grant($user), Client::fromGlobals());
        $this->goBack('renamed');
    }

    private function setPrimary(\User $user, Change $change): never
    {
        $method = Method::from($change->text('method'));
        $this->verification->setPrimary((string) $user->id, $method, $this->grant($user), Client::fromGlobals());
        $this->goBack('primary_set');
    }

    /** Factors have changed: this session and its fresh proof go on, all else of the user has ended. */
    private function goOnAfter(int $userId, ?Enrolled $enrolled = null, #[\SensitiveParameter] ?string $grant = null): void
    {
        array_map(static fn (Kept $begun) => $begun->forget(), [Kept::StepUp, Kept::Destination, Kept::App]);
        $this->formerVersion->noteChange();
        $this->sessions->goOn($userId, $enrolled, $grant);
    }

    /** Hands the codes that the person has on the page back to them as a file. */
    private function download(#[\SensitiveParameter] string $joined, string $kind): never
    {
        $codes = preg_split('/\s+/', $joined, 20, PREG_SPLIT_NO_EMPTY) ?: [];
        if ($codes === [] || preg_grep('/^[0-9A-Z-]{8,40}$/', $codes, PREG_GREP_INVERT)) {
            $this->goBack('try_again');
        }
        $this->view->noStore();
        header('Content-Type: text/plain; charset=utf-8');
        $isNumbered = $kind === Method::RecoveryCode->value;
        header(sprintf('Content-Disposition: attachment; filename="%s-codes.txt"', $isNumbered ? 'recovery' : 'backup'));
        $title = $this->view->text($isNumbered ? 'codes_file_recovery' : 'codes_file', $this->host->pages->siteName(), date('Y-m-d'));
        $line = static fn (int $place, string $code) => $isNumbered ? sprintf('%2d. %s', $place + 1, $code) : $code;
        echo implode("\r\n", [$title, '', ...array_map($line, array_keys($codes), $codes), '']);
        exit;
    }

    protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $removable = Factors::removable($account);
        $primaries = array_values(array_filter($account->methods(), static fn (Method $m) => !Factors::isLookup($m)));
        $offered = $this->verification->usable([Method::Email, Method::Sms, Method::Voice, Method::WhatsApp]);
        $ways = array_values(array_filter($offered, static fn (Method $method) => $method->isPhone()));
        $mustProve = $account->isEnrolled() && $this->stepUp->grant($id) === null;
        $asked = $form?->text('do') ?? '';
        $isThere = match ($asked) {
            'regenerate' => true,
            'rotate' => Factors::isReplaced($account),
            'start' => $account->takesAnotherApp(),
            'start-phone' => $ways !== [],
            'start-email' => in_array(Method::Email, $offered, true),
            'primary' => count($primaries) > 1,
            'remove', 'rename' => $removable !== [],
            default => false,
        };
        return $this->show('preferences', [
            'account' => $account,
            'names' => $this->factors,
            'factors' => $account->factors(),
            'owes' => $this->formerVersion->owes($id),
            'may_rotate' => Factors::isReplaced($account),
            'has_app' => in_array(Method::Totp, $primaries, true),
            'app_name' => $this->factors->nextAppName($account),
            'longest_label' => Factors::LONGEST_LABEL,
            'codes_left' => Factors::codesLeft($account),
            'codes_few' => Factors::codesLeft($account) <= self::FEW_CODES,
            'codes_kind' => $this->verification->lookupMethod()->value,
            'must_prove' => $mustProve,
            // The one form that is to be sent once more, with the proof on it.
            'asked' => $mustProve && $isThere ? $asked : '',
            // What was typed into it, also where no proof is due.
            'typed' => [$asked => $form?->texts('label', 'factor', 'method', 'number')],
            'proven_for' => $this->view->duration($this->stepUp->secondsLeft($id)),
            'primaries' => $primaries,
            'removable' => $removable,
            'offers' => $offered,
            'offers_email' => in_array(Method::Email, $offered, true),
            'email' => trim((string) $user->email),
            'ways' => $ways,
            'region' => $asked === 'start-phone' ? $form->text('region') : $this->settings->region(),
        ] + $this->view->proving($account, $this->verification, $this->stepUp, $id), $problem, $why);
    }

    /**
     * The page that waits for the code which shows that an address or number reaches the user.
     *
     * @param array{sent: array{method: string}} $destination
     */
    private function destination(array $destination, string $problem = '', ?\Throwable $why = null): string
    {
        return $this->show('destination', [
            'method' => $destination['sent']['method'],
            'title' => $this->view->text('set_up_' . $destination['sent']['method']),
        ] + $this->view->sent(SentCode::fromKept($destination['sent'])), $problem, $why);
    }

    /** Nobody is shown a set-up but whoever has its token. */
    private function setup(\User $user, TotpSetup $setup, string $problem = ''): string
    {
        return $this->show('setup', ['setup' => $setup, 'account' => $user->username], $problem);
    }

    /** @param list<string> $codes */
    private function codes(\User $user, Method $kind, array $codes, string $message): string
    {
        self::announce($message);
        return $this->show('codes', [
            'codes' => $codes,
            'kind' => $kind->value,
            'last' => $this->view->text('codes_last_recovery', count($codes)),
            'account' => $user->username,
            'site' => $this->host->pages->siteName(),
        ]);
    }
}
