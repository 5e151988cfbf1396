//! Authenticator apps: the enrolled one, and one whose user has not proven to have it yet.

use super::ids::GrantId;
use super::label::Label;
use super::totp::{PENDING_SECONDS, Totp};
use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;

/// An enrolled authenticator.
#[derive(Debug, Clone)]
pub(super) struct AppFactor {
    pub(super) totp: Totp,
    /// The last accepted time step.
    pub(super) last_step: u64,
    /// How far its clock was off then, in seconds: a multiple of the period.
    pub(super) drift: i64,
}

impl AppFactor {
    /// Accepts a code of a step later than every accepted one, and remembers that step. The work is the same
    /// whatever the code is.
    pub(super) fn accept(&mut self, code: &str, now: UnixTime, policy: &Policy) -> bool {
        let matched =
            self.totp
                .matching_step_after(Some(self.last_step), code, now, policy.totp_window);
        let Some(step) = matched else { return false };
        self.last_step = step;
        self.drift = drift(&self.totp, step, now);
        true
    }

    /// When the step after the last accepted one begins, on a clock as far off as this one's was.
    pub(super) fn next(&self) -> Option<UnixTime> {
        let begins = self.last_step.checked_add(1)?;
        let begins = begins.checked_mul(self.totp.period().into())?;
        let seconds = i64::try_from(begins).ok()?.checked_sub(self.drift)?;
        UnixTime::new(seconds).ok()
    }
}

fn drift(totp: &Totp, step: u64, now: UnixTime) -> i64 {
    let ahead = i128::from(step) - i128::from(totp.step(now));
    i64::try_from(ahead * i128::from(totp.period())).unwrap_or(0)
}

/// What of an account a set-up began in: it ends when either is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Began {
    pub(super) epoch: u64,
    /// How often the account was found to be written by a clock that was ahead. A set-up from such a clock is over
    /// then, also when its time comes.
    pub(super) set_back: u32,
}

/// A secret whose user has not proven to have it yet. It is kept by nobody but whoever began the set-up, in its
/// sealed token: nobody else can see it, end it or have it confirmed.
#[derive(Debug, Clone)]
pub struct PendingTotp {
    pub(super) totp: Totp,
    /// What its user calls the app.
    pub(super) label: Label,
    /// What the app is to call the account.
    pub(super) name: String,
    /// The proof that it was begun with, if one was needed: it is good for other changes after this one.
    pub(super) grant: Option<GrantId>,
    pub(super) began: Began,
    pub(super) started: UnixTime,
}

impl PendingTotp {
    /// The secret and its parameters.
    #[must_use]
    pub const fn totp(&self) -> &Totp {
        &self.totp
    }

    /// What the app is to call the account.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its user calls the app.
    #[must_use]
    pub const fn label(&self) -> &Label {
        &self.label
    }

    pub(super) const fn grant(&self) -> Option<&GrantId> {
        self.grant.as_ref()
    }

    /// Whether it may still be confirmed, by an account as it is now.
    pub(super) fn counts(&self, account: Began, now: UnixTime) -> bool {
        self.began == account
            && self.started <= now.plus(SKEW)
            && now < self.started.plus(PENDING_SECONDS)
    }

    /// The factor, if `code` is one of it: that code is spent.
    pub(super) fn prove(&self, code: &str, now: UnixTime, policy: &Policy) -> Option<AppFactor> {
        let step = self.totp.matching_step(code, now, policy.totp_window)?;
        Some(AppFactor {
            last_step: step,
            drift: drift(&self.totp, step, now),
            totp: self.totp.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::totp::TotpSecret;
    use super::*;
    use crate::types::Algorithm;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    #[test]
    fn a_step_is_accepted_once_and_never_an_earlier_one() {
        let secret = TotpSecret::new(b"12345678901234567890").unwrap();
        let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
        let policy = Policy::default();
        let now = at(1_000_000_020);
        let code = |offset: i64| totp.at(at(1_000_000_020 + offset * 30)).to_string();
        for first in -1..=1 {
            let mut factor = AppFactor {
                totp: totp.clone(),
                last_step: 0,
                drift: 0,
            };
            assert!(factor.accept(&code(first), now, &policy));
            assert_eq!(factor.drift, first * 30);
            for again in -1..=1 {
                let expected = again > first;
                let mut factor = factor.clone();
                assert_eq!(
                    factor.accept(&code(again), now, &policy),
                    expected,
                    "{first} then {again}"
                );
            }
        }
        let mut factor = AppFactor {
            totp: totp.clone(),
            last_step: 0,
            drift: 0,
        };
        assert!(!factor.accept(&code(2), now, &policy) && !factor.accept(&code(-2), now, &policy));
    }
}
