<?php

declare(strict_types=1);

namespace TwoFactorTests;

use TwoFactorModule\Act;
use TwoFactorModule\Administration;

require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Permission.php';
require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Act.php';
require_once dirname(__DIR__, 3) . '/php/TwoFactor/lib/Administration.php';

/** What the pages of the module change when they are asked to, read from the module itself, so that nothing new is forgotten. */
final class Changes
{
    private static function source(string $file): string
    {
        return (string) file_get_contents(dirname(__DIR__, 3) . "/php/TwoFactor/$file");
    }

    private static function pro(): string
    {
        return dirname(__DIR__, 3) . '/php/TwoFactorPro';
    }

    /** What administrators may ask for on the pages that TwoFactorPro adds. @return array<string, Act> */
    public static function actsOfPro(): array
    {
        foreach (['Act', 'Extension', 'Extensions'] as $class) {
            require_once dirname(__DIR__, 3) . "/php/TwoFactor/lib/$class.php";
        }
        $acts = [];
        foreach (glob(self::pro() . '/lib/*Extension.php') as $file) {
            require_once $file;
            // Of all that it is made of its acts need nothing.
            $class = new \ReflectionClass('TwoFactorProModule\\' . basename($file, '.php'));
            $acts += $class->newInstanceWithoutConstructor()->acts();
        }
        return $acts;
    }

    /** Pages under Site Admin that TwoFactorPro adds, those about one user among them. @return list<string> */
    public static function tabsOfPro(): array
    {
        self::actsOfPro();
        $tabs = [];
        foreach (glob(self::pro() . '/lib/*Extension.php') as $file) {
            $class = new \ReflectionClass('TwoFactorProModule\\' . basename($file, '.php'));
            $tabs += $class->newInstanceWithoutConstructor()->adminPages();
            preg_match_all("/'(user-[a-z-]+)' => \\w+::class/", (string) file_get_contents($file), $ofUser);
            $tabs += array_fill_keys($ofUser[1], '');
        }
        return array_keys($tabs);
    }

    /** What one's own pages that TwoFactorPro adds do by POST. @return list<string> */
    public static function ofPro(): array
    {
        return array_merge(...array_map(
            static fn (string $file): array => self::arms((string) file_get_contents($file), '\$change\?->text\(\'do\'\)'),
            glob(self::pro() . '/lib/*.php'),
        ));
    }

    /** @return list<string> names of the module's actions, each of which is a page */
    public static function pages(): array
    {
        $files = glob(dirname(__DIR__, 3) . '/php/TwoFactor/action.*.php');
        return array_map(static fn (string $file): string => explode('.', basename($file))[1], $files);
    }

    /** @return array<string, Act> what administrators may ask for, besides a code */
    public static function acts(): array
    {
        return Administration::acts();
    }

    /** What a page does by POST, those of other modules apart. @return list<string> */
    public static function of(string $page): array
    {
        $handler = ['preferences' => 'Preferences', 'sessions' => 'OwnSessions'][$page] ?? null;
        return match ($page) {
            'defaultadmin' => ['send', ...array_keys(self::acts())],
            'page' => [],
            default => array_values(array_unique(self::arms(self::source("lib/$handler.php"), '\$change\?->text\(\'do\'\)'))),
        };
    }

    /** @return array<string, list<string>> page to what it does, those of TwoFactorPro apart */
    public static function all(): array
    {
        $own = array_diff(self::pages(), ['page']);
        return array_combine($own, array_map(self::of(...), $own));
    }

    /** What an administrator's page shows by GET. @return list<string> */
    public static function tabs(): array
    {
        return array_keys(Administration::PAGES);
    }

    /** What the forms on pages ask for. @return list<string> */
    public static function ofForms(): array
    {
        $found = [];
        foreach (glob(dirname(__DIR__, 3) . '/php/{TwoFactor,TwoFactorPro}/templates/*.tpl', GLOB_BRACE) as $file) {
            preg_match_all('/\bdo=\'([a-z-]+)\'|\{\$p\}do" value="([a-z-]+)"/', (string) file_get_contents($file), $matches);
            array_push($found, ...$matches[1], ...$matches[2]);
        }
        return array_values(array_unique(array_filter($found)));
    }

    /** The words that a match over this subject knows. @return list<string> */
    private static function arms(string $source, string $subject): array
    {
        preg_match_all("/match \($subject\) \{(.*?)\n\s*\}/s", $source, $blocks);
        $found = [];
        foreach ($blocks[1] as $block) {
            preg_match_all('/^\s*((?:\'[a-z-]+\'(?:, )?)+) =>/m', $block, $arms);
            array_push($found, ...self::words(implode(' ', $arms[1])));
        }
        return $found;
    }

    /** @return list<string> */
    private static function words(string $list): array
    {
        preg_match_all('/\'([a-z-]+)\'/', $list, $words);
        return $words[1];
    }
}
