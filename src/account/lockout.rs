//! How often a method may fail. One [`Failures`] per user and method.
//!
//! ```text
//!              wrong (fewer than max_attempts)
//!                 ┌────┐
//!                 ▼    │         wrong, max_attempts reached
//!   ─────────▶  FREE ──┴──────────────────────────────▶ BLOCKED until t ──┐
//!                 ▲  ▲                                     │              │ asked before t:
//!         right   │  └───────── t is past ─────────────────┘              │ LockedOut, nothing
//!                 └── (consecutive = 0)                    ▲              │ is looked at
//!                                                          └──────────────┘
//!   disable_after failures in a row, or within disable_window_days whatever succeeded between:
//!   DISABLED until the method is enrolled anew; never a code of 80 bits, which is only slowed down
//! ```
//!
//! A clock that was ahead has put times into the future. [`Failures::put_right`] brings them back whenever an
//! account is loaded: no block is longer from now than the longest, and no failure counts for longer than the
//! window.
//!
//! With growth 2 each failure from the `max_attempts`-th on blocks for 60·2ᵏ s, capped; that leaves
//! a guesser about 0.01 % a day. With growth 1 every `max_attempts`-th failure blocks for the same
//! time: the plain "N failures, then 60 s" policy.

use super::denied::Denied;
use crate::clock::UnixTime;
use crate::config::Policy;

const DAY: u64 = 86_400;
/// `disable_after` goes no higher, so more need not be remembered.
const MOST_REMEMBERED: usize = 100;

/// What a failure led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// Another try is free.
    Free,
    /// The next try has to wait.
    Blocked,
    /// There is no next try.
    Disabled,
}

/// The failures of one method of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Failures {
    pub(super) consecutive: u32,
    pub(super) recent: Vec<UnixTime>,
    pub(super) blocked_until: Option<UnixTime>,
    pub(super) disabled: bool,
}

impl Failures {
    pub(super) const fn disabled(&self) -> bool {
        self.disabled
    }

    pub(super) const fn blocked_until(&self) -> Option<UnixTime> {
        self.blocked_until
    }

    /// Brings back what a clock that was ahead has put into the future.
    pub(super) fn put_right(&mut self, now: UnixTime, policy: &Policy) {
        let longest = now.plus(policy.lockout_max_seconds.into());
        self.blocked_until = self.blocked_until.map(|until| until.min(longest));
        for at in &mut self.recent {
            *at = (*at).min(now);
        }
    }

    /// Whether a proof may be looked at now.
    pub(super) fn admit(&self, now: UnixTime) -> Result<(), Denied> {
        if self.disabled {
            return Err(Denied::LockedOut {
                retry_after: 0,
                disabled: true,
            });
        }
        match self.blocked_until {
            Some(until) if until > now => Err(Denied::LockedOut {
                retry_after: now.until(until),
                disabled: false,
            }),
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub(super) fn charge(&mut self, now: UnixTime, policy: &Policy) -> Charged {
        self.consecutive = self.consecutive.saturating_add(1);
        let window = DAY.saturating_mul(policy.disable_window_days.into());
        let oldest = now.minus(window);
        self.recent.retain(|at| *at > oldest);
        if self.recent.len() >= MOST_REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push(now);
        if self.is_too_many(policy) {
            self.disabled = true;
            return Charged::Disabled;
        }
        match block_seconds(self.consecutive, policy) {
            Some(seconds) => {
                self.blocked_until = Some(now.plus(seconds));
                Charged::Blocked
            }
            None => Charged::Free,
        }
    }

    /// A proof was accepted. What failed in the last weeks still counts towards the cap. Returns how many had failed in a
    /// row.
    pub(super) fn succeed(&mut self) -> u32 {
        self.blocked_until = None;
        std::mem::take(&mut self.consecutive)
    }

    /// What was charged at `at`, before anybody could say whether it was right, was never looked at: it is
    /// as if it had not been charged. What others were charged meanwhile stands.
    pub(super) fn give_back(&mut self, at: UnixTime, outcome: Charged, policy: &Policy) {
        let block = block_seconds(self.consecutive, policy).map(|seconds| at.plus(seconds));
        let its_own = outcome == Charged::Blocked && block == self.blocked_until;
        self.consecutive = self.consecutive.saturating_sub(1);
        self.forget(at);
        if its_own || block_seconds(self.consecutive, policy).is_none() {
            self.blocked_until = None;
        }
        if outcome == Charged::Disabled {
            self.disabled = self.is_too_many(policy);
        }
    }

    fn is_too_many(&self, policy: &Policy) -> bool {
        let recent = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        let most = policy.disable_after;
        let in_window = policy.disable_window_days > 0 && recent >= most;
        most > 0 && (self.consecutive >= most || in_window)
    }

    fn forget(&mut self, at: UnixTime) {
        // By its own time, or by an earlier one if a clock that is behind has brought it back since.
        let place = self.recent.iter().rposition(|time| *time == at);
        if let Some(place) = place.or_else(|| self.recent.iter().rposition(|time| *time < at)) {
            self.recent.remove(place);
        }
    }

    /// What was charged at `at`, before anybody could say whether it was right, was right.
    pub(super) fn refund(&mut self, at: UnixTime, outcome: Charged) {
        self.forget(at);
        if outcome == Charged::Disabled {
            self.disabled = false;
        }
        self.succeed();
    }

    /// Whether another failure blocks for no longer than the last: somebody has waited for each shorter block to end. Where
    /// blocks do not grow no one is the longest.
    pub(super) fn is_at_longest(&self, policy: &Policy) -> bool {
        let longest = u64::from(policy.lockout_max_seconds);
        policy.lockout_growth > 1
            && u64::from(policy.lockout_seconds) < longest
            && block_seconds(self.consecutive, policy).is_some_and(|seconds| seconds >= longest)
    }

    /// An operator ended the block.
    pub(super) fn unblock(&mut self) {
        self.succeed();
    }
}

/// Length of the block after that many failures in a row; `None` for none.
fn block_seconds(consecutive: u32, policy: &Policy) -> Option<u64> {
    let over = consecutive.checked_sub(policy.max_attempts)?;
    if policy.lockout_growth == 1 {
        return consecutive
            .is_multiple_of(policy.max_attempts)
            .then_some(policy.lockout_seconds.into());
    }
    let factor = u64::from(policy.lockout_growth).saturating_pow(over);
    let seconds = u64::from(policy.lockout_seconds).saturating_mul(factor);
    Some(seconds.min(policy.lockout_max_seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    #[test]
    fn five_failures_are_free_of_waiting_and_then_the_block_doubles_up_to_an_hour() {
        let policy = Policy {
            disable_after: 0,
            ..Policy::default()
        };
        let mut failures = Failures::default();
        let mut now = at(1_000_000);
        let mut blocks = Vec::new();
        for _ in 0..14 {
            assert_eq!(failures.admit(now), Ok(()));
            failures.charge(now, &policy);
            if let Err(Denied::LockedOut {
                retry_after,
                disabled: false,
            }) = failures.admit(now)
            {
                blocks.push(retry_after);
                assert!(failures.admit(now.plus(retry_after - 1)).is_err());
                now = now.plus(retry_after);
            } else {
                blocks.push(0);
            }
        }
        assert_eq!(
            blocks,
            [
                0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600
            ]
        );
    }

    #[test]
    fn growth_one_is_the_plain_policy() {
        let policy = Policy {
            lockout_growth: 1,
            max_attempts: 3,
            disable_after: 0,
            ..Policy::default()
        };
        let mut failures = Failures::default();
        let blocked: Vec<bool> = (0..9)
            .map(|_| failures.charge(at(0), &policy) == Charged::Blocked)
            .collect();
        assert_eq!(
            blocked,
            [false, false, true, false, false, true, false, false, true]
        );
    }

    #[test]
    fn success_clears_the_row_but_not_the_month() {
        let policy = Policy::default();
        let mut failures = Failures::default();
        let mut now = at(1_000_000);
        let mut tries = 0;
        // Four failures, then a success, every day: never blocked, and stopped all the same.
        while failures.admit(now)
            != Err(Denied::LockedOut {
                retry_after: 0,
                disabled: true,
            })
        {
            for _ in 0..4 {
                failures.charge(now, &policy);
                tries += 1;
                if failures.disabled() {
                    break;
                }
            }
            failures.succeed();
            now = now.plus(DAY);
            assert!(tries <= 50);
        }
        assert_eq!(tries, 50);
        failures.unblock();
        assert!(
            failures.disabled(),
            "an operator's unlock does not bring back a disabled method"
        );
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let policy = Policy::default();
        let mut failures = Failures::default();
        for day in 0..365 {
            failures.succeed();
            assert_ne!(
                failures.charge(at(1_000_000 + day * 86_400), &policy),
                Charged::Disabled
            );
        }
    }

    proptest! {
        /// Whatever the clock showed before: no block is longer from now than the longest, and what failed counts
        /// for no longer than the window.
        #[test]
        fn no_clock_makes_a_block_or_a_failure_last_longer(
            times in proptest::collection::vec(0i64..4_000_000_000, 1..80), now in 0i64..4_000_000_000,
        ) {
            let (policy, now) = (Policy::default(), at(now));
            let mut failures = Failures::default();
            for time in times {
                failures.put_right(at(time), &policy);
                if failures.admit(at(time)).is_ok() {
                    failures.charge(at(time), &policy);
                }
            }
            failures.put_right(now, &policy);
            prop_assert!(failures.blocked_until.is_none_or(|until| now.until(until) <= 3_600));
            prop_assert!(failures.recent.iter().all(|failed| *failed <= now));
            prop_assert!(failures.disabled || failures.admit(now.plus(3_600)).is_ok());
            // It changes nothing that lies before now.
            let before = failures.clone();
            failures.put_right(now, &policy);
            prop_assert_eq!(failures, before);
        }

        /// Whatever is tried and when: never more looks than the budget allows, and every block ends.
        #[test]
        fn no_more_than_the_budget_is_ever_looked_at(
            steps in proptest::collection::vec((0u64..4000, any::<bool>()), 1..400),
            growth in 1u32..4, max_attempts in 1u32..8, disable_after in 1u32..60,
        ) {
            let policy = Policy { lockout_growth: growth, max_attempts, disable_after, ..Policy::default() };
            let mut failures = Failures::default();
            let mut now = at(1_000_000_000);
            let (mut in_a_row, mut looked) = (0u32, 0u32);
            for (wait, right) in steps {
                now = now.plus(wait);
                match failures.admit(now) {
                    Ok(()) if right => { failures.succeed(); in_a_row = 0; }
                    Ok(()) => { failures.charge(now, &policy); in_a_row += 1; looked += 1; }
                    Err(Denied::LockedOut { disabled: true, .. }) => {
                        prop_assert!(looked >= disable_after);
                    }
                    Err(Denied::LockedOut { retry_after, .. }) => {
                        prop_assert!(in_a_row >= max_attempts);
                        prop_assert!(retry_after <= 3600);
                        prop_assert!(failures.admit(now.plus(retry_after)).is_ok());
                    }
                    Err(other) => prop_assert!(false, "{other}"),
                }
                prop_assert!(looked <= disable_after);
            }
        }
    }
}
