<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;

require_once dirname(__DIR__, 2) . '/host/autoload.php';

/**
 * A test of the module in a running host. Every test has a site of its own, made when first asked for; what
 * PHP complains about in it fails the test, unless the test says that it expects complaints.
 */
abstract class HostTestCase extends TestCase
{
    private ?Site $site = null;
    private bool $complaintsAreExpected = false;

    /**
     * What a form sends that is about the first factor of that method: forms know factors by their ids.
     *
     * @return array{factor: string}
     */
    protected function factorOf(string $userId, string $method): array
    {
        return ['factor' => $this->site()->asOperator(static function ($verifier) use ($userId, $method): string {
            foreach ($verifier->account($userId)->factors() as $factor) {
                if ($factor->method()->value === $method) {
                    return $factor->id();
                }
            }
            return '';
        }, ['clock' => $this->siteClock()])];
    }

    /** The site's time: to whoever looks by an earlier one, what was given meanwhile is from a clock that is ahead. */
    protected function siteClock(): object
    {
        return new class ($this->site()->clock) {
            public function __construct(private readonly Clock $clock)
            {
            }

            public function now(): \DateTimeImmutable
            {
                return new \DateTimeImmutable('@' . $this->clock->now());
            }
        };
    }

    /** @param array<string, mixed> $options */
    protected function site(array $options = [], bool $install = true): Site
    {
        if (!$this->site) {
            $options += ['modules' => ['TwoFactor', 'Witness']] + $this->database();
            $this->site = new Site($options, $install ? Snapshot::of($options) : null);
            if ($install) {
                self::assertSame(Snapshot::INSTALLED, $this->site->installed(Snapshot::INSTALLED));
            }
        }
        return $this->site;
    }

    /** In MariaDB the key cannot lie beside the store: php.ini names it. The sites of a suite have one. */
    private function database(): array
    {
        if (!getenv('HOST_DATABASE')) {
            return [];
        }
        $key = Site::base() . '/mariadb.key';
        if (!is_file($key)) {
            is_dir(Site::base()) || mkdir(Site::base(), 0700, true);
            $new = $key . bin2hex(random_bytes(4));
            \TwoFactor\Verifier::createKeyFile($new);
            // Of several that begin together one is first.
            @link($new, $key);
            unlink($new);
        }
        return ['ini' => ['twofactor.key_file' => $key]];
    }

    protected function person(string $name): Person
    {
        return new Person($this->site(), $name);
    }

    /** A person with phone and backup codes, signed out and with an empty browser. */
    protected function enrolled(string $name = 'anna'): Person
    {
        $person = $this->person($name);
        $person->givePassword();
        $person->enrol();
        $person->signOut();
        return $person->elsewhere();
    }

    /**
     * An administrator who may act on others for five minutes: signed in, with a factor of their own that whoever runs
     * the server has vouched for, and a moment ago proven.
     */
    protected function administrator(string $name = 'admin'): Person
    {
        $operator = $this->enrolled($name);
        $operator->signIn();
        $this->vouchFor($name);
        $operator->stepUp();
        return $operator;
    }

    /** Whoever runs the server says that somebody's factor is really theirs. */
    protected function vouchFor(string $name): void
    {
        $id = (string) array_search($name, [1 => 'admin', 2 => 'anna', 3 => 'bert'], true);
        $this->site()->asOperator(static fn ($verifier) => $verifier->confirmOperator($id, 'the test', 'vouched for'));
    }

    /** Of one who has none it is required at the next sign-in, of others after their proof. */
    protected function require(string $userId, ?int $graceUntil = null): void
    {
        $require = static fn ($verifier) => $verifier->requireEnrolment($userId, $graceUntil, 'the test', 'everybody anew');
        $this->site()->asOperator($require, ['clock' => $this->siteClock()]);
    }

    /** The link in the last letter to somebody, as a path of this site; null where it has none. */
    protected function linkTo(Person $person): ?string
    {
        return $this->linkIn($person->mailbox()->last()['text']);
    }

    private function linkIn(string $text): ?string
    {
        $found = preg_match('~^' . preg_quote($this->site()->url, '~') . '(/admin/login\.php\?twofactor_notice=[A-Za-z0-9_-]+)$~m', $text, $match);
        return $found === 1 ? $match[1] : null;
    }

    /** Somebody reads the last letter that has a link, opens that in a browser that nobody is signed in with, and says that it was not them. */
    protected function repudiate(Person $person): Page
    {
        $browser = $this->site()->visitor();
        $links = array_filter(array_map($this->linkIn(...), array_column($person->mailbox()->letters(), 'text')));
        $page = $browser->get(end($links) ?: throw new \RuntimeException('no link: ' . $person->mailbox()->last()['text']));
        $form = $page->form('.//input[@name="twofactor_link"]') ?? throw new \RuntimeException('no button: ' . $page->text());
        return $browser->submit($page, $form);
    }

    protected function expectComplaints(): void
    {
        $this->complaintsAreExpected = true;
    }

    protected function onOldFlow(): bool
    {
        return $this->site()->flow() === 'old';
    }

    protected static function assertIn(Person $person): void
    {
        self::assertSame($person->name, $person->isIn(), "$person->name is signed in");
    }

    protected static function assertOut(Person $person, string $why = ''): void
    {
        self::assertNull($person->isIn(), $why ?: "$person->name is not signed in");
    }

    protected static function assertChallenged(Page $page): void
    {
        self::assertTrue(Person::isChallenge($page), 'a second factor is asked for, not: ' . $page->text());
    }

    /** PHPUnit 9 has one word for it, 10 and later another. */
    private function wentWrong(): bool
    {
        if (!method_exists($this, 'status')) {
            return $this->hasFailed();
        }
        return $this->status()->isFailure() || $this->status()->isError();
    }

    protected function tearDown(): void
    {
        $site = $this->site;
        $this->site = null;
        if (!$site) {
            return;
        }
        $complaints = $site->complaints();
        $site->stop();
        if ($this->wentWrong()) {
            // The next one may come into the same folder.
            $left = Site::base() . '/failed-' . bin2hex(random_bytes(4));
            rename($site->folder, $left);
            fwrite(STDERR, "left to look at: $left\n");
            return;
        }
        $site->leave();
        if (!$this->complaintsAreExpected) {
            self::assertSame([], $complaints, 'PHP complains about nothing');
        }
    }
}
