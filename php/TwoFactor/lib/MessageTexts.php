<?php

/**
 * Site Admin, Two-factor, Providers, Texts: what messages with a code say, by method and language. What may be a text,
 * and what it costs, the extension says.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Method;

final class MessageTexts extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function objection(Change $change): string
    {
        $isKept = $change->text('do') !== 'text-remove';
        $problem = $this->previewOf($change, $isKept ? $change->text('text') : null)['problem'];
        return $problem === null ? '' : $this->view->text("text_problem_$problem");
    }

    /** The page shows it. */
    public function preview(): Notice
    {
        return Notice::none();
    }

    public function save(Change $change, Actor $actor): never
    {
        $this->store($change, $change->text('text'), 'text_saved', $actor);
    }

    public function remove(Change $change, Actor $actor): never
    {
        $this->store($change, null, 'text_removed', $actor);
    }

    private function store(Change $change, ?string $text, string $done, Actor $actor): never
    {
        [$method, $language] = self::which($change);
        $this->verification->verifier()->setMessageText($method, $language, $text, ...$actor);
        $this->host->log('log_text_saved', [$this->view->method($method), $this->language($language)]);
        $this->pages->goTo($done, ['tab' => 'texts', 'way' => $method->value, 'language' => $language]);
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        [$method, $language] = self::which($input);
        $kept = ['text' => null, 'standard' => '', 'confirmed' => true];
        [$ways, $broken] = [[], ''];
        try {
            foreach ($this->verification->verifier()->messageTexts() as $one) {
                $way = $one['method'];
                $isCurrent = $way === $method->value && $one['language'] === $language;
                $kept = $isCurrent ? $one : $kept;
                $ways[$way]['text'] = $this->view->method(Method::from($way));
                $ways[$way]['languages'][] = [
                    'text' => $this->language($one['language']),
                    'own' => $one['text'] !== null,
                    'current' => $isCurrent,
                    'url' => $this->pages->url(['tab' => 'texts', 'way' => $way, 'language' => $one['language']]),
                ];
            }
        } catch (ConfigurationError $fault) {
            $broken = $fault->getMessage();
        }
        $typed = $input instanceof Change ? $input->text('text') : $kept['text'];
        $preview = $this->previewOf($input, $typed);
        $isGood = $preview['problem'] === null;
        return $this->pages->form('texts', $notice, [
            'broken' => $broken,
            'ways' => $ways,
            'way' => $method->value,
            'language' => $language,
            'title' => $this->view->method($method) . ', ' . $this->language($language),
            'text' => $typed ?? $kept['standard'],
            'own' => $kept['text'] !== null,
            'waits' => !$kept['confirmed'],
            'preview' => $isGood ? $preview['text'] : '',
            'cost' => $isGood ? $this->cost($preview) : '',
            'hint' => $method === Method::WhatsApp ? $this->view->text('text_whatsapp') : '',
        ]);
    }

    /** @return array{Method, string} */
    private static function which(Input $input): array
    {
        return [Method::from($input->text('way') ?: 'sms'), $input->text('language') ?: 'en'];
    }

    /** @return array{text: string, parts: int, characters: int, coding: ?string, problem: ?string} */
    private function previewOf(Input $input, ?string $text): array
    {
        [$method, $language] = self::which($input);
        return $this->verification->verifier()->previewMessageText($method, $language, $text);
    }

    /** @param array{parts: int, characters: int, coding: ?string} $preview */
    private function cost(array $preview): string
    {
        return $preview['coding'] === null
            ? $this->view->text('text_cost_call', $preview['characters'])
            : $this->view->text('text_cost', $preview['characters'], strtoupper($preview['coding']), $preview['parts']);
    }

    private function language(string $tag): string
    {
        return $this->view->text("text_language_$tag");
    }
}
