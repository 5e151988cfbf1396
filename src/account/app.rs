//! Authenticator apps: the enrolled one, and one whose user has not proven to have it yet.

use std::borrow::Cow;

use subtle::{Choice, ConstantTimeLess};

use super::began::Began;
use super::label::Label;
use super::permit::Permit;
use super::totp::{MatchedStep, PENDING_SECONDS, SECRET_BYTES, Totp, TotpSecret};
use crate::clock::{SKEW, UnixTime};
use crate::config::Policy;
use crate::crypto::{Derivation, DerivedKind, Deriver, KeyId};
use crate::types::{Algorithm, SecretMode};

/// Where the secret of an app is.
// In a place of its own already, with its app: in a box a secret would be moved once more.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub(super) enum AppSecret {
    /// In the account, sealed with it.
    Sealed(Totp),
    /// Nowhere: it is derived whenever it is needed.
    Derived(DerivedTotp),
}

/// How codes are made of a secret that is derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DerivedTotp {
    pub(super) from: Derivation,
    pub(super) algorithm: Algorithm,
    pub(super) digits: u8,
    pub(super) period: u32,
}

impl AppSecret {
    /// What makes its codes; `None` when it is derived of a key that is not there.
    pub(super) fn totp(&self, deriver: Option<&Deriver<'_>>) -> Option<Cow<'_, Totp>> {
        let derived = match self {
            Self::Sealed(totp) => return Some(Cow::Borrowed(totp)),
            Self::Derived(derived) => derived,
        };
        let bytes = deriver?.derive(DerivedKind::Totp, &derived.from, 0)?;
        let secret = TotpSecret::new(bytes.get(..SECRET_BYTES)?).ok()?;
        let totp = Totp::new(secret, derived.algorithm, derived.digits, derived.period);
        totp.ok().map(Cow::Owned)
    }

    const fn period(&self) -> u32 {
        match self {
            Self::Sealed(totp) => totp.period(),
            Self::Derived(derived) => derived.period,
        }
    }

    /// What it is derived from, if it is.
    pub(super) const fn derivation(&self) -> Option<&Derivation> {
        match self {
            Self::Sealed(_) => None,
            Self::Derived(derived) => Some(&derived.from),
        }
    }

    pub(super) const fn mode(&self) -> SecretMode {
        match self {
            Self::Sealed(_) => SecretMode::Sealed,
            Self::Derived(_) => SecretMode::Derived,
        }
    }
}

/// An enrolled authenticator.
#[derive(Debug, Clone)]
pub(super) struct AppFactor {
    pub(super) secret: AppSecret,
    /// The last accepted time step.
    pub(super) last_step: u64,
    /// By how many steps its clock is ahead of the server's, as two consecutive codes have said; else 0. The window is around
    /// it, and no wider for it. See [`resync`](super::resync).
    pub(super) offset: i64,
    /// How far its clock was off then, in seconds: a multiple of the period.
    pub(super) drift: i64,
    /// How many accepted codes in a row its clock was off the same way, so far that it is worth telling.
    pub(super) drifts: u8,
}

/// Accepted codes in a row that tell a clock that is off from a code that was typed late.
const SURE_AFTER: u8 = 3;
/// What is not worth telling, in seconds: less than the length of most time steps.
const HARMLESS_DRIFT: u64 = 20;

/// The clock of an app against the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppClock {
    /// When the app was used last.
    pub used: UnixTime,
    /// How far it is ahead, in seconds, once several codes in a row have said so.
    pub drift: Option<i64>,
}

/// Furthest that the clock of an app is followed, in steps; of long ones fewer. See [`resync`](super::resync).
pub(super) const MOST_OFFSET: u8 = 10;
/// And in seconds: five minutes.
const MOST_OFFSET_SECONDS: u32 = 300;

fn widest_offset(period: u32) -> u8 {
    let steps = MOST_OFFSET_SECONDS.checked_div(period).unwrap_or_default();
    u8::try_from(steps).map_or(MOST_OFFSET, |steps| steps.min(MOST_OFFSET))
}

impl AppFactor {
    /// Accepts a code of a step later than every accepted one, and remembers that step. Says also of which earlier step it
    /// is. The work is the same whatever the code is.
    pub(super) fn accept(
        &mut self,
        code: &str,
        now: UnixTime,
        policy: &Policy,
        deriver: Option<&Deriver<'_>>,
    ) -> MatchedStep {
        let Some(totp) = self.secret.totp(deriver) else {
            return MatchedStep::none();
        };
        let centre = totp.step(now).saturating_add_signed(self.offset);
        let last = Some(self.last_step);
        let matched = totp.matching_steps(last, code, centre, policy.totp_window);
        let Some(step) = matched.later else {
            return matched;
        };
        let drift = drift(&totp, step, now);
        self.last_step = step;
        self.drifts = if drift.unsigned_abs() <= HARMLESS_DRIFT {
            0
        } else if drift.signum() == self.drift.signum() {
            self.drifts.saturating_add(1)
        } else {
            1
        };
        self.drift = drift;
        matched
    }

    /// Of which step a code is that [`AppFactor::accept`] did not take, and how many steps that is ahead of the server's
    /// clock: [`MOST_OFFSET`] either way, and no more than five minutes. Also whether it is of a step before the last that was
    /// accepted. It spends and accepts nothing. The work is the same whatever the code is.
    pub(super) fn look_outside(
        &self,
        code: &str,
        now: UnixTime,
        deriver: Option<&Deriver<'_>>,
    ) -> (Option<(u64, i64)>, Choice) {
        let Some(totp) = self.secret.totp(deriver) else {
            return (None, Choice::from(0));
        };
        let (centre, window) = (totp.step(now), widest_offset(totp.period()));
        let matched = totp.matching_steps(Some(self.last_step), code, centre, window);
        let is_earlier = matched.is_spent & matched.spent.ct_lt(&self.last_step);
        let ahead = |step: u64| i64::try_from(i128::from(step) - i128::from(centre)).unwrap_or(0);
        (matched.later.map(|step| (step, ahead(step))), is_earlier)
    }

    /// Two consecutive codes, the later of that step, have said that its clock is that many steps ahead. Returns how many
    /// seconds that are.
    pub(super) fn resynchronise(&mut self, step: u64, ahead: i64, policy: &Policy) -> i64 {
        self.last_step = step;
        // What is in the window of a clock that is right needs no other.
        let is_right = ahead.unsigned_abs() <= policy.totp_window.into();
        self.offset = if is_right { 0 } else { ahead };
        self.drift = ahead.saturating_mul(self.secret.period().into());
        // Two codes that agree are sure.
        self.drifts = SURE_AFTER;
        self.drift
    }

    /// How far its clock is off, in seconds, once that is sure. It widens nothing.
    pub(super) const fn sure_drift(&self) -> Option<i64> {
        if self.drifts >= SURE_AFTER {
            Some(self.drift)
        } else {
            None
        }
    }

    /// When the step after the last accepted one begins, on a clock as far off as this one's was.
    pub(super) fn next(&self) -> Option<UnixTime> {
        let begins = self.last_step.checked_add(1)?;
        let begins = begins.checked_mul(self.secret.period().into())?;
        let seconds = i64::try_from(begins).ok()?.checked_sub(self.drift)?;
        UnixTime::new(seconds).ok()
    }
}

fn drift(totp: &Totp, step: u64, now: UnixTime) -> i64 {
    let ahead = i128::from(step) - i128::from(totp.step(now));
    i64::try_from(ahead * i128::from(totp.period())).unwrap_or(0)
}

/// A secret whose user has not proven to have it yet. It is kept by nobody but whoever began the set-up, in its
/// sealed token, or not even there if it is derived: nobody else can see it, end it or have it confirmed.
#[derive(Debug, Clone)]
pub struct PendingTotp {
    pub(super) secret: AppSecret,
    /// It takes the place of every app, and new codes that of those there are.
    pub(super) replaces: bool,
    /// What its user calls the app.
    pub(super) label: Label,
    /// What the app is to call the account.
    pub(super) name: String,
    /// What it was begun with.
    pub(super) permit: Permit,
    pub(super) began: Began,
    pub(super) started: UnixTime,
}

impl PendingTotp {
    /// The secret and its parameters; `None` when it is derived of a key that is not there.
    #[must_use]
    pub fn totp(&self, deriver: &Deriver<'_>) -> Option<Cow<'_, Totp>> {
        self.secret.totp(Some(deriver))
    }

    /// The key that the secret is derived from, if it is.
    #[must_use]
    pub fn derived_from(&self) -> Option<&KeyId> {
        Some(&self.secret.derivation()?.key)
    }

    /// Whether it takes the place of every app that there is.
    #[must_use]
    pub const fn replaces(&self) -> bool {
        self.replaces
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

    /// What it was begun with.
    #[must_use]
    pub const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Whether it may still be confirmed, by an account as it is now.
    pub(super) fn counts(&self, account: Began, now: UnixTime) -> bool {
        self.began == account
            && self.started <= now.plus(SKEW)
            && now < self.started.plus(PENDING_SECONDS)
    }

    /// The factor, if `code` is one of its secret, which is that of `totp`: that code is spent.
    pub(super) fn prove(
        &self,
        totp: &Totp,
        code: &str,
        now: UnixTime,
        policy: &Policy,
    ) -> Option<AppFactor> {
        let step = totp.matching_step(code, now, policy.totp_window)?;
        Some(AppFactor {
            last_step: step,
            offset: 0,
            drift: drift(totp, step, now),
            drifts: 0,
            secret: self.secret.clone(),
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

    fn accepts(factor: &mut AppFactor, code: &str, now: UnixTime) -> bool {
        let matched = factor.accept(code, now, &Policy::default(), None);
        matched.later.is_some()
    }

    #[test]
    fn a_step_is_accepted_once_and_never_an_earlier_one() {
        let secret = TotpSecret::new(b"12345678901234567890").unwrap();
        let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
        let now = at(1_000_000_020);
        let code = |offset: i64| totp.at(at(1_000_000_020 + offset * 30)).to_string();
        for first in -1..=1 {
            let mut factor = AppFactor {
                secret: AppSecret::Sealed(totp.clone()),
                last_step: 0,
                offset: 0,
                drift: 0,
                drifts: 0,
            };
            assert!(accepts(&mut factor, &code(first), now));
            assert_eq!(factor.drift, first * 30);
            for again in -1..=1 {
                let expected = again > first;
                let mut factor = factor.clone();
                assert_eq!(
                    accepts(&mut factor, &code(again), now),
                    expected,
                    "{first} then {again}"
                );
            }
        }
        let mut factor = AppFactor {
            secret: AppSecret::Sealed(totp.clone()),
            last_step: 0,
            offset: 0,
            drift: 0,
            drifts: 0,
        };
        assert!(!accepts(&mut factor, &code(2), now) && !accepts(&mut factor, &code(-2), now));
    }

    #[test]
    fn a_clock_is_off_once_three_codes_in_a_row_say_so_the_same_way() {
        let secret = TotpSecret::new(b"12345678901234567890").unwrap();
        let totp = Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap();
        let mut factor = AppFactor {
            secret: AppSecret::Sealed(totp.clone()),
            last_step: 0,
            offset: 0,
            drift: 0,
            drifts: 0,
        };
        let mut now = 1_000_000_020;
        let mut sure = |offset: i64| {
            now += 120;
            let code = totp.at(at(now + offset)).to_string();
            assert!(accepts(&mut factor, &code, at(now)));
            factor.sure_drift()
        };
        let told = [30, 30, 30, 30, -30, -30, -30, 0, -30, 30, -30, -30, -30].map(&mut sure);
        let (fast, slow) = (Some(30), Some(-30));
        assert_eq!(
            told,
            [
                None, None, fast, fast, None, None, slow, None, None, None, None, None, slow
            ]
        );
    }
}
