<?php

/**
 * What version 3 of the module left behind: a table with its users' factors, secrets in plain text among them, and the
 * credentials of its SMS provider in the site's preferences.
 *
 * Nothing of it is used, and nothing of it is changed before somebody removes it on purpose. Until then whoever had
 * a factor there is led to set one up here, administrators see whose password alone is enough meanwhile, and the
 * health report names the table.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class FormerVersion
{
    /** Of version 3, and of version 1, which version 3 would have renamed. */
    private const TABLES = ['module_twofactor_usermeta', 'mod_twofactor_usermeta'];
    private const PREFERENCE = 'former_table';
    /** As the engine names the preferences of a module. */
    private const CREDENTIALS = [
        'mapi_pref_twofactor_twilio_api_key', 'mapi_pref_twofactor_twilio_api_secret',
        'mapi_pref_twofactor_twilio_service_sid', 'mapi_pref_twofactor_twilio_enabled',
        'mapi_pref_twofactor_sms_product_key', 'mapi_pref_twofactor_smscredit_enabled',
        'mapi_pref_twofactor_sms_available',
    ];
    /** Drawn anew whenever the answer to who owes a factor may be another one. */
    private const CHANGE = 'former_change';
    private const KEPT = 'twofactor_former';
    /** In seconds: how long a session keeps that answer, for what is changed past the module. */
    private const KEEPS = 600;
    private const ENABLED = '_two_factor_enabled_providers';
    private const SECRET = '_two_factor_totp_key';
    /** Names on a bar; more make it no clearer. */
    private const NAMED = 12;
    /** Whose accounts are opened for them. */
    private const LOOKED_AT = 500;

    public function __construct(private readonly Host $host, private readonly Verification $verification)
    {
    }

    /** '' when there is none, as far as anybody has looked. */
    public function table(): string
    {
        $name = $this->host->preference(self::PREFERENCE);
        return in_array($name, self::TABLES, true) ? CMS_DB_PREFIX . $name : '';
    }

    /** When the module comes or is upgraded: looks once, so that sites without the table are not asked again. */
    public function look(): void
    {
        foreach (self::TABLES as $name) {
            if ($this->host->database->row('SELECT COUNT(*) AS n FROM ' . CMS_DB_PREFIX . $name) !== null) {
                $this->host->setPreference(self::PREFERENCE, $name);
                return;
            }
        }
    }

    public function isThere(): bool
    {
        return $this->table() !== '';
    }

    /** Looks again, for somebody may have dropped the table by hand: then it is no longer spoken of. */
    public function isStillThere(): bool
    {
        if ($this->isThere() && $this->host->database->lacksTable($this->table())) {
            $this->forget();
        }
        return $this->isThere();
    }

    /** Whether secrets of its SMS provider are there, which is so without the table, too. */
    public function hasCredentials(): bool
    {
        return $this->host->preference('mapi_pref_twofactor_twilio_api_secret') !== ''
            || $this->host->preference('mapi_pref_twofactor_sms_product_key') !== '';
    }

    /** Whether anything is left that somebody should remove. */
    public function holdsSecrets(): bool
    {
        return $this->isStillThere() || $this->hasCredentials();
    }

    /** A factor or a user has changed: every session asks anew who owes one. */
    public function noteChange(): void
    {
        if ($this->isThere()) {
            $this->host->setPreference(self::CHANGE, bin2hex(random_bytes(8)));
        }
    }

    /**
     * Whether this user had a factor there and has none here.
     *
     * @throws Unverifiable
     */
    public function owes(int $userId): bool
    {
        return $this->isThere()
            && in_array($userId, $this->users(), true)
            && ($this->verification->isPending() || !$this->verification->account($userId)->isEnrolled());
    }

    /**
     * For a bar on every page, which must not open accounts for every page: the names as this session has learnt them,
     * until something changes.
     *
     * @throws Unverifiable
     */
    public function namesKept(): string
    {
        $kept = $_SESSION[self::KEPT] ?? null;
        $change = $this->host->preference(self::CHANGE);
        if (!is_array($kept) || $kept['change'] !== $change || abs(time() - $kept['at']) > self::KEEPS) {
            $kept = ['names' => $this->namesOwing(), 'change' => $change, 'at' => time()];
            $_SESSION[self::KEPT] = $kept;
        }
        return $kept['names'];
    }

    /**
     * The names of those who had a factor there, can sign in and have none here: the first, and how many more of those who
     * were looked at.
     *
     * @throws Unverifiable
     */
    public function namesOwing(): string
    {
        $ids = $this->isStillThere() ? $this->users() : [];
        $looked = array_slice($ids, 0, self::LOOKED_AT);
        // Without a key nobody has a factor here yet.
        $owing = $this->verification->isPending() ? $looked : array_filter($looked, $this->lacksFactor(...));
        $users = array_values(array_filter(array_map($this->host->users->userWhoMaySignIn(...), $owing)));
        $names = array_map(static fn (\User $user) => (string) $user->username, array_slice($users, 0, self::NAMED));
        $more = count($users) - count($names);
        return implode(', ', $names) . ($more > 0 ? " … +$more" : '') . ($looked === $ids ? '' : ' …');
    }

    /** Who cannot be read has one. @throws Unverifiable */
    private function lacksFactor(int $userId): bool
    {
        return $this->verification->quietly(fn () => $this->verification->accountIfReadable($userId))?->isEnrolled() === false;
    }

    /** Removes the table and every secret in it, and what its SMS provider was asked with, for good. */
    public function remove(): void
    {
        if ($this->isThere()) {
            $schema = \NewDataDictionary($this->host->database->connection());
            $schema->ExecuteSQLArray($schema->DropTableSQL($this->table()));
        }
        array_map($this->host->removePreference(...), self::CREDENTIALS);
        $this->forget();
        $this->host->log('log_former_removed');
    }

    private function forget(): void
    {
        $this->host->removePreference(self::PREFERENCE);
        $this->host->removePreference(self::CHANGE);
        unset($_SESSION[self::KEPT]);
    }

    /** @return list<int> */
    private function users(): array
    {
        $rows = $this->host->database->rows(
            'SELECT user_id, meta_key, meta_value FROM ' . $this->table() . ' WHERE meta_key IN (?, ?) ORDER BY user_id',
            [self::ENABLED, self::SECRET],
        );
        $users = [];
        foreach ($rows as $row) {
            // What cannot be read may have been a factor: better to ask once too often.
            $value = @unserialize((string) $row['meta_value'], ['allowed_classes' => false]);
            if ($value !== [] && $value !== null && $value !== '') {
                $users[(int) $row['user_id']] = true;
            }
        }
        return array_keys($users);
    }
}
