<?php

/**
 * What operator.php does: help from the server's command line, for when the pages cannot be reached.
 *
 * Who may run it may read the key and the database, and is asked for no factor. What is done to an account is in its
 * audit with who did it and why. It speaks English, as PHP's error log does.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\HealthCheck;
use TwoFactor\HealthFinding;
use TwoFactor\Method;
use TwoFactor\Provider;

final class Operator
{
    private const DONE = 0;
    private const ATTENTION = 1;
    private const NOT_DONE = 2;
    private const PAGE = 100;
    private const USAGE = 'usage: operator.php [health | users | unlock USER REASON | reset USER REASON | release USER REASON'
        . ' | temp-code USER REASON | suspend USER REASON | resume USER REASON | confirm USER REASON | require USER|everybody REASON [DAYS] | waive USER|everybody REASON | rules | remove-rules REASON | devices USER'
        . ' | end-devices USER REASON | export USER | forget USER REASON | forget-gone ID REASON | confirm-provider NAME | audit USER | settings FILE | emergency | repair | remove-everything yes]';

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly UserActs $acts,
        private readonly Emergency $emergency,
        private readonly FormerVersion $formerVersion,
        private readonly Removal $removal,
        private readonly EngineModules $modules,
        private readonly Settings $settings,
    ) {
    }

    /** @param list<string> $arguments @return int the exit status */
    public function run(array $arguments): int
    {
        [$command, $about, $reason, $days] = $arguments + ['health', '', '', ''];
        try {
            return $this->verification->quietly(fn (): int => match ($command) {
                'health' => $this->health(),
                'users' => $this->users(),
                'unlock', 'reset', 'release', 'confirm', 'temp-code', 'suspend', 'resume' => $this->act($command, $about, trim($reason)),
                'require', 'waive' => $this->require($command === 'require', $about, trim($reason), $days),
                'rules' => $this->rules(),
                'remove-rules' => $this->removeRules(trim($about)),
                'devices' => $this->devices($about),
                'end-devices' => $this->endDevices($about, trim($reason)),
                'export' => $this->export($about),
                'forget', 'forget-gone' => $this->forget($command === 'forget-gone', $about, trim($reason)),
                'confirm-provider' => $this->confirmProvider($about),
                'audit' => $this->audit($about),
                'settings' => $this->settings($about),
                'emergency' => $this->emergency(),
                'repair' => $this->repair(),
                'remove-everything' => $this->removeEverything($about),
                default => $this->refuse(self::USAGE),
            });
        } catch (\Throwable $fault) {
            return $this->refuse($fault->getMessage());
        }
    }

    private function health(): int
    {
        $troubles = $this->modules->troubles();
        foreach ($troubles as $trouble) {
            $this->say("problem  module  $trouble");
        }
        $mistake = $this->emergency->mistake();
        if ($mistake !== '') {
            $this->say('warning  emergency ' . sprintf(self::english($mistake), Emergency::line(time())));
        }
        try {
            $this->former();
            if ($this->verification->isPending()) {
                $this->say('problem  key     No key yet, so nobody can have a second factor: an administrator creates'
                    . ' it under Site Admin, Two-factor administration.');
                return self::ATTENTION;
            }
            $health = $this->verification->health();
        } catch (Unverifiable $reason) {
            $this->say('problem  open    ' . $reason->getMessage());
            $this->say('Until it is mended, `operator.php emergency` gives a line that lets passwords alone sign in.');
            return self::ATTENTION;
        }
        foreach ($health->checks() as $check) {
            $line = sprintf('%-8s %-7s %s', $check->status()->value, $check->name(), $check->message());
            $this->say($line . $this->whoIs($check));
        }
        return $health->isOk() && $troubles === [] ? self::DONE : self::ATTENTION;
    }

    /** The extension knows users by their ids. */
    private function whoIs(HealthCheck $check): string
    {
        $ids = array_map(
            static fn (HealthFinding $finding): string => (string) ($finding->values()['by'] ?? ''),
            $check->findings(),
        );
        $names = array_map(
            fn (string $id): string => "user $id is " . $this->named($id),
            array_filter(array_unique($ids), ctype_digit(...)),
        );
        return $names === [] ? '' : ' (' . implode(', ', $names) . ')';
    }

    /** @throws Unverifiable */
    private function former(): void
    {
        if ($this->formerVersion->isStillThere()) {
            $this->say('warning  former  The table ' . $this->formerVersion->table() . ' of version 3 holds secrets in plain'
                . ' text. Without a factor here: ' . ($this->formerVersion->namesOwing() ?: 'nobody') . '.');
        }
        if ($this->formerVersion->hasCredentials()) {
            $this->say('warning  former  The credentials of version 3\'s SMS provider are in the site\'s preferences in'
                . ' plain text.');
        }
    }

    private function repair(): int
    {
        $missing = $this->modules->repair();
        $this->say($missing === []
            ? 'Nothing keeps the CMS from loading the module.'
            : 'TwoFactor no longer needs ' . implode(', ', $missing) . '. It is upgraded with the next visit of the sign-in page.');
        return self::DONE;
    }

    private function removeEverything(string $sure): int
    {
        if ($sure !== 'yes') {
            return $this->refuse('This removes every factor, the audit, the providers and the key of this site for good.'
                . ' If you are sure: operator.php remove-everything yes');
        }
        $left = $this->removal->everything(Actor::onServer());
        $this->say('Nothing is left of this site. Uninstall the module in the Module Manager, and restart PHP.');
        foreach ($left as $file) {
            $this->say("Could not be removed: $file");
        }
        return $left === [] ? self::DONE : self::ATTENTION;
    }

    private function users(): int
    {
        $after = null;
        do {
            $page = [...$this->verification->accounts(limit: self::PAGE, after: $after)];
            foreach ($page as $account) {
                $after = $account->userId();
                $this->say(sprintf('%-20s %s', $this->named($after), self::state($account)));
            }
        } while (count($page) === self::PAGE);
        return self::DONE;
    }

    private static function state(Account $account): string
    {
        $until = $account->lockedUntil();
        return match (true) {
            !$account->isReadable() => 'cannot be read with the keys there are: reset it',
            $account->heldSince() !== null => 'changes on hold since ' . $account->heldSince()->format(DATE_ATOM),
            !$account->isEnrolled() => 'no second factor',
            $until !== null => 'blocked until ' . $until->format(DATE_ATOM),
            $account->disabledMethods() !== [] => 'has a method that failed too often and has to be set up anew',
            $account->methods() === [] => 'has a second factor, and nothing of it can be proven: it is suspended',
            default => 'second factor: ' . implode(', ', array_map(static fn ($m) => $m->value, $account->methods())),
        };
    }

    private function act(string $command, string $user, string $reason): int
    {
        if ($user === '' || $reason === '') {
            return $this->refuse("Whom, and why? operator.php $command USER REASON");
        }
        $id = $this->id($user);
        if ($id === 0) {
            return $this->refuse("The CMS has no user $user.");
        }
        $actor = Actor::onServer();
        match ($command) {
            'unlock' => $this->acts->unlock($id, $reason, $actor),
            'reset' => $this->acts->reset($id, $reason, $actor),
            'release' => $this->acts->releaseHold($id, $reason, $actor),
            'confirm' => $this->acts->confirmOperator($id, $reason, $actor),
            'temp-code' => $code = $this->acts->temporaryCode($id, $reason, $actor),
            'suspend' => $this->suspend($id, $reason, $actor),
            'resume' => $this->resume($id, $reason, $actor),
        };
        $this->say(match ($command) {
            'unlock' => "The blocks of $user have ended.",
            'reset' => "$user has no second factor any more, and signs in with the password alone until one is set up.",
            'release' => "The second factors of $user may be changed.",
            'confirm' => "From now on $user can change other users' accounts, providers and settings.",
            'temp-code' => "$code is good for a quarter of an hour and once: $user types it as \"Code from an administrator\" after the"
                . ' password, and sets up a new second factor.',
            'suspend' => "The apps and the telephone number of $user prove nothing until they are resumed. Backup codes still do.",
            'resume' => "What was suspended of $user counts again.",
        });
        return self::DONE;
    }

    /** What is on a telephone that is lost. */
    private function suspend(int $id, string $reason, Actor $actor): void
    {
        foreach (Factors::suspendable($this->verification->account($id)) as $factor) {
            if ($factor->method()->isPhone() || $factor->method() === Method::Totp) {
                $this->acts->suspend($id, $factor->id(), $reason, $actor);
            }
        }
    }

    private function resume(int $id, string $reason, Actor $actor): void
    {
        foreach (Factors::suspended($this->verification->account($id)) as $factor) {
            $this->acts->resume($id, $factor->id(), $reason, $actor);
        }
    }

    /** All that is kept about somebody, for them to read; also of one who was deleted, by their id. */
    private function export(string $user): int
    {
        $id = $this->id($user) ?: (int) $user;
        if ($id === 0) {
            return $this->refuse("The CMS has no user $user.");
        }
        if ($this->id($user) === 0 && $this->isUnknown($user)) {
            return $this->refuse("The CMS has no user $user, and nothing is kept about one of that id.");
        }
        $this->say($this->verification->export((string) $id, ...Actor::onServer()));
        return self::DONE;
    }

    /** Of who was deleted the id is known alone; one who is still there does not go as one who never had a factor. */
    private function forget(bool $isGone, string $user, string $reason): int
    {
        if ($user === '' || $reason === '') {
            return $this->refuse('Whom, and why? operator.php forget USER REASON, or forget-gone ID REASON of one who was deleted');
        }
        $id = $this->id($user);
        if ($isGone ? $id !== 0 || !ctype_digit($user) : $id === 0) {
            return $this->refuse($isGone ? "$user is still a user of the CMS, or no id." : "The CMS has no user $user.");
        }
        if ($isGone && $this->isUnknown($user)) {
            return $this->refuse("Nothing is kept about a user $user.");
        }
        $this->acts->forget($id ?: (int) $user, $reason, Actor::onServer(), $isGone);
        $this->say("Everything that was kept about $user is removed. What stays: the id, and that it was done, by whom, when and why.");
        return self::DONE;
    }

    private function isUnknown(string $id): bool
    {
        return !$this->verification->account((int) $id)->isEnrolled() && [...$this->verification->audit($id)] === [];
    }

    /**
     * What this site gives the extension beside php.ini, for the command line `twofactor`. A file, for its address of a
     * database has the password in it.
     */
    private function settings(string $file): int
    {
        if (!str_starts_with($file, '/')) {
            return $this->refuse('Into which file? operator.php settings /etc/twofactor/cms.ini; it is none that is there already.');
        }
        $lines = "; What CMS Made Simple gives the extension, for `twofactor --ini`. It may hold a password: for root alone.\n";
        foreach (array_diff_key($this->settings->forExtension(), ['emergency' => '', 'new_site' => '']) as $name => $value) {
            if (strpbrk($value, "\"\n\r") !== false) {
                return $this->refuse("$name has a quotation mark or a line break in it: write it into the file yourself.");
            }
            $lines .= "twofactor.$name = \"$value\"\n";
        }
        $mask = umask(0077);
        $handle = @fopen($file, 'x');
        umask($mask);
        if ($handle === false) {
            return $this->refuse("$file cannot be made: it is there already, or its folder is not one to write into.");
        }
        if (fwrite($handle, $lines) !== strlen($lines) || !fclose($handle)) {
            @unlink($file);
            return $this->refuse("$file cannot be written: is the disk full?");
        }
        $this->say("Written. Name it behind PHP's own: twofactor --ini /etc/php/8.2/fpm --ini $file doctor");
        return self::DONE;
    }

    /** Whoever it is about sets up a new second factor at a sign-in, from then on or after some days; or not any more. */
    private function require(bool $isRequired, string $about, string $reason, string $days): int
    {
        if ($about === '' || $reason === '' || !preg_match('/^[0-9]{0,3}$/', $days)) {
            return $this->refuse('Whom, why, and after how many days? operator.php require USER REASON [DAYS], or waive USER REASON;'
                . ' "everybody" is whoever has a second factor.');
        }
        $isAll = $about === 'everybody';
        $id = $isAll ? 0 : $this->id($about);
        if (!$isAll && $id === 0) {
            return $this->refuse("The CMS has no user $about.");
        }
        $from = (int) $days === 0 ? null : new \DateTimeImmutable("+$days days");
        $actor = Actor::onServer();
        match (true) {
            $isAll && $isRequired => $this->acts->requireAllEnrolments($from, $reason, $actor),
            $isAll => $this->acts->waiveAllEnrolments($reason, $actor),
            $isRequired => $this->acts->requireEnrolment($id, $from, $reason, $actor),
            default => $this->acts->waiveEnrolment($id, $reason, $actor),
        };
        $whom = $isAll ? 'everybody who has a second factor (' . count($this->verification->enrolledUserIds()) . ')' : $about;
        $when = $from === null ? 'at the next sign-in' : 'from ' . $from->format('Y-m-d') . ' on at the next sign-in';
        $this->say($isRequired ? "$when: a new second factor has to be set up by $whom." : "Nothing has to be set up by $whom any more.");
        return self::DONE;
    }

    /** The rules of who needs a second factor, as they were set: the licence is not asked about. */
    private function rules(): int
    {
        $this->say($this->verification->enforcement() ?? 'There are no rules of who needs a second factor.');
        return self::DONE;
    }

    private function removeRules(string $reason): int
    {
        if ($reason === '') {
            return $this->refuse('Why? operator.php remove-rules REASON');
        }
        $actor = Actor::onServer();
        // Also those that cannot be read.
        $this->verification->setEnforcement('', ...$actor, reason: $reason);
        $this->host->log('log_server_rules_removed');
        $this->say('No rule asks anybody for a second factor any more. What is set up stays, and is asked for.');
        return self::DONE;
    }

    private function devices(string $user): int
    {
        $id = $this->id($user);
        if ($id === 0) {
            return $this->refuse($user === '' ? 'Whose? operator.php devices USER' : "The CMS has no user $user.");
        }
        $devices = $this->verification->devices((string) $id);
        foreach ($devices as $device) {
            $this->say(sprintf('%-24s from %-18s last used %s, until %s', $device->browser() ?? 'a browser', $device->maskedAddress(),
                $device->lastUsedAt()->format('Y-m-d H:i'), $device->expiresAt()->format('Y-m-d H:i')));
        }
        $devices === [] && $this->say("$user trusts no browser.");
        return self::DONE;
    }

    /** Needs no licence: it only takes away. */
    private function endDevices(string $user, string $reason): int
    {
        if ($user === '' || $reason === '') {
            return $this->refuse('Whose, and why? operator.php end-devices USER REASON');
        }
        $id = $this->id($user);
        if ($id === 0) {
            return $this->refuse("The CMS has no user $user.");
        }
        $actor = Actor::onServer();
        $this->verification->revokeAllDevices((string) $id, ...$actor, reason: $reason);
        $this->host->log('log_server_devices_ended', [$this->host->users->userName($id)], $id);
        $this->say("$user is asked for the second factor in every browser again, and what was signed in by a trusted one has ended.");
        return self::DONE;
    }

    private function confirmProvider(string $name): int
    {
        $isNamed = static fn (Provider $one): bool => $one->name() === $name;
        $all = $this->verification->providers();
        $provider = array_values(array_filter($all, $isNamed))[0] ?? null;
        if ($provider === null) {
            return $this->refuse($name === '' ? 'Which one? operator.php confirm-provider NAME' : "There is no provider $name.");
        }
        if ($provider->isConfirmed()) {
            return $this->refuse("Codes go by $name already.");
        }
        $this->verification->saveProvider($name, [], Actor::onServer()->by);
        $this->host->log('log_provider_confirmed', [$name]);
        $this->say("Codes go by $name from now on.");
        return self::DONE;
    }

    private function audit(string $user): int
    {
        $id = $this->id($user);
        if ($id === 0) {
            return $this->refuse('Whose? operator.php audit USER');
        }
        foreach ($this->verification->audit((string) $id) as $event) {
            $by = (string) $event->by();
            $isUser = ctype_digit($by) && $event->authority() !== 'server';
            $this->say(json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)
                . ($isUser ? " (user $by is " . $this->named($by) . ')' : ''));
        }
        $isIntact = $this->verification->auditIsIntact((string) $id);
        $this->say($isIntact ? 'The audit is intact.' : 'Events are missing or were altered.');
        return $isIntact ? self::DONE : self::ATTENTION;
    }

    private function emergency(): int
    {
        $this->say('Put this line into config.php. For half an hour from now passwords alone are enough; every use is'
            . ' logged.');
        $this->say(Emergency::line(time()));
        return self::DONE;
    }

    /** A name first: names may be numbers. 0 when there is nobody. */
    private function id(string $user): int
    {
        return $this->host->users->idOf($user)
            ?: (ctype_digit($user) ? (int) $this->host->users->user((int) $user)?->id : 0);
    }

    private function named(string $id): string
    {
        return (string) ($this->host->users->user((int) $id)?->username ?? "(no user) $id");
    }

    /** A text of the pages, whatever the language of the site. */
    private static function english(string $key): string
    {
        $lang = [];
        require dirname(__DIR__) . '/lang/en_US.php';
        return $lang[$key];
    }

    /** Whoever reads may have seen enough, as `head` has: that is no fault of what is done. */
    private function say(string $line): void
    {
        @fwrite(STDOUT, "$line\n");
    }

    private function refuse(string $why): int
    {
        @fwrite(STDERR, "$why\n");
        return self::NOT_DONE;
    }
}
