//! What may go wrong when a provider is asked.

use std::error::Error;

use super::http::{HttpError, HttpSetupError, ProxyFailure};
use super::refusal::Refusal;
use super::value::ShapeError;

/// Why no message is known to have gone out. The texts are for operators; they hold no secret and
/// no number, which is why no other error is kept behind them (see [`HttpError`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Certainly not sent, whatever the provider knows of it: another provider may be asked.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Certainly not sent, for there was no connection to the provider: another may be asked.
    #[error("not sent: {0}")]
    Unreached(String),
    /// Certainly not sent, for the proxy gave no connection: another provider may be asked.
    #[error("not sent: {0}")]
    Proxy(ProxyFailure),
    /// It answered and refused: certainly not sent, and it works.
    #[error("{refusal} ({detail})")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// Seconds to wait, where the provider says so.
        retry_after: Option<u64>,
        /// The provider's code for it.
        detail: String,
    },
    /// Perhaps sent, perhaps not.
    #[error("it is not known whether it was sent: {0}")]
    Unknown(String),
}

impl SendError {
    /// Whether nobody could have been asked: there was no connection to the provider.
    #[must_use]
    pub const fn is_unreached(&self) -> bool {
        matches!(self, Self::Unreached(_) | Self::Proxy(_))
    }
}

/// Why a verification provider gave no verdict: a denial. The texts are as those of [`SendError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The provider certainly did not judge the code: it was not reached, or refuses whoever asks.
    #[error("not asked: {0}")]
    NotAsked(String),
    /// It may have seen it, or its answer cannot be trusted.
    #[error("no answer that counts: {0}")]
    NoAnswer(String),
}

impl From<HttpError> for SendError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unsent(text) => Self::Unreached(text),
            HttpError::Proxy(failure) => Self::Proxy(failure),
            HttpError::Unanswered(text) => Self::Unknown(text),
        }
    }
}

impl From<HttpError> for CheckError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unsent(text) => Self::NotAsked(text),
            HttpError::Proxy(failure) => Self::NotAsked(failure.to_string()),
            HttpError::Unanswered(text) => Self::NoAnswer(text),
        }
    }
}

/// Why a provider did not prove to work when an operator asked. The texts are for operators; they hold no secret and
/// no number.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No request could be made, or it has no answer.
    #[error("{provider} was not reached: {source}")]
    Unanswered {
        /// Whom.
        provider: &'static str,
        /// Why.
        source: HttpError,
    },
    /// It answered, and something is to be done about it.
    #[error("{0}")]
    Answered(String),
    /// In the words of the provider's own error.
    #[error(transparent)]
    Other(Box<dyn Error + Send + Sync>),
}

impl ProbeError {
    /// An error of a provider's own.
    pub fn other(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}

/// Why no provider can be made of its settings. The texts are for operators, and no value is repeated.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// It has to be there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// It is not what a value of this setting looks like.
    #[error("`{name}` {source}")]
    Shape {
        /// Of which setting.
        name: &'static str,
        /// What is wrong with it.
        source: ShapeError,
    },
    /// What the kind says of its settings.
    #[error("{0}")]
    Wrong(String),
    /// In the words of another error.
    #[error(transparent)]
    Other(Box<dyn Error + Send + Sync>),
}

impl SettingError {
    /// Another error.
    pub fn other(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}

impl From<&str> for SettingError {
    fn from(what: &str) -> Self {
        Self::Wrong(what.to_owned())
    }
}

impl From<HttpSetupError> for SettingError {
    fn from(error: HttpSetupError) -> Self {
        Self::other(error)
    }
}

impl From<String> for SettingError {
    fn from(what: String) -> Self {
        Self::Wrong(what)
    }
}
