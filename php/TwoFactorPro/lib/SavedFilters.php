<?php

/**
 * What somebody often looks for on a page, under a name of their own: links beside the form. Each administrator has theirs,
 * among the engine's preferences of that user, which go with the user; nothing is decided by them.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\AdminPages;
use TwoFactorModule\Host;
use TwoFactorModule\Notice;
use TwoFactorModule\View;

final class SavedFilters
{
    private const KEPT = 'twofactor_filters';
    /** On a page. */
    private const MOST = 20;
    /** In letters, as what each of its fields has. */
    public const LONGEST = 60;

    public function __construct(
        private readonly Host $host,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    /** Nobody has any more. */
    public static function forgetAll(Host $host): void
    {
        $host->database->execute('DELETE FROM ' . CMS_DB_PREFIX . 'userprefs WHERE preference = ?', [self::KEPT]);
    }

    /**
     * What templates show beside the form.
     *
     * @param array<string, string> $asked what is looked for now
     * @return array{filters: list<array{name: string, url: string, is_current: bool}>, filter: array<string, string>, longest_filter: int}
     */
    public function values(string $tab, array $asked): array
    {
        $asked = self::set($asked);
        return [
            'filters' => array_map(fn (array $one) => [
                'name' => $one['name'],
                'url' => $this->pages->url(['tab' => $tab] + $one['asked']),
                'is_current' => $one['asked'] === $asked,
            ], array_values(array_filter($this->kept(), static fn (array $one) => $one['tab'] === $tab))),
            'filter' => $asked,
            'filter_tab' => $tab,
            'longest_filter' => self::LONGEST,
        ];
    }

    /**
     * One of the same name is replaced. What is wrong with it is said; else the page shows what it finds.
     *
     * @param array<string, string> $asked
     */
    public function save(string $tab, string $name, array $asked): Notice
    {
        $asked = self::set($asked);
        $others = array_values(array_filter($this->kept(), static fn (array $one) => [$one['tab'], $one['name']] !== [$tab, $name]));
        $ofPage = array_filter($others, static fn (array $one) => $one['tab'] === $tab);
        $problem = match (true) {
            $name === '' => 'filter_no_name',
            $asked === [] => 'filter_empty',
            max(array_map(mb_strlen(...), [$name, ...array_values($asked)])) > self::LONGEST => 'filter_too_long',
            count($ofPage) >= self::MOST => 'filter_too_many',
            default => '',
        };
        if ($problem !== '') {
            return Notice::problem($this->view->text($problem, $problem === 'filter_too_many' ? self::MOST : self::LONGEST));
        }
        $this->keep([...$others, ['tab' => $tab, 'name' => $name, 'asked' => $asked]]);
        $this->pages->goTo('filter_saved', ['tab' => $tab] + $asked);
    }

    public function remove(string $tab, string $name): never
    {
        $this->keep(array_values(array_filter($this->kept(), static fn (array $one) => [$one['tab'], $one['name']] !== [$tab, $name])));
        $this->pages->goTo('filter_removed', ['tab' => $tab]);
    }

    /** @return list<array{tab: string, name: string, asked: array<string, string>}> in the order of names */
    private function kept(): array
    {
        $kept = json_decode((string) \cms_userprefs::get_for_user((int) $this->host->session->loggedInId(), self::KEPT), true);
        $isOne = static fn (mixed $one): bool => is_array($one) && is_string($one['tab'] ?? null) && is_string($one['name'] ?? null)
            && is_array($one['asked'] ?? null) && array_filter($one['asked'], static fn (mixed $value) => !is_string($value)) === [];
        $all = array_values(array_filter(is_array($kept) ? $kept : [], $isOne));
        usort($all, static fn (array $one, array $other) => strnatcasecmp($one['name'], $other['name']));
        return $all;
    }

    /** @param list<array{tab: string, name: string, asked: array<string, string>}> $all */
    private function keep(array $all): void
    {
        // With all but ASCII as escapes: the engine's tables take no letters of four bytes.
        \cms_userprefs::set_for_user((int) $this->host->session->loggedInId(), self::KEPT, json_encode($all, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
    }

    /**
     * @param array<string, string> $asked
     * @return array<string, string> what is not empty
     */
    private static function set(array $asked): array
    {
        return array_filter($asked, static fn (string $value) => $value !== '');
    }
}
