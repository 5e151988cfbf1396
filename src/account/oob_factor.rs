//! Telephone numbers and e-mail addresses that were proven by a code.

use std::fmt;

use super::unanswered::Unanswered;
use crate::clock::UnixTime;

/// A number that was proven to be the user's: what the factors share that reach it, one for each way.
#[derive(Clone)]
pub(super) struct Telephone {
    /// E.164.
    pub number: String,
    /// Who is told when another number takes its place: as it was when this one was proven, for whoever
    /// changes the number may have changed the rest before.
    pub recipient: Recipient,
    /// By SMS.
    pub unanswered: Unanswered,
}

/// A number that its user removed. Who enrols another one soon after has replaced it.
#[derive(Clone)]
pub(super) struct FormerPhone {
    /// E.164.
    pub number: String,
    pub recipient: Recipient,
    pub removed: UnixTime,
    /// An SMS has told it so: it hears of another number no more.
    pub is_told: bool,
}

/// How somebody is told what happened to their account.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The language, as a tag.
    pub locale: String,
    /// Where to, as the host knows it.
    pub email: Option<String>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}
