//! Why a provider refuses a message.

use serde::{Deserialize, Serialize};

/// Why a provider will not send this message: it answered, and nothing was sent. What the refusal is
/// about says whether another provider may be asked: see [`Refusal::is_the_operators`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Not a number that can be reached this way.
    #[error("the number cannot be reached this way")]
    Number,
    /// Its owner wants no messages.
    #[error("the owner of the number wants no messages")]
    OptedOut,
    /// The country is not served.
    #[error("the country is not served")]
    Country,
    /// The provider suspects fraud.
    #[error("the provider suspects fraud")]
    Fraud,
    /// Too many messages or checks.
    #[error("the provider's limit is reached")]
    Limit,
    /// The provider does not know who asks. For the operator.
    #[error("the provider does not accept the credentials")]
    Credentials,
    /// The account with the provider, its credit, its licence or its rights do not allow it. For the
    /// operator.
    #[error("the provider's account does not allow it")]
    Account,
    /// The sender, the template or another setting is none that the provider takes. For the operator.
    #[error("the provider does not take the sender or another setting")]
    Sender,
    /// For a reason that is not in our lists: it may be any of these.
    #[error("the provider refuses, and its reason is not known here")]
    Unlisted,
}

impl Refusal {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Number,
        Self::OptedOut,
        Self::Country,
        Self::Fraud,
        Self::Limit,
        Self::Credentials,
        Self::Account,
        Self::Sender,
        Self::Unlisted,
    ];

    /// Whether it is about the account that asks and not about the number: the operator has to mend it,
    /// and until then another provider may be asked. After every other refusal none is: that would go
    /// around a limit, a fraud control or somebody's wish, and one that is not known could be any of
    /// these.
    #[must_use]
    pub const fn is_the_operators(self) -> bool {
        matches!(self, Self::Credentials | Self::Account | Self::Sender)
    }

    /// What an operator can do; `None` where there is nothing.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        match self {
            Self::Credentials => {
                Some("check the user or key, its secret, and this machine's clock")
            }
            Self::Account => Some(
                "see at the provider whether the account is suspended, on trial, without funds or \
                 without the right to send",
            ),
            Self::Sender => {
                Some("check the sender, the service, the template and the other settings")
            }
            Self::Unlisted => Some("look the code up in the provider's list of errors"),
            Self::Number | Self::OptedOut | Self::Country | Self::Fraud | Self::Limit => None,
        }
    }

    /// What a refusal that is in no list means, by its HTTP status alone (RFC 9110 section 15.5): 401
    /// and 402 are about who asks, 429 is about how often. Every other may be about anything.
    #[must_use]
    pub const fn of_unlisted(status: u16) -> Self {
        match status {
            401 => Self::Credentials,
            402 => Self::Account,
            429 => Self::Limit,
            _ => Self::Unlisted,
        }
    }
}
