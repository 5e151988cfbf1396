//! The walk of a breaker along its states.

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
