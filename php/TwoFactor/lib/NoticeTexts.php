<?php

/**
 * Of the page of texts, what is about the mails and SMS that tell people of changes, and about alerts: by what they tell
 * and by language. What may be a text the extension says.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class NoticeTexts
{
    /** As what a form of one of these texts says that it is. */
    public const WAY = 'notices';

    /** What has to stand in the text of a mail, where it may. */
    private const NEEDED = ['what', 'advice', 'link'];

    /** What is known where nothing can be opened. */
    private const NONE = ['title' => null, 'subject' => null, 'text' => null, 'standardSubject' => null, 'standard' => '', 'placeholders' => [], 'confirmed' => true];

    public function __construct(private readonly Verification $verification, private readonly View $view)
    {
    }

    public static function isOne(Input $input): bool
    {
        return $input->text('way') === self::WAY;
    }

    /** @return array{string, string} kind and language */
    public static function which(Input $input): array
    {
        return [$input->text('kind') ?: 'notice', $input->text('language') ?: 'en'];
    }

    /** What a kind is called for whoever looks after texts. */
    public function name(string $kind, ?string $title = null): string
    {
        return $title ?? $this->view->named('text_of', $kind);
    }

    public function objection(Change $change): string
    {
        if ($change->text('do') === 'text-remove') {
            return '';
        }
        $preview = $this->previewOf($change, true);
        $problem = $preview['problem'] === null ? '' : $this->view->text("text_problem_$preview[problem]");
        return $preview['field'] === 'subject' ? $this->view->text('text_problem_subject', $problem) : $problem;
    }

    public function store(Change $change, ?string $text, Actor $actor, bool $proposed): void
    {
        [$kind, $language] = self::which($change);
        $subject = $change->text('subject');
        $this->verification->verifier()->setNoticeText($kind, $language, $subject, $text, ...$actor, proposed: $proposed);
    }

    /** @return list<array<string, mixed>> */
    public function all(string $language): array
    {
        return $this->verification->verifier()->noticeTexts($language, $this->view->text('page_language'));
    }

    /**
     * @param list<array<string, mixed>> $all none where those in the store cannot be opened
     * @return array<string, mixed> what the page shows of these texts
     */
    public function shown(Input $input, array $all): array
    {
        [$kind, $language] = self::which($input);
        $kept = array_column($all, null, 'kind')[$kind] ?? self::NONE;
        $isTyped = $input instanceof Change;
        return [
            'kind' => $kind,
            'kept' => $kept,
            'name' => $this->name($kind, $kept['title']),
            'groups' => $this->groups($all),
            'is_own' => $isTyped || $kept['text'] !== null,
            'is_one' => $kept['title'] !== null,
            'subject' => $isTyped ? $input->text('subject') : $kept['subject'] ?? $kept['standardSubject'],
            'text' => $isTyped ? $input->text('text') : $kept['text'] ?? $kept['standard'],
            'needed' => self::inBraces(array_intersect(self::NEEDED, $kept['placeholders'])),
            'places' => self::inBraces(array_diff($kept['placeholders'], self::NEEDED)),
            'preview' => $this->previewOf($input, $isTyped || $kept['text'] !== null, $kept),
            'ours' => $this->verification->verifier()->previewNoticeText($kind, $language),
        ];
    }

    /** @param array<string> $places */
    private static function inBraces(array $places): string
    {
        return implode(' ', array_map(static fn (string $place): string => '{' . $place . '}', $places));
    }

    /**
     * @param list<array<string, mixed>> $all
     * @return array<string, list<array<string, mixed>>> texts for all kinds, and for one alone
     */
    private function groups(array $all): array
    {
        $groups = ['text_for_all' => [], 'text_for_one' => []];
        foreach ($all as $one) {
            $name = $this->name($one['kind'], $one['title']);
            $groups[$one['title'] === null ? 'text_for_all' : 'text_for_one'][] = ['name' => $name] + $one;
        }
        return $groups;
    }

    /**
     * @param array<string, mixed> $kept
     * @return array<string, mixed>
     */
    private function previewOf(Input $input, bool $isOwn, array $kept = []): array
    {
        [$kind, $language] = self::which($input);
        [$subject, $text] = $input instanceof Change
            ? [$input->text('subject'), $input->text('text')]
            : [$kept['subject'] ?? null, $kept['text'] ?? null];
        return $this->verification->verifier()->previewNoticeText($kind, $language, ...($isOwn ? [$subject, $text] : []));
    }
}
