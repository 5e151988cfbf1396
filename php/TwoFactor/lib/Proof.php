<?php

/**
 * Checking a proof, with the three hooks around it. The hooks learn who, how and what for, never the code.
 *
 * - TwoFactor::BeforeVerification {user_id, method, purpose}; an exception thrown there is a veto
 * - TwoFactor::AfterVerificationSuccess {user_id, method, purpose}
 * - TwoFactor::AfterVerificationFail {user_id, method, purpose, reason}; reason is the exception's short name
 *
 * A right proof after which a set-up is required is neither: the set-up that ends the sign-in is the success.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\HookManager;
use TwoFactor\Client;
use TwoFactor\Exception\EnrolmentRequired;
use TwoFactor\Method;
use TwoFactor\Purpose;
use TwoFactor\Verified;

final class Proof
{
    public function __construct(
        private readonly Verification $verification,
        private readonly Host $host,
        private readonly NewPassword $newPassword,
    ) {
    }

    /**
     * Returns only for a proof of this user for this purpose.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws Undelivered when whoever made the code does not answer: the other methods are still there; and when a
     *     listener refuses: nothing was asked, so nothing was used up
     * @throws Unverifiable
     */
    public function check(
        #[\SensitiveParameter] string $challenge,
        int $userId,
        Purpose $purpose,
        Method $method,
        #[\SensitiveParameter] string $code,
    ): Verified {
        return $this->checkFrom(Client::fromGlobals(), $challenge, $userId, $purpose, $method, $code);
    }

    /**
     * The same for a sign-in, from a browser that may be one that its user trusts from now on, or by a code of somebody
     * whose telephone is lost: it is suspended with it.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws Undelivered as check()
     * @throws Unverifiable
     */
    public function checkSignIn(
        #[\SensitiveParameter] string $challenge,
        int $userId,
        Method $method,
        #[\SensitiveParameter] string $code,
        Client $client,
        bool $trusts,
        bool $isLost = false,
    ): Verified {
        return $this->checkFrom($client, $challenge, $userId, Purpose::Login, $method, $code, $trusts, $isLost);
    }

    private function checkFrom(
        Client $client,
        #[\SensitiveParameter] string $challenge,
        int $userId,
        Purpose $purpose,
        Method $method,
        #[\SensitiveParameter] string $code,
        bool $trusts = false,
        bool $isLost = false,
    ): Verified {
        $about = ['user_id' => $userId, 'method' => $method->value, 'purpose' => $purpose->value];
        $this->hearVetoes($about);
        try {
            $verified = $this->ask($challenge, $method, self::cut($code), $client, $trusts, $isLost);
            if ($verified->userId() !== (string) $userId || $verified->purpose() !== $purpose) {
                throw new Unverifiable('A proof came back for another user or purpose.');
            }
        } catch (EnrolmentRequired $isRight) {
            throw $isRight;
        } catch (\Throwable $denial) {
            $reason = (new \ReflectionClass($denial))->getShortName();
            $this->tell('AfterVerificationFail', $about + ['reason' => $reason]);
            throw $denial;
        }
        $this->tellSuccess($verified);
        return $verified;
    }

    /** Of a proof that was accepted, here or by a set-up that has ended the sign-in. */
    public function tellSuccess(Verified $verified): void
    {
        $this->newPassword->note($verified);
        $this->tell('AfterVerificationSuccess', [
            'user_id' => (int) $verified->userId(),
            'method' => $verified->method()->value,
            'purpose' => $verified->purpose()->value,
        ]);
    }

    /**
     * The same for a code of a reset, of which nobody is told why it is refused: neither that another module does, nor by
     * how long the others take.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws Unverifiable
     */
    public function checkReset(
        #[\SensitiveParameter] string $reset,
        int $userId,
        Method $method,
        #[\SensitiveParameter] string $code,
        Client $client,
    ): Verified {
        $about = ['user_id' => $userId, 'method' => $method->value, 'purpose' => Purpose::ResetPassword->value];
        try {
            $this->hearVetoes($about);
        } catch (Undelivered) {
            $code = '';
        }
        $heard = fn (bool $isRight) => $isRight
            ? $this->tell('AfterVerificationSuccess', $about)
            : $this->tell('AfterVerificationFail', $about + ['reason' => 'Rejected']);
        return $this->verification->verifyPasswordReset($reset, self::cut($code), $client, $heard);
    }

    /** As much as is longer than any code with its spaces. */
    public static function cut(#[\SensitiveParameter] string $code): string
    {
        return substr($code, 0, 260);
    }

    /** That whoever made the code does not answer says nothing about the other methods. */
    private function ask(
        #[\SensitiveParameter] string $challenge,
        Method $method,
        #[\SensitiveParameter] string $code,
        Client $client,
        bool $trusts,
        bool $isLost,
    ): Verified {
        try {
            return $this->verification->verify($challenge, $method, $code, $client, $trusts && !$isLost, $isLost);
        } catch (Unverifiable $fault) {
            throw $method->isPhone() ? new Undelivered('undelivered') : $fault;
        }
    }

    /**
     * What a listener says is for the operator, not for whoever has to prove something. An \Error is no veto.
     *
     * @param array<string, int|string> $about
     * @throws Undelivered
     */
    private function hearVetoes(array $about): void
    {
        try {
            HookManager::do_hook('TwoFactor::BeforeVerification', $about);
        } catch (\Exception $veto) {
            $what = get_class($veto) . ': ' . $veto->getMessage();
            $this->host->log('log_listener_refused', ['TwoFactor::BeforeVerification', $what], $about['user_id']);
            throw new Undelivered('refused');
        }
    }

    /** @param array<string, int|string> $about */
    private function tell(string $event, array $about): void
    {
        try {
            HookManager::do_hook("TwoFactor::$event", $about);
        } catch (\Throwable $fault) {
            $this->host->log('log_listener_failed', ["TwoFactor::$event", $fault->getMessage()]);
        }
    }
}
