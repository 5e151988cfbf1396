//! What a challenge is known by outside.
//!
//! A token is sealed (`crypto::Domain::Challenge`) and holds purpose, challenge and user; without the site's key
//! nobody makes or reads one. That it is genuine is not enough: its challenge has to be among the account's open
//! ones.

use super::ids::ChallengeId;
use crate::types::{Purpose, UserId};

/// What an opened token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeToken {
    /// Whose challenge it is.
    pub user: UserId,
    /// What for.
    pub purpose: Purpose,
    /// Which attempt.
    pub id: ChallengeId,
}
