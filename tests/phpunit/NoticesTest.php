<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';
require_once dirname(__DIR__) . '/host/Fakes.php';

use PHPUnit\Framework\TestCase;
use ReflectionClass;
use ReflectionMethod;
use Throwable;
use ValueError;
use TwoFactor\Exception\{EnrolmentRequired, OnHold, Rejected, StepUpRequired};
use TwoFactor\{Client, Message, Method, Purpose, Totp, User, Verifier};
use TwoFactorTests\Fakes;

/** For every call that changes a factor or recovers an account: that it is told, and to whom. */
final class NoticesTest extends TestCase
{
    private const NUMBER = '+49 1512 3456789';
    private const OTHER = '+43 664 1234567';

    /** Where the links of notices lead. */
    private const PAGE = 'https://www.example.com/not-me?token=';

    /** Where the host reaches them, and where they have proven to be reached. */
    private const BOTH = ['proven@example.org', 'anna@example.org'];

    /**
     * What a call that changes something says, as the titles of the mails, with an @ those to administrators. Where there are
     * several, each is a case of its own below.
     */
    private const TOLD = [
        'confirmTotp' => [
            'added' => 'A second factor was added to your account',
            'temporary' => 'A second factor of your account was suspended|A second factor was added to your account'
                . '|New codes for emergencies were made for your account',
            'required' => 'A second factor of your account was replaced|New codes for emergencies were made for your account',
        ],
        'confirmPhone' => [
            'added' => 'A second factor was added to your account',
            'replaced' => 'The phone number of your account was changed',
        ],
        'confirmEmail' => ['replaced' => 'A second factor of your account was replaced'],
        'verify' => [
            'used' => 'A code for emergencies was used for your account',
            'disabled' => 'A second factor of your account was disabled',
            'lost' => 'A code for emergencies was used for your account|A second factor of your account was suspended',
            'temporary' => 'A temporary code was used for your account',
            'off' => 'The second factor of your account was switched off',
            'replayed' => 'A code of your account was entered a second time',
        ],
        'issueTemporaryCode' => ['' => 'A temporary code was issued for your account'],
        'suspendFactor' => [
            '' => 'A second factor of your account was suspended',
            'own' => 'A second factor of your account was suspended',
        ],
        'resumeFactor' => ['' => 'A second factor of your account counts again'],
        'regenerateBackupCodes' => ['' => 'New codes for emergencies were made for your account'],
        'regenerateRecoveryCodes' => ['' => 'New codes for emergencies were made for your account'],
        'remove' => [
            '' => 'A second factor was removed from your account',
            'phone' => 'A second factor was removed from your account',
        ],
        'removeFactor' => [
            '' => 'A second factor was removed from your account',
            'phone' => 'A second factor was removed from your account',
        ],
        'renameFactor' => ['' => 'A second factor of your account was renamed'],
        'rotateSecret' => ['' => 'A second factor of your account was replaced|New codes for emergencies were made for your account'],
        'raiseEpoch' => ['' => 'Sign-ins to your account were ended'],
        'endSession' => ['' => 'Sign-ins to your account were ended'],
        'endSessions' => ['' => 'Sign-ins to your account were ended'],
        'unlock' => ['' => 'The locks of your account were lifted'],
        'reset' => ['' => 'The second factors of your account were removed'],
        'importUsers' => ['' => '~Your second factor was taken over from other software'],
        'forget' => ['' => 'The second factors of your account were removed'],
        'completePasswordReset' => ['' => 'The password of your account was changed'],
        'repudiate' => ['' => 'Changes of your second factors are on hold|@Changes of the second factors of an account are on hold'],
        'releaseHold' => [
            '' => 'Changes of your second factors are possible again|@Changes of the second factors of an account are possible again',
        ],
    ];

    /** Which of them tell a telephone number by SMS, what, and which: the one that was there before, and no other. */
    private const BY_SMS = [
        'confirmPhone replaced' => 'The phone number of your account was changed.',
        'verify off' => 'This phone number was removed from your account.',
        'remove phone' => 'This phone number was removed from your account.',
        'removeFactor phone' => 'This phone number was removed from your account.',
        'reset' => 'This phone number was removed from your account.',
        // By the reset before it.
        'importUsers' => 'This phone number was removed from your account.',
        'completePasswordReset' => 'The password of your account was changed by a code to this number.',
    ];

    /** What changes no factor and recovers nothing: it asks, shows, begins, or is about the site. */
    private const SILENT = [
        'open', 'storeId', 'beginLogin', 'beginChallenge', 'sendCode', 'beginPasswordReset', 'sendPasswordResetCode',
        'verifyPasswordReset', 'grantExpiresAt', 'grantAfterPassword', 'account', 'startTotp', 'pendingTotp', 'startPhone', 'enableEmail', 'proveNumber',
        'confirmNumber', 'isPendingSetup', 'resendCode', 'lookupMethod', 'keyUse', 'setPrimary', 'requireEnrolment',
        'waiveEnrolment', 'requireAllEnrolments', 'waiveAllEnrolments', 'allEnrolmentsRequired', 'enforcement', 'setEnforcement',
        'previewEnforcement', 'skipEncouragement', 'remind', 'confirmOperator', 'assertOperator', 'removeSite', 'admitSession',
        'sessionCounts', 'adoptSession', 'signOut', 'endAllSessions', 'sessions', 'deviceDays', 'devices', 'revokeDevice',
        'revokeAllDevices', 'operatorFrom', 'accounts', 'enrolledUserIds', 'audit', 'auditIsIntact', 'auditBegins',
        'providersAudit', 'providersAuditIsIntact', 'providersAuditBegins', 'offers', 'deliveries', 'reportDelivery', 'metrics',
        'providers', 'providersSource', 'providerKinds', 'saveProvider', 'removeProvider', 'orderProviders', 'checkProvider',
        'providerLog', 'sendTest', 'messageTexts', 'setMessageText', 'previewMessageText', 'noticeTexts', 'setNoticeText', 'previewNoticeText', 'health', 'licence', 'renewLicence',
        'setLicenceKey', 'createKeyFile', 'pathObjection', 'hasKey', 'pendingNotices', 'noticesSent', 'askedOf', 'events', 'figures', 'refreshFigures',
        'openNotice', 'export', 'alerts', 'alertRecord', 'previewAlert', 'supportBundle',
    ];

    private string $folder;
    private TestClock $clock;
    private Client $client;
    private User $anna;
    private Verifier $verifier;
    private Totp $phone;
    /** @var list<string> */
    private array $codes;

    protected function setUp(): void
    {
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-notices-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->clock = new TestClock();
        $this->client = new Client('192.0.2.7', 'Firefox');
        $this->anna = new User('7', 'anna', 'anna@example.org', [], 'en');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    /** Anna has an app, a telephone and a mailbox that is not the one that the host knows; of all that she was told. */
    private function begin(string $secrets = 'sealed'): void
    {
        $file = "$this->folder/providers.json";
        file_put_contents($file, json_encode([['provider' => 'development', 'file' => "$this->folder/messages"]]));
        chmod($file, 0600);
        $this->verifier = Verifier::open([
            'store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Shop', 'development' => '1', 'providers_file' => $file,
            'secrets' => $secrets, 'disable_after' => '5', 'notice_url' => self::PAGE,
        ]);
        $before = new User('7', 'anna', 'proven@example.org', [], 'en');
        $setup = $this->verifier->startTotp($before, 'Work phone');
        $this->phone = Totp::fromUri($setup->uri());
        $enrolled = $this->verifier->confirmTotp($setup->token(), $this->app(), $this->client);
        $this->codes = [...$enrolled->backupCodes(), ...$enrolled->recoveryCodes()];
        $setup = $this->verifier->enableEmail($before, $this->client, $this->grant());
        $this->verifier->confirmEmail($setup->token(), $this->mailed($setup->message()), $this->client);
        $setup = $this->verifier->startPhone($before, self::NUMBER, null, $this->client, Method::Sms, $this->grant());
        $this->verifier->confirmPhone($setup->token(), $this->sms()['code'], $this->client);
        $this->clock->pass(31 * 86_400);
        $this->verifier->beginLogin($this->anna, $this->client);
        $this->clock->pass(31 * 86_400);
        for ($n = 0; $n < 6; $n++) {
            $this->clock->pass(86_400);
            $this->sent($this->verifier->pendingNotices());
        }
        self::assertSame([], $this->verifier->pendingNotices());
    }

    private function app(): string
    {
        return $this->phone->at($this->clock->time);
    }

    /** @return array{to: string, code: string, text: string} */
    private function sms(): array
    {
        $lines = file("$this->folder/messages", FILE_IGNORE_NEW_LINES);
        return json_decode((string) end($lines), true, 8, JSON_THROW_ON_ERROR);
    }

    private function mailed(?Message $message): string
    {
        self::assertNotNull($message);
        self::assertSame(['', true], [$message->id(), $message->to() !== null], 'a code is no notice');
        self::assertSame(1, preg_match('/^\d{6,}$/m', $message->text(), $found));
        return $found[0];
    }

    private function grant(): string
    {
        $this->clock->pass(90);
        $challenge = $this->verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client)->challenge();
        return $this->verifier->verify($challenge, Method::Totp, $this->app(), $this->client)->grant();
    }

    /** @param list<Message> $messages */
    private function sent(array $messages): void
    {
        $this->verifier->noticesSent(array_map(static fn (Message $message) => $message->id(), $messages));
    }

    private function lookup(): Method
    {
        return $this->verifier->lookupMethod();
    }

    private function session(): string
    {
        $login = $this->verifier->beginLogin($this->anna, $this->client);
        $this->clock->pass(30);
        $verified = $this->verifier->verify($login->challenge(), Method::Totp, $this->app(), $this->client);
        return $this->verifier->admitSession($verified, 'cookie', $this->client)->id();
    }

    /** @return array<string, array{string, string, string}> */
    public static function cases(): array
    {
        $cases = [];
        foreach (self::TOLD as $call => $kinds) {
            foreach ($kinds as $kind => $titles) {
                $cases[trim("$call $kind")] = [$call, (string) $kind, $titles];
            }
        }
        return $cases;
    }

    public function test_every_call_has_a_row_that_says_whether_it_is_told(): void
    {
        $methods = array_map(
            static fn (ReflectionMethod $method) => $method->getName(),
            (new ReflectionClass(Verifier::class))->getMethods(ReflectionMethod::IS_PUBLIC),
        );
        $known = [...array_keys(self::TOLD), ...self::SILENT];
        $calls = array_diff($methods, ['__construct']);
        self::assertSame([], array_values(array_diff($calls, $known)), 'does it change a factor, or recover an account?');
        self::assertSame([], array_values(array_diff($known, $calls)), 'there is no such call');
        self::assertSame($known, array_values(array_unique($known)));
    }

    /** @dataProvider cases */
    public function test_a_change_is_told_to_everybody_whom_it_concerns(string $call, string $kind, string $titles): void
    {
        $this->begin(self::isDerived($call, $kind) ? 'derived' : 'sealed');
        $result = $this->act($call, $kind);
        $told = is_object($result) && method_exists($result, 'notices') ? $result->notices() : [];
        $told = is_array($result) ? $result : $told;
        if ($told === []) {
            $told = $this->verifier->pendingNotices();
        }
        $found = [];
        foreach ($told as $message) {
            self::assertNotSame('', $message->id());
            self::assertStringContainsString($message->to() === null ? 'Account' : '(UTC)', $message->text());
            self::assertStringNotContainsString('3456789', $message->text() . $message->html());
            self::assertStringNotContainsString('proven@', $message->text() . $message->html());
            $found[str_replace('Shop: ', '', $message->subject())][] = $message->to();
        }
        $expected = [];
        foreach (explode('|', $titles) as $title) {
            $expected[ltrim($title, '@~')] = match ($title[0]) {
                '@' => [null],
                // Who has proven no address is told where the host reaches them.
                '~' => ['anna@example.org'],
                default => self::BOTH,
            };
        }
        self::assertSame($expected, $found);
        $this->sent($told);
        $this->clock->pass(9 * 86_400);
        self::assertSame([], $this->verifier->pendingNotices(), 'told once');
    }

    /** @dataProvider cases */
    public function test_which_calls_tell_a_number_and_which_number(string $call, string $kind): void
    {
        $this->begin(self::isDerived($call, $kind) ? 'derived' : 'sealed');
        $before = count($this->told());
        $this->act($call, $kind);
        $this->verifier->pendingNotices();
        $this->clock->pass(9 * 86_400);
        $this->verifier->pendingNotices();
        $expected = self::BY_SMS[trim("$call $kind")] ?? null;
        $told = array_slice($this->told(), $before);
        self::assertCount($expected === null ? 0 : 1, $told);
        foreach ($told as $message) {
            self::assertSame(str_replace(' ', '', self::NUMBER), $message['to']);
            self::assertSame("Shop: $expected If this was not you, contact us at once.", $message['text']);
            self::assertStringContainsString('number.told', json_encode($this->verifier->audit('7'), JSON_THROW_ON_ERROR));
        }
    }

    /** @return list<array{to: string, code: string, text: string}> messages without a code */
    private function told(): array
    {
        $lines = file("$this->folder/messages", FILE_IGNORE_NEW_LINES);
        $messages = array_map(static fn (string $line) => json_decode($line, true, 8, JSON_THROW_ON_ERROR), $lines);
        return array_values(array_filter($messages, static fn (array $message) => $message['code'] === ''));
    }

    /** Recovery codes are there where secrets are derived. */
    private static function isDerived(string $call, string $kind): bool
    {
        return $call === 'regenerateRecoveryCodes' || $kind === 'off';
    }

    /** A sign-in that a temporary code leads to a set-up. */
    private function byTemporaryCode(): string
    {
        $code = $this->verifier->issueTemporaryCode('7', 'admin', 'asked by telephone');
        $this->sent($this->verifier->pendingNotices());
        $challenge = $this->verifier->beginLogin($this->anna, $this->client)->challenge();
        try {
            $this->verifier->verify($challenge, Method::TemporaryCode, $code, $this->client);
        } catch (EnrolmentRequired) {
            return $challenge;
        }
        self::fail('a temporary code signs nobody in');
    }

    /** An app that is set up within a sign-in. */
    private function appBy(string $challenge): mixed
    {
        $setup = $this->verifier->startTotp($this->anna, null, $challenge);
        return $this->verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($this->clock->time), $this->client);
    }

    private function act(string $call, string $kind): mixed
    {
        $verifier = $this->verifier;
        switch (trim("$call $kind")) {
            case 'confirmTotp added':
                $setup = $verifier->startTotp($this->anna, 'Other phone', $this->grant());
                return $verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($this->clock->time), $this->client);
            case 'confirmTotp temporary':
                $challenge = $this->byTemporaryCode();
                $this->sent($verifier->pendingNotices());
                return $this->appBy($challenge);
            case 'confirmTotp required':
                $verifier->requireEnrolment('7', null, 'admin', 'policy');
                $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                $this->clock->pass(60);
                try {
                    $verifier->verify($challenge, Method::Totp, $this->app(), $this->client);
                    self::fail('nobody is in without an enrolment');
                } catch (EnrolmentRequired) {
                    return $this->appBy($challenge);
                }
            case 'confirmPhone added':
                $setup = $verifier->startPhone($this->anna, self::NUMBER, null, $this->client, Method::Voice, $this->grant());
                return $verifier->confirmPhone($setup->token(), $this->sms()['code'], $this->client);
            case 'confirmPhone replaced':
                $setup = $verifier->startPhone($this->anna, self::OTHER, null, $this->client, Method::Sms, $this->grant());
                return $verifier->confirmPhone($setup->token(), $this->sms()['code'], $this->client);
            case 'confirmEmail replaced':
                $setup = $verifier->enableEmail($this->anna, $this->client, $this->grant());
                return $verifier->confirmEmail($setup->token(), $this->mailed($setup->message()), $this->client);
            case 'verify used':
                $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                $verified = $verifier->verify($challenge, $this->lookup(), $this->codes[0], $this->client);
                self::assertStringContainsString('Codes left: 9', $verified->notices()[0]->text());
                return $verified;
            case 'verify disabled':
                while ($verifier->account('7')->disabledMethods() === []) {
                    $this->clock->pass(4000);
                    $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                    try {
                        $verifier->verify($challenge, Method::Totp, '000000', $this->client);
                    } catch (Throwable) {
                    }
                }
                return null;
            case 'verify replayed':
                $this->clock->pass(90);
                $code = $this->app();
                $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                $verifier->verify($challenge, Method::Totp, $code, $this->client);
                $thief = new Client('198.51.100.7', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36');
                foreach ([$thief, $this->client, $thief] as $client) {
                    $challenge = $verifier->beginLogin($this->anna, $client)->challenge();
                    try {
                        $verifier->verify($challenge, Method::Totp, $code, $client);
                        self::fail('a code is accepted once');
                    } catch (Rejected) {
                    }
                    self::assertSame([], $verifier->pendingNotices(), 'not in the request that showed it');
                }
                $this->clock->pass(60);
                return null;
            case 'verify lost':
                $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                return $verifier->verify($challenge, $this->lookup(), $this->codes[0], $this->client, suspendPhone: true);
            case 'verify temporary':
                $this->byTemporaryCode();
                return null;
            case 'issueTemporaryCode':
                $code = $verifier->issueTemporaryCode('7', 'admin', 'asked by telephone');
                foreach ($verifier->pendingNotices() as $message) {
                    self::assertStringNotContainsString($code, $message->text() . $message->html());
                }
                $this->clock->pass(301);
                return null;
            case 'suspendFactor':
                return $verifier->suspendFactor('7', $verifier->account('7')->factors()[0]->id(), 'admin', 'stolen');
            case 'suspendFactor own':
                return $verifier->suspendFactor('7', $verifier->account('7')->factors()[0]->id(), '7', 'stolen', $this->grant());
            case 'resumeFactor':
                $id = $verifier->account('7')->factors()[0]->id();
                $verifier->suspendFactor('7', $id, 'admin', 'stolen');
                $this->sent($verifier->pendingNotices());
                return $verifier->resumeFactor('7', $id, 'admin', 'found');
            case 'rotateSecret':
                $setup = $verifier->rotateSecret($this->anna, $this->grant());
                return $verifier->confirmTotp($setup->token(), Totp::fromUri($setup->uri())->at($this->clock->time), $this->client);
            case 'regenerateBackupCodes':
                return $verifier->regenerateBackupCodes('7', $this->grant());
            case 'regenerateRecoveryCodes':
                return $verifier->regenerateRecoveryCodes('7', $this->grant());
            case 'verify off':
                foreach ($this->codes as $n => $code) {
                    $this->clock->pass(60);
                    $challenge = $verifier->beginLogin($this->anna, $this->client)->challenge();
                    $verified = $verifier->verify($challenge, $this->lookup(), $code, $this->client);
                    if ($n + 1 < count($this->codes)) {
                        $this->sent($verified->notices());
                    }
                }
                return $verified;
            case 'remove':
                return $verifier->remove('7', Method::Totp, $this->grant());
            case 'remove phone':
                return $verifier->remove('7', Method::Sms, $this->grant());
            case 'removeFactor phone':
                $ways = array_filter($verifier->account('7')->factors(), static fn ($factor) => $factor->method() === Method::Sms);
                return $verifier->removeFactor('7', reset($ways)->id(), $this->grant());
            case 'removeFactor':
                return $verifier->removeFactor('7', $verifier->account('7')->factors()[0]->id(), $this->grant());
            case 'renameFactor':
                $verifier->renameFactor('7', $verifier->account('7')->factors()[0]->id(), 'New name', $this->grant());
                return null;
            case 'raiseEpoch':
                return $verifier->raiseEpoch('7', 'admin', 'role changed');
            case 'endSession':
                $verifier->endSession('7', $this->session(), 'admin');
                return null;
            case 'endSessions':
                $this->session();
                $verifier->endSessions('7', null, 'admin', 'asked');
                return null;
            case 'unlock':
                $verifier->unlock('7', 'admin', 'asked');
                return null;
            case 'reset':
                return $verifier->reset('7', 'admin', 'lost');
            case 'importUsers':
                $verifier->reset('7', 'admin', 'moves');
                $this->clock->pass(9 * 86_400);
                $this->sent($verifier->pendingNotices());
                $verifier->importUsers([['id' => '7', 'secrets' => ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ']]], 'admin', 'move');
                return null;
            case 'repudiate':
                return $verifier->repudiate($this->link(), $this->client);
            case 'releaseHold':
                $verifier->repudiate($this->link(), $this->client);
                $this->sent($verifier->pendingNotices());
                // Administrators are told of one account once an hour at most.
                $this->clock->pass(3600);
                return $verifier->releaseHold('7', 'admin', 'she called');
            case 'forget':
                return $verifier->forget('7', 'admin', 'asked');
            case 'completePasswordReset':
                $reset = $verifier->beginPasswordReset($this->anna, $this->client);
                $verifier->sendPasswordResetCode($reset, $this->client);
                $verified = $verifier->verifyPasswordReset($reset, $this->sms()['code'], $this->client);
                return $verifier->completePasswordReset('7', $verified->grant(), '7', 'forgotten', $this->client);
        }
        self::fail("no case of $call $kind");
    }

    /** Over HTTP: the provider takes it, says that its owner wants none, is not there, and says nothing. */
    public function test_a_provider_that_refuses_is_away_or_does_not_answer_undoes_no_change_and_the_number_is_told_once(): void
    {
        $twilio = new Fakes();
        $file = "$this->folder/providers.json";
        file_put_contents($file, json_encode([$twilio->provider()]));
        chmod($file, 0600);
        $verifier = Verifier::open([
            'store' => 'memory:', 'clock' => $this->clock, 'issuer' => 'Shop', 'providers_file' => $file, 'http_ca_file' => $twilio->about['ca'],
        ]);
        $removal = 'Shop: This phone number was removed from your account. If this was not you, contact us at once.';
        $told = static fn (string $number): int => count(array_filter(
            $twilio->sent(),
            static fn (array $it): bool => $it['to'] === $number && $it['text'] === $removal,
        ));
        $cases = [
            'none' => [1, 1, 'number.told'],
            'opted out' => [0, 0, 'number.untold'],
            'reset' => [0, 1, 'number.told'],
            'swallow' => [0, 0, 'number.untold'],
        ];
        foreach (array_keys($cases) as $n => $case) {
            [$atOnce, $inTheEnd, $said] = $cases[$case];
            $number = "+491512345678$n";
            $setup = $verifier->startPhone(new User("u$n", 'anna', null, [], 'en'), $number, null, $this->client);
            $verifier->confirmPhone($setup->token(), $twilio->code($number), $this->client);
            $case === 'opted out' ? $twilio->ask('/fail', ['status' => 400, 'code' => 21610]) : $twilio->fault($case);
            $began = microtime(true);
            $verifier->reset("u$n", 'admin', 'lost');
            self::assertLessThan(12, microtime(true) - $began, $case);
            self::assertFalse($verifier->account("u$n")->isEnrolled(), $case);
            $twilio->fault('none');
            self::assertSame($atOnce, $told($number), $case);
            for ($hour = 0; $hour < 30; $hour++) {
                $this->clock->pass(3601);
                $verifier->pendingNotices();
            }
            self::assertSame($inTheEnd, $told($number), $case);
            $events = json_encode($verifier->audit("u$n"), JSON_THROW_ON_ERROR);
            self::assertSame(1, substr_count($events, '"number.'), $case);
            self::assertStringContainsString("\"$said\"", $events, $case);
            self::assertStringNotContainsString('5678' . $n, $events);
        }
    }

    /**
     * Those of SILENT that write into somebody's account, or into all.
     *
     * @return array<string, callable(): mixed>
     */
    private function silent(): array
    {
        $verifier = $this->verifier;
        return [
            'beginLogin' => fn () => $verifier->beginLogin($this->anna, $this->client),
            'beginChallenge' => fn () => $verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client),
            'sendCode' => fn () => $verifier->sendCode($verifier->beginLogin($this->anna, $this->client)->challenge(), Method::Sms, $this->client),
            'beginPasswordReset' => function () use ($verifier): void {
                $reset = $verifier->beginPasswordReset($this->anna, $this->client);
                $verifier->sendPasswordResetCode($reset, $this->client);
                $verifier->verifyPasswordReset($reset, $this->sms()['code'], $this->client);
            },
            'startTotp' => fn () => $verifier->startTotp($this->anna, 'Third phone', $this->grant()),
            'startPhone' => fn () => $verifier->startPhone($this->anna, self::OTHER, null, $this->client, Method::Sms, $this->grant()),
            'resendCode' => function () use ($verifier): void {
                $setup = $verifier->startPhone($this->anna, self::OTHER, null, $this->client, Method::Sms, $this->grant());
                $this->clock->pass(61);
                $verifier->resendCode($setup->token(), $this->client);
            },
            'enableEmail' => fn () => $verifier->enableEmail($this->anna, $this->client, $this->grant()),
            'setPrimary' => fn () => $verifier->setPrimary('7', Method::Email, $this->grant()),
            'requireEnrolment' => fn () => $verifier->requireEnrolment('7', $this->clock->time + 86_400, 'admin', 'policy'),
            'waiveEnrolment' => fn () => $verifier->waiveEnrolment('7', 'admin', 'policy'),
            'requireAllEnrolments' => fn () => $verifier->requireAllEnrolments($this->clock->time + 86_400, 'admin', 'policy'),
            'waiveAllEnrolments' => fn () => $verifier->waiveAllEnrolments('admin', 'policy'),
            'confirmOperator' => fn () => $verifier->confirmOperator('7', 'admin', 'known'),
            'assertOperator' => fn () => $verifier->assertOperator('admin'),
            'admitSession' => fn () => $this->session(),
            'adoptSession' => fn () => $verifier->adoptSession('7', 'renewed', 'cookie'),
            'signOut' => fn () => $verifier->signOut('7', 'renewed'),
            'endAllSessions' => fn () => $verifier->endAllSessions('admin', 'asked'),
            'export' => fn () => $verifier->export('7', 'admin'),
            'auditIsIntact' => fn () => $verifier->auditIsIntact('7'),
            'openNotice' => fn () => $verifier->openNotice($this->link()),
        ];
    }

    /** A call that is said to change nothing is made, and what its user has is what it was; nobody is told. */
    public function test_what_is_not_told_has_changed_no_factor(): void
    {
        $this->begin();
        $has = fn (): string => json_encode([
            array_map(static fn ($it) => [$it->id(), $it->method(), $it->label(), $it->isSuspended()], $this->verifier->account('7')->factors()),
            $this->verifier->account('7')->maskedPhone(), $this->verifier->account('7')->maskedEmail(),
            $this->verifier->account('7')->backupCodesLeft(), $this->verifier->account('7')->disabledMethods(),
            $this->verifier->account('7')->lockedUntil(), $this->verifier->account('7')->heldSince(),
        ], JSON_THROW_ON_ERROR);
        foreach ($this->silent() as $call => $act) {
            self::assertContains($call, self::SILENT);
            $this->clock->pass(3700);
            $told = count($this->told());
            // openNotice() takes a mail that tells something else: that is told before.
            $before = $call === 'openNotice' ? null : $has();
            $act();
            self::assertSame($before ?? $has(), $has(), $call);
            self::assertSame([], $this->verifier->pendingNotices(), $call);
            self::assertCount($told, $this->told(), $call);
        }
    }

    public function test_what_a_host_did_not_say_to_have_sent_is_handed_out_again_and_given_up_in_the_end(): void
    {
        $this->begin();
        $this->verifier->unlock('7', 'admin', 'asked');
        $times = [];
        for ($hour = 0; $hour < 60; $hour++) {
            foreach ($this->verifier->pendingNotices() as $message) {
                $times[$message->to()][] = $hour;
            }
            $this->clock->pass(3600);
        }
        self::assertSame(array_fill_keys(self::BOTH, [0, 1, 2, 8]), $times);
        self::assertStringContainsString('notice.undelivered', json_encode($this->verifier->audit('7'), JSON_THROW_ON_ERROR));
        self::assertTrue($this->verifier->auditIsIntact('7'));
    }

    public function test_an_id_is_a_list_of_texts_and_of_no_use_for_anything_else(): void
    {
        $this->begin();
        $this->verifier->unlock('7', 'admin', 'asked');
        $told = $this->verifier->pendingNotices();
        $this->verifier->noticesSent(['', 'x', '1.0.8', '99.0.7', $told[0]->id(), $told[0]->id()]);
        $this->clock->pass(301);
        $left = $this->verifier->pendingNotices();
        self::assertSame([$told[1]->to()], array_map(static fn (Message $message) => $message->to(), $left));
        foreach ([[1], [null], [$told[0]]] as $wrong) {
            try {
                $this->verifier->noticesSent($wrong);
                self::fail();
            } catch (ValueError) {
            }
        }
        $this->expectException(ValueError::class);
        $this->verifier->pendingNotices(0);
    }

    /** The token of the link in a mail that tells something else, which was sent. */
    private function link(): string
    {
        $this->verifier->renameFactor('7', $this->verifier->account('7')->factors()[0]->id(), bin2hex(random_bytes(4)), $this->grant());
        $told = $this->verifier->pendingNotices();
        $this->sent($told);
        return $this->tokenIn($told[0]);
    }

    private function tokenIn(Message $message): string
    {
        self::assertSame(1, preg_match('~^' . preg_quote(self::PAGE, '~') . '([A-Za-z0-9_-]+)$~m', $message->text(), $found));
        self::assertStringContainsString('href="' . $found[0] . '"', $message->html());
        return $found[1];
    }

    /** @param class-string<Throwable> $class */
    private static function assertThrown(string $class, callable $act): void
    {
        try {
            $act();
        } catch (Throwable $thrown) {
            self::assertSame($class, $thrown::class, $thrown->getMessage());
            return;
        }
        self::fail("no $class");
    }

    public function test_the_link_of_a_notice_shows_holds_once_and_is_told_apart_for_nobody(): void
    {
        $this->begin();
        $token = $this->link();
        $epoch = $this->verifier->account('7')->epoch();
        for ($n = 0; $n < 20; $n++) {
            $notice = $this->verifier->openNotice($token);
        }
        self::assertSame(
            ['7', 'factor-renamed', 'A second factor of your account was renamed', 'en', Method::Totp, false, null],
            [$notice->userId(), $notice->kind(), $notice->title(), $notice->language(), $notice->method(), $notice->isUsed(), $notice->heldSince()],
        );
        self::assertSame($this->clock->time, $notice->at()->getTimestamp());
        self::assertSame($epoch, $this->verifier->account('7')->epoch(), 'looked at, and nothing done');
        $wrong = ['', 'x', strtoupper($token), substr($token, 0, -1), $token . 'A', $this->grant(), str_repeat('A', 5000), "\0"];
        foreach ($wrong as $other) {
            self::assertThrown(Rejected::class, fn () => $this->verifier->openNotice($other));
            self::assertThrown(Rejected::class, fn () => $this->verifier->repudiate($other, $this->client));
        }
        $this->verifier->repudiate($token, $this->client);
        self::assertThrown(Rejected::class, fn () => $this->verifier->repudiate($token, $this->client));
        $account = $this->verifier->account('7');
        self::assertSame($this->clock->time, $account->heldSince()?->getTimestamp());
        self::assertTrue($account->codeEndsHold());
        self::assertTrue($this->verifier->openNotice($token)->isUsed());
        self::assertThrown(OnHold::class, fn () => $this->verifier->startTotp($this->anna, null, $this->grant()));
        self::assertThrown(OnHold::class, fn () => $this->verifier->removeFactor('7', $account->factors()[0]->id(), $this->grant()));
        $grant = $this->grant();
        self::assertThrown(StepUpRequired::class, fn () => $this->verifier->releaseHold('7', '7', 'mine', $grant));
        $challenge = $this->verifier->beginChallenge($this->anna, Purpose::StepUp, $this->client)->challenge();
        $grant = $this->verifier->verify($challenge, Method::BackupCode, $this->codes[0], $this->client)->grant();
        $this->verifier->releaseHold('7', '7', 'mine', $grant, $this->client);
        self::assertNull($this->verifier->account('7')->heldSince());
        self::assertThrown(Rejected::class, fn () => $this->verifier->repudiate($token, $this->client));
        $other = $this->link();
        $this->clock->pass(7 * 86_400);
        self::assertThrown(Rejected::class, fn () => $this->verifier->openNotice($other));
        self::assertThrown(Rejected::class, fn () => $this->verifier->repudiate($other, $this->client));
    }

    public function test_a_dump_shows_nobodys_address(): void
    {
        $this->begin();
        $this->verifier->unlock('7', 'admin', 'asked');
        $told = $this->verifier->pendingNotices();
        ob_start();
        var_dump($told);
        self::assertStringNotContainsString('example.org', (string) ob_get_clean());
    }
}
