<?php

/**
 * Figures as pictures: SVG within the page, without a script and without anything from elsewhere. Each stands beside a table
 * that says the same, so a picture is hidden from screen readers. Time goes from left to right in every language.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

final class Chart
{
    private const WIDTH = 360;
    private const HEIGHT = 170;
    private const LEFT = 40;
    private const RIGHT = 10;
    private const TOP = 8;
    private const BOTTOM = 22;

    /**
     * One line for each row of numbers, in the order of their days.
     *
     * @param list<string> $days of the numbers, at least one
     * @param non-empty-list<list<int>> $rows as long as the days, at most two
     */
    public static function lines(array $days, array $rows): string
    {
        $top = self::top(max(array_map(max(...), $rows)));
        $last = max(1, count($days) - 1);
        $drawn = '';
        foreach ($rows as $nth => $row) {
            $points = [];
            foreach ($row as $place => $number) {
                $points[] = self::x(count($row) === 1 ? 0.5 : $place / $last) . ',' . self::y($number / $top);
            }
            // A single day is a point.
            $drawn .= count($points) === 1
                ? sprintf('<circle class="tf-line-%d" cx="%s" cy="%s" r="3"/>', $nth, ...explode(',', $points[0]))
                : sprintf('<polyline class="tf-line-%d" points="%s"/>', $nth, implode(' ', $points));
        }
        return self::frame($days, $top, $drawn);
    }

    /**
     * A column for each day.
     *
     * @param list<string> $days of the numbers, at least one
     * @param list<int> $row as long as the days
     */
    public static function columns(array $days, array $row): string
    {
        $top = self::top(max($row));
        $step = (self::WIDTH - self::LEFT - self::RIGHT) / count($days);
        $drawn = '';
        foreach ($row as $place => $number) {
            if ($number > 0) {
                $y = self::y($number / $top);
                $drawn .= sprintf(
                    '<rect x="%.2F" y="%.2F" width="%.2F" height="%.2F"/>',
                    self::LEFT + $place * $step,
                    $y,
                    max(0.6, $step * 0.8),
                    self::HEIGHT - self::BOTTOM - $y,
                );
            }
        }
        return self::frame($days, $top, "<g class=\"tf-columns\">$drawn</g>");
    }

    /** A bar as long as the share is. */
    public static function bar(int $part, int $whole): string
    {
        $width = $whole < 1 ? 0 : 100 * min($part, $whole) / $whole;
        return sprintf(
            '<svg class="tf-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
                . '<rect class="tf-bar-whole" width="100" height="8"/><rect class="tf-bar-part" width="%.2F" height="8"/></svg>',
            $width,
        );
    }

    /** The numbers at the left, the days below. @param list<string> $days */
    private static function frame(array $days, int $top, string $drawn): string
    {
        $lines = '';
        foreach ([0, 0.5, 1] as $share) {
            $number = $top * $share;
            if ($number === (float) (int) $number || $share !== 0.5) {
                $y = self::y($share);
                $lines .= sprintf('<line x1="%d" x2="%d" y1="%s" y2="%s"/>', self::LEFT, self::WIDTH - self::RIGHT, $y, $y)
                    . sprintf('<text x="%d" y="%.2F" text-anchor="end">%s</text>', self::LEFT - 5, $y + 4, self::short((int) $number));
            }
        }
        $foot = self::HEIGHT - 6;
        $ends = count($days) === 1
            ? sprintf('<text x="%d" y="%d" text-anchor="start">%s</text>', self::LEFT, $foot, self::escape($days[0]))
            : sprintf('<text x="%d" y="%d" text-anchor="start">%s</text>', self::LEFT, $foot, self::escape($days[0]))
                . sprintf('<text x="%d" y="%d" text-anchor="end">%s</text>', self::WIDTH - self::RIGHT, $foot, self::escape(end($days)));
        return sprintf('<svg class="tf-chart" viewBox="0 0 %d %d" direction="ltr" aria-hidden="true" focusable="false">', self::WIDTH, self::HEIGHT)
            . "<g class=\"tf-grid\">$lines$ends</g>$drawn</svg>";
    }

    /** The least of 1, 2, 4, 5, 10, 20, … that is no less. */
    private static function top(int $most): int
    {
        for ($ten = 1; ; $ten *= 10) {
            foreach ([1, 2, 4, 5] as $step) {
                if ($step * $ten >= $most) {
                    return $step * $ten;
                }
            }
        }
    }

    private static function short(int $number): string
    {
        return match (true) {
            $number >= 1_000_000 => $number / 1_000_000 . ' M',
            $number >= 10_000 => $number / 1_000 . ' k',
            default => (string) $number,
        };
    }

    private static function x(float $share): string
    {
        return sprintf('%.2F', self::LEFT + $share * (self::WIDTH - self::LEFT - self::RIGHT));
    }

    private static function y(float $share): string
    {
        return sprintf('%.2F', self::HEIGHT - self::BOTTOM - $share * (self::HEIGHT - self::TOP - self::BOTTOM));
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES);
    }
}
