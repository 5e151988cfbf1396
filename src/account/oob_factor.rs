//! Telephone numbers and e-mail addresses that were proven by a code.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::unanswered::Unanswered;
use crate::clock::UnixTime;
use crate::types::Method;

/// A number that was proven to be the user's.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PhoneFactor {
    /// E.164.
    pub number: String,
    /// The ways it was proven by, in that order.
    pub methods: Vec<Method>,
    /// Who is told when another number takes its place: as it was when this one was proven, for whoever
    /// changes the number may have changed the rest before.
    pub recipient: Recipient,
    /// By SMS.
    pub unanswered: Unanswered,
}

/// A number that its user removed. Who enrols another one soon after has replaced it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct FormerPhone {
    /// E.164.
    pub number: String,
    pub recipient: Recipient,
    pub removed: UnixTime,
}

/// An address that was proven to be the user's.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct EmailFactor {
    pub address: String,
}

/// How somebody is told what happened to their account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
