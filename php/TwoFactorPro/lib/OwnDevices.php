<?php

/**
 * My Preferences, Two-factor, Trusted browsers: in which browsers the password alone signs the person in, and the end of one
 * or all. It takes the fresh proof of any other change.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Client;
use TwoFactorModule\Access;
use TwoFactorModule\Change;
use TwoFactorModule\DeviceCookie;
use TwoFactorModule\FormerVersion;
use TwoFactorModule\Host;
use TwoFactorModule\OwnPage;
use TwoFactorModule\Reason;
use TwoFactorModule\Sessions;
use TwoFactorModule\StepUp;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class OwnDevices extends OwnPage
{
    protected const ACTION = 'page';
    protected const PAGE = 'devices';

    public function __construct(
        Host $host,
        Verification $verification,
        Sessions $sessions,
        StepUp $stepUp,
        View $view,
        FormerVersion $formerVersion,
        Access $access,
        private readonly DeviceCookie $cookie,
    ) {
        parent::__construct($host, $verification, $sessions, $stepUp, $view, $formerVersion, $access);
    }

    protected function answer(\User $user, ?Change $change): string
    {
        return match ($change?->text('do')) {
            'end-device' => $this->proven($user, $change, fn () => $this->end($user, $change->text('device'))),
            'end-devices' => $this->proven($user, $change, fn () => $this->endAll($user)),
            default => $this->goBack('try_again'),
        };
    }

    protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        return $this->show('TwoFactorPro;own_devices', [
            'devices' => $this->verification->devices((string) $id, $this->cookie->token($id)),
            'must_prove' => $account->isEnrolled() && $this->stepUp->grant($id) === null,
        ] + $this->view->proving($account, $this->verification, $this->stepUp, $id), $problem, $why);
    }

    private function end(\User $user, string $device): never
    {
        // The return key, in the field for the code, names none.
        $device === '' && $this->goBack('session_choose');
        $id = (string) $user->id;
        $this->verification->revokeDevice($id, $device, $id, $this->grant($user), Client::fromGlobals());
        $this->goOn((int) $id);
        $this->goBack('device_ended');
    }

    private function endAll(\User $user): never
    {
        $id = (string) $user->id;
        $this->verification->revokeAllDevices($id, $id, Reason::ByItsUser->value, $this->grant($user), Client::fromGlobals());
        $this->goOn((int) $id);
        $this->cookie->remove((int) $id);
        $this->goBack('devices_ended');
    }

    /** This sign-in may have come of such a browser, and would end with it; by the proof it goes on, with another cookie. */
    private function goOn(int $id): void
    {
        $grant = $this->stepUp->grant($id);
        $grant === null || $this->sessions->goOn($id, null, $grant);
    }
}
