<?php

/**
 * Where a key file may lie: anywhere a web server does not serve. Links are followed, so that neither a
 * link inside the document root nor one leading into it goes unseen.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Verifier;

final class KeyFile
{
    public function __construct(private readonly Host $host)
    {
    }

    /** Null when the place is right, otherwise the language key of what is wrong. */
    public function objection(string $path): ?string
    {
        $served = [CMS_ROOT_PATH, $_SERVER['DOCUMENT_ROOT'] ?? '', $this->host->configText('uploads_path')];
        $objection = Verifier::pathObjection($path, array_filter($served, is_string(...)));
        return $objection === null ? null : 'key_' . View::key($objection);
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
        return Verifier::createKeyFile($path);
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
}
