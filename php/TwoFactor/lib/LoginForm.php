<?php

/**
 * A form of the module on login.php, where nobody is signed in: by POST, and told from the engine's own by what it is for.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class LoginForm extends Input
{
    /** What is sent with this request, as far as it is a form for that. */
    public static function of(string $purpose): ?self
    {
        return Change::isAsked() && ($_POST['twofactor'] ?? '') === $purpose ? new self() : null;
    }

    /** As it was typed: a password may begin with a space. */
    public function text(string $field): string
    {
        $value = $_POST["twofactor_$field"] ?? '';
        return is_string($value) ? $value : '';
    }

    public function isCancelled(): bool
    {
        return isset($_POST['twofactor_cancel']);
    }

    /** Which page was sent with what in it, for nobody to read: the same page sent twice is one answer. */
    public function fingerprint(): string
    {
        [$token, $page, $method, $code] = array_map($this->text(...), ['token', 'page', 'method', 'code']);
        return hash_hmac('sha256', (string) json_encode([$page, $method, base64_encode($code)]), $token);
    }
}
