//! Budgets against a model that remembers every message.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use proptest::prelude::*;
use twofactor::clock::UnixTime;
use twofactor::delivery::budget::{Receipt, Spent, Window};

fn at(seconds: u64) -> UnixTime {
    UnixTime::new(i64::try_from(seconds).unwrap()).unwrap()
}

fn window(limit: u32, seconds: u32) -> Window {
    Window::new(limit, seconds).unwrap()
}

/// Messages of the last `seconds` seconds.
fn within(sent: &[u64], now: u64, seconds: u64) -> usize {
    sent.iter()
        .filter(|at| **at <= now && now < **at + seconds)
        .count()
}

/// Lays a window behind every message there was.
fn never_more_than(sent: &[u64], windows: &[Window]) -> Result<(), TestCaseError> {
    for window in windows {
        for end in sent {
            let count = within(sent, *end, window.seconds().into());
            prop_assert!(
                count <= window.limit() as usize,
                "{count} in {} s",
                window.seconds()
            );
        }
    }
    Ok(())
}

/// Through the bytes of the row, as between two requests.
fn kept(spent: &Spent) -> Spent {
    let bytes = spent.to_bytes().unwrap();
    assert!(bytes.len() <= 512);
    Spent::from_bytes(&bytes).unwrap()
}

/// Windows of up to 24 messages are exact, larger ones are not.
fn windows(limits: std::ops::RangeInclusive<u32>) -> impl Strategy<Value = Vec<Window>> {
    proptest::collection::vec(
        (limits, 1u32..5_000).prop_map(|(limit, seconds)| window(limit, seconds)),
        1..=3,
    )
}

/// Waits between two attempts: none, short ones, and some that outlast a window.
fn waits(most: usize) -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(
        prop_oneof![4 => 0u64..3, 3 => 0u64..60, 1 => 0u64..6_000],
        1..most,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_small_budget_grants_exactly_what_the_model_does(
        windows in windows(1..=24), waits in waits(300), start in 0u64..10_000_000_000,
    ) {
        let mut spent = Spent::default();
        let mut sent = Vec::new();
        let mut now = start;
        for wait in waits {
            now += wait;
            let free = windows.iter().all(|w| within(&sent, now, w.seconds().into()) < w.limit() as usize);
            prop_assert_eq!(spent.take(&windows, at(now)).is_ok(), free);
            if free {
                sent.push(now);
            }
            spent = kept(&spent);
        }
        never_more_than(&sent, &windows)?;
    }

    #[test]
    fn a_large_budget_is_never_exceeded_and_late_by_no_more_than_its_grain(
        windows in windows(1..=400), waits in waits(1_200), start in 0u64..10_000_000_000,
    ) {
        let mut spent = Spent::default();
        let mut sent = Vec::new();
        let mut now = start;
        for wait in waits {
            now += wait;
            let granted = spent.take(&windows, at(now)).is_ok();
            if granted {
                sent.push(now);
            } else {
                prop_assert!(windows.iter().any(|w| {
                    let longer = u64::from(w.seconds()) + u64::from(w.grain()) - 1;
                    within(&sent, now, longer) >= w.limit() as usize
                }), "refused for nothing");
            }
            spent = kept(&spent);
        }
        never_more_than(&sent, &windows)?;
    }

    #[test]
    fn what_it_says_to_wait_is_right_to_the_second(
        windows in windows(1..=100), waits in waits(400), back in 0u64..5_000,
    ) {
        let mut spent = Spent::default();
        let mut now = 1_000_000u64;
        for wait in waits {
            now += wait;
            if let Err(wait) = spent.take(&windows, at(now)) {
                prop_assert!(wait >= 1);
                prop_assert!(spent.clone().take(&windows, at(now + wait)).is_ok());
                prop_assert_eq!(spent.clone().take(&windows, at(now + wait - 1)), Err(1));
            }
        }
        // The same on a clock that was put back since.
        let earlier = now - back;
        if let Err(wait) = spent.take(&windows, at(earlier)) {
            prop_assert!(spent.clone().take(&windows, at(earlier + wait)).is_ok());
            if wait > 1 {
                prop_assert_eq!(spent.clone().take(&windows, at(earlier + wait - 1)), Err(1));
            }
        }
    }

    /// Time goes on; the clock is put back again and again, by little or much.
    #[test]
    fn a_clock_that_is_put_back_grants_no_more(
        windows in windows(1..=60),
        steps in proptest::collection::vec(
            (0u64..200, prop_oneof![6 => Just(0u64), 2 => 1u64..100, 1 => 1u64..20_000]), 1..400),
    ) {
        let mut spent = Spent::default();
        let mut sent = Vec::new();
        let (mut now, mut behind) = (100_000_000u64, 0);
        for (wait, back) in steps {
            now += wait;
            behind += back;
            if spent.take(&windows, at(now - behind)).is_ok() {
                sent.push(now);
            }
            spent = kept(&spent);
        }
        never_more_than(&sent, &windows)?;
        // And it heals: two windows later there is room, whatever happened.
        let longest = windows.iter().map(|w| u64::from(w.seconds() + w.grain())).max().unwrap();
        let shown = now - behind;
        let _ = spent.take(&windows, at(shown));
        prop_assert!(spent.take(&windows, at(shown + 2 * longest)).is_ok());
    }

    /// Whatever the clock showed before, however far ahead: nobody waits longer than the longest window, and a
    /// grain where it has grains.
    #[test]
    fn no_wait_is_longer_than_the_window_whatever_the_clock_did(
        windows in windows(1..=60), times in proptest::collection::vec(0u64..4_000_000_000, 1..60),
        now in 0u64..4_000_000_000, bursts in 1usize..20,
    ) {
        let mut spent = Spent::default();
        for time in times {
            for _ in 0..bursts {
                let _ = spent.take(&windows, at(time));
            }
            spent = kept(&spent);
        }
        let longest = windows.iter().map(|w| u64::from(w.seconds() + w.grain() - 1)).max().unwrap();
        let wait = spent.take(&windows, at(now)).err().unwrap_or(0);
        prop_assert!(wait <= longest, "{wait} of {longest}");
        prop_assert!(wait == 0 || kept(&spent).take(&windows, at(now + wait)).is_ok());
    }

    /// Two servers whose clocks differ by a fixed time: as the faster one counts, nothing is exceeded.
    #[test]
    fn clocks_that_differ_grant_no_more(
        windows in windows(1..=24), waits in waits(300), slow in 1u64..50, turns in any::<u64>(),
    ) {
        let windows: Vec<Window> = windows
            .into_iter()
            .map(|w| window(w.limit(), w.seconds().max(60)))
            .collect();
        let mut spent = Spent::default();
        let mut sent = Vec::new();
        let mut now = 1_000_000u64;
        for (n, wait) in waits.into_iter().enumerate() {
            now += wait;
            let shown = if turns >> (n % 64) & 1 == 1 { now - slow } else { now };
            if spent.take(&windows, at(shown)).is_ok() {
                // The slower one's messages may be dated early by as much as it is slow.
                sent.push(now);
            }
        }
        for window in &windows {
            for end in &sent {
                let count = within(&sent, *end, u64::from(window.seconds()) - slow);
                prop_assert!(count <= window.limit() as usize);
            }
        }
    }

    #[test]
    fn a_row_that_is_forgotten_in_time_is_worth_no_more_than_a_new_one(
        windows in windows(1..=60), waits in waits(200), later in 0u64..10_000,
    ) {
        let mut spent = Spent::default();
        let mut now = 1_000_000u64;
        for wait in waits {
            now += wait;
            let _ = spent.take(&windows, at(now));
        }
        let idle = spent.idle_after(&windows).unwrap();
        let mut new = Spent::default();
        let mut now = idle.plus(later);
        for _ in 0..200 {
            let (old_says, new_says) = (spent.take(&windows, now), new.take(&windows, now));
            prop_assert_eq!(old_says, new_says);
            now = now.plus(old_says.err().unwrap_or(0) / 2);
        }
    }

    /// Bytes that somebody else wrote are refused or read, and never panic; what is read stays in bounds.
    #[test]
    fn foreign_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..64), now in 0u64..4_000_000_000) {
        if let Ok(mut spent) = Spent::from_bytes(&bytes) {
            let windows = [window(5, 60), window(100, 3_600)];
            let _ = spent.idle_after(&windows);
            if let Err(wait) = spent.take(&windows, at(now)) {
                prop_assert!(wait >= 1);
            }
            prop_assert!(spent.to_bytes().is_ok());
        }
    }
}

/// What happens to a row: a message is taken, and what an earlier one took is given back.
#[derive(Debug, Clone)]
enum Step {
    Take { count: u32, is_kept: bool },
    GiveBack { which: prop::sample::Index },
}

/// As the windows of a row are.
fn of_different_lengths(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_by_key(|window| window.seconds());
    windows.dedup_by_key(|window| window.seconds());
    windows
}

/// A row, the same row had nothing of what may be given back been taken, and what may still be given back.
#[derive(Default)]
struct Rows {
    spent: Spent,
    others: Spent,
    open: Vec<Receipt>,
}

impl Rows {
    /// Takes a step in both; false where the rows differ in whether others may take.
    fn step(&mut self, step: Step, times: u32, windows: &[Window], now: u64) -> bool {
        match step {
            Step::GiveBack { which } if !self.open.is_empty() => {
                let receipt = self.open.remove(which.index(self.open.len()));
                self.spent.give_back(&receipt, windows);
            }
            Step::GiveBack { .. } => {}
            Step::Take { count, is_kept } => {
                let count = count * times;
                if self.spent.take_many(count, windows, at(now)).is_err() {
                    return true;
                }
                if is_kept {
                    return self.others.take_many(count, windows, at(now)).is_ok();
                }
                self.open.push(self.spent.receipt(count, windows));
            }
        }
        true
    }
}

fn steps(most: usize) -> impl Strategy<Value = Vec<(i64, Step)>> {
    let step = prop_oneof![
        3 => (1u32..4, any::<bool>()).prop_map(|(count, is_kept)| Step::Take { count, is_kept }),
        2 => any::<prop::sample::Index>().prop_map(|which| Step::GiveBack { which }),
    ];
    let wait = prop_oneof![4 => 0i64..3, 3 => 0i64..60, 1 => 0i64..6_000];
    proptest::collection::vec((wait, step), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is given back, in any order and however late: what others took counts exactly as if what was given
    /// back had never been, but for the shortest window, which gets nothing back.
    #[test]
    fn what_is_given_back_was_never_taken_and_what_others_took_stays(
        windows in windows(1..=24), steps in steps(300), start in 0u64..10_000_000_000,
    ) {
        let windows = of_different_lengths(windows);
        let refunded = &windows[1..];
        let mut spent = Spent::default();
        // When, how many, and whether it was given back.
        let mut sent: Vec<(u64, u32, bool)> = Vec::new();
        let mut open: Vec<(usize, Receipt)> = Vec::new();
        let mut now = start;
        for (wait, step) in steps {
            now += wait.unsigned_abs();
            match step {
                Step::GiveBack { which } if !open.is_empty() => {
                    let (place, receipt) = open.remove(which.index(open.len()));
                    spent.give_back(&receipt, refunded);
                    sent[place].2 = true;
                }
                Step::GiveBack { .. } => {}
                Step::Take { count, is_kept } => {
                    let free = windows.iter().enumerate().all(|(place, window)| {
                        let counts = |(at, count, is_back): &(u64, u32, bool)| {
                            let is_in = now < at + u64::from(window.seconds());
                            if is_in && (place == 0 || !is_back) { (*count).min(window.limit()) } else { 0 }
                        };
                        let taken: u32 = sent.iter().map(counts).sum();
                        taken <= window.limit().saturating_sub(count)
                    });
                    prop_assert_eq!(spent.take_many(count, &windows, at(now)).is_ok(), free);
                    if free {
                        if !is_kept {
                            open.push((sent.len(), spent.receipt(count, &windows)));
                        }
                        sent.push((now, count, false));
                    }
                }
            }
            spent = kept(&spent);
        }
    }

    /// Large windows, which count stretches of time: nothing is granted that would not be had nothing of what was
    /// given back been taken, and when all is given back the row is as good as before.
    #[test]
    fn nothing_is_granted_that_what_others_took_does_not_allow(
        windows in windows(25..=400), steps in steps(600), start in 0u64..10_000_000_000,
    ) {
        let windows = of_different_lengths(windows);
        let mut rows = Rows::default();
        let mut now = start;
        for (wait, step) in steps {
            now += wait.unsigned_abs();
            prop_assert!(rows.step(step, 9, &windows, now));
            rows.spent = kept(&rows.spent);
        }
        for receipt in rows.open {
            rows.spent.give_back(&receipt, &windows);
        }
        let first = |row: &Spent| row.clone().take(&windows, at(now));
        prop_assert_eq!(first(&rows.spent), first(&rows.others));
    }

    /// Clocks that differ or are put back: what others took is still never given away. No window ends meanwhile, for
    /// what a clock that was ahead has forgotten is forgotten with or without anything given back.
    #[test]
    fn clocks_that_differ_give_nothing_of_others_back(
        windows in windows(8..=24), steps in steps(200), backs in proptest::collection::vec(0u64..90, 200),
    ) {
        let longer = |it: &Window| window(it.limit(), it.seconds() + 2_000_000);
        let windows = of_different_lengths(windows.iter().map(longer).collect());
        let mut rows = Rows::default();
        let mut now = 1_700_000_000;
        for ((wait, step), back) in steps.into_iter().zip(backs) {
            // Forth and back by so little that seconds come again.
            now = now + wait.unsigned_abs() % 4 - back % 4;
            if matches!(step, Step::Take { .. }) {
                // Whoever looks at a row brings it to the present, also one that is refused: so it is in both.
                let mut looked_at = rows.others.clone();
                if looked_at.take_many(u32::MAX, &windows, at(now)).is_err() {
                    rows.others = looked_at;
                }
            }
            prop_assert!(rows.step(step, 1, &windows, now));
            rows.spent = kept(&rows.spent);
            // Neither the number of what others took is less, nor the time for which it counts.
            let all_ended = |row: &Spent| row.clone().take_many(u32::MAX, &windows, at(now)).err().unwrap_or(0);
            prop_assert!(all_ended(&rows.spent) >= all_ended(&rows.others));
        }
    }
}
