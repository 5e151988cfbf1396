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
use TwoFactor\HealthStatus;

final class Operator
{
    private const DONE = 0;
    private const ATTENTION = 1;
    private const NOT_DONE = 2;
    private const PAGE = 100;

    public function __construct(private readonly Services $services)
    {
    }

    /** @param list<string> $arguments @return int the exit status */
    public function run(array $arguments): int
    {
        [$command, $user, $reason] = $arguments + ['health', '', ''];
        try {
            return $this->services->verification()->quietly(fn (): int => match ($command) {
                'health' => $this->health(),
                'users' => $this->users(),
                'unlock', 'reset', 'confirm' => $this->act($command, $user, $reason),
                'confirm-provider' => $this->confirmProvider($user),
                'audit' => $this->audit($user),
                'emergency' => $this->emergency(),
                'repair' => $this->repair(),
                'remove-everything' => $this->removeEverything($user),
                default => $this->refuse('usage: operator.php [health | users | unlock USER REASON | reset USER REASON'
                    . ' | confirm USER REASON | confirm-provider NAME | audit USER | emergency | repair'
                    . ' | remove-everything yes]'),
            });
        } catch (\Throwable $fault) {
            return $this->refuse($fault->getMessage());
        }
    }

    private function health(): int
    {
        $status = self::DONE;
        $troubles = $this->troubles();
        foreach ($troubles as $trouble) {
            $this->say("problem  module  $trouble");
            $status = self::ATTENTION;
        }
        $mistake = $this->services->emergency()->mistake();
        if ($mistake !== '') {
            $this->say('warning  emergency ' . sprintf(self::english($mistake), Emergency::line(time())));
        }
        try {
            $this->former();
            if ($this->services->verification()->isPending()) {
                $this->say('problem  key     No key yet, so nobody can have a second factor: an administrator creates'
                    . ' it under Site Admin, Two-factor administration.');
                return self::ATTENTION;
            }
            $checks = $this->services->verification()->ask(static fn ($verifier) => $verifier->health())->checks();
        } catch (Unverifiable $reason) {
            $this->say('problem  open    ' . $reason->getMessage());
            $this->say('Until it is mended, `operator.php emergency` gives a line that lets passwords alone sign in.');
            return self::ATTENTION;
        }
        foreach ($checks as $check) {
            $line = sprintf('%-8s %-7s %s', $check->status()->value, $check->name(), $check->message());
            $this->say($line . $this->whoIs($check));
            if ($check->status() === HealthStatus::Problem) {
                $status = self::ATTENTION;
            }
        }
        return $status;
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
        $former = $this->services->formerVersion();
        if ($former->isStillThere()) {
            $this->say('warning  former  The table ' . $former->table() . ' of version 3 holds secrets in plain text.'
                . ' Without a factor here: ' . ($former->namesOwing() ?: 'nobody') . '.');
        }
        if ($former->hasCredentials()) {
            $this->say('warning  former  The credentials of version 3\'s SMS provider are in the site\'s preferences in'
                . ' plain text.');
        }
    }

    /**
     * Why the engine would not load the module: then no second factor is asked for, and no page says so.
     *
     * @return list<string>
     */
    private function troubles(): array
    {
        $host = $this->services->host();
        $row = $host->database->row('SELECT version, status, active FROM ' . CMS_DB_PREFIX . 'modules WHERE module_name = ?', [
            'TwoFactor',
        ]);
        if ($row === null) {
            return ['The module is not installed: NO SECOND FACTOR IS ASKED FOR. Install it under Site Admin, Module'
                . ' Manager.'];
        }
        $troubles = [];
        if ($row['status'] !== 'installed' || !(int) $row['active']) {
            $troubles[] = 'The module is not active: NO SECOND FACTOR IS ASKED FOR. Activate it in the Module Manager.';
        }
        foreach ($this->missingModules() as $missing) {
            $troubles[] = "The database says that TwoFactor needs the module $missing, as version 3 did, and it is not"
                . ' there: the CMS does not load TwoFactor, and NO SECOND FACTOR IS ASKED FOR. Run: operator.php repair';
        }
        return $troubles;
    }

    /**
     * Modules that the engine would have to load first and cannot: they are not installed, switched off, too old, or
     * their folder is gone.
     *
     * @return list<string>
     */
    private function missingModules(): array
    {
        $needed = $this->services->host()->database->rows(
            'SELECT d.parent_module AS name, d.minimum_version AS least, m.version, m.status, m.active FROM '
            . CMS_DB_PREFIX . 'module_deps d LEFT JOIN ' . CMS_DB_PREFIX
            . 'modules m ON m.module_name = d.parent_module WHERE d.child_module = ?',
            ['TwoFactor'],
        );
        $missing = array_filter($needed, static fn (array $row) => $row['status'] !== 'installed'
            || !(int) $row['active']
            || version_compare((string) $row['version'], (string) $row['least'], '<')
            || !is_file(CMS_ROOT_PATH . "/modules/{$row['name']}/{$row['name']}.module.php"));
        return array_values(array_map(static fn (array $row) => (string) $row['name'], $missing));
    }

    private function repair(): int
    {
        $missing = $this->missingModules();
        if ($missing === []) {
            $this->say('Nothing keeps the CMS from loading the module.');
            return self::DONE;
        }
        $this->services->host()->database->execute(
            'DELETE FROM ' . CMS_DB_PREFIX . 'module_deps WHERE child_module = ?',
            ['TwoFactor'],
        );
        \CmsApp::get_instance()->clear_cached_files();
        $this->say('TwoFactor no longer needs ' . implode(', ', $missing) . '. It is upgraded with the next visit of'
            . ' the sign-in page.');
        return self::DONE;
    }

    private function removeEverything(string $sure): int
    {
        if ($sure !== 'yes') {
            return $this->refuse('This removes every factor, the audit, the providers and the key of this site for good.'
                . ' If you are sure: operator.php remove-everything yes');
        }
        $left = $this->services->removal()->everything(getenv('SUDO_USER') ?: Host::systemUser());
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
            $page = $this->services->verification()->ask(
                static fn ($verifier) => [...$verifier->accounts(limit: self::PAGE, after: $after)],
            );
            foreach ($page as $account) {
                $after = $account->userId();
                if (ctype_digit($after)) {
                    $this->say(sprintf('%-20s %s', $this->named($after), $this->state($account)));
                }
            }
        } while (count($page) === self::PAGE);
        return self::DONE;
    }

    private function state(Account $account): string
    {
        $until = $account->lockedUntil();
        return match (true) {
            !$account->isReadable() => 'cannot be read with the keys there are: reset it',
            !$account->isEnrolled() => 'no second factor',
            $until !== null => 'blocked until ' . $until->format(DATE_ATOM),
            $account->disabledMethods() !== [] => 'has a method that failed too often and has to be set up anew',
            default => 'second factor: ' . implode(', ', array_map(static fn ($m) => $m->value, $account->methods())),
        };
    }

    private function act(string $command, string $user, string $reason): int
    {
        if ($user === '' || trim($reason) === '') {
            return $this->refuse("Whom, and why? operator.php $command USER REASON");
        }
        $id = $this->id($user);
        if ($id === null) {
            return $this->refuse("The CMS has no user $user.");
        }
        $by = getenv('SUDO_USER') ?: Host::systemUser();
        $this->services->verification()->ask(static fn ($verifier) => match ($command) {
            'unlock' => $verifier->unlock((string) $id, $by, $reason),
            'reset' => $verifier->reset((string) $id, $by, $reason),
            'confirm' => $verifier->confirmOperator((string) $id, $by, $reason),
        });
        if ($command === 'reset') {
            $this->services->register()->endAllOf($id);
            $this->services->formerVersion()->noteChange();
        }
        [$logged, $said] = match ($command) {
            'unlock' => ['log_unlocked', "The blocks of $user have ended."],
            'reset' => ['log_reset_done', "$user has no second factor any more, and signs in with the password alone until"
                . ' one is set up.'],
            'confirm' => ['log_operator_confirmed', "From now on $user can change other users' accounts, providers and settings."],
        };
        $this->services->host()->log($logged, [$this->named((string) $id)]);
        $this->say($said);
        return self::DONE;
    }

    private function confirmProvider(string $name): int
    {
        foreach ($this->services->verification()->ask(static fn ($verifier) => $verifier->providers()) as $provider) {
            if ($provider->name() === $name && $provider->isConfirmed()) {
                return $this->refuse("Codes go by $name already.");
            }
            if ($provider->name() === $name) {
                $by = getenv('SUDO_USER') ?: Host::systemUser();
                $this->services->verification()->ask(static fn ($verifier) => $verifier->saveProvider($name, [], $by));
                $this->services->host()->log('log_provider_confirmed', [$name]);
                $this->say("Codes go by $name from now on.");
                return self::DONE;
            }
        }
        return $this->refuse($name === '' ? 'Which one? operator.php confirm-provider NAME' : "There is no provider $name.");
    }

    private function audit(string $user): int
    {
        $id = $user === '' ? null : $this->id($user);
        if ($id === null) {
            return $this->refuse('Whose? operator.php audit USER');
        }
        [$events, $isIntact] = $this->services->verification()->ask(static fn ($verifier) => [
            [...$verifier->audit((string) $id)],
            $verifier->auditIsIntact((string) $id),
        ]);
        foreach ($events as $event) {
            $by = (string) $event->by();
            $isUser = ctype_digit($by) && $event->authority() !== 'server';
            $this->say(json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)
                . ($isUser ? " (user $by is " . $this->named($by) . ')' : ''));
        }
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

    /** A name first: names may be numbers. */
    private function id(string $user): ?int
    {
        $row = $this->services->host()->database->row(
            'SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE username = ?',
            [$user],
        ) ?? (ctype_digit($user) ? $this->services->host()->database->row(
            'SELECT user_id FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?',
            [$user],
        ) : null);
        return $row === null ? null : (int) $row['user_id'];
    }

    private function named(string $id): string
    {
        $row = $this->services->host()->database->row(
            'SELECT username FROM ' . CMS_DB_PREFIX . 'users WHERE user_id = ?',
            [$id],
        );
        return $row === null ? "(no user) $id" : (string) $row['username'];
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
