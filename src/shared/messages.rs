//! The list of messages that were sent.

use crate::store::{DeliveryReport, SentMessage, StoreError, StoreHandle};
use crate::types::{Site, UserId};

/// The messages of a site: each with what its provider reported of it.
#[derive(Debug)]
pub struct SentMessages {
    store: StoreHandle,
    site: Site,
    /// How long they are kept, in days; 0: for ever.
    keep_days: u32,
}

impl SentMessages {
    /// The messages of `site`, which go after so many days; 0: never.
    #[must_use]
    pub const fn new(store: StoreHandle, site: Site, keep_days: u32) -> Self {
        Self {
            store,
            site,
            keep_days,
        }
    }

    /// See [`crate::store::Shared::add_message`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn add(&self, message: &SentMessage) -> Result<(), StoreError> {
        let keep_from = message.sent.keep_from(self.keep_days);
        let mut store = self.store.borrow()?;
        store.add_message(&self.site, message, keep_from)
    }

    /// See [`crate::store::Shared::report_message`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn report(
        &self,
        provider: &str,
        reference: &str,
        report: &DeliveryReport,
    ) -> Result<bool, StoreError> {
        let mut store = self.store.borrow()?;
        store.report_message(&self.site, provider, reference, report)
    }

    /// See [`crate::store::Shared::message`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn find(&self, provider: &str, reference: &str) -> Result<Option<SentMessage>, StoreError> {
        self.store
            .borrow()?
            .message(&self.site, provider, reference)
    }

    /// See [`crate::store::Shared::messages`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn list(
        &self,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        self.store.borrow()?.messages(&self.site, limit, before)
    }

    /// See [`crate::store::Shared::messages_to`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn list_to(
        &self,
        user: &UserId,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, SentMessage)>, StoreError> {
        let mut store = self.store.borrow()?;
        store.messages_to(&self.site, user, limit, before)
    }
}
