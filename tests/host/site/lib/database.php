<?php

/**
 * The database as modules of CMS Made Simple know it: ADOdb's names, null instead of exceptions, and a
 * literal question mark in the SQL that makes a query fail. SQLite or MariaDB underneath.
 */

namespace CMSMS\Database;

final class Connection
{
    private \PDO $pdo;
    private int $errno = 0;
    private string $error = '';
    private bool $isSqlite;
    public int $query_count = 0;

    public function __construct(\ArrayAccess $config)
    {
        $this->isSqlite = isset($config['host_sqlite']);
        $this->pdo = $this->isSqlite
            ? new \PDO('sqlite:' . $config['host_sqlite'], null, null, [\PDO::ATTR_TIMEOUT => 10])
            : new \PDO(
                // The real connection has the 3-byte utf8: a 4-byte character cannot be stored.
                "mysql:host={$config['db_hostname']};port={$config['db_port']};dbname={$config['db_name']};charset=utf8",
                $config['db_username'],
                $config['db_password'],
            );
        $this->pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        if ($this->isSqlite) {
            $this->pdo->sqliteCreateFunction('CONCAT', static fn (...$parts): string => implode('', $parts));
        }
    }

    /** @return ResultSet|null null on any error: see ErrorNo() and ErrorMsg() */
    public function Execute($sql, $parameters = null)
    {
        $this->errno = 0;
        $this->error = '';
        $this->query_count++;
        try {
            // Each ? takes a parameter, also one inside a string.
            $parameters = $parameters === null ? [] : (is_array($parameters) ? array_values($parameters) : array_slice(func_get_args(), 1));
            if (substr_count($sql, '?') !== count($parameters)) {
                throw new \PDOException('the number of parameters does not match the number of question marks');
            }
            if ($this->isSqlite) {
                $sql = preg_replace('/\bNOW\(\)/i', "datetime('now')", $sql);
            }
            $statement = $this->pdo->prepare($sql);
            $statement->execute($parameters);
            return new ResultSet($statement->columnCount() ? $statement->fetchAll(\PDO::FETCH_ASSOC) : [], $statement->rowCount());
        } catch (\PDOException $e) {
            // 1062 is what a module looks for after an INSERT.
            $duplicate = ($e->errorInfo[0] ?? '') === '23000';
            $this->errno = $duplicate ? 1062 : (int) ($e->errorInfo[1] ?? 1);
            $this->error = $e->getMessage();
            return null;
        }
    }

    public function SelectLimit($sql, $limit = -1, $offset = -1, $parameters = null)
    {
        $sql .= ' LIMIT ' . ($limit < 0 ? PHP_INT_MAX : (int) $limit) . ($offset > 0 ? ' OFFSET ' . (int) $offset : '');
        return $this->Execute($sql, $parameters);
    }

    public function GetArray($sql, $parameters = null)
    {
        return $this->Execute($sql, $parameters)?->GetArray();
    }

    public function GetAll($sql, $parameters = null)
    {
        return $this->GetArray($sql, $parameters);
    }

    public function GetRow($sql, $parameters = null)
    {
        return $this->Execute($sql, $parameters)?->FetchRow() ?: null;
    }

    public function GetOne($sql, $parameters = null)
    {
        $row = $this->GetRow($sql, $parameters);
        return $row ? reset($row) : null;
    }

    public function GetCol($sql, $parameters = null): array
    {
        return array_map(static fn (array $row) => reset($row), $this->GetArray($sql, $parameters) ?? []);
    }

    public function GetAssoc($sql, $parameters = null): array
    {
        $result = [];
        foreach ($this->GetArray($sql, $parameters) ?? [] as $row) {
            $result[array_shift($row)] = count($row) === 1 ? reset($row) : $row;
        }
        return $result;
    }

    public function GenID($sequence): int
    {
        $this->Execute("UPDATE $sequence SET id = id + 1");
        return (int) $this->GetOne("SELECT id FROM $sequence");
    }

    public function Insert_ID(): int
    {
        return (int) $this->pdo->lastInsertId();
    }

    public function DBTimeStamp($time): string
    {
        return "'" . date('Y-m-d H:i:s', is_numeric($time) ? (int) $time : strtotime($time)) . "'";
    }

    public function UnixTimeStamp($text)
    {
        return strtotime((string) $text);
    }

    public function qStr($text): string
    {
        return $this->pdo->quote((string) $text);
    }

    public function ErrorNo(): int
    {
        return $this->errno;
    }

    public function ErrorMsg(): string
    {
        return $this->error;
    }

    public function Affected_Rows(): int
    {
        return 0;
    }

    public function MetaTables(): array
    {
        return $this->GetCol($this->isSqlite ? "SELECT name FROM sqlite_master WHERE type = 'table'" : 'SHOW TABLES');
    }

    public function IsSQLite(): bool
    {
        return $this->isSqlite;
    }

    public function BeginTrans(): bool
    {
        return $this->pdo->beginTransaction();
    }

    public function CommitTrans($ok = true): bool
    {
        return $ok ? $this->pdo->commit() : $this->pdo->rollBack();
    }

    public function RollbackTrans(): bool
    {
        return $this->pdo->rollBack();
    }
}

final class ResultSet
{
    public $fields = false;
    public bool $EOF;
    private int $at = 0;

    public function __construct(private array $rows, private int $affected)
    {
        $this->seek(0);
    }

    private function seek(int $at): void
    {
        $this->at = $at;
        $this->fields = $this->rows[$at] ?? false;
        $this->EOF = $this->fields === false;
    }

    public function MoveNext(): void
    {
        $this->seek($this->at + 1);
    }

    public function FetchRow()
    {
        $row = $this->fields;
        if ($row !== false) {
            $this->MoveNext();
        }
        return $row;
    }

    public function GetArray(): array
    {
        return $this->rows;
    }

    public function RecordCount(): int
    {
        return count($this->rows);
    }

    public function Fields($name)
    {
        return $this->fields[$name] ?? null;
    }

    public function Close(): void
    {
    }
}

/** Tables in ADOdb's notation, as far as modules use it: C(n) I I1 I4 I8 X XL D DT L, with KEY, NOTNULL, AUTO. */
final class DataDictionary
{
    private const TYPES = ['C' => 'VARCHAR', 'I' => 'INT', 'I1' => 'TINYINT', 'I4' => 'INT', 'I8' => 'BIGINT', 'X' => 'TEXT', 'XL' => 'LONGTEXT', 'D' => 'DATE', 'DT' => 'DATETIME', 'L' => 'TINYINT'];

    public function __construct(private Connection $db)
    {
    }

    public function CreateTableSQL($table, $columns, $options = []): array
    {
        $definitions = $keys = [];
        foreach (preg_split('/,(?![^(]*\))/', $columns) as $column) {
            preg_match('/^\s*(\w+)\s+([A-Z0-9]+)(\(\d+\))?(.*)$/i', $column, $parts);
            [, $name, $type, $length, $rest] = $parts;
            $definitions[] = "$name " . self::TYPES[strtoupper($type)] . $length . (preg_match('/NOTNULL|KEY/i', $rest) ? ' NOT NULL' : '');
            if (preg_match('/\b(KEY|PRIMARY)\b/i', $rest)) {
                $keys[] = $name;
            }
        }
        if ($keys) {
            $definitions[] = 'PRIMARY KEY (' . implode(', ', $keys) . ')';
        }
        $engine = $this->db->IsSQLite() ? '' : ' ' . ($options['mysqli'] ?? $options['mysql'] ?? 'ENGINE=MyISAM');
        return ["CREATE TABLE $table (" . implode(', ', $definitions) . ")$engine"];
    }

    public function CreateIndexSQL($name, $table, $columns, $options = []): array
    {
        return ['CREATE ' . (in_array('UNIQUE', (array) $options, true) ? 'UNIQUE ' : '') . "INDEX $name ON $table (" . implode(', ', (array) $columns) . ')'];
    }

    public function DropTableSQL($table): array
    {
        return ["DROP TABLE $table"];
    }

    /** 2 when all went well, 0 when one did not. */
    public function ExecuteSQLArray($statements, $goOn = true): int
    {
        $done = 2;
        foreach ($statements as $sql) {
            if ($this->db->Execute($sql) === null) {
                $done = 0;
                if (!$goOn) {
                    break;
                }
            }
        }
        return $done;
    }
}

namespace CMSMS;

// The class that old modules and `ADOConnection` type hints know.
class_alias(\CMSMS\Database\Connection::class, 'ADOConnection');
