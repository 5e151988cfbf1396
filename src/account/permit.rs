//! What a set-up of a factor was begun with.

use super::ids::{ChallengeId, GrantId};
use super::password_grant::PasswordGrant;

/// What a set-up was begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Nothing: the account had no factor.
    None,
    /// The password, which the host has checked once more: good for a first set-up alone.
    Password(PasswordGrant),
    /// A fresh proof, which is good for other changes after this one.
    Grant(GrantId),
    /// The challenge of a sign-in that ends with it.
    Login(ChallengeId),
    /// The challenge of a step-up, proven by something too weak for it: good for a set-up and for nothing else.
    StepUp(ChallengeId),
}

impl Permit {
    pub(super) const fn grant(&self) -> Option<&GrantId> {
        match self {
            Self::Grant(grant) => Some(grant),
            Self::None | Self::Password(_) | Self::Login(_) | Self::StepUp(_) => None,
        }
    }

    /// Whether what is confirmed takes the place of the secrets that there are, and ends a sign-in.
    pub(super) const fn is_login(&self) -> bool {
        matches!(self, Self::Login(_))
    }
}

impl From<Option<GrantId>> for Permit {
    fn from(grant: Option<GrantId>) -> Self {
        grant.map_or(Self::None, Self::Grant)
    }
}
