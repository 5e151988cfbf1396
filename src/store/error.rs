//! Why a store cannot answer.

use std::error::Error;

/// Why a store cannot answer. Both deny; they differ in who has to act.
///
/// The advice is for operators. The source is the error of the library or of the operating system that it came of; of
/// what a server said it keeps the number alone, for its words may repeat values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Down, full, locked, read-only, broken: may pass.
    #[error("the store is not available: {advice}")]
    Unavailable {
        /// What it is, and what to do.
        advice: String,
        /// Of which error.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The file, directory, server, credentials or schema are wrong: an operator has to act.
    #[error("{advice}")]
    Configuration {
        /// What it is, and what to do.
        advice: String,
        /// Of which error.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}

impl StoreError {
    pub(super) fn unavailable(advice: impl Into<String>) -> Self {
        Self::Unavailable {
            advice: advice.into(),
            source: None,
        }
    }

    pub(super) fn configuration(advice: impl Into<String>) -> Self {
        Self::Configuration {
            advice: advice.into(),
            source: None,
        }
    }

    /// Of a store that has the mark of a copy ([`COPYING`](super::rows::COPYING)): who is not copied yet would seem to
    /// have no second factor.
    pub(super) fn copy_interrupted(store: impl std::fmt::Display) -> Self {
        Self::configuration(format!(
            "{store} is not whole, as a copy into it was interrupted: go on with \"twofactor store copy\" into it, or \
             remove it"
        ))
    }

    /// The same, with the error that it came of.
    #[must_use]
    pub(super) fn because(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let (Self::Unavailable { source, .. } | Self::Configuration { source, .. }) = &mut self;
        *source = Some(error.into());
        self
    }
}
