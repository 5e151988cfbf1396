<?php

/**
 * What the engine's tables say of this module: whether it would be loaded. Where it is not, no second factor is asked for,
 * and no page says so.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class EngineModules
{
    public function __construct(private readonly Host $host)
    {
    }

    /**
     * Why the engine would not load the module.
     *
     * @return list<string>
     */
    public function troubles(): array
    {
        $row = $this->host->database->row('SELECT status, active FROM ' . CMS_DB_PREFIX . 'modules WHERE module_name = ?', [
            'TwoFactor',
        ]);
        if ($row === null) {
            return ['The module is not installed: NO SECOND FACTOR IS ASKED FOR. Install it under Site Admin, Module'
                . ' Manager.'];
        }
        $troubles = [];
        if ($row['status'] !== 'installed' || !(int) $row['active']) {
            $troubles[] = 'The module is not active: NO SECOND FACTOR IS ASKED FOR. Activate it in the Module Manager.';
        }
        foreach ($this->missing() as $missing) {
            $troubles[] = "The database says that TwoFactor needs the module $missing, as version 3 did, and it is not"
                . ' there: the CMS does not load TwoFactor, and NO SECOND FACTOR IS ASKED FOR. Run: operator.php repair';
        }
        return $troubles;
    }

    /**
     * Lets the engine load it without the modules that it can no longer load before.
     *
     * @return list<string> their names
     */
    public function repair(): array
    {
        $missing = $this->missing();
        if ($missing !== []) {
            $this->host->database->execute(
                'DELETE FROM ' . CMS_DB_PREFIX . 'module_deps WHERE child_module = ?',
                ['TwoFactor'],
            );
            \CmsApp::get_instance()->clear_cached_files();
        }
        return $missing;
    }

    /**
     * Modules that the engine would have to load first and cannot: they are not installed, switched off, too old, or
     * their folder is gone.
     *
     * @return list<string>
     */
    private function missing(): array
    {
        $needed = $this->host->database->rows(
            'SELECT d.parent_module AS name, d.minimum_version AS least, m.version, m.status, m.active FROM '
            . CMS_DB_PREFIX . 'module_deps d LEFT JOIN ' . CMS_DB_PREFIX
            . 'modules m ON m.module_name = d.parent_module WHERE d.child_module = ?',
            ['TwoFactor'],
        );
        $missing = array_filter($needed, static fn (array $row) => $row['status'] !== 'installed'
            || !(int) $row['active']
            || version_compare((string) $row['version'], (string) $row['least'], '<')
            || !is_file(CMS_ROOT_PATH . "/modules/{$row['name']}/{$row['name']}.module.php"));
        return array_map(static fn (array $row) => (string) $row['name'], array_values($missing));
    }
}
