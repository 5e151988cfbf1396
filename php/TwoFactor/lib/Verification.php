<?php

/**
 * The extension, opened once per request: whatever it may be asked, this may be asked. Everything that keeps it from
 * answering becomes one exception, Unverifiable, and one line in the admin log: whoever catches it lets nobody in.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Enrolled;
use TwoFactor\Exception\ConfigurationError;
use TwoFactor\Exception\Unavailable;
use TwoFactor\Login;
use TwoFactor\Message;
use TwoFactor\Method;
use TwoFactor\Verified;
use TwoFactor\Verifier;

/** @mixin Verifier */
final class Verification
{
    private ?Verifier $verifier = null;
    private bool $isQuiet = false;
    private string $premiumFault = '';
    /** @var list<Message> */
    private array $notices = [];
    /** @var array<string, int> users who could not be told of even now */
    private array $owing = [];

    public function __construct(private readonly Settings $settings, private readonly Host $host)
    {
    }

    /** An extension that does not fit is none: nothing of it is asked. */
    public static function isLoaded(): bool
    {
        return class_exists(Verifier::class, false) && self::misfit() === null;
    }

    /**
     * The version of the extension that is there, where it is not one for this module: an older one does not know all
     * that is asked of it, and a later major one may mean something else.
     */
    public static function misfit(): ?string
    {
        $version = (string) phpversion('twofactor');
        $fits = version_compare($version, \TwoFactor::VERSION, '>=') && (int) $version === (int) \TwoFactor::VERSION;
        return $version === '' || $fits ? null : $version;
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

    /** Whether it was asked anything in this request. */
    public function isOpen(): bool
    {
        return $this->verifier !== null;
    }

    /** @throws Unverifiable */
    public function verifier(): Verifier
    {
        if ($this->verifier === null) {
            $this->verifier = $this->attempt(fn (): Verifier => $this->settled($this->open()));
            $this->settings->rememberSetUp();
        }
        return $this->verifier;
    }

    /** What ends the sessions of a user could not be told: it is told before anything else is asked. */
    public function owe(int $userId): void
    {
        $this->settings->rememberOwed($userId);
    }

    /** Whether that is still so, now that the store has answered: of one whose account cannot be read. */
    public function owes(int $userId): bool
    {
        return in_array($userId, $this->owing, true);
    }

    private function settled(Verifier $verifier): Verifier
    {
        $owed = $this->settings->owed();
        $this->owing = array_filter(array_keys($owed), static function (int $userId) use ($verifier): bool {
            try {
                $verifier->raiseEpoch((string) $userId, Administrator::NOBODY, Reason::ToldLate->value);
                return false;
            } catch (Unavailable) {
                // Their own account cannot be read, which is no fault of the others.
                return true;
            }
        });
        $this->settings->forgetOwed(array_diff_key($owed, array_flip($this->owing)));
        return $verifier;
    }

    /** What the extension says of settings of premium that it did not take; '' where it did, or was not asked yet. */
    public function premiumFault(): string
    {
        return $this->premiumFault;
    }

    /** Lets go of the store: what is asked next opens it anew. */
    public function forget(): void
    {
        $this->verifier = null;
    }

    /** @throws Unverifiable */
    public function account(int $userId): \TwoFactor\Account
    {
        return $this->__call('account', [(string) $userId]);
    }

    /**
     * Null when this one account cannot be opened though the store answers: the page that can reset it must
     * not go down with it.
     *
     * @throws Unverifiable
     */
    public function accountIfReadable(int $userId): ?\TwoFactor\Account
    {
        try {
            return $this->account($userId);
        } catch (Unverifiable) {
            $this->accounts('', 1);
            return null;
        }
    }

    /**
     * Those of some methods that people can use here now: a telephone is left out while nobody can say who carries
     * codes. For choices on pages; nobody counts as without a factor by it.
     *
     * @param array<Method> $methods
     * @param string|null $challenge of a sign-in that goes on with a set-up
     * @return list<Method>
     */
    public function usable(array $methods, #[\SensitiveParameter] ?string $challenge = null): array
    {
        return array_values(array_filter($methods, function (Method $method) use ($challenge): bool {
            try {
                return $this->offers($method, $challenge);
            } catch (Unverifiable) {
                return false;
            }
        }));
    }

    /**
     * Does something of which no word goes into the logs: asked for by anybody, it would fill them.
     *
     * @template T
     * @param callable(): T $do
     * @return T
     */
    public function quietly(callable $do): mixed
    {
        [$before, $this->isQuiet] = [$this->isQuiet, true];
        try {
            return $do();
        } finally {
            $this->isQuiet = $before;
        }
    }

    /**
     * Asks the extension. Denials pass through; what means "cannot answer now" becomes Unverifiable. Whoever makes an object
     * of the extension for the question asks for verifier() before, for the extension may not be there.
     *
     * @param array<mixed> $arguments
     * @throws Unverifiable
     */
    public function __call(string $method, #[\SensitiveParameter] array $arguments): mixed
    {
        return $this->ask(static fn (Verifier $verifier) => $verifier->$method(...$arguments));
    }

    /**
     * Asks it several things, or something else than by its name.
     *
     * @template T
     * @param callable(Verifier): T $question
     * @return T
     * @throws Unverifiable
     */
    public function ask(callable $question): mixed
    {
        $verifier = $this->verifier();
        $answer = $this->attempt(static fn () => $question($verifier));
        if ($answer instanceof Enrolled || $answer instanceof Verified || $answer instanceof Login) {
            $this->notices = [...$this->notices, ...$answer->notices()];
        }
        return $answer;
    }

    /**
     * Has somebody forgotten, and tells them so at the end of the request: those mails are handed out this once.
     *
     * @throws \TwoFactor\Exception\Denied
     * @throws Unverifiable
     */
    public function forgetPerson(int $userId, string $reason, Actor $actor, bool $isGone = false): void
    {
        $forget = static fn (Verifier $verifier) => $verifier->forget((string) $userId, ...$actor, reason: $reason, isGone: $isGone);
        $told = $this->ask($forget);
        $this->notices = [...$this->notices, ...$told];
    }

    /** @return list<Message> what is to be told of what was asked in this request, once */
    public function takeNotices(): array
    {
        [$notices, $this->notices] = [$this->notices, []];
        return $notices;
    }

    private function open(): Verifier
    {
        $misfit = self::misfit();
        if ($misfit !== null) {
            throw new Unverifiable("The PHP extension \"twofactor\" is version $misfit, and the module TwoFactor " . \TwoFactor::VERSION
                . ' cannot work with it: bring both to the same version, the extension first, and restart PHP.');
        }
        if (!self::isLoaded()) {
            throw new Unverifiable('The PHP extension "twofactor" is not loaded.');
        }
        if (!$this->settings->hasKey()) {
            throw new Unverifiable('No key: name one in php.ini (twofactor.key_file) or config.php.');
        }
        try {
            $verifier = Verifier::open($this->settings->forExtension());
        } catch (ConfigurationError $fault) {
            // What is set for premium keeps nobody out. Anything else is the same without it, and is thrown.
            $verifier = Verifier::open($this->settings->forExtension(withPremium: false));
            $this->premiumFault = $fault->getMessage();
        }
        if ($this->settings->storeId() === '') {
            // The first use remembers which store it was: another or an emptied one would say of everybody that they have no
            // second factor.
            $this->settings->rememberStoreId($verifier->storeId());
        }
        return $verifier;
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
        } catch (Unverifiable | Unavailable | ConfigurationError | \Error $refusal) {
            if ($refusal instanceof \Error && !self::isUnknown($refusal)) {
                throw $refusal;
            }
            $fault = new Unverifiable($refusal->getMessage(), 0, $refusal);
            if (!$this->isQuiet) {
                $this->host->reportFault($fault);
            }
            throw $fault;
        }
    }

    /**
     * Whether the extension does not know that call, or so many arguments: builds of one version may differ before it is
     * released. Nothing was done by it then.
     */
    private static function isUnknown(\Error $fault): bool
    {
        return $fault instanceof \ArgumentCountError
            || str_starts_with($fault->getMessage(), 'Unknown named parameter')
            || str_starts_with($fault->getMessage(), 'Call to undefined method TwoFactor\\');
    }
}
