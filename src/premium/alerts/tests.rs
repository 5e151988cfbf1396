use proptest::prelude::*;

use super::batch::{Batch, Entry, Share, Thresholds};
use super::digest::Gathered;
use super::facts::{Fact, FactKind, Sends};
use super::row::AlertsState;
use crate::account::{Alert, AlertKind};
use crate::audit::{Event, EventKind, Unusual};
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, Requester, UserId};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

fn at(seconds: u64) -> UnixTime {
    UnixTime::new(1_800_000_000).unwrap().plus(seconds)
}

fn user(number: usize) -> UserId {
    UserId::new(number.to_string()).unwrap()
}

fn hash(number: usize) -> [u8; 6] {
    let mut hash = [0; 6];
    hash[..4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
    hash
}

fn thresholds() -> Thresholds {
    Thresholds {
        failures: 3,
        idle_days: 90,
        off: Vec::new(),
    }
}

fn wrong(failures: u32) -> Event {
    let event = Event::about(Purpose::Login, EventKind::Rejected).method(Method::Totp);
    event.unusual(Unusual {
        failures,
        ..Unusual::default()
    })
}

fn accepted(unusual: Unusual) -> Event {
    let event = Event::about(Purpose::Login, EventKind::Accepted).method(Method::Totp);
    event.unusual(unusual)
}

fn new_network() -> Event {
    accepted(Unusual {
        unknown_network: true,
        ..Unusual::default()
    })
}

fn blocked() -> Event {
    Event::about(Purpose::Login, EventKind::Blocked).method(Method::Totp)
}

/// A page in which the event at each place is of a user by number.
fn page(share: Share, events: &[(usize, Event)], most: usize) -> Batch {
    let users: Vec<_> = events.iter().map(|(number, _)| user(*number)).collect();
    let entries = events.iter().zip(&users).zip(1_u64..);
    let entries = entries.map(|(((_, event), user), place)| Entry {
        place,
        user,
        seq: place,
        at: at(place),
        event: Some(event),
    });
    Batch::of((share, 0), entries, &thresholds(), most, at(DAY))
}

fn names(batch: &Batch) -> Vec<([u8; 6], String)> {
    let people = batch.people().iter();
    let number = |user: &UserId| user.as_str().parse::<usize>().unwrap();
    people
        .map(|(user, _)| (hash(number(user)), format!("name {user}")))
        .collect()
}

fn kinds(alerts: &[Alert]) -> Vec<(AlertKind, u32)> {
    alerts.iter().map(|it| (it.kind, it.times)).collect()
}

fn any_event() -> impl Strategy<Value = Event> {
    let kinds = vec![
        EventKind::Accepted,
        EventKind::Rejected,
        EventKind::Blocked,
        EventKind::Disabled,
        EventKind::DeviceTrusted,
        EventKind::DeviceAccepted,
        EventKind::ChallengeOpened,
        EventKind::Enrolled,
        EventKind::BackupSpent,
        EventKind::PasswordSuspected,
        EventKind::GuessingSuspected,
    ];
    let methods = proptest::option::of(proptest::sample::select(Method::ALL.to_vec()));
    let purposes = proptest::option::of(proptest::sample::select(Purpose::ALL.to_vec()));
    let unusual = (any::<bool>(), 0_u32..6, 0_u32..200);
    let times = proptest::option::of(1_u32..40);
    let kinds = proptest::sample::select(kinds);
    (kinds, methods, purposes, unusual, times).prop_map(
        |(kind, method, purpose, unusual, times)| {
            let mut event = Event::new(kind, Requester::Password).unusual(Unusual {
                unknown_network: unusual.0,
                failures: unusual.1,
                idle_days: unusual.2,
            });
            (event.method, event.purpose, event.times) = (method, purpose, times);
            event
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// As it is written down: whatever is unusual is found, and nothing else; where it is unusual in two ways, the strongest.
    #[test]
    fn each_kind_is_found_if_and_only_if_its_condition_holds(
        event in any_event(),
        failures in 1_u32..8,
        idle_days in 1_u32..250,
        off in proptest::sample::subsequence(AlertKind::ALL.to_vec(), 0..3),
    ) {
        let is_answer = [Some(Purpose::Login), Some(Purpose::StepUp)].contains(&event.purpose);
        let is_lookup = event.method.is_some_and(Method::is_lookup);
        let is_proof = event.kind == EventKind::Accepted && is_answer && !is_lookup;
        let before = event.failures.unwrap_or(0);
        let holds = |kind: AlertKind| match kind {
            AlertKind::AfterFailures => is_proof && before >= failures,
            AlertKind::AfterInactivity => is_proof && event.idle_days.unwrap_or(0) >= idle_days,
            AlertKind::NewNetwork => {
                let is_let_in = is_proof || event.kind == EventKind::DeviceAccepted;
                is_let_in && event.unknown_network.is_some()
            }
            AlertKind::NewDevice => event.kind == EventKind::DeviceTrusted,
            AlertKind::Blocked => event.kind == EventKind::Blocked && is_answer,
            AlertKind::WrongAnswers => {
                let many = before >= failures || event.times.unwrap_or(1) >= failures;
                event.kind == EventKind::Rejected && is_answer && many
            }
        };
        let mut expected = AlertKind::ALL.iter().filter(|kind| holds(**kind) && !off.contains(kind));
        let thresholds = Thresholds { failures, idle_days, off: off.clone() };
        prop_assert_eq!(thresholds.kind_of(&event), expected.next().copied());
    }

    /// However a page is cut: what is read of it in parts is what is in it, in the order of the events, and each kind is of
    /// one share.
    #[test]
    fn a_page_that_is_read_in_parts_says_what_it_says_as_a_whole(
        events in proptest::collection::vec((0_usize..6, any_event()), 0..60), most in 1_usize..4,
    ) {
        let users: Vec<_> = events.iter().map(|(number, _)| user(*number)).collect();
        let entries: Vec<_> = (events.iter().zip(&users).zip(1_u64..))
            .map(|(((_, event), user), place)| Entry { place, user, seq: place, at: at(place), event: Some(event) })
            .collect();
        let strong = |batch: &Batch| -> Vec<(UserId, u64)> {
            let people = batch.people().iter();
            people.flat_map(|(user, alerts)| alerts.iter().map(|it| (user.clone(), it.seq))).collect()
        };
        let whole = Batch::of((Share::Proven, 0), entries.iter().copied(), &thresholds(), 1_000, at(DAY));
        let mut parts = Vec::new();
        let mut after = 0;
        for _ in 0..=events.len() {
            let rest = entries.iter().copied().filter(|it| it.place > after);
            let part = Batch::of((Share::Proven, after), rest, &thresholds(), most, at(DAY));
            prop_assert!(part.people().len() <= most);
            prop_assert!(part.last() > after || !part.is_cut());
            parts.extend(strong(&part));
            after = part.last();
        }
        let mut expected = strong(&whole);
        parts.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(parts, expected);
        prop_assert_eq!(after, u64::try_from(events.len()).unwrap());
        for share in Share::ALL {
            let batch = Batch::of((share, 0), entries.iter().copied(), &thresholds(), 1_000, at(DAY));
            let mut alerts = batch.people().iter().flat_map(|(_, alerts)| alerts);
            prop_assert!(alerts.all(|it| share.has(it.kind)));
        }
    }
}

#[test]
fn wrong_answers_in_a_row_are_one_alert_and_a_block_tells_what_it_came_of() {
    let row = [(1, wrong(2)), (1, wrong(3)), (2, wrong(4)), (1, wrong(4))];
    let batch = page(Share::Password, &row, 10);
    let [(first, of_first), (second, of_second)] = batch.people() else {
        panic!("{:?}", batch.people())
    };
    assert_eq!((first, second), (&user(1), &user(2)));
    assert_eq!(kinds(of_first), [(AlertKind::WrongAnswers, 4)]);
    assert_eq!(of_first[0].seq, 4);
    assert_eq!(kinds(of_second), [(AlertKind::WrongAnswers, 4)]);
    let block = [(1, wrong(4)), (1, wrong(5)), (1, blocked())];
    let batch = page(Share::Password, &block, 10);
    assert_eq!(kinds(&batch.people()[0].1), [(AlertKind::Blocked, 1)]);
    // What a password alone brings about is in no batch of a proof.
    assert!(page(Share::Proven, &block, 10).people().is_empty());
}

#[test]
fn what_is_older_than_three_days_is_told_to_nobody_and_passed_over() {
    let event = new_network();
    let user = user(1);
    let entry = |place: u64, at: UnixTime| Entry {
        place,
        user: &user,
        seq: place,
        at,
        event: Some(&event),
    };
    let now = at(10 * DAY);
    let entries = [
        entry(1, now.minus(3 * DAY + 1)),
        entry(2, now.minus(3 * DAY)),
        // Of a clock that was ahead: it is of the present.
        entry(3, now.plus(DAY)),
    ];
    let batch = Batch::of((Share::Proven, 0), entries, &thresholds(), 10, now);
    let told: Vec<_> = batch.people()[0].1.iter().map(|it| it.at).collect();
    assert_eq!(told, [now.minus(3 * DAY), now]);
    assert_eq!(batch.last(), 3);
}

#[test]
fn ten_thousand_accounts_that_are_guessed_at_are_one_digest() {
    let mut state = AlertsState::at(0, at(0));
    let events: Vec<_> = (0..10_000).map(|number| (number, wrong(5))).collect();
    let batch = page(Share::Password, &events, 10_000);
    state.take(Share::Password, &batch, &names(&batch), at(DAY));
    let (number, digest) = state.hand_out(60, at(DAY)).unwrap();
    let [line] = digest.lines() else { panic!() };
    assert_eq!(line.kind(), Some(AlertKind::WrongAnswers));
    assert_eq!(
        (line.times, line.accounts(), line.is_more),
        (10_000, 200, true)
    );
    assert_eq!(line.names.len(), 5);
    assert!(state.hand_out(60, at(DAY)).is_none(), "one process alone");
    state.sent(number, at(DAY));
    assert!(state.hand_out(60, at(2 * DAY)).is_none());
}

#[test]
fn the_largest_row_fits_into_one() {
    let mut state = AlertsState::at(u64::MAX - 1, at(0));
    let mut gather = |now: UnixTime| {
        for kind in AlertKind::ALL {
            for number in 0..1_000 {
                let name = "\u{10ffff}".repeat(255);
                state.gathered.count(*kind, now, hash(number), &name);
            }
        }
        let facts: Vec<_> = (0..200)
            .map(|it| {
                Fact::of(
                    FactKind::BudgetLow,
                    &format!("{it}{}", "\u{fc}".repeat(90)),
                    100,
                )
            })
            .collect();
        let sends: Vec<_> = (0..200)
            .map(|it| Sends {
                what: format!("{it}{}", "x".repeat(70)),
                sends: u64::MAX / 2,
                failures: u64::MAX / 2,
            })
            .collect();
        state.look(facts, Some((&sends, 1)), now);
        let long = UserId::new("7".repeat(191)).unwrap();
        let event = new_network();
        let entry = Entry {
            place: u64::MAX,
            user: &long,
            seq: 1,
            at: now,
            event: Some(&event),
        };
        let entries = std::iter::repeat_n(entry, 100);
        let after = state.cursor(Share::Proven);
        let batch = Batch::of((Share::Proven, after), entries, &thresholds(), 10, now);
        state.take(Share::Proven, &batch, &[(hash(1), String::new())], now);
        let _ = state.hand_out(60, now);
        postcard::to_extend(&state, Vec::new()).unwrap().len()
    };
    gather(at(0));
    let bytes = gather(at(30));
    assert!(bytes < 60 * 1024, "{bytes}");
}

#[test]
fn a_fact_is_told_when_it_begins_and_a_day_later_if_it_still_is() {
    let mut state = AlertsState::at(0, at(0));
    let down = Fact::of(FactKind::ProviderDown, "one", 0);
    let few = Fact::of(FactKind::FewAdministrators, "", 1);
    let mut told = |found: &[&Fact], now: u64| -> Vec<FactKind> {
        state.gathered = Gathered::default();
        state.look(
            found.iter().map(|it| (*it).clone()).collect(),
            None,
            at(now),
        );
        state.gathered.facts.iter().map(|it| it.kind).collect()
    };
    assert_eq!(told(&[&down, &few], 0), [down.kind, few.kind]);
    // It comes and goes: that is told once.
    for now in 1..50 {
        let found: &[&Fact] = if now % 2 == 0 {
            &[&down, &few]
        } else {
            &[&few]
        };
        assert!(told(found, now * 600).is_empty());
    }
    assert_eq!(told(&[&down, &few], DAY), [down.kind]);
    assert_eq!(told(&[&few], 7 * DAY), [few.kind]);
    // A clock that was ahead silences nothing for longer than a day.
    assert_eq!(told(&[&down], 400 * DAY), [down.kind]);
    assert!(told(&[&down], 30 * DAY).is_empty());
    assert_eq!(told(&[&down], 31 * DAY), [down.kind]);
}

#[test]
fn a_provider_fails_too_often_by_its_share_of_at_least_twenty_messages_of_an_hour() {
    let found = |steps: &[(u64, u64, u64)]| -> Vec<bool> {
        let mut state = AlertsState::at(0, at(0));
        let step = |(now, sends, failures): &(u64, u64, u64)| {
            state.gathered = Gathered::default();
            let counts = [Sends {
                what: "one sms".to_owned(),
                sends: *sends,
                failures: *failures,
            }];
            state.look(Vec::new(), Some((&counts, 20)), at(*now));
            !state.gathered.facts.is_empty()
        };
        steps.iter().map(step).collect()
    };
    // What was before it was looked at says nothing.
    assert_eq!(found(&[(0, 10, 10_000)]), [false]);
    let just = [(0, 0, 0), (300, 15, 4), (600, 16, 4), (900, 17, 5)];
    assert_eq!(found(&just), [false, false, true, false]);
    assert_eq!(found(&[(0, 0, 0), (300, 81, 19)]), [false, false]);
    assert_eq!(found(&[(0, 0, 0), (300, 80, 20)]), [false, true]);
    // Old failures are forgotten with their hour.
    let old = [(0, 0, 0), (HOUR, 1_000, 19), (HOUR + 300, 1_001, 22)];
    assert_eq!(found(&old), [false, false, false]);
    // Counts that fell are those of another row, and no number of messages.
    assert_eq!(
        found(&[(0, 50, 50), (300, 5, 5), (600, 30, 35)]),
        [false, false, true]
    );
}

/// What may happen to the row.
#[derive(Debug, Clone)]
enum Act {
    Found(usize),
    HandOut,
    Sent,
    Fact(u64),
    Later(u64),
    ClockBack(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1_usize..5).prop_map(Act::Found),
        4 => Just(Act::HandOut),
        2 => Just(Act::Sent),
        1 => (0_u64..3).prop_map(Act::Fact),
        4 => (1_u64..5_000).prop_map(Act::Later),
        1 => (1_u64..100_000).prop_map(Act::ClockBack),
    ];
    proptest::collection::vec(act, 1..120)
}

proptest! {
    /// Whatever happens in whatever order: what was found is in a digest that was said to be sent, or still to come; and no
    /// two that were sent are closer than an hour, unless a clock went back between them.
    #[test]
    fn nothing_is_lost_and_no_digest_is_early(acts in acts()) {
        let mut state = AlertsState::at(0, at(0));
        let (mut now, mut place) = (at(10 * DAY), 0_u64);
        let (mut found, mut told) = (0_u64, 0_u64);
        let mut handed: Option<(u32, Gathered)> = None;
        let mut last_sent: Option<UnixTime> = None;
        let count = |gathered: &Gathered| -> u64 { gathered.lines().iter().map(|it| it.times).sum() };
        for act in acts {
            match act {
                Act::Found(many) => {
                    let event = new_network();
                    let user = user(many);
                    let entries = (0..many).map(|_| Entry { place: place + 1, user: &user, seq: 1, at: now, event: Some(&event) });
                    let batch = Batch::of((Share::Proven, place), entries, &thresholds(), 10, now);
                    // By two processes.
                    state.take(Share::Proven, &batch, &names(&batch), now);
                    state.take(Share::Proven, &batch, &names(&batch), now);
                    place = batch.last();
                    found += u64::try_from(many).unwrap();
                }
                Act::HandOut => {
                    if let Some(new) = state.hand_out(60, now) {
                        let is_first = handed.is_none();
                        if let (true, Some(last)) = (is_first, last_sent) {
                            prop_assert!(last.until(now) >= HOUR || last > now);
                        }
                        handed = Some(new);
                        prop_assert!(state.hand_out(60, now).is_none());
                    }
                }
                Act::Sent => {
                    if let Some((number, digest)) = handed.take() {
                        state.sent(number.wrapping_sub(1), now);
                        state.sent(number, now);
                        prop_assert!(!state.is_handed());
                        told += count(&digest);
                        last_sent = Some(now);
                    }
                }
                Act::Fact(value) => state.look(vec![Fact::of(FactKind::BudgetLow, "", value)], None, now),
                Act::Later(seconds) => now = now.plus(seconds),
                Act::ClockBack(seconds) => {
                    now = now.minus(seconds);
                    last_sent = None;
                }
            }
        }
        if let Some((number, digest)) = handed {
            state.sent(number, now);
            told += count(&digest);
        }
        now = now.plus(2 * DAY);
        if let Some((_, digest)) = state.hand_out(60, now) {
            told += count(&digest);
        }
        prop_assert_eq!(told, found);
    }
}
