//! What every store can do. See [`super`] for what it rests on.

use std::fmt;
use std::path::PathBuf;

use super::error::StoreError;
use super::rows::{
    AuditRow, DeliveryReport, Loaded, Occupants, PhoneHash, RawRow, RawRowChange, Row, SentMessage,
    StoreDetails, StoreFacts, Swap, Together, Version,
};
use crate::clock::UnixTime;
use crate::types::{Site, UserId};

/// A place accounts are kept in. One connection, used by one thread of one process.
pub trait Store: Shared + fmt::Debug + Send {
    /// Reads an account without intent to change it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError>;

    /// Reads an account and one or two shared rows in one statement, so that what they say is of one moment, and in
    /// one round trip.
    ///
    /// # Errors
    /// [`StoreError`]
    fn load_together(
        &mut self,
        site: &Site,
        user: &UserId,
        names: &[&str],
    ) -> Result<Together, StoreError>;

    /// Reads an account to change it. `contended` is set after a lost swap: wait for the row now
    /// instead of losing again. Ends with the next `swap` or `release`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn hold(&mut self, site: &Site, user: &UserId, contended: bool) -> Result<Loaded, StoreError>;

    /// The same, and shared rows that are read with it or before it, and are not held: in the order of `names`, which
    /// are different.
    ///
    /// # Errors
    /// [`StoreError`]
    fn hold_beside(
        &mut self,
        site: &Site,
        user: &UserId,
        contended: bool,
        names: &[String],
    ) -> Result<(Loaded, Vec<Option<RawRow>>), StoreError>;

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

    /// The same, and removes the messages that were sent to that user, and the shared rows of these names: all of it or
    /// nothing.
    ///
    /// # Errors
    /// As [`Store::swap`]
    fn forget(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
        names: &[String],
    ) -> Result<Swap, StoreError>;

    /// Ends a hold without a change. Safe to call without one.
    fn release(&mut self);

    /// Accounts in the order of user ids (as bytes) whose id begins with `prefix`, after `after`. No row is read that is not
    /// one of them.
    ///
    /// # Errors
    /// [`StoreError`]
    fn list(
        &mut self,
        site: &Site,
        prefix: &str,
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

    /// Removes the store itself, its tables or its files, unless a site has anything there: then `None`. Otherwise
    /// the files that hold secrets and could not be removed.
    ///
    /// Tables that this user may not drop stay, empty. Whoever has the store open is refused from then on.
    ///
    /// # Errors
    /// [`StoreError`]
    fn remove_if_empty(&mut self) -> Result<Option<Vec<PathBuf>>, StoreError>;

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

    /// Events of all users, the oldest first, each with its place among all events of the store, after `after`. Places
    /// rise and are never used again. Where several processes write at once, a later place may be there before an
    /// earlier one: as long as that may be so, a minute at most by the clock of the store, nothing beyond the gap is given.
    /// No time that an event says moves that.
    ///
    /// # Errors
    /// [`StoreError`]
    fn events(
        &mut self,
        site: &Site,
        after: u64,
        limit: u32,
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

    /// Users who have events from before `before` that may go, the longest first. See [`super::Aging`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Users of whom something is to be told from `from` to `until`, both included, the longest first. See [`super::Due`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn due(
        &mut self,
        site: &Site,
        from: UnixTime,
        until: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Has these users found by [`Store::due`] at `until`, if they would be at `now`: until an account says otherwise.
    ///
    /// # Errors
    /// [`StoreError`]
    fn put_off(
        &mut self,
        site: &Site,
        users: &[UserId],
        now: UnixTime,
        until: UnixTime,
    ) -> Result<(), StoreError>;

    /// Proves that the store can be written to, and says what it is.
    ///
    /// # Errors
    /// [`StoreError`]
    fn check(&mut self) -> Result<StoreFacts, StoreError>;

    /// What the store is made of, and how much that site has in it. Takes no longer for what is large.
    ///
    /// # Errors
    /// [`StoreError`]
    fn describe(&mut self, site: &Site) -> Result<StoreDetails, StoreError>;

    /// In a process that was forked from the one that opened it: lets go of what stands in the way of opening
    /// another, and of nothing that the other process still uses. Every call after this one fails.
    fn disown_after_fork(&mut self);
}

/// The part of a [`Store`] that is not one user's.
pub trait Shared {
    /// Reads shared rows without intent to change them, in the order of `names`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError>;

    /// Reads one shared row without intent to change it. A hold goes on.
    ///
    /// # Errors
    /// [`StoreError`]
    fn look_beside(&mut self, site: &Site, name: &str) -> Result<Option<RawRow>, StoreError>;

    /// Reads shared rows to change them, in the order of `names`. Ends with the next `swap_shared_rows` or
    /// `release`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn hold_shared_rows(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<RawRow>>, StoreError>;

    /// Writes all rows if every one still has the version that is expected, or none. Ends the hold.
    /// Rows whose time is over by `now` may be forgotten.
    ///
    /// # Errors
    /// [`StoreError`]; then the outcome is unknown and the caller denies.
    fn swap_shared_rows(
        &mut self,
        site: &Site,
        now: UnixTime,
        changes: &[RawRowChange],
    ) -> Result<Swap, StoreError>;

    /// Users found by one of these numbers, at most ten.
    ///
    /// # Errors
    /// [`StoreError`]
    fn phone_users(&mut self, site: &Site, phones: &[PhoneHash])
    -> Result<Vec<UserId>, StoreError>;

    /// Remembers a message. Of those that were sent before `keep_from` a few may be forgotten.
    ///
    /// # Errors
    /// [`StoreError`]
    fn add_message(
        &mut self,
        site: &Site,
        message: &SentMessage,
        keep_from: Option<UnixTime>,
    ) -> Result<(), StoreError>;

    /// Takes a report of the message of that name if it ranks higher than what is known; false when it
    /// does not, or when there is no such message.
    ///
    /// # Errors
    /// [`StoreError`]
    fn report_message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
        report: &DeliveryReport,
    ) -> Result<bool, StoreError>;

    /// The message of that name.
    ///
    /// # Errors
    /// [`StoreError`]
    fn message(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
    ) -> Result<Option<SentMessage>, StoreError>;

    /// Messages, newest first, each with its place among all, before `before`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn messages(
        &mut self,
        site: &Site,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError>;

    /// The same of those to one user.
    ///
    /// # Errors
    /// [`StoreError`]
    fn messages_to(
        &mut self,
        site: &Site,
        user: &UserId,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError>;
}
