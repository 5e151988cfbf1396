//! What users share: budgets and breakers, telephone numbers in use, messages that were sent.

use crate::clock::UnixTime;
use crate::store::{PhoneHash, StoreError, Swap, Version};
use crate::types::{Method, Site, UserId};

/// Something small under a name: a send budget, a breaker, a provider's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// How often it has been written.
    pub version: Version,
    /// Its bytes.
    pub body: Vec<u8>,
    /// After this it may be forgotten; `None`: never.
    pub keep_until: Option<UnixTime>,
}

/// A new value for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
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
pub struct Delivery {
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

/// The part of a [`super::Store`] that is not one user's.
pub trait Shared {
    /// Reads cells without intent to change them, in the order of `names`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn cells(&mut self, site: &Site, names: &[String]) -> Result<Vec<Option<Cell>>, StoreError>;

    /// Reads cells to change them, in the order of `names`. Ends with the next `swap_cells` or
    /// `release`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn hold_cells(
        &mut self,
        site: &Site,
        names: &[String],
    ) -> Result<Vec<Option<Cell>>, StoreError>;

    /// Writes all cells if every one still has the version that is expected, or none. Ends the hold.
    /// Cells whose time is over by `now` may be forgotten.
    ///
    /// # Errors
    /// [`StoreError`]; then the outcome is unknown and the caller denies.
    fn swap_cells(
        &mut self,
        site: &Site,
        now: UnixTime,
        changes: &[CellChange],
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
    fn add_delivery(
        &mut self,
        site: &Site,
        delivery: &Delivery,
        keep_from: Option<UnixTime>,
    ) -> Result<(), StoreError>;

    /// Takes a report of the message of that name if it ranks higher than what is known; false when it
    /// does not, or when there is no such message.
    ///
    /// # Errors
    /// [`StoreError`]
    fn report_delivery(
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
    fn delivery(
        &mut self,
        site: &Site,
        provider: &str,
        reference: &str,
    ) -> Result<Option<Delivery>, StoreError>;

    /// Messages, newest first, each with its place among all, before `before`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn deliveries(
        &mut self,
        site: &Site,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, Delivery)>, StoreError>;
}
