//! That a host has checked a password a moment ago: what a first set-up takes where a site asks for it once more. Where
//! nothing is enrolled there is nothing else to prove, and whoever has found an open browser has no password.
//!
//! The account keeps nothing of it. It is sealed for the host to keep, and counts for five minutes, as a grant does, in the
//! epoch in which it was given, and as long as nothing is enrolled.

use super::began::BeganAt;

/// A password was right, the host says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordGrant(pub(super) BeganAt);

impl PasswordGrant {
    /// Length of [`PasswordGrant::to_bytes`].
    pub const BYTES: usize = BeganAt::BYTES;

    /// To be sealed: what the account was like, time; big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_bytes()
    }

    /// From what a sealed token held; `None` for what none is written as.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        BeganAt::from_bytes(bytes).map(Self)
    }
}
