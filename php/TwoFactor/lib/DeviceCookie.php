<?php

/**
 * Browsers that their users trust: the cookie that each keeps, one for each user, and the box that asks for it. What a
 * token in it is worth the extension says, and whether there may be any at all (a licence, `device_days`).
 *
 * The name begins with `__Host-`: no browser takes such a cookie without HTTPS, from another host or for a part of the site,
 * so where the site is called without HTTPS none is offered. It stays where it is when it counts no more, for another tab
 * may have been given the next one meanwhile; the extension knows an old one.
 *
 * Before the token stands what says that the user is as they were when it was given: a new password, other groups. The engine
 * tells of most such changes, and the extension ends devices then; of one that was written into the database it does not. The
 * key of it is what is in the database, so whoever has the cookie cannot make it fit.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Client;

final class DeviceCookie
{
    /** As long as any device counts; the extension says when one is over. */
    private const LIFETIME = 30 * 86400;

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly Verification $verification,
    ) {
    }

    /** This request, with what its browser keeps for that user. */
    public function client(int $userId): Client
    {
        return Client::fromGlobals($this->token($userId));
    }

    public function token(int $userId): ?string
    {
        $kept = $_COOKIE[$this->name($userId)] ?? null;
        if (!is_string($kept) || preg_match('/\A([0-9a-f]{32})\.(.+)\z/s', $kept, $parts) !== 1) {
            return null;
        }
        return hash_equals($this->standing($userId), $parts[1]) ? $parts[2] : null;
    }

    /** Puts the next token there; null leaves what is there. */
    public function keep(int $userId, #[\SensitiveParameter] ?string $token): void
    {
        if ($token !== null) {
            $this->put($userId, $this->standing($userId) . ".$token", time() + self::LIFETIME);
        }
    }

    public function remove(int $userId): void
    {
        if (isset($_COOKIE[$this->name($userId)])) {
            $this->put($userId, '', 1);
        }
    }

    /**
     * What the page of a challenge offers.
     *
     * @return array{days: int, is_ticked: bool, is_secure: bool} days: for how many; 0 where nothing is offered
     * @throws Unverifiable
     */
    public function offer(bool $isTicked): array
    {
        return [
            'days' => $this->verification->deviceDays(),
            'is_ticked' => $isTicked,
            'is_secure' => $this->host->pages->isSecure(),
        ];
    }

    private function put(int $userId, #[\SensitiveParameter] string $token, int $expires): void
    {
        setcookie($this->name($userId), $token, [
            'expires' => $expires,
            'path' => '/',
            'secure' => true,
            'httponly' => true,
            'samesite' => 'Lax',
        ]);
    }

    private function standing(int $userId): string
    {
        return substr(hash_hmac('sha256', 'trusted browser', $this->host->users->standing($userId)), 0, 32);
    }

    /** Two sites of one host have cookies of their own, and the name tells nothing of the user. */
    private function name(int $userId): string
    {
        return '__Host-twofactor-' . substr(hash_hmac('sha256', (string) $userId, $this->settings->site()), 0, 16);
    }
}
