<?php

/**
 * The same page of the challenge, sent twice: by a double click, by Enter twice, by a password manager. The browser
 * shows the second answer and drops the first, with the cookies in it; so the second leads to what the first did.
 *
 *   first    code right ─ the session of the challenge stays behind, empty but for a note ─ signed in, in a new one
 *   second   with the old session, the same page and the same code ─ waits for the first ─ the cookies of that sign-in
 *
 * The note says which answer it was (keyed by the secret of the form) and leads to the session of the sign-in. Whoever
 * has only the old session has not the page and the code, and a single wrong guess ends the note; whoever has all
 * three within these seconds could have been the first. Nothing is checked again and nobody is signed in again.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class AnsweredLogin
{
    private const KEY = 'twofactor_answered';
    /** In seconds: how long the note counts, and how long the second answer waits for the first. */
    private const LIFETIME = 10;
    private const PATIENCE = 5;
    private const PAUSE_MICROSECONDS = 50_000;

    private function __construct(private readonly string $session)
    {
    }

    /** Goes on in a new session. The old one keeps the note and nothing else. */
    public static function leaveBehind(string $answer): self
    {
        $old = (string) session_id();
        $kept = $_SESSION;
        $_SESSION = [self::KEY => ['answer' => $answer, 'since' => time()]];
        session_regenerate_id(false);
        $_SESSION = $kept;
        return new self($old);
    }

    /** Writes into the note where the sign-in is. Ends the session that is open. */
    public function leadTo(string $session, string $address): void
    {
        if (headers_sent() || !self::open($this->session, false)) {
            return;
        }
        if (is_array($_SESSION[self::KEY] ?? null)) {
            $_SESSION[self::KEY] += ['session' => $session, 'address' => $address];
        }
        session_write_close();
    }

    /**
     * Opens the session that the first answer led to.
     *
     * @return string|null the address that it led to; null when this is no repetition
     */
    public static function follow(string $answer): ?string
    {
        $own = (string) session_id();
        $pauses = intdiv(self::PATIENCE * 1_000_000, self::PAUSE_MICROSECONDS);
        while (($note = self::note($answer)) !== null && !isset($note['session']) && $pauses-- > 0) {
            session_write_close();
            usleep(self::PAUSE_MICROSECONDS);
            self::open($own, false);
        }
        return isset($note['session']) && self::open((string) $note['session'], true) ? (string) $note['address'] : null;
    }

    /** @return array<string, mixed>|null */
    private static function note(string $answer): ?array
    {
        $note = $_SESSION[self::KEY] ?? null;
        if (is_array($note) && abs(time() - $note['since']) <= self::LIFETIME && hash_equals($note['answer'], $answer)) {
            return $note;
        }
        unset($_SESSION[self::KEY]);
        return null;
    }

    /** False when there is no such session any more. */
    private static function open(string $id, bool $withCookie): bool
    {
        if (session_status() === PHP_SESSION_ACTIVE) {
            session_write_close();
        }
        session_id($id);
        // An id that is gone must not be made anew.
        return session_start(['use_cookies' => $withCookie, 'use_strict_mode' => true, 'cache_limiter' => ''])
            && session_id() === $id;
    }
}
