<?php

/**
 * What the rules of the site ask of a user and is missing: said on their own page and on a bar before it is due, and to
 * administrators in the list of users. Rules count only while the other module is there: without it nothing is asked.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Asked
{
    public function __construct(private readonly Verification $verification, private readonly Host $host, private readonly View $view)
    {
    }

    /** To the user themselves; '' where nothing is missing. */
    public function ofOwn(int $userId): string
    {
        return $this->say($this->missing($userId));
    }

    /** To administrators. */
    public function ofUser(int $userId): string
    {
        return $this->say($this->missing($userId), 'user_');
    }

    /** To the user on a bar, on every page but their own, which says it itself. */
    public function tell(int $userId): void
    {
        $missing = StandingBar::isOnOwnPage() || $this->host->session->isImpersonating() ? null : $this->missing($userId);
        if ($missing !== null) {
            $this->view->standBar(fn () => $this->say($missing), 'careful', $this->view->actionUrl('preferences'), 'asked_link');
        }
    }

    /** @return array{string, \DateTimeImmutable}|null which sentences it is, and the day in them */
    private function missing(int $userId): ?array
    {
        $user = Extensions::isThere() || Settings::isStrict() ? $this->host->users->userWhoMaySignIn($userId) : null;
        if ($user === null) {
            return null;
        }
        try {
            $asked = $this->verification->quietly(fn () => $this->verification->askedOf($this->host->users->person($user)));
        } catch (\Throwable) {
            // It is told where it matters, at the sign-in; an account or group that cannot be read is told elsewhere.
            return null;
        }
        $due = $asked['due'] ?? $asked['stepUpDue'];
        if ($due === null) {
            return null;
        }
        $what = match (true) {
            $asked['due'] === null => 'changes_',
            $this->verification->account($userId)->isEnrolled() => 'stronger_',
            default => '',
        };
        $when = match (true) {
            $due->getTimestamp() <= time() => $asked['begun'] ? 'overdue' : 'next',
            default => $asked['begun'] ? 'from' : 'soon',
        };
        return [$what . $when, $due];
    }

    /** @param array{string, \DateTimeImmutable}|null $missing */
    private function say(?array $missing, string $to = ''): string
    {
        return $missing === null ? '' : $this->view->text("asked_$to$missing[0]", $this->view->deadline($missing[1]));
    }
}
