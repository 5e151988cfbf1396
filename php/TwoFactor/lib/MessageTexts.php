<?php

/**
 * Site Admin, Two-factor, Providers, Texts: what messages with a code say, by method and language. What may be a text,
 * and what it costs, the extension says.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactor\Method;

final class MessageTexts
{
    /** What this page changes. */
    public const CHANGES = ['text-preview', 'text-save', 'text-remove'];

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminProof $proof,
        private readonly Administrator $administrator,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $way, string $language): string
    {
        return $this->page(Method::from($way ?: 'sms'), $language ?: 'en');
    }

    public function change(Change $change): string
    {
        [$method, $language] = [Method::from($change->text('way')), $change->text('language')];
        $text = $change->text('text');
        if (AdminProof::isCodeAskedFor($change)) {
            $problem = $this->proof->send($change, 'send');
            $message = $problem === '' ? $this->view->text('code_sent') : '';
            return $this->page($method, $language, $text, $problem, $message);
        }
        $do = $change->text('do');
        $preview = $this->preview($method, $language, $do === 'text-remove' ? null : $text);
        if ($preview['problem'] !== null || $do === 'text-preview') {
            return $this->page($method, $language, $text, $this->objection($preview), preview: $preview);
        }
        $problem = $this->proof->problem($change);
        if ($problem !== '') {
            return $this->page($method, $language, $text, $problem, preview: $preview);
        }
        try {
            $this->verification->verifier()->setMessageText(
                $method,
                $language,
                $do === 'text-remove' ? null : $text,
                $this->administrator->by(),
                $this->administrator->grant(),
                $this->administrator->client(),
            );
        } catch (StepUpRequired | TooRecent $refusal) {
            return $this->page($method, $language, $text, $this->proof->refused($refusal), preview: $preview);
        }
        $this->host->log('log_text_saved', [$this->view->method($method), $this->language($language)]);
        $query = ['tab' => 'texts', 'way' => $method->value, 'language' => $language];
        $this->pages->goTo($do === 'text-remove' ? 'text_removed' : 'text_saved', $query);
    }

    /** @return array{text: string, parts: int, characters: int, coding: ?string, problem: ?string} */
    private function preview(Method $method, string $language, ?string $text): array
    {
        return $this->verification->verifier()->previewMessageText($method, $language, $text);
    }

    /** @param array{problem: ?string} $preview */
    private function objection(array $preview): string
    {
        return $preview['problem'] === null ? '' : $this->view->text("text_problem_{$preview['problem']}");
    }

    /**
     * @param string|null $typed what stands in the form; null: what is kept
     * @param array{text: string, parts: int, characters: int, coding: ?string, problem: ?string}|null $preview of it
     */
    private function page(
        Method $method,
        string $language,
        ?string $typed = null,
        string $problem = '',
        string $message = '',
        ?array $preview = null,
    ): string {
        $kept = ['text' => null, 'standard' => '', 'confirmed' => true];
        $ways = [];
        try {
            foreach ($this->verification->verifier()->messageTexts() as $one) {
                $isCurrent = $one['method'] === $method->value && $one['language'] === $language;
                $kept = $isCurrent ? $one : $kept;
                $way = $one['method'];
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
        $text = $typed ?? $kept['text'] ?? $kept['standard'];
        $preview ??= $this->preview($method, $language, $typed ?? $kept['text']);
        return $this->pages->page('texts', [
            'problem' => $problem,
            'broken' => $broken ?? '',
            'ways' => $ways,
            'way' => $method->value,
            'language' => $language,
            'title' => $this->view->method($method) . ', ' . $this->language($language),
            'text' => $text,
            'own' => $kept['text'] !== null,
            'waits' => !$kept['confirmed'],
            'preview' => $preview['problem'] === null ? $preview['text'] : '',
            'cost' => $preview['problem'] === null ? $this->cost($preview) : '',
            'hint' => $method === Method::WhatsApp ? $this->view->text('text_whatsapp') : '',
            'back' => $this->pages->url(['tab' => 'providers']),
        ] + ($message === '' ? [] : ['message' => $message]) + $this->proof->fields());
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
