//! Why a document is refused.

/// The text inside the seal is not an account of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account was written by another version of this software")]
pub struct DocumentError;
