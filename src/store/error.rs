//! Why a store cannot answer.

/// Why a store cannot answer. Both deny; they differ in who has to act.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Down, full, locked, read-only, broken: may pass.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The file, directory, server, credentials or schema are wrong: an operator has to act.
    #[error("{0}")]
    Configuration(String),
}
