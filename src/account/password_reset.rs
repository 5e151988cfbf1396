//! A password that is set anew: what was proven with a code, and that it is used once.
//!
//! The account keeps nothing of a proof. It is sealed for the host to keep, and counts for a quarter of an hour in the
//! epoch in which it was given. Using it raises the epoch, so of all proofs that there are one comes through, and
//! whatever changes the account in between ends them all.

use super::began::Began;
use super::context::RuleContext;
use super::denied::Denied;
use super::state::Account;
use crate::clock::{SKEW, UnixTime};
use crate::types::Purpose;

/// How long a password may be set anew with a proof, in seconds.
pub const RESET_PROOF_SECONDS: u64 = 900;

/// A code of a reset was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordResetProof {
    began: Began,
    at: UnixTime,
}

impl PasswordResetProof {
    /// Length of [`PasswordResetProof::to_bytes`].
    pub const BYTES: usize = Began::BYTES + 8;

    /// To be sealed: epoch, how often a clock was ahead, time; big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (began, at) = bytes.split_at_mut(Began::BYTES);
        began.copy_from_slice(&self.began.to_bytes());
        at.copy_from_slice(&self.at.unsigned().to_be_bytes());
        bytes
    }

    /// From what a sealed token held; `None` for what no proof is written as.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (began, at) = bytes.split_first_chunk::<{ Began::BYTES }>()?;
        let at = u64::from_be_bytes(at.try_into().ok()?);
        Some(Self {
            began: Began::from_bytes(*began),
            at: UnixTime::new(i64::try_from(at).ok()?).ok()?,
        })
    }

    fn counts(&self, account: Began, now: UnixTime) -> bool {
        self.began == account
            && self.at <= now.plus(SKEW)
            && now < self.at.plus(RESET_PROOF_SECONDS)
    }
}

impl Account {
    /// A code of a reset was right at that time.
    pub(super) const fn password_reset_proof(&self, at: UnixTime) -> PasswordResetProof {
        PasswordResetProof {
            began: self.began(),
            at,
        }
    }

    /// The password is set anew with that proof: ends it, every other one, and whatever else an epoch ends. Returns the
    /// new epoch.
    ///
    /// # Errors
    /// [`Denied::ChallengeClosed`]: it does not count, or no more.
    pub fn complete_password_reset(
        &mut self,
        proof: &PasswordResetProof,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<u64, Denied> {
        if !proof.counts(self.began(), context.now) {
            return Err(Denied::ChallengeClosed);
        }
        let purpose = Some(Purpose::ResetPassword);
        Ok(self.end_sign_ins_for(purpose, by, why, context))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).unwrap()
    }

    proptest! {
        #[test]
        fn a_proof_is_what_was_sealed(epoch: u64, set_back: u32, seconds in 0i64..253_402_300_799) {
            let proof = PasswordResetProof { began: Began { epoch, set_back }, at: at(seconds) };
            prop_assert_eq!(PasswordResetProof::from_bytes(&proof.to_bytes()), Some(proof));
        }

        #[test]
        fn nothing_else_is_one(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if bytes.len() != PasswordResetProof::BYTES {
                prop_assert_eq!(PasswordResetProof::from_bytes(&bytes), None);
            }
        }

        #[test]
        fn a_proof_counts_in_its_epoch_on_its_clock_and_for_a_quarter_of_an_hour(
            later in -2_000i64..2_000,
            other_epoch: bool,
            set_back: bool,
        ) {
            let began = Began { epoch: 7, set_back: 1 };
            let proof = PasswordResetProof { began, at: at(100_000) };
            let account = Began { epoch: 7 + u64::from(other_epoch), set_back: 1 + u32::from(set_back) };
            let counts = proof.counts(account, at(100_000 + later));
            prop_assert_eq!(counts, !other_epoch && !set_back && (-30..900).contains(&later));
        }
    }
}
