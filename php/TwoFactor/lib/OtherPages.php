<?php

/**
 * My Preferences, Two-factor: a page of another module. That something is wrong with it is said there, and is no end of
 * anything else; what that is, the log has: a fault may tell of paths and tables, and whoever signs in sees this page.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\LicenceRequired;

final class OtherPages
{
    public function __construct(
        private readonly Services $services,
        private readonly Extensions $extensions,
        private readonly Permissions $permissions,
        private readonly Host $host,
        private readonly View $view,
    ) {
    }

    /** @param array<string, mixed> $query */
    public function handle(array $query): string
    {
        $input = new Query($query);
        $class = $this->extensions->ownPages()[$input->text('page')] ?? null;
        if ($class === null) {
            $this->host->pages->redirect($this->view->actionUrl('preferences'));
        }
        try {
            return $this->services->get($class)->handle();
        } catch (LicenceRequired) {
            return $this->view->render('refusal', ['message' => $this->view->text('licence_required_own')]);
        } catch (\Throwable $fault) {
            $this->host->log('log_extension_failed', [$input->text('page'), get_class($fault), $fault->getMessage()]);
            return $this->view->render('refusal', ['message' => $this->view->text('extension_damaged_own')]);
        }
    }

    /** @return list<array{text: string, url: string}> those that everybody's own page leads to */
    public function links(): array
    {
        return $this->named('own_', $this->extensions->ownPages(), fn (string $page) => $this->view->actionUrl('page', ['page' => $page]));
    }

    /** @return list<array{text: string, url: string}> those that the page of a user leads to */
    public function linksOf(int $userId): array
    {
        $url = fn (string $page) => $this->view->adminUrl(['tab' => $page, 'user' => $userId]);
        $seen = array_filter($this->extensions->userPages(), $this->permissions->sees(...), ARRAY_FILTER_USE_KEY);
        return $this->named('of_', $seen, $url);
    }

    /**
     * @param array<string, class-string> $pages
     * @param callable(string): string $url
     * @return list<array{text: string, url: string}>
     */
    private function named(string $kind, array $pages, callable $url): array
    {
        $links = [];
        foreach (array_keys($pages) as $page) {
            $text = $this->view->named(rtrim($kind, '_'), $page, '');
            if ($text !== $page) {
                $links[] = ['text' => $text, 'url' => $url($page)];
            }
        }
        return $links;
    }
}
