<?php

/**
 * The extension, opened once per request. Everything that keeps it from answering becomes one
 * exception, Unverifiable, and one line in the admin log: whoever catches it lets nobody in.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\Unavailable;
use TwoFactor\Verifier;

final class Verification
{
    private ?Verifier $verifier = null;

    public function __construct(private readonly Settings $settings, private readonly Host $host)
    {
    }

    public static function isLoaded(): bool
    {
        return class_exists(Verifier::class, false);
    }

    /**
     * Nobody can have a second factor here yet: it never worked and no key is named. As soon as one is,
     * the answer is no for good.
     */
    public function isPending(): bool
    {
        if ($this->settings->isSetUp() || !self::isLoaded() || !$this->settings->hasKey()) {
            return !$this->settings->isSetUp();
        }
        try {
            $this->verifier();
            return false;
        } catch (Unverifiable) {
            return true;
        }
    }

    /** @throws Unverifiable */
    public function verifier(): Verifier
    {
        if ($this->verifier === null) {
            $this->verifier = $this->attempt(fn (): Verifier => $this->open());
            $this->settings->rememberSetUp();
        }
        return $this->verifier;
    }

    /** @throws Unverifiable */
    public function account(int $userId): \TwoFactor\Account
    {
        return $this->ask(static fn (Verifier $verifier) => $verifier->account((string) $userId));
    }

    /**
     * Asks the extension. Denials pass through; what means "cannot answer now" becomes Unverifiable.
     *
     * @template T
     * @param callable(Verifier): T $question
     * @return T
     * @throws Unverifiable
     */
    public function ask(callable $question): mixed
    {
        $verifier = $this->verifier();
        return $this->attempt(static fn () => $question($verifier));
    }

    private function open(): Verifier
    {
        if (!self::isLoaded()) {
            throw new Unverifiable('The PHP extension "twofactor" is not loaded.');
        }
        if (!$this->settings->hasKey()) {
            throw new Unverifiable('No key: name one in php.ini (twofactor.key_file) or config.php.');
        }
        return Verifier::open($this->settings->forExtension());
    }

    /**
     * @template T
     * @param callable(): T $work
     * @return T
     */
    private function attempt(callable $work): mixed
    {
        try {
            return $work();
        } catch (Unverifiable | Unavailable | ConfigurationError $refusal) {
            $fault = new Unverifiable($refusal->getMessage(), 0, $refusal);
            $this->host->reportFault($fault);
            throw $fault;
        }
    }
}
