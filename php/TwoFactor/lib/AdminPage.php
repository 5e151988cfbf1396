<?php

/**
 * A page under Site Admin. Administration asks whether it may be seen, and whether what its forms ask for may be done.
 */

declare(strict_types=1);

namespace TwoFactorModule;

abstract class AdminPage
{
    /**
     * @param string $page its name, for there are classes with several
     * @param Input $input what is looked at, or the form that was not done: it is shown again as it was filled in
     */
    abstract public function show(string $page, Input $input, Notice $notice): string;

    /** What is wrong with a form, before a proof is spent on it; '' when nothing is. */
    public function objection(Change $change): string
    {
        return '';
    }
}
