<?php

/**
 * What the extension is opened with.
 *
 * Store: config.php `twofactor_store`, else php.ini `twofactor.store`, else the site's own database.
 * Key: php.ini `twofactor.key_file` or the environment variable TWOFACTOR_KEYS, else config.php
 * `twofactor_key_file`, else the file that was created from the module's page. An embedded SQLite store
 * may go without: the extension keeps a key beside it.
 * Page of the links in notices: php.ini `twofactor.notice_url`, else this site's login page, where config.php has the site's
 * address (`root_url`) and that is https.
 * Region: config.php `twofactor_region`, where telephone numbers without a country code are called from.
 * Site: a random id of this site, made at installation and never changed.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Verifier;

final class Settings
{
    private const OWED = 'TwoFactor_owed_';

    public function __construct(
        private readonly Host $host,
        private readonly KeyFile $keyFile,
        private readonly Emergency $emergency,
        private readonly PremiumSettings $premium,
    ) {
    }

    /** Whether the site's profile is the strict one; php.ini alone says so, or the environment. */
    public static function isStrict(): bool
    {
        return ini_get('twofactor.profile') === 'strict';
    }

    /** True from the moment the second factor has worked here once. From then on, what is missing denies. */
    public function isSetUp(): bool
    {
        return $this->host->preference('ready') === '1';
    }

    public function rememberSetUp(): void
    {
        if (!$this->isSetUp()) {
            $this->host->setPreference('ready', '1');
        }
    }

    /** What the store called this site when it was first used, '' before that: the extension takes no other from then on. */
    public function storeId(): string
    {
        return $this->host->preference('store_marked');
    }

    public function rememberStoreId(string $id): void
    {
        $this->host->setPreference('store_marked', $id);
    }

    /**
     * Users whose sessions could not be ended when they had to be, with what was noted of each last. Asked of the
     * database: the engine's copy of the preferences may be an older one.
     *
     * @return array<int, string>
     * @throws Unverifiable when it does not answer: nobody's may be owed then, and everybody's
     */
    public function owed(): array
    {
        $notes = array_column($this->host->database->rows(
            'SELECT sitepref_name, sitepref_value FROM ' . self::preferences() . ' WHERE sitepref_name LIKE ? OR sitepref_name = ?',
            [self::OWED . '%', 'TwoFactor_site'],
        ), 'sitepref_value', 'sitepref_name');
        if (!array_key_exists('TwoFactor_site', $notes)) {
            throw new Unverifiable('The site\'s database does not say whose sign-ins are still to be ended.');
        }
        $owed = [];
        foreach ($notes as $name => $note) {
            if (preg_match('/\A' . self::OWED . '(\d+)\z/', (string) $name, $found)) {
                $owed[(int) $found[1]] = (string) $note;
            }
        }
        return $owed;
    }

    /**
     * One row a user, for whoever has an old cookie can ask for it as often as they like. What is noted is another each
     * time, so that a request that has told the last one does not take away this one.
     */
    public function rememberOwed(int $userId): void
    {
        [$name, $note, $table] = [self::OWED . $userId, bin2hex(random_bytes(8)), self::preferences()];
        $database = $this->host->database;
        $database->execute("UPDATE $table SET sitepref_value = ? WHERE sitepref_name = ?", [$note, $name]);
        if ($database->row("SELECT sitepref_name FROM $table WHERE sitepref_name = ?", [$name]) === null) {
            $database->execute("INSERT INTO $table (sitepref_name, sitepref_value) VALUES (?, ?)", [$name, $note]);
        }
    }

    /** @param array<int, string> $told by user, what was noted and has been told: what was noted meanwhile stays */
    public function forgetOwed(array $told): void
    {
        foreach ($told as $userId => $note) {
            $this->host->database->execute(
                'DELETE FROM ' . self::preferences() . ' WHERE sitepref_name = ? AND sitepref_value = ?',
                [self::OWED . $userId, $note],
            );
        }
    }

    private static function preferences(): string
    {
        return CMS_DB_PREFIX . 'siteprefs';
    }

    /**
     * Whether a password may be set anew by telephone: only if an administrator said so. Where the telephone is the
     * second factor, too, it is then the only one.
     */
    public function offersReset(): bool
    {
        return $this->host->preference('password_reset') === 'on';
    }

    public function offerReset(bool $on): void
    {
        $this->host->setPreference('password_reset', $on ? 'on' : 'off');
    }

    public function forgetReset(): void
    {
        $this->host->removePreference('password_reset');
    }

    /** Where numbers are called from that are written without a country code, '' when the site does not say. */
    public function region(): string
    {
        $region = strtoupper($this->host->configText('twofactor_region'));
        return isset(\TwoFactor\PhoneNumber::regions()[$region]) ? $region : '';
    }

    public function hasKey(): bool
    {
        return $this->engineHasKey()
            || $this->ownKeyFile() !== ''
            || str_starts_with($this->store() ?: self::ini('twofactor.store'), 'sqlite:');
    }

    public function ownKeyFile(): string
    {
        return $this->host->configText('twofactor_key_file') ?: $this->host->preference('key_file');
    }

    /** The key file that was made on the module's page, '' when there is none. */
    public function keyFileMadeHere(): string
    {
        return $this->host->preference('key_file');
    }

    /** What the module remembers of this site, its id included. */
    public function forgetEverything(): void
    {
        $this->forgetOwed($this->owed());
        foreach (['ready', 'store_marked', 'key_file', 'site', 'password_reset'] as $name) {
            $this->host->removePreference($name);
        }
        $this->premium->forgetAll();
    }

    public function useKeyFile(string $path): void
    {
        $this->host->setPreference('key_file', $path);
    }

    /** The store this module names itself, '' when php.ini names it. */
    public function store(): string
    {
        $configured = $this->host->configText('twofactor_store');
        if ($configured !== '') {
            return $configured;
        }
        return self::ini('twofactor.store') !== '' ? '' : $this->siteDatabase();
    }

    /**
     * A stable random id, made when there is none yet.
     *
     * @throws Unverifiable when it has been lost: under another id every account would look unenrolled
     */
    public function site(): string
    {
        $site = $this->host->preference('site');
        if ($site === '' && $this->isSetUp()) {
            throw new Unverifiable('The site id (site preference TwoFactor_site) is gone: restore it from a backup.');
        }
        if ($site === '') {
            $site = bin2hex(random_bytes(16));
            $this->host->setPreference('site', $site);
        }
        return $site;
    }

    /**
     * @param bool $withPremium without what TwoFactorPro adds and without links in notices, where the extension does not take that
     * @return array<string, string>
     * @throws Unverifiable when a file with secrets lies where a web server may serve it, and when it has been lost which
     *     store it was: any empty one would say of everybody that they have no second factor
     */
    public function forExtension(bool $withPremium = true): array
    {
        // Backup codes are shown once, when their set-up is confirmed.
        $settings = ['site' => $this->site(), 'codes_shown' => 'confirm'] + ($withPremium ? $this->premium->forExtension() : []);
        $page = $withPremium && self::ini('twofactor.notice_url') === '' ? Repudiation::address($this->host) : '';
        if ($page !== '') {
            $settings['notice_url'] = $page;
        }
        if (self::ini('twofactor.issuer') === '') {
            $settings['issuer'] = $this->issuer();
        }
        if (ini_get('twofactor.locale') === '') {
            // What the engine has there is nothing to deny a sign-in for.
            preg_match('/^[a-z]{2,3}(?:_[a-z]{2})?$/i', (string) \cms_siteprefs::get('frontendlang', ''), $language);
            $settings['locale'] = strtr($language[0] ?? '', '_', '-');
        }
        if (in_array(self::ini('twofactor.challenge_ttl'), ['', '0'], true)) {
            // A sign-in that is begun has ten minutes.
            $settings['challenge_ttl'] = '600';
        }
        $store = $this->store();
        if ($store !== '') {
            $settings['store'] = $store;
        }
        if ($this->storeId() !== '') {
            $settings['store_id'] = $this->storeId();
        } elseif ($this->isSetUp()) {
            throw new Unverifiable('The id of the store (site preference TwoFactor_store_marked) is gone: restore it from a'
                . ' backup, or uninstall and install the module by the emergency setting.');
        } else {
            // Its id was drawn just now, so nobody here can have a second factor, whoever else is in the store.
            $settings['new_site'] = '1';
        }
        if (!$this->engineHasKey() && $this->ownKeyFile() !== '') {
            $settings['key_file'] = $this->ownKeyFile();
        }
        if ($this->emergency->isActive()) {
            $settings['emergency'] = $this->emergency->from() . '/' . $this->emergency->until();
        }
        $this->refuseServedFiles($store);
        return $settings;
    }

    private function refuseServedFiles(string $store): void
    {
        $files = [self::ini('twofactor.key_file') ?: $this->ownKeyFile(), self::ini('twofactor.providers_file')];
        foreach ([$store, self::ini('twofactor.store')] as $address) {
            if (str_starts_with($address, 'sqlite:')) {
                $files[] = (string) strtok(substr($address, strlen('sqlite:')), '?');
                break;
            }
        }
        foreach (array_filter($files) as $file) {
            if ($this->keyFile->objection($file) !== null) {
                throw new Unverifiable("The file $file must have an absolute path outside the document root.");
            }
        }
    }

    private function engineHasKey(): bool
    {
        // Not getenv(): FPM hides the environment from its workers.
        return Verification::isLoaded() && Verifier::hasKey();
    }

    /**
     * What apps and mails show, and by which some apps take two entries for one: the site's name, and where it has none the
     * name of its server, if that is in config.php. What the engine takes from the request would be anybody's to say.
     */
    private function issuer(): string
    {
        $name = preg_replace('/[\p{C}:\s]+/u', ' ', $this->host->pages->siteName()) ?? '';
        $name = trim(mb_substr(trim($name), 0, 60));
        return $name ?: (string) parse_url($this->host->pages->fixedRootUrl(), PHP_URL_HOST) ?: 'CMS Made Simple';
    }

    /** The database of config.php in the extension's notation. */
    private function siteDatabase(): string
    {
        $server = $this->host->configText('db_hostname');
        $server = str_starts_with($server, 'p:') ? substr($server, 2) : $server;
        $options = ['prefix' => (string) CMS_DB_PREFIX];
        $socket = str_starts_with($server, '/') ? $server : ($server === 'localhost' ? $this->localSocket() : '');
        if ($socket !== '') {
            $server = 'localhost';
            $options['socket'] = $socket;
        }
        $port = (int) $this->host->config('db_port');
        return 'mysql://' . rawurlencode($this->host->configText('db_username'))
            . ':' . rawurlencode((string) $this->host->config('db_password'))
            . '@' . (str_contains($server, ':') ? "[$server]" : $server)
            . ($port > 0 && $socket === '' ? ":$port" : '')
            . '/' . rawurlencode($this->host->configText('db_name'))
            . '?' . http_build_query($options, '', '&', PHP_QUERY_RFC3986);
    }

    /** "localhost" means a socket to PHP's own client; the same one is used here. */
    private function localSocket(): string
    {
        $socket = self::ini('mysqli.default_socket')
            ?: (string) ($this->host->database->row('SELECT @@socket AS socket')['socket'] ?? '');
        return $socket !== '' && @file_exists($socket) ? $socket : '';
    }

    private static function ini(string $name): string
    {
        return trim((string) ini_get($name));
    }
}
