<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{ChallengeClosed, ConfigurationError, InvalidPhoneNumber, NotSent, Rejected, StepUpRequired, Throttled};
use TwoFactor\{Client, HealthStatus, LoginState, Message, Method, Purpose, User, Verifier};

/** Codes by SMS and by e-mail, as a host sees them. The provider writes messages to a file. */
final class SendTest extends TestCase
{
    private const NUMBER = '+49 1512 3456789';

    private string $folder;
    private TestClock $clock;
    private Client $client;
    private User $anna;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-send-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->clock = new TestClock(1_700_000_010);
        $this->client = new Client('192.0.2.1');
        $this->anna = new User('7', 'anna', 'anna@example.com', [], 'de-AT');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    private function providers(string $json): string
    {
        file_put_contents("$this->folder/providers.json", $json);
        chmod("$this->folder/providers.json", 0600);
        return "$this->folder/providers.json";
    }

    /** @param array<string, string> $settings */
    private function verifier(array $settings = []): Verifier
    {
        $file = $this->providers(json_encode([['provider' => 'development', 'file' => "$this->folder/messages"]]));
        return Verifier::open($settings + [
            'store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Example',
            'development' => '1', 'providers_file' => $file, 'webotp_host' => 'example.com',
        ]);
    }

    /** @return array{to: string, channel: string, code: string, text: string} */
    private function message(): array
    {
        $lines = file("$this->folder/messages", FILE_IGNORE_NEW_LINES);
        return json_decode(end($lines), true, 8, JSON_THROW_ON_ERROR);
    }

    private function enrol(Verifier $verifier): void
    {
        $setup = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->token();
        $enrolled = $verifier->confirmPhone($setup, $this->message()['code'], $this->client);
        self::assertSame(Method::Sms, $enrolled->method());
        self::assertCount(10, $enrolled->backupCodes());
        $this->clock->pass(61);
    }

    public function test_a_person_enrols_and_signs_in_by_sms(): void
    {
        $verifier = $this->verifier();
        $delivery = $verifier->startPhone($this->anna, '01512 3456789', 'DE', $this->client);
        self::assertSame('+49 ••• 89', $delivery->maskedDestination());
        self::assertSame(Method::Sms, $delivery->method());
        self::assertSame(600, $delivery->expiresAt()->getTimestamp() - $this->clock->time);
        self::assertSame(60, $delivery->resendAt()->getTimestamp() - $this->clock->time);
        self::assertNull($delivery->message());
        $message = $this->message();
        self::assertSame(['+4915123456789', 'sms'], [$message['to'], $message['channel']]);
        self::assertMatchesRegularExpression('/^\d{6}$/', $message['code']);
        self::assertStringContainsString("@example.com #{$message['code']}", $message['text']);
        self::assertFalse($verifier->account('7')->isEnrolled());
        $verifier->confirmPhone($delivery->token(), $message['code'], $this->client);
        $account = $verifier->account('7');
        self::assertSame([Method::Sms, Method::BackupCode], $account->methods());
        self::assertSame('+49 ••• 89', $account->maskedPhone());

        $this->clock->pass(61);
        $login = $verifier->beginLogin($this->anna, $this->client);
        self::assertSame(LoginState::ChallengeRequired, $login->state());
        $verifier->sendCode($login->challenge(), Method::Sms, $this->client);
        $code = $this->message()['code'];
        self::assertSame('7', $verifier->verify($login->challenge(), Method::Sms, $code, $this->client)->userId());
        $this->expectException(ChallengeClosed::class);
        $verifier->verify($login->challenge(), Method::Sms, $code, $this->client);
    }

    public function test_a_second_message_has_to_wait(): void
    {
        $verifier = $this->verifier();
        $setup = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->token();
        $this->clock->pass(59);
        $another = [
            fn () => $verifier->startPhone($this->anna, self::NUMBER, null, $this->client),
            fn () => $verifier->resendCode($setup, $this->client),
        ];
        foreach ($another as $ask) {
            try {
                $ask();
                self::fail();
            } catch (Throttled $e) {
                self::assertSame(1, $e->retryAfter);
            }
        }
        foreach ($another as $ask) {
            $this->clock->pass(60);
            $ask();
        }
        self::assertCount(3, file("$this->folder/messages"));
    }

    public function test_another_code_goes_on_with_the_set_up_whose_token_it_is_asked_for_with(): void
    {
        $verifier = $this->verifier();
        $first = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client, Method::Voice);
        $codes = [$this->message()['code']];
        $this->clock->pass(60);
        $again = $verifier->resendCode($first->token(), $this->client);
        $codes[] = $this->message()['code'];
        self::assertSame([Method::Voice, '+49 ••• 89'], [$again->method(), $again->maskedDestination()]);
        self::assertSame(600, $again->expiresAt()->getTimestamp() - $this->clock->time);
        // Somebody else who knows the password, with the same number: another set-up, and other codes.
        $this->clock->pass(60);
        $other = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client, Method::Voice);
        $foreign = $this->message()['code'];
        foreach ([[$other, $codes[0]], [$other, $codes[1]], [$first, $foreign]] as [$delivery, $code]) {
            try {
                $verifier->confirmPhone($delivery->token(), $code, $this->client);
                self::fail('a code of another set-up was accepted');
            } catch (Rejected) {
            }
        }
        // Either token is that of the set-up, and either code is good.
        self::assertSame(Method::Voice, $verifier->confirmPhone($again->token(), $codes[0], $this->client)->method());
        $this->clock->pass(60);
        foreach ([$first, $again, $other] as $delivery) {
            try {
                $verifier->resendCode($delivery->token(), $this->client);
                self::fail('a set-up that began before the first factor goes on');
            } catch (Rejected) {
            }
        }
        // A mail, too, and each kind by its own call.
        $this->clock->pass(60);
        $mail = $this->verifier(['site' => 'other'])->enableEmail($this->anna, $this->client);
        foreach (['confirmPhone', 'confirmTotp'] as $confirm) {
            try {
                preg_match('/\b\d{6}\b/', $mail->message()->text(), $code);
                $this->verifier(['site' => 'other'])->$confirm($mail->token(), $code[0], $this->client);
                self::fail("$confirm() took an address");
            } catch (Rejected) {
            }
        }
    }

    /**
     * Asks for messages to numbers of everywhere, each for another user, until the address has had enough: its
     * thirty in an hour, of which enrolments may have ten.
     *
     * @param callable(int): Client $client
     */
    private function granted(Verifier $verifier, int $asked, callable $client): int
    {
        static $user = 0;
        $granted = 0;
        for ($i = 0; $i < $asked; $i++) {
            $user++;
            try {
                $verifier->startPhone(new User("u$user", 'x'), sprintf('+4915%d', 110000000 + 1000 * $user), null, $client($i));
                $granted++;
            } catch (Throttled) {
            }
        }
        return $granted;
    }

    /** CVE-2020-35590. */
    public function test_b14_no_forged_header_dodges_the_budget_of_an_address(): void
    {
        $forged = static fn (int $i): array => ['X-Forwarded-For' => "198.51.100.$i", 'Forwarded' => "for=198.51.100.$i"];
        foreach (['', '10.0.0.0/8'] as $proxies) {
            $verifier = $this->verifier(['trusted_proxies' => $proxies]);
            self::assertSame(10, $this->granted($verifier, 40, static fn (int $i) => new Client('192.0.2.1', forwarded: $forged($i))));
            // Another one is another one.
            self::assertSame(1, $this->granted($verifier, 1, static fn () => new Client('192.0.2.2')));
        }
    }

    public function test_limits_of_sending_are_settings_and_a_wrong_one_is_an_error(): void
    {
        $verifier = $this->verifier(['send_per_ip_hour' => 9, 'send_cooldown_seconds' => '90']);
        self::assertSame(90, $verifier->startPhone($this->anna, self::NUMBER, null, $this->client)->resendAt()->getTimestamp() - $this->clock->time);
        self::assertSame(2, $this->granted($verifier, 2, fn () => $this->client));
        try {
            $verifier->startPhone(new User('8', 'bert'), '+43 664 1234567', null, $this->client);
            self::fail();
        } catch (Throttled $e) {
            self::assertSame(3600, $e->retryAfter);
        }
        self::assertCount(3, file("$this->folder/messages"));
        foreach (['send_per_ip_hour' => [0, -1, '', 100_001, '3.5', false, 'unlimited'], 'send_site_day' => ['0', '1e9'], 'send_cooldown_seconds' => [9, 1801], 'send_per_number_hour' => [101]] as $name => $values) {
            foreach ($values as $value) {
                try {
                    $this->verifier([$name => $value]);
                    self::fail("$name = " . json_encode($value));
                } catch (ConfigurationError $e) {
                    self::assertStringContainsString("`$name` must be a whole number from 1", $e->getMessage());
                }
            }
        }
    }

    public static function proxies(): iterable
    {
        yield 'X-Forwarded-For' => [[], static fn (string ...$hops): array => ['x-forwarded-for' => implode(', ', $hops), 'Forwarded' => 'for=6.6.6.6']];
        yield 'Forwarded' => [['trusted_proxies_header' => 'Forwarded'], static fn (string ...$hops): array => [
            'FORWARDED' => implode(', ', array_map(static fn (string $hop): string => "for=\"$hop\"", $hops)), 'X-Forwarded-For' => '6.6.6.6',
        ]];
    }

    /** @dataProvider proxies */
    public function test_b14_behind_a_trusted_proxy_the_client_is_counted_and_not_the_proxy(array $settings, callable $header): void
    {
        $verifier = $this->verifier($settings + ['trusted_proxies' => '10.0.0.0/8, 2001:db8:ffff::1']);
        $through = static fn (string $peer, string ...$hops) => new Client($peer, forwarded: $header(...$hops));
        // What it forges stands before what the proxies wrote.
        self::assertSame(10, $this->granted($verifier, 40, static fn (int $i) => $through('10.0.0.1', "198.51.100.$i", '192.0.2.1', '10.0.0.2')));
        self::assertSame(0, $this->granted($verifier, 1, static fn () => $through('2001:db8:ffff::1', '192.0.2.1')));
        self::assertSame(0, $this->granted($verifier, 1, static fn () => new Client('192.0.2.1')));
        self::assertSame(1, $this->granted($verifier, 1, static fn () => $through('10.0.0.1', '192.0.2.2')));

        $sent = $verifier->startPhone($this->anna, self::NUMBER, null, $through('::ffff:10.0.0.1', '6.6.6.6', '192.0.2.3'));
        $verifier->confirmPhone($sent->token(), $this->message()['code'], $through('10.0.0.1', 'unknown', '10.0.0.9'));
        self::assertSame(['192.0.2.3', '10.0.0.9'], [$verifier->audit('7')[1]->ip(), $verifier->audit('7')[0]->ip()]);
    }

    public function test_b14_the_headers_of_the_request_are_those_of_the_server_array(): void
    {
        $before = $_SERVER;
        try {
            $_SERVER = ['REMOTE_ADDR' => '10.0.0.1', 'HTTP_X_FORWARDED_FOR' => '6.6.6.6, 192.0.2.3', 'HTTP_FORWARDED' => 'for=192.0.2.4'];
            $client = Client::fromGlobals();
        } finally {
            $_SERVER = $before;
        }
        $settings = ['trusted_proxies' => '10.0.0.1'];
        foreach ([['10.0.0.1', []], ['192.0.2.3', $settings], ['192.0.2.4', $settings + ['trusted_proxies_header' => 'Forwarded']]] as [$address, $with]) {
            $verifier = $this->verifier($with);
            $verifier->startPhone($this->anna, self::NUMBER, null, $client);
            self::assertSame($address, $verifier->audit('7')[0]->ip());
        }
    }

    public function test_b14_a_proxy_on_a_socket_is_named_and_whoever_has_no_address_counts_as_one(): void
    {
        $from = static function (mixed $remote, string $list): Client {
            $before = $_SERVER;
            try {
                $_SERVER = ['REMOTE_ADDR' => $remote, 'HTTP_X_FORWARDED_FOR' => $list];
                return Client::fromGlobals();
            } finally {
                $_SERVER = $before;
            }
        };
        $named = $this->verifier(['trusted_proxies' => 'unix:']);
        self::assertSame(10, $this->granted($named, 40, static fn (int $i) => $from('unix:', "198.51.100.$i, 192.0.2.1")));
        self::assertSame(1, $this->granted($named, 1, static fn () => $from('unix:', '192.0.2.2')));
        self::assertSame(1, $this->granted($named, 1, static fn () => new Client('unix:', forwarded: ['X-Forwarded-For' => '192.0.2.3'])));
        $named->startPhone($this->anna, self::NUMBER, null, $from('unix:', '6.6.6.6, 192.0.2.4, unix:'));
        self::assertSame('192.0.2.4', $named->audit('7')[0]->ip());

        // Whoever is no trusted proxy says nothing, and whatever has no address is one place.
        foreach (['' => 'unix:', 'unix:, 10.0.0.0/8' => ''] as $proxies => $remote) {
            $verifier = $this->verifier(['trusted_proxies' => $proxies]);
            self::assertSame(10, $this->granted($verifier, 40, static fn (int $i) => $from($remote, "198.51.100.$i")), "$remote");
            self::assertSame(0, $this->granted($verifier, 1, static fn () => $from('nonsense', '198.51.100.77')));
            self::assertSame(1, $this->granted($verifier, 1, static fn () => new Client('192.0.2.1')));
            $person = new User('9', 'carl', 'carl@example.org');
            try {
                $verifier->enableEmail($person, $from($remote, '6.6.6.6'));
            } catch (Throttled) {
                self::fail('e-mail is counted apart');
            }
            self::assertSame('::', $verifier->audit('9')[0]->ip());
        }
        foreach (['', 'unknown', 'localhost', '192.0.2.1:80'] as $odd) {
            try {
                new Client($odd);
                self::fail($odd);
            } catch (\ValueError $e) {
                self::assertStringContainsString('must be an IPv4 or IPv6 address, or unix:', $e->getMessage());
            }
        }
    }

    public function test_headers_that_are_none_are_refused(): void
    {
        foreach ([[['X-Forwarded-For' => 1]], [['192.0.2.1']], [['Forwarded' => null]], [['X-Forwarded-For' => '1.1.1.1', 'x-forwarded-for' => '2.2.2.2']]] as [$headers]) {
            try {
                new Client('192.0.2.1', forwarded: $headers);
                self::fail(json_encode($headers));
            } catch (\ValueError $e) {
                self::assertStringContainsString('$forwarded', $e->getMessage());
            }
        }
        foreach (['10.0.0.1/8', '0.0.0.0/0', '::/0', 'proxy.example.com', '10.0.0.0/33'] as $wrong) {
            try {
                $this->verifier(['trusted_proxies' => $wrong]);
                self::fail($wrong);
            } catch (ConfigurationError $e) {
                self::assertStringContainsString('trusted_proxies', $e->getMessage());
            }
        }
    }

    public function test_numbers_that_get_no_codes_are_refused_with_a_reason(): void
    {
        $verifier = $this->verifier(['phone_regions' => 'DE, AT']);
        foreach (['+49 30 12345678' => 'landline', '12' => 'valid', '+33 6 12 34 56 78' => 'country', '+49 800 1234567' => 'toll-free'] as $number => $why) {
            try {
                $verifier->startPhone($this->anna, (string) $number, 'DE', $this->client);
                self::fail($number);
            } catch (InvalidPhoneNumber $e) {
                self::assertStringContainsString($why, $e->getMessage());
                self::assertSame(['landline' => 'landline', 'valid' => 'invalid', 'country' => 'country', 'toll-free' => 'toll-free'][$why], $e->reason);
                self::assertStringNotContainsString('12345678', (string) $e);
            }
        }
        self::assertSame('', file_get_contents("$this->folder/messages"));
    }

    public function test_a_change_needs_a_step_up_and_the_old_number_is_told(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        try {
            $verifier->startPhone($this->anna, '+43 664 1234567', null, $this->client);
            self::fail();
        } catch (StepUpRequired) {
        }
        $challenge = $verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client)->challenge();
        $verifier->sendCode($challenge, Method::Sms, $this->client);
        $grant = $verifier->verify($challenge, Method::Sms, $this->message()['code'], $this->client)->grant();
        $setup = $verifier->startPhone($this->anna, '+43 664 1234567', null, $this->client, grant: $grant)->token();
        $enrolled = $verifier->confirmPhone($setup, $this->message()['code'], $this->client);
        self::assertSame('+4915123456789', $this->message()['to']);
        self::assertSame('', $this->message()['code']);
        [$notice] = $enrolled->notices();
        self::assertSame('anna@example.com', $notice->to());
        self::assertStringContainsString('Die Telefonnummer Ihres Kontos wurde geändert', $notice->subject());
        self::assertStringNotContainsString('664', $notice->text() . $notice->html() . $notice->subject());
        self::assertStringContainsString('number.told', json_encode($verifier->audit('7')));
        self::assertSame('+43 ••• 67', $verifier->account('7')->maskedPhone());
    }

    public function test_b34_removing_the_number_first_does_not_keep_the_change_quiet(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        $challenge = $verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client)->challenge();
        $verifier->sendCode($challenge, Method::Sms, $this->client);
        $grant = $verifier->verify($challenge, Method::Sms, $this->message()['code'], $this->client)->grant();
        $verifier->remove('7', Method::Sms, $grant);
        self::assertSame(['+4915123456789', ''], [$this->message()['to'], $this->message()['code']]);
        self::assertStringContainsString('Diese Telefonnummer wurde aus Ihrem Konto entfernt', $this->message()['text']);
        // Whoever holds the session has changed the address and the language, too.
        $thief = new User('7', 'anna', 'thief@example.com', [], 'fi');
        $setup = $verifier->startPhone($thief, '+43 664 1234567', null, $this->client)->token();
        $enrolled = $verifier->confirmPhone($setup, $this->message()['code'], $this->client);
        self::assertSame('+436641234567', $this->message()['to'], 'the old number has heard of it');
        // And what nobody has fetched since the removal.
        [$removed, $added] = array_map(fn (string $title) => array_values(array_filter(
            $enrolled->notices(),
            static fn (Message $notice) => str_contains($notice->subject(), $title),
        )), ['entfernt', 'Die Telefonnummer']);
        self::assertSame(['anna@example.com'], array_map(static fn (Message $notice) => $notice->to(), $removed));
        $to = array_map(static fn (Message $notice) => $notice->to(), $added);
        self::assertSame(['anna@example.com', 'thief@example.com'], $to);
    }

    public function test_a_sms_code_is_worth_nothing_by_another_method_or_for_another_challenge(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        $first = $verifier->beginLogin($this->anna, $this->client)->challenge();
        $second = $verifier->beginLogin($this->anna, $this->client)->challenge();
        $verifier->sendCode($first, Method::Sms, $this->client);
        $code = $this->message()['code'];
        foreach ([[$second, Method::Sms], [$first, Method::Voice], [$first, Method::Email], [$first, Method::Totp]] as [$challenge, $method]) {
            try {
                $verifier->verify($challenge, $method, $code, $this->client);
                self::fail($method->value);
            } catch (Rejected) {
            }
        }
        self::assertSame(Method::Sms, $verifier->verify($first, Method::Sms, $code, $this->client)->method());
    }

    public function test_a_reset_by_phone_is_no_sign_in(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        $reset = $verifier->beginPasswordReset($this->anna, $this->client);
        $verifier->sendPasswordResetCode($reset, $this->client, true);
        $code = $this->message()['code'];
        $login = $verifier->beginLogin($this->anna, $this->client)->challenge();
        try {
            $verifier->verify($login, Method::Sms, $code, $this->client);
            self::fail();
        } catch (Rejected) {
        }
        $verified = $verifier->verifyPasswordReset($reset, $code, $this->client);
        self::assertSame([Purpose::ResetPassword, Method::Sms], [$verified->purpose(), $verified->method()]);
        self::assertSame(900, $verified->grantExpiresAt()->getTimestamp() - $verified->at()->getTimestamp());
        self::assertNull($verifier->grantExpiresAt('7', $verified->grant()), 'it allows no change');
        foreach ([
            fn () => $verifier->setPrimary('7', Method::Sms, $verified->grant()),
            fn () => $verifier->admitSession($verified, 'cookie', $this->client),
            fn () => $verifier->completePasswordReset('8', $verified->grant(), 'host', 'recovered', $this->client),
            fn () => $verifier->completePasswordReset('7', $reset, 'host', 'recovered', $this->client),
        ] as $misuse) {
            try {
                $misuse();
                self::fail();
            } catch (StepUpRequired | \ValueError | ChallengeClosed) {
            }
        }
        $epoch = $verifier->completePasswordReset('7', $verified->grant(), 'host', 'recovered', $this->client);
        self::assertSame($verifier->account('7')->epoch(), $epoch);
        $this->expectException(ChallengeClosed::class);
        $verifier->completePasswordReset('7', $verified->grant(), 'host', 'recovered', $this->client);
    }

    public function test_a_reset_for_nobody_looks_like_one_for_somebody(): void
    {
        $verifier = $this->verifier();
        $this->enrol($verifier);
        $seen = [];
        foreach (['anna' => $this->anna, 'without a telephone' => new User('8', 'bert'), 'nobody' => null] as $who => $user) {
            $client = new Client('192.0.2.1');
            $since = hrtime(true);
            $reset = $verifier->beginPasswordReset($user, $client);
            $began = hrtime(true) - $since;
            $verifier->sendPasswordResetCode($reset, $client, true);
            $said = [];
            $since = hrtime(true);
            for ($i = 0; $i < 6; $i++) {
                try {
                    $verifier->verifyPasswordReset($reset, '00000', new Client('192.0.2.1'));
                } catch (Rejected | ChallengeClosed $no) {
                    $said[] = $no::class;
                }
            }
            self::assertGreaterThanOrEqual(300_000_000, $began, $who);
            self::assertGreaterThanOrEqual(6 * 300_000_000, hrtime(true) - $since, $who);
            $seen[$who] = [strlen($reset), $said];
        }
        self::assertSame([...array_fill(0, 4, Rejected::class), ChallengeClosed::class, ChallengeClosed::class], $seen['anna'][1]);
        self::assertSame($seen['anna'], $seen['without a telephone']);
        self::assertSame($seen['anna'], $seen['nobody']);
        self::assertCount(2, file("$this->folder/messages"), 'one to enrol, one for anna');
    }

    public function test_the_time_of_a_reset_counts_from_when_the_client_was_made(): void
    {
        $verifier = $this->verifier();
        $took = function (int $looking) use ($verifier): float {
            $since = hrtime(true);
            $client = new Client('192.0.2.1');
            usleep($looking);
            $verifier->beginPasswordReset(null, $client);
            return (hrtime(true) - $since) / 1e9;
        };
        self::assertGreaterThanOrEqual(0.3, $took(0));
        self::assertGreaterThanOrEqual(0.3, $took(150_000));
        // A client from long before says nothing of this request.
        self::assertGreaterThanOrEqual(0.7, $took(400_000));
    }

    public function test_a_challenge_of_a_reset_is_had_in_no_other_way(): void
    {
        $this->expectException(\ValueError::class);
        $this->expectExceptionMessage('beginPasswordReset()');
        $this->verifier()->beginChallenge($this->anna, Purpose::ResetPassword, $this->client);
    }

    public function test_a_method_says_how_it_is_proven(): void
    {
        $are = static fn (string $what): array => array_column(array_filter(Method::cases(), static fn (Method $method) => $method->$what()), 'value');
        self::assertSame(['sms', 'voice', 'whatsapp'], $are('isPhone'));
        self::assertSame(['email', 'sms', 'voice', 'whatsapp'], $are('isSent'));
        self::assertSame(['totp', 'email', 'sms', 'voice', 'whatsapp'], $are('isNumeric'));
        $this->expectException(\ArgumentCountError::class);
        Method::Sms->isPhone(1);
    }

    public function test_a_grant_and_a_set_up_say_whether_they_count(): void
    {
        $verifier = $this->verifier(['challenge_ttl' => '600']);
        $this->enrol($verifier);
        $step = $verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client);
        self::assertSame($this->clock->now()->getTimestamp() + 600, $step->expiresAt()->getTimestamp());
        self::assertNull($this->verifier()->beginLogin($this->anna, $this->client)->expiresAt());
        $verifier->sendCode($step->challenge(), Method::Sms, $this->client);
        $proven = $verifier->verify($step->challenge(), Method::Sms, $this->message()['code'], $this->client);
        self::assertEquals($proven->grantExpiresAt(), $verifier->grantExpiresAt('7', $proven->grant()));
        self::assertNull($verifier->grantExpiresAt('8', $proven->grant()));
        self::assertNull($verifier->grantExpiresAt('7', 'made up'));
        $app = $verifier->startTotp($this->anna, null, $proven->grant(), $this->client)->token();
        $mail = $verifier->enableEmail($this->anna, $this->client, $proven->grant())->token();
        self::assertSame([true, true, false], array_map($verifier->isPendingSetup(...), [$app, $mail, 'made up']));
        $this->clock->pass(299);
        self::assertNotNull($verifier->grantExpiresAt('7', $proven->grant()));
        $this->clock->pass(1);
        self::assertNull($verifier->grantExpiresAt('7', $proven->grant()));
        $this->clock->pass(1499);
        self::assertSame([true, true], array_map($verifier->isPendingSetup(...), [$app, $mail]));
        $this->clock->pass(1);
        self::assertSame([false, false], array_map($verifier->isPendingSetup(...), [$app, $mail]));
    }

    public function test_e_mail_is_the_hosts_to_send(): void
    {
        $verifier = $this->verifier();
        $delivery = $verifier->enableEmail($this->anna, $this->client);
        $message = $delivery->message();
        self::assertSame(['anna@example.com', 'a•••@example.com'], [$message->to(), $delivery->maskedDestination()]);
        self::assertSame(1, preg_match('/\b\d{6}\b/', $message->text(), $match));
        self::assertStringContainsString($match[0], $message->html());
        self::assertStringNotContainsString($match[0], $message->subject());
        self::assertStringNotContainsString('http', $message->text() . $message->html());
        $verifier->confirmEmail($delivery->token(), $match[0], $this->client);
        self::assertSame([Method::Email, Method::BackupCode], $verifier->account('7')->methods());

        $this->expectException(NotSent::class);
        try {
            $this->verifier(['profile' => 'strict'])->enableEmail($this->anna, $this->client);
        } catch (NotSent $e) {
            self::assertSame('method', $e->reason);
            throw $e;
        }
    }

    public function test_without_a_provider_there_is_no_sms(): void
    {
        $verifier = Verifier::open(['store' => 'memory:', 'clock' => $this->clock]);
        $this->expectException(NotSent::class);
        $verifier->startPhone($this->anna, self::NUMBER, null, $this->client);
    }

    public static function wrongFiles(): iterable
    {
        yield 'no JSON' => ['{"provider"', 'line 1'];
        yield 'no list' => ['{"provider": "development"}', 'line 1'];
        yield 'an unknown field' => ['[{"provider": "sns", "sekret": "canary-secret"}]', 'entry 1 (sns): `sekret` is no setting of sns'];
        yield 'a field of another type' => ['[{"provider": "sns", "secret": 17}]', 'entry 1 (sns): `secret` must be a text'];
        yield 'a secret in a wrong place' => ['[{"provider": "canary-secret"}]', 'entry 1: `provider` must be one of: twilio-verify'];
        yield 'something missing' => ['[{"provider": "sns", "secret": "canary-secret"}]', 'entry 1 (sns): `access_key` is missing'];
        yield 'a wrong value' => ['[{"provider": "twilio-verify", "user": "SKx", "secret": "canary-secret", "service": "VAx"}]', 'entry 1 (twilio-verify)'];
        yield 'a name twice' => ['[{"provider": "development", "file": "/dev/null/x", "name": "a b"}]', 'its name'];
    }

    /** @dataProvider wrongFiles */
    public function test_a_wrong_file_of_providers_is_explained_without_a_value_of_it(string $json, string $advice): void
    {
        $file = $this->providers($json);
        try {
            Verifier::open(['store' => 'memory:', 'providers_file' => $file]);
            self::fail();
        } catch (ConfigurationError $e) {
            self::assertStringContainsString($file, $e->getMessage());
            self::assertStringContainsString($advice, $e->getMessage());
            self::assertStringNotContainsString('canary-secret', (string) $e);
        }
    }

    public function test_health_warns_of_the_provider_for_development(): void
    {
        $said = [];
        foreach ($this->verifier()->health()->checks() as $check) {
            $said[$check->name()] = [$check->status(), $check->message()];
        }
        self::assertSame(HealthStatus::Warning, $said['providers'][0]);
        self::assertStringContainsString('twofactor.development', $said['providers'][1]);
        foreach (Verifier::open(['store' => 'memory:', 'clock' => $this->clock])->health()->checks() as $check) {
            self::assertNotSame('providers', $check->name());
        }
    }

    public function test_the_provider_for_development_needs_the_setting(): void
    {
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessage('twofactor.development');
        $this->verifier(['development' => '0']);
    }

    public function test_a_file_of_providers_that_others_may_read_is_refused(): void
    {
        $file = $this->providers('[]');
        chmod($file, 0644);
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessage('0640');
        Verifier::open(['store' => 'memory:', 'providers_file' => $file]);
    }
}
