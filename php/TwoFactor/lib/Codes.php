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
use TwoFactor\Method;
use TwoFactor\Verifier;

final class Codes
{
    public function __construct(
        private readonly Verification $verification,
        private readonly Mail $mail,
        private readonly Host $host,
    ) {
    }

    /**
     * For an open challenge.
     *
     * @return array{method: string, to: string, until: int, again: int} what pages may say of it
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function forChallenge(#[\SensitiveParameter] string $challenge, Method $method): array
    {
        return SentCode::of($this->send(
            $method,
            static fn (Verifier $verifier) => $verifier->sendCode($challenge, $method, Client::fromGlobals()),
        ));
    }

    /**
     * Sends what the extension is asked for. That no provider can be relied on says nothing about other methods: so
     * Unavailable is not what it is elsewhere, the end of the request.
     *
     * @param callable(Verifier): Delivery $ask
     * @throws \TwoFactor\Exception\InvalidPhoneNumber
     * @throws Denied
     * @throws Undelivered
     * @throws Unverifiable
     */
    public function send(Method $method, callable $ask): Delivery
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
