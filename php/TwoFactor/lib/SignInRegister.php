<?php

/**
 * The marked sign-ins: SHA-256 of the engine's login cookie, whose it is, the account's epoch when the
 * login was accepted, and the family, that is everything which came of one login ("Test as this user"
 * mints further cookies). The engine's cookie is a bearer that outlives logout and knows nothing of a
 * second factor; it counts only while its mark is here, for the same user, with the epoch of today.
 *
 * A database error looks like an empty answer, which refuses.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class SignInRegister
{
    /** A sign-in ends after 30 days, however often it is used. */
    private const LIFETIME = 30 * 86400;

    public function __construct(private readonly Host $host)
    {
    }

    public static function table(): string
    {
        return CMS_DB_PREFIX . 'module_twofactor_signins';
    }

    public static function newFamily(): string
    {
        return bin2hex(random_bytes(16));
    }

    public function holds(#[\SensitiveParameter] string $credential, int $userId, int $epoch): bool
    {
        $row = $this->host->database->row(
            'SELECT user_id, epoch, created FROM ' . self::table() . ' WHERE cookie = ?',
            [self::hash($credential)],
        );
        return $row !== null
            && (int) $row['user_id'] === $userId
            && (int) $row['epoch'] === $epoch
            && $this->isRecent($credential, (int) $row['created']);
    }

    /** What is not is over for good. */
    private function isRecent(#[\SensitiveParameter] string $credential, int $created): bool
    {
        $recent = Recent::is($created, self::LIFETIME);
        if (!$recent) {
            $this->host->database->execute('DELETE FROM ' . self::table() . ' WHERE cookie = ?', [self::hash($credential)]);
        }
        return $recent;
    }

    /** @throws Unverifiable when the mark cannot be kept */
    public function add(#[\SensitiveParameter] string $credential, int $userId, int $epoch, string $family): void
    {
        $this->host->database->execute('DELETE FROM ' . self::table() . ' WHERE created < ?', [time() - self::LIFETIME]);
        $this->host->database->execute('DELETE FROM ' . self::table() . ' WHERE cookie = ?', [self::hash($credential)]);
        $this->host->database->execute(
            'INSERT INTO ' . self::table() . ' (cookie, user_id, epoch, family, created) VALUES (?,?,?,?,?)',
            [self::hash($credential), $userId, $epoch, $family, time()],
        );
        if (!$this->holds($credential, $userId, $epoch)) {
            throw new Unverifiable('The verified sign-in could not be written to ' . self::table() . '.');
        }
    }

    /** A cookie that the engine made during a request of a verified sign-in belongs to its family. */
    public function adopt(#[\SensitiveParameter] string $child, #[\SensitiveParameter] string $parent): void
    {
        $this->host->database->execute(
            'INSERT INTO ' . self::table() . ' (cookie, user_id, epoch, family, created)'
            . ' SELECT ?, user_id, epoch, family, created FROM ' . self::table() . ' WHERE cookie = ?',
            [self::hash($child), self::hash($parent)],
        );
    }

    /** After a change of factors: this sign-in goes on with the new epoch, every other one of the user ends. */
    public function keepOnly(#[\SensitiveParameter] string $credential, int $userId, int $epoch): void
    {
        $this->endAllOf($userId);
        $this->add($credential, $userId, $epoch, self::newFamily());
    }

    public function endFamilyOf(#[\SensitiveParameter] string $credential): void
    {
        $row = $this->host->database->row('SELECT family FROM ' . self::table() . ' WHERE cookie = ?', [self::hash($credential)]);
        if ($row !== null) {
            $this->host->database->execute('DELETE FROM ' . self::table() . ' WHERE family = ?', [(string) $row['family']]);
        }
    }

    public function endAllOf(int $userId): void
    {
        $this->host->database->execute('DELETE FROM ' . self::table() . ' WHERE user_id = ?', [$userId]);
    }

    public function endEverything(): void
    {
        $this->host->database->execute('DELETE FROM ' . self::table());
    }

    private static function hash(#[\SensitiveParameter] string $credential): string
    {
        return hash('sha256', $credential);
    }
}
