<?php

/**
 * What the pages under Site Admin have in common: tabs, one message after a change, the fields of a proof, the way back.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class AdminPages
{
    private const MESSAGE = 'twofactor_admin_message';
    private const TABS = ['users', 'audit', 'messages', 'sessions', 'providers', 'settings', 'health'];
    /** Pages that belong to a tab of another name. */
    private const WITHIN = ['user' => 'users', 'temporary_code' => 'users', 'user_sessions' => 'users', 'enrolment' => 'users', 'provider' => 'providers', 'provider_log' => 'providers', 'texts' => 'providers', 'former' => 'health', 'leave' => 'settings'];
    /** Entries on a page of a list. */
    private const PART = 50;

    public function __construct(
        private readonly Host $host,
        private readonly View $view,
        private readonly Permissions $permissions,
        private readonly AdminProof $proof,
        private readonly Extensions $extensions,
    ) {
    }

    /** @param array<string, mixed> $values */
    public function page(string $template, Notice $notice, array $values): string
    {
        $this->view->noStore();
        $message = $this->message();
        [$tabs, $within] = $this->withExtensions($this->seen(self::TABS), $template);
        return $this->view->render($template, $values + [
            'problem' => $notice->problem,
            'detail' => $notice->detail,
            'message' => $notice->message ?: $message,
            'findings' => $notice->findings,
            'tabs' => $this->tabs($tabs, self::WITHIN[$template] ?? match (true) {
                self::isOfUser($template) => 'users',
                $within === [] => $template,
                default => Extensions::FIRST,
            }),
            'within' => count($within) < 2 ? [] : array_map(
                fn (array $tab, string $name) => ['text' => $this->nameWithin($name)] + $tab,
                $this->tabs($within, substr((string) strstr($template, ';'), 1)),
                $within,
            ),
        ] + $this->permissions->forTemplates());
    }

    /** Where whoever is signed in begins; '' for whom there is no page. */
    public function first(): string
    {
        return [...$this->seen(self::TABS), ...$this->others(), ''][0];
    }

    /**
     * @param list<string> $pages
     * @return list<string> those that whoever is signed in may see
     */
    private function seen(array $pages): array
    {
        return array_values(array_filter($pages, $this->permissions->sees(...)));
    }

    /** @return list<string> those of another module that stand in its row */
    private function others(): array
    {
        $pages = $this->extensions->adminPages();
        $named = array_filter(array_keys($pages), fn (string $page) => $this->view->textOr("tab_$page", '') !== '');
        return isset($pages[Extensions::FIRST]) ? $this->seen($named) : [];
    }

    /**
     * One tab for all that another module adds, before that of health; and on its pages a row of their own.
     *
     * @param list<string> $tabs
     * @return array{list<string>, list<string>}
     */
    private function withExtensions(array $tabs, string $template): array
    {
        $others = $this->others();
        if ($others !== []) {
            array_splice($tabs, end($tabs) === 'health' ? -1 : count($tabs), 0, [Extensions::FIRST]);
        }
        return [$tabs, str_contains($template, ';') && !self::isOfUser($template) ? $others : []];
    }

    /** A page that another module adds to that of a user (Extension::userPages()). */
    private static function isOfUser(string $template): bool
    {
        return str_contains($template, ';user_');
    }

    /** In its own row the first of them is called by what is on it. */
    private function nameWithin(string $name): string
    {
        return $this->view->text($name === Extensions::FIRST ? 'premium_first' : "tab_$name");
    }

    /**
     * @param list<string> $names
     * @return list<array{text: string, url: string, current: bool}>
     */
    private function tabs(array $names, string $current): array
    {
        return array_map(fn (string $name) => [
            'text' => $this->view->text("tab_$name"),
            // Whoever does not see the first of what another module adds begins with another one.
            'url' => $this->url(['tab' => $name === Extensions::FIRST ? $this->others()[0] : $name]),
            'current' => $name === $current,
        ], $names);
    }

    /**
     * A page with a form that takes a proof.
     *
     * @param array<string, mixed> $values
     */
    public function form(string $template, Notice $notice, array $values): string
    {
        return $this->page($template, $notice, $values + $this->proof->fields());
    }

    /** One sentence instead of a page, when it is refused or nothing else is left. */
    public function refusal(string $key, string $detail = '', bool $isGood = false): string
    {
        return $this->view->render('refusal', [
            'message' => $this->view->text($key),
            'detail' => $detail,
            'good' => $isGood,
        ]);
    }

    /** What was done before this page; once. */
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
        $found = [...$list(self::PART + 1, $before ?: null)];
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
        return $this->view->adminUrl($query);
    }
}
