//! Why there is no answer about a shared row.

use super::format::RowError;
use super::key::RowKind;
use crate::crypto::RandomError;
use crate::store::StoreError;

/// Why there is no answer. Everything here denies.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The store cannot answer or is set up wrongly.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The row says something this program does not know.
    #[error("the store has a row ({kind}) that cannot be read: {source}")]
    Row {
        /// Its kind.
        kind: RowKind,
        /// Why.
        source: RowError,
    },
    /// The row cannot be sealed.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Somebody else was faster, again and again.
    #[error("the store is not available: what users share is changed too often")]
    Busy,
}
