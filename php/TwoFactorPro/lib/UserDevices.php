<?php

/**
 * Site Admin, Two-factor, Users: the browsers that a user trusts, and the end of one or all. Factors stay as they are.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Sessions;
use TwoFactorModule\Verification;

final class UserDevices extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly Sessions $sessions,
        private readonly AdminPages $pages,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $id = $input->number('user');
        // An account that cannot be read lets nobody in by a device: it has none.
        $isReadable = $this->verification->accountIfReadable($id) !== null;
        return $this->pages->form('TwoFactorPro;user_devices', $notice, [
            'reason' => $input->typed('reason'),
            'user_id' => $id,
            'name' => $this->host->users->userName($id),
            'devices' => $isReadable ? $this->verification->devices((string) $id) : [],
        ]);
    }

    public function endOne(Change $change, Actor $actor): Notice
    {
        [$id, $device] = [$change->number('user'), $change->text('device')];
        if ($device === '') {
            // The return key, in the field for the code: the proof was given, and nothing was chosen.
            return Notice::redirect('session_choose');
        }
        $this->verification->revokeDevice((string) $id, $device, ...$actor);
        $this->goOn($id, $actor);
        $this->host->log('log_devices_ended', [$this->host->users->userName($id)], $id);
        return Notice::redirect('device_ended');
    }

    public function endAll(Change $change, Actor $actor): Notice
    {
        $id = $change->number('user');
        $this->verification->revokeAllDevices((string) $id, ...$actor, reason: $change->reason());
        $this->goOn($id, $actor);
        $this->host->log('log_devices_ended', [$this->host->users->userName($id)], $id);
        return Notice::redirect('devices_ended');
    }

    /** One's own sign-in may have come of such a browser, and would end with it. */
    private function goOn(int $id, Actor $actor): void
    {
        if ($id === $this->host->session->loggedInId() && $actor->grant !== null) {
            $this->sessions->goOn($id, null, $actor->grant);
        }
    }
}
