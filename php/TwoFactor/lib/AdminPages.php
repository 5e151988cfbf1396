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
    private const OF_ADMINISTRATORS = ['providers', 'settings'];
    /** Pages that belong to a tab of another name. */
    private const WITHIN = ['user' => 'users', 'provider' => 'providers', 'provider_log' => 'providers'];

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

    public function message(): string
    {
        $key = $_SESSION[self::MESSAGE] ?? null;
        unset($_SESSION[self::MESSAGE]);
        return is_string($key) ? $this->view->text($key) : '';
    }

    /** @param array<string, int|string|null> $query */
    public function goTo(string $message, array $query = []): never
    {
        $_SESSION[self::MESSAGE] = $message;
        $this->host->redirect($this->url($query));
    }

    /** @param array<string, int|string|null> $query */
    public function url(array $query): string
    {
        return $this->view->actionUrl('defaultadmin', $query);
    }
}
