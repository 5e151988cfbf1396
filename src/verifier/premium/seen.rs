//! What a process has seen of what is premium, and need not look at again.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::premium::Premium;
use crate::premium::enforcement::{Policy, PolicyError};
use crate::premium::licence::{Genuine, Kept, Remembered};

/// The latest row of the licence that this process has seen, what it has found genuine, and the policy that it read last.
#[derive(Debug)]
pub(crate) struct Seen {
    remembered: Cell<Remembered>,
    kept: RefCell<Option<Kept>>,
    genuine: Arc<Genuine>,
    policy: RefCell<Option<(String, Arc<Policy>)>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            remembered: Cell::new(Remembered::NOTHING),
            kept: RefCell::default(),
            genuine: Arc::default(),
            policy: RefCell::default(),
        }
    }
}

impl Seen {
    /// What was seen before; from now on this, unless it is older.
    pub(super) fn then_see(&self, kept: Option<&Kept>) -> Remembered {
        let before = self.remembered.get();
        if let Some(kept) = kept {
            self.remembered.set(before.max(kept.remember()));
            self.kept.replace(Some(kept.clone()));
        }
        before
    }

    /// The row that was seen last: for who needs no store but the word of whoever is on the server.
    pub(super) fn last(&self) -> Option<Kept> {
        self.kept.borrow().clone()
    }

    /// The policy of that text: reading a long one takes longer than all else in a sign-in. It says what its text says, byte
    /// by byte, and whether a licence is good is asked each time.
    ///
    /// # Errors
    /// [`PolicyError`]
    pub(super) fn policy(&self, premium: &Premium, text: &str) -> Result<Arc<Policy>, PolicyError> {
        let last = self.policy.borrow();
        if let Some((read, policy)) = &*last
            && read == text
        {
            return Ok(Arc::clone(policy));
        }
        drop(last);
        let policy = Arc::new(Policy::read(premium, text)?);
        let read = (text.to_owned(), Arc::clone(&policy));
        self.policy.replace(Some(read));
        Ok(policy)
    }

    /// What need not be checked again.
    pub(super) const fn genuine(&self) -> &Arc<Genuine> {
        &self.genuine
    }
}
