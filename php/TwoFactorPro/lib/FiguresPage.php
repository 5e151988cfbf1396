<?php

/**
 * Site Admin, Two-factor, Premium, Figures: who has which factor and who has to set one up, what happened on each day, where
 * codes went and from where most answers were wrong; as pictures with their tables, and as files. The extension counts; nothing
 * here opens an account or reads through events.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class FiguresPage extends AdminPage
{
    private const PERIODS = [30, 90, 365];
    /** What the table of days has, and the file of them. */
    private const OF_A_DAY = [
        'challenges', 'signIns', 'stepUps', 'failures', 'blocked', 'disabled', 'enrolments', 'removals', 'codesSent', 'codesFailed',
        'networkRefusals', 'alerts',
    ];
    /** What is counted of accounts, beside all of them. */
    private const OF_ACCOUNTS = ['enrolled', 'strong', 'due', 'overdue', 'locked', 'disabled', 'withoutCodes', 'unused', 'unreadable'];
    private const FILES = ['days', 'accounts', 'messages', 'networks'];

    public function __construct(
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $days = in_array($input->number('days'), self::PERIODS, true) ? $input->number('days') : self::PERIODS[1];
        // A turn of it, which on a small site is all.
        $this->verification->refreshFigures();
        $json = $this->verification->figures($days);
        $figures = json_decode($json, true, 16, JSON_THROW_ON_ERROR);
        $file = $input->text('file');
        if ($file === 'json' || in_array($file, self::FILES, true)) {
            $kind = $file === 'json' ? 'json' : 'csv';
            Download::send($this->view, $file === 'json' ? 'figures' : $file, $kind, [$file === 'json' ? $json : $this->csv($file, $figures)]);
        }
        return $this->pages->page('TwoFactorPro;figures', $notice, [
            'figures' => $figures,
            'about' => $this->about($figures),
            'accounts' => $this->accounts($figures['accounts'] ?? []),
            'charts' => array_filter([$this->adoption($figures['adoption']), ...$this->charts($figures['days'])]),
            'methods' => $this->methods($figures),
            'delivery' => array_map($this->delivery(...), $figures['delivery']),
            'messages' => $figures['messages'],
            'networks' => $figures['networks'],
            'periods' => array_map(fn (int $one) => [
                'text' => $this->view->days($one),
                'url' => $this->pages->url(['tab' => 'figures', 'days' => $one]),
                'current' => $one === $days,
            ], self::PERIODS),
            'files' => array_map(fn (string $one) => [
                'text' => $this->view->text($one === 'json' ? 'figures_json' : "figures_csv_$one"),
                'url' => $this->pages->url(['tab' => 'figures', 'days' => $days, 'file' => $one]),
            ], [...self::FILES, 'json']),
        ]);
    }

    /**
     * Of when the figures are.
     *
     * @param array<string, mixed> $figures
     * @return list<string>
     */
    private function about(array $figures): array
    {
        $at = fn (?string $time): string => $this->view->moment(new \DateTimeImmutable((string) $time));
        $accounts = $figures['accounts']['at'] ?? null;
        return [
            $figures['counted']['isComplete']
                ? $this->view->text('figures_counted')
                : $this->view->text('figures_counting'),
            $accounts === null ? $this->view->text('figures_no_accounts') : $this->view->text('figures_accounts_at', $at($accounts)),
        ];
    }

    /**
     * @param array<string, mixed> $accounts nothing where they were not looked at yet
     * @return list<array{name: string, number: int, share: string, bar: string}>
     */
    private function accounts(array $accounts): array
    {
        return $accounts === [] ? [] : array_map(fn (string $one) => [
            'name' => $this->view->text('figures_' . self::snake($one)),
            'number' => $accounts[$one],
            'share' => self::share($accounts[$one], $accounts['accounts']),
            'bar' => Chart::bar($accounts[$one], $accounts['accounts']),
        ], self::OF_ACCOUNTS);
    }

    /**
     * @param list<array<string, mixed>> $course
     * @return array<string, mixed>|null
     */
    private function adoption(array $course): ?array
    {
        if ($course === []) {
            return null;
        }
        $days = array_map(static fn (array $one) => substr($one['at'], 0, 10), $course);
        $rows = array_map(static fn (string $what) => array_column($course, $what), ['accounts', 'enrolled']);
        return [
            'id' => 'adoption',
            'title' => $this->view->text('figures_adoption'),
            'image' => Chart::lines($days, $rows),
            'heads' => [$this->view->text('figures_accounts'), $this->view->text('figures_enrolled')],
            'is_lines' => true,
            'rows' => array_reverse(array_map(null, $days, ...$rows)),
            'sums' => [],
        ];
    }

    /**
     * @param list<array<string, mixed>> $days
     * @return list<array<string, mixed>>
     */
    private function charts(array $days): array
    {
        $names = array_column($days, 'day');
        return array_map(function (array $what) use ($days, $names): array {
            $rows = array_map(static fn (string $one) => array_column($days, $one), $what);
            $isSome = static fn (array $row): bool => array_sum(array_slice($row, 1)) > 0;
            return [
                'id' => self::snake($what[0]),
                'title' => $this->view->text('figures_chart_' . self::snake($what[0])),
                'image' => count($rows) === 1 ? Chart::columns($names, $rows[0]) : Chart::lines($names, $rows),
                'heads' => array_map(fn (string $one) => $this->view->text('figures_' . self::snake($one)), $what),
                'is_lines' => count($rows) > 1,
                // Days on which nothing happened would hide the others.
                'rows' => array_values(array_filter(array_reverse(array_map(null, $names, ...$rows)), $isSome)),
                'sums' => array_map(array_sum(...), $rows),
            ];
        }, [['challenges', 'signIns'], ['failures'], ['blocked', 'disabled'], ['enrolments', 'removals'], ['codesSent', 'codesFailed'], ['networkRefusals']]);
    }

    /**
     * @param array<string, mixed> $figures
     * @return list<array<string, mixed>>
     */
    private function methods(array $figures): array
    {
        $enrolled = $figures['accounts']['methods'] ?? [];
        $rows = [];
        foreach ($figures['methods'] as $method => $counts) {
            $accounts = $enrolled[$method] ?? 0;
            if ($accounts + array_sum($counts) > 0 && $method !== 'none') {
                $rows[] = [
                    'name' => $this->view->textOr("method_$method", $this->view->text('figures_device')),
                    'accounts' => $accounts,
                    'bar' => Chart::bar($accounts, $figures['accounts']['accounts'] ?? 0),
                ] + $counts;
            }
        }
        return $rows;
    }

    /**
     * @param array<string, mixed> $one
     * @return array<string, mixed>
     */
    private function delivery(array $one): array
    {
        $cost = [];
        foreach ($one['pricesInMillionths'] as $currency => $millionths) {
            $cost[] = number_format($millionths / 1_000_000, 2, '.', '') . ' ' . $currency;
        }
        return ['way' => $this->view->textOr('method_' . $one['channel'], $one['channel']), 'cost' => implode(', ', $cost)] + $one;
    }

    /** @param array<string, mixed> $figures */
    private function csv(string $file, array $figures): string
    {
        [$head, $rows] = match ($file) {
            'days' => [['day', ...self::OF_A_DAY], $figures['days']],
            'accounts' => [['at', 'accounts', ...self::OF_ACCOUNTS], $figures['adoption']],
            'messages' => [['country', 'provider', 'sent', 'delivered', 'failed'], $figures['messages']],
            'networks' => [['network', 'wrong', 'refused', 'surplus'], $figures['networks']],
        };
        return Sheet::csv($head, array_map(
            static fn (array $row) => array_map(static fn (string $column) => $row[$column], $head),
            $rows,
        ));
    }

    private static function share(int $part, int $whole): string
    {
        return $whole < 1 ? '' : round(100 * $part / $whole) . ' %';
    }

    /** `signIns` as it is in the key of a text. */
    private static function snake(string $name): string
    {
        return strtolower((string) preg_replace('/[A-Z]/', '_$0', $name));
    }
}
