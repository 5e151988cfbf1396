<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once __DIR__ . '/Processes.php';

use PHPUnit\Framework\TestCase;
use Throwable;
use TwoFactor\Exception\{ChallengeClosed, Denied, EnrolmentRequired, LockedOut, NotSent, Rejected, Unavailable};
use TwoFactor\{Client, LoginState, Method, Purpose, User, Verifier};

/** Attacks on codes by SMS and e-mail; see docs/attacks.md. */
final class SentCodeAttackTest extends TestCase
{
    private const NUMBER = '+4915123456789';

    private string $folder;
    private TestClock $clock;
    private Client $client;
    private User $anna;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-codes-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        mkdir("$this->folder/store", 0700);
        $this->clock = new TestClock(1_700_000_010);
        $this->client = new Client('192.0.2.1');
        // What is unavailable is told to the operator.
        ini_set('error_log', "$this->folder/log");
        $this->anna = new User('7', 'anna', 'anna.canary@example.com');
    }

    protected function tearDown(): void
    {
        ini_restore('error_log');
        ini_restore('zend.exception_ignore_args');
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /**
     * @param list<array<string, string>>|null $providers by default the one for development; an empty list is none
     * @param array<string, string> $settings
     */
    private function verifier(?array $providers = null, array $settings = []): Verifier
    {
        $providers ??= [['provider' => 'development', 'file' => "$this->folder/messages"]];
        $file = "$this->folder/" . md5(serialize($providers)) . '.json';
        file_put_contents($file, json_encode($providers));
        chmod($file, 0600);
        if (!is_file("$this->folder/key")) {
            Verifier::createKeyFile("$this->folder/key");
        }
        return Verifier::open($settings + [
            'store' => "sqlite:$this->folder/store/db.sqlite", 'key_file' => "$this->folder/key", 'site' => basename($this->folder), 'new_site' => true,
            'clock' => $this->clock, 'development' => '1', 'providers_file' => $providers === [] ? '' : $file,
        ]);
    }

    /** @return list<string> */
    private function codes(): array
    {
        $messages = is_file("$this->folder/messages") ? file("$this->folder/messages") : [];
        return array_map(static fn (string $line): string => json_decode($line, true)['code'], $messages);
    }

    private function code(): string
    {
        $codes = $this->codes();
        return (string) end($codes);
    }

    private function wrongCode(): string
    {
        for ($code = 0; in_array(sprintf('%06d', $code), $this->codes(), true); $code++);
        return sprintf('%06d', $code);
    }

    /** @return list<string> backup codes */
    private function enrol(Verifier $verifier): array
    {
        $setup = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->token();
        $enrolled = $verifier->confirmPhone($setup, $this->code(), $this->client);
        $this->clock->pass(61);
        return $enrolled->backupCodes();
    }

    private function challenge(Verifier $verifier): string
    {
        $login = $verifier->beginLogin($this->anna, $this->client);
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        return $login->challenge();
    }

    private static function assertThrows(string $class, callable $call): Throwable
    {
        try {
            $call();
        } catch (Throwable $thrown) {
            self::assertSame($class, $thrown::class, $thrown->getMessage());
            return $thrown;
        }
        self::fail("nothing was thrown where $class was due");
    }

    /** CVE-2024-32868, CVE-2023-23755: some method has no limit. */
    public function test_b8_guesses_of_codes_by_sms_and_by_email_are_limited(): void
    {
        foreach ([Method::Sms, Method::Email] as $method) {
            $verifier = $this->verifier(settings: ['site' => $method->value]);
            if ($method === Method::Sms) {
                $this->enrol($verifier);
            } else {
                $mail = $verifier->enableEmail($this->anna, $this->client);
                $verifier->confirmEmail($mail->token(), self::codeIn($mail->message()->text()), $this->client);
                $this->clock->pass(61);
            }
            $first = $this->challenge($verifier);
            $message = $verifier->sendCode($first, $method, $this->client)->message();
            $right = $message === null ? $this->code() : self::codeIn($message->text());
            $wrong = $right === '000000' ? '000001' : '000000';
            foreach ([$first, $first, ...array_fill(0, 3, $this->challenge($verifier))] as $challenge) {
                self::assertThrows(Rejected::class, fn () => $verifier->verify($challenge, $method, $wrong, $this->client));
            }
            // Neither the right one nor another challenge nor another code helps.
            self::assertThrows(LockedOut::class, fn () => $verifier->verify($first, $method, $right, $this->client));
            self::assertThrows(LockedOut::class, fn () => $verifier->verify($this->challenge($verifier), $method, $wrong, $this->client));
            $sent = count($this->codes());
            self::assertThrows(LockedOut::class, fn () => $verifier->sendCode($this->challenge($verifier), $method, $this->client));
            self::assertCount($sent, $this->codes());
        }
    }

    private static function codeIn(string $text): string
    {
        self::assertSame(1, preg_match('/\b\d{6}\b/', $text, $match));
        return $match[0];
    }

    /** With SMS switched off the module before this one asked for the password alone. */
    public function test_b41_with_sms_switched_off_the_password_alone_signs_nobody_in(): void
    {
        $backupCodes = $this->enrol($this->verifier());
        $broken = new LoopbackCarrier('broken', "$this->folder/broken");
        $broken->fails();
        foreach ([[[], []], [[$broken->entry()], []], [[], ['profile' => 'strict']]] as $turn => [$providers, $settings]) {
            $this->clock->pass(3600);
            $verifier = $this->verifier($providers, $settings);
            self::assertTrue($verifier->account('7')->isEnrolled());
            $challenge = $this->challenge($verifier);
            foreach (['', '000000', 'true'] as $proof) {
                $refused = self::assertThrows(Rejected::class, fn () => $verifier->verify($challenge, Method::Sms, $proof, $this->client));
                self::assertInstanceOf(Denied::class, $refused);
            }
            try {
                $verifier->sendCode($challenge, Method::Sms, $this->client);
                self::assertSame([$broken->entry()], $providers, 'nothing can be sent');
            } catch (NotSent | Unavailable) {
            }
            // What else is enrolled goes on.
            $prove = fn () => $verifier->verify($challenge, Method::BackupCode, $backupCodes[$turn], $this->client);
            if ($settings === []) {
                self::assertSame(Method::BackupCode, $prove()->method());
            } else {
                // A telephone alone is not enough there: the code leads to an app.
                self::assertThrows(EnrolmentRequired::class, $prove);
                self::assertTrue($verifier->startTotp($this->anna, null, $challenge)->uri() !== '');
            }
            $this->clock->pass(3600);
            $this->verifier()->unlock('7', 'operator', 'another turn');
        }
        self::assertCount(1, $this->codes());
    }

    /** The module before this one drew codes by mt_rand(). */
    public function test_b41_codes_are_not_drawn_by_php_s_generator(): void
    {
        $verifier = $this->verifier();
        mt_srand(41);
        $expected = [mt_rand(), mt_rand(100000, 999999)];
        $codes = [];
        for ($i = 1; $i <= 60; $i++) {
            // Enrolments may have twenty messages of a provider in a minute.
            $this->clock->pass(2);
            mt_srand(41);
            $client = new Client("192.0.2.$i");
            if ($i % 2 === 0) {
                $verifier->startPhone(new User("u$i", 'x'), sprintf('+49151%02d123456', $i), null, $client);
                $codes[] = $this->code();
            } else {
                $codes[] = self::codeIn($verifier->enableEmail(new User("u$i", 'x', "u$i@example.com"), $client)->message()->text());
            }
            self::assertSame($expected, [mt_rand(), mt_rand(100000, 999999)], 'it was not asked');
        }
        // Of a million, two of sixty are the same once in 565 times, and six of them never.
        self::assertGreaterThan(54, count(array_unique($codes)));
        self::assertCount(60, preg_grep('/^\d{6}$/', $codes));
    }

    /** The module before this one left them good for half an hour, and kept no account of which were used. */
    public function test_b41_a_code_that_was_sent_is_good_for_minutes_and_once(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        $mail = $verifier->enableEmail($this->anna, $this->client, $this->grant($verifier));
        $verifier->confirmEmail($mail->token(), self::codeIn($mail->message()->text()), $this->client);
        foreach ([Method::Sms, Method::Email] as $method) {
            $this->clock->pass(3600);
            $challenge = $this->challenge($verifier);
            $send = function () use ($verifier, $challenge, $method): string {
                $message = $verifier->sendCode($challenge, $method, $this->client)->message();
                return $message === null ? $this->code() : self::codeIn($message->text());
            };
            $late = $send();
            $this->clock->pass(300);
            self::assertThrows(Rejected::class, fn () => $verifier->verify($challenge, $method, $late, $this->client));
            $code = $send();
            $this->clock->pass(299);
            self::assertSame($method, $verifier->verify($challenge, $method, $code, $this->client)->method());
            self::assertThrows(ChallengeClosed::class, fn () => $verifier->verify($challenge, $method, $code, $this->client));
            self::assertThrows(Rejected::class, fn () => $verifier->verify($this->challenge($verifier), $method, $code, $this->client));
        }
    }

    private function grant(Verifier $verifier): string
    {
        $this->clock->pass(61);
        $challenge = $verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client)->challenge();
        $verifier->sendCode($challenge, Method::Sms, $this->client);
        $this->clock->pass(61);
        return $verifier->verify($challenge, Method::Sms, $this->code(), $this->client)->grant();
    }

    public static function stores(): iterable
    {
        yield 'SQLite' => ['sqlite'];
        yield 'MariaDB' => ['mysql'];
    }

    /** Every byte that a store keeps of this site. */
    private function kept(string $store): string
    {
        if ($store === 'sqlite') {
            return implode('', array_map('file_get_contents', glob("$this->folder/store/*")));
        }
        $url = parse_url(getenv('TWOFACTOR_TEST_MYSQL'));
        $db = new \mysqli($url['host'], $url['user'], $url['pass'], ltrim($url['path'], '/'), $url['port']);
        $kept = '';
        foreach (array_column($db->query("SHOW TABLES LIKE '%twofactor\\_%'")->fetch_all(), 0) as $table) {
            $columns = array_column($db->query("SHOW COLUMNS FROM `$table`")->fetch_all(), 0);
            $where = in_array('site', $columns, true) ? " WHERE site = '" . basename($this->folder) . "'" : '';
            foreach ($db->query("SELECT * FROM `$table`$where")->fetch_all() as $row) {
                $kept .= "\n" . implode("\n", array_map('strval', $row));
            }
        }
        return $kept;
    }

    /** @dataProvider stores */
    public function test_b39_no_number_code_or_credential_is_in_an_error_a_dump_the_audit_or_the_store(string $store): void
    {
        $url = $store === 'sqlite' ? [] : ['store' => getenv('TWOFACTOR_TEST_MYSQL') ?: self::fail('TWOFACTOR_TEST_MYSQL is not set')];
        $carrier = new LoopbackCarrier('loopback', "$this->folder/loopback");
        $verifier = $this->verifier(settings: $url);
        $unlucky = $this->verifier([$carrier->entry()], $url);
        $carrier->fails();
        ini_set('zend.exception_ignore_args', '0');

        $seen = [];
        $try = function (callable $call) use (&$seen): void {
            try {
                $seen[] = $call();
            } catch (Throwable $error) {
                // Of the frames those that are ours: what a caller passes around is the caller's to hide.
                $ours = array_filter($error->getTrace(), static fn (array $frame): bool => str_starts_with($frame['class'] ?? '', 'TwoFactor\\') && !str_contains($frame['class'], 'Tests'));
                self::assertNotSame([], $ours);
                $seen[] = $error->getMessage() . print_r($ours, true) . preg_replace('/^.*Tests.*$/m', '', (string) $error);
            }
        };
        $this->enrol($verifier);
        $challenge = $this->challenge($verifier);
        $seen[] = $verifier->sendCode($challenge, Method::Sms, $this->client);
        $sms = $this->code();
        $mail = $verifier->enableEmail(new User('8', 'bert', 'bert.canary@example.com'), $this->client);
        $seen[] = $mail;
        $letter = self::codeIn($mail->message()->text());
        $try(fn () => $verifier->verify($challenge, Method::Voice, $sms, $this->client));
        $try(fn () => $verifier->confirmPhone($mail->token(), $sms, $this->client));
        $try(fn () => $verifier->confirmEmail($challenge, $letter, $this->client));
        $try(fn () => $verifier->resendCode($mail->token() . $letter, $this->client));
        $try(fn () => $verifier->startPhone($this->anna, self::NUMBER, null, $this->client));
        $try(fn () => $verifier->startPhone($this->anna, self::NUMBER, null, $this->client, grant: $sms));
        $try(fn () => $verifier->startPhone(new User('9', 'carl'), self::NUMBER, null, $this->client));
        $try(fn () => $verifier->startPhone(new User('9', 'carl'), self::NUMBER, null, $this->client));
        $try(fn () => $verifier->startPhone(new User('9', 'carl'), self::NUMBER . $sms, null, $this->client));
        // A provider that fails, until its breaker opens.
        $this->clock->pass(61);
        for ($i = 0; $i < 7; $i++) {
            $try(fn () => $unlucky->startPhone(new User("u$i", 'x'), '+491512345' . (6000 + $i), null, new Client("198.51.100.$i")));
        }
        $try(fn () => $unlucky->sendCode($this->challenge($unlucky), Method::Sms, $this->client));
        $try(fn () => $this->verifier([['secret' => 'canary'] + $carrier->entry() + ['nonsense' => self::NUMBER]], $url));
        foreach ([$verifier, $unlucky] as $one) {
            array_push($seen, $one->account('7'), $one->health(), $one, [...$one->accounts()], [...$one->audit(null, 1000)], [...$one->deliveries()]);
            $seen[] = $one->metrics();
        }
        self::assertGreaterThan(10, count([...$verifier->audit(null, 1000)]));
        self::assertGreaterThan(5, count([...$verifier->deliveries()]));

        $text = file_get_contents("$this->folder/log");
        self::assertStringContainsString('no code was sent', $text);
        foreach ($seen as $place => $thing) {
            if (is_string($thing)) {
                $text .= "\n$place: $thing";
                continue;
            }
            ob_start();
            var_dump($thing);
            $text .= "\n$place: " . ob_get_clean() . print_r($thing, true) . var_export($thing, true) . json_encode($thing, JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_UNESCAPED_SLASHES);
        }
        $kept = $this->kept($store);
        self::assertGreaterThan(2000, strlen($kept));
        self::assertStringContainsString('•••', $kept, 'the list of messages was read');
        foreach (['Rejected', 'StepUpRequired', 'Throttled', 'InvalidPhoneNumber', 'Unavailable', 'ConfigurationError', '198.51.100.1', 'twofactor_breaker'] as $sight) {
            self::assertStringContainsString($sight, $text);
        }
        $secrets = [...$this->codes(), $letter, '15123456789', '1512345600', 'anna.canary', 'bert.canary', $carrier->entry()['secret']];
        self::assertCount(3, $this->codes());
        foreach ($secrets as $secret) {
            $pattern = '/(?<![0-9a-f])' . preg_quote($secret, '/') . '/i';
            self::assertDoesNotMatchRegularExpression($pattern, $text);
            self::assertDoesNotMatchRegularExpression($pattern, $kept);
        }
    }
}
