<?php

/**
 * My Preferences, Two-factor: a page of another module. What is wrong with it is said there, and is no end of anything else.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\LicenceRequired;

final class OtherPages
{
    public function __construct(
        private readonly Services $services,
        private readonly Extensions $extensions,
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
            return $this->view->render('refusal', [
                'message' => $this->view->text('extension_damaged'),
                'detail' => $fault->getMessage(),
            ]);
        }
    }

    /** @return list<array{text: string, url: string}> those that everybody's own page leads to */
    public function links(): array
    {
        $links = [];
        foreach (array_keys($this->extensions->ownPages()) as $page) {
            $key = 'own_' . $page;
            $text = $this->view->textOr($key, '');
            if ($text !== '') {
                $links[] = ['text' => $text, 'url' => $this->view->actionUrl('page', ['page' => $page])];
            }
        }
        return $links;
    }
}
