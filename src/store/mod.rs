//! Where accounts are kept: one row a user, swapped only if it is unchanged.
//!
//! A store understands nothing of what it keeps. It has one job: [`Store::swap`] replaces a row if
//! its version is still the expected one, and writes the audit rows in the same transaction, durably,
//! or does neither. Everything that is spent exactly once rests on that. All stores run the same suite
//! (`tests/it/stores.rs`).
//!
//! A change is `hold` → decide → `swap` (or `release`). `hold` may keep other changers waiting, for
//! fairness under load; being right never depends on it.

use std::fmt;

use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

mod handle;
pub mod mysql;
mod mysql_shared;
mod opened;
mod shared;
pub mod sqlite;
mod sqlite_shared;
mod url;
mod write_queue;

pub use handle::{Held, StoreHandle};
pub use shared::{Cell, CellChange, Delivery, DeliveryReport, Shared};
pub use url::{MysqlUrl, StoreUrl, StoreUrlError, Tls};

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

/// What a swap does to the events that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Events up to this place are removed; 0: none.
    pub forget: u64,
    /// By when the account is found by [`Store::aged`].
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

/// Why a store cannot answer. Both deny; they differ in who has to act.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Down, full, locked, read-only, broken: may pass.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The file, directory, server, credentials or schema are wrong: an operator has to act.
    #[error("{0}")]
    Configuration(String),
}

/// A place accounts are kept in. One connection, used by one thread of one process.
pub trait Store: Shared + fmt::Debug + Send {
    /// Reads an account without intent to change it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError>;

    /// Reads an account to change it. `contended` is set after a lost swap: wait for the row now
    /// instead of losing again. Ends with the next `swap` or `release`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn hold(&mut self, site: &Site, user: &UserId, contended: bool) -> Result<Loaded, StoreError>;

    /// Writes `row` if the stored version is still `expected` (`None`: if there is no row), and
    /// `events` with it, durably, and removes the events that it says. Ends the hold.
    ///
    /// # Errors
    /// [`StoreError`]; then the outcome is unknown and the caller denies.
    fn swap(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> Result<Swap, StoreError>;

    /// Ends a hold without a change. Safe to call without one.
    fn release(&mut self);

    /// Accounts in the order of user ids (as bytes) whose id contains `search`, after `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn list(
        &mut self,
        site: &Site,
        search: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError>;

    /// Whose accounts, or events of them, are here, and who has opened the store.
    ///
    /// # Errors
    /// [`StoreError`]
    fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError>;

    /// Removes everything that is kept for a site, durably and all at once. Whoever has something open there loses
    /// it; what belongs to other sites stays.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is removed, or everything.
    fn remove_site(&mut self, site: &Site) -> Result<(), StoreError>;

    /// Events, newest first, each with its place among all events of the store, before `before`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError>;

    /// Events of a user from that place in their chain on, the oldest first, each with its place among all events
    /// of the store; from 0 on: all. A hold goes on.
    ///
    /// # Errors
    /// [`StoreError`]
    fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError>;

    /// Users who have events from before `before` that may go, the longest first. See [`Aging`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Proves that the store can be written to, and says what it is.
    ///
    /// # Errors
    /// [`StoreError`]
    fn check(&mut self) -> Result<StoreFacts, StoreError>;

    /// In a process that was forked from the one that opened it: lets go of what stands in the way of opening
    /// another, and of nothing that the other process still uses. Every call after this one fails.
    fn disown_after_fork(&mut self);
}

/// What a store is that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFacts {
    /// In a few words without secrets: "SQLite 3.50, /path".
    pub name: String,
    /// Whether what it has told survives a power cut.
    pub is_durable: bool,
}

/// Opens the store an URL names. Creates or migrates its tables.
///
/// # Errors
/// [`StoreError`]
pub fn open(url: &StoreUrl) -> Result<Box<dyn Store>, StoreError> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Box::new(sqlite::Sqlite::open(path)?),
        StoreUrl::Memory => Box::new(sqlite::Sqlite::in_memory()?),
        StoreUrl::Mysql(url) => Box::new(mysql::Mysql::connect(url)?),
    })
}
