<?php

/**
 * After a sign-in: the site suggests to set up a second factor. It may be put off, and comes again after the days that the
 * rule says.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Client;
use TwoFactorModule\Change;
use TwoFactorModule\OwnPage;

final class Encouragement extends OwnPage
{
    public const NAME = 'encouragement';
    protected const ACTION = 'page';
    protected const PAGE = self::NAME;

    protected function answer(\User $user, ?Change $change): string
    {
        return match ($change?->text('do')) {
            'skip' => $this->skip($user),
            default => $this->goBack('try_again'),
        };
    }

    private function skip(\User $user): never
    {
        $this->verification->skipEncouragement($this->host->users->person($user), Client::fromGlobals());
        $this->leadOn($user);
    }

    protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
    {
        return $this->show('TwoFactorPro;encouragement', [
            'is_enrolled' => $this->verification->account((int) $user->id)->isEnrolled(),
        ], $problem, $why);
    }
}
