<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * A site at rest in which the modules are installed: made once for each kind of site, by installing them as a person
 * does, and what every other of its kind begins with. Each of those has a copy of all of it, the database included.
 *
 * The sites of one process come one after the other, each in the folder that the one before has left: code that is as
 * it was stays there, and with it what PHP and Smarty have compiled of it, which they know by its path. Of everything
 * else nothing is left. Where a test has changed the code, nothing of the folder is.
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

    /** @var array<string, array<string, array{bool, int, int, int}>> by folder: path to directory, size, time, mode */
    private static array $listed = [];
    private string $place = '';

    private function __construct(private readonly string $folder, private readonly ?string $database)
    {
        if (!self::$listed) {
            $process = getmypid();
            // Not by a copy of this process.
            register_shutdown_function(static fn () => $process === getmypid() && array_map(
                static fn (string $folder) => is_dir($folder) && Site::remove($folder),
                glob(Site::base() . "/of-$process-*"),
            ));
        }
        self::$listed[$folder] ??= self::entries($folder);
    }

    /** Where this process has its sites of this kind, one at a time. */
    public function place(): string
    {
        return $this->place ?: $this->place = Site::base() . '/of-' . getmypid() . '-' . substr(basename($this->folder), strlen('installed-'));
    }

    /** Where PHP keeps what it has compiled of those sites. */
    public function compiled(): string
    {
        return $this->place() . '-compiled';
    }

    /** @return array<string, array{bool, int, int, int}> */
    private static function entries(string $folder): array
    {
        $found = [];
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS), \RecursiveIteratorIterator::SELF_FIRST);
        foreach ($files as $file) {
            $at = $file->isLink() ? [] : stat($file->getPathname());
            $is = (bool) ($at && $file->isDir());
            $found[$files->getSubPathname()] = [$is, $is ? 0 : $at['size'] ?? -1, $is ? 0 : $at['mtime'] ?? 0, ($at['mode'] ?? 0) & 0777];
        }
        return $found;
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
        $this->renew($site->folder);
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

    /** Makes of the folder what a copy of this site is, whatever is there. */
    private function renew(string $folder): void
    {
        clearstatcache();
        $wanted = self::$listed[$this->folder];
        $there = is_dir($folder) ? self::entries($folder) : [];
        foreach (array_reverse($there) as $path => $as) {
            $isKept = str_starts_with($path, 'www/');
            if (preg_match('#^www/tmp/templates_c(/|$)#', $path) || $isKept && ($wanted[$path] ?? null) === $as) {
                continue;
            }
            if ($isKept && !preg_match('#^www/(tmp/|config\.php$)#', $path)) {
                // Somebody has changed the code: what was compiled may be of what stood there meanwhile.
                Site::remove($folder);
                is_dir($this->compiled()) && Site::remove($this->compiled());
                $there = [];
                break;
            }
            if ($path !== 'www' && !($as[0] && ($wanted[$path][0] ?? false))) {
                $as[0] ? rmdir("$folder/$path") : unlink("$folder/$path");
                unset($there[$path]);
            }
        }
        foreach ($folder === $this->place() ? [$folder, $this->compiled()] : [$folder] as $needed) {
            is_dir($needed) || mkdir($needed, 0700, true);
        }
        foreach ($wanted as $path => [$isDirectory, , $time, $mode]) {
            if ($isDirectory) {
                isset($there[$path]) || mkdir("$folder/$path", 0700);
                isset($there[$path]) && $there[$path][3] !== 0700 && chmod("$folder/$path", 0700);
            } elseif (!isset($there[$path])) {
                Site::copyFile("$this->folder/$path", "$folder/$path", $time, $mode);
            }
        }
    }
}
