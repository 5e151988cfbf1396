//! Reports of what became of a message.

use std::fmt;

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
    /// The message, as [`Submitted::id`](super::Submitted::id) named it.
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
