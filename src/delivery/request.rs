//! A message that has to get somewhere, and what became of it.

use super::budget::Use;
use super::error::DeliveryError;
use super::pending::VerificationClaim;
use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::sms::{Channel, ProviderRequest, SendError, Started};
use crate::types::{Purpose, SmsNotice, UserId};

/// A message that has to get somewhere.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// Whose.
    pub user: &'a UserId,
    /// Where to.
    pub to: &'a PhoneNumber,
    /// Which way.
    pub channel: Channel,
    /// In which language.
    pub locale: &'a str,
    /// When.
    pub now: UnixTime,
    /// What it says.
    pub content: MessageContent<'a>,
}

impl<'a> SendRequest<'a> {
    /// As providers are told.
    pub(super) const fn for_provider(&self) -> ProviderRequest<'a> {
        ProviderRequest {
            to: self.to,
            channel: self.channel,
            locale: self.locale,
            now: self.now,
        }
    }
}

/// What a message says.
#[derive(Debug, Clone, Copy)]
pub enum MessageContent<'a> {
    /// A code.
    Code(CodeContent<'a>),
    /// What happened to its user's account. Nobody asks for it, and it has no code.
    Notice(SmsNotice),
    /// What an operator tries a provider out with: that one is asked, whatever its breaker says.
    Test {
        /// Who.
        provider: &'a str,
        /// Whose verification a provider that makes its own codes is asked for.
        claim: VerificationClaim,
        /// The text is the site's own, if there is one.
        code: &'a str,
    },
}

impl MessageContent<'_> {
    /// Of which budgets it may have how much; `None`: nobody asked for it, and it takes what it costs the site.
    pub(super) const fn class(&self) -> Option<Use> {
        match self {
            Self::Code(code) => Some(code.class),
            Self::Test { .. } => Some(Use::Enrolment),
            Self::Notice(_) => None,
        }
    }

    /// How the list of messages tells it from a code.
    pub(super) const fn detail(&self) -> &'static str {
        match self {
            Self::Code(_) | Self::Test { .. } => "",
            Self::Notice(_) => "notice",
        }
    }
}

/// A code, and who asks for it.
#[derive(Clone, Copy)]
pub struct CodeContent<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Of which budgets it may have how much.
    pub class: Use,
    /// The code that a provider is given that takes our text.
    pub code: &'a str,
    /// How long it is good.
    pub minutes: u32,
    /// Who was asked the last time.
    pub last_provider: &'a str,
    /// Whose verification a provider that makes its own codes is asked for.
    pub claim: VerificationClaim,
    /// A provider that drops messages without a word is asked first whether the owner wants any.
    pub ask_first: bool,
}

impl std::fmt::Debug for CodeContent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeContent")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// What one provider answered, whichever kind it is, unless it certainly sent nothing.
#[derive(Debug)]
pub enum ProviderAnswer {
    /// It took our text.
    Taken {
        /// How it calls the message.
        id: Option<String>,
    },
    /// It may have taken our text: its answer was lost.
    PerhapsTaken {
        /// What went wrong, for operators.
        why: String,
    },
    /// It sent a code of its own.
    Started(Started),
    /// It may have sent a code of its own: its answer was lost.
    PerhapsStarted {
        /// What went wrong, for operators.
        why: String,
    },
}

/// A message went out, or may have.
#[derive(Debug)]
pub struct SendOutcome {
    /// Who was asked for it.
    pub provider: String,
    /// What that answered.
    pub answer: ProviderAnswer,
    /// If the number's owner wants none, the provider drops it without a word.
    pub may_drop: bool,
}

/// Nothing went out.
#[derive(Debug)]
pub struct NotSent {
    /// What the person is told.
    pub error: DeliveryError,
    /// Why, for operators: the provider and its code. Empty when no provider was asked.
    pub why: String,
    /// What the last provider answered that was asked.
    pub answer: Option<Box<SendError>>,
}

impl<E: Into<DeliveryError>> From<E> for NotSent {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            why: String::new(),
            answer: None,
        }
    }
}
