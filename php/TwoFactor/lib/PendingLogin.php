<?php

/**
 * A login whose password was right and whose second factor is still owed. Kept in the session, which has
 * been renewed; nothing of it is a login to the engine. It ends with its challenge, of which the extension knows for how
 * long it is open, or when the user's password, groups or state change meanwhile.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Login;
use TwoFactor\LoginState;
use TwoFactor\Method;

final class PendingLogin
{
    private const KEY = 'twofactor_pending';
    /** In the place of a method: the telephone is lost. */
    private const LOST = 'lost';

    /** @param list<Method> $methods */
    private function __construct(
        public readonly int $userId,
        #[\SensitiveParameter] public readonly string $challenge,
        public readonly array $methods,
        public readonly string $token,
        private readonly string $standing,
    ) {
    }

    public static function begin(int $userId, Login $login, string $standing): self
    {
        $before = self::current();
        $token = $before?->userId === $userId ? $before->token : bin2hex(random_bytes(16));
        $_SESSION[self::KEY] = [
            'kept' => [$userId, $login->challenge(), array_column($login->methods(), 'value'), $token, $standing],
            'enrols' => $login->state() === LoginState::EnrolmentRequired,
        ];
        return self::current();
    }

    public static function current(): ?self
    {
        if (!isset($_SESSION[self::KEY])) {
            return null;
        }
        [$userId, $challenge, $methods, $token, $standing] = $_SESSION[self::KEY]['kept'];
        return new self($userId, $challenge, array_map(Method::from(...), $methods), $token, $standing);
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

    public function isAnsweredBy(Input $form): bool
    {
        return hash_equals($this->token, $form->text('token'));
    }

    /** Whether a set-up has to end it: there is nothing to prove, or it was proven. */
    public function mustEnrol(): bool
    {
        return (bool) ($_SESSION[self::KEY]['enrols'] ?? false);
    }

    /** @param string $answer the proof that was right: sent once more it is not the first answer to the set-up */
    public function noteEnrolment(string $answer, Method $method): void
    {
        $_SESSION[self::KEY]['enrols'] = true;
        $_SESSION[self::KEY]['temporary'] = $method === Method::TemporaryCode;
        $this->noteRefusal($answer, '');
    }

    /** Whether an administrator's code has led to the set-up. */
    public function isByTemporaryCode(): bool
    {
        return (bool) ($_SESSION[self::KEY]['temporary'] ?? false);
    }

    /** Which codes say that the telephone is lost; null without any. */
    public function codes(): ?Method
    {
        return array_values(array_filter($this->methods, Factors::isLookup(...)))[0] ?? null;
    }

    /** Whether what is answered says that the telephone is lost, or asks to. */
    public function isLost(LoginForm $form): bool
    {
        $use = $form->text('use');
        return $this->codes() !== null && ($use === self::LOST || $use === '' && $form->text('lost') !== '');
    }

    /** What is asked for, or answered with. An administrator's code is never named by the extension, and always taken. */
    public function chosen(LoginForm $form): Method
    {
        $chosen = $this->isLost($form) ? $this->codes() : Method::tryFrom($form->text('use') ?: $form->text('method'));
        $isOffered = $chosen === Method::TemporaryCode || in_array($chosen, $this->methods, true);
        return $isOffered ? $chosen : $this->methods[0] ?? Method::TemporaryCode;
    }

    /** What was sent for this login by that method, and is still good. */
    public function sent(Method $method): ?SentCode
    {
        return SentCode::fromKept($_SESSION[self::KEY]['sent'][$method->value] ?? null);
    }

    /** @param array{method: string, to: string, until: int, again: int} $sent */
    public function noteSent(array $sent): void
    {
        $_SESSION[self::KEY]['sent'][$sent['method']] = $sent;
    }

    /** The number of the page that is shown next: one page that is sent twice is one answer. */
    public function nextPage(): int
    {
        return $_SESSION[self::KEY]['page'] = (int) ($_SESSION[self::KEY]['page'] ?? 0) + 1;
    }

    public function noteRefusal(string $answer, string $problem): void
    {
        $_SESSION[self::KEY]['refused'] = [$answer, $problem];
    }

    /** What was said when this very answer was refused; null unless it was. */
    public function refusalOf(string $answer): ?string
    {
        [$refused, $problem] = $_SESSION[self::KEY]['refused'] ?? ['', null];
        return hash_equals($refused, $answer) ? $problem : null;
    }
}
