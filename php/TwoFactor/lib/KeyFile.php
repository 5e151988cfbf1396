<?php

/**
 * Where a key file may lie: anywhere a web server does not serve. Links are followed, so that neither a
 * link inside the document root nor one leading into it goes unseen.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class KeyFile
{
    public function __construct(private readonly Host $host)
    {
    }

    /** Null when the place is right, otherwise the language key of what is wrong. */
    public function objection(string $path): ?string
    {
        if (!str_starts_with($path, '/') && !preg_match('~^[A-Za-z]:[\\\\/]~', $path)) {
            return 'key_not_absolute';
        }
        if (preg_match('~[\x00-\x1f\x7f]~', $path) || preg_match('~(^|[\\\\/])\.\.?([\\\\/]|$)~', $path)) {
            return 'key_not_plain';
        }
        foreach ([$path, $this->resolved($path)] as $seen) {
            foreach ($this->servedDirectories() as $served) {
                if ($seen === $served || str_starts_with($seen, rtrim($served, '/\\') . DIRECTORY_SEPARATOR)) {
                    return 'key_inside_document_root';
                }
            }
        }
        return null;
    }

    /**
     * Creates a key file and returns the id of its key.
     *
     * @throws Unverifiable with the reason as a language key
     * @throws \TwoFactor\Exception\ConfigurationError
     */
    public function create(string $path): string
    {
        $objection = $this->objection($path) ?? (is_dir(dirname($path)) ? null : 'key_no_directory');
        if ($objection !== null) {
            throw new Unverifiable($objection);
        }
        return \TwoFactor\Verifier::createKeyFile($path);
    }

    /** A place to propose: the nearest directory above the site that is not served. */
    public function proposal(): string
    {
        $directory = (string) CMS_ROOT_PATH;
        for ($steps = 0; $steps < 32; $steps++) {
            $directory = dirname($directory);
            $path = rtrim($directory, '/\\') . DIRECTORY_SEPARATOR . 'twofactor.key';
            if ($this->objection($path) === null) {
                return $path;
            }
        }
        return '';
    }

    /** @return list<string> */
    private function servedDirectories(): array
    {
        $directories = [];
        $candidates = [CMS_ROOT_PATH, $_SERVER['DOCUMENT_ROOT'] ?? '', $this->host->configText('uploads_path')];
        foreach ($candidates as $directory) {
            if (is_string($directory) && $directory !== '') {
                $directories[] = rtrim($directory, '/\\') ?: '/';
                $directories[] = realpath($directory) ?: $directory;
            }
        }
        return array_values(array_unique(array_filter($directories, static fn (string $d) => $d !== '/')));
    }

    /** The real path, also of a file that is not there yet. */
    private function resolved(string $path): string
    {
        $real = realpath($path);
        if ($real !== false) {
            return $real;
        }
        $parent = dirname($path);
        return $parent === $path
            ? $path
            : rtrim($this->resolved($parent), '/\\') . DIRECTORY_SEPARATOR . basename($path);
    }
}
