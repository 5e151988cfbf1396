//! Why there is no yes: one error for all that may be asked.

use super::keys::KeysError;
use crate::account::{AccountError, Denied, FactorError, LabelError};
use crate::crypto::{KeyError, RandomError};
use crate::delivery::DeliveryError;
use crate::shared::SharedError;
use crate::store::StoreError;

/// Why there is no yes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The proof was not accepted. The text is neutral.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Store, key or clock cannot be relied on; the text is for operators.
    #[error("{0}")]
    Unavailable(String),
    /// Settings, keys or store are wrong; the text is for operators.
    #[error("{0}")]
    Configuration(String),
    /// A telephone number cannot be used; the text is for the person whose number it is.
    #[error("{text}")]
    Number {
        /// In one word, for whoever says it in another language.
        reason: &'static str,
        /// In words.
        text: String,
    },
    /// A factor cannot be changed like that; the text is for the person whose factor it is.
    #[error("the factor {0}")]
    Factor(#[from] FactorError),
    /// An argument cannot be right, whoever passes it.
    #[error("{argument} {why}")]
    Invalid {
        /// The parameter's name in PHP.
        argument: &'static str,
        /// What it must be.
        why: String,
    },
}

impl Error {
    pub(super) fn invalid(argument: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid {
            argument,
            why: why.into(),
        }
    }
}

impl From<LabelError> for Error {
    fn from(error: LabelError) -> Self {
        Self::Factor(error.into())
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<DeliveryError> for Error {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Throttled { retry_after } => Denied::Throttled { retry_after }.into(),
            DeliveryError::Refused { reason } => Denied::NotSent { reason }.into(),
            DeliveryError::NotGenuine => Denied::Rejected.into(),
            DeliveryError::Provider(_) | DeliveryError::Shared(_) | DeliveryError::Store(_) => {
                Self::Unavailable(error.to_string())
            }
        }
    }
}

impl From<SharedError> for Error {
    fn from(error: SharedError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<KeysError> for Error {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Random(_) | KeysError::Store(_) => Self::Unavailable(error.to_string()),
            KeysError::Key(_) | KeysError::Missing(_) | KeysError::Nowhere => {
                Self::Configuration(error.to_string())
            }
        }
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Configuration(error.to_string())
    }
}
