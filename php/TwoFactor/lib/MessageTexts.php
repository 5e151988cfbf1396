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
        private readonly Access $access,
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
        $this->verification->verifier()->setMessageText($method, $language, $text, ...$actor, proposed: !$this->access->mayDecideForAll());
        $this->host->log('log_text_saved', [$this->view->method($method), $this->view->named('text_language', $language)]);
        $this->pages->goTo($done, ['tab' => 'texts', 'way' => $method->value, 'language' => $language]);
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        [$method, $language] = self::which($input);
        $kept = ['text' => null, 'standard' => '', 'confirmed' => true];
        [$ways, $broken] = [[], ''];
        try {
            foreach ($this->verification->verifier()->messageTexts() as $one) {
                $ways[$one['method']][] = $one;
                $kept = $one['method'] === $method->value && $one['language'] === $language ? $one : $kept;
            }
        } catch (ConfigurationError $fault) {
            $broken = $fault->getMessage();
        }
        $typed = $input instanceof Change ? $input->text('text') : $kept['text'];
        return $this->pages->form('texts', $notice, [
            'is_proposed' => !$this->access->mayDecideForAll(),
            'broken' => $broken,
            'ways' => $ways,
            'way' => $method->value,
            'language' => $language,
            'text' => $typed ?? $kept['standard'],
            'kept' => $kept,
            'preview' => $this->previewOf($input, $typed),
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
}
