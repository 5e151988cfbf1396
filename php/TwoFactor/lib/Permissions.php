<?php

/**
 * Which pages under Site Admin whoever is signed in may see, and which acts they may ask for. What is not named here, or
 * at an act, is for administrators alone. Whom an act may be about is for Access to say.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Permissions
{
    /** Beside administrators; of pages of ours nobody else says it. */
    private const SEEN_BY = [
        'users' => [Permission::Manage, Permission::Help],
        'user' => [Permission::Manage, Permission::Help],
        'user-sessions' => [Permission::Manage, Permission::Help],
        'audit' => [Permission::Manage, Permission::Audit],
        'messages' => [Permission::Manage, Permission::Providers],
        'providers' => [Permission::Providers],
        'provider' => [Permission::Providers],
        'texts' => [Permission::Providers],
        'settings' => [Permission::Settings],
        'enrolment' => [Permission::Settings],
        'health' => [Permission::Manage, Permission::Settings, Permission::Providers, Permission::Premium],
        'foundation' => [Permission::Manage],
        'sessions' => [],
        'leave' => [],
        'former' => [],
    ];

    public function __construct(private readonly Access $access, private readonly Extensions $extensions)
    {
    }

    public function sees(string $page): bool
    {
        return $this->access->may(...self::SEEN_BY[$page] ?? $this->extensions->seenBy()[$page] ?? []);
    }

    public function may(Act $act): bool
    {
        return $this->sees($act->page) && $this->access->may(...$act->permissions);
    }

    /**
     * What templates ask: links to pages that are not seen are not there, nor are buttons for what may not be done.
     *
     * @return array{sees: array<string, bool>, may: array<string, bool>}
     */
    public function forTemplates(): array
    {
        $pages = array_keys(Administration::PAGES + $this->extensions->adminPages() + $this->extensions->userPages());
        return [
            'sees' => array_combine($pages, array_map($this->sees(...), $pages)),
            'may' => array_map($this->may(...), Administration::acts() + $this->extensions->acts()),
        ];
    }
}
