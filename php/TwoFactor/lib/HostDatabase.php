<?php

/**
 * The database of CMS Made Simple.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class HostDatabase
{
    /**
     * @param list<int|string> $values
     * @return list<array<string, mixed>>
     */
    public function rows(string $sql, array $values = []): array
    {
        $rows = $this->connection()->GetArray($sql, $values);
        return is_array($rows) ? array_values($rows) : [];
    }

    /**
     * @param list<int|string> $values
     * @return array<string, mixed>|null
     */
    public function row(string $sql, array $values = []): ?array
    {
        $row = $this->connection()->GetRow($sql, $values);
        return is_array($row) && $row !== [] ? $row : null;
    }

    /** True only when the database answers other questions: one that is away has not said that a table is missing. */
    public function lacksTable(string $table): bool
    {
        return $this->row("SELECT COUNT(*) AS n FROM $table") === null
            && $this->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . 'users') !== null;
    }

    /** @param list<int|string> $values */
    public function execute(string $sql, array $values = []): void
    {
        $this->connection()->Execute($sql, $values);
    }

    /**
     * Runs at the end of the request, also after a redirect. The engine's own shutdown function has closed
     * the database by then, so it is opened once more.
     */
    public function atTheEnd(\Closure $do): void
    {
        register_shutdown_function(function () use ($do): void {
            $database = $this->connection();
            $do(static function () use ($database): void {
                if (method_exists($database, 'IsConnected') && !$database->IsConnected()) {
                    $database->Connect();
                }
            });
        });
    }

    /** The same behind whatever else waits for the end of this request, and may have a header to send. */
    public function atTheVeryEnd(\Closure $do): void
    {
        register_shutdown_function(fn () => $this->atTheEnd($do));
    }

    public function connection(): object
    {
        return \CmsApp::get_instance()->GetDb();
    }
}
