<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';
require_once __DIR__ . '/LicensedSite.php';

/** An act on everybody whom a filter finds: page by page, to each once, whatever happens on the way. */
final class LongActTest extends HostTestCase
{
    use LicensedSite;

    private const FIRST = 10;

    private function add(int $many): void
    {
        $pdo = $this->site()->pdo();
        $pdo->beginTransaction();
        $insert = $pdo->prepare("INSERT INTO cms_users VALUES (?, ?, '', 1, 'Uta', ?, ?, 1, NULL, NULL)");
        for ($n = 0; $n < $many; $n++) {
            $insert->execute([self::FIRST + $n, sprintf('user%03d', $n), "Last$n", "user$n@example.org"]);
        }
        $pdo->commit();
    }

    /** @param array<string, string> $asked */
    private static function begin(Person $admin, string $act, array $asked = ['search' => 'user'], string $reason = 'phones were lost'): Page
    {
        $page = $admin->change('defaultadmin', ['do' => 'people-look', 'act' => $act, 'all' => '1'] + $asked);
        return $admin->send($page, 'people-act', ['reason' => $reason]);
    }

    private static function goOn(Person $admin, Page $page, array $fields = []): Page
    {
        return $admin->send($page, 'people-go-on', $fields);
    }

    private static function bar(Page $page): string
    {
        $bar = $page->one('//progress') ?? self::fail($page->text());
        return $bar->getAttribute('value') . '/' . $bar->getAttribute('max');
    }

    /** How often the audit says it of each. @return array<int, int> number of events to number of users */
    private function times(string $type, int $many): array
    {
        return array_count_values($this->asOperator(static function ($verifier) use ($type, $many): array {
            $times = [];
            for ($n = 0; $n < $many; $n++) {
                $times[] = count(array_filter([...$verifier->audit((string) (self::FIRST + $n))], static fn ($event) => $event->type() === $type && $event->reason() === 'phones were lost' && $event->by() === '1'));
            }
            return $times;
        }));
    }

    private static function mark(Page $page): string
    {
        return $page->one('//input[@name="m1_long"]')?->getAttribute('value') ?? self::fail($page->text());
    }

    /** @return array<string, mixed> */
    private function kept(): array
    {
        return json_decode((string) $this->site()->pdo()->query("SELECT value FROM cms_userprefs WHERE preference = 'twofactor_long_act'")->fetchColumn(), true) ?: [];
    }

    /** @param array<string, mixed> $changes as another turn would leave it behind */
    private function change(array $changes): void
    {
        $this->site()->pdo()->prepare("UPDATE cms_userprefs SET value = ? WHERE preference = 'twofactor_long_act'")->execute([json_encode($changes + $this->kept())]);
    }

    /** However many turns that takes. */
    private static function toTheEnd(Person $admin, Page $page): Page
    {
        while ($page->has('//input[@value="people-go-on"]')) {
            $page = self::goOn($admin, $page);
        }
        return $page;
    }

    public function test_it_is_done_to_everybody_whom_the_filter_finds_and_to_each_once(): void
    {
        $admin = $this->start();
        $this->add(120);
        $page = $admin->change('defaultadmin', ['do' => 'people-look', 'act' => 'require', 'all' => '1', 'search' => 'user']);
        self::assertStringContainsString('State: All. Users to look through: 120.', $page->text());
        self::assertStringContainsString('user000', $page->text());
        self::assertSame([], $this->kept());
        self::assertStringContainsString('reason', $admin->send($page, 'people-act', ['reason' => ''])->text());
        self::assertSame([], $this->kept(), 'nothing without a reason');
        $page = $admin->send($page, 'people-act', ['reason' => 'phones were lost']);
        $looked = [];
        for ($turns = 1; $page->has('//input[@value="people-go-on"]'); $turns++) {
            $looked[] = $this->kept()['looked'];
            self::assertSame(end($looked) . '/120', self::bar($page));
            self::assertStringContainsString('Looked at ' . end($looked) . ' of 120 users. Done: ' . end($looked) . '. Not done: 0.', $page->text());
            self::assertLessThanOrEqual(50, end($looked) - ($looked[count($looked) - 2] ?? 0));
            $page = self::goOn($admin, $page);
        }
        self::assertGreaterThanOrEqual(3, $turns);
        self::assertStringContainsString('It was done to all of them.', $page->text());
        self::assertSame('120/120', self::bar($page));
        self::assertSame([1 => 120], $this->times('enrolment.required', 120));
        self::assertSame([], $this->kept());
        self::assertSame([], $this->site()->audit('2'), 'nobody else');
    }

    public function test_only_those_of_a_state_and_never_oneself(): void
    {
        $admin = $this->start();
        $this->enrolled();
        $page = self::toTheEnd($admin, self::begin($admin, 'require', ['state' => 'without']));
        self::assertStringContainsString('Looked at 3 of 3 users. Done: 1. Not done: 0.', $page->text());
        self::assertNotContains('enrolment.required', $this->site()->audit('2'));
        $page = self::toTheEnd($admin, self::begin($admin, 'end', []));
        self::assertStringContainsString('Looked at 3 of 3 users. Done: 2. Not done: 1.', $page->text());
        self::assertStringContainsString('admin is you', $page->text());
    }

    public function test_an_old_form_another_window_or_a_turn_that_was_broken_off_does_nothing_twice(): void
    {
        $admin = $this->start();
        $this->add(120);
        $first = self::begin($admin, 'require');
        $place = $this->kept()['place'];
        $page = self::goOn($admin, $first);
        $done = $this->kept();
        self::assertGreaterThan($place, $done['place']);
        // The same form once more.
        $page = self::goOn($admin, $first);
        self::assertSame($done, $this->kept());
        // Another window is at it.
        $this->change(['until' => $this->site()->clock->now() + 60]);
        $busy = self::goOn($admin, $page);
        self::assertStringContainsString('another window', $busy->text());
        self::assertSame($done['place'], $this->kept()['place']);
        self::assertFalse($busy->has('//form[@data-go-on]'), 'and nothing goes on by itself');
        // A turn that never wrote back how far it came: it may have come as far as it did.
        $this->change(['until' => 1, 'place' => 0, 'looked' => 0, 'done' => 0]);
        $page = self::toTheEnd($admin, $admin->action('defaultadmin', ['tab' => 'people-progress']));
        self::assertStringContainsString('Looked at 120 of 120 users. Done: 120. Not done: 0.', $page->text());
        self::assertSame([1 => 120], $this->times('enrolment.required', 120), 'to each once');
    }

    public function test_whoever_changes_what_is_kept_of_it_changes_nobody_whom_it_is_done_to(): void
    {
        $admin = $this->start();
        $this->add(120);
        $this->enrolled();
        $page = self::begin($admin, 'require', ['search' => 'user', 'state' => 'without']);
        self::assertStringContainsString('Search: user', $page->text());
        $before = $this->kept();
        $everybody = fn (): array => array_map(fn (string $id): int => count(array_keys($this->site()->audit($id), 'enrolment.required', true)), ['2', '3']);
        $changes = [['state' => 'all'], ['like' => '%'], ['state' => 'all', 'like' => '%'], ['total' => 1], ['act' => 'reset'], ['reason' => 'another'], ['place' => 0],
            ['place' => 12], ['begun' => 1], ['id' => str_repeat('0', 16)], ['state' => 'all', 'like' => '%', 'place' => 0, 'id' => 'x']];
        foreach ($changes as $change) {
            $this->change($change);
            $asked = $this->kept();
            $refused = self::goOn($admin, $page);
            self::assertSame($asked, $this->kept(), json_encode($change));
            self::assertStringContainsString('what is kept of it was changed', $refused->text(), json_encode($change));
            self::assertFalse($refused->has('//form[@data-go-on]'), 'and nothing goes on by itself: ' . json_encode($change));
            $this->change($before);
        }
        self::assertSame([0, 0], $everybody());
        // Nor where a proof is asked for in between.
        $this->site()->clock->advance(400);
        $this->change(['like' => '%']);
        $refused = self::goOn($admin, $page, ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertStringContainsString('what is kept of it was changed', $refused->text());
        self::assertStringNotContainsString('Search: user', $refused->text(), 'what it would be done to is shown');
        self::assertSame([0, 0], $everybody());
        // As it was begun it goes on.
        $this->change($before);
        $page = self::goOn($admin, $page);
        self::assertGreaterThan($before['place'], $this->kept()['place']);
        // What changes it during a turn is not taken over by the next.
        self::assertTrue($page->has('//form[@data-go-on]'));
        $this->change(['like' => '%']);
        self::goOn($admin, $page);
        self::assertSame([0, 0], $everybody());
    }

    public function test_it_is_stopped_gone_on_with_later_and_there_is_one_at_a_time(): void
    {
        $admin = $this->start();
        $this->add(120);
        self::begin($admin, 'require');
        $done = $this->kept()['done'];
        self::assertStringContainsString('Another act has not come to its end', self::begin($admin, 'end')->text());
        self::assertSame('require', $this->kept()['act']);
        // Signed out and in again it is found on the page.
        $admin->signOut();
        $admin->signIn();
        $admin->stepUp();
        $list = $admin->action('defaultadmin', ['tab' => 'people']);
        self::assertStringContainsString('has not come to its end', $list->text());
        $link = $list->one('//a[contains(@href, "people-progress")]') ?? self::fail('no link');
        $page = $admin->browser->get($list->resolve($link->getAttribute('href')));
        self::assertSame($done, $this->kept()['done'], 'looking does nothing');
        $page = self::goOn($admin, $page);
        self::assertGreaterThan($done, $done = $this->kept()['done']);
        $page = $admin->send($page, 'people-stop');
        self::assertStringContainsString('It was stopped.', $page->text());
        self::assertSame([], $this->kept());
        self::assertSame([0 => 120 - $done, 1 => $done], self::sorted($this->times('enrolment.required', 120)));
        self::assertStringContainsString('no act that has not come to its end', $admin->action('defaultadmin', ['tab' => 'people-progress'])->text());
    }

    /** @param array<int, int> $all @return array<int, int> */
    private static function sorted(array $all): array
    {
        ksort($all);
        return $all;
    }

    public function test_it_goes_on_with_a_fresh_proof_by_its_own_form_as_it_was_begun_and_by_whoever_began_it(): void
    {
        $admin = $this->start();
        $this->add(120);
        $page = self::begin($admin, 'unlock');
        $before = $this->kept();
        $fields = ['do' => 'people-go-on', 'long' => self::mark($page), 'reason' => 'phones were lost'];
        foreach ([['reason' => 'other'], ['long' => 'x'], ['long' => ''], ['long' => $before['id']]] as $changed) {
            $admin->change('defaultadmin', $changed + $fields);
            self::assertSame($before, $this->kept(), json_encode($changed));
        }
        $admin->change('defaultadmin', $fields, strrev($admin->key()));
        $admin->action('defaultadmin', $fields);
        foreach (['people-stop', 'people-go-on'] as $do) {
            $admin->change('defaultadmin', ['do' => $do] + $fields, 'none');
        }
        $anna = $this->enrolled();
        $anna->signIn();
        foreach (['people-stop', 'people-go-on'] as $do) {
            self::assertStringContainsString('You have no permission', $anna->change('defaultadmin', ['do' => $do] + $fields)->text());
        }
        self::assertSame($before, $this->kept());
        // What was copied from somebody else's preferences is nobody's.
        $this->site()->pdo()->exec("UPDATE cms_userprefs SET user_id = 3 WHERE preference = 'twofactor_long_act'");
        $this->site()->pdo()->exec('UPDATE cms_user_groups SET group_id = 1 WHERE user_id = 3');
        $bert = $this->administrator('bert');
        self::assertStringContainsString('no act that has not come to its end', $bert->action('defaultadmin', ['tab' => 'people-progress'])->text());
        $this->site()->pdo()->exec("UPDATE cms_userprefs SET user_id = 1 WHERE preference = 'twofactor_long_act'");
        // The proof is over: it is asked for on the page, and goes on with it.
        $this->site()->clock->advance(400);
        $page = $admin->change('defaultadmin', $fields);
        self::assertSame($before, $this->kept());
        self::assertFalse($page->has('//form[@data-go-on]'), 'nobody types it for them');
        $page = self::goOn($admin, $page, ['method' => 'totp', 'code' => $admin->phone->code()]);
        self::assertGreaterThan($before['place'], $this->kept()['place']);
        self::assertTrue($page->has('//form[@data-go-on]'));
    }
}
