//! When a provider is not asked any more. One row per provider, so that what one process finds out
//! all know.
//!
//! ```text
//!               5 failures in a row, or half of 20 in 60 s
//!   CLOSED ───────────────────────────────────────────────▶ OPEN for 30 s
//!     ▲                                                     │      ▲
//!     │ it worked                                           │ time │ it failed: for twice as long,
//!     │                                                     ▼ is up│ at most 5 min
//!     └──────────────────────────────────────────────── HALF OPEN ─┘
//!                                                       one probe, and nobody else;
//!                                                       given up after 20 s: the next one
//! ```
//!
//! While a breaker is open its provider's methods are hidden, and never passed over: another provider
//! may be asked, the second factor is asked for all the same.
//!
//! The rules take the time as an argument. A clock that was put back ends no probe and opens nothing: what
//! began at a time that is still to come begins at the present, so that nobody waits longer than ever.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::sms::SendError;

/// Failures in a row that open.
const IN_A_ROW: u32 = 5;
/// Attempts below which their share says nothing.
const LEAST: u32 = 20;
/// Share of failures that opens, in percent.
const PERCENT: u32 = 50;
/// Seconds over which the share is taken.
const SECONDS: u64 = 60;
/// Seconds a breaker is open at first.
const OPEN: u32 = 30;
/// Seconds it is open at most.
const LONGEST_OPEN: u32 = 300;
/// Seconds after which a probe is given up: longer than any attempt may take, its one retry included, so
/// that there are never two.
pub const PROBE_SECONDS: u64 = 20;
/// Each second in which something happened has a mark.
const MOST_MARKS: usize = 60;

/// What became of the attempts of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    at: UnixTime,
    worked: u32,
    failed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Closed {
        in_a_row: u32,
        /// Of the last minute, oldest first, no two of one second.
        marks: Vec<Mark>,
    },
    Open {
        since: UnixTime,
        seconds: u32,
    },
    Probing {
        since: UnixTime,
        number: u32,
        /// How long the breaker was open before.
        seconds: u32,
    },
}

/// The breaker of one provider: one row. A new one is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Breaker {
    state: State,
    /// How many probes there were: the name of the latest.
    probes: u32,
}

/// What to do now. Whoever was let through tells [`Breaker::settle`] of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Ask the provider.
    Allowed,
    /// Ask the provider, and nobody else does: the row has to be written first.
    Probe(Probe),
    /// Do not ask it.
    Open {
        /// When to come back: then there may be a probe.
        until: UnixTime,
    },
}

/// The one request that may find out whether an open breaker can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe(u32);

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered, if only to refuse.
    Worked,
    /// It did not.
    Failed,
}

impl Outcome {
    /// Of a message. That a provider refuses a number or its own account says that it is there.
    #[must_use]
    pub const fn of_send(result: Result<(), &SendError>) -> Self {
        match result {
            Ok(_) | Err(SendError::Refused { .. }) => Self::Worked,
            Err(
                SendError::NotSent(_)
                | SendError::Unreached(_)
                | SendError::Proxy(_)
                | SendError::Unknown(_),
            ) => Self::Failed,
        }
    }
}

/// What a breaker looks like to whoever does not want to send: metrics, health, the choice of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// As usual.
    Closed,
    /// The provider is not asked.
    Open {
        /// Until then.
        until: UnixTime,
    },
    /// The next message, or one that is on its way, finds out.
    HalfOpen,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: State::closed(),
            probes: 0,
        }
    }
}

impl State {
    const fn closed() -> Self {
        Self::Closed {
            in_a_row: 0,
            marks: Vec::new(),
        }
    }
}

impl Breaker {
    /// Asks to send. Changes the row when it answers [`Permission::Probe`], and when the clock was put back.
    pub fn ask(&mut self, now: UnixTime) -> Permission {
        if let State::Open { since, .. } | State::Probing { since, .. } = &mut self.state {
            *since = (*since).min(now);
        }
        let (since, waits, seconds) = match self.state {
            State::Closed { .. } => return Permission::Allowed,
            State::Open { since, seconds } => (since, u64::from(seconds), seconds),
            State::Probing { since, seconds, .. } => (since, PROBE_SECONDS, seconds),
        };
        if now < since.plus(waits) {
            return Permission::Open {
                until: since.plus(waits),
            };
        }
        self.probes = self.probes.wrapping_add(1);
        self.state = State::Probing {
            since: now,
            number: self.probes,
            seconds,
        };
        Permission::Probe(Probe(self.probes))
    }

    /// Tells how the request ended for which [`Breaker::ask`] gave `answer`. What comes late, from before
    /// the breaker opened or from a probe that was given up, changes nothing.
    pub fn settle(&mut self, answer: Permission, outcome: Outcome, now: UnixTime) {
        match (answer, &mut self.state) {
            (Permission::Allowed, State::Closed { in_a_row, marks }) => {
                count(marks, outcome, now);
                *in_a_row = match outcome {
                    Outcome::Worked => 0,
                    Outcome::Failed => in_a_row.saturating_add(1),
                };
                if *in_a_row >= IN_A_ROW || is_half(marks) {
                    self.state = State::Open {
                        since: now,
                        seconds: OPEN,
                    };
                }
            }
            (
                Permission::Probe(Probe(settled)),
                State::Probing {
                    number, seconds, ..
                },
            ) if settled == *number => {
                self.state = match outcome {
                    Outcome::Worked => State::closed(),
                    Outcome::Failed => State::Open {
                        since: now,
                        seconds: seconds.saturating_mul(2).min(LONGEST_OPEN),
                    },
                };
            }
            _ => {}
        }
    }

    /// How it stands, for somebody who does not ask to send.
    #[must_use]
    pub fn condition(&self, now: UnixTime) -> Condition {
        match self.state {
            State::Closed { .. } => Condition::Closed,
            State::Open { since, seconds } if now < since.min(now).plus(seconds.into()) => {
                Condition::Open {
                    until: since.min(now).plus(seconds.into()),
                }
            }
            State::Open { .. } | State::Probing { .. } => Condition::HalfOpen,
        }
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// [`RowError`]; not for any breaker that is used.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RowError> {
        format::write(self)
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`RowError`]: do not ask the provider.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        format::read(bytes)
    }
}

impl SharedRow for Breaker {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::from_bytes(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(self.to_bytes()?)
    }
}

/// The row of the breaker of the provider with this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerKey(String);

impl BreakerKey {
    /// Of that provider.
    #[must_use]
    pub fn of(provider: &str) -> Self {
        Self(provider.to_owned())
    }
}

impl RowKey for BreakerKey {
    type Row = Breaker;

    const KIND: RowKind = RowKind::Breaker;

    fn id(&self) -> String {
        self.0.clone()
    }
}

/// Adds an attempt, and forgets those of more than a minute ago.
fn count(marks: &mut Vec<Mark>, outcome: Outcome, now: UnixTime) {
    // What a clock counted that was ahead counts as of the present; so does one that is a little behind.
    let mut ahead = Mark {
        at: now,
        worked: 0,
        failed: 0,
    };
    marks.retain(|mark| {
        if mark.at >= now {
            ahead.worked = ahead.worked.saturating_add(mark.worked);
            ahead.failed = ahead.failed.saturating_add(mark.failed);
        }
        mark.at < now && now < mark.at.plus(SECONDS)
    });
    if ahead.worked > 0 || ahead.failed > 0 {
        marks.push(ahead);
    }
    let (worked, failed) = match outcome {
        Outcome::Worked => (1, 0),
        Outcome::Failed => (0, 1),
    };
    match marks.last_mut() {
        Some(last) if last.at == now => {
            last.worked = last.worked.saturating_add(worked);
            last.failed = last.failed.saturating_add(failed);
        }
        _ => marks.push(Mark {
            at: now,
            worked,
            failed,
        }),
    }
}

fn is_half(marks: &[Mark]) -> bool {
    let (mut all, mut failed) = (0u64, 0u64);
    for mark in marks {
        failed = failed.saturating_add(mark.failed.into());
        all = all.saturating_add(u64::from(mark.worked) + u64::from(mark.failed));
    }
    all >= LEAST.into() && failed.saturating_mul(100) >= all.saturating_mul(PERCENT.into())
}

/// The format of the row; there is one.
const FORMAT: u8 = 1;

/// The row as it is kept.
#[derive(Serialize, Deserialize)]
struct Wire {
    format: u8,
    probes: u32,
    state: WireState,
}

#[derive(Serialize, Deserialize)]
enum WireState {
    /// Failures in a row; the time of the last mark; from the last mark to the first: how many seconds
    /// before the one that came before it in this list, how many worked and how many failed.
    Closed(u32, Option<UnixTime>, Vec<(u8, u32, u32)>),
    /// Since when, for how many seconds.
    Open(UnixTime, u32),
    /// Since when, its number, how many seconds the breaker was open before.
    Probing(UnixTime, u32, u32),
}

impl From<Breaker> for Wire {
    fn from(breaker: Breaker) -> Self {
        let state = match breaker.state {
            State::Closed { in_a_row, marks } => {
                let last = marks.last().map(|mark| mark.at);
                let mut later = last;
                let marks = marks.iter().rev().map(|mark| {
                    let before = later.map_or(0, |later| mark.at.until(later));
                    later = Some(mark.at);
                    // All are of one minute.
                    let before = u8::try_from(before).unwrap_or(u8::MAX);
                    (before, mark.worked, mark.failed)
                });
                WireState::Closed(in_a_row, last, marks.collect())
            }
            State::Open { since, seconds } => WireState::Open(since, seconds),
            State::Probing {
                since,
                number,
                seconds,
            } => WireState::Probing(since, number, seconds),
        };
        Self {
            format: FORMAT,
            probes: breaker.probes,
            state,
        }
    }
}

impl TryFrom<Wire> for Breaker {
    type Error = RowError;

    fn try_from(wire: Wire) -> Result<Self, RowError> {
        if wire.format != FORMAT {
            return Err(RowError);
        }
        let length = |seconds: u32| match seconds {
            OPEN..=LONGEST_OPEN => Ok(seconds),
            _ => Err(RowError),
        };
        let state = match wire.state {
            WireState::Closed(in_a_row, last, listed) => {
                if last.is_some() == listed.is_empty() || listed.len() > MOST_MARKS {
                    return Err(RowError);
                }
                let mut marks = Vec::new();
                let mut later = last;
                for (place, (before, worked, failed)) in listed.into_iter().enumerate() {
                    // Only the last mark is at no distance.
                    if (place == 0) != (before == 0) {
                        return Err(RowError);
                    }
                    let at = later.ok_or(RowError)?.minus(before.into());
                    later = Some(at);
                    marks.push(Mark { at, worked, failed });
                }
                marks.reverse();
                State::Closed { in_a_row, marks }
            }
            WireState::Open(since, seconds) => State::Open {
                since,
                seconds: length(seconds)?,
            },
            WireState::Probing(since, number, seconds) => State::Probing {
                since,
                number,
                seconds: length(seconds)?,
            },
        };
        Ok(Self {
            state,
            probes: wire.probes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::Refusal;
    use proptest::prelude::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(seconds as i64).unwrap()
    }

    fn fail(breaker: &mut Breaker, now: UnixTime) {
        let answer = breaker.ask(now);
        assert!(!matches!(answer, Permission::Open { .. }));
        breaker.settle(answer, Outcome::Failed, now);
    }

    fn opened(now: UnixTime) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            fail(&mut breaker, now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_and_one_success_between_does_not() {
        let mut breaker = Breaker::default();
        let now = at(1_000_000);
        for _ in 0..4 {
            fail(&mut breaker, now);
        }
        assert_eq!(breaker.ask(now), Permission::Allowed);
        breaker.settle(Permission::Allowed, Outcome::Worked, now);
        for n in 0..4 {
            // However far apart.
            fail(&mut breaker, now.plus(n * 3_600));
        }
        assert_eq!(breaker.condition(now), Condition::Closed);
        let now = now.plus(20_000);
        fail(&mut breaker, now);
        let until = now.plus(30);
        assert_eq!(breaker.condition(now), Condition::Open { until });
        assert_eq!(breaker.ask(now), Permission::Open { until });
        assert_eq!(breaker.ask(until.minus(1)), Permission::Open { until });
    }

    #[test]
    fn half_of_twenty_in_a_minute_opens() {
        let tried = |failures: &[u64], successes: &[u64]| {
            let mut all: Vec<(u64, Outcome)> = failures
                .iter()
                .map(|s| (*s, Outcome::Failed))
                .chain(successes.iter().map(|s| (*s, Outcome::Worked)))
                .collect();
            all.sort_by_key(|(second, _)| *second);
            let mut breaker = Breaker::default();
            for (second, outcome) in all {
                breaker.settle(Permission::Allowed, outcome, at(1_000_000 + second));
            }
            breaker.condition(at(1_000_060)) != Condition::Closed
        };
        let every = |step: usize, from: u64| (from..from + 60).step_by(step).collect::<Vec<_>>();
        assert!(tried(&every(6, 0), &every(6, 1)), "ten of twenty");
        assert!(!tried(&every(6, 0), &every(5, 1)), "ten of twenty-two");
        assert!(!tried(&every(6, 0)[1..], &every(6, 1)), "nine of nineteen");
        // The same, over a minute and a half.
        let slow: Vec<u64> = (0..90).step_by(9).collect();
        let slower: Vec<u64> = slow.iter().map(|s| s + 4).collect();
        assert!(!tried(&slow, &slower), "ten of twenty in ninety seconds");
    }

    #[test]
    fn a_probe_that_fails_doubles_the_wait_up_to_five_minutes_and_one_that_works_ends_it() {
        let mut now = at(1_000_000);
        let mut breaker = opened(now);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let Permission::Open { until } = breaker.ask(now) else {
                panic!("not open");
            };
            waits.push(now.until(until));
            now = until;
            let probe = breaker.ask(now);
            assert!(matches!(probe, Permission::Probe(_)));
            breaker.settle(probe, Outcome::Failed, now);
        }
        assert_eq!(waits, [30, 60, 120, 240, 300, 300]);
        now = now.plus(300);
        let probe = breaker.ask(now);
        breaker.settle(probe, Outcome::Worked, now);
        assert_eq!(breaker.condition(now), Condition::Closed);
        // It begins from nothing: four more failures are free, and the wait is short again.
        for _ in 0..5 {
            assert_eq!(breaker.ask(now), Permission::Allowed);
            fail(&mut breaker, now);
        }
        assert_eq!(
            breaker.ask(now),
            Permission::Open {
                until: now.plus(30)
            }
        );
    }

    #[test]
    fn a_probe_whose_process_died_is_given_up() {
        let now = at(1_000_000);
        let mut breaker = opened(now);
        let due = now.plus(30);
        let lost = breaker.ask(due);
        assert!(matches!(lost, Permission::Probe(_)));
        let given_up = due.plus(PROBE_SECONDS);
        assert_eq!(
            breaker.ask(given_up.minus(1)),
            Permission::Open { until: given_up }
        );
        assert_eq!(breaker.condition(due), Condition::HalfOpen);
        let next = breaker.ask(given_up);
        assert!(matches!(next, Permission::Probe(_)) && next != lost);
        // The lost one turns up after all, with either news.
        for outcome in [Outcome::Worked, Outcome::Failed] {
            let before = breaker.clone();
            breaker.settle(lost, outcome, given_up);
            assert_eq!(breaker, before);
        }
        breaker.settle(next, Outcome::Worked, given_up);
        assert_eq!(breaker.condition(given_up), Condition::Closed);
    }

    #[test]
    fn what_began_before_it_opened_changes_nothing_after() {
        let now = at(1_000_000);
        let mut breaker = opened(now);
        let before = breaker.clone();
        breaker.settle(Permission::Allowed, Outcome::Worked, now);
        breaker.settle(Permission::Open { until: now }, Outcome::Worked, now);
        assert_eq!(breaker, before);
        let _probe = breaker.ask(now.plus(30));
        let before = breaker.clone();
        breaker.settle(Permission::Allowed, Outcome::Worked, now.plus(30));
        assert_eq!(breaker, before);
    }

    #[test]
    fn a_refusal_is_an_answer() {
        let refused = |refusal| SendError::Refused {
            refusal,
            retry_after: None,
            detail: String::new(),
        };
        assert_eq!(Outcome::of_send(Ok(())), Outcome::Worked);
        for refusal in [Refusal::Number, Refusal::Account] {
            assert_eq!(Outcome::of_send(Err(&refused(refusal))), Outcome::Worked);
        }
        for error in [
            SendError::NotSent(String::new()),
            SendError::Unreached(String::new()),
            SendError::Unknown(String::new()),
        ] {
            assert_eq!(Outcome::of_send(Err(&error)), Outcome::Failed);
        }
    }

    #[test]
    fn a_row_that_is_not_one_is_refused() {
        let mut busy = Breaker::default();
        for n in 0..6_000 {
            let outcome = if n % 3 == 0 {
                Outcome::Failed
            } else {
                Outcome::Worked
            };
            busy.settle(Permission::Allowed, outcome, at(1_700_000_000 + n / 50));
        }
        let mut probing = opened(at(1_700_000_000));
        let open = probing.clone();
        let _probe = probing.ask(at(1_700_000_030));
        for breaker in [Breaker::default(), busy, open, probing] {
            let bytes = breaker.to_bytes().unwrap();
            assert!(bytes.len() <= 320, "{}", bytes.len());
            assert_eq!(Breaker::from_bytes(&bytes).as_ref(), Ok(&breaker));
            for cut in 0..bytes.len() {
                assert!(Breaker::from_bytes(&bytes[..cut]).is_err());
            }
            assert!(Breaker::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
            assert!(Breaker::from_bytes(&[&[2], &bytes[1..]].concat()).is_err());
        }
        for state in [
            WireState::Open(at(9), 0),
            WireState::Open(at(9), 301),
            WireState::Probing(at(9), 1, u32::MAX),
            WireState::Closed(0, None, vec![(0, 1, 1)]),
            WireState::Closed(0, Some(at(9)), vec![]),
            WireState::Closed(0, Some(at(9)), vec![(1, 1, 1)]),
            WireState::Closed(0, Some(at(9)), vec![(0, 1, 1), (0, 1, 1)]),
            WireState::Closed(
                0,
                Some(at(99)),
                [vec![(0, 1, 1)], vec![(1, 1, 1); 60]].concat(),
            ),
        ] {
            let wire = Wire {
                format: FORMAT,
                probes: 0,
                state,
            };
            assert_eq!(Breaker::try_from(wire), Err(RowError));
        }
    }

    /// What happens to a breaker: time goes on, somebody asks, a request ends or its process dies.
    #[derive(Debug, Clone)]
    enum Event {
        Wait(u64),
        Ask,
        End(usize, bool),
        Die(usize),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        proptest::collection::vec(
            prop_oneof![
                4 => (0u64..5).prop_map(Event::Wait),
                1 => (0u64..400).prop_map(Event::Wait),
                8 => Just(Event::Ask),
                8 => (any::<usize>(), proptest::bool::weighted(0.3)).prop_map(|(n, ok)| Event::End(n, ok)),
                1 => any::<usize>().prop_map(Event::Die),
            ],
            1..400,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// However many ask and however their requests end.
        #[test]
        fn there_is_one_probe_at_a_time_and_every_wait_ends(events in events()) {
            let mut breaker = Breaker::default();
            let mut now = at(1_000_000);
            let mut running: Vec<(Permission, UnixTime)> = Vec::new();
            for event in events {
                match event {
                    Event::Wait(seconds) => {
                        now = now.plus(seconds);
                        // No request takes longer than a probe may.
                        running.retain(|(_, since)| now < since.plus(PROBE_SECONDS));
                    }
                    Event::Ask => {
                        let seen = breaker.condition(now);
                        let answer = breaker.ask(now);
                        match (seen, answer) {
                            (Condition::Closed, Permission::Allowed) => running.push((answer, now)),
                            (Condition::HalfOpen, Permission::Probe(_)) => {
                                let others = running.iter().filter(|(a, _)| matches!(a, Permission::Probe(_)));
                                prop_assert_eq!(others.count(), 0, "a second probe");
                                running.push((answer, now));
                            }
                            (Condition::HalfOpen | Condition::Open { .. }, Permission::Open { until }) => {
                                prop_assert!(now < until && now.until(until) <= 300);
                                prop_assert!(matches!(breaker.clone().ask(until), Permission::Probe(_)));
                                prop_assert_eq!(breaker.clone().ask(until.minus(1)), answer);
                            }
                            other => prop_assert!(false, "{other:?}"),
                        }
                    }
                    Event::End(n, ok) if !running.is_empty() => {
                        let (answer, _) = running.remove(n % running.len());
                        let outcome = if ok { Outcome::Worked } else { Outcome::Failed };
                        breaker.settle(answer, outcome, now);
                    }
                    Event::Die(n) if !running.is_empty() => {
                        running.remove(n % running.len());
                    }
                    Event::End(..) | Event::Die(_) => {}
                }
                breaker = Breaker::from_bytes(&breaker.to_bytes().unwrap()).unwrap();
            }
        }

        /// The rule, said again over all outcomes there were.
        #[test]
        fn it_opens_when_the_rule_says_so_and_not_before(
            outcomes in proptest::collection::vec((0u64..6, proptest::bool::weighted(0.62)), 1..200),
        ) {
            let mut breaker = Breaker::default();
            let mut now = at(1_000_000);
            let mut all: Vec<(UnixTime, bool)> = Vec::new();
            for (wait, worked) in outcomes {
                now = now.plus(wait);
                all.push((now, worked));
                let outcome = if worked { Outcome::Worked } else { Outcome::Failed };
                breaker.settle(Permission::Allowed, outcome, now);
                let minute: Vec<bool> = all
                    .iter()
                    .filter(|(at, _)| at.until(now) < 60)
                    .map(|(_, worked)| *worked)
                    .collect();
                let failed = minute.iter().filter(|worked| !**worked).count();
                let row = all.iter().rev().take_while(|(_, worked)| !worked).count();
                let opens = row >= 5 || (minute.len() >= 20 && 2 * failed >= minute.len());
                prop_assert_eq!(breaker.condition(now) != Condition::Closed, opens);
                if opens {
                    break;
                }
            }
        }

        /// Whatever the clock does: nobody waits for ever, and a probe is not ended by a clock that is a
        /// little behind.
        #[test]
        fn a_clock_that_is_set_does_not_keep_it_open(
            probing in any::<bool>(), set in 0u64..2_000_000, slow in 1u64..20,
        ) {
            let since = at(1_000_000);
            let mut breaker = opened(since);
            let mut begun = since;
            if probing {
                begun = since.plus(30);
                let probe = breaker.ask(begun);
                prop_assert!(matches!(probe, Permission::Probe(_)));
                let still = matches!(breaker.clone().ask(begun.minus(slow)), Permission::Open { .. });
                prop_assert!(still);
            }
            let mut now = at(set);
            let mut waited = 0;
            while let Permission::Open { until } = breaker.ask(now) {
                prop_assert!(now < until);
                now = now.plus(1);
                waited += 1;
                prop_assert!(waited <= 30, "since {begun:?}: longer than a breaker is open");
            }
        }

        #[test]
        fn foreign_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..64), now in 0u64..4_000_000_000) {
            if let Ok(mut breaker) = Breaker::from_bytes(&bytes) {
                let answer = breaker.ask(at(now));
                breaker.settle(answer, Outcome::Failed, at(now));
                breaker.settle(Permission::Allowed, Outcome::Worked, at(now));
                prop_assert!(breaker.to_bytes().is_ok());
            }
        }
    }
}
