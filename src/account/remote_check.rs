//! What a provider is asked about a code that it made, and what it says.

use std::fmt;

use super::lockout::Charged;
use super::sent::RemoteVerification;
use super::spent::Shown;
use crate::clock::UnixTime;

/// Something a provider has to be asked. The attempt is already charged.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteCheck {
    /// Which verification.
    pub verification: RemoteVerification,
    /// E.164.
    pub to: String,
    /// When it was charged.
    pub at: UnixTime,
    /// What that led to.
    pub charged: Charged,
    /// It was a wrong guess at codes of ours all the same.
    pub(super) judged: bool,
    /// Which of the account's open checks it is.
    pub(super) number: u16,
    /// What was typed, as it is remembered, and from where.
    pub(super) shown: Shown,
}

impl fmt::Debug for RemoteCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCheck")
            .field("verification", &self.verification)
            .finish_non_exhaustive()
    }
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The provider said yes.
    Right,
    /// The provider said no.
    Wrong,
    /// The provider said that there is nothing to ask about any more.
    Over,
    /// The provider gave no answer that counts, and may have looked at the code.
    Unanswered,
    /// Nobody has looked at the code: the provider was not reached, or refused whoever asks.
    NotAsked,
}

/// What comes after a first look at a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// It is decided.
    Done(T),
    /// A provider has to be asked first.
    Ask(RemoteCheck),
}
