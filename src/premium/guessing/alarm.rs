//! Guessing that no account by itself sees: a little for each of many, or a little from each of many networks.
//!
//! ```text
//! row "guessing" = sealed (crypto::seal, domain "guessing"), bound to the site and to the version of the row; as postcard
//!                  writes it: { format 1, windows: [ { since, failures, accounts, networks }, hour and day ], alarms }
//! ```
//!
//! Accounts and networks are in it as short keyed hashes, so that each is counted once, and no more of them than raise an
//! alarm. A window begins anew with the first wrong answer after its end. A row that cannot be read is begun anew: nothing
//! in it is a limit. An alarm is raised once a window.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::crypto::Domain;
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};

const FORMAT: u8 = 1;

/// Length of each window in seconds, and how many times the threshold of an hour it has.
const WINDOWS: [(u64, u32); 2] = [(3_600, 1), (86_400, 4)];

/// Alarms of each kind that are kept, and for how long in seconds: a month.
const MOST_ALARMS: usize = 30;
const KEPT: u64 = 30 * 86_400;

/// The name of an account or a network: tells two apart and nothing else.
type Short = [u8; 6];

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmKind {
    /// Answers were wrong for many accounts.
    Accounts,
    /// They came from many networks.
    Networks,
    /// So many for one account that its password is held for known to somebody else.
    Account,
}

/// An alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// About what.
    pub kind: AlarmKind,
    /// When the window began in which it was raised.
    pub since: UnixTime,
    /// When it was raised.
    pub at: UnixTime,
    /// Wrong answers in the window until then.
    pub failures: u32,
    /// For how many accounts.
    pub accounts: u32,
    /// From how many networks.
    pub networks: u32,
    /// How often it was raised in that window: once, but for [`AlarmKind::Account`], which is one an hour however many
    /// accounts there are.
    pub times: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    since: UnixTime,
    failures: u32,
    accounts: Vec<Short>,
    networks: Vec<Short>,
}

impl Window {
    const fn new(since: UnixTime) -> Self {
        Self {
            since,
            failures: 0,
            accounts: Vec::new(),
            networks: Vec::new(),
        }
    }
}

/// From how many on an alarm is raised within an hour; within a day it is four times as many. 0: never.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Accounts.
    pub accounts: u32,
    /// Networks.
    pub networks: u32,
}

/// Adds one to those that were seen, if it is new and there is room below the threshold. Whether that was reached by it.
fn sees(seen: &mut Vec<Short>, one: Short, threshold: u32) -> bool {
    let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
    if seen.len() >= threshold || seen.contains(&one) {
        return false;
    }
    seen.push(one);
    seen.len() == threshold
}

fn count(seen: &[Short]) -> u32 {
    u32::try_from(seen.len()).unwrap_or(u32::MAX)
}

/// The key of the row.
#[derive(Debug)]
pub struct GuessingKey;

impl RowKey for GuessingKey {
    type Row = GuessingRow;

    const KIND: RowKind = RowKind::Guessing;

    fn id(&self) -> String {
        String::new()
    }
}

/// What was wrong lately, all over the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessingRow {
    format: u8,
    windows: [Window; 2],
    alarms: Vec<Alarm>,
}

impl GuessingRow {
    /// Nothing.
    #[must_use]
    pub fn begun(now: UnixTime) -> Self {
        Self {
            format: FORMAT,
            windows: [Window::new(now), Window::new(now)],
            alarms: Vec::new(),
        }
    }

    /// An answer was wrong, for that account and from that network, each by its hash. `is_suspected`: with it the password
    /// is held for known to somebody else. Returns the alarms that are raised now.
    pub fn count(
        &mut self,
        account: Short,
        network: Short,
        is_suspected: bool,
        thresholds: Thresholds,
        now: UnixTime,
    ) -> Vec<Alarm> {
        self.put_right(now);
        let mut raised = Vec::new();
        for (window, (seconds, times)) in self.windows.iter_mut().zip(WINDOWS) {
            if now >= window.since.plus(seconds) {
                *window = Window::new(now);
            }
            window.failures = window.failures.saturating_add(1);
            let of = |threshold: u32| threshold.saturating_mul(times);
            let accounts = sees(&mut window.accounts, account, of(thresholds.accounts));
            let networks = sees(&mut window.networks, network, of(thresholds.networks));
            let kinds = [
                (accounts, AlarmKind::Accounts),
                (networks, AlarmKind::Networks),
                (is_suspected && times == 1, AlarmKind::Account),
            ];
            for (_, kind) in kinds.into_iter().filter(|(is_raised, _)| *is_raised) {
                raised.push(Alarm {
                    kind,
                    since: window.since,
                    at: now,
                    failures: window.failures,
                    accounts: count(&window.accounts),
                    networks: count(&window.networks),
                    times: 1,
                });
            }
        }
        for alarm in &raised {
            self.keep(*alarm);
        }
        raised
    }

    /// Keeps it beside those of other kinds: whoever has accounts of their own raises as many of one kind as they like.
    fn keep(&mut self, mut alarm: Alarm) {
        if alarm.kind == AlarmKind::Account {
            let mut alarms = self.alarms.iter();
            let same = |it: &Alarm| it.kind == alarm.kind && it.since == alarm.since;
            if let Some(place) = alarms.position(same) {
                let before = self.alarms.remove(place);
                alarm.times = before.times.saturating_add(1);
            }
        }
        self.alarms.push(alarm);
        let of_it = |it: &Alarm| it.kind == alarm.kind;
        if self.alarms.iter().filter(|it| of_it(it)).count() > MOST_ALARMS
            && let Some(oldest) = self.alarms.iter().position(of_it)
        {
            self.alarms.remove(oldest);
        }
    }

    /// What a clock that was ahead has dated is of the present, and what is too old is gone.
    fn put_right(&mut self, now: UnixTime) {
        for window in &mut self.windows {
            window.since = window.since.min(now);
        }
        for alarm in &mut self.alarms {
            alarm.since = alarm.since.min(now);
            alarm.at = alarm.at.min(now);
        }
        self.alarms.retain(|alarm| alarm.at.until(now) < KEPT);
    }

    /// The alarms since then, the latest first.
    pub fn alarms(&self, since: UnixTime) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().rev().filter(move |it| it.at >= since)
    }

    /// When it may be forgotten.
    #[must_use]
    pub fn idle_after(&self, now: UnixTime) -> UnixTime {
        now.plus(KEPT)
    }
}

/// One that cannot be read is begun anew.
impl SharedRow for GuessingRow {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let plain = context.open(Domain::Guessing, bytes);
        let row = plain
            .ok()
            .and_then(|plain| match postcard::take_from_bytes::<Self>(&plain) {
                Ok((row, [])) if row.format == FORMAT => Some(row),
                _ => None,
            });
        Ok(row.unwrap_or_else(|| Self::begun(UnixTime::START)))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let plain = postcard::to_extend(self, Vec::new()).map_err(|_| RowError)?;
        Ok(context.seal(Domain::Guessing, &plain)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TWENTY: Thresholds = Thresholds {
        accounts: 20,
        networks: 20,
    };

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(1_800_000_000).unwrap().plus(seconds)
    }

    fn short(number: usize) -> Short {
        let mut short = [0; 6];
        short[..4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
        short
    }

    fn kinds(raised: &[Alarm]) -> Vec<AlarmKind> {
        raised.iter().map(|alarm| alarm.kind).collect()
    }

    #[test]
    fn one_guess_for_each_of_twenty_accounts_is_an_alarm_and_twenty_for_one_are_none() {
        let mut row = GuessingRow::begun(at(0));
        for n in 0..500 {
            assert!(
                row.count(short(1), short(1), false, TWENTY, at(n))
                    .is_empty()
            );
        }
        let mut row = GuessingRow::begun(at(0));
        for n in 1..20 {
            assert!(
                row.count(short(n), short(1), false, TWENTY, at(5))
                    .is_empty()
            );
        }
        let raised = row.count(short(20), short(1), false, TWENTY, at(6));
        assert_eq!(kinds(&raised), [AlarmKind::Accounts]);
        assert_eq!(
            (raised[0].accounts, raised[0].networks, raised[0].failures),
            (20, 1, 20)
        );
        // Once an hour, however it goes on; within a day it is four times as many.
        let more: Vec<_> = (21..=90)
            .flat_map(|n| row.count(short(n), short(1), false, TWENTY, at(7)))
            .collect();
        assert_eq!(kinds(&more), [AlarmKind::Accounts]);
        assert_eq!(more[0].accounts, 80);
        assert_eq!(row.alarms(at(0)).count(), 2);
        assert_eq!(row.alarms(at(7)).count(), 1);
    }

    #[test]
    fn one_account_guessed_at_from_twenty_networks_is_an_alarm() {
        let mut row = GuessingRow::begun(at(0));
        let raised: Vec<_> = (1..=20)
            .flat_map(|n| row.count(short(1), short(n), false, TWENTY, at(1)))
            .collect();
        assert_eq!(kinds(&raised), [AlarmKind::Networks]);
    }

    #[test]
    fn slow_guessing_is_seen_over_a_day() {
        let mut row = GuessingRow::begun(at(0));
        // One account every ten minutes: six an hour.
        let raised: Vec<_> = (0..144)
            .flat_map(|n| row.count(short(n), short(n), false, TWENTY, at(n as u64 * 600)))
            .collect();
        assert_eq!(kinds(&raised), [AlarmKind::Accounts, AlarmKind::Networks]);
    }

    #[test]
    fn a_threshold_of_nothing_raises_nothing_but_a_suspected_password_is_told() {
        let mut row = GuessingRow::begun(at(0));
        let never = Thresholds {
            accounts: 0,
            networks: 0,
        };
        for n in 0..200 {
            assert!(
                row.count(short(n), short(n), false, never, at(1))
                    .is_empty()
            );
        }
        let raised = row.count(short(1), short(1), true, never, at(2));
        assert_eq!(kinds(&raised), [AlarmKind::Account]);
    }

    #[test]
    fn accounts_of_somebody_s_own_push_no_other_alarm_out() {
        let mut row = GuessingRow::begun(at(0));
        for n in 0..20 {
            let _ = row.count(short(n), short(1), false, TWENTY, at(1));
        }
        // Forty within the hour, and one in each of a hundred hours.
        for n in 0..40 {
            let raised = row.count(short(n), short(1), true, TWENTY, at(2));
            assert_eq!(kinds(&raised).last(), Some(&AlarmKind::Account));
        }
        let of = |row: &GuessingRow, kind| {
            let alarms = row.alarms(at(0)).filter(|it| it.kind == kind);
            alarms.map(|it| it.times).collect::<Vec<_>>()
        };
        assert_eq!(of(&row, AlarmKind::Account), [40]);
        for n in 1..100 {
            let _ = row.count(short(1), short(1), true, TWENTY, at(n * 3_600));
        }
        assert_eq!(of(&row, AlarmKind::Account).len(), MOST_ALARMS);
        assert!(!of(&row, AlarmKind::Accounts).is_empty());
    }

    proptest! {
        /// Whatever happens and whatever the clock shows: the row stays small, and nothing in it lies ahead.
        #[test]
        fn the_row_stays_small_and_nothing_in_it_is_of_a_time_to_come(
            acts in proptest::collection::vec((0usize..3_000, 0usize..3_000, any::<bool>(), 0u64..400_000), 1..2_000),
        ) {
            let most = Thresholds { accounts: 200, networks: 200 };
            let mut row = GuessingRow::begun(at(0));
            for (account, network, is_suspected, seconds) in acts {
                row.count(short(account), short(network), is_suspected, most, at(seconds));
                prop_assert!(row.alarms.iter().all(|alarm| alarm.at <= at(seconds)));
                prop_assert!(row.windows.iter().all(|window| window.since <= at(seconds)));
            }
            prop_assert!(row.alarms.len() <= 3 * MOST_ALARMS);
            prop_assert!(postcard::to_extend(&row, Vec::new()).unwrap().len() < 16 * 1024);
        }
    }
}
