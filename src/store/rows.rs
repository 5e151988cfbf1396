//! What is kept, as it is kept.

use crate::clock::UnixTime;
use crate::types::{Method, UserId};

/// The name of the shared row, of no site, that a store has while it is being copied into: no site's name is empty.
pub(super) const COPYING: &str = "copying";

/// How often a row has been written; 1 when new. Part of what the row is sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64);

impl Version {
    /// Of a row that is written for the first time.
    pub const FIRST: Self = Self(1);

    /// Of the row that replaces this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What lists may show without opening anything. Never decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// A factor is confirmed.
    pub enrolled: bool,
    /// The method asked for first.
    pub primary: Option<Method>,
    /// End of the longest block.
    pub locked_until: Option<UnixTime>,
    /// Last accepted proof.
    pub last_verified: Option<UnixTime>,
}

/// A keyed hash of a telephone number, by which it is found without being known.
pub type PhoneHash = [u8; 32];

/// What a swap does to the telephone number a user is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneIndex {
    /// Nothing. What is loaded says so, too.
    #[default]
    AsItWas,
    /// The user has none.
    Absent,
    /// The user has this one.
    Is(PhoneHash),
}

/// By when an account has events that may go, as far as a swap says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aging {
    /// As it was. What is loaded says so, too.
    #[default]
    AsItWas,
    /// No event may ever go.
    Never,
    /// The oldest event that may go is of this time.
    Since(UnixTime),
}

/// From when something is to be told of an account, as far as a swap says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Due {
    /// As it was. What is loaded says so, too.
    #[default]
    AsItWas,
    /// Nothing is.
    Never,
    /// From this time on.
    At(UnixTime),
}

/// What a swap does to the events that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Events up to this place are removed; 0: none.
    pub forget: u64,
    /// By when the account is found by [`super::Store::aged`].
    pub aging: Aging,
}

/// One account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// How often it has been written.
    pub version: Version,
    /// The plain columns.
    pub listing: Listing,
    /// Written in the same transaction.
    pub phone: PhoneIndex,
    /// Written in the same transaction.
    pub due: Due,
    /// Written in the same transaction. What is loaded says nothing of it.
    pub retention: Retention,
    /// The sealed account.
    pub sealed: Vec<u8>,
}

/// What there is of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The account.
    Row(Row),
    /// Nothing: the user never had an account.
    Absent,
    /// No account, but audit events of one: somebody removed the row.
    Orphaned,
}

/// An account and what stands beside it, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Version and sealed account; `None` where there is none.
    pub account: Option<(Version, Vec<u8>)>,
    /// There is no account, but audit events of one: somebody removed the row.
    pub is_orphaned: bool,
    /// Shared rows, in the order in which they were asked for.
    pub shared_rows: Vec<Option<RawRow>>,
}

/// Who has accounts in a store, or has left events of one, and who has merely opened it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupants {
    /// The site that asks.
    pub own: bool,
    /// Another site: one of their names.
    pub other: Option<String>,
    /// Another site that keeps anything here, if only its mark: one of their names.
    pub kept: Option<String>,
    /// The site that asks, if not here, in other tables of the same database: their prefix.
    pub elsewhere: Option<String>,
    /// The site that asks, if it keeps anything in other tables of the same database: their prefix.
    pub kept_elsewhere: Option<String>,
}

/// One event as it is kept. The body is JSON; the rest is needed to order and to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Whose.
    pub user: UserId,
    /// Its place in this user's chain, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: UnixTime,
    /// JSON, at most 4 KiB.
    pub body: Vec<u8>,
    /// The chain's keyed hash up to and with this event.
    pub mac: [u8; 32],
}

/// Whether a swap took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Swap {
    /// The row and the events are durably written.
    Done,
    /// Somebody was faster, or the database asked to try again: nothing is written.
    Conflict,
}

/// Most rows one `list` or `audit` returns, whatever it is asked for.
pub const MAX_LIMIT: u32 = 1000;

/// What a store is that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFacts {
    /// In a few words without secrets: "SQLite 3.50, /path".
    pub name: String,
    /// Whether what it has told survives a power cut.
    pub is_durable: bool,
}

/// Most rows of a table that [`super::Store::describe`] counts: more are told as one more than that.
pub const MOST_COUNTED: u64 = 100_000;

/// What a store is made of, for whoever is asked why it does not work. Names and numbers of the software alone: no path,
/// no host, no user, and nothing of what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreDetails {
    /// Which software.
    pub product: &'static str,
    /// As it says itself.
    pub version: String,
    /// How many steps its tables have taken, and how many there are.
    pub schema: (u32, u32),
    /// Settings of it that matter here, as far as it has them, in its own words.
    pub settings: Vec<(String, String)>,
    /// Each table.
    pub tables: Vec<TableDetails>,
}

/// A table as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDetails {
    /// Without a prefix.
    pub name: &'static str,
    /// Names and types, in their order, as the database says them.
    pub columns: Vec<(String, String)>,
    /// Rows of the site that asks, [`MOST_COUNTED`] and one at most.
    pub rows: u64,
}

/// Something small under a name: a send budget, a breaker, a provider's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// How often it has been written.
    pub version: Version,
    /// Its bytes.
    pub body: Vec<u8>,
    /// After this it may be forgotten; `None`: never.
    pub keep_until: Option<UnixTime>,
}

/// A new value for a shared row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRowChange {
    /// Its name, 1 to 191 bytes.
    pub name: String,
    /// The version it was decided on; `None` if there was none.
    pub expected: Option<Version>,
    /// Its bytes, at most 64 KiB.
    pub body: Vec<u8>,
    /// After this it may be forgotten; `None`: never.
    pub keep_until: Option<UnixTime>,
}

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// To whom.
    pub user: UserId,
    /// By whom.
    pub provider: String,
    /// Which way.
    pub method: Method,
    /// The number without most of its digits.
    pub masked: String,
    /// The provider's name of the message.
    pub reference: Option<String>,
    /// When.
    pub sent: UnixTime,
    /// What is known of it.
    pub report: DeliveryReport,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// How final it is: a report is taken only in the place of one with a lower rank.
    pub rank: u8,
    /// The provider's word for it.
    pub status: String,
    /// The provider's code for an error; empty without one.
    pub detail: String,
    /// When it was told.
    pub at: UnixTime,
}
