<?php

/**
 * The Module Manager can switch a module off, delete its folder, open it to every user of the server, and put another
 * one into its place, without asking the module. Each takes everybody's second factor away, as uninstalling does, and
 * so needs what that needs.
 *
 * The same goes for the module that adds to it: what it lays down for everybody would go with it.
 *
 * A hurdle: whoever may import modules at all runs PHP of their own.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Deactivation
{
    /** Each begins as the first does. */
    private const NAMES = ['TwoFactor', Extensions::MODULE];

    /** Whether this request asks the Module Manager for it, read as the engine reads a request. */
    public static function isAsked(): bool
    {
        $asked = $_REQUEST['mact'] ?? null;
        if (!is_string($asked)) {
            return false;
        }
        [$manager, $id, $action] = explode(',', \cms_htmlentities($asked), 4) + ['', 'm1_', ''];
        if (strcasecmp(trim($manager), 'ModuleManager') !== 0) {
            return false;
        }
        $fields = \ModuleOperations::get_instance()->GetModuleParameters($id);
        return match (strtolower((string) preg_replace('/[^A-Za-z0-9_+-]/', '', $action))) {
            'local_active' => (int) self::text($fields['state'] ?? 0) === 0 && self::isAimedHere($fields['mod'] ?? ''),
            'local_remove', 'local_chmod' => self::isAimedHere($fields['mod'] ?? ''),
            'local_import' => self::isImportedOver($_FILES[$id . 'upload']['tmp_name'] ?? ''),
            'installmodule' => self::isReplaced($fields['modlist'] ?? ''),
            default => false,
        };
    }

    /**
     * The names of other modules are compared as they are on the disk: the database would find this one by other
     * spellings, too, and a path may lead here in many ways.
     */
    private static function isAimedHere(mixed $name): bool
    {
        $name = self::text($name);
        return in_array($name, self::NAMES, true) || !in_array($name, \ModuleOperations::get_instance()->FindAllModules(), true);
    }

    /** The engine unpacks into the folder that the file names. */
    private static function isImportedOver(mixed $file): bool
    {
        $reader = new \XMLReader();
        if (!is_string($file) || !is_uploaded_file($file) || !@$reader->open($file)) {
            return false;
        }
        $found = false;
        while (!$found && @$reader->read()) {
            $element = $reader->nodeType === \XMLReader::ELEMENT ? strtolower($reader->localName) : '';
            if (in_array($element, ['name', 'filename'], true) && @$reader->read()) {
                $found = $element === 'name' ? self::leadsHere($reader->value) : self::leavesFolder($reader->value);
            }
        }
        $reader->close();
        return $found;
    }

    /** What comes from the engine's repository is named by its file. */
    private static function isReplaced(mixed $list): bool
    {
        $modules = json_decode((string) base64_decode(self::text($list)), true);
        foreach (is_array($modules) ? $modules : [] as $name => $about) {
            $file = is_array($about) ? self::text($about['filename'] ?? '') : '';
            if (self::leadsHere((string) $name) || stripos($file, self::NAMES[0]) !== false) {
                return true;
            }
        }
        return false;
    }

    private static function leadsHere(string $name): bool
    {
        return preg_match('/\A\w+\z/', $name) !== 1
            || array_filter(self::NAMES, static fn (string $own) => strcasecmp($name, $own) === 0) !== [];
    }

    /** The engine puts it right behind the name of the module's folder. */
    private static function leavesFolder(string $path): bool
    {
        return preg_match('~\A[\\\\/]~', $path) !== 1 || in_array('..', preg_split('~[\\\\/]+~', $path) ?: [], true);
    }

    private static function text(mixed $value): string
    {
        return is_scalar($value) ? (string) $value : '';
    }
}
