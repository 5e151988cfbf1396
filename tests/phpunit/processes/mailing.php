<?php

// A page of a site whose mailer is slow: it takes a notice once a file says so. What tells it is the module's own
// (Notices, RequestEnd, HostDatabase); what stands around it is as little of a CMS as that takes.

declare(strict_types=1);

namespace {
    final class CmsApp
    {
        public static function get_instance(): self
        {
            return new self();
        }

        public function GetDb(): object
        {
            return new \stdClass();
        }
    }
}

namespace TwoFactorModule {
    use TwoFactor\{Client, Message, Totp, User, Verifier};

    foreach (['Notices', 'RequestEnd', 'HostDatabase'] as $class) {
        require __DIR__ . "/$class.php";
    }

    final class Verification
    {
        public readonly Verifier $verifier;

        public function __construct()
        {
            $this->verifier = Verifier::open(['store' => 'memory:', 'issuer' => 'Shop']);
        }

        public function isOpen(): bool
        {
            return true;
        }

        /** @return list<Message> */
        public function takeNotices(): array
        {
            $setup = $this->verifier->startTotp(new User('7', 'anna', 'anna@example.org', [], 'en'));
            $code = Totp::fromUri($setup->uri())->at(time());
            return $this->verifier->confirmTotp($setup->token(), $code, new Client('192.0.2.7'))->notices();
        }

        /** @return list<Message> */
        public function pendingNotices(): array
        {
            return $this->verifier->pendingNotices();
        }

        /** @param list<string> $ids */
        public function noticesSent(array $ids): void
        {
            $this->verifier->noticesSent($ids);
        }
    }

    final class Mail
    {
        public function send(Message $mail, string $to): void
        {
            file_put_contents(__DIR__ . '/sending', $to);
            for ($wait = 0; !file_exists(__DIR__ . '/release') && $wait < 1200; $wait++) {
                usleep(50_000);
                clearstatcache();
            }
            file_put_contents(__DIR__ . '/sent', $mail->subject());
        }
    }

    final class Session
    {
        public function loggedInId(): ?int
        {
            return $_SESSION['user'] ?? null;
        }
    }

    final class Host
    {
        public readonly HostDatabase $database;
        public readonly Session $session;

        public function __construct()
        {
            $this->database = new HostDatabase();
            $this->session = new Session();
        }

        public function preference(string $name): string
        {
            return '0';
        }

        public function setPreference(string $name, string $value): void
        {
        }

        /** @param list<string> $about */
        public function log(string $what, array $about): void
        {
            file_put_contents(__DIR__ . '/fault', "$what " . implode(' ', $about));
        }
    }

    final class Extensions
    {
        /** @return list<Message> */
        public function messages(): array
        {
            return [];
        }
    }

    session_save_path(__DIR__ . '/sessions');
    session_id('the-one-of-this-browser');
    session_start();
    $_SESSION['user'] = 7;
    $_SESSION['pages'] = ($_SESSION['pages'] ?? 0) + 1;
    // The first page of this browser has something to tell.
    if ($_SESSION['pages'] === 1) {
        (new Notices(new Verification(), new Mail(), new Host(), new Extensions()))->attend();
    }
    // As the engine has it: a shutdown function of somebody else's with a header to send, and a buffer.
    register_shutdown_function(static fn () => header('X-Late: yes'));
    ob_start();
    echo "page {$_SESSION['pages']}";
}
