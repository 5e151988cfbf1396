//! The look-up codes that an account is given with its first factor, and whenever they are made anew.

use std::fmt;

use crate::crypto::KeyId;
use crate::crypto::code::LookupCode;
use crate::crypto::recovery_code::RecoveryLength;
use crate::types::Method;

/// A new set of codes. An account has one set at most, of one of these kinds.
#[derive(Clone, Copy)]
pub enum NewCodes<'a> {
    /// Drawn. The account keeps their keyed hashes.
    Backup(&'a [LookupCode]),
    /// To be derived. The account keeps how.
    Recovery {
        /// From which key.
        key: &'a KeyId,
        /// How many, 1 to 20.
        count: u8,
        /// How long each.
        length: RecoveryLength,
    },
}

impl NewCodes<'_> {
    /// An empty set, where none is given.
    pub const NONE: Self = Self::Backup(&[]);

    /// How they are proven.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Backup(_) => Method::BackupCode,
            Self::Recovery { .. } => Method::RecoveryCode,
        }
    }
}

impl fmt::Debug for NewCodes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backup(_) => "Backup(<redacted>)",
            Self::Recovery { .. } => "Recovery",
        })
    }
}
