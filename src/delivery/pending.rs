//! Whose verification is pending at a provider that keeps one a number.
//!
//! Such a provider answers everybody who asks for the same number with the same code, and counts all
//! guesses together. So each verification is for one request ([`VerificationClaim`]): whoever asks for something
//! else has it cancelled first, if they stand as high, and waits or goes elsewhere if they do not.
//!
//! ```text
//!   from where a proof has come:  a step-up          ┐
//!                                 a sign-in          │ cancels those below and its equals,
//!   from elsewhere:               a step-up          │ and is cancelled by none below
//!                                 a sign-in          │
//!   anybody                    (enrolment, reset)    ┘
//! ```
//!
//! From elsewhere a password may be all that is behind a sign-in: it must not take the code that the owner waits for.
//!
//! One row a number and pool, written before the provider is asked: a request whose process dies has left
//! its mark, and a verification whose answer was lost is known to be there. The rules use no clock.

use serde::{Deserialize, Serialize};

use crate::clock::{SKEW, UnixTime};
use crate::shared::format::{self, RowError};
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow};
use crate::types::Purpose;

/// Bytes of what tells one request from another.
pub const ID_BYTES: usize = 16;

/// Seconds a provider keeps a verification after it was last sent.
const KEPT: u64 = 600;
/// Longest name of a verification that is kept.
const MOST_REFERENCE: usize = 128;
/// The format of the row; there is one.
const FORMAT: u8 = 1;

/// How much a request for a code has behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// Nobody has proven the number to the account that asks, or nobody has given its password.
    Unproven,
    /// The account that asks has proven the number, and its password was given where no proof has come from yet.
    UnknownNetwork,
    /// Somebody who is signed in there proves it once more.
    StepUpUnknownNetwork,
    /// As [`Standing::UnknownNetwork`], from where one of the account's last proofs came; or a proof was given just now.
    Owner,
    /// Somebody who is signed in from there proves it once more.
    StepUp,
}

impl Standing {
    /// Of a challenge: what it is for, and whether it was opened from where a proof of its user has come.
    #[must_use]
    pub const fn of(purpose: Purpose, is_known: bool) -> Self {
        match (purpose, is_known) {
            (Purpose::StepUp, true) => Self::StepUp,
            (Purpose::StepUp, false) => Self::StepUpUnknownNetwork,
            (Purpose::Login | Purpose::VerifyPhone, true) => Self::Owner,
            (Purpose::Login | Purpose::VerifyPhone, false) => Self::UnknownNetwork,
            (Purpose::ResetPassword, _) => Self::Unproven,
        }
    }
}

/// Who asks, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerificationClaim {
    /// How much it has behind it.
    pub standing: Standing,
    /// A keyed hash of purpose and challenge, or of the enrolment.
    pub id: [u8; ID_BYTES],
}

/// What is pending. One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    format: u8,
    standing: Standing,
    id: [u8; ID_BYTES],
    /// How the provider calls it; not known before it has answered.
    reference: Option<String>,
    /// What was pending before it, until that is known to be cancelled.
    before: Option<String>,
    /// Until when its code is worth something here.
    guarded: UnixTime,
    /// Until when the provider may know it.
    kept: UnixTime,
}

/// What somebody may do who asks for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    /// Ask: nothing is pending, or this very request.
    Ask {
        /// This very request: the provider sends the same code again.
        again: bool,
    },
    /// Cancel this first, then ask. What has no name here is found when the provider answers.
    Cancel(Vec<String>),
    /// A stronger one is pending for so many seconds.
    Wait(u64),
}

impl Pending {
    /// What `claim` may do at `now`, given what is pending.
    #[must_use]
    pub fn leave(pending: Option<&Self>, claim: &VerificationClaim, now: UnixTime) -> Leave {
        let Some(it) = pending.filter(|it| now < it.kept) else {
            return Leave::Ask { again: false };
        };
        if it.is(claim) && it.before.is_none() {
            return Leave::Ask { again: true };
        }
        // A guard that lasts longer than any code was set by a clock that has been put back since.
        let guards = now < it.guarded && it.guarded <= now.plus(KEPT.saturating_add(SKEW));
        if claim.standing < it.standing && guards {
            return Leave::Wait(now.until(it.guarded));
        }
        let mut old = Vec::new();
        old.extend(it.before.clone());
        if !it.is(claim) {
            old.extend(it.reference.clone());
        }
        Leave::Cancel(old)
    }

    /// Whether it is that request's.
    #[must_use]
    pub fn is(&self, claim: &VerificationClaim) -> bool {
        self.id == claim.id && self.standing == claim.standing
    }

    /// Whether it is the verification of that name.
    #[must_use]
    pub fn is_named(&self, reference: &str) -> bool {
        self.reference.as_deref() == Some(reference)
    }

    /// The row that says that `claim` is about to ask for a code that will be good for `seconds`.
    #[must_use]
    pub fn asking(
        pending: Option<&Self>,
        claim: &VerificationClaim,
        now: UnixTime,
        seconds: u64,
    ) -> Self {
        let pending = pending.filter(|it| now < it.kept);
        let mine = pending.filter(|it| it.is(claim));
        let before = match (mine, pending) {
            (Some(mine), _) => mine.before.clone(),
            (None, Some(other)) => other.reference.clone().or_else(|| other.before.clone()),
            (None, None) => None,
        };
        Self {
            format: FORMAT,
            standing: claim.standing,
            id: claim.id,
            reference: mine.and_then(|mine| mine.reference.clone()),
            before,
            guarded: now.plus(seconds.min(KEPT)),
            kept: now.plus(KEPT),
        }
    }

    /// The row after what was pending before is known to be over.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.before = None;
        self
    }

    /// The row after the provider has sent a code and named it.
    #[must_use]
    pub fn named(mut self, reference: &str) -> Self {
        self.reference = (reference.len() <= MOST_REFERENCE).then(|| reference.to_owned());
        self.before = None;
        self
    }

    /// When the row is worth nothing any more.
    #[must_use]
    pub const fn kept(&self) -> UnixTime {
        self.kept
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// [`RowError`]
    pub fn to_bytes(&self) -> Result<Vec<u8>, RowError> {
        format::write(self)
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`RowError`]: do not ask the provider.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        let pending: Self = format::read(bytes)?;
        if pending.format == FORMAT {
            Ok(pending)
        } else {
            Err(RowError)
        }
    }
}

impl SharedRow for Pending {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Self::from_bytes(bytes)
    }

    fn encode(&self, _: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        Ok(self.to_bytes()?)
    }
}

/// The row of a number at a service that keeps one verification a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingKey(String);

impl PendingKey {
    /// `hash` is a keyed hash of service and number.
    #[must_use]
    pub const fn of(hash: String) -> Self {
        Self(hash)
    }
}

impl RowKey for PendingKey {
    type Row = Pending;

    const KIND: RowKind = RowKind::Pending;

    fn id(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::new(1_000_000 + i64::try_from(seconds).unwrap()).unwrap()
    }

    const STANDINGS: [Standing; 5] = [
        Standing::Unproven,
        Standing::UnknownNetwork,
        Standing::StepUpUnknownNetwork,
        Standing::Owner,
        Standing::StepUp,
    ];

    fn claim(standing: Standing, id: u8) -> VerificationClaim {
        VerificationClaim {
            standing,
            id: [id; ID_BYTES],
        }
    }

    #[test]
    fn a_weaker_request_waits_an_equal_or_stronger_one_cancels_and_the_same_repeats() {
        for held in STANDINGS {
            let mine = claim(held, 1);
            let pending = Pending::asking(None, &mine, at(0), 300).named("VE1");
            let leave = |claim: &VerificationClaim, seconds| {
                Pending::leave(Some(&pending), claim, at(seconds))
            };
            assert_eq!(leave(&mine, 599), Leave::Ask { again: true });
            assert_eq!(leave(&mine, 600), Leave::Ask { again: false });
            for standing in STANDINGS {
                let other = claim(standing, 2);
                let wanted = if standing < held {
                    Leave::Wait(290)
                } else {
                    Leave::Cancel(vec!["VE1".to_owned()])
                };
                assert_eq!(leave(&other, 10), wanted, "{standing:?} over {held:?}");
                // Its code is worth nothing here any more, but the provider still knows it.
                let cancel = Leave::Cancel(vec!["VE1".to_owned()]);
                assert_eq!(leave(&other, 300), cancel);
                assert_eq!(leave(&other, 600), Leave::Ask { again: false });
            }
            // The same challenge for something else is something else.
            let elsewhere = STANDINGS.into_iter().find(|it| *it != held).unwrap();
            assert_ne!(leave(&claim(elsewhere, 1), 10), Leave::Ask { again: true });
        }
        assert_eq!(
            Pending::leave(None, &claim(Standing::Unproven, 1), at(0)),
            Leave::Ask { again: false }
        );
    }

    #[test]
    fn whatever_is_asked_for_from_elsewhere_is_weaker_than_a_sign_in_from_where_a_proof_came() {
        use Standing::{Owner, StepUp, StepUpUnknownNetwork, UnknownNetwork, Unproven};
        for weaker in [Unproven, UnknownNetwork, StepUpUnknownNetwork] {
            assert!(weaker < Owner && Owner < StepUp, "{weaker:?}");
        }
        assert!(Unproven < UnknownNetwork && UnknownNetwork < StepUpUnknownNetwork);
    }

    #[test]
    fn what_was_to_be_cancelled_and_was_not_is_not_forgotten() {
        let first = claim(Standing::Owner, 1);
        let row = Pending::asking(None, &first, at(0), 300).named("VE1");
        // Its process dies between the row and the answer, and so does the next one's.
        let second = claim(Standing::Owner, 2);
        let row = Pending::asking(Some(&row), &second, at(1), 300);
        let cancel = Leave::Cancel(vec!["VE1".to_owned()]);
        assert_eq!(Pending::leave(Some(&row), &second, at(2)), cancel);
        let third = claim(Standing::StepUp, 3);
        assert_eq!(Pending::leave(Some(&row), &third, at(2)), cancel);
        let row = Pending::asking(Some(&row), &third, at(2), 300);
        assert_eq!(Pending::leave(Some(&row), &third, at(3)), cancel);
        let row = row.alone();
        assert_eq!(
            Pending::leave(Some(&row), &third, at(3)),
            Leave::Ask { again: true }
        );
    }

    #[test]
    fn a_clock_that_was_put_back_guards_nothing_for_years() {
        let row = Pending::asking(None, &claim(Standing::StepUp, 1), at(1_000_000), 300);
        let weak = claim(Standing::Unproven, 2);
        assert_eq!(
            Pending::leave(Some(&row), &weak, at(0)),
            Leave::Cancel(Vec::new())
        );
        assert!(matches!(
            Pending::leave(Some(&row), &weak, at(999_970)),
            Leave::Wait(330)
        ));
    }

    #[test]
    fn a_row_that_is_not_one_is_refused() {
        let row = Pending::asking(None, &claim(Standing::Owner, 1), at(0), 300);
        let row = row.named(&"x".repeat(MOST_REFERENCE));
        let row = Pending::asking(Some(&row), &claim(Standing::StepUp, 2), at(0), 300);
        let row = row.clone().named(&"y".repeat(MOST_REFERENCE));
        let bytes = row.to_bytes().unwrap();
        assert_eq!(Pending::from_bytes(&bytes), Ok(row));
        for cut in 0..bytes.len() {
            assert!(Pending::from_bytes(&bytes[..cut]).is_err());
        }
        assert!(Pending::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        assert!(Pending::from_bytes(&[&[2], &bytes[1..]].concat()).is_err());
    }

    proptest! {
        /// Whatever the weaker ones do, in whatever order: they change nothing while a stronger one guards.
        #[test]
        fn no_number_of_weaker_requests_cancels_a_stronger_one(
            held in 1usize..5,
            others in proptest::collection::vec((0usize..5, 2u8..6, 0u64..20), 0..30),
        ) {
            let mine = claim(STANDINGS[held], 1);
            let mut row = Pending::asking(None, &mine, at(0), 300).named("VE1");
            let mut seconds = 0;
            for (standing, id, wait) in others {
                seconds = (seconds + wait).min(299);
                let other = claim(STANDINGS[standing.min(held - 1)], id);
                match Pending::leave(Some(&row), &other, at(seconds)) {
                    Leave::Wait(left) => prop_assert_eq!(left, 300 - seconds),
                    other => prop_assert!(false, "{other:?}"),
                }
                row = Pending::from_bytes(&row.to_bytes().unwrap()).unwrap();
            }
            prop_assert!(row.is(&mine) && row.is_named("VE1"));
        }
    }
}
