//! Answers from where no proof of the user has come: how they are counted, and what follows of many.
//!
//! See [`Guesses`](super::guesses::Guesses) for the drawing. Whether anything is counted, and up to which numbers, is not
//! decided here: `premium` does, and without it nothing of this is ever written.

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::denied::Denied;
use super::state::Account;
use crate::audit::{Event, EventKind};
use crate::types::{Method, Requester};

impl Account {
    /// Whether a challenge is open, so that a proof of it would be looked at.
    #[must_use]
    pub fn has_open(&self, token: &ChallengeToken, context: &RuleContext<'_>) -> bool {
        self.list(token.purpose)
            .is_open(token, context.now, context.policy)
    }

    /// Whether one of the last proofs came from where the request of `context` comes from: no limit that whoever has only
    /// the password can use up is for such a one. Where its challenge was opened says nothing of who answers it: a token
    /// travels.
    #[must_use]
    pub fn is_usual(&self, context: &RuleContext<'_>) -> bool {
        self.opener(context.audit).is_known
    }

    /// Seconds until an answer from where the request comes from may be looked at, where `most` wrong ones a day are.
    #[must_use]
    pub fn guess_wait(&self, most: u32, context: &RuleContext<'_>) -> u64 {
        let from = self.name_of(context.audit.site());
        self.guesses.of(from).wait(context.now, most)
    }

    /// Counts a wrong answer from where the request comes from.
    pub fn count_guess(&mut self, most: u32, context: &RuleContext<'_>) {
        let from = self.name_of(context.audit.site());
        self.guesses.count(from, most, context.now);
    }

    /// Counts a wrong answer, which was charged before, towards `after` in a day. With the last of them the password is held
    /// for known to somebody else, and so it is, however few they are, when the method is disabled by this one, or is blocked
    /// for as long as a method ever is: whoever guesses slowly enough to stay below `after` is told of, too. It is noted,
    /// whoever has guessed and not proven anything yet has to begin again, and the next proof is told so. What was opened from
    /// where nobody has been wrong stays open: it is as likely its owner's.
    pub fn suspect_after(
        &mut self,
        after: u32,
        token: &ChallengeToken,
        method: Method,
        context: &mut RuleContext<'_>,
    ) -> bool {
        let (now, policy) = (context.now, context.policy);
        let today = self.guesses.one_more_today(now);
        let is_due = self.must_change_password();
        let counter = self.counter_for(token, method);
        // Of the longest block it is told once: the next is as long. The owner's mistakes at home are none of `today`.
        let has_waited = !is_due && today >= policy.max_attempts && counter.is_at_longest(policy);
        let why = if today >= after {
            format!("{after} failures")
        } else if counter.disabled() {
            "disabled".to_owned()
        } else if has_waited {
            "longest block".to_owned()
        } else {
            return false;
        };
        self.guesses.suspect(now);
        let here = self.name_of(context.audit.site());
        let Self {
            challenges,
            guesses,
            ..
        } = self;
        challenges.end_guessed(|from| from == here || guesses.has_guessed(from));
        let event = Event::by_itself(EventKind::PasswordSuspected).purpose(token.purpose);
        context.note(event.because(&why));
        true
    }

    /// An answer that was counted has not been looked at by anybody.
    pub fn take_back_guess(&mut self, context: &RuleContext<'_>) {
        let from = self.name_of(context.audit.site());
        self.guesses.take_back(from);
    }

    /// A proof came from there: nothing that was wrong before is held against it.
    pub(super) fn forgive_guesses(&mut self, context: &RuleContext<'_>) {
        if self.guesses.networks.is_empty() {
            return;
        }
        let from = self.name_of(context.audit.site());
        self.guesses.forgive(from);
    }

    /// Whether the user is to be asked for a new password.
    #[must_use]
    pub const fn must_change_password(&self) -> bool {
        self.guesses.password_due.is_some()
    }

    /// Nothing from where the request comes from is looked at: it is noted, where its challenge is open, and refused as
    /// what is wrong is. Nothing is charged.
    pub fn refuse_network(
        &self,
        token: &ChallengeToken,
        method: Method,
        context: &mut RuleContext<'_>,
    ) -> Denied {
        if !self.has_open(token, context) {
            return Denied::ChallengeClosed;
        }
        let event = Event::new(EventKind::NetworkRefused, Requester::of(token.purpose));
        context.note(event.purpose(token.purpose).method(method));
        Denied::Rejected
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::context::AuditBuffer;
    use super::super::guesses::{DAY, each};
    use super::super::ids::ChallengeId;
    use super::super::spent::{Found, ShownFrom};
    use super::*;
    use crate::clock::UnixTime;
    use crate::config::Policy;
    use crate::crypto::HashKey;
    use crate::types::{Purpose, UserId};

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(1_800_000_000).unwrap().plus(seconds)
    }

    fn with<T>(ip: &str, now: UnixTime, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
        let policy = Policy::default();
        let mut audit = AuditBuffer::from_ip(Some(ip));
        rule(&mut RuleContext::new(now, &policy, &mut audit))
    }

    fn login() -> ChallengeToken {
        ChallengeToken {
            user: UserId::new("ada").unwrap(),
            purpose: Purpose::Login,
            id: ChallengeId::new([1; 16]),
        }
    }

    /// One wrong answer at the app, each from another address; whether the password is suspected with it, and whether the app
    /// is disabled.
    fn guess(account: &mut Account, n: usize, now: UnixTime) -> (bool, bool) {
        let ip = format!("198.51.{}.{}", n / 250, n % 250);
        with(&ip, now, |c| {
            account.charge(
                &login(),
                Method::Totp,
                &Found::nothing(),
                ShownFrom::NOWHERE,
                c,
            );
            let told = account.suspect_after(20, &login(), Method::Totp, c);
            (told, account.failures_of(Method::Totp).disabled())
        })
    }

    #[test]
    fn who_guesses_whenever_a_block_ends_is_told_of_long_before_the_method_is_disabled() {
        let mut account = Account::new(HashKey::new([7; 32]));
        let (mut now, mut told) = (at(0), Vec::new());
        for n in 1..100 {
            let (is_told, is_disabled) = guess(&mut account, n, now);
            if is_told {
                told.push(n);
            }
            if is_disabled {
                break;
            }
            let block = account.failures_of(Method::Totp).blocked_until();
            now = block.unwrap_or(now);
        }
        // The eleventh block is the first of an hour; then it is the count of a day; at last it is disabled.
        assert_eq!(told, [11, 31, 50]);
    }

    #[test]
    fn what_is_wrong_twenty_times_within_a_day_is_counted_however_it_is_spread() {
        let mut account = Account::new(HashKey::new([7; 32]));
        let told: Vec<_> = (0..20)
            .map(|n| guess_in_row_of_one(&mut account, n, at(n as u64 * 4_500)))
            .collect();
        assert_eq!(told.iter().position(|told| *told), Some(19));
        // What is a day and an hour ago is forgotten.
        let mut account = Account::new(HashKey::new([7; 32]));
        let told = (0..200).any(|n| guess_in_row_of_one(&mut account, n, at(n as u64 * 4_800)));
        assert!(!told);
    }

    /// The same, and between two of them the owner signs in, so that no block grows.
    fn guess_in_row_of_one(account: &mut Account, n: usize, now: UnixTime) -> bool {
        let (told, disabled) = guess(account, n, now);
        let failures = account.failures_of(Method::Totp);
        *failures = Default::default();
        told && !disabled
    }

    #[test]
    fn a_method_that_its_owner_blocked_at_home_is_no_guessing() {
        let mut account = Account::new(HashKey::new([7; 32]));
        for _ in 0..10 {
            with("192.0.2.1", at(0), |c| {
                account.charge(
                    &login(),
                    Method::Totp,
                    &Found::nothing(),
                    ShownFrom::NOWHERE,
                    c,
                )
            });
        }
        // One mistake on the way is not held for somebody else's guessing.
        assert_eq!(guess(&mut account, 1, at(10_000)), (false, false));
    }

    #[test]
    fn what_is_wrong_from_one_network_is_held_against_no_other() {
        let mut account = Account::new(HashKey::new([7; 32]));
        for _ in 0..10 {
            with("198.51.100.1", at(0), |c| account.count_guess(10, c));
        }
        let wait = |account: &Account, ip: &str, now| with(ip, now, |c| account.guess_wait(10, c));
        assert_eq!(wait(&account, "198.51.100.1", at(0)), 8_640);
        assert_eq!(wait(&account, "198.51.100.1", at(8_639)), 1);
        assert_eq!(wait(&account, "198.51.100.1", at(8_640)), 0);
        assert_eq!(wait(&account, "198.51.100.2", at(0)), 0);
        // One customer's network of IPv6 is one.
        for _ in 0..10 {
            with("2001:db8:1:1::1", at(0), |c| account.count_guess(10, c));
        }
        assert_eq!(wait(&account, "2001:db8:1:ffff::9", at(0)), 8_640);
        assert_eq!(wait(&account, "2001:db8:2::1", at(0)), 0);
    }

    #[test]
    fn many_are_suspicious_once_and_then_counted_anew() {
        let mut account = Account::new(HashKey::new([7; 32]));
        let mut told = Vec::new();
        for n in 0..45 {
            let ip = format!("198.51.100.{n}");
            let is_told = with(&ip, at(n), |c| {
                account.suspect_after(20, &login(), Method::Totp, c)
            });
            if is_told {
                told.push(n + 1);
            }
            assert_eq!(account.must_change_password(), n >= 19);
        }
        assert_eq!(told, [20, 40]);
    }

    proptest! {
        /// At any pace, with the limits as they are by default.
        #[test]
        fn whoever_guesses_is_told_of_no_later_than_the_method_is_disabled(
            waits in proptest::collection::vec(0u64..90_000, 60..200), factor in 1u64..50,
        ) {
            let mut account = Account::new(HashKey::new([7; 32]));
            let (mut now, mut told) = (at(0), false);
            for (n, wait) in waits.into_iter().enumerate() {
                let block = account.failures_of(Method::Totp).blocked_until();
                now = block.unwrap_or(now).max(now).plus(wait / factor);
                let (is_told, is_disabled) = guess(&mut account, n, now);
                told |= is_told;
                prop_assert!(account.guesses.is_possible());
                prop_assert_eq!(told, account.must_change_password());
                if is_disabled {
                    prop_assert!(told);
                    break;
                }
            }
        }

        /// A clock that was ahead, or is set back between, loses none of them and keeps no more hours than a day has.
        #[test]
        fn no_clock_forgets_what_was_wrong_within_the_day(
            times in proptest::collection::vec(0u64..400_000, 1..80), now in 0u64..400_000,
        ) {
            let mut account = Account::new(HashKey::new([7; 32]));
            for time in times {
                account.guesses.put_right(at(time));
                account.guesses.one_more_today(at(time));
                prop_assert!(account.guesses.is_possible());
            }
            let ahead = account.guesses.hours.clone();
            account.guesses.put_right(at(now));
            prop_assert!(account.guesses.is_possible());
            let sum = |hours: &[super::super::guesses::HourOfGuesses]| hours.iter().map(|it| it.count).sum::<u32>();
            prop_assert_eq!(sum(&ahead), sum(&account.guesses.hours));
        }

        /// Whatever others do, and however many they are.
        #[test]
        fn nobody_is_stopped_who_has_failed_less_often_than_they_may(
            others in proptest::collection::vec((0u8..60, 0u64..4_000), 0..200), own in 0u32..10,
        ) {
            let mut account = Account::new(HashKey::new([7; 32]));
            let mut now = at(0);
            let mut left = own;
            for (n, wait) in others {
                now = now.plus(wait);
                with(&format!("198.51.100.{n}"), now, |c| account.count_guess(10, c));
                if left > 0 {
                    left -= 1;
                    with("203.0.113.1", now, |c| account.count_guess(10, c));
                }
            }
            prop_assert!(account.guesses.is_possible());
            prop_assert_eq!(with("203.0.113.1", now, |c| account.guess_wait(10, c)), 0);
        }

        /// Of any span of a day and from one network, no more are looked at than may fail, and as many as ran out before.
        #[test]
        fn no_network_tries_more_often_than_it_may(
            waits in proptest::collection::vec(0u64..9_000, 1..300), most in 1u32..20,
        ) {
            let mut account = Account::new(HashKey::new([7; 32]));
            let mut now = at(0);
            let mut looked_at = Vec::new();
            for wait in waits {
                now = now.plus(wait);
                let left = with("198.51.100.1", now, |c| account.guess_wait(most, c));
                prop_assert!(left <= each(most));
                if left == 0 {
                    with("198.51.100.1", now, |c| account.count_guess(most, c));
                    looked_at.push(now);
                }
                let within_a_day = looked_at.iter().filter(|at| at.until(now) < DAY).count();
                prop_assert!(within_a_day <= 2 * most as usize, "{within_a_day}");
            }
        }

        /// A clock that was ahead makes nobody wait longer than a step.
        #[test]
        fn no_clock_makes_a_wait_longer(ahead in 0u64..400_000_000, times in 1u32..60, most in 1u32..20) {
            let mut account = Account::new(HashKey::new([7; 32]));
            for _ in 0..times.min(most) {
                with("198.51.100.1", at(ahead), |c| account.count_guess(most, c));
            }
            account.guesses.put_right(at(0));
            prop_assert!(with("198.51.100.1", at(0), |c| account.guess_wait(most, c)) <= each(most));
        }
    }
}
