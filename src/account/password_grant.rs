//! That a host has checked a password a moment ago: what a first set-up takes where a site asks for it once more. Where
//! nothing is enrolled there is nothing else to prove, and whoever has found an open browser has no password.
//!
//! The account keeps nothing of it. It is sealed for the host to keep, and counts for five minutes, as a grant does, in the
//! epoch in which it was given, and as long as nothing is enrolled.

use super::began::Began;
use crate::clock::UnixTime;

/// A password was right, the host says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordGrant {
    pub(super) began: Began,
    pub(super) at: UnixTime,
}

impl PasswordGrant {
    /// Length of [`PasswordGrant::to_bytes`].
    pub const BYTES: usize = Began::BYTES + 8;

    /// To be sealed: what the account was like, time; big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (began, at) = bytes.split_at_mut(Began::BYTES);
        began.copy_from_slice(&self.began.to_bytes());
        at.copy_from_slice(&self.at.unsigned().to_be_bytes());
        bytes
    }

    /// From what a sealed token held; `None` for what none is written as.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (began, at) = bytes.split_first_chunk::<{ Began::BYTES }>()?;
        let at = u64::from_be_bytes(at.try_into().ok()?);
        Some(Self {
            began: Began::from_bytes(*began),
            at: UnixTime::new(i64::try_from(at).ok()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_says_that_a_password_was_right_is_what_was_sealed(
            epoch: u64,
            set_back: u32,
            seconds in 0i64..253_402_300_799,
        ) {
            let at = UnixTime::new(seconds).unwrap();
            let grant = PasswordGrant { began: Began { epoch, set_back }, at };
            prop_assert_eq!(PasswordGrant::from_bytes(&grant.to_bytes()), Some(grant));
        }

        #[test]
        fn nothing_else_says_it(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if bytes.len() != PasswordGrant::BYTES {
                prop_assert_eq!(PasswordGrant::from_bytes(&bytes), None);
            }
        }
    }
}
