//! Why nothing was sent, or nothing is known.

use crate::shared::SharedError;
use crate::sms::{CheckError, Refusal, SendError};
use crate::store::StoreError;

/// Seconds to wait when a provider's limit is reached and it does not say for how long.
const LIMIT_SECONDS: u64 = 600;

/// Why nothing was sent, or nothing is known. Everything here denies.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A budget is used up, or something else is pending for the number.
    #[error("wait {retry_after} s")]
    Throttled {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// For a reason that is about the number.
    #[error("not sent: {reason}")]
    Refused {
        /// In one word, for whoever says it in a language.
        reason: &'static str,
    },
    /// A provider does not do it now. For operators.
    #[error("{provider}: {source}")]
    Provider {
        /// Which.
        provider: String,
        /// What it answered.
        source: Box<SendError>,
    },
    /// None of the providers has sent anything. For operators.
    #[error("no code was sent: {why}")]
    NobodySent {
        /// What became of the last that was looked at.
        why: String,
        /// What the last answered that was asked.
        source: Option<Box<SendError>>,
    },
    /// A provider gave no verdict on its code. For operators.
    #[error("{provider}: {source}")]
    Unverified {
        /// Which.
        provider: String,
        /// Why.
        source: CheckError,
    },
    /// The provider that made a code was removed. For operators.
    #[error("{0}, which made the code, is not set up any more")]
    ProviderGone(String),
    /// A number that was valid once is none.
    #[error("a number that was kept is none")]
    Number,
    /// A report does not prove to come from the provider.
    #[error("the report is not the provider's")]
    NotGenuine,
    /// The shared rows cannot be read or written.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The store cannot answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeliveryError {
    /// What it means to the person that a provider did not send.
    #[must_use]
    pub fn of(provider: &str, error: &SendError) -> Self {
        let provider_failed = || Self::Provider {
            provider: provider.to_owned(),
            source: Box::new(error.clone()),
        };
        let SendError::Refused {
            refusal,
            retry_after,
            ..
        } = error
        else {
            return provider_failed();
        };
        let reason = match refusal {
            Refusal::Number => "number",
            Refusal::OptedOut => "opted-out",
            Refusal::Country => "country",
            Refusal::Fraud => "fraud",
            Refusal::Unlisted => "refused",
            Refusal::Limit => {
                let retry_after = retry_after.unwrap_or(LIMIT_SECONDS);
                return Self::Throttled { retry_after };
            }
            Refusal::Credentials | Refusal::Account | Refusal::Sender => {
                return provider_failed();
            }
        };
        Self::Refused { reason }
    }
}
