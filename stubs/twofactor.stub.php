<?php

/**
 * ext-twofactor: the PHP API, for IDEs, analysers and readers.
 *
 * One rule shapes it: nothing that returns can be mistaken for a yes. A proof that is not
 * accepted throws; every "not in" is a subclass of Exception\Denied, so code that forgets to
 * look at a result, or forgets to catch, lets nobody in.
 *
 * Give what people type as it came: codes, secrets and telephone numbers have one normal form, in which
 * spaces of every kind, dashes of every kind and invisible characters make no difference, and digits of
 * any script are those of ASCII.
 *
 * `tests/phpt/stub.phpt` holds this file against the loaded extension.
 */

namespace TwoFactor {

    /**
     * How a second factor is proven. Only what an account has enrolled is ever accepted. Passkey is a name kept for a
     * later version.
     */
    enum Method: string
    {
        case Totp = 'totp';
        case Passkey = 'passkey';
        case Email = 'email';
        case Sms = 'sms';
        case Voice = 'voice';
        case WhatsApp = 'whatsapp';
        /** One of a set of random codes, each good once. */
        case BackupCode = 'backup';
        /**
         * One of a list of codes that are made of a master key (`twofactor.secrets = derived`). They are used in their
         * order: a later one is accepted as well, and all before it are spent with it. The last one switches the second
         * factor off, and the next sign-in ends with an enrolment.
         */
        case RecoveryCode = 'recovery';
        /**
         * A code of issueTemporaryCode(), for whoever lost everything else: verify() of a sign-in takes it, and then throws
         * EnrolmentRequired. No account has it as a factor, and Login::methods() never names it: who has the password alone
         * does not learn that one was issued.
         */
        case TemporaryCode = 'temporary';

        /** Whether a code goes by way of a telephone number. */
        public function isPhone(): bool {}

        /** Whether a code has to be sent before there is one to type: by telephone or e-mail. */
        public function isSent(): bool {}

        /** Whether what is typed is digits alone; else letters, too. */
        public function isNumeric(): bool {}
    }

    enum LoginState: string
    {
        /** No second factor is due. */
        case Allowed = 'allowed';
        /** Prove one of Login::methods(). */
        case ChallengeRequired = 'challenge';
        /**
         * A factor has to be set up before the sign-in ends, and there is none that could be proven. Login::challenge() is
         * good for that alone: startTotp(), startPhone() and enableEmail() take it in place of a grant, and what confirms
         * the set-up gives Enrolled::verified(). Show nothing else of the site, and give no session, until then.
         */
        case EnrolmentRequired = 'enrolment';
        /**
         * The browser showed the token of a device that its user trusts (Client), which stands for the second factor: let
         * them in, with admitSession() of this Login, and put Login::deviceToken() in the place of what it showed. Nothing
         * was proven: there is no Verified and no grant, and whoever passes on how somebody signed in says "pwd" alone.
         */
        case TrustedDevice = 'device';
    }

    /**
     * What a challenge is for. A proof given for one purpose is worth nothing for another.
     */
    enum Purpose: string
    {
        case Login = 'login';
        case StepUp = 'step-up';
        case VerifyPhone = 'verify-phone';
        case ResetPassword = 'reset-password';
    }

    /** What stood behind a request, as the audit tells it. */
    enum Requester: string
    {
        /** Nothing: anybody who knows a name can ask for a password reset. */
        case Nobody = 'nobody';
        /** The password, or a sign-in that needed no more; a factor was yet to be proven. */
        case Password = 'password';
        /** A grant: a factor was proven within the last minutes. */
        case Proven = 'proven';
        /** An operator, or the host itself: AuditEvent::by() and reason() say who and why. */
        case Operator = 'operator';
    }

    /** The hash of a TOTP secret (RFC 6238 section 1.2). */
    enum Algorithm: string
    {
        case Sha1 = 'SHA1';
        case Sha256 = 'SHA256';
        case Sha512 = 'SHA512';
    }

    enum HealthStatus: string
    {
        case Ok = 'ok';
        /** Works, but an operator should act. */
        case Warning = 'warning';
        /**
         * Something does not work, or lets in whom it should not, until this is mended. Of `store`, `key` and
         * `clock`: nobody can be verified.
         */
        case Problem = 'problem';
    }

    enum LicenceState: string
    {
        case Valid = 'valid';
        /** Its time is over; it goes on for `premium_grace_days` while nobody can be asked for the next one. */
        case Grace = 'grace';
        /** Time and grace are over. */
        case Expired = 'expired';
        /** It does not count, for another reason: Licence::because(). */
        case Refused = 'refused';
    }

    /** What events of the audit are about. */
    enum AuditTopic: string
    {
        /** Proofs that were asked for, codes that were sent, and what became of both. */
        case SignIn = 'sign-in';
        /** An account: its factors, its sessions, and who may act on others. */
        case Account = 'account';
        /** The providers of codes, and the texts of messages. */
        case Provider = 'provider';
    }

    /** Who signs in, as the host application knows them. The id is the only key; it is compared as bytes. */
    final class User
    {
        /**
         * @param string $id 1 to 191 bytes of UTF-8 without control characters, never reused for another person
         * @param string $name shown in the authenticator app
         * @param iterable<string>|null $roles read once, when a policy asks for roles or groups (setEnforcement()): pass a
         *     generator, and they cost nothing where none does. Null: nobody knows them, so every rule that asks for a role
         *     is for this user, and no exception by a role is; a user who has none is `[]`
         * @param iterable<string>|null $groups the same of groups, by themselves
         * @throws \ValueError
         */
        public function __construct(string $id, string $name, ?string $email = null, ?iterable $roles = null, ?string $locale = null, ?iterable $groups = null) {}

        public function id(): string {}
    }

    /**
     * Where the request comes from. The address goes into the audit and has a budget of messages. It is that of
     * the peer, unless the peer is one of `twofactor.trusted_proxies`.
     */
    final class Client
    {
        /**
         * @param string $ip an IPv4 or IPv6 address, or `unix:`: who is connected, REMOTE_ADDR
         * @param string $userAgent what the browser calls itself, as the header came; never an error. Of it 512 bytes
         *                          of printable ASCII are kept, for lists of sign-ins; nothing is decided on it
         * @param string|null $deviceToken what the browser keeps of Verified::deviceToken(), as it came; never an error
         * @param array<string, string> $forwarded header values by name, `X-Forwarded-For` or `Forwarded` (RFC 7239);
         *                                         believed only from a trusted proxy; other names are ignored
         * @throws \ValueError
         */
        public function __construct(string $ip, #[\SensitiveParameter] string $userAgent = '', #[\SensitiveParameter] ?string $deviceToken = null, array $forwarded = []) {}

        /**
         * From REMOTE_ADDR, HTTP_USER_AGENT, HTTP_X_FORWARDED_FOR and HTTP_FORWARDED in $_SERVER. On the command line
         * the address is 127.0.0.1. A socket (`unix:`) may be a trusted proxy; whatever else REMOTE_ADDR may be
         * is nobody's: such clients count as one, `::`.
         *
         * @param string|null $deviceToken as for the constructor: which cookie it is in only the host knows
         */
        public static function fromGlobals(#[\SensitiveParameter] ?string $deviceToken = null): self {}
    }

    /** Everything the outside may ask. One object serves any number of users. */
    final class Verifier
    {
        private function __construct() {}

        /**
         * Opens the store and the keys that php.ini names (`twofactor.*`); $settings overrides single values by
         * the same names without the prefix. `store` is `sqlite:/path`, `mysql://user:password@host/database`
         * (several hosts with commas between them), `mysql://…?socket=/path` or `memory:`. `clock` (tests only) is any object with `now(): \DateTimeImmutable`
         * (PSR-20). `memory:` and a foreign clock are for tests: health() says so. An unknown name is an error.
         *
         * @param array<string, mixed> $settings
         * @throws Exception\ConfigurationError
         * @throws Exception\Unavailable when the store cannot be reached
         */
        public static function open(#[\SensitiveParameter] array $settings = []): self {}

        /**
         * Writes a new key file (mode 0600) and returns the id of its key. Never overwrites.
         *
         * @throws Exception\ConfigurationError
         */
        public static function createKeyFile(string $path): string {}

        /**
         * Why a file with secrets (a key, an SQLite store, a list of providers) may not have that path: it is
         * "not-absolute"; "not-plain", with control characters or steps such as `..`; "served": it lies in, or leads by
         * a link into, one of the folders of which the host knows that a web server serves them. Null: it may. The file
         * need not be there, and nothing is read.
         *
         * @param list<string> $served the host's document root and the like; an empty one and `/` say nothing
         * @throws \ValueError when `served` is no list of paths
         */
        public static function pathObjection(string $path, array $served): ?string {}

        /**
         * Whether this process was given a key by `twofactor.key_file` of php.ini or by TWOFACTOR_KEYS in its
         * environment, even one that cannot be used. FPM's workers do not see the variable themselves.
         */
        public static function hasKey(): bool {}

        /**
         * A random name of this site in this store: the same for as long as the store is, and another one when its
         * tables were emptied or made anew, or another store is in its place. Keep it where the store is not, and give it
         * to open() as `store_id`: a store that would say of everybody that they have no second factor is refused then.
         *
         * @throws Exception\Unavailable
         */
        public function storeId(): string {}

        /**
         * Call after the password was right. Each network may open twenty challenges of a user in a row, and one more a
         * minute, until one is proven.
         *
         * Where the client shows the token of a device that counts, LoginState::TrustedDevice; any other token is as none.
         *
         * @throws Exception\Throttled too many were opened from there; nobody is let in
         * @throws Exception\Unavailable
         */
        public function beginLogin(User $user, Client $client): Login {}

        /**
         * Opens a challenge for another purpose: Purpose::StepUp before a change of factors,
         * Purpose::VerifyPhone to prove a number once more, by a telephone only.
         *
         * @throws Exception\Rejected when the account has nothing to prove it with
         * @throws Exception\Throttled too many challenges from there
         * @throws Exception\Unavailable
         * @throws \ValueError for Purpose::Login, which is beginLogin(), and Purpose::ResetPassword, which is
         *     beginPasswordReset()
         */
        public function beginChallenge(User $user, Purpose $purpose, Client $client): Login {}

        /**
         * Returns only if the proof was accepted, and then exactly once.
         *
         * @param bool $trustDevice premium: for a sign-in whose user wants this browser to be a device that they trust;
         *     Verified::deviceToken() is null where it may not be one, and nothing else is different
         * @param bool $suspendPhone for a sign-in by a backup or recovery code whose user has lost the telephone: every app,
         *     and every way to the number, is suspended with it (see suspendFactor()), and all other sign-ins end; not while
         *     changes are on hold
         * @throws Exception\Rejected wrong, used, expired or foreign proof
         * @throws Exception\Mistyped a recovery code that its last letter does not fit: nothing was charged
         * @throws Exception\LockedOut too many failures of this method
         * @throws Exception\EnrolmentRequired the proof was right, and the sign-in goes on with a set-up; so does a step-up
         *     where the site's policy asks for something stronger: its challenge begins the set-up in the place of a grant
         * @throws Exception\ChallengeClosed answered, superseded or never ours
         * @throws Exception\Unavailable
         */
        public function verify(#[\SensitiveParameter] string $challenge, Method $method, #[\SensitiveParameter] string $proof, Client $client, bool $trustDevice = false, bool $suspendPhone = false): Verified {}

        /**
         * Sends a code for an open challenge. Asked again it sends another one, perhaps by another provider;
         * the earlier one stays good until its own time is over.
         *
         * @param Method $method Method::Sms, Method::Voice, Method::WhatsApp or Method::Email, when enrolled
         * @throws Exception\Throttled a send budget is spent, or the provider keeps one code a number and a stronger
         *     request waits for it
         * @throws Exception\NotSent the number refuses codes, or this way is not offered
         * @throws Exception\LockedOut
         * @throws Exception\ChallengeClosed
         * @throws Exception\Rejected the method is not enrolled
         * @throws Exception\Unavailable no provider can be relied on right now
         */
        public function sendCode(#[\SensitiveParameter] string $challenge, Method $method, Client $client): Delivery {}

        /**
         * Begins a reset of a password, which a code proves that goes to the user's telephone. Returns a token: keep it
         * server-side, and call for somebody as for nobody, so that whoever asks learns neither whether there is such a
         * user nor whether they have a telephone. All tokens have one length; one for nobody takes the same time, spends
         * the same of what the address may ask for, and is refused as a wrong code is. It counts for half an hour.
         *
         * A reset never signs anybody in, and its failures block no sign-in.
         *
         * @param User|null $user null when there is none of that name, or none who may sign in
         * @param Client $client the time that the answer takes counts from when it was made: make it before you look for
         *     the user, and tell nothing of them before and after
         * @throws Exception\Unavailable nobody is served now; what goes wrong with one user is written to PHP's error log,
         *     and looks as if they had no telephone
         */
        public function beginPasswordReset(?User $user, Client $client): string {}

        /**
         * Sends a code for a reset, if there is anybody to send it to and a code may be sent: to whoever asks that looks
         * all the same. Answer the browser first, where the server can: sending takes as long as a provider takes.
         *
         * @param bool $answered the browser has its answer and the connection is over; else this takes as long for
         *     everybody as a provider may take, two seconds
         * @throws Exception\ChallengeClosed the token is not ours, too old, or used up
         * @throws Exception\Unavailable nobody is served now
         */
        public function sendPasswordResetCode(#[\SensitiveParameter] string $reset, Client $client, bool $answered = false): void {}

        /**
         * Checks a code of a reset. What it returns signs nobody in; Verified::grant() is the proof that
         * completePasswordReset() takes.
         *
         * Every code that is not right is Rejected, whatever the reason, and the fifth ends the reset. It takes 300
         * milliseconds from when $client was made, and two seconds where a provider may have to be asked.
         *
         * @param (callable(bool): void)|null $heard called with whether the code was right, before that time is over: for
         *     what a host does with it for users that there are, such as telling others. It must not throw
         * @throws Exception\Rejected
         * @throws Exception\ChallengeClosed that was the last try; or the token is not ours, too old, or used up
         * @throws Exception\Unavailable nobody is served now
         */
        public function verifyPasswordReset(#[\SensitiveParameter] string $reset, #[\SensitiveParameter] string $code, Client $client, ?callable $heard = null): Verified {}

        /**
         * Call right before the new password is stored: the proof of a reset is spent, once, and the epoch rises. So of
         * two resets one comes through, and none after a change of factors. A proof counts for a quarter of an hour. Returns
         * the new epoch. The user is told by mail, and the number that the code went to by SMS: once the new password is
         * stored, call pendingNotices(), which has the mails and sends the SMS.
         *
         * @param string $proof Verified::grant() of verifyPasswordReset()
         * @param string $by who sets it, and $reason why, for the audit
         * @throws Exception\ChallengeClosed the proof does not count, or no more: let them begin anew
         * @throws Exception\Unavailable
         * @throws \ValueError when $by or $reason is empty
         */
        public function completePasswordReset(string $userId, #[\SensitiveParameter] string $proof, string $by, string $reason, Client $client): int {}

        /**
         * Until when a grant of that user is good for changes; null if it is not: too old, ended by a change, or none of
         * theirs.
         *
         * @param string $grant Verified::grant() of a step-up
         * @throws Exception\Unavailable
         */
        public function grantExpiresAt(string $userId, #[\SensitiveParameter] string $grant): ?\DateTimeImmutable {}

        /**
         * To call right after you have checked the password of a user who is signed in and has no factor yet: what it returns
         * is given to startTotp() as its grant, for five minutes. Where the site's profile is strict no first set-up begins
         * without it (askedOf() says so), but for one that ends a sign-in; elsewhere it is as good as none. So whoever has
         * found an open browser sets up no factor of their own.
         *
         * @throws Exception\StepUpRequired for a user who has a factor: that is what is proven then
         * @throws Exception\Unavailable
         */
        public function grantAfterPassword(string $userId): string {}

        /** An account without any factor when the user is unknown. @throws Exception\Unavailable */
        public function account(string $userId): Account {}

        /**
         * Makes a secret for one more authenticator app; a user may have five, which share one counter of guesses.
         * Nothing is enrolled until confirmTotp(). The set-up is in its token, TotpSetup::token(), and
         * nowhere else: keep it server-side, in the session. It ends after 30 minutes, and with every change of
         * factors. Several may be pending; who does not have the token of one neither sees it, ends it nor confirms it.
         *
         * @param string|null $label what the user calls it, such as "Work phone": up to 64 characters on one line,
         *     different from their other factors' names; null for "Authenticator app", then "Authenticator app 2"
         * @param string|null $grant Verified::grant(), needed as soon as the account has a confirmed factor; or
         *     Login::challenge() of a sign-in that goes on with a set-up; before a first factor, where the profile is strict,
         *     grantAfterPassword()
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\FactorRefused the label, or there are five already
         * @throws Exception\Unavailable
         */
        public function startTotp(User $user, ?string $label = null, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): TotpSetup {}

        /**
         * The set-up of that token, to show again, without backup codes; null when it is over, or no token of ours.
         *
         * @param string $setup TotpSetup::token()
         * @throws Exception\Unavailable
         */
        public function pendingTotp(#[\SensitiveParameter] string $setup): ?TotpSetup {}

        /**
         * Confirms the secret of a set-up; issues backup codes with the first factor. Raises the epoch. A wrong code
         * costs nothing: who has the token can see the secret.
         *
         * @param string $setup TotpSetup::token()
         * @throws Exception\Rejected wrong code, or the set-up is over, or no token of ours
         * @throws Exception\Unavailable
         */
        public function confirmTotp(#[\SensitiveParameter] string $setup, #[\SensitiveParameter] string $code, Client $client): Enrolled {}

        /**
         * Sends a code to a number, to prove that it is the user's. Nothing is enrolled until confirmPhone(), which
         * takes Delivery::token(), as resendCode() does for another code. Every call begins a set-up of its own, with
         * codes and tries of its own; it ends after 30 minutes, and with every change of factors. Ten are pending at
         * once. A user may have one number, reached in several ways, each proven by a code of its own; another number takes the
         * place of the old one, which is told, and so is the user's address: see Enrolled::notices().
         *
         * @param string $number as its owner writes it
         * @param string|null $region where it is called from when it is written without a country code: ISO 3166-1, "DE"
         * @param Method $method Method::Sms, Method::Voice or Method::WhatsApp
         * @param string|null $grant Verified::grant(), needed as soon as the account has a confirmed factor; or
         *     Login::challenge() of a sign-in that goes on with a set-up
         * @param string|null $consent the name of the text that the user was shown before, which says what will be sent, by
         *     whom, that it may cost something and how to stop it: "phone-1/en". It is in the audit, as the reason of
         *     `enrolment.started`
         * @throws \ValueError when $consent is no such name: 1 to 64 letters of ASCII, digits, and - . _ /
         * @throws Exception\InvalidPhoneNumber no number, or one that gets no codes; its message is for the user
         * @throws Exception\StepUpRequired
         * @throws Exception\Rejected factors were changed at the same moment
         * @throws Exception\Throttled a send budget is spent
         * @throws Exception\NotSent the number refuses codes, or this way is not offered
         * @throws Exception\Unavailable
         */
        public function startPhone(User $user, #[\SensitiveParameter] string $number, ?string $region, Client $client, Method $method = \TwoFactor\Method::Sms, #[\SensitiveParameter] ?string $grant = null, ?string $consent = null): Delivery {}

        /**
         * Confirms the number of a set-up; issues backup codes with the first factor. Raises the epoch.
         *
         * @param string $setup Delivery::token() of startPhone() or resendCode()
         * @throws Exception\Rejected wrong code, or the set-up is over, as it is after ten wrong codes
         * @throws Exception\InvalidPhoneNumber somebody else has proven it meanwhile, and numbers are unique here
         * @throws Exception\Throttled somebody is confirming it at this moment, and numbers are unique here
         * @throws Exception\Unavailable
         */
        public function confirmPhone(#[\SensitiveParameter] string $setup, #[\SensitiveParameter] string $code, Client $client): Enrolled {}

        /**
         * Makes a mail with a code for the user's address, for the host to send. Nothing is enrolled until
         * confirmEmail(). A set-up as that of startPhone(). A mailbox is a convenience: it proves no device, and often the password, too, can
         * be reset by it. `twofactor.profile = strict` leaves it out.
         *
         * @param User $user with one e-mail address: no list, display name, comment or quoted local part
         * @param string|null $grant Verified::grant(), needed as soon as the account has a confirmed factor; or
         *     Login::challenge() of a sign-in that goes on with a set-up
         * @throws Exception\StepUpRequired
         * @throws Exception\Throttled a send budget is spent
         * @throws Exception\NotSent e-mail is not offered here
         * @throws Exception\Unavailable
         */
        public function enableEmail(User $user, Client $client, #[\SensitiveParameter] ?string $grant = null): Delivery {}

        /**
         * Confirms the address of a set-up; issues backup codes with the first factor. Raises the epoch.
         *
         * @param string $setup Delivery::token() of enableEmail() or resendCode()
         * @throws Exception\Rejected wrong code, or the set-up is over, as it is after ten wrong codes
         * @throws Exception\Unavailable
         */
        public function confirmEmail(#[\SensitiveParameter] string $setup, #[\SensitiveParameter] string $code, Client $client): Enrolled {}

        /**
         * Sends a code to a number, to prove that whoever registers has it: before there is an account, and without making
         * it a factor. What comes of it is a receipt, and nothing is kept. It takes from budgets of its own, as anybody
         * may ask: of what all share as much as resets have. Whether somebody has the number as a factor makes no
         * difference, and is not told.
         *
         * @param string $subject what the host calls the attempt, such as its session; it has the budget of one person
         * @param string $number as its owner writes it
         * @param string|null $region where it is called from when it is written without a country code: ISO 3166-1, "DE"
         * @param Method $method Method::Sms, Method::Voice or Method::WhatsApp
         * @param string|null $locale the language of the message
         * @throws Exception\InvalidPhoneNumber
         * @throws Exception\Throttled a send budget is spent
         * @throws Exception\NotSent the number refuses codes, or this way is not offered
         * @throws Exception\Unavailable
         */
        public function proveNumber(string $subject, #[\SensitiveParameter] string $number, ?string $region, Client $client, Method $method = \TwoFactor\Method::Sms, ?string $locale = null): Delivery {}

        /**
         * The number that a code was sent to, once: if that is the code.
         *
         * @param string $setup Delivery::token() of proveNumber()
         * @throws Exception\Rejected wrong code, or it is over: after half an hour, `twofactor.code_checks` wrong codes, or the right one
         * @throws Exception\Unavailable
         */
        public function confirmNumber(#[\SensitiveParameter] string $setup, #[\SensitiveParameter] string $code, Client $client): ProvenNumber {}

        /**
         * Whether a set-up, of an app, a number or an address, still waits for its code.
         *
         * @param string $setup TotpSetup::token() or Delivery::token()
         * @throws Exception\Unavailable
         */
        public function isPendingSetup(#[\SensitiveParameter] string $setup): bool {}

        /**
         * Sends another code for the set-up of a number or an address, perhaps by another provider; the earlier one
         * stays good until its own time is over. No grant is needed: what is proven was given when the set-up began.
         *
         * @param string $setup Delivery::token()
         * @throws Exception\InvalidPhoneNumber somebody else has proven the number meanwhile, and numbers are unique here
         * @throws Exception\Rejected the set-up is over, or no token of ours
         * @throws Exception\Throttled a send budget is spent
         * @throws Exception\NotSent the number refuses codes, or this way is not offered any more
         * @throws Exception\Unavailable
         */
        public function resendCode(#[\SensitiveParameter] string $setup, Client $client): Delivery {}

        /**
         * Ten new codes; the old ones are worth nothing from now on. Raises the epoch. The grant stays good for the
         * rest of its five minutes: see Verified::grant().
         *
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\FactorRefused this site gives recovery codes
         * @throws Exception\Unavailable
         */
        public function regenerateBackupCodes(string $userId, #[\SensitiveParameter] string $grant, ?Client $client = null): BackupCodes {}

        /**
         * The same where secrets are derived: a new list of recovery codes, of the next generation. An app goes on.
         *
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\FactorRefused this site gives backup codes
         * @throws Exception\Unavailable
         */
        public function regenerateRecoveryCodes(string $userId, #[\SensitiveParameter] string $grant, ?Client $client = null): RecoveryCodes {}

        /**
         * The look-up codes that accounts are given here: Method::BackupCode, or Method::RecoveryCode where
         * `twofactor.secrets` is `derived`. An account that was given others keeps them, and they are accepted, until it
         * is given new ones.
         *
         * @throws Exception\Unavailable
         */
        public function lookupMethod(): Method {}

        /**
         * Begins to set up a new secret in the place of that of every authenticator app the user has, and codes in the
         * place of those they have. confirmTotp() ends it, and gives the new codes; until then the old ones count, and
         * their proof is asked for here: a password alone replaces nothing. Where secrets are derived it raises both
         * generations. An account moves to what `twofactor.secrets` says with it.
         *
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired also without a factor
         * @throws Exception\Unavailable
         */
        public function rotateSecret(User $user, #[\SensitiveParameter] string $grant, ?Client $client = null): TotpSetup {}

        /**
         * What each key of the key file is still needed for, in its order, and after them keys that are needed and are not
         * there: a key may go when both numbers are 0. `sealed`: accounts that are sealed with it, and what is required of
         * everybody (requireAllEnrolments()), which move to the first key as they are used. `derived`: accounts whose secrets or recovery codes are made of it, which stay until their
         * user sets them up anew (rotateSecret()). Every account is opened: for a command line.
         *
         * @return list<array{key: string, present: bool, sealed: int, derived: int}>
         * @throws Exception\Unavailable
         */
        public function keyUse(): array {}

        /**
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\Unavailable
         * @throws \ValueError when the method is not enrolled
         */
        public function setPrimary(string $userId, Method $method, #[\SensitiveParameter] string $grant, ?Client $client = null): void {}

        /**
         * Removes every factor of a method; with the last one of the account the backup codes go too. Raises the epoch. The grant stays good as with
         * regenerateBackupCodes(). A telephone number that nothing reaches any more is told so by SMS, once, if somebody
         * carries texts there: by this call, within the time of one request to a provider, and by pendingNotices() where it
         * could not.
         *
         * @param Client|null $client for the audit
         * @return int the new epoch
         * @throws Exception\StepUpRequired
         * @throws Exception\Unavailable
         * @throws \ValueError when the method is not enrolled
         */
        public function remove(string $userId, Method $method, #[\SensitiveParameter] string $grant, ?Client $client = null): int {}

        /**
         * Removes one factor, as remove() does with all of a method.
         *
         * @param string $factorId Factor::id()
         * @param Client|null $client for the audit
         * @return int the new epoch
         * @throws Exception\StepUpRequired
         * @throws Exception\FactorRefused there is no such factor
         * @throws Exception\Unavailable
         */
        public function removeFactor(string $userId, string $factorId, #[\SensitiveParameter] string $grant, ?Client $client = null): int {}

        /**
         * Gives a factor another name: see startTotp(). It ends no sign-in.
         *
         * @param string $factorId Factor::id()
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\FactorRefused the label, or there is no such factor
         * @throws Exception\Unavailable
         */
        public function renameFactor(string $userId, string $factorId, string $label, #[\SensitiveParameter] string $grant, ?Client $client = null): void {}

        /**
         * Suspends a factor, which is lost, or perhaps in somebody else's hands. It proves nothing and is sent nothing until it
         * is resumed, as if it were not enrolled; but its account has a second factor all the same. Every sign-in ends.
         *
         * By its user ($by is $userId) with a grant: not the last factor that could be proven; and a grant that this factor
         * gave is over with it. By somebody else as unlock(). Nothing happens where it is suspended already.
         *
         * @param string $factorId Factor::id()
         * @param string|null $grant of whoever acts, as for unlock()
         * @param Client|null $client for the audit
         * @return int the new epoch
         * @throws Exception\StepUpRequired
         * @throws Exception\OnHold of a user whose changes are on hold
         * @throws Exception\TooRecent
         * @throws Exception\FactorRefused there is no such factor (`unknown`), or it is the last one (`last`)
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function suspendFactor(string $userId, string $factorId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): int {}

        /**
         * Resumes a factor that was suspended: by its user, with the proof of another one, or by somebody else. What was
         * proven once more by a set-up counts again, too.
         *
         * @param string $factorId Factor::id()
         * @param string|null $grant of whoever acts, as for unlock()
         * @param Client|null $client for the audit
         * @return int the new epoch
         * @throws Exception\StepUpRequired
         * @throws Exception\OnHold of a user whose changes are on hold
         * @throws Exception\TooRecent
         * @throws Exception\FactorRefused there is no such factor
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function resumeFactor(string $userId, string $factorId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): int {}

        /**
         * Issues a code to a user who lost telephone and codes, to be told to them by a way on which they are known. With the
         * password it is good once, for a sign-in (Method::TemporaryCode) that ends with a set-up and with nothing else:
         * verify() throws EnrolmentRequired. With the set-up every factor from before is suspended, codes are given anew, and
         * its user acts on others a day later. Whoever leaves the set-up needs another code, or a factor from before.
         *
         * The one before is void; and so is this one when its user signs in otherwise or when the epoch rises, as with a new
         * password. Its user is told of it by a notice. Nobody issues one to themselves, but on the command line of the server.
         *
         * @param string|null $grant of whoever acts, as for unlock()
         * @param int $validSeconds 60 to 86400
         * @param Client|null $client for the audit
         * @return string shown here, and nowhere else
         * @throws Exception\StepUpRequired
         * @throws Exception\OnHold while they are on hold, in an emergency
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, $by is the user, or the user has no second factor
         * @throws Exception\Unavailable
         */
        public function issueTemporaryCode(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, int $validSeconds = 900, ?Client $client = null): string {}

        /**
         * Ends challenges, grants and sign-ins of this user: call after a change of password or role.
         *
         * @param Client|null $client for the audit
         * @param bool $endsTrust also of an operator's own factor: it acts on others a day later, as a new one, or when
         *        confirmOperator() says so. For somebody who was given more to decide by themselves, or by whoever may not
         *        decide that themselves
         * @return int the new epoch
         * @throws Exception\Unavailable
         */
        public function raiseEpoch(string $userId, string $by, string $reason, ?Client $client = null, bool $endsTrust = false): int {}

        /**
         * Ends the blocks of a user. A disabled authenticator stays disabled, also after a new password: it has to be
         * enrolled anew, with a backup code (those are slowed down, never disabled), or after reset().
         *
         * This and every other call of an operator takes the grant of whoever acts, and $by is then their user id. On
         * an account that has a factor, or cannot be read, on providers and on what is everybody's nobody acts without
         * one; and where others have a factor, a first factor that was enrolled with a password alone is good for that
         * only a day later, or when confirmOperator() says so. Without a grant, $by in words: on an account without a
         * factor; from the command line of the server, unless `twofactor.cli_operators` is 0; and during an emergency
         * (`twofactor.emergency`).
         *
         * A factor that is enough only because nobody else has one is noted as such (AuditEvent::authority() `first`), and
         * what is named with it, or in an emergency, counts for nobody before it was confirmed: see saveProvider(). Of
         * acts that took nothing, as on an account without a factor, the audit has twenty a day one by one and then
         * their number, and nothing of a user who has no account.
         *
         * @param string|null $grant Verified::grant() of whoever acts
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired the grant is missing, over or somebody else's
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function unlock(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Requires that a user enrols, anew if something is enrolled: from $graceUntil on, or from now on, no sign-in of
         * theirs ends without it. Without a factor beginLogin() says LoginState::EnrolmentRequired; where one is enrolled its
         * proof is asked for first, and verify() throws EnrolmentRequired when it was right: the password alone re-enrols
         * nobody. What is confirmed then takes the place of every app, backup and recovery code; a telephone and a mailbox
         * stay. During the grace it is done by new apps and codes that replace all old ones. Needs what acts on everybody
         * need, also where the user has no factor or no account. Sessions go on.
         *
         * @param int|null $graceUntil in unix seconds, at most 366 days ahead
         * @param string|null $grant Verified::grant() of whoever acts
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, and for a longer grace
         * @throws Exception\Unavailable
         */
        public function requireEnrolment(string $userId, ?int $graceUntil, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Takes over users whom other software asked for a second factor: what they had there they have here. Nothing changes
         * where something is set up here, or was taken over before: a second call changes nothing. Each is one change; the
         * audit has `factor.imported`, and each user is told. A number or an address is proven by the first right code, backup
         * codes end after thirty days or ten wrong answers, and whoever has a secret of under 16 bytes has to set up anew
         * within thirty days. Numbers are taken over where a provider sends SMS. It takes what acts on everybody take, and
         * never an emergency.
         *
         * @param list<array{id: string, secrets?: list<string>, phone?: ?string, email?: ?string, codes?: list<string>, primary?: ?string}> $users
         *     secrets in base 32, of codes of six digits that change every 30 seconds; primary as Method::$value
         * @param string|null $grant Verified::grant() of whoever acts
         * @param Client|null $client for the audit
         * @param bool $acceptWeak secrets of 10 to 15 bytes, too
         * @return list<array{id: string, taken: list<string>, left: array<string, string>}> in the order of $users: what was
         *     taken over, and of what was not the reason in one word; both empty: everything was there already
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, and for what is no such list
         * @throws Exception\Unavailable what was taken over until then stays
         */
        public function importUsers(#[\SensitiveParameter] array $users, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null, bool $acceptWeak = false): array {}

        /**
         * Takes that back: the next sign-in is as it was before. It also excuses the user from what is required of everybody
         * (requireAllEnrolments()).
         *
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function waiveEnrolment(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Requires that everybody who has a factor enrols anew, as requireEnrolment() does of one: with one write, whoever
         * many they are. Who has none is not concerned, and who enrols afterwards is not either. Required once more it begins
         * anew for all, also for those who have enrolled since. Of this and of what is required of one user the earlier one is
         * due. Needs what acts on everybody need; the audit of the providers has it. Sessions go on.
         *
         * @param int|null $graceUntil in unix seconds, at most 366 days ahead
         * @param string|null $grant Verified::grant() of whoever acts
         * @param Client|null $client for the audit
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, and for a longer grace
         * @throws Exception\Unavailable
         */
        public function requireAllEnrolments(?int $graceUntil, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Takes that back, for all who have not enrolled yet. What is required of one user stays.
         *
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function waiveAllEnrolments(string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /** What is required of everybody, if anything is. @throws Exception\Unavailable */
        public function allEnrolmentsRequired(): ?EnrolmentOfEverybody {}

        /** The policy that is set, as setEnforcement() was given it, also while no licence is good. @throws Exception\Unavailable */
        public function enforcement(): ?string {}

        /**
         * Gives the site a policy of whom it asks for which factors; an empty one takes it back, which needs no licence.
         * Sign-ins and step-ups that are open have to be begun anew. See README, "Enforcement", for what a policy says.
         *
         * @param string $policy JSON, up to 32 KiB
         * @param string|null $grant Verified::grant() of whoever acts; it has to come of a proof that the policy would be
         *     satisfied with: nobody sets what would stop them
         * @param Client|null $client for the audit
         * @throws Exception\LicenceRequired
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError what is wrong with the policy, with its path; $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function setEnforcement(string $policy, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * What a policy would do to each of these users now, if it were set. Nothing is written.
         *
         * "stopped": their next sign-in ends with a set-up; "grace": so it does from "due" on; "encouraged": one is suggested; "step-up": not the next sign-in but the next step-up does, from "due" on;
         * "unaffected".
         *
         * @param list<User> $users up to 1000
         * "rules" are the places of the rules that are for them, from 0, those that are off among them: a rule that is in
         * nobody's list is for nobody, and has names that are mistyped, perhaps.
         *
         * "lacksCodes": a rule asks for more than `any` of them, they have that, and no backup or recovery code: whoever guesses
         * at it until it is disabled leaves them nothing that counts. Ask them to make new codes.
         *
         * @return list<array{userId: string, outcome: string, due: \DateTimeImmutable|null, rules: list<int>, lacksCodes: bool}>
         * @throws Exception\LicenceRequired
         * @throws \ValueError as setEnforcement()
         * @throws Exception\Unavailable
         */
        public function previewEnforcement(string $policy, array $users): array {}

        /**
         * What the policy in force asks of a user who is signed in, for their own pages and for lists of users: from when no
         * sign-in of theirs ends without a set-up, and no step-up; null where nothing is missing, and without a licence. Past
         * where that is so by now. Not "begun": a time of grace begins with their next sign-in, and the days are what they
         * would be if that were now, if there are any. What an operator has required of them says Account::enrolmentDue().
         *
         * Of the site's profile come "due" as well, where what they have is too weak for it; "takesPassword": a first set-up
         * takes grantAfterPassword(); "setUp": how strong has to be what they set up next, null for anything. "proves": values of
         * Method that prove a step-up of theirs now; what is too weak beside something stronger is left out.
         *
         * @return array{due: \DateTimeImmutable|null, stepUpDue: \DateTimeImmutable|null, begun: bool, encouraged: bool, takesPassword: bool, proves: list<string>, setUp: string|null}
         * @throws Exception\Unavailable
         */
        public function askedOf(User $user): array {}

        /**
         * A user who is signed in puts off what is suggested to them: it is suggested again after the days that the policy
         * says. Nothing happens where nothing is.
         *
         * @throws Exception\Unavailable
         */
        public function skipEncouragement(User $user, Client $client): void {}

        /**
         * Reminds somebody of whom a second factor is required, and who has none (premium): by a mail of pendingNotices(), in
         * their language and without a link, once a day at most, whoever reminds them. That it was done, by whom and why is in
         * their audit.
         *
         * @param string|null $grant Verified::grant() of whoever acts; also where the user has no account
         * @param Client|null $client for the audit
         * @return 'written'|'not-asked'|'lately'|'no-address' what became of it: but for the first nothing was written
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws Exception\LicenceRequired
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function remind(User $user, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): string {}

        /**
         * Removes every factor of a user, even of an account that can no longer be read. Raises the epoch. Their telephone
         * number is told as with remove().
         *
         * @param string|null $grant as for unlock()
         * @return int the new epoch
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function reset(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): int {}

        /**
         * Everything that is kept about a user, as JSON with a version: for them to read (GDPR, article 15). Numbers and
         * addresses stand there in full, as nowhere else; secrets, codes and hashes do not. That a copy was taken, and by
         * whom, is in the audit.
         *
         * @param string $by whoever asks: the user's own id, or an operator's
         * @param string|null $grant as for unlock(); the user's own does as well
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable also when the account cannot be read
         */
        public function export(string $userId, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): string {}

        /**
         * Forgets a user (GDPR, article 17), even of an account that can no longer be read: of everything that is kept of
         * them their id is left, and that they were forgotten, when, by whom and why. All of it goes at once or nothing does.
         * Where they had a factor, the next sign-in under that id ends with an enrolment, for the password alone must not
         * become enough.
         *
         * @param string $reason stays in the audit: nothing of the person belongs in it
         * @param string|null $grant as for unlock(), and needed also where the user has no factor; nobody forgets
         *     themselves, nor does an emergency let anybody do it
         * @param bool $isGone nobody of that id is to come back: whoever is given it anew is as one who never had a factor
         * @return list<Message> mails that tell the user so. They are handed out once: afterwards nobody knows where to
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, or $by is the user
         * @throws Exception\Unavailable
         */
        public function forget(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, bool $isGone = false, ?Client $client = null): array {}

        /**
         * Vouches for somebody whose factor is new: they may act on others at once. Nobody vouches for themselves, nor
         * does an emergency let anybody do it: the trust would last longer.
         *
         * @param string|null $grant as for unlock()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty, or the user has no factor
         * @throws Exception\Unavailable
         */
        public function confirmOperator(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * For what a host itself changes for everybody, such as its settings and permissions: returns only if who acts
         * might change a provider.
         *
         * @param string|null $grant as for unlock()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function assertOperator(string $by, #[\SensitiveParameter] ?string $grant = null): void {}

        /**
         * Removes everything that is kept for this site, for good: accounts, audit, providers, messages. Nobody has a
         * second factor afterwards. For a host that stops using it.
         *
         * If nothing of another site is in the store, its tables or files go, too, and the key that was generated beside
         * it; `key_file` is yours. Whoever still has the store open is refused until PHP is started anew.
         *
         * @param string|null $grant as for unlock()
         * @return list<string> files that should have gone and could not be removed
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function removeSite(string $by, #[\SensitiveParameter] ?string $grant = null): array {}

        /**
         * Remembers that this credential (a cookie's value, a token) came of this proof, or of a sign-in that needed
         * none. Only a keyed hash of it is kept; of the address all but its end, of the browser two words.
         *
         * At most fifty a user: the one that was used least lately goes, of a password alone first, then of devices, and of
         * proofs only for another one of a proof. A session is over thirty days after its sign-in at the latest; one that came of
         * a device when that would be over, and of one device there are five.
         *
         * @param Verified|Login $cameOf a proof for Purpose::Login, or a login that is LoginState::Allowed or TrustedDevice
         * @param string $credential 1 to 4096 bytes that nobody can guess
         * @throws Exception\ChallengeClosed when the account has changed since: the user has to sign in again
         * @throws Exception\Throttled when fifty sessions of proofs leave no room for one of a password
         * @throws Exception\Unavailable
         */
        public function admitSession(Verified|Login $cameOf, #[\SensitiveParameter] string $credential, Client $client): Session {}

        /**
         * Whether this credential is of a session of this user that counts: to be asked at every request. False for one
         * that is unknown, another user's, ended, or too old, and once the epoch has risen.
         *
         * One read; that the session is in use is written down at most once in five minutes.
         *
         * @throws Exception\Unavailable when it cannot be known: let nobody in then
         */
        public function sessionCounts(string $userId, #[\SensitiveParameter] string $credential): bool {}

        /**
         * What the host minted during a request of a session belongs to that session, and ends with it.
         *
         * A change of factors ends all sessions. The one that it was made in goes on with the new credential, and with
         * no other, by what came of the change: the Enrolled, or the grant that the change was made with.
         *
         * @param string $child the new credential
         * @param string $parent one of the session, which counts, or did until the change
         * @throws Exception\ChallengeClosed when the session is over: the new credential does not count either
         * @throws Exception\StepUpRequired when the grant is none of this user's
         * @throws Exception\Unavailable
         */
        public function adoptSession(string $userId, #[\SensitiveParameter] string $child, #[\SensitiveParameter] string $parent, ?Enrolled $enrolled = null, #[\SensitiveParameter] ?string $grant = null): void {}

        /**
         * The user signs out: ends the session of this credential, with all its credentials, if there is one.
         *
         * @throws Exception\Unavailable
         */
        public function signOut(string $userId, #[\SensitiveParameter] string $credential): void {}

        /**
         * Ends one session, if there is one of that id, and the device that it came of, if it did; one that is of the same device
         * and in which it is asked for goes on by adoptSession() with the grant. Grants of the user end, too, but for the one
         * with which they do it themselves, and what was proven for a set-up.
         *
         * @param string $sessionId Session::id()
         * @param string $by who does it; with a grant: their user id
         * @param string|null $grant of whoever does it, as for unlock(): needed where the user has a factor
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty, or $sessionId is no id
         * @throws Exception\Unavailable
         */
        public function endSession(string $userId, string $sessionId, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Ends all sessions of a user, or all but one, and all devices, also the one that this session came of, if it did: of
         * which there may be a copy. Factors stay as they are.
         * Grants of the user end, too, and set-ups that are open, but for the grant with which they do it themselves; and what
         * was proven for a set-up by the challenge of a sign-in or step-up.
         *
         * @param string|null $exceptCredential one of the session that goes on
         * @param string $by who does it; with a grant: their user id
         * @param string|null $grant of whoever does it, as for unlock(): needed where the user has a factor
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function endSessions(string $userId, #[\SensitiveParameter] ?string $exceptCredential, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Ends all sessions and devices of everybody at once, those of whoever does it among them. Factors stay as they are.
         * All grants end, too.
         *
         * @param string $by who does it; with a grant: their user id
         * @param string|null $grant of whoever does it, as for assertOperator()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function endAllSessions(string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * The sessions of this user that count, the one that was used last first.
         *
         * @param string|null $credential whose session says that it is the current one
         * @return list<Session>
         * @throws Exception\Unavailable
         */
        public function sessions(string $userId, #[\SensitiveParameter] ?string $credential = null): array {}

        /**
         * For how many days a browser may be trusted from now on (`device_days`): for the page that offers it. 0 where none
         * may be, and without a licence.
         *
         * @throws Exception\Unavailable
         */
        public function deviceDays(): int {}

        /**
         * Premium: the browsers that this user trusts and that count, the one that was used last first.
         *
         * @param string|null $deviceToken whose device says that it is the current one
         * @return list<Device>
         * @throws Exception\LicenceRequired
         * @throws Exception\Unavailable
         */
        public function devices(string $userId, #[\SensitiveParameter] ?string $deviceToken = null): array {}

        /**
         * Premium: ends one device, if there is one of that id, and with it the sign-ins that came of it; the one in which it is
         * asked for goes on by adoptSession() with the grant.
         *
         * @param string $deviceId Device::id()
         * @param string $by who does it; with a grant: their user id
         * @param string|null $grant of whoever does it, as for unlock(): needed where the user has a factor
         * @throws Exception\LicenceRequired revokeAllDevices() needs none
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty, or $deviceId is no id
         * @throws Exception\Unavailable
         */
        public function revokeDevice(string $userId, string $deviceId, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Ends all devices of a user, and the sign-ins that came of any. Factors stay as they are; a change of them ends
         * devices by itself.
         *
         * @param string $by who does it; with a grant: their user id
         * @param string|null $grant of whoever does it, as for unlock(): needed where the user has a factor
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function revokeAllDevices(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * From when this user may act on others, with a fresh proof: a moment in the past when they may, null when they
         * have no factor. For pages; it lets nobody do anything.
         *
         * @throws Exception\Unavailable
         */
        public function operatorFrom(string $userId): ?\DateTimeImmutable {}

        /**
         * In the order of user ids (as bytes). Whatever the number of accounts, no more are read than are returned.
         *
         * @param string $search how the user id begins; a host that looks for names asks its own list of users
         * @param int $limit from 1 to 1000
         * @param string|null $after the last id of the page before
         * @return iterable<Account>
         * @throws Exception\Unavailable
         */
        public function accounts(string $search = '', int $limit = 50, ?string $after = null): iterable {}

        /**
         * Everybody who has a factor, in the order of user ids (as bytes); who cannot be read has one. Every account is
         * opened: for lists of who has none yet, and of whose user the host has deleted.
         *
         * @param bool $toEnrol of those whoever has to enrol anew, now or later, or has nothing that is strong enough for the
         *     profile
         * @return list<string>
         * @throws Exception\Unavailable
         */
        public function enrolledUserIds(bool $toEnrol = false): array {}

        /**
         * @param string|null $before AuditEvent::id() of the last event of the page before
         * @param AuditTopic|null $topic only what is about that, among the ten thousand events before
         * @return iterable<AuditEvent> newest first
         * @throws Exception\Unavailable
         */
        public function audit(?string $userId = null, int $limit = 100, ?string $before = null, ?AuditTopic $topic = null): iterable {}

        /**
         * What happened to everybody, for other systems: those after the last that was read. Each comes once and none is
         * left out, whatever `twofactor.audit_keep_days` let go meanwhile; on MySQL and MariaDB one may come a minute
         * after it was written, because another process wrote at the same moment, and on Galera always. As JSON an
         * event has a `version` (1; fields may be added to it) and its severity().
         *
         * @param string|null $after AuditEvent::id() of the last event that was read; null: from the first that is there
         * @param int $limit 1 to 1000
         * @return iterable<AuditEvent> oldest first
         * @throws Exception\Unavailable
         */
        public function events(?string $after = null, int $limit = 1000): iterable {}

        /**
         * Whether every event of this user is there, unaltered and in order. What `twofactor.audit_keep_days` let go
         * is not missed: see auditBegins().
         *
         * @throws Exception\Unavailable
         */
        public function auditIsIntact(string $userId): bool {}

        /**
         * Since when the events of this user are there, if earlier ones went because they were older than
         * `twofactor.audit_keep_days`; null when all are there.
         *
         * @throws Exception\Unavailable
         */
        public function auditBegins(string $userId): ?\DateTimeImmutable {}

        /**
         * What was done to the providers. It is in the audit of everybody, too, there without a user id.
         *
         * @param string|null $before AuditEvent::id() of the last event of the page before
         * @return iterable<AuditEvent> newest first
         * @throws Exception\Unavailable
         */
        public function providersAudit(int $limit = 100, ?string $before = null): iterable {}

        /**
         * Whether every event of the providers is there, unaltered and in order.
         *
         * @throws Exception\Unavailable
         */
        public function providersAuditIsIntact(): bool {}

        /**
         * As auditBegins(), of the events of the providers.
         *
         * @throws Exception\Unavailable
         */
        public function providersAuditBegins(): ?\DateTimeImmutable {}

        /**
         * Whether a person can enrol and use the method on this site: a provider is set up for it, and the
         * profile allows it. False for methods that this version does not have.
         *
         * @param string|null $challenge of a sign-in or step-up that goes on with a set-up: whether the method is strong
         *     enough for it, too
         * @throws Exception\Unavailable
         */
        public function offers(Method $method, #[\SensitiveParameter] ?string $challenge = null): bool {}

        /**
         * Mails that tell people of changes to their accounts and that are not said to be sent: those of calls that return
         * nothing, and those of notices() whose ids noticesSent() was not given. Call it after whatever changed something,
         * and now and then (on pages of administrators, or by a job). A mail is handed out four times at most, again after
         * five minutes, an hour and six hours; a day later `notice.undelivered` is in the user's audit, and health() says
         * so. Costs one read of an index where there is none. The SMS to numbers that could not be told when it happened go
         * out here as well, four tries each at most; a provider that does not answer is waited for once a call.
         *
         * @param int $limit about how many, 1 to 1000: the rest comes with the next call
         * @return list<Message> each to be sent to Message::to(), or where that is null to whoever administrates the site
         * @throws \ValueError
         * @throws Exception\Unavailable
         */
        public function pendingNotices(int $limit = 50): array {}

        /**
         * Looks at what happened since it was called last for what is unusual, and returns the mails of it (premium): to
         * people of a proof from a new network, after several wrong answers or after a long time, of a browser that is
         * trusted, of a block and of several wrong answers behind the right password; and to administrators
         * (Message::to() is null), once in `twofactor.alert_digest_minutes`, how often that was so, and what is wrong with
         * the site: providers that fail, limits that are nearly used up, a licence that ends. Of a kind nobody is told more
         * than once an hour and `twofactor.alert_person_day` times a day. What a notice tells already is not told again. Give
         * the ids of what was sent to noticesSent(): mails to people come again with pendingNotices(), the one to
         * administrators with the next call. Call it as pendingNotices(), or by a job: no sign-in does any of this.
         *
         * @param int $limit about how many, 1 to 1000: the rest comes with the next call
         * @param list<string>|null $administrators user ids of those who administrate the site, 1000 at most: it is told if
         *     fewer than two of them have a second factor; null: that is not looked at
         * @param string $locale language of the mail to administrators
         * @return list<Message>
         * @throws \ValueError
         * @throws Exception\LicenceRequired nothing is looked at: the next call with a licence goes on from there
         * @throws Exception\Unavailable
         */
        public function alerts(int $limit = 50, ?array $administrators = null, string $locale = ''): array {}

        /**
         * Of what is alerted, by which limits, and what was lately, for a page that shows it (premium). Nothing is looked at.
         *
         * @return string JSON: {"version": 1, "kinds": {name: bool}, "limits": {"failures", "idleDays", "failingPercent",
         *     "budgetPercent", "personDay", "digestMinutes"}, "movedAt", "digestAt", "digestWaits": bool,
         *     "latest": [{"kind", "userId", "at"}], the latest first}; fields may be added to version 1
         * @throws Exception\LicenceRequired
         * @throws Exception\Unavailable
         */
        public function alertRecord(): string {}

        /**
         * The mail of an alert with an example (premium).
         *
         * @param string $kind "after-failures", "after-inactivity", "new-network", "new-device", "blocked" or
         *     "wrong-answers": to people; "digest": to administrators
         * @throws \ValueError
         * @throws Exception\LicenceRequired
         * @throws Exception\Unavailable
         */
        public function previewAlert(string $kind, string $locale = ''): Message {}

        /**
         * The host's mailer took these: they are not handed out again. An id that says nothing, or nothing any more, is passed
         * over: what happened since is told by a mail of its own.
         *
         * @param list<string> $ids Message::id()
         * @throws \ValueError
         * @throws Exception\Unavailable
         */
        public function noticesSent(array $ids): void {}

        /**
         * What the link of a notice (setting `notice_url`) is about, for the page that it leads to: show it, and what
         * repudiate() does, with a form that posts the token. Nothing is done, however often it is asked: programs that read
         * mail open links before people do. Answer without a referrer (`Referrer-Policy: no-referrer`) and to be kept by
         * nobody (`Cache-Control: no-store`), and write the token into no log.
         *
         * @throws Exception\Rejected it is forged, of another site or user, or older than seven days: nobody is told which
         * @throws Exception\Unavailable
         */
        public function openNotice(#[\SensitiveParameter] string $token): Notice {}

        /**
         * The user of a notice says that it was not them, by a button on the page of openNotice(), in a POST. It needs no
         * sign-in. All their sign-ins, proofs, set-ups and trusted browsers end, and changes of their factors are on hold:
         * calls that would make one throw Exception\OnHold, also the user's own, until releaseHold(). They sign in as
         * before. They and the administrators are told (pendingNotices()).
         *
         * @throws Exception\Rejected as openNotice(), and for a link that was used, or a newer one of the user
         * @throws Exception\Unavailable
         */
        public function repudiate(#[\SensitiveParameter] string $token, Client $client): void {}

        /**
         * Ends that hold. The user themself (`by` is their id) needs a grant that came of a backup or recovery code, of a
         * set that is older than what was not them, and than a week before they said so (Account::codeEndsHold()). Anybody
         * else needs a grant of their own and may act on others, as in reset(), or is on the server's command line; an
         * emergency, a first factor that is new and somebody whose own changes are on hold end none. Links of notices from
         * before put no hold again. Nothing happens where there is none.
         *
         * @throws \ValueError
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws Exception\OnHold the user's codes are too new, or the operator is one of those who end none
         * @throws Exception\Unavailable
         */
        public function releaseHold(string $userId, string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Messages by telephone and what became of them.
         *
         * @param string|null $before SentMessage::id() of the last message of the page before
         * @return iterable<SentMessage> newest first
         * @throws Exception\Unavailable
         */
        public function deliveries(int $limit = 100, ?string $before = null): iterable {}

        /**
         * Takes a provider's report of what became of a message, as it was posted to the address that the
         * provider's `status_callback` names. Only what the provider has signed counts; what comes twice or
         * late changes nothing.
         *
         * @param string $provider the provider's name in the configuration
         * @param string $body     as it came: file_get_contents('php://input')
         * @param array<string, string> $headers as they came, by name in any case: getallheaders()
         * @return bool whether it was news; answer the provider with 2xx either way
         * @throws Exception\Rejected    not proven to come from this provider: answer with 403
         * @throws Exception\Unavailable answer with 503
         */
        public function reportDelivery(string $provider, #[\SensitiveParameter] string $body, array $headers): bool {}

        /**
         * What each provider did on each way: messages, failures by kind, fail-overs, suspected fraud, time to
         * delivery, price where it is reported, and whether it is asked at all. And what happened on this site: sign-ins, wrong
         * answers, lockouts, enrolments, notices; counted from the events before it is told, each once, whichever server is
         * asked. Labels name no person and no address.
         *
         * @return string OpenMetrics 1.0, to be served as application/openmetrics-text; version=1.0.0; charset=utf-8
         * @throws Exception\Unavailable
         */
        public function metrics(): string {}

        /**
         * Figures of this site (premium): what happened on each day, counted from the events, and by the last passes that
         * refreshFigures() has made, how many accounts have which factor, who has to set one up, and where messages went.
         * Nobody is named, but networks from which wrong answers came: for administrators alone.
         *
         * @param int $days how far back, 1 to 400; days are those of UTC
         * @return string JSON: {"version": 1, "at", "counted": {"at", "isComplete"}, "totals", "methods": {method: {…}},
         *     "days": [{"day", "signIns", "failures", …}], "accounts": {"at", "accounts", "enrolled", …} or null,
         *     "adoption": [as accounts, of each day], "networks": [{"network", "wrong", "refused", "surplus"}],
         *     "delivery": [{"provider", "channel", "sent", "failed", …}], "messagesAt",
         *     "messages": [{"country", "provider", "sent", "delivered", "failed"}]}; fields may be added to version 1
         * @throws \ValueError
         * @throws Exception\LicenceRequired
         * @throws Exception\Unavailable
         */
        public function figures(int $days = 90): string {}

        /**
         * Goes on with what figures() come of, for the host's regular job (premium): counts events, and looks at accounts and
         * messages, every ten minutes at most and a few thousand at a time, in about a tenth of a second. Call it again until it
         * says true.
         *
         * @return bool whether nothing is left to do for now
         * @throws Exception\LicenceRequired
         * @throws Exception\Unavailable
         */
        public function refreshFigures(): bool {}

        /**
         * A text about this site and this process to attach to a question (premium): versions of all software, every setting
         * with where it came from, what health() finds, the providers by kind and state, what failed lately by kind, counters,
         * tables and columns. Printable ASCII, at most 64 KiB, its first line with the number of its format. Nothing that a
         * person has typed is in it, and nothing secret: no name, id, e-mail address, number or network address, no code, key,
         * credential, host or path; of a setting that is no number and no word that is known, only that it is set; providers
         * are numbered. It is sent to nobody.
         *
         * For whoever may act on what is everybody's: with a fresh proof of their own, or on the server. That it was made is in
         * providersAudit(). Where the store answers and takes no event, the text says so; where it does not answer, only whoever
         * is on the server gets one, from a process that has seen the licence before.
         *
         * @param string|null $grant Verified::grant() of whoever acts
         * @param Client|null $client for the audit
         * @throws Exception\LicenceRequired
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by or $reason is empty
         * @throws Exception\Unavailable
         */
        public function supportBundle(string $by, string $reason, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): string {}

        /**
         * The providers of codes in the order they are asked.
         *
         * @return list<Provider>
         * @throws Exception\ConfigurationError when those in the store cannot be opened
         * @throws Exception\Unavailable
         */
        public function providers(): array {}

        /**
         * The kinds of provider there are, and what may be written of each: enough for a form.
         *
         * @return list<ProviderKind>
         */
        public static function providerKinds(): array {}

        /**
         * Where the providers come from, even when there are none or they cannot be opened: `file`, `environment`
         * or `store`. Only those in the store can be changed here.
         *
         * @throws Exception\Unavailable
         */
        public function providersSource(): string {}

        /**
         * Adds a provider as the last one, or changes it: what $settings leaves out stays as it is, null takes a
         * setting out. A new kind begins empty, and a new `url` needs the secrets again: nobody learns a secret by
         * having it sent somewhere else. Every process uses the change at its next code. Audited with the names of
         * what was changed, see providersAudit().
         *
         * One that is saved with nothing but a password behind it (by the only user who has a factor, before that is a
         * day old or confirmed, or in an emergency) may be tried out, and no code goes there before it is saved again with
         * more: with `[]` as it is. Nor may its `url` be a new one. Provider::isConfirmed() tells, and health().
         *
         * @param array<string, string|int|list<string>|null> $settings as an entry of the file of providers;
         *        `provider` is the kind. A text has at most 4096 bytes and no control characters, a list at most 16 texts
         * @throws Exception\ConfigurationError with the provider's name and advice, never a value; nothing is changed
         *         then. Also when the providers come from a file or the environment
         * @param string|null $grant as for unlock()
         * @param bool $proposed it waits in the same way, whatever stands behind it, until somebody saves it who does not
         *        propose: for whoever looks after providers and must not decide by whom an administrator's codes are carried
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function saveProvider(string $name, #[\SensitiveParameter] array $settings, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null, bool $proposed = false): void {}

        /**
         * @param string $name `*` removes all of them, even when those in the store cannot be opened
         * @throws Exception\ConfigurationError as saveProvider(), and when there is none of that name
         * @param string|null $grant as for unlock()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function removeProvider(string $name, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * @param list<string> $names every provider once
         * @throws Exception\ConfigurationError as saveProvider(), and when $names are not all of them
         * @param string|null $grant as for unlock()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function orderProviders(array $names, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): void {}

        /**
         * Asks the provider whether it knows the credentials; sends nothing. What it says is in the check, with the
         * balance if it tells one: that is to be shown, and may not be true.
         *
         * @throws Exception\ConfigurationError when there is none of that name
         * @throws Exception\Unavailable
         */
        public function checkProvider(string $name): HealthCheck {}

        /**
         * A page of a provider's own list of messages, in its own words; the managed gateway keeps one. Numbers are
         * masked.
         *
         * @param string|null $cursor `next` of the page before
         * @return array{entries: list<array{timestamp: string, phone: string, country: string, status: string, type: string}>, next: ?string}
         * @throws Exception\ConfigurationError when there is no such provider, when it keeps no list, and with what it answers
         * @throws Exception\Unavailable
         */
        public function providerLog(string $name, ?string $cursor = null): array {}

        /**
         * Sends a test message through that one provider, and no other, within the budgets. Where the site has a text of
         * its own for the method and $language (English if nothing is said), that is sent, with zeros for the code. A provider that makes
         * its codes itself sends one; it opens nothing. Everybody who may call this shares the budgets of one user.
         *
         * @param Method $method Method::Sms, Method::Voice or Method::WhatsApp
         * @param string|null $grant as for unlock()
         * @return Delivery expiresAt() is the present unless the provider sent a code of its own
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws Exception\InvalidPhoneNumber
         * @throws Exception\Throttled
         * @throws Exception\NotSent the provider will not send to this number
         * @throws Exception\ConfigurationError with what went wrong, for operators
         * @throws \ValueError when $by is empty
         * @throws Exception\Unavailable
         */
        public function sendTest(string $name, #[\SensitiveParameter] string $number, ?string $region, Method $method, string $by, Client $client, #[\SensitiveParameter] ?string $grant = null, ?string $language = null): Delivery {}

        /**
         * What messages with a code say, for each method by telephone and each language there is: the site's own text, or
         * ours where it has none. Ours is given as a text that the site's own could start from.
         *
         * The text is sent by providers that take our texts, and for everything a code is for. Those that make their
         * codes themselves (Twilio Verify, the gateway) have texts of their own, and so has the approved template of a
         * WhatsApp message by Twilio Messaging.
         *
         * @return list<array{method: string, language: string, text: ?string, standard: string, confirmed: bool}>
         *         confirmed is false as long as the text was written with nothing but a password behind it: ours is sent.
         *         See saveProvider()
         * @throws Exception\ConfigurationError when those in the store cannot be opened: ours are sent
         * @throws Exception\Unavailable
         */
        public function messageTexts(): array {}

        /**
         * Gives messages of one method and language a text of the site's own; null: ours again. `{code}` stands in it
         * once; `{site}` and `{minutes}` may. What we add stays: the advice not to tell the code to anybody, the line
         * that binds it to the site's address (see `webotp_host`) and, of a call, the code once more.
         *
         * It may have no link and nothing that looks like one, no other number of four digits or more, letters, digits
         * and common punctuation on one line only, and with the longest name and code a message of it takes two parts at
         * most, a call 400 characters. Audited, see providersAudit().
         *
         * @param Method $method Method::Sms, Method::Voice or Method::WhatsApp
         * @param string $language `en`, `de`, `fr`, `es`, `it`, `fi` or `he`
         * @param string|null $grant as for unlock()
         * @param bool $proposed ours is sent until somebody saves it who does not propose, see saveProvider()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError when the text may not be one, for another method or language, or when $by is empty
         * @throws Exception\Unavailable
         */
        public function setMessageText(Method $method, string $language, ?string $text, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null, bool $proposed = false): void {}

        /**
         * A message as it would be sent, with the site's name and an example of a code; null: ours.
         *
         * @param Method $method Method::Sms, Method::Voice or Method::WhatsApp
         * @param string $language `en`, `de`, `fr`, `es`, `it`, `fi` or `he`
         * @return array{text: string, parts: int, characters: int, coding: ?string, problem: ?string} counted with the
         *         longest name and code. coding is "gsm-7" (160 characters in one part, 153 in each of two) or "ucs-2" (70,
         *         67), null of a call, which has one part. problem is null, or why setMessageText() refuses it: "code",
         *         "placeholder", "link", "digits", "character" or "length"
         * @throws \ValueError for another method or language
         * @throws Exception\Unavailable
         */
        public function previewMessageText(Method $method, string $language, ?string $text = null): array {}

        /**
         * What people are told of their accounts in one language: the site's own texts, or ours where it has none.
         *
         * A text for one kind of notice goes before the one for all of them. Those of alerts are premium: they are in the
         * list, and used, while a licence counts.
         *
         * @param string $language `en`, `de`, `fr`, `es`, `it`, `fi` or `he`
         * @param string $locale of whoever reads the titles, see User
         * @return list<array{kind: string, title: ?string, subject: ?string, text: ?string, standardSubject: ?string, standard: string, placeholders: list<string>, confirmed: bool}>
         *         kind is "notice" (changes of an account, to its user), "notice.factor-added" and so on (one kind of
         *         them), "administrators", "sms" (what a telephone number is told), "alert", "alert.new-network" and so on,
         *         "digest"; title says which, where it is one kind. subject is null where it is ours, and standardSubject
         *         of an SMS. confirmed is false as long as the text was written with nothing but a password behind it:
         *         ours is sent. See saveProvider()
         * @throws Exception\ConfigurationError when those in the store cannot be opened: ours are sent
         * @throws \ValueError for another language
         * @throws Exception\Unavailable
         */
        public function noticeTexts(string $language, string $locale = ''): array {}

        /**
         * Gives what people are told in one language a text of the site's own; null: ours again.
         *
         * Of a mail `{what}`, `{advice}` and, to users, `{link}` stand in it, each once on a line of its own: what happened
         * and what to do, in our words, and where to say that it was somebody else. `{site}`, `{user}`, `{when}`, `{where}`
         * and `{browser}` may, where noticeTexts() names them; what of the last three is not there stands with `{what}`. In
         * the subject `{site}` and `{what}` may. In an SMS `{what}` stands once and `{site}` may. HTML is made of the same
         * lines.
         *
         * It may have no link and nothing that looks like one, no number of four digits or more, and letters, digits and
         * common punctuation only; a mail 1000 characters on 40 lines, its subject 100 on one, an SMS two parts. What is
         * not allowed any more, or does not open, keeps no notice back: ours is sent, and health() says so. Audited, see
         * providersAudit().
         *
         * @param string $kind as noticeTexts() names it
         * @param string $language `en`, `de`, `fr`, `es`, `it`, `fi` or `he`
         * @param string|null $subject null or empty: ours; of an SMS none
         * @param string|null $grant as for unlock()
         * @param bool $proposed ours is sent until somebody saves it who does not propose, see saveProvider()
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws Exception\LicenceRequired for alerts
         * @throws \ValueError when the text may not be one, for another kind or language, or when $by is empty
         * @throws Exception\Unavailable
         */
        public function setNoticeText(string $kind, string $language, ?string $subject, ?string $text, string $by, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null, bool $proposed = false): void {}

        /**
         * What people would be told, with an example; null: ours.
         *
         * @param string $kind as noticeTexts() names it
         * @param string $language `en`, `de`, `fr`, `es`, `it`, `fi` or `he`
         * @return array{subject: string, text: string, parts: ?int, characters: ?int, coding: ?string, field: ?string, problem: ?string}
         *         parts, characters and coding of an SMS, as previewMessageText() counts them. problem is null, or why
         *         setNoticeText() refuses it: "needed" (what has to stand in it), "placeholder", "link", "digits",
         *         "character" or "length"; field is "subject" or "text"
         * @throws Exception\LicenceRequired for alerts
         * @throws \ValueError for another kind or language
         * @throws Exception\Unavailable
         */
        public function previewNoticeText(string $kind, string $language, ?string $subject = null, ?string $text = null): array {}

        /** Asks no provider. */
        public function health(): Health {}

        /**
         * The licence for what is premium, as it is kept; null where there is none: no key is set, it has not come yet, or
         * what is kept is not genuine or not for this site. It may have ended or been refused: counts() says whether it is
         * good. Asks nobody.
         *
         * @throws Exception\Unavailable
         */
        public function licence(): ?Licence {}

        /**
         * Asks for the licence, if that is due: after half of its life, and at most once an hour where none is good. For a
         * job that runs every hour; nothing else asks, and no sign-in waits for it. What is good is returned, also where the
         * gateway gives no answer and the grace lasts.
         *
         * @param bool $now for a person who wants to know: it is due already, and asked at most once a minute
         * @throws Exception\LicenceRequired none is good, also after that
         * @throws Exception\Unavailable
         */
        public function renewLicence(bool $now = false): Licence {}

        /**
         * For a page on which an administrator enters the licence key, where the setting `licence_key` is `stored`. The
         * gateway is asked for it at once, and it is kept, sealed in the store, unless the gateway says no, or gives no
         * answer while an earlier one is good; nothing shows it again. Who may do that only the host knows: ask for what an
         * act on everybody takes. While a policy is set (setEnforcement()), whoever takes a key away, or puts another in its
         * place, has to be named and to be one who may change the policy, which asks for nothing without a licence.
         *
         * The site's address is kept beside it and is what the licence is asked for from then on, also by a job. Never take it
         * from a request: who asks can name any host.
         *
         * @param string $key '' forgets the one that there is, and the licence with it
         * @param string|null $siteUrl the site's address, such as `https://www.example.com`; null: that of the setting
         *     `site_url`, beside which no other is taken, or where that is empty the one of the key before
         * @param string|null $by who acts, for the audit (`licence.entered`, `licence.forgotten`); with it $reason, and in a
         *     request $grant, Verified::grant() of theirs
         * @return Licence|null null when it was forgotten
         * @throws Exception\LicenceRequired it makes no licence now
         * @throws Exception\StepUpRequired
         * @throws Exception\TooRecent
         * @throws \ValueError $reason is empty
         * @throws Exception\Unavailable
         */
        public function setLicenceKey(#[\SensitiveParameter] string $key, ?string $siteUrl = null, ?string $by = null, ?string $reason = null, #[\SensitiveParameter] ?string $grant = null, ?Client $client = null): ?Licence {}
    }

    final class Login implements \JsonSerializable
    {
        private function __construct() {}

        public function state(): LoginState {}

        /** Opaque token bound to user, purpose and attempt; keep it server-side. Empty where the password is enough. */
        public function challenge(): string {}

        /** @return list<Method> what this account can prove, the user's primary first; disabled methods are left out */
        public function methods(): array {}

        /** Until when the challenge is open; null if that is not limited (`challenge_ttl`), and without one. */
        public function expiresAt(): ?\DateTimeImmutable {}

        /**
         * From when no sign-in ends without an enrolment, where one is required (requireEnrolment(), setEnforcement()): say so
         * in time.
         */
        public function enrolmentDue(): ?\DateTimeImmutable {}

        /**
         * Whether the site's policy suggests a set-up, and it was not put off lately (Verifier::skipEncouragement()): for a
         * page after the sign-in that can be skipped.
         */
        public function isEncouraged(): bool {}

        /**
         * With LoginState::TrustedDevice: what takes the place of the token that was shown, in the same cookie; else null.
         * Leave the cookie as it is where this is null: another tab may have been given a new one meanwhile, and without a
         * licence no device counts and none is lost.
         */
        public function deviceToken(): ?string {}

        /**
         * A device that is over since this sign-in showed an earlier token of it: there is a copy, or the answer with the
         * later one was lost. Tell nothing to whoever signs in: it may be the thief. Its user is told by notices().
         */
        public function endedDevice(): ?Device {}

        /**
         * Mails for the host to send: what is to be told of the account and was not told yet (a device of which there is a
         * copy, or what a call changed that returns nothing). They go to User's address, to the one that it had before,
         * for thirty days, and to the one that its user has proven. See Verifier::noticesSent().
         *
         * @return list<Message>
         */
        public function notices(): array {}

        /** The state and the methods; never the challenge, and no token. */
        public function jsonSerialize(): array {}
    }

    final class Verified implements \JsonSerializable
    {
        private function __construct() {}

        public function userId(): string {}

        public function method(): Method {}

        public function purpose(): Purpose {}

        /**
         * For step-up: proves freshness to the settings calls for five minutes from the proof, for this user only,
         * however many changes are made with it. It ends with the epoch otherwise: with changes that are made with
         * another grant or none, and with raiseEpoch() and reset(). For a reset of a password: what
         * completePasswordReset() takes. Empty for other purposes.
         */
        public function grant(): string {}

        /** Until when the grant is good, if it does not end with the epoch before; null without one. */
        public function grantExpiresAt(): ?\DateTimeImmutable {}

        /** When the proof was accepted. */
        public function at(): \DateTimeImmutable {}

        /**
         * What was proven, in registered values (RFC 8176): "sms" and "tel" for codes by SMS and voice call, "otp" for every
         * other code that is good once; "mfa" where it followed a password, as for Purpose::Login. Not in
         * Enrolled::verified() where the password alone stood behind the set-up: whoever knew it could have made it. That
         * there was a password ("pwd") the host knows itself.
         *
         * @return list<string>
         */
        public function amr(): array {}

        /** The account's epoch when the proof was accepted. A sign-in is over when Account::epoch() has risen above it. */
        public function epoch(): int {}

        /** Null when the account has no backup codes. */
        public function backupCodesLeft(): ?int {}

        /** Null when the account has no recovery codes; 0 with the last one. */
        public function recoveryCodesLeft(): ?int {}

        /**
         * It was the last recovery code: the account has no factor any more. Have its user set one up anew at once; the
         * next sign-in does not end without it (LoginState::EnrolmentRequired), and until then whoever knows the password
         * could do so in their place. Where a set-up within a sign-in cannot be offered, call waiveEnrolment().
         */
        public function isSwitchedOff(): bool {}

        /**
         * The token of the device that this browser is from now on, if verify() was asked for one and there may be: null
         * without a licence, where `device_days` is 0, and where no sign-in ended.
         *
         * Keep it in a cookie of the browser and nowhere else: `__Host-…`, Secure, HttpOnly, SameSite=Lax, with a name of
         * its own for each user if several use one browser. Without HTTPS no browser takes such a cookie, and you should
         * not offer it. Each sign-in by it gives another one (Login::deviceToken()), and an earlier one ends the device,
         * but in the half minute after it from the same browser, so that two tabs do not.
         */
        public function deviceToken(): ?string {}

        /**
         * Premium (`after_failures`): so many wrong answers came from where the user never was that somebody else seems to know
         * the password. Ask for a new one before anything else, then call raiseEpoch(): until that, or a reset by
         * completePasswordReset(), every proof says so.
         */
        public function mustChangePassword(): bool {}

        /**
         * Mails for the host to send: what is to be told of the account and was not told yet, such as that a backup or
         * recovery code was used, and how many are left. As Login::notices().
         *
         * @return list<Message>
         */
        public function notices(): array {}

        /** Everything but the grant, the token and the mails. */
        public function jsonSerialize(): array {}
    }

    /** A sign-in that goes on: what came of it, with all credentials that the host minted for it. */
    final class Session implements \JsonSerializable
    {
        private function __construct() {}

        /** Its name, which lets nobody in. */
        public function id(): string {}

        /** When its user signed in. */
        public function createdAt(): \DateTimeImmutable {}

        /** When it was last used, to within five minutes. */
        public function lastSeenAt(): \DateTimeImmutable {}

        /** What was proven; null when nothing was. */
        public function method(): ?Method {}

        /** Where its user signed in from: "192.0.2.•••", "2001:db8:12:•••", "•••" where that is not known. */
        public function maskedAddress(): string {}

        /** "Firefox on Windows", as far as it can be told from what the browser said; null when it cannot. */
        public function browser(): ?string {}

        /** "Firefox", for hosts that speak another language. */
        public function browserName(): ?string {}

        /** "Windows" */
        public function systemName(): ?string {}

        /** Whether it came of a proof; else of a password alone, or of a password and a device. */
        public function isProven(): bool {}

        /** Whether a device that its user trusts stood for the second factor. */
        public function isByDevice(): bool {}

        /** Whether it is the one that was asked about. */
        public function isCurrent(): bool {}

        public function jsonSerialize(): array {}
    }

    /** A browser that its user trusts. Having the object lets nobody in. */
    final class Device implements \JsonSerializable
    {
        private function __construct() {}

        /** Its name, which lets nobody in. */
        public function id(): string {}

        /** When a proof made it. */
        public function createdAt(): \DateTimeImmutable {}

        /** When it was last used to sign in, or made. */
        public function lastUsedAt(): \DateTimeImmutable {}

        /** When it is over, however often it is used. */
        public function expiresAt(): \DateTimeImmutable {}

        /** Where it was last used from: "192.0.2.•••", "2001:db8:12:•••", "•••" where that is not known. */
        public function maskedAddress(): string {}

        /** "Firefox on Windows", as far as it can be told from what the browser said; null when it cannot. */
        public function browser(): ?string {}

        /** "Firefox", for hosts that speak another language. */
        public function browserName(): ?string {}

        /** "Windows" */
        public function systemName(): ?string {}

        /**
         * Whether it is the one that was asked about, with its current token: to whoever shows an earlier one it is not, for
         * then there is a copy, and what is said of the device may be said of that.
         */
        public function isCurrent(): bool {}

        public function jsonSerialize(): array {}
    }

    /** A code is on its way. */
    final class Delivery implements \JsonSerializable
    {
        private function __construct() {}

        public function method(): Method {}

        /** "+49 ••• 89" or "a•••@example.com". */
        public function maskedDestination(): string {}

        /** Until when the code is good. */
        public function expiresAt(): \DateTimeImmutable {}

        /** Another code may be asked for from then on. */
        public function resendAt(): \DateTimeImmutable {}

        /** Only for Method::Email: what the host must mail. Null for everything the extension sends itself. */
        public function message(): ?Message {}

        /**
         * For startPhone(), enableEmail(), resendCode() and proveNumber(): by this the set-up goes on; keep it server-side. Empty for
         * every other code.
         */
        public function token(): string {}

        /** Everything but the mail and the token. */
        public function jsonSerialize(): array {}
    }

    /** A message by telephone, and what became of it. */
    final class SentMessage implements \JsonSerializable
    {
        private function __construct() {}

        public function id(): string {}

        /** When a provider was asked to send it. */
        public function at(): \DateTimeImmutable {}

        /** Empty for a test message, and for a code of proveNumber(). */
        public function userId(): string {}

        /** The provider's name in the configuration. */
        public function provider(): string {}

        public function method(): Method {}

        /** "+49 ••• 89" */
        public function maskedDestination(): string {}

        /** The provider's name of the message, to ask the provider about it. */
        public function reference(): ?string {}

        /**
         * What is known: "accepted" by the provider, or "unknown" when its answer was lost; where it sends
         * reports also "queued", "sending", "sent", "delivered", "undelivered", "failed".
         */
        public function status(): string {}

        /** Since when that is known. */
        public function statusAt(): \DateTimeImmutable {}

        /** The provider's code for what went wrong. "notice" for a message without a code. */
        public function detail(): ?string {}

        /** From asking the provider to delivery; null unless it was delivered. */
        public function deliverySeconds(): ?int {}

        public function jsonSerialize(): array {}
    }

    /** An e-mail for the host to send, with its own mailer. It holds a code: do not log it. */
    final class Message
    {
        private function __construct() {}

        /** By which Verifier::noticesSent() is told that it was sent; empty of a mail with a code. */
        public function id(): string {}

        /** One address; null of a notice to whoever administrates the site: the host knows who that is. Never null of a mail with a code. */
        public function to(): ?string {}

        /** One line, without the code. */
        public function subject(): string {}

        public function text(): string {}

        /**
         * The same as a whole HTML document, without pictures. A notice to a user has one link, to the site's own page
         * (setting `notice_url`); nothing else has any.
         */
        public function html(): string {}
    }

    /** What the link of a notice is about: Verifier::openNotice(). */
    final class Notice
    {
        private function __construct() {}

        public function userId(): string {}

        /**
         * What was told: "factor-added", "factor-replaced", "number-replaced", "factor-removed", "factor-renamed",
         * "codes-renewed", "code-used", "switched-off", "reset", "unlocked", "sign-ins-ended", "password-reset",
         * "device-copied".
         */
        public function kind(): string {}

        /** The same in words, in language(), without a full stop: "A second factor was added to your account". */
        public function title(): string {}

        /** The user's language: "en", "de", "fr", "es", "it", "fi" or "he". */
        public function language(): string {}

        /** Of what; null where it is about no factor. */
        public function method(): ?Method {}

        public function at(): \DateTimeImmutable {}

        /** The link, or a newer one of the user, was used, or the hold was ended since: it does nothing more. */
        public function isUsed(): bool {}

        /** Since when changes of factors are on hold; null when they are not. */
        public function heldSince(): ?\DateTimeImmutable {}
    }

    final class TotpSetup
    {
        private function __construct() {}

        /** By this the set-up goes on: confirmTotp(), pendingTotp(). Keep it server-side. */
        public function token(): string {}

        /** otpauth://totp/… */
        public function uri(): string {}

        /** Base 32, grouped for reading. */
        public function secret(): string {}

        /**
         * Where `twofactor.codes_shown` is `setup` and there is no factor yet: the backup codes, to be shown now and not
         * with confirmTotp(). They count once the set-up is confirmed. Of pendingTotp() none.
         *
         * @return list<string>
         */
        public function backupCodes(): array {}

        /** An <svg> element: no data:, no script, no outside request. */
        public function qrSvg(): string {}

        /** @param int $scale pixels a module, 1 to 40 */
        public function qrPng(int $scale = 6): string {}
    }

    final class Enrolled
    {
        private function __construct() {}

        public function method(): Method {}

        /**
         * @return list<string> fresh backup codes, shown once; empty unless this was the first factor or took the place of
         *     another (rotateSecret()), and where there are recovery codes
         */
        public function backupCodes(): array {}

        /** @return list<string> fresh recovery codes in their place, from the first to the last, where secrets are derived */
        public function recoveryCodes(): array {}

        /**
         * Mails for the host to send: that a factor was added, or took the place of another. As Login::notices(). Where a
         * number took the place of another they also go to the address that the user had when the old one was proven, and
         * the old number is told by SMS if somebody carries texts there: this call sends it, and pendingNotices() where it
         * could not.
         *
         * @return list<Message>
         */
        public function notices(): array {}

        /**
         * The proof of the sign-in that the set-up was begun in, with its challenge in place of a grant: that ends here.
         * Null for every other set-up: whoever was signed in stays so by epoch().
         */
        public function verified(): ?Verified {}

        /** The epoch after the enrolment, for the sign-in that made it. */
        public function epoch(): int {}

        /**
         * When the authenticator app shows its next code: the one that confirmed it is spent, and nothing else signs in
         * by app until then. Null for what is sent: Delivery::resendAt() of the set-up says when the number or address
         * may be sent another code, and sendCode() throws Throttled with the seconds that are left.
         */
        public function nextCodeAt(): ?\DateTimeImmutable {}
    }

    /** A fresh set. */
    final class BackupCodes
    {
        private function __construct() {}

        /** @return list<string> shown once */
        public function codes(): array {}

        /** The epoch after the change, for the sign-in that made it. */
        public function epoch(): int {}
    }

    /** A fresh list, in the order in which they are used. */
    final class RecoveryCodes
    {
        private function __construct() {}

        /** @return list<string> shown once, from the first to the last */
        public function codes(): array {}

        /** The epoch after the change, for the sign-in that made it. */
        public function epoch(): int {}
    }

    /** What may be shown of one enrolled factor: never a secret or a full number. */
    final class Factor implements \JsonSerializable
    {
        private function __construct() {}

        /** For Verifier::removeFactor(), renameFactor() and suspendFactor(); it says nothing of the factor. */
        public function id(): string {}

        public function method(): Method {}

        /** What its user calls it; empty as long as they gave it no name, but an app always has one. */
        public function label(): string {}

        public function enrolledAt(): \DateTimeImmutable {}

        /** When a proof of it was last accepted; null when none was. */
        public function lastUsedAt(): ?\DateTimeImmutable {}

        /** After too many failures of its method, which has to be enrolled anew. */
        public function isDisabled(): bool {}

        /** It proves nothing until resumeFactor(). */
        public function isSuspended(): bool {}

        /** "+49 ••• 89", "a•••@example.com"; null of an app and of backup codes. */
        public function maskedDestination(): ?string {}

        /** @return array<string, mixed> */
        public function jsonSerialize(): array {}
    }

    /** What may be shown of an account: never a secret, a code or a full number. */
    final class Account implements \JsonSerializable
    {
        private function __construct() {}

        public function userId(): string {}

        /** True as soon as a factor is confirmed, and for an account that cannot be read. */
        public function isEnrolled(): bool {}

        /** From when no sign-in ends without an enrolment; null where none is required. */
        public function enrolmentDue(): ?\DateTimeImmutable {}

        /** Whether nothing of it is strong enough for the site's profile: the next sign-in ends with the set-up of an app. */
        public function isTooWeak(): bool {}

        /**
         * Since when changes of factors are on hold, because the user said of a notice that it was not them
         * (Verifier::repudiate()); null when they are not.
         */
        public function heldSince(): ?\DateTimeImmutable {}

        /** Whether one of the user's backup or recovery codes ends it (Verifier::releaseHold()); if not, somebody else has to. */
        public function codeEndsHold(): bool {}

        /** False when the sealed account cannot be opened (key missing, row damaged): such a user cannot sign in. */
        public function isReadable(): bool {}

        /** @return list<Method> enrolled methods, backup codes last; none of which everything is suspended */
        public function methods(): array {}

        /** @return list<Method> methods disabled for good after too many failures */
        public function disabledMethods(): array {}

        /** @return list<Factor> what is enrolled, one by one: apps, the ways to the telephone, the mailbox, backup codes */
        public function factors(): array {}

        public function primary(): ?Method {}

        public function backupCodesLeft(): int {}

        /** Recovery codes that are still good. */
        public function recoveryCodesLeft(): int {}

        /** The number, on the list, of the first recovery code that is still good; null without any. */
        public function nextRecoveryCode(): ?int {}

        /** End of the block of $method, or of the longest one; null when there is none now. */
        public function lockedUntil(?Method $method = null): ?\DateTimeImmutable {}

        /** "+49 ••• 89"; null without a verified number. */
        public function maskedPhone(): ?string {}

        /** "a•••@example.com"; null without a verified address. */
        public function maskedEmail(): ?string {}

        /** When a proof was last accepted; with a method, by a factor of it that is still enrolled. */
        public function lastVerifiedAt(?Method $method = null): ?\DateTimeImmutable {}

        /** How far the authenticator's clock was ahead (+) or behind (-) at the last acceptance, in seconds. */
        public function totpDrift(): ?int {}

        /**
         * The same once it is worth telling: three acceptances in a row of the app that was used last were off the same way, by
         * more than 20 seconds and by `twofactor.clock_warn_seconds` at least, or two consecutive codes have said how far it is
         * off. Less may be a code that was typed late. Null until then.
         */
        public function steadyTotpDrift(): ?int {}

        /** Whether there is room for one more authenticator app. */
        public function takesAnotherApp(): bool {}

        /** Rises with every change of factors, password or role. */
        public function epoch(): int {}

        public function jsonSerialize(): array {}
    }

    final class AuditEvent implements \JsonSerializable
    {
        private function __construct() {}

        public function id(): string {}

        public function at(): \DateTimeImmutable {}

        /** Empty for what was done to the providers: that is nobody's. */
        public function userId(): string {}

        /** A stable name such as `factor.accepted`; docs/design.md has the list. */
        public function type(): string {}

        /** What it is about; null for what somebody has written over an event. */
        public function topic(): ?AuditTopic {}

        /**
         * How urgent it is, as PSR-3 calls it: `info` and `notice`; `warning` for what was proven, enrolled, removed,
         * disabled or allowed; `error` for what did not work; `alert` for what looks like an attack.
         */
        public function severity(): string {}

        /** Whether it and the next later one are read as steps of one sign-in: asked, sent, accepted. */
        public function leadsTo(AuditEvent $later): bool {}

        public function method(): ?Method {}

        /** Factor::id() or Device::id() of what it is about, also of one that is gone; null for what is about none. */
        public function factorId(): ?string {}

        /** What that factor was called then, null if it had no name; or the device's browser. */
        public function factorLabel(): ?string {}

        /** What a proof was asked for; null for what is about no proof, as the change of a factor. */
        public function purpose(): ?Purpose {}

        /** What stood behind the request; null for what the extension did by itself. */
        public function requester(): ?Requester {}

        /** Who did it, when it was not the user. */
        public function by(): ?string {}

        public function reason(): ?string {}

        /**
         * What stood behind them: `proof` of a factor of their own; the `first` factor of all, new and enrolled with a
         * password alone; the `server`'s command line; an `emergency`. Null for nothing.
         */
        public function authority(): ?string {}

        public function ip(): ?string {}

        /** Who carried the code; "host" for e-mail. */
        public function provider(): ?string {}

        /** When it began, if that was before it was written: an event may be written with the next change of an account. */
        public function since(): ?\DateTimeImmutable {}

        /**
         * How many of these the event stands for. What people without a proof can cause again and again is written one
         * by one twenty times a day, and then as a number.
         */
        public function times(): int {}

        public function jsonSerialize(): array {}
    }

    final class Health implements \JsonSerializable
    {
        private function __construct() {}

        /** False when there is a problem; warnings leave it true. */
        public function isOk(): bool {}

        /** False when nobody can be verified: store, keys or clock have a problem. Others may leave it true. */
        public function canVerify(): bool {}

        /** @return list<HealthCheck> */
        public function checks(): array {}

        /**
         * Everything that a finding can say: id and English sentence, with the names of its values in braces. For
         * whoever says it in other languages.
         *
         * @return array<string, string>
         */
        public static function sentences(): array {}

        public function jsonSerialize(): array {}
    }

    final class HealthCheck implements \JsonSerializable
    {
        private function __construct() {}

        /**
         * A stable name: `store`, `key`, `clock`, `policy`, `site`, `files`, `providers`, `emergency`, `settings`;
         * `provider` from checkProvider().
         */
        public function name(): string {}

        /** The worst of its findings. */
        public function status(): HealthStatus {}

        /** What is so and what to do, for an operator, in English: the messages of its findings. */
        public function message(): string {}

        /** @return non-empty-list<HealthFinding> */
        public function findings(): array {}

        public function jsonSerialize(): array {}
    }

    /** One sentence of a check, with what it is about. */
    final class HealthFinding implements \JsonSerializable
    {
        private function __construct() {}

        /** A stable name, such as `key.generated`: one of Health::sentences(). */
        public function id(): string {}

        public function status(): HealthStatus {}

        /**
         * What stands in the braces of the sentence: `at` is a unix time, `seconds` a duration, `method` the value of
         * a Method, `user` a user id ('' where the providers' own audit is meant), `why` the words of a database, a
         * provider or the operating system. Never a secret.
         *
         * @return array<string, int|string>
         */
        public function values(): array {}

        /** The sentence in English. */
        public function message(): string {}

        public function jsonSerialize(): array {}
    }

    /** A TOTP secret. Shown by nothing but toBase32(); compared only by equals(). */
    final class Secret
    {
        private function __construct() {}

        /** From the operating system's generator. @param int $bytes 16 to 64 @throws \ValueError */
        public static function generate(int $bytes = 20): self {}

        /** Either case, with padding or without. @throws \ValueError no base 32, or under 16 or over 64 bytes */
        public static function fromBase32(#[\SensitiveParameter] string $text): self {}

        public function toBase32(): string {}

        /** In constant time. */
        public function equals(Secret $other): bool {}
    }

    /** RFC 6238, for scripts that keep their own state. */
    final class Totp
    {
        /** @param int $digits 6 to 8 @param int $period seconds, 15 to 300 @throws \ValueError */
        public function __construct(#[\SensitiveParameter] Secret $secret, Algorithm $algorithm = \TwoFactor\Algorithm::Sha1, int $digits = 6, int $period = 30) {}

        /** `otpauth://totp/…` in any case and spacing; a parameter that comes twice is refused. @throws \ValueError */
        public static function fromUri(#[\SensitiveParameter] string $uri): self {}

        /** The code of that moment. @throws \ValueError for a time before 1970 */
        public function at(int $unixTime): string {}

        /** The matching time step, for the caller to remember and refuse next time; null if none matches. @param int $window steps to either side, 0 to 10 */
        public function match(#[\SensitiveParameter] string $code, int $unixTime, int $window = 1): ?int {}

        /** Without an issuer if that is empty. @throws \ValueError for names longer than 255 bytes or with control characters, and for an empty account */
        public function uri(string $issuer, string $account): string {}
    }

    /**
     * A valid telephone number. Only e164() has all of it: dumps, JSON and masked() show the country code and at
     * most the last two digits.
     */
    final class PhoneNumber implements \JsonSerializable
    {
        private function __construct() {}

        /**
         * As a person writes or pastes it: international, or national with a region; also with brackets, and with
         * words before it (`tel:`). Refused are more than 64 characters, `;`, extensions,
         * control characters and letters after the first digit. Google's libphonenumber says what is valid.
         *
         * @param string|null $region ISO 3166-1 alpha-2, where a national number is called from
         * @throws Exception\InvalidPhoneNumber
         */
        public static function parse(#[\SensitiveParameter] string $input, ?string $region = null): self {}

        /**
         * The regions that have numbers, by their codes (ISO 3166-1 alpha-2) and in the order of their names: for a
         * form that asks for one. Short names of the Unicode CLDR.
         *
         * @param string $language BCP 47 or a locale (`de`, `de-AT`, `de_DE`); English where names are not known
         * @return array<string, string>
         */
        public static function regions(string $language = 'en'): array {}

        /** The whole number: `+`, country code, national number (ITU-T E.164). */
        public function e164(): string {}

        /** ISO 3166-1 alpha-2; null for numbers of no country, such as satellites' and +800. */
        public function region(): ?string {}

        /**
         * What the numbering plan says: `mobile`, `fixed-line`, `fixed-line-or-mobile` (not told apart, as in the
         * USA), `toll-free`, `premium-rate`, `shared-cost`, `voip`, `personal`, `pager`, `uan`, `voicemail` or
         * `unknown`.
         */
        public function type(): string {}

        /** `+49 ••• 89`; of a short number the country code alone: `+683 •••`. */
        public function masked(): string {}

        /** The masked form. */
        public function jsonSerialize(): string {}
    }

    /** Who carries codes, without the secrets. */
    final class Provider implements \JsonSerializable
    {
        private function __construct() {}

        public function name(): string {}

        /** ProviderKind::name() of its kind; `unknown` when it is of none that there is. */
        public function kind(): string {}

        /** @return list<Method> the ways it has; none when the entry cannot be used any more (see health()) */
        public function methods(): array {}

        /** It makes its codes, and only it can say whether one is right; the others take codes of the extension. */
        public function checksItsOwnCodes(): bool {}

        /** Verifier::providerLog() has pages to show. */
        public function keepsLog(): bool {}

        /** @return array<string, string|int|list<string>> everything that is no secret, besides name and kind */
        public function settings(): array {}

        /** @return list<string> the names of the secrets that are set; their values never come back */
        public function secrets(): array {}

        /** It is set up to report what became of messages: see Verifier::reportDelivery(). */
        public function isReporting(): bool {}

        /** `file`, `environment` or `store`. Only those in the store can be changed here. */
        public function source(): string {}

        /** False as long as it was named with nothing but a password behind it: no code goes there. See saveProvider(). */
        public function isConfirmed(): bool {}

        /** It has not failed lately. */
        public function isAvailable(): bool {}

        /** When it may be asked again, if it has failed lately. */
        public function retryAt(): ?\DateTimeImmutable {}

        public function jsonSerialize(): array {}
    }

    /** A kind of provider. A form, and everything else that shows what may be written of one, is made from this. */
    final class ProviderKind implements \JsonSerializable
    {
        private function __construct() {}

        /** `provider` in a list, and Provider::kind(): `sns`, for example. */
        public function name(): string {}

        /** @return list<Method> the methods it may have; Provider::methods() are those that one is set up for */
        public function methods(): array {}

        /** It makes its codes, and only it can say whether one is right. */
        public function checksItsOwnCodes(): bool {}

        /** It keeps a list of messages: Verifier::providerLog(). */
        public function keepsLog(): bool {}

        /** Verifier::checkProvider() tells a balance, where it tells one. */
        public function tellsBalance(): bool {}

        /** It reports what became of messages: Verifier::reportDelivery(). */
        public function reportsDeliveries(): bool {}

        /** It sends nothing and shows every code: not to be offered. */
        public function isForDevelopment(): bool {}

        /**
         * What may be written of it, besides `provider` and `name`, in the order of a form.
         *
         * `type` is `text`, `secret` (never shown), `json` (a text of several lines), `path`, `number` (from `least` to
         * `most`), `lines` (a list of at most `most` texts), `some` (a list of some of `words`) or `one` (of `words`).
         * `group` says which belong together: `credentials`, `sms`, `calls`, `whatsapp`, `reports`, `request`, `reply`,
         * `limits`, `advanced`. `text` is a key for label and help. `hostValue` is what the host can fill in:
         * `site_url`, `report_url` (where it takes reports), or null.
         *
         * @return list<array{name: string, type: string, required: bool, group: string, text: string,
         *     words: list<string>, least: ?int, most: ?int, hostValue: ?string}>
         */
        public function fields(): array {}

        /**
         * What was typed into a form made of fields(), as Verifier::saveProvider() takes it: digits are a number and lines a
         * list where one belongs, and what is empty takes the setting out; but a secret that is empty stays as it is.
         * Whether it may be so is for saveProvider() to say.
         *
         * @param array<string, string|list<string>> $typed by the names of fields(); `some` as a list
         * @return array<string, string|int|list<string>|null>
         * @throws Exception\ConfigurationError when a value is nothing that a setting can be
         */
        public function read(#[\SensitiveParameter] array $typed): array {}

        public function jsonSerialize(): array {}
    }

    /** That everybody who has a factor enrols anew: see Verifier::requireAllEnrolments(). */
    final class EnrolmentOfEverybody
    {
        private function __construct() {}

        /** From when no sign-in of theirs ends without it. */
        public function due(): \DateTimeImmutable {}

        public function requiredAt(): \DateTimeImmutable {}

        /** Who required it. */
        public function by(): string {}

        public function reason(): string {}
    }

    /** A receipt for a number that was proven with proveNumber(). Its number has all digits: keep it as what it is. */
    final class ProvenNumber
    {
        private function __construct() {}

        public function number(): PhoneNumber {}

        /** By which way. */
        public function method(): Method {}

        public function at(): \DateTimeImmutable {}
    }

    /** A licence for what is premium: what it says and how it stands. For display; having the object opens nothing. */
    final class Licence implements \JsonSerializable
    {
        private function __construct() {}

        /** Its name where it was bought; not its key. */
        public function id(): string {}

        /** "pro" */
        public function plan(): string {}

        /** For which site: its host, without `www.`. */
        public function domain(): string {}

        public function validFrom(): \DateTimeImmutable {}

        /** A day later at most; the next one is there long before, where renewLicence() is called every hour. */
        public function expiresAt(): \DateTimeImmutable {}

        /** How long it goes on after that while nobody can be asked for the next one. */
        public function graceUntil(): \DateTimeImmutable {}

        public function state(): LicenceState {}

        /** Whether what is premium may be used: LicenceState::Valid or Grace. */
        public function counts(): bool {}

        /** Why it does not count, or could not be renewed; in English, for operators. */
        public function because(): ?string {}

        public function jsonSerialize(): array {}
    }

    /**
     * JSON over HTTP, without a framework: `handle()` answers the end points that `openApi()` describes. Names and
     * passwords, sessions and tokens are the host's: see ApiContext.
     */
    final class Api
    {
        /** @param string $prefix before every path, such as `/api` @throws \ValueError when it is no path */
        public function __construct(Verifier $verifier, string $prefix = '') {}

        /**
         * Answers a request, whatever it is: what is wrong with it is an answer, too. Only what a callable of the context
         * throws is thrown.
         *
         * @param string $method as it came: $_SERVER['REQUEST_METHOD']
         * @param string $path as it came, with or without a query: $_SERVER['REQUEST_URI']
         * @param string $body as it came: file_get_contents('php://input')
         * @throws \TypeError when a callable returns something else than it has to
         * @throws Exception\Unavailable when the verifier cannot be opened anew after a fork
         */
        public function handle(string $method, string $path, #[\SensitiveParameter] string $body, ApiContext $context): ApiResponse {}

        /** The OpenAPI 3.1 document, as JSON. @throws \ValueError when the prefix is no path */
        public static function openApi(string $prefix = ''): string {}
    }

    /**
     * What the host says of a request, and what it does. What it has no callable for, the interface answers with 501.
     *
     * A password goes to the callable and nowhere else: it is kept, logged and compared nowhere in the extension, and
     * zeroed afterwards. Mark the parameter that takes it with #[\SensitiveParameter].
     */
    final class ApiContext
    {
        /**
         * @param Client $client make it before anything else: how long some answers take counts from then
         * @param string|null $contentType the header Content-Type as it came: what is not application/json is refused, as without one, so
         *     that no form of another site does anything
         * @param User|null $user who is signed in, by the host's own session or token; null: nobody
         * @param string|null $credential of that session, as admitSession() had it
         * @param (callable(string $name, string $password): ?User)|null $authenticate whose name and password that are;
         *     null for whatever is wrong, after the same time
         * @param (callable(string $userId, string $password): bool)|null $checkPassword of whoever is signed in
         * @param (callable(string $userId, Verified|Login $cameOf): ?string)|null $signIn issues a session or token; what
         *     it returns is the answer's `token`
         * @param (callable(string $userId, ?Enrolled $enrolled, ?string $grant): ?string)|null $goOn a change of factors
         *     has ended all sessions: lets the one that it was made in go on (adoptSession()); returns its new token
         * @param (callable(Message): void)|null $mail sends a mail; one whose to() is null goes to whoever administrates the site. Without an
         *     exception it counts as sent. Without this callable there are no codes by e-mail, and ApiResponse::notices() has what is
         *     to be told
         * @param (callable(string $name): ?User)|null $findUser who is called so and may have a new password
         * @param (callable(string $password): bool)|null $acceptsPassword whether it may be a new password, whoever's; it
         *     is asked before the code is looked at. Without it every password may
         * @param (callable(string $userId, string $password): void)|null $setPassword stores a new password
         * @param (callable(ProvenNumber): void)|null $numberProven keeps the receipt for a registration
         * @param string $subject what the host calls whoever registers: see proveNumber()
         * @param (callable(string $userId): ?User)|null $loadUser who has given the right password and has to set a factor
         *     up before they are signed in (requireEnrolment(), and after the last recovery code); without it they are not,
         *     their sign-in is answered with 503, and PHP's error log says why
         * @throws \ValueError
         */
        public function __construct(Client $client, ?string $contentType = null, ?User $user = null, #[\SensitiveParameter] ?string $credential = null, ?callable $authenticate = null, ?callable $checkPassword = null, ?callable $signIn = null, ?callable $goOn = null, ?callable $mail = null, ?callable $findUser = null, ?callable $acceptsPassword = null, ?callable $setPassword = null, ?callable $numberProven = null, string $subject = '', ?callable $loadUser = null) {}
    }

    /** What the host's server is to answer. */
    final class ApiResponse
    {
        private function __construct() {}

        public function status(): int {}

        /** @return array<string, string> by name; `Cache-Control: no-store` is always among them */
        public function headers(): array {}

        /** JSON, plain text with 501, or nothing. */
        public function body(): string {}

        /**
         * What is to be told of what was done, where ApiContext has no `mail`; with one it was called, and this is empty. To be
         * sent as those of Verified::notices(), also behind a problem: until noticesSent() names one, pendingNotices() and later
         * answers hand it out again.
         *
         * @return list<Message>
         */
        public function notices(): array {}
    }
}

namespace TwoFactor\Exception {

    interface TwoFactorException extends \Throwable {}

    /** Not proven. Its message never says which part was wrong. */
    class Denied extends \RuntimeException implements TwoFactorException {}

    /** Wrong, used, expired or foreign proof: all look the same. */
    final class Rejected extends Denied {}

    /**
     * A recovery code that cannot be one: letters are missing, or its last letter does not fit the others. It was mistyped.
     * That is read off the text alone, before anything is compared, so nothing was charged.
     */
    final class Mistyped extends Denied {}

    /**
     * The proof of a sign-in was right, and it goes on with a set-up: see Verifier::requireEnrolment(). The challenge is the
     * same, and good for startTotp(), startPhone() and enableEmail() from now on, and for nothing else. The last recovery
     * code switches nothing off here: it counts until the set-up is confirmed.
     */
    final class EnrolmentRequired extends Denied {}

    final class LockedOut extends Denied
    {
        /** Seconds; 0 when $disabled. */
        public readonly int $retryAfter;

        /** Waiting does not help: the method has to be enrolled anew. */
        public readonly bool $disabled;
    }

    /**
     * Too many codes were asked for, or too many sign-ins begun and not finished; or somebody else's request has to end
     * first.
     */
    final class Throttled extends Denied
    {
        /** Seconds until asking again may help. */
        public readonly int $retryAfter;
    }

    /** No code went out, and asking again will not help. */
    final class NotSent extends Denied
    {
        /**
         * "number", "opted-out", "country", "fraud", "refused" when the provider gave another reason, or "method" when
         * this way is not offered here.
         */
        public readonly string $reason;
    }

    /** The challenge was answered, superseded or never ours. */
    final class ChallengeClosed extends Denied {}

    /** A change needs a fresh proof. */
    final class StepUpRequired extends Denied {}

    /**
     * The user has said of a notice that it was not them: no factor is changed, and they act on nobody else, until
     * Verifier::releaseHold(). A step-up does not help.
     */
    final class OnHold extends Denied {}

    /**
     * A factor that was enrolled with a password alone is too new to act on others: wait, or have another operator
     * call Verifier::confirmOperator().
     */
    final class TooRecent extends Denied
    {
        /** Seconds until it is not. */
        public readonly int $retryAfter;
    }

    /** Store, key or clock cannot be relied on right now: nobody is let in meanwhile. PHP's error log has the reason. */
    final class Unavailable extends Denied {}

    /** Settings, key file or store are wrong. The message tells an operator what to do. */
    final class ConfigurationError extends \RuntimeException implements TwoFactorException {}

    /**
     * Not a telephone number, or not one that codes go to. The message tells the person who typed it what to do,
     * and never repeats it.
     */
    final class InvalidPhoneNumber extends \InvalidArgumentException implements TwoFactorException
    {
        /**
         * The same in one word, to say it in another language. Of what was typed: "empty", "too-long", "characters",
         * "extension", "region-needed", "region-unknown", "invalid". Of the number: "landline", "toll-free",
         * "premium-rate", "shared-cost", "voip", "personal", "pager", "uan", "voicemail", "non-geographic",
         * "unknown", "method". Of this site: "country", "taken".
         */
        public readonly string $reason;
    }

    /**
     * What was called is premium, and no licence is good now. The message is for the operator. Nothing that keeps an account
     * safe throws it, and nobody is kept from signing in.
     */
    final class LicenceRequired extends \RuntimeException implements TwoFactorException
    {
        /**
         * The same in one word, to say it in another language: "not-built", "no-key", "not-entered", "settings"; "missing": none
         * has come yet; "refused" by the gateway; "token": not genuine, or for another site; "plan": for something else;
         * "not-yet"; "expired"; "clock": it was set back; "rolled-back": an older one was put back into the store; "older": the
         * gateway gave an older one. More may come.
         */
        public readonly string $reason;
    }

    /** A factor cannot be changed like that. The message tells the person whose factor it is what to do. */
    final class FactorRefused extends \InvalidArgumentException implements TwoFactorException
    {
        /**
         * The same in one word, to say it in another language. Of a label: "empty", "too-long", "character", "taken".
         * "too-many": there are five apps already. "one": there is one app, and where secrets are derived, or its own is,
         * an account has one; rotateSecret() replaces it. "other-codes": the site gives codes of the other kind, see
         * Verifier::lookupMethod(). "unknown": there is no such factor. "weak": the site's policy or its
         * profile asks for something stronger, see Verifier::setEnforcement(). "last-strong": it stays as long as weaker
         * factors are set up, where the profile is strict. "last": nothing else could be proven, see Verifier::suspendFactor().
         */
        public readonly string $reason;
    }
}
