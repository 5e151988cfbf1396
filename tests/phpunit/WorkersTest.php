<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/Processes.php';

use PHPUnit\Framework\TestCase;
use TwoFactor\Verifier;

/** Several PHP processes, one store: budgets and breakers belong to all of them. */
final class WorkersTest extends TestCase
{
    private const START = 1_700_000_010;

    private string $folder;
    /** @var list<Worker> */
    private array $workers = [];

    protected function setUp(): void
    {
        if (getenv('TWOFACTOR_EXTENSION') === false) {
            self::fail('TWOFACTOR_EXTENSION does not say where the extension is');
        }
        $this->folder = realpath(sys_get_temp_dir()) . '/twofactor-workers-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
    }

    protected function tearDown(): void
    {
        foreach ($this->workers as $worker) {
            $worker->end();
        }
        $this->workers = [];
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public static function stores(): iterable
    {
        yield 'SQLite' => ['sqlite'];
        yield 'MariaDB' => ['mysql'];
    }

    /**
     * That many processes, each with its verifier open.
     *
     * @param list<LoopbackCarrier> $carriers
     * @param array<string, string> $settings
     * @return list<Worker>
     */
    private function workers(int $count, string $store, array $carriers, array $settings = []): array
    {
        $url = $store === 'sqlite' ? "sqlite:$this->folder/db.sqlite" : getenv('TWOFACTOR_TEST_MYSQL');
        if ($url === false) {
            self::fail('TWOFACTOR_TEST_MYSQL is not set');
        }
        Verifier::createKeyFile("$this->folder/key");
        file_put_contents("$this->folder/providers.json", json_encode(array_map(static fn ($carrier) => $carrier->entry(), $carriers)));
        chmod("$this->folder/providers.json", 0600);
        $settings += [
            'store' => $url, 'key_file' => "$this->folder/key", 'site' => basename($this->folder), 'new_site' => true,
            'providers_file' => "$this->folder/providers.json",
        ];
        for ($i = 0; $i < $count; $i++) {
            $this->workers[] = new Worker($settings);
        }
        return array_map(static fn (Worker $worker) => $worker->ready(), $this->workers);
    }

    /** A code for somebody else each time, to another range and from another address. */
    private static function code(int $number, int $second = 0): array
    {
        return [self::START + $second, "u$number", sprintf('+49151%03d55555', $number), '192.0.2.' . $number % 250];
    }

    /** @dataProvider stores */
    public function test_a_breaker_that_one_process_opens_is_open_for_another(string $store): void
    {
        $broken = new LoopbackCarrier('broken', "$this->folder/broken");
        $steady = new LoopbackCarrier('steady', "$this->folder/steady");
        [$one, $other] = $this->workers(2, $store, [$broken, $steady]);
        // Both know the first one as one that works.
        self::assertSame([['sent'], ['sent']], [$one->ask(self::code(1)), $other->ask(self::code(2))]);
        $broken->fails();
        // Whether they arrived nobody knows: so nobody else is asked, and each is a failure.
        self::assertSame(array_fill(0, 5, 'sent'), $one->ask(...array_map(self::code(...), range(3, 7))));
        self::assertSame([[201, 201, 503, 503, 503, 503, 503], []], [$broken->answers(), $steady->answers()]);

        // The other process never saw it fail.
        self::assertSame(['sent', 'sent'], $other->ask(self::code(8, 1), self::code(9, 29)));
        self::assertSame(['sent'], $one->ask(self::code(10, 29)));
        self::assertCount(7, $broken->answers());
        self::assertSame([201, 201, 201], $steady->answers());

        // After half a minute it is asked once; it fails again, and both leave it alone for a minute.
        self::assertSame(['sent'], $other->ask(self::code(11, 31)));
        self::assertSame(['sent', 'sent'], $one->ask(self::code(12, 31), self::code(13, 89)));
        self::assertSame([8, 5], [count($broken->answers()), count($steady->answers())]);

        // It answers again: the one that finds out tells the other.
        $broken->fails(false);
        self::assertSame(['sent'], $one->ask(self::code(14, 95)));
        self::assertSame(['sent'], $other->ask(self::code(15, 96)));
        self::assertSame([10, 5], [count($broken->answers()), count($steady->answers())]);
    }

    /** @dataProvider stores */
    public function test_of_eight_processes_one_asks_whether_a_provider_is_back(string $store): void
    {
        $broken = new LoopbackCarrier('broken', "$this->folder/broken");
        $steady = new LoopbackCarrier('steady', "$this->folder/steady");
        $workers = $this->workers(8, $store, [$broken, $steady]);
        $broken->fails();
        self::assertSame(array_fill(0, 5, 'sent'), $workers[0]->ask(...array_map(self::code(...), range(1, 5))));
        foreach ($workers as $place => $worker) {
            $worker->begin([self::code(10 + $place, 31)]);
        }
        foreach ($workers as $worker) {
            self::assertSame(['sent'], $worker->finish());
        }
        self::assertSame([6, 7], [count($broken->answers()), count($steady->answers())]);
    }

    public static function budgets(): iterable
    {
        // Eight processes ask twelve times each, all at the same second or turn by turn. All enrol, and enrolments may
        // have a third of what people share.
        $cases = [
            'the whole site' => [7, ['send_site_day' => '21'], static fn (int $worker, int $turn) => self::code(12 * $worker + $turn)],
            'a provider' => [5, ['send_per_provider_minute' => '15'], static fn (int $worker, int $turn) => self::code(12 * $worker + $turn)],
            'an address' => [6, ['send_per_ip_hour' => '18'], static fn (int $worker, int $turn) => array_replace(self::code(12 * $worker + $turn), [3 => '192.0.2.1'])],
            'a number' => [5, [], static fn (int $worker, int $turn) => [self::START + 61 * $turn, "u$worker-$turn", '+4915112345678', "192.0.2.$worker"]],
            'a number in one second' => [1, [], static fn (int $worker, int $turn) => [self::START, "u$worker-$turn", '+4915112345678', "192.0.2.$worker"]],
            'a person' => [6, ['send_per_user_hour' => '6', 'send_per_number_hour' => '100', 'send_per_number_day' => '100'], static fn (int $worker, int $turn) => [self::START + 61 * $turn, 'anna', '+4915112345678', "192.0.2.$worker"]],
            'a person in one second' => [6, ['send_per_user_hour' => '6'], static fn (int $worker, int $turn) => array_replace(self::code(12 * $worker + $turn), [1 => 'anna'])],
            'a country' => [9, ['send_per_country_hour' => '27'], static fn (int $worker, int $turn) => self::code(12 * $worker + $turn)],
            'new ranges' => [8, ['send_new_ranges_hour' => '8'], static fn (int $worker, int $turn) => self::code(12 * $worker + $turn)],
            'a mailbox' => [5, [], static fn (int $worker, int $turn) => [self::START + 61 * $turn, "u$worker-$turn", 'anna@example.org', "192.0.2.$worker"]],
            'a mailbox in one second' => [1, [], static fn (int $worker, int $turn) => [self::START, "u$worker-$turn", 'anna@example.org', "192.0.2.$worker"]],
            'mails for a person' => [6, ['send_per_user_hour' => '6', 'send_per_number_hour' => '100', 'send_per_number_day' => '100'], static fn (int $worker, int $turn) => [self::START + 61 * $turn, 'anna', 'anna@example.org', "192.0.2.$worker"]],
            'mails for an address' => [6, ['send_per_ip_hour' => '18'], static fn (int $worker, int $turn) => [self::START, "u$worker-$turn", "u$worker-$turn@example.org", '192.0.2.1']],
            'mails of the whole site' => [7, ['send_site_day' => '21'], static fn (int $worker, int $turn) => [self::START, "u$worker-$turn", "u$worker-$turn@example.org", "192.0.2.$worker"]],
            'a range' => [10, [], static fn (int $worker, int $turn) => [self::START, "u$worker-$turn", sprintf('+4915112345%03d', 12 * $worker + $turn), "192.0.2.$worker"]],
        ];
        foreach (self::stores() as $name => [$store]) {
            foreach ($cases as $of => $case) {
                yield "$of, $name" => [$store, ...$case];
            }
        }
    }

    /**
     * @dataProvider budgets
     * @param array<string, string> $settings
     */
    public function test_eight_processes_never_exceed_a_budget_by_one(string $store, int $limit, array $settings, callable $code): void
    {
        $carrier = new LoopbackCarrier('carrier', "$this->folder/carrier");
        $workers = $this->workers(8, $store, [$carrier], $settings);
        $asked = array_map(static fn (int $place) => array_map(static fn (int $turn) => $code($place, $turn), range(0, 11)), range(0, 7));
        // As on servers whose clocks agree: nobody is at a second that others have not reached, so where turns are at
        // different seconds all wait for each other.
        $turns = $asked[0][0][0] === $asked[0][11][0] ? 12 : 1;
        $said = [];
        for ($turn = 0; $turn < 12; $turn += $turns) {
            foreach ($workers as $place => $worker) {
                $worker->begin(array_slice($asked[$place], $turn, $turns));
            }
            foreach ($workers as $worker) {
                array_push($said, ...$worker->finish());
            }
        }
        $said = array_count_values($said);
        ksort($said);
        self::assertSame(['sent' => $limit, 'throttled' => 96 - $limit], $said);
        $byMail = str_contains($code(0, 0)[2], '@');
        self::assertSame($byMail ? [] : array_fill(0, $limit, 201), $carrier->answers(), 'what reached the provider');
    }
}
