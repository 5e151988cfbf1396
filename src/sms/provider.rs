//! What every provider is: it takes our messages, or it makes and checks codes of its own.

use std::fmt;

use super::error::{CheckError, ProbeError, SendError};
use super::message::{Channel, MessageBody, ProviderRequest, Submitted};
use super::report::{NoReport, Post, Report};
use crate::clock::UnixTime;

/// Longest balance that is shown, in characters.
const MOST_BALANCE: usize = 40;

/// A verification provider sent a code of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The provider's name of the verification. What stands before a `/` says where it is kept; the rest is the name
    /// of one code, whoever asked for it.
    pub reference: String,
    /// Seconds the code is good for.
    pub expires_in: u64,
    /// Seconds before another may be asked for, where the provider says so.
    pub resend_after: Option<u64>,
    /// The verification was pending before: the code is one that was sent already.
    pub again: bool,
}

impl Started {
    /// When the provider sends another, as far as it says.
    #[must_use]
    pub fn resend_at(&self, now: UnixTime) -> UnixTime {
        now.plus(self.resend_after.unwrap_or(0))
    }
}

/// What a verification provider says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its complete and explicit yes.
    Approved,
    /// Wrong.
    Wrong,
    /// The verification is over: used, expired or tried too often. A new code is needed.
    Over,
}

/// What an account with a provider is worth, in the provider's words. It can be shown. It cannot be compared, computed
/// with, copied or stored: the provider alone knows and decides what a balance allows.
pub struct Balance(Box<str>);

impl Balance {
    /// A text to be shown; `None` if it is empty or too long for one.
    #[must_use]
    pub fn shown(text: String) -> Option<Self> {
        let fits = (1..=MOST_BALANCE).contains(&text.chars().count());
        fits.then(|| Self(text.into_boxed_str()))
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Balance(<for display>)")
    }
}

/// A page of a provider's own list of messages, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLog {
    /// The messages.
    pub entries: Vec<LoggedMessage>,
    /// What to ask for the next page with; `None` on the last.
    pub next: Option<String>,
}

/// A message, in the provider's words. For display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedMessage {
    /// When.
    pub timestamp: String,
    /// Where to, masked.
    pub phone: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What became of it.
    pub status: String,
    /// What kind of message.
    pub kind: String,
}

/// Takes our text to a number.
pub trait MessageProvider: fmt::Debug + Send {
    /// The ways it has.
    fn channels(&self) -> Vec<Channel>;

    /// Sends one message.
    ///
    /// # Errors
    /// [`SendError`]
    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError>;

    /// Sends a message to a number that was not proven yet. A provider that would take messages to it and
    /// drop them, because its owner wants none, finds that out first: all within the time of one request.
    ///
    /// # Errors
    /// [`SendError`]
    fn send_if_wanted(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        self.send(request, message)
    }

    /// Whether it takes messages for somebody who wants none and drops them without a word.
    fn drops_messages(&self) -> bool {
        false
    }

    /// Sends a message to a number that was proven, of whose last codes none was typed back. A provider that drops
    /// messages asks first whether the owner wants none by now; where it gets no answer it sends as ever, all within
    /// the time of one request.
    ///
    /// # Errors
    /// [`SendError`]
    fn send_after_asking(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        self.send(request, message)
    }

    /// Reads a report of what became of a message. A provider that sends none takes none.
    ///
    /// # Errors
    /// [`NoReport`]
    fn report(&self, _post: &Post<'_>) -> Result<Report, NoReport> {
        Err(NoReport::NotGenuine)
    }

    /// Asks the provider, without sending anything, whether the credentials are right.
    ///
    /// # Errors
    /// [`ProbeError`]
    fn probe(&mut self, now: UnixTime) -> Result<(), ProbeError>;
}

/// Makes, sends and checks its own code.
pub trait VerificationProvider: fmt::Debug + Send {
    /// The ways it has.
    fn channels(&self) -> Vec<Channel>;

    /// Sends a code. While an earlier one to the same number is good, the provider may send that again.
    ///
    /// # Errors
    /// [`SendError`]
    fn start(&mut self, request: &ProviderRequest<'_>) -> Result<Started, SendError>;

    /// What it keeps one verification a number in, where it does: whoever asks for the same number there
    /// gets the same code, and all guesses are counted together (`delivery::pending`). `None` where each order is
    /// a verification of its own. What nobody has proven (`unproven`) may have a pool of its own.
    fn pool(&self, _unproven: bool) -> Option<String> {
        None
    }

    /// As [`VerificationProvider::start`], in the pool of what nobody has proven.
    ///
    /// # Errors
    /// [`SendError`]
    fn start_unproven(&mut self, request: &ProviderRequest<'_>) -> Result<Started, SendError> {
        self.start(request)
    }

    /// Ends a verification that is pending, or finds that it is over.
    ///
    /// # Errors
    /// [`SendError`]: it may still be pending.
    fn cancel(&mut self, _reference: &str) -> Result<(), SendError> {
        Err(SendError::NotSent("it takes nothing back".to_owned()))
    }

    /// Asks about a code, whichever way it went out: of the order, the number and the time count. Anything
    /// but a complete, matching, explicit yes is none.
    ///
    /// # Errors
    /// [`CheckError`]
    fn check(
        &mut self,
        request: &ProviderRequest<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError>;

    /// Asks the provider, without sending anything, whether the credentials are right.
    ///
    /// # Errors
    /// [`ProbeError`]
    fn probe(&mut self, now: UnixTime) -> Result<(), ProbeError>;

    /// As [`VerificationProvider::probe`], with the balance that the provider tells, if it tells one: a text for the
    /// operator who asked.
    ///
    /// # Errors
    /// [`ProbeError`]
    fn probe_with_balance(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {
        self.probe(now).map(|()| None)
    }

    /// Whether [`VerificationProvider::log`] has anything to say.
    fn keeps_log(&self) -> bool {
        false
    }

    /// Asks for a page of the provider's own list of messages: the newest, or the one that [`MessageLog::next`]
    /// names. `None` from one that keeps no list.
    ///
    /// # Errors
    /// [`ProbeError`]
    fn log(
        &mut self,
        _cursor: Option<&str>,
        _now: UnixTime,
    ) -> Result<Option<MessageLog>, ProbeError> {
        Ok(None)
    }

    /// Whether its answers are taken on the word of its host's certificate alone.
    fn is_unsigned(&self) -> bool {
        false
    }
}

/// A provider, of one kind or the other.
#[derive(Debug)]
pub enum Provider {
    /// It takes our text.
    Message(Box<dyn MessageProvider>),
    /// It makes its own code.
    Verification(Box<dyn VerificationProvider>),
}

impl Provider {
    /// The ways it has.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        match self {
            Self::Message(provider) => provider.channels(),
            Self::Verification(provider) => provider.channels(),
        }
    }

    /// Asks it, without sending anything, whether the credentials are right. The balance is a text to show.
    ///
    /// # Errors
    /// [`ProbeError`]
    pub fn probe(&mut self, now: UnixTime) -> Result<Option<Balance>, ProbeError> {
        match self {
            Self::Message(provider) => provider.probe(now).map(|()| None),
            Self::Verification(provider) => provider.probe_with_balance(now),
        }
    }

    /// Whether only it can say of a code whether that is right.
    #[must_use]
    pub const fn checks_its_own_codes(&self) -> bool {
        matches!(self, Self::Verification(_))
    }

    /// Whether it keeps a list of messages that can be read.
    #[must_use]
    pub fn keeps_log(&self) -> bool {
        match self {
            Self::Message(_) => false,
            Self::Verification(provider) => provider.keeps_log(),
        }
    }

    /// Asks for a page of its own list of messages; `None` when it keeps none.
    ///
    /// # Errors
    /// [`ProbeError`]
    pub fn log(
        &mut self,
        cursor: Option<&str>,
        now: UnixTime,
    ) -> Result<Option<MessageLog>, ProbeError> {
        match self {
            Self::Message(_) => Ok(None),
            Self::Verification(provider) => provider.log(cursor, now),
        }
    }

    /// Whether its answers are taken on the word of its host's certificate alone.
    #[must_use]
    pub fn is_unsigned(&self) -> bool {
        match self {
            Self::Message(_) => false,
            Self::Verification(provider) => provider.is_unsigned(),
        }
    }
}
