<?php

/**
 * Set-ups of factors, from the first step to the code that confirms one: in the preferences, with a fresh proof, and at a
 * sign-in that ends with one, where its challenge takes the place of the proof. The tokens are kept on the server: whoever
 * does not have one sees nothing of its set-up, and can neither go on with it nor end it.
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

final class SetUps
{
    /** In seconds: for so long new codes are shown again. The page before may be sent twice, and the first answer dropped. */
    private const SHOWN_AGAIN = 10;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Codes $codes,
        private readonly Settings $settings,
    ) {
    }

    public static function forget(): void
    {
        Kept::App->forget();
        Kept::Destination->forget();
        Kept::Codes->forget();
    }

    /**
     * The codes of the set-up that ended this sign-in, until they have been shown.
     *
     * @return array{kind: string, codes: list<string>, shown?: int, back?: string}|null
     */
    public static function newCodes(int $userId): ?array
    {
        $codes = Kept::Codes->of($userId);
        if (abs(time() - ($codes['shown'] ?? time())) > self::SHOWN_AGAIN) {
            Kept::Codes->forget();
            return null;
        }
        return $codes;
    }

    /**
     * What the forms that begin one show, besides an app.
     *
     * @param string|null $challenge of a sign-in that goes on with it: what is too weak for it is left out
     * @param bool $isWeakEnough whether something by telephone or mail may be set up at all
     * @return array<string, mixed>
     */
    public function offers(\User $user, ?Input $form = null, #[\SensitiveParameter] ?string $challenge = null, bool $isWeakEnough = true): array
    {
        $weak = $isWeakEnough ? [Method::Email, Method::Sms, Method::Voice, Method::WhatsApp] : [];
        $offered = $this->verification->usable($weak, $challenge);
        $ways = array_values(array_filter($offered, static fn (Method $method) => $method->isPhone()));
        return [
            'offers' => $offered,
            'offers_email' => in_array(Method::Email, $offered, true),
            'email' => trim((string) $user->email),
            'ways' => $ways,
            // The form that was sent, where it is shown again: it says what is wrong.
            'at' => $form?->text('do') === 'start-phone' && $ways === [] ? '' : (string) $form?->text('do'),
            'region' => $form?->text('do') === 'start-phone' ? $form->text('region') : $this->settings->region(),
            // What was typed into the form that was refused, or has no proof.
            'typed' => [(string) $form?->text('do') => $form?->texts('label', 'factor', 'method', 'number')],
        ];
    }

    /** @param string|null $permit a grant, or the challenge of a sign-in */
    public function startApp(\User $user, ?string $label, #[\SensitiveParameter] ?string $permit): TotpSetup
    {
        return $this->begun($user, $this->verification->startTotp($this->host->users->person($user), $label, $permit, Client::fromGlobals()));
    }

    public function begun(\User $user, TotpSetup $setup): TotpSetup
    {
        Kept::App->put((int) $user->id, ['token' => $setup->token()]);
        return $setup;
    }

    /** The app that waits for its code. */
    public function app(\User $user): ?TotpSetup
    {
        return $this->verification->pendingTotp(Kept::App->of((int) $user->id)['token'] ?? '');
    }

    /**
     * What a form of a set-up asks for.
     *
     * @param string|null $permit a grant, or the challenge of a sign-in
     * @return ?Enrolled what was confirmed; null while its code is waited for
     * @throws SetUpRefused
     */
    public function step(\User $user, Input $form, #[\SensitiveParameter] ?string $permit): ?Enrolled
    {
        return match ($form->text('do')) {
            'start-phone' => $this->startPhone($user, $form, $permit),
            'start-email' => $this->startEmail($user, $permit),
            'send-again' => $this->sendAgain($user),
            'confirm-destination' => $this->confirmDestination($user, $form->text('code')),
            default => $this->confirmApp($user, $form->text('code')),
        };
    }

    private function confirmApp(\User $user, #[\SensitiveParameter] string $code): Enrolled
    {
        $problem = 'code_missing';
        if (trim($code) !== '') {
            try {
                return $this->verification->confirmTotp(Kept::App->of((int) $user->id)['token'] ?? '', $code, Client::fromGlobals());
            } catch (Rejected) {
                $problem = 'setup_code_wrong';
            }
        }
        throw $this->app($user) === null ? new SetUpRefused(null, 'setup_over') : new SetUpRefused(Kept::App, $problem);
    }

    private function startPhone(\User $user, Input $form, #[\SensitiveParameter] ?string $permit): ?Enrolled
    {
        $method = Method::tryFrom($form->text('method'));
        $method = $method?->isPhone() ? $method : Method::Sms;
        [$number, $region] = [$form->text('number'), $form->text('region')];
        $person = $this->host->users->person($user);
        return $this->send(
            $user,
            hash('sha256', "$method->value $region $number"),
            $method,
            static fn (Verifier $verifier, Client $client) =>
                $verifier->startPhone($person, $number, $region ?: null, $client, $method, $permit, View::phoneConsentName()),
        );
    }

    private function startEmail(\User $user, #[\SensitiveParameter] ?string $permit): ?Enrolled
    {
        $person = $this->host->users->person($user);
        $send = static fn (Verifier $verifier, Client $client) => $verifier->enableEmail($person, $client, $permit);
        return $this->send($user, hash('sha256', Method::Email->value), Method::Email, $send);
    }

    private function sendAgain(\User $user): ?Enrolled
    {
        $destination = $this->destination($user) ?? throw new SetUpRefused(null, 'setup_over');
        $send = static fn (Verifier $verifier, Client $client) => $verifier->resendCode($destination['token'], $client);
        return $this->send($user, $destination['asked'], Method::from($destination['sent']['method']), $send);
    }

    /**
     * The number or address that waits for its code.
     *
     * @return array{token: string, sent: array{method: string}, asked: string, wrong: int}|null
     */
    public function destination(\User $user): ?array
    {
        $destination = Kept::Destination->of((int) $user->id);
        return $destination !== null && $this->verification->isPendingSetup($destination['token']) ? $destination : null;
    }

    private function confirmDestination(\User $user, #[\SensitiveParameter] string $code): Enrolled
    {
        $destination = $this->destination($user) ?? throw new SetUpRefused(null, 'setup_over');
        if (trim($code) === '') {
            throw new SetUpRefused(Kept::Destination, 'code_missing');
        }
        $method = Method::from($destination['sent']['method']);
        $confirm = $method->isPhone() ? 'confirmPhone' : 'confirmEmail';
        try {
            return $this->verification->$confirm($destination['token'], $code, Client::fromGlobals());
        } catch (Rejected) {
            $destination['wrong']++;
            Kept::Destination->put((int) $user->id, $destination);
            $isSpent = self::isSpent($destination);
            throw new SetUpRefused(Kept::Destination, $isSpent ? 'destination_code_spent' : 'destination_code_wrong');
        } catch (Throttled $refusal) {
            throw new SetUpRefused(Kept::Destination, 'try_again', $refusal);
        } catch (InvalidPhoneNumber $objection) {
            throw new SetUpRefused(null, 'number_refused', $objection);
        } catch (Unverifiable $fault) {
            // Whoever made the code does not answer.
            throw $method->isPhone() ? new SetUpRefused(Kept::Destination, 'undelivered') : $fault;
        }
    }

    /**
     * Whether a code was wrong so often that the one that was sent is worth nothing any more. The extension decides;
     * this is for showing.
     *
     * @param array{wrong: int} $destination
     */
    public static function isSpent(array $destination): bool
    {
        return $destination['wrong'] >= (int) (ini_get('twofactor.code_checks') ?: 3);
    }

    /**
     * Sends a code to an address or number, to see whether it reaches the user.
     *
     * @param string $asked by which it is known again, when a form was sent twice: a hash
     * @param callable(Verifier, Client): Delivery $send
     */
    private function send(\User $user, string $asked, Method $method, callable $send): ?Enrolled
    {
        $before = Kept::Destination->of((int) $user->id);
        try {
            $delivery = $this->codes->send($method, static fn (Verifier $verifier) => $send($verifier, Client::fromGlobals()));
        } catch (\ValueError) {
            // What stands in the user's account was typed by somebody and need not be an address.
            throw new SetUpRefused(null, 'email_wrong');
        } catch (InvalidPhoneNumber $objection) {
            throw new SetUpRefused(null, 'number_refused', $objection);
        } catch (StepUpRequired $refusal) {
            throw $refusal;
        } catch (Denied | Undelivered $refusal) {
            $isTwice = $before !== null && hash_equals($before['asked'], $asked);
            throw new SetUpRefused($isTwice ? Kept::Destination : null, 'try_again', $refusal);
        }
        $destination = ['token' => $delivery->token(), 'sent' => SentCode::of($delivery), 'asked' => $asked, 'wrong' => 0];
        Kept::Destination->put((int) $user->id, $destination);
        return null;
    }

    /**
     * The codes that came with what was confirmed.
     *
     * @return array{Method, list<string>}|null
     */
    public static function codesOf(Enrolled $enrolled): ?array
    {
        return match (true) {
            $enrolled->backupCodes() !== [] => [Method::BackupCode, $enrolled->backupCodes()],
            $enrolled->recoveryCodes() !== [] => [Method::RecoveryCode, $enrolled->recoveryCodes()],
            default => null,
        };
    }
}
