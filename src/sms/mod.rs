//! Codes by telephone: who carries them, who checks them, and what may go wrong.
//!
//! A provider is one of two kinds. A [`MessageProvider`] takes a text of ours to a number; the code in it is
//! ours to check. A [`VerificationProvider`] makes a code of its own and is the only one who can check it.
//!
//! What a provider answers is sorted by three questions:
//!
//! ```text
//!                                                was it sent?  counts against it?  another one?
//!   no address, no connection          Unreached no            yes                 may be asked
//!   busy, or it does not go that way   NotSent   no            yes                 may be asked
//!   the proxy gives no connection      Proxy     no            yes                 may be asked
//!   refuses: account, key, sender      Refused   no            no: it works        may be asked
//!   refuses: number, wish, fraud, …    Refused   no            no: it works        no
//!   no answer, 5xx, unreadable         Unknown   perhaps       yes                 no
//! ```
//!
//! An answer that says no in the provider's own form is a refusal, also when its code is in no list of
//! ours: nothing was sent, and whoever can make a provider refuse (by a number of their choice) must not
//! be able to make it look broken.

pub mod breaker;
pub mod budget;
pub mod development;
pub mod gateway;
pub mod http;
mod json;
pub mod metrics;
mod pause;
pub mod pending;
pub mod row;
pub mod sns;
pub mod text;
pub mod twilio;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::types::Method;

/// A way to a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A short message.
    Sms,
    /// A call that speaks the digits.
    Voice,
    /// A WhatsApp message.
    WhatsApp,
}

impl From<Channel> for Method {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Voice => Self::Voice,
            Channel::WhatsApp => Self::WhatsApp,
        }
    }
}

/// A code has to go to a number.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Where to.
    pub to: &'a PhoneNumber,
    /// Which way.
    pub channel: Channel,
    /// The language of the message, as BCP 47: `en`, `de-AT`.
    pub locale: &'a str,
    /// When.
    pub now: UnixTime,
}

/// A message of ours. Redacts itself.
#[derive(Clone)]
pub struct MessageBody {
    /// The whole text.
    pub text: Zeroizing<String>,
    /// The digits in it, for a call and for a template.
    pub code: Zeroizing<String>,
}

impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageBody(<redacted>)")
    }
}

/// A carrier took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The carrier's name of the message, by which it reports what became of it.
    pub id: Option<String>,
}

/// A checker sent a code of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The checker's name of the verification. What stands before a `/` says where it is kept; the rest is the name
    /// of one code, whoever asked for it.
    pub reference: String,
    /// Seconds the code is good for.
    pub expires_in: u64,
    /// Seconds before another may be asked for, where the checker says so.
    pub resend_after: Option<u64>,
    /// The verification was pending before: the code is one that was sent already.
    pub again: bool,
}

impl Started {
    /// When the checker sends another, as far as it says.
    #[must_use]
    pub fn resend_at(&self, now: UnixTime) -> UnixTime {
        now.plus(self.resend_after.unwrap_or(0))
    }
}

/// What a checker says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its complete and explicit yes.
    Approved,
    /// Wrong.
    Wrong,
    /// The verification is over: used, expired or tried too often. A new code is needed.
    Over,
}

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

/// Why no message is known to have gone out. The texts are for operators; they hold no secret and
/// no number.
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
    Proxy(http::ProxyFailure),
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

/// Why a checker gave no verdict: a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The checker certainly did not judge the code: it was not reached, or refuses whoever asks.
    #[error("not asked: {0}")]
    NotAsked(String),
    /// It may have seen it, or its answer cannot be trusted.
    #[error("no answer that counts: {0}")]
    NoAnswer(String),
}

/// What somebody posted as a provider's report of a message.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Its headers, as they came.
    pub headers: &'a [(String, String)],
    /// Its body, as it came.
    pub body: &'a [u8],
}

impl Post<'_> {
    /// The header of that name, in whatever case; `None` when it is there more than once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.as_str());
        first.filter(|_| found.next().is_none())
    }
}

impl fmt::Debug for Post<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post(<redacted>)")
    }
}

/// What a provider reports of a message. Reports may come twice and in any order: see `rank`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The message, as [`Carried::id`] named it.
    pub id: String,
    /// Only a report that ranks higher than what is known is news.
    pub rank: u8,
    /// In one word.
    pub status: &'static str,
    /// Whether it has arrived.
    pub delivered: bool,
    /// The provider's code for what went wrong; empty without one.
    pub detail: String,
    /// What the message cost, in millionths of a currency; with the last report only.
    pub price: Option<(String, u64)>,
}

/// Why a report is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReport {
    /// It is not proven that the provider sent it.
    NotGenuine,
    /// The provider sent it, and it is about nothing of ours.
    NotOurs,
}

/// Takes our text to a number.
pub trait MessageProvider: fmt::Debug + Send {
    /// The ways it has.
    fn channels(&self) -> Vec<Channel>;

    /// Sends one message.
    ///
    /// # Errors
    /// [`SendError`]
    fn carry(&mut self, order: &Order<'_>, words: &MessageBody) -> Result<Carried, SendError>;

    /// Sends a message to a number that was not proven yet. A carrier that would take messages to it and
    /// drop them, because its owner wants none, finds that out first: all within the time of one request.
    ///
    /// # Errors
    /// [`SendError`]
    fn carry_first(
        &mut self,
        order: &Order<'_>,
        words: &MessageBody,
    ) -> Result<Carried, SendError> {
        self.carry(order, words)
    }

    /// Whether it takes messages for somebody who wants none and drops them without a word.
    fn drops_messages(&self) -> bool {
        false
    }

    /// Sends a message to a number that was proven, of whose last codes none was typed back. A carrier that drops
    /// messages asks first whether the owner wants none by now; where it gets no answer it sends as ever, all within
    /// the time of one request.
    ///
    /// # Errors
    /// [`SendError`]
    fn carry_asking(
        &mut self,
        order: &Order<'_>,
        words: &MessageBody,
    ) -> Result<Carried, SendError> {
        self.carry(order, words)
    }

    /// Reads a report of what became of a message. A carrier that sends none takes none.
    ///
    /// # Errors
    /// [`NoReport`]
    fn report(&self, _post: &Post<'_>) -> Result<Report, NoReport> {
        Err(NoReport::NotGenuine)
    }

    /// Asks the provider, without sending anything, whether the credentials are right.
    ///
    /// # Errors
    /// What to do, for operators.
    fn probe(&mut self, now: UnixTime) -> Result<(), String>;
}

/// Makes, sends and checks its own code.
pub trait VerificationProvider: fmt::Debug + Send {
    /// The ways it has.
    fn channels(&self) -> Vec<Channel>;

    /// Sends a code. While an earlier one to the same number is good, the checker may send that again.
    ///
    /// # Errors
    /// [`SendError`]
    fn start(&mut self, order: &Order<'_>) -> Result<Started, SendError>;

    /// What it keeps one verification a number in, where it does: whoever asks for the same number there
    /// gets the same code, and all guesses are counted together ([`pending`]). `None` where each order is
    /// a verification of its own. What nobody has proven (`unproven`) may have a pool of its own.
    fn pool(&self, _unproven: bool) -> Option<String> {
        None
    }

    /// As [`VerificationProvider::start`], in the pool of what nobody has proven.
    ///
    /// # Errors
    /// [`SendError`]
    fn start_unproven(&mut self, order: &Order<'_>) -> Result<Started, SendError> {
        self.start(order)
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
        order: &Order<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError>;

    /// Asks the provider, without sending anything, whether the credentials are right.
    ///
    /// # Errors
    /// What to do, for operators.
    fn probe(&mut self, now: UnixTime) -> Result<(), String>;

    /// As [`VerificationProvider::probe`], with the balance that the provider tells, if it tells one: a text for the
    /// operator who asked.
    ///
    /// # Errors
    /// What to do, for operators.
    fn probe_with_balance(&mut self, now: UnixTime) -> Result<Option<gateway::Credits>, String> {
        self.probe(now).map(|()| None)
    }

    /// Whether [`VerificationProvider::log`] has anything to say.
    fn keeps_log(&self) -> bool {
        false
    }

    /// Asks for a page of the checker's own list of messages: the newest, or the one that [`gateway::Log::next`]
    /// names. `None` from one that keeps no list.
    ///
    /// # Errors
    /// What to do, for operators.
    fn log(
        &mut self,
        _cursor: Option<&str>,
        _now: UnixTime,
    ) -> Result<Option<gateway::Log>, String> {
        Ok(None)
    }

    /// Whether its answers are taken on the word of its host's certificate alone.
    fn is_unsigned(&self) -> bool {
        false
    }
}
