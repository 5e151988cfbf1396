<?php

/**
 * Who is asked for a new password, for somebody else seems to know theirs: every proof says so (Verified::mustChangePassword())
 * until the extension is told that something has changed. Kept for the pages between, which ask for no proof. It keeps
 * nobody from anything: whoever is signed in has proven a factor.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Verified;

final class NewPassword
{
    /** A row for each, in the preferences of the site: those of users may be copied to others. */
    private const ASKED = 'new_password_';

    /** @var array<int, true> of whom this request has taken it back */
    private array $forgotten = [];

    public function __construct(private readonly Host $host)
    {
    }

    public function note(Verified $verified): void
    {
        $userId = (int) $verified->userId();
        if (!$verified->mustChangePassword()) {
            $this->forget($userId);
        } elseif (!$this->isAsked($userId)) {
            $this->host->setPreference(self::ASKED . $userId, '1');
        }
    }

    public function isAsked(int $userId): bool
    {
        return $this->host->preference(self::ASKED . $userId) !== '';
    }

    /** Whenever the extension is told what ends it there, so that no page asks for more than a proof does. */
    public function forget(int $userId): void
    {
        if ($this->isAsked($userId)) {
            $this->host->removePreference(self::ASKED . $userId);
            $this->forgotten[$userId] = true;
        }
    }

    /** Of one who was asked when this request began. Looks nothing up. */
    public function isStillAsked(int $userId): bool
    {
        return !isset($this->forgotten[$userId]);
    }

    public function forgetAll(): void
    {
        $this->host->removePreferences(self::ASKED);
    }
}
