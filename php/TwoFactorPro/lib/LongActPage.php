<?php

/**
 * Site Admin, Two-factor, Premium, Many users: how far an act on everybody whom a filter finds has come, a button that goes on with
 * the next of them, and one that stops it. A proof is asked for whenever the last one is five minutes old.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Exception\TooRecent;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class LongActPage extends AdminPage
{
    /** Of a turn: users whom it is done to, users who are looked at, and seconds. */
    private const DONE = 50;
    private const LOOKED = 200;
    private const SECONDS = 0.1;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly PersonAct $acts,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        PeoplePage::assertLicensed($this->verification);
        $act = $this->own();
        if ($act === null) {
            return $this->pages->goTo('people_none_running', ['tab' => 'people']);
        }
        // Nothing goes on by itself from there: whoever asked has seen something else.
        $isOther = $input->text('long') !== '' && !self::isMeant($act, $input);
        return $this->progress($act, $isOther ? Notice::problem($this->view->text('people_not_as_seen')) : $notice);
    }

    /** @param array{state: string, search: string} $asked */
    public function begin(string $what, string $reason, array $asked, Actor $actor): Notice
    {
        $like = $this->host->users->pattern($asked['search']);
        $act = new LongAct(
            $this->host,
            (int) $this->host->session->loggedInId(),
            $what,
            $reason,
            $asked['state'] ?: 'all',
            $like,
            $this->host->users->countLike($like),
            time(),
            bin2hex(random_bytes(8)),
        );
        if (!$act->begin()) {
            return Notice::problem($this->view->text('people_one_at_a_time'));
        }
        return $this->turn($act, $actor);
    }

    /** Of a form of something else than is there now nothing is done. */
    public function goOn(Change $change, Actor $actor): Notice
    {
        PeoplePage::assertLicensed($this->verification);
        $act = $this->own();
        return $act !== null && self::isMeant($act, $change) && $act->reason === $change->reason()
            ? $this->turn($act, $actor)
            : Notice::none();
    }

    private static function isMeant(LongAct $act, Input $input): bool
    {
        return hash_equals($act->mark(), $input->text('long'));
    }

    public function stop(): Notice
    {
        $act = $this->own();
        if ($act === null) {
            return Notice::none();
        }
        $act->end();
        return Notice::page($this->result($act, 'people_stopped'));
    }

    private function own(): ?LongAct
    {
        return LongAct::of($this->host, (int) $this->host->session->loggedInId());
    }

    /** The next of them. */
    private function turn(LongAct $act, Actor $actor): Notice
    {
        if (!$act->take()) {
            return Notice::problem($this->view->text('people_busy'));
        }
        $refusal = null;
        $ids = $this->host->users->idsLike($act->like, $act->place, self::LOOKED + 1);
        [$end, $before] = [microtime(true) + self::SECONDS, $act->done + $act->failed];
        $isAll = count($ids) <= self::LOOKED;
        foreach (array_slice($ids, 0, self::LOOKED) as $id) {
            if ($act->done + $act->failed - $before >= self::DONE || microtime(true) > $end) {
                $isAll = false;
                break;
            }
            try {
                $act->note($id, $this->on($id, $act, $actor));
            } catch (StepUpRequired | TooRecent $refusal) {
                $isAll = false;
                break;
            }
        }
        if ($isAll) {
            $act->end();
            return Notice::page($this->result($act, 'people_finished'));
        }
        $act->giveBack();
        // As it is known here, and not as it is read once more.
        return $refusal === null ? Notice::page($this->progress($act, Notice::none())) : throw $refusal;
    }

    /** Null where it does not concern them. */
    private function on(int $id, LongAct $act, Actor $actor): ?string
    {
        if ($act->state !== 'all' && !PeoplePage::is($act->state, $this->verification->accountIfReadable($id))) {
            return null;
        }
        return $act->isUncertain && $this->acts->wasDone($id, $act->act, $act->reason, $act->begun)
            ? ''
            : $this->acts->on($id, $act->act, $act->reason, $actor);
    }

    private function progress(LongAct $act, Notice $notice): string
    {
        return $this->pages->form('TwoFactorPro;people_progress', $notice, $this->values($act) + [
            'mark' => $act->mark(),
            'reason' => $act->reason,
            'is_dangerous' => $act->act === 'reset',
        ]);
    }

    private function result(LongAct $act, string $how): string
    {
        return $this->pages->page('TwoFactorPro;people_result', Notice::none(), $this->values($act) + ['how' => $this->view->text($how)]);
    }

    /** @return array<string, mixed> */
    private function values(LongAct $act): array
    {
        $names = $this->host->users->names(array_column($act->failures, 0));
        return [
            'title' => $this->view->text("people_act_$act->act"),
            'about' => $this->view->text('people_asked_for', $this->view->text("people_state_$act->state"), $act->reason),
            'search' => $act->search() === '' ? '' : $this->view->text('people_searched_for', $act->search()),
            'looked' => $act->looked,
            // Users may have been added meanwhile.
            'total' => max($act->total, $act->looked),
            'far' => $this->view->text('people_progress', $act->looked, max($act->total, $act->looked), $act->done, $act->failed),
            'failed' => array_map(static fn (array $one) => ['name' => $names[$one[0]] ?? "#$one[0]", 'why' => $one[1]], $act->failures),
            'back' => $this->pages->url(['tab' => 'people']),
        ];
    }
}
