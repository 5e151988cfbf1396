<?php

/**
 * A login whose password was right and whose second factor is still owed. Kept in the session, which has
 * been renewed; nothing of it is a login to the engine. It ends after ten minutes, or when the user's
 * password, groups or state change meanwhile.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Method;

final class PendingLogin
{
    private const KEY = 'twofactor_pending';
    private const LIFETIME = 600;

    /** @param list<Method> $methods */
    private function __construct(
        public readonly int $userId,
        #[\SensitiveParameter] public readonly string $challenge,
        public readonly array $methods,
        public readonly string $token,
        private readonly string $standing,
        private readonly int $since,
    ) {
    }

    /** @param list<Method> $methods */
    public static function begin(
        int $userId,
        #[\SensitiveParameter] string $challenge,
        array $methods,
        string $standing,
    ): self {
        $before = self::current();
        $token = $before?->userId === $userId ? $before->token : bin2hex(random_bytes(16));
        $pending = new self($userId, $challenge, $methods, $token, $standing, time());
        $_SESSION[self::KEY] = [
            'user' => $userId,
            'challenge' => $challenge,
            'methods' => array_map(static fn (Method $method) => $method->value, $methods),
            'token' => $token,
            'standing' => $standing,
            'since' => $pending->since,
        ];
        return $pending;
    }

    public static function current(): ?self
    {
        $kept = $_SESSION[self::KEY] ?? null;
        if (!is_array($kept) || !Recent::is((int) ($kept['since'] ?? 0), self::LIFETIME)) {
            self::forget();
            return null;
        }
        return new self(
            (int) $kept['user'],
            (string) $kept['challenge'],
            array_map(Method::from(...), $kept['methods']),
            (string) $kept['token'],
            (string) $kept['standing'],
            (int) $kept['since'],
        );
    }

    public static function forget(): void
    {
        unset($_SESSION[self::KEY]);
    }

    /** Whether the circumstances are still those in which the password was right. */
    public function standsWith(string $standing): bool
    {
        return $standing !== '' && hash_equals($this->standing, $standing);
    }

    public function isAnsweredBy(string $token): bool
    {
        return hash_equals($this->token, $token);
    }

    /** What was sent for this login by that method, and is still good. */
    public function sent(Method $method): ?SentCode
    {
        $sent = SentCode::fromKept($_SESSION[self::KEY]['sent'][$method->value] ?? null);
        return $sent?->isGood() ? $sent : null;
    }

    public function noteSent(SentCode $sent): void
    {
        $_SESSION[self::KEY]['sent'][$sent->method->value] = $sent->kept();
    }

    /** The number of the page that is shown next: one page that is sent twice is one answer. */
    public function nextPage(): int
    {
        return $_SESSION[self::KEY]['page'] = (int) ($_SESSION[self::KEY]['page'] ?? 0) + 1;
    }

    /** What was typed into which page, for nobody to read. */
    public static function answerOf(
        #[\SensitiveParameter] string $token,
        string $page,
        string $method,
        #[\SensitiveParameter] string $code,
    ): string {
        return hash_hmac('sha256', (string) json_encode([$page, $method, base64_encode($code)]), $token);
    }

    public function noteRefusal(string $answer, string $problem): void
    {
        $_SESSION[self::KEY]['refused'] = ['answer' => $answer, 'problem' => $problem];
    }

    /** What was said when this very answer was refused; null unless it was. */
    public function refusalOf(string $answer): ?string
    {
        $refused = $_SESSION[self::KEY]['refused'] ?? null;
        return is_array($refused) && hash_equals($refused['answer'], $answer) ? $refused['problem'] : null;
    }

    public function offers(?Method $method): bool
    {
        return $method !== null && in_array($method, $this->methods, true);
    }
}
