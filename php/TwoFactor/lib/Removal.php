<?php

/**
 * Leaving for good: everything the extension keeps for this site, the tables or the file it is kept in if nobody else
 * uses them, the key that was made on the module's page, and what version 3 left. Afterwards the site is as one where
 * the second factor was never set up, and the module can be uninstalled.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Removal
{
    private const TABLES = ['account', 'audit', 'phone', 'shared_row', 'message', 'aging', 'schema'];

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
        private readonly FormerVersion $formerVersion,
    ) {
    }

    /**
     * @return list<string> files that are still there and hold secrets
     * @throws Unverifiable
     */
    public function everything(Actor $actor): array
    {
        // Read before the preferences that name them go.
        [$store, $key] = [$this->settings->store(), $this->settings->keyFileMadeHere()];
        $isLast = $this->verification->ask(static fn ($verifier) => $verifier->removeSite($actor->by, $actor->grant));
        $this->verification->forget();
        $left = $isLast ? $this->removeStore($store) : [];
        if ($key !== '' && is_file($key) && !@unlink($key)) {
            $left[] = $key;
        }
        if ($this->formerVersion->holdsSecrets()) {
            $this->formerVersion->remove();
        }
        $this->settings->forgetEverything();
        $this->host->log('log_removed_for_good');
        return $left;
    }

    /** @return list<string> */
    private function removeStore(string $store): array
    {
        if (str_starts_with($store, 'mysql:') && $this->settings->isSiteDatabase($store)) {
            $schema = \NewDataDictionary($this->host->database->connection());
            foreach (self::TABLES as $table) {
                $schema->ExecuteSQLArray($schema->DropTableSQL(CMS_DB_PREFIX . "twofactor_$table"));
            }
            return [];
        }
        if (!str_starts_with($store, 'sqlite:')) {
            return [];
        }
        $file = (string) strtok(substr($store, strlen('sqlite:')), '?');
        $left = [];
        foreach (['', '-wal', '-shm', '.lock', '.key'] as $suffix) {
            if (file_exists($file . $suffix) && !@unlink($file . $suffix)) {
                $left[] = $file . $suffix;
            }
        }
        return $left;
    }
}
