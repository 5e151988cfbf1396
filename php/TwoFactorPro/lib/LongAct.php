<?php

/**
 * An act on everybody whom a filter finds, as far as it has come: a row among the preferences of the administrator who began it,
 * who has one at a time. It goes on in turns, each of which takes the row for itself and writes back how far it came:
 *
 *     waits at a place  ── taken: the row was as it was read ──▶  is at it, until a time  ── written back ──▶  waits further on
 *           ▲                                                          │ that time is over: the turn was broken off
 *           └───────── what is after the place may be done already ────┘
 *
 * Of two turns at once one takes the row. Nothing is decided by it alone: the form that goes on has the mark of what was seen, of
 * whom it is done to, what, why and where to go on. Whoever writes to the site's database changes the row, and not the form.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Host;

final class LongAct
{
    private const KEPT = 'twofactor_long_act';
    /** Seconds after which a turn that has not written back was broken off. */
    private const BROKEN = 120;
    /** Whose names are kept that it could not be done to. */
    private const MOST_FAILURES = 100;

    public int $looked = 0;
    public int $done = 0;
    public int $failed = 0;
    /** @var list<array{int, string}> the first of them, by their ids, and why */
    public array $failures = [];
    /** The last user who was looked at. */
    public int $place = 0;
    /** A turn was broken off: whoever comes next may be done already. */
    public bool $isUncertain = false;
    private int $until = 0;
    private string $kept = '';

    public function __construct(
        private readonly Host $host,
        public readonly int $owner,
        public readonly string $act,
        public readonly string $reason,
        public readonly string $state,
        public readonly string $like,
        public readonly int $total,
        public readonly int $begun,
        public readonly string $id,
    ) {
    }

    /** What this administrator has begun and not ended. */
    public static function of(Host $host, int $owner): ?self
    {
        $row = self::row($host, $owner);
        $kept = json_decode($row, true);
        // Preferences may have been copied from somebody else.
        if (!is_array($kept) || ($kept['owner'] ?? 0) !== $owner || !isset(PersonAct::ALL[$kept['act'] ?? ''])) {
            return null;
        }
        $it = new self($host, $owner, $kept['act'], $kept['reason'], $kept['state'], $kept['like'], $kept['total'], $kept['begun'], $kept['id']);
        foreach (['looked', 'done', 'failed', 'failures', 'place', 'until'] as $field) {
            $it->$field = $kept[$field];
        }
        $it->isUncertain = $kept['is_uncertain'];
        $it->kept = $row;
        return $it;
    }

    /** Of all by which is decided what is done, and to whom next. */
    public function mark(): string
    {
        return hash('sha256', json_encode(
            [$this->owner, $this->act, $this->reason, $this->state, $this->like, $this->total, $this->begun, $this->id, $this->place],
            JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE,
        ));
    }

    /** What was searched for, as it was typed; '' for everybody. */
    public function search(): string
    {
        return strtr($this->like, ['!!' => '!', '!%' => '%', '!_' => '_', '%' => '']);
    }

    private static function row(Host $host, int $owner): string
    {
        $row = $host->database->row('SELECT value FROM ' . CMS_DB_PREFIX . 'userprefs WHERE user_id = ? AND preference = ?', [$owner, self::KEPT]);
        return (string) ($row['value'] ?? '');
    }

    /** Nobody has one any more. */
    public static function forgetAll(Host $host): void
    {
        $host->database->execute('DELETE FROM ' . CMS_DB_PREFIX . 'userprefs WHERE preference = ?', [self::KEPT]);
    }

    /** False where this administrator has another one. */
    public function begin(): bool
    {
        if (self::of($this->host, $this->owner) !== null) {
            return false;
        }
        $this->kept = $this->written();
        \cms_userprefs::set_for_user($this->owner, self::KEPT, $this->kept);
        return true;
    }

    public function isBusy(): bool
    {
        return $this->until > time();
    }

    /** Takes it for a turn; false where somebody else has. */
    public function take(): bool
    {
        if ($this->isBusy()) {
            return false;
        }
        $this->isUncertain = $this->isUncertain || $this->until !== 0;
        $this->until = time() + self::BROKEN;
        return $this->replace();
    }

    /** '' when it was done. */
    public function note(int $userId, ?string $why): void
    {
        $this->place = $userId;
        $this->looked++;
        if ($why === '') {
            $this->done++;
        } elseif ($why !== null) {
            $this->failed++;
            if (count($this->failures) < self::MOST_FAILURES) {
                $this->failures[] = [$userId, $why];
            }
        }
    }

    /** The turn is over. Where the act was stopped meanwhile nothing is left to be written. */
    public function giveBack(): void
    {
        $this->until = 0;
        $this->replace();
    }

    public function end(): void
    {
        $this->host->database->execute('DELETE FROM ' . CMS_DB_PREFIX . 'userprefs WHERE user_id = ? AND preference = ?', [$this->owner, self::KEPT]);
    }

    /** Writes it if it is as it was read: one statement, so of two at once one does. What is there afterwards says which. */
    private function replace(): bool
    {
        $new = $this->written();
        $this->host->database->execute(
            'UPDATE ' . CMS_DB_PREFIX . 'userprefs SET value = ? WHERE user_id = ? AND preference = ? AND value = ?',
            [$new, $this->owner, self::KEPT, $this->kept],
        );
        if (self::row($this->host, $this->owner) !== $new) {
            return false;
        }
        $this->kept = $new;
        return true;
    }

    private function written(): string
    {
        return json_encode([
            // Never the same twice: a database may compare without regard to upper and lower case.
            'turn' => bin2hex(random_bytes(8)),
            'owner' => $this->owner,
            'act' => $this->act,
            'reason' => $this->reason,
            'state' => $this->state,
            'like' => $this->like,
            'total' => $this->total,
            'begun' => $this->begun,
            'id' => $this->id,
            'looked' => $this->looked,
            'done' => $this->done,
            'failed' => $this->failed,
            'failures' => $this->failures,
            'place' => $this->place,
            'is_uncertain' => $this->isUncertain,
            'until' => $this->until,
        ], JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
    }
}
