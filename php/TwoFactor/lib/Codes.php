<?php

/**
 * Codes that are sent: the extension makes them, keeps the budgets and sends them by telephone; a mail it
 * hands to the site's mailer.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;
use TwoFactor\Delivery;
use TwoFactor\Exception\Denied;
use TwoFactor\Exception\Unavailable;
use TwoFactor\Message;
use TwoFactor\Method;
use TwoFactor\User;
use TwoFactor\Verifier;

final class Codes
{
    public function __construct(
        private readonly Verification $verification,
        private readonly Mail $mail,
        private readonly Host $host,
    ) {
    }

    /** Whether a code of this method has to be sent first. */
    public static function areSentBy(?Method $method): bool
    {
        return $method === Method::Email || self::goByPhone($method);
    }

    public static function goByPhone(?Method $method): bool
    {
        return in_array($method, [Method::Sms, Method::Voice, Method::WhatsApp], true);
    }

    /**
     * For an open challenge.
     *
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function forChallenge(#[\SensitiveParameter] string $challenge, Method $method): SentCode
    {
        return SentCode::of($this->deliver(
            $method,
            static fn (Verifier $verifier) => $verifier->sendCode($challenge, $method, Client::fromGlobals()),
        ));
    }

    /**
     * To prove that the address of the user's own account reaches them. What stands there was typed by somebody
     * and need not be an address.
     *
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function toAddress(User $person, #[\SensitiveParameter] ?string $grant): Delivery
    {
        try {
            return $this->deliver(
                Method::Email,
                static fn (Verifier $verifier) => $verifier->enableEmail($person, Client::fromGlobals(), $grant),
            );
        } catch (\ValueError) {
            throw new Undelivered('email_wrong');
        }
    }

    /**
     * To prove that a number reaches the user.
     *
     * @throws \TwoFactor\Exception\InvalidPhoneNumber
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function toNumber(
        User $person,
        #[\SensitiveParameter] string $number,
        ?string $region,
        Method $method,
        #[\SensitiveParameter] ?string $grant,
    ): Delivery {
        return $this->deliver(
            $method,
            static fn (Verifier $verifier) => $verifier->startPhone(
                $person,
                $number,
                $region,
                Client::fromGlobals(),
                $method,
                $grant,
            ),
        );
    }

    /**
     * Another one for the set-up of an address or a number.
     *
     * @throws \TwoFactor\Exception\InvalidPhoneNumber
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function again(PendingContact $contact): Delivery
    {
        return $this->deliver(
            $contact->method,
            static fn (Verifier $verifier) => $verifier->resendCode($contact->token, Client::fromGlobals()),
        );
    }

    /**
     * News of an account. That they cannot be mailed keeps nobody from anything, and is written down.
     *
     * @param list<Message> $notices
     */
    public function passOn(array $notices): void
    {
        foreach ($notices as $notice) {
            try {
                $this->mail->send($notice);
            } catch (Undelivered) {
            }
        }
    }

    /**
     * That no carrier can be relied on says nothing about other methods: so Unavailable is not what it is
     * elsewhere, the end of the request.
     *
     * @param callable(Verifier): Delivery $ask
     */
    private function deliver(Method $method, callable $ask): Delivery
    {
        $verifier = $this->verification->verifier();
        try {
            $delivery = $ask($verifier);
        } catch (Unavailable $fault) {
            $this->host->log("log_not_sent_$method->value", [$fault->getMessage()]);
            throw new Undelivered('undelivered');
        }
        $message = $delivery->message();
        if ($message !== null) {
            $this->mail->send($message);
        }
        return $delivery;
    }
}
