//! Why there is no answer about a session.

use super::rows::Unreadable;
use crate::account::AccountError;
use crate::crypto::RandomError;
use crate::shared::SharedError;
use crate::types::UserId;

/// Why there is no answer. Everything here denies.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The account cannot be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The rows of sessions cannot be read or written.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// A user's sessions cannot be read.
    #[error("the sessions of user {user} cannot be read: {why}")]
    Sessions {
        /// Whose; ids are not secret.
        user: UserId,
        /// Why.
        #[source]
        why: Unreadable,
    },
    /// What says since when the sessions of the site count cannot be read.
    #[error(
        "the row of the store that says since when sessions count cannot be read: {0}; end everybody's to replace it"
    )]
    Generation(#[source] Unreadable),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
}
