<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{Denied, EnrolmentRequired, OnHold};
use TwoFactor\{Client, LoginState, Method, Totp, User, Verifier};

/** The examples work. */
final class ExamplesTest extends TestCase
{
    private static function run_(string $example, string ...$options): string
    {
        $extension = getenv('TWOFACTOR_EXTENSION') ?: self::fail('TWOFACTOR_EXTENSION does not say where the extension is');
        $command = [PHP_BINARY, '-n', '-d', "extension=$extension", ...$options];
        $script = dirname(__DIR__, 2) . "/php/examples/$example";
        exec(implode(' ', array_map('escapeshellarg', $command)) . " $script 2>&1", $said, $status);
        return implode("\n", $said) . "\n($status)";
    }

    public function test_totp(): void
    {
        self::assertMatchesRegularExpression('/otpauth:.*Accepted \d{6}.*Refused the second time.*\(0\)$/s', self::run_('totp.php'));
    }

    public function test_login(): void
    {
        self::assertMatchesRegularExpression('/Signed in as 1 by totp\.\nSigned in with a backup code; 9 are left\.\nThe same backup code was refused\.\n\(0\)$/', self::run_('login.php --phone'));
    }

    public function test_operator(): void
    {
        $folder = sys_get_temp_dir() . '/twofactor-operator-' . getmypid();
        mkdir($folder, 0700);
        $store = ['-d', "twofactor.store=sqlite:$folder/a.sqlite"];
        self::assertMatchesRegularExpression('/^ok +store .*\n.*\(0\)$/s', self::run_('operator.php', ...$store));
        foreach (["confirm 42 'met in person'", 'export anna', "forget anna 'she asked'", "forget-gone anna 'she asked'", "require anna 'seen'"] as $unknown) {
            self::assertMatchesRegularExpression('/^Nothing is kept about \w+ here.*\(3\)$/s', self::run_("operator.php $unknown", ...$store));
        }
        self::assertSame([], [...Verifier::open(['store' => "sqlite:$folder/a.sqlite"])->audit('anna')], 'and nothing is now');
        $verifier = Verifier::open(['store' => "sqlite:$folder/a.sqlite"]);
        $setup = $verifier->startTotp(new User('42', 'anna', 'anna@example.org'));
        $phone = Totp::fromUri($setup->uri());
        $enrolled = $verifier->confirmTotp($setup->token(), $phone->at(time()), new Client('192.0.2.1'));
        self::assertSame("42 acts on others from now on.\n(0)", self::run_("operator.php confirm 42 'met in person'", ...$store));
        self::assertMatchesRegularExpression('/^From \d.* on no sign-in of anybody who has a second factor ends before .*\(0\)$/s', self::run_("operator.php require everybody 'a key was seen' 14", ...$store));
        self::assertEqualsWithDelta(time() + 14 * 86400, $verifier->account('42')->enrolmentDue()->getTimestamp(), 60);
        self::run_("operator.php waive everybody 'it was not'", ...$store);
        self::assertNull($verifier->account('42')->enrolmentDue());
        self::assertStringContainsString("From now on no sign-in of 42 ends before a new one is set up.\n(0)", self::run_("operator.php require 42 'seen'", ...$store));
        self::assertStringContainsString("Nothing is required of 42 any more.\n(0)", self::run_("operator.php waive 42 'it was not'", ...$store));
        self::assertStringEndsWith('(2)', self::run_("operator.php require 42 'seen' soon", ...$store));
        self::assertSame("There are none.\n(0)", self::run_('operator.php rules', ...$store));
        foreach (['remove-rules', 'devices', 'export', 'end-sign-ins', 'confirm-provider', 'confirm 42', 'forget 42', 'nonsense'] as $half) {
            self::assertStringEndsWith('(2)', self::run_("operator.php $half", ...$store), $half);
        }
        self::assertMatchesRegularExpression('/^this needs a licence.*\(2\)$/s', self::run_('operator.php devices 42', ...$store));
        self::assertSame("There is no provider mine.\n(2)", self::run_('operator.php confirm-provider mine', ...$store));
        self::assertSame("\n(0)", self::run_('operator.php messages', ...$store));
        self::assertSame("Everybody signs in anew.\n(0)", self::run_("operator.php end-sign-ins 'an old copy was put back'", ...$store));
        self::assertStringContainsString('"account"', self::run_('operator.php export 42', ...$store));
        self::assertStringContainsString("Everything that was kept about user 42 is removed. What stays: the id, and that you did it, when and why.\nNo mail was sent to them: tell them yourself.\n(0)", self::run_("operator.php forget 42 'she asked'", ...$store));
        self::assertFalse($verifier->account('42')->isEnrolled());
        self::assertSame('account.forgotten', [...$verifier->audit('42', 1)][0]->type());
        exec("rm -rf $folder");
    }

    /** @return array<string, array{string, list<string>}> how a set-up comes to be due, and what php.ini says then */
    public static function whatHasToBeSetUp(): array
    {
        return [
            'an app, where the profile is strict now and there is an address alone' => ['email', ['-d', 'twofactor.profile=strict']],
            'anew, required by name' => ['by name', []],
            'anew, required of everybody' => ['of everybody', []],
            'a first one, after a reset' => ['reset', []],
            'where the command line is nobody\'s, either' => ['by name', ['-d', 'twofactor.cli_operators=0']],
        ];
    }

    /**
     * Nobody else is there who could: a site with one administrator. Whoever has the server has a way.
     *
     * @dataProvider whatHasToBeSetUp
     * @param list<string> $ini
     */
    public function test_who_is_alone_on_hold_and_has_to_set_up_to_sign_in_is_let_on_by_the_server_s_command(string $due, array $ini): void
    {
        $folder = sys_get_temp_dir() . '/twofactor-operator-hold-' . bin2hex(random_bytes(6));
        mkdir($folder, 0700);
        $store = ['-d', "twofactor.store=sqlite:$folder/a.sqlite"];
        $settings = ['store' => "sqlite:$folder/a.sqlite", 'notice_url' => 'https://example.org/not-me?token='];
        $verifier = Verifier::open($settings);
        [$owner, $client] = [new User('1', 'owner', 'owner@example.org'), new Client('192.0.2.1')];
        if ($due === 'email') {
            $sent = $verifier->enableEmail($owner, $client);
            preg_match('/^\d{6}$/m', $sent->message()->text(), $code);
            $enrolled = $verifier->confirmEmail($sent->token(), $code[0], $client);
        } else {
            $setup = $verifier->startTotp($owner);
            $enrolled = $verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at(time()), $client);
        }
        $codes = $enrolled->backupCodes();
        preg_match('/\?token=(\S+)$/m', $enrolled->notices()[0]->text(), $link);
        $verifier->repudiate($link[1], $client);
        match ($due) {
            'by name' => $verifier->requireEnrolment('1', null, 'root', 'policy'),
            'of everybody' => $verifier->requireAllEnrolments(null, 'root', 'policy'),
            'reset' => [$verifier->reset('1', 'root', 'lost'), $verifier->requireEnrolment('1', null, 'root', 'policy')],
            'email' => $verifier = Verifier::open($settings + ['profile' => 'strict']),
        };
        /** Up to the set-up: by a challenge that is good for nothing else. */
        $signIn = function () use ($verifier, $owner, $client, &$codes): string {
            $login = $verifier->beginLogin($owner, $client);
            if ($login->state() === LoginState::ChallengeRequired) {
                try {
                    $verifier->verify($login->challenge(), Method::BackupCode, array_shift($codes), $client);
                    self::fail('a set-up has to follow');
                } catch (EnrolmentRequired) {
                }
            }
            return $login->challenge();
        };
        try {
            $verifier->startTotp($owner, null, $signIn(), $client);
            self::fail('changes are on hold');
        } catch (OnHold) {
        }
        if (in_array('twofactor.cli_operators=0', $ini, true)) {
            try {
                Verifier::open($settings + ['cli_operators' => 0])->releaseHold('1', 'root', 'it is mine');
                self::fail('it is nobody');
            } catch (Denied) {
            }
        }
        self::assertNotNull($verifier->account('1')->heldSince());
        $verifier->releaseHold('1', 'root', 'it is mine');
        self::assertNull($verifier->account('1')->heldSince());
        $challenge = $signIn();
        $setup = $verifier->startTotp($owner, null, $challenge, $client);
        $enrolled = $verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at(time()), $client);
        self::assertSame('1', $enrolled->verified()?->userId(), 'signed in');
        exec("rm -rf $folder");
    }

    public function test_the_service_over_json_tells_a_fault_of_its_settings_to_its_log_and_a_problem_to_everybody_else(): void
    {
        $folder = sys_get_temp_dir() . '/twofactor-service-' . getmypid();
        mkdir($folder, 0700);
        file_put_contents("$folder/config.php", sprintf("<?php return ['database' => %s, 'settings' => ['store' => 'memory:', 'max_attempts' => 'many']];", var_export("$folder/users.sqlite", true)));
        $environment = ['API_CONFIG' => "$folder/config.php", 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/api/2fa', 'REMOTE_ADDR' => '192.0.2.1'];
        $command = [PHP_BINARY, '-d', 'extension=' . getenv('TWOFACTOR_EXTENSION'), '-d', "error_log=$folder/log", dirname(__DIR__, 2) . '/php/examples/api/public/index.php'];
        $service = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment + getenv());
        $problem = json_decode((string) stream_get_contents($pipes[1]), true, flags: JSON_THROW_ON_ERROR);
        self::assertSame(0, proc_close($service));
        self::assertSame(['type' => 'urn:ext-twofactor:problem:unavailable', 'title' => 'This cannot be done right now.', 'status' => 503, 'retryAfter' => 30], $problem);
        self::assertStringContainsString('max_attempts', (string) file_get_contents("$folder/log"));
        exec("rm -rf $folder");
    }

    /** What the README shows, run with what browsers send. */
    public function test_the_readme_s_sign_in_survives_whatever_is_posted(): void
    {
        $readme = (string) file_get_contents(dirname(__DIR__, 2) . '/README.md');
        self::assertSame(1, preg_match('/^## Use it from PHP\n\n```php\n(.*?)^```$/ms', $readme, $found));
        [$first, $second] = explode('// 2. ', str_replace('Verifier::open()', '$opened', $found[1]));
        $names = substr($first, 0, (int) strpos($first, ';') + 1);
        $opened = Verifier::open(['store' => 'memory:']);
        $setup = $opened->startTotp(new User('7', 'alice'));
        $phone = Totp::fromUri($setup->uri());
        $opened->confirmTotp($setup->token(), $phone->at(time() - 30), new Client('192.0.2.1'));
        $run = static function (array $session, array $post, string $code) use ($opened): array {
            $before = [$_SESSION ?? null, $_POST];
            [$_SESSION, $_POST] = [$session, $post];
            [$verifier, $client] = [$opened, Client::fromGlobals()];
            try {
                eval($code);
                return [isset($verified) ? $verified->userId() : null, isset($e) ? (new \ReflectionClass($e))->getShortName() : null, $_SESSION];
            } finally {
                [$_SESSION, $_POST] = $before;
            }
        };
        $asked = $run([], [], $first)[2];
        self::assertNotSame('', $asked['challenge']);
        $second = "$names // $second";
        foreach ([[], ['code' => ['1']], ['code' => ''], ['code' => "\xff"]] as $post) {
            self::assertSame([null, 'Rejected'], array_slice($run($asked, $post, $second), 0, 2), json_encode(array_keys($post)));
        }
        $right = ['code' => $phone->at(time())];
        foreach ([[], ['challenge' => null], ['challenge' => ['x']], ['challenge' => 'x']] as $session) {
            self::assertSame([null, 'ChallengeClosed'], array_slice($run($session, $right, $second), 0, 2));
        }
        self::assertSame(['7', null], array_slice($run($asked, $right, $second), 0, 2));
        self::assertSame([null, 'ChallengeClosed'], array_slice($run($asked, $right, $second), 0, 2));
    }

    public function test_the_test_for_other_people_s_tests(): void
    {
        $phpunit = (string) realpath($_SERVER['argv'][0]);
        $extension = getenv('TWOFACTOR_EXTENSION') ?: self::fail('TWOFACTOR_EXTENSION does not say where the extension is');
        exec(PHP_BINARY . " -d extension=$extension $phpunit --no-configuration " . dirname(__DIR__, 2) . '/php/examples/LoginTest.php 2>&1', $said, $status);
        self::assertSame(0, $status, implode("\n", $said));
    }
}
