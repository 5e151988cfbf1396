<?php

/**
 * Site Admin, Two-factor, Providers, Texts: what messages with a code say, by method and language, and what people are
 * told of changes (NoticeTexts). What may be a text, and what it costs, the extension says.
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
        private readonly NoticeTexts $notices,
    ) {
    }

    public function objection(Change $change): string
    {
        if (NoticeTexts::isOne($change)) {
            return $this->notices->objection($change);
        }
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
        $proposed = !$this->access->mayDecideForAll();
        if (NoticeTexts::isOne($change)) {
            [$kind, $language] = NoticeTexts::which($change);
            $this->notices->store($change, $text, $actor, $proposed);
            [$what, $way] = [$this->notices->name($kind), ['way' => NoticeTexts::WAY, 'kind' => $kind]];
        } else {
            [$method, $language] = self::which($change);
            $this->verification->verifier()->setMessageText($method, $language, $text, ...$actor, proposed: $proposed);
            [$what, $way] = [$this->view->method($method), ['way' => $method->value]];
        }
        $this->host->log('log_text_saved', [$what, $this->view->named('text_language', $language)]);
        $this->pages->goTo($done, ['tab' => 'texts', 'language' => $language] + $way);
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $isNotice = NoticeTexts::isOne($input);
        [$way, $language] = $isNotice ? [NoticeTexts::WAY, NoticeTexts::which($input)[1]] : [self::which($input)[0]->value, self::which($input)[1]];
        [$ways, $told, $broken] = [[], [], ''];
        try {
            foreach ($this->verification->verifier()->messageTexts() as $one) {
                $ways[$one['method']][] = $one;
            }
            $told = $isNotice ? $this->notices->all($language) : [];
        } catch (ConfigurationError $fault) {
            $broken = $fault->getMessage();
        }
        $shown = $isNotice ? $this->notices->shown($input, $told) : $this->ofCode($input, $ways);
        return $this->pages->form('texts', $notice, $shown + [
            'is_proposed' => !$this->access->mayDecideForAll(),
            'broken' => $broken,
            'ways' => $ways,
            'way' => $way,
            'notices' => NoticeTexts::WAY,
            'language' => $language,
        ]);
    }

    /**
     * @param array<string, list<array<string, mixed>>> $ways
     * @return array<string, mixed>
     */
    private function ofCode(Input $input, array $ways): array
    {
        [$method, $language] = self::which($input);
        $kept = array_column($ways[$method->value] ?? [], null, 'language')[$language] ?? ['text' => null, 'standard' => '', 'confirmed' => true];
        $typed = $input instanceof Change ? $input->text('text') : $kept['text'];
        return ['kept' => $kept, 'text' => $typed ?? $kept['standard'], 'preview' => $this->previewOf($input, $typed)];
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
