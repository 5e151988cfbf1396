<?php

/**
 * The cookie that the engine takes as proof of a login, and its copy in the session.
 *
 * It has a form of the engine's own: `sha1(salt . payload)::payload`, where the payload is JSON in base 64. Releases up
 * to 2.2.22 and the flow after them write the same one; `tests/phpunit/host/EngineCookieTest.php` holds this to both.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use CMSMS\LoginOperations;

final class EngineCookie
{
    /** Kept, because the database may be closed when it is asked for last. */
    private ?string $name = null;

    public function __construct(private readonly HostSession $session)
    {
    }

    /** What the engine takes as proof of a login: the session's copy first, then the cookie. */
    public function credential(): ?string
    {
        $name = $this->name();
        $value = $_SESSION[$name] ?? $_COOKIE[$name] ?? null;
        return is_string($value) && $value !== '' ? $value : null;
    }

    public function sessionCredential(): ?string
    {
        $value = $_SESSION[$this->name()] ?? null;
        return is_string($value) && $value !== '' ? $value : null;
    }

    /** Whose login a cookie claims to be; null for nobody's. The engine checks its seal. */
    public static function claimedUserId(#[\SensitiveParameter] string $credential): ?int
    {
        $id = (int) (self::read($credential)[2]['uid'] ?? 0);
        return $id > 0 ? $id : null;
    }

    /**
     * Gives this browser another login cookie and session id for the same login, so that copies of the old
     * ones are worth nothing. The engine would do it, too, but tell every listener of Core::LoginPost, and
     * one of them may redirect away from a page that is shown only once.
     *
     * @throws Unverifiable when the engine's cookie is not what this module knows
     */
    public function renew(): string
    {
        [$seal, $payload, $claims] = self::read((string) $this->credential());
        $salt = (string) \cms_siteprefs::get('CMSMS\\LoginOperations');
        if ($claims === null || !hash_equals(sha1($salt . $payload), $seal)) {
            throw new Unverifiable('The login cookie has a form this version of the module does not know.');
        }
        $payload = base64_encode((string) json_encode(['renewed' => bin2hex(random_bytes(16))] + $claims));
        $credential = sha1($salt . $payload) . '::' . $payload;
        $this->session->renew();
        $_SESSION[$this->name()] = $credential;
        \cms_cookies::set($this->name(), $credential);
        return $credential;
    }

    /** Gives this browser the cookies of the login in its session once more. False when there is none. */
    public function repeat(): bool
    {
        $credential = $this->sessionCredential();
        $key = $_SESSION[CMS_USER_KEY] ?? null;
        if ($credential === null || !is_string($key)) {
            return false;
        }
        \cms_cookies::set($this->name(), $credential);
        \cms_cookies::set(CMS_SECURE_PARAM_NAME, $key);
        return true;
    }

    /**
     * Takes the login out of the request and the session.
     *
     * @return \Closure(): void puts it back
     */
    public function withhold(): \Closure
    {
        $name = $this->name();
        $session = $_SESSION[$name] ?? null;
        $cookie = $_COOKIE[$name] ?? null;
        unset($_SESSION[$name], $_COOKIE[$name]);
        return static function () use ($name, $session, $cookie): void {
            if ($session !== null) {
                $_SESSION[$name] = $session;
            }
            if ($cookie !== null) {
                $_COOKIE[$name] = $cookie;
            }
        };
    }

    /** @return array{string, string, ?array<string, mixed>} seal, payload, and what that says if it can be read */
    private static function read(#[\SensitiveParameter] string $credential): array
    {
        [$seal, $payload] = array_pad(explode('::', $credential, 2), 2, '');
        $claims = json_decode((string) base64_decode($payload), true);
        return [$seal, $payload, is_array($claims) ? $claims : null];
    }

    private function name(): string
    {
        if ($this->name === null) {
            LoginOperations::get_instance();
            $this->name = sha1(CMS_VERSION . \cms_siteprefs::get('CMSMS\\LoginOperations'));
        }
        return $this->name;
    }
}
