//! The one connection of a process to its store, for all who read and write in it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use super::contract::Store;
use super::error::StoreError;

/// A store that several share, one after the other.
#[derive(Clone)]
pub struct StoreHandle(Arc<Mutex<Box<dyn Store>>>);

impl fmt::Debug for StoreHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreHandle").finish_non_exhaustive()
    }
}

impl From<Box<dyn Store>> for StoreHandle {
    fn from(store: Box<dyn Store>) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }
}

impl StoreHandle {
    /// The store, until the result is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while somebody has it.
    pub fn borrow(&self) -> Result<MutexGuard<'_, Box<dyn Store>>, StoreError> {
        match self.0.try_lock() {
            Ok(store) => Ok(store),
            // `Held` releases the row when it is dropped, so a panic within a change leaves the store usable.
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(StoreError::unavailable(
                "the store is in use by this very request",
            )),
        }
    }

    /// See [`Store::disown_after_fork`].
    pub fn disown_after_fork(&self) {
        if let Ok(mut store) = self.borrow() {
            store.disown_after_fork();
        }
    }
}

/// A store within a change: the hold ends with the value, also when a rule panics.
pub struct Held<'a>(&'a mut dyn Store);

impl fmt::Debug for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl<'a> Held<'a> {
    /// For one change.
    pub fn new(store: &'a mut dyn Store) -> Self {
        Self(store)
    }
}

impl<'a> Deref for Held<'a> {
    type Target = dyn Store + 'a;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}
