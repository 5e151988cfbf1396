//! A password that is set anew: what was proven with a code, and that it is used once.
//!
//! The account keeps nothing of a proof. It is sealed for the host to keep, and counts for a quarter of an hour in the
//! epoch in which it was given. Using it raises the epoch, so of all proofs that there are one comes through, and
//! whatever changes the account in between ends them all.

use super::began::BeganAt;
use super::context::RuleContext;
use super::denied::Denied;
use super::state::Account;
use crate::clock::UnixTime;
use crate::types::Purpose;

/// How long a password may be set anew with a proof, in seconds.
pub const RESET_PROOF_SECONDS: u64 = 900;

/// A code of a reset was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordResetProof(BeganAt);

impl PasswordResetProof {
    /// Length of [`PasswordResetProof::to_bytes`].
    pub const BYTES: usize = BeganAt::BYTES;

    /// To be sealed: what the account was like, time; big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_bytes()
    }

    /// From what a sealed token held; `None` for what no proof is written as.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        BeganAt::from_bytes(bytes).map(Self)
    }
}

impl Account {
    /// A code of a reset was right at that time.
    pub(super) const fn password_reset_proof(&self, at: UnixTime) -> PasswordResetProof {
        PasswordResetProof(BeganAt {
            began: self.began(),
            at,
        })
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
        let is_good = proof
            .0
            .counts(self.began(), RESET_PROOF_SECONDS, context.now);
        if !is_good {
            return Err(Denied::ChallengeClosed);
        }
        let purpose = Some(Purpose::ResetPassword);
        Ok(self.end_sign_ins_for(purpose, by, why, context))
    }
}
