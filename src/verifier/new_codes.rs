//! Look-up codes that an account is about to be given, and what its user is shown of them, once.

use zeroize::Zeroizing;

use crate::account::NewCodes;
use crate::crypto::KeyId;
use crate::crypto::code::{self, LookupCode};
use crate::crypto::recovery_code::{RecoveryCode, RecoveryLength};

/// A set of look-up codes that nobody has yet, of the kind that the site gives.
pub(super) enum CodesToGive {
    /// Drawn.
    Backup(Vec<LookupCode>),
    /// To be derived.
    Recovery {
        key: KeyId,
        count: u8,
        length: RecoveryLength,
    },
}

impl CodesToGive {
    pub(super) fn for_account(&self) -> NewCodes<'_> {
        match self {
            Self::Backup(codes) => NewCodes::Backup(codes),
            Self::Recovery { key, count, length } => NewCodes::Recovery {
                key,
                count: *count,
                length: *length,
            },
        }
    }
}

/// Codes as they are shown, once: of one kind.
#[derive(Default)]
pub(super) struct ShownCodes {
    pub(super) backup: Vec<Zeroizing<String>>,
    pub(super) recovery: Vec<Zeroizing<String>>,
}

impl ShownCodes {
    /// Those that were given to an account; none if it was given none.
    pub(super) fn of(codes: &CodesToGive, derived: &[RecoveryCode], given: bool) -> Self {
        match codes {
            _ if !given => Self::default(),
            CodesToGive::Backup(codes) => Self {
                backup: codes.iter().map(code::show).collect(),
                recovery: Vec::new(),
            },
            CodesToGive::Recovery { .. } => Self {
                backup: Vec::new(),
                recovery: derived.iter().map(code::show).collect(),
            },
        }
    }
}
