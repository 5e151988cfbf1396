<?php

/**
 * What the pages under Site Admin have in common: tabs, one message after a change, the way back.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class AdminPages
{
    private const MESSAGE = 'twofactor_admin_message';
    private const TABS = ['users', 'audit', 'messages', 'providers', 'settings', 'health'];
    /** Those of them that only administrators see. */
    public const OF_ADMINISTRATORS = ['providers', 'texts', 'settings', 'former', 'leave'];
    /** Entries on a page of a list. */
    private const PART = 50;
    /** Pages that belong to a tab of another name. */
    private const WITHIN = ['user' => 'users', 'provider' => 'providers', 'provider_log' => 'providers', 'texts' => 'providers', 'former' => 'health', 'leave' => 'settings'];

    public function __construct(
        private readonly Host $host,
        private readonly View $view,
        private readonly Access $access,
    ) {
    }

    /** @param array<string, mixed> $values */
    public function page(string $template, array $values): string
    {
        $this->view->noStore();
        $tabs = $this->access->mayDecideForAll() ? self::TABS : array_diff(self::TABS, self::OF_ADMINISTRATORS);
        return $this->view->render($template, $values + [
            'message' => $this->message(),
            'tabs' => array_map(fn (string $tab) => [
                'text' => $this->view->text("tab_$tab"),
                'url' => $this->url(['tab' => $tab]),
                'current' => $tab === (self::WITHIN[$template] ?? $template),
            ], array_values($tabs)),
        ]);
    }

    public function refusal(string $key, string $detail = ''): string
    {
        return $this->view->render('refusal', ['message' => $this->view->text($key), 'detail' => $detail]);
    }

    /** What was done, where nothing of the other pages is left. */
    public function farewell(string $key, string $detail = ''): string
    {
        return $this->view->render('refusal', [
            'message' => $this->view->text($key),
            'detail' => $detail,
            'good' => $detail === '',
        ]);
    }

    public function message(): string
    {
        $key = $_SESSION[self::MESSAGE] ?? null;
        unset($_SESSION[self::MESSAGE]);
        return is_string($key) ? $this->view->text($key) : '';
    }

    /**
     * A page of a list that goes on from an id: what is on it, and the ways to the newest and to older ones.
     *
     * @template T of \TwoFactor\AuditEvent|\TwoFactor\SentMessage
     * @param array<string, int|string|null> $query of this list
     * @param callable(int, ?string): iterable<T> $list that many, before that id
     * @return array{list: list<T>, first: string, next: string}
     */
    public function part(array $query, string $before, callable $list): array
    {
        $found = [];
        foreach ($list(self::PART + 1, $before ?: null) as $one) {
            $found[] = $one;
        }
        $shown = array_slice($found, 0, self::PART);
        return [
            'list' => $shown,
            'first' => $before === '' ? '' : $this->url($query),
            'next' => $shown === $found ? '' : $this->url($query + ['before' => end($shown)->id()]),
        ];
    }

    /** @param array<string, int|string|null> $query */
    public function goTo(string $message, array $query = []): never
    {
        $_SESSION[self::MESSAGE] = $message;
        $this->host->pages->redirect($this->url($query));
    }

    /** @param array<string, int|string|null> $query */
    public function url(array $query): string
    {
        return $this->view->actionUrl('defaultadmin', $query);
    }
}
