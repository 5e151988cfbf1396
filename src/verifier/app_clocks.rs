//! What the clocks of many apps say of the server's.
//!
//! A telephone sets its clock by itself, so most are right; where most of those that were used last are off the same way, it
//! is the server's clock that is wrong. Those of old proofs say what it was then: they count for a week, and the latest alone.

use super::finding::{self, Finding};
use crate::account::AppClock;
use crate::clock::UnixTime;

/// The latest apps that are looked at: few, so that those from before the clock was mended are soon outnumbered.
const LATEST: usize = 25;
/// Fewer than these say nothing of the server.
const FEWEST: usize = 3;
/// For so long the clock of an app says something, in seconds: a week.
const LATELY: u64 = 7 * 86_400;

/// What an operator should know of the clocks of apps; `None` while most are right, or they differ.
pub(super) fn finding(clocks: &[AppClock], warn_seconds: u32, now: UnixTime) -> Option<Finding> {
    let mut latest: Vec<_> = clocks.iter().collect();
    latest.retain(|it| it.used.until(now) < LATELY);
    latest.sort_by_key(|it| std::cmp::Reverse(it.used));
    latest.truncate(LATEST);
    let drifts = || latest.iter().filter_map(|it| it.drift);
    let off = |is_it: fn(&i64) -> bool| -> Vec<u64> {
        let mut off: Vec<_> = drifts().filter(is_it).map(i64::unsigned_abs).collect();
        off.sort_unstable();
        off
    };
    let ways = [
        (finding::CLOCK_APPS_AHEAD, off(|drift| *drift > 0)),
        (finding::CLOCK_APPS_BEHIND, off(|drift| *drift < 0)),
    ];
    ways.into_iter().find_map(|(sentence, off)| {
        let is_most = off.len() >= FEWEST && off.len().saturating_mul(2) > latest.len();
        let median = *off.get(off.len() / 2)?;
        if !is_most || median < warn_seconds.into() {
            return None;
        }
        let found = Finding::warning(sentence).with("seen", latest.len());
        Some(found.with("count", off.len()).with("seconds", median))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(1_700_000_000).unwrap().plus(seconds)
    }

    fn app(used: u64, drift: i64) -> AppClock {
        AppClock {
            used: at(used),
            drift: Some(drift).filter(|drift| *drift != 0),
        }
    }

    fn said(clocks: &[AppClock], now: u64) -> Option<String> {
        finding(clocks, 30, at(now)).map(|it| it.message())
    }

    #[test]
    fn the_clock_is_the_server_s_fault_where_most_of_the_latest_apps_are_off_the_same_way() {
        let two = [app(1, 30), app(2, 60)];
        assert_eq!(said(&two, 10), None, "two may be wrong themselves");
        let three = [two.as_slice(), &[app(3, 120), app(4, 0), app(5, -30)]].concat();
        assert_eq!(
            said(&three, 10).unwrap(),
            "of the 5 apps that were used last, 3 are ahead of this server's clock, by 60 s in the median: this server's \
             clock seems to be slow; check the time service"
        );
        let half = [three.as_slice(), &[app(6, 0)]].concat();
        assert_eq!(said(&half, 10), None);
        let behind = [app(1, -30), app(2, -30), app(3, -30), app(4, 30)];
        let said = said(&behind, 10).unwrap();
        assert!(
            said.contains("3 are behind") && said.contains("fast"),
            "{said}"
        );
    }

    #[test]
    fn what_is_not_worth_telling_or_is_of_last_week_is_not_told() {
        let apps = [app(1, 30), app(2, 30), app(3, 30)];
        assert!(finding(&apps, 30, at(10)).is_some());
        assert!(finding(&apps, 31, at(10)).is_none());
        assert!(finding(&apps, 30, at(LATELY)).is_some());
        assert!(finding(&apps, 30, at(LATELY + 1)).is_none(), "two are left");
    }

    #[test]
    fn a_clock_that_was_mended_is_told_no_more_once_as_many_have_signed_in() {
        let before: Vec<_> = (0..25).map(|n| app(n, 60)).collect();
        assert!(said(&before, 100).is_some());
        let after: Vec<_> = before
            .into_iter()
            .chain((50..63).map(|n| app(n, 0)))
            .collect();
        assert_eq!(said(&after, 100), None);
    }
}
