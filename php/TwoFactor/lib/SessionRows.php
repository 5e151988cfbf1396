<?php

/**
 * What pages show of sign-ins that go on.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Session;

final class SessionRows
{
    /** What is spoken of as a device and not as a system. */
    private const DEVICES = ['iPhone', 'iPad'];

    public function __construct(private readonly View $view)
    {
    }

    /**
     * @param list<Session> $sessions
     * @return list<array{id: string, with: string, from: string, since: string, seen: string, by: string, current: bool}>
     */
    public function of(array $sessions): array
    {
        return array_map(fn (Session $session): array => [
            'id' => $session->id(),
            'with' => $this->device($session),
            'from' => View::unbroken($session->maskedAddress()),
            'since' => $this->view->moment($session->createdAt()),
            'seen' => $session->isCurrent() ? $this->view->text('session_now') : $this->view->ago($session->lastSeenAt()),
            'by' => $session->method() === null
                ? $this->view->text('session_password')
                : $this->view->method($session->method()),
            'current' => $session->isCurrent(),
        ], $sessions);
    }

    private function device(Session $session): string
    {
        [$browser, $system] = [(string) $session->browserName(), (string) $session->systemName()];
        return match (true) {
            $browser === '' || $system === '' => $browser . $system ?: $this->view->text('session_unknown_browser'),
            in_array($system, self::DEVICES, true) => $this->view->text('session_on_device', $browser, $system),
            default => $this->view->text('session_on', $browser, $system),
        };
    }
}
