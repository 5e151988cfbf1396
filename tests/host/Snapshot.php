<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * A site at rest in which the modules are installed: made once for each kind of site, by installing them as a person
 * does, and what every other of its kind begins with. Each of those has a copy of all of it, the database included.
 */
final class Snapshot
{
    /** Other modules are for tests to install. */
    public const INSTALLED = ['TwoFactor', 'Witness'];

    /** @param array<string, mixed> $options of the site; those that are no part of what is installed make no difference */
    public static function of(array $options): self
    {
        $kind = array_intersect_key($options, array_flip(['flow', 'database', 'modules', 'config', 'ini', 'environment']));
        // As in Site: a database of null is one that was asked for, SQLite.
        $kind += ['modules' => ['TwoFactor'], 'flow' => getenv('HOST_FLOW') ?: 'new', 'database' => getenv('HOST_DATABASE') ?: null];
        ksort($kind);
        $name = substr(hash('sha256', serialize([$kind, self::sources()])), 0, 12);
        is_dir(Site::base()) || mkdir(Site::base(), 0700, true);
        $folder = Site::base() . "/installed-$name";
        // Tests run side by side: one of them makes it, and the others wait.
        $lock = fopen("$folder.lock", 'c');
        flock($lock, LOCK_EX);
        if (!is_dir($folder)) {
            self::make("$folder-new", $kind);
            rename("$folder-new", $folder);
        }
        fclose($lock);
        return new self($folder, $kind['database']);
    }

    private function __construct(private readonly string $folder, private readonly ?string $database)
    {
    }

    /** All that an installed site is made of, by time and size. @return array<string, array{int, int}> */
    private static function sources(): array
    {
        $found = [Site::extension() => [(int) @filemtime(Site::extension()), (int) @filesize(Site::extension())]];
        foreach ([__DIR__, dirname(__DIR__, 2) . '/php'] as $folder) {
            foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS)) as $file) {
                $found[$file->getPathname()] = [$file->getMTime(), $file->getSize()];
            }
        }
        ksort($found);
        return $found;
    }

    /** @param array<string, mixed> $options */
    private static function make(string $folder, array $options): void
    {
        is_dir($folder) && Site::remove($folder);
        $site = new Site(['folder' => $folder] + $options);
        foreach (self::INSTALLED as $module) {
            if (!in_array($module, $options['modules'], true)) {
                continue;
            }
            $said = $site->install($module);
            str_contains($said, $module) || throw new \RuntimeException("$module was not installed: $said");
        }
        $site->stop();
        $complaints = $site->complaints();
        $complaints === [] || throw new \RuntimeException(implode('', $complaints));
        // What is in a write-ahead log belongs to the file.
        foreach (glob("$folder/{host.sqlite,store/*.sqlite}", GLOB_BRACE) as $file) {
            (new \PDO("sqlite:$file"))->exec('PRAGMA wal_checkpoint(TRUNCATE)');
        }
        array_map('unlink', glob("$folder/{sessions,logs}/*", GLOB_BRACE));
    }

    public function copyTo(Site $site): void
    {
        Site::copy($this->folder, $site->folder);
        if (!$this->database) {
            return;
        }
        $pdo = $site->pdo();
        $pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        $from = Site::databaseOf("{$this->folder}-new");
        foreach ($pdo->query("SHOW TABLES FROM $from")->fetchAll(\PDO::FETCH_COLUMN) as $table) {
            $pdo->exec("CREATE TABLE $table LIKE $from.$table");
            $pdo->exec("INSERT INTO $table SELECT * FROM $from.$table");
        }
    }
}
