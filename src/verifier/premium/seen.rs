//! What a process has seen of what is premium, and need not look at again.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::premium::Premium;
use crate::premium::enforcement::{Policy, PolicyError};
use crate::premium::licence::{Genuine, Kept, Remembered, Terms};
use crate::sms::SettingError;
use crate::store::RawRow;
use crate::types::LicenceKey;

/// The latest row of the licence that this process has seen, what it has found genuine, and the policy that it read last.
#[derive(Debug)]
pub(crate) struct Seen {
    remembered: Cell<Remembered>,
    kept: RefCell<Option<Arc<Kept>>>,
    /// The row that was opened last, and what it says.
    opened: RefCell<Option<(RawRow, Arc<Kept>)>>,
    genuine: Arc<Genuine>,
    terms: RefCell<Option<Arc<Terms>>>,
    policy: RefCell<Option<(String, Arc<Policy>)>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            remembered: Cell::new(Remembered::NOTHING),
            kept: RefCell::default(),
            opened: RefCell::default(),
            genuine: Arc::default(),
            terms: RefCell::default(),
            policy: RefCell::default(),
        }
    }
}

impl Seen {
    /// What was seen before; from now on this, unless it is older.
    pub(super) fn then_see(&self, kept: Option<&Arc<Kept>>) -> Remembered {
        let before = self.remembered.get();
        if let Some(kept) = kept {
            self.remembered.set(before.max(kept.remember()));
            self.kept.replace(Some(Arc::clone(kept)));
        }
        before
    }

    /// What that row says, where it is the one that was opened last: to open it again takes a fifth of a sign-in by a trusted
    /// device. It is compared whole and byte by byte, its version included.
    pub(super) fn opened(&self, raw: &RawRow) -> Option<Arc<Kept>> {
        let last = self.opened.borrow();
        let (_, kept) = last.as_ref().filter(|(opened, _)| opened == raw)?;
        Some(Arc::clone(kept))
    }

    /// That row was opened, and says that.
    pub(super) fn open(&self, raw: &RawRow, kept: Kept) -> Arc<Kept> {
        let kept = Arc::new(kept);
        self.opened.replace(Some((raw.clone(), Arc::clone(&kept))));
        kept
    }

    /// The row that was seen last: for who needs no store but the word of whoever is on the server.
    pub(super) fn last(&self) -> Option<Arc<Kept>> {
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

    /// The terms of a licence key and a site, by settings that stay the same.
    ///
    /// # Errors
    /// As [`Terms::read`]
    pub(super) fn terms(
        &self,
        public_keys: &str,
        site: &str,
        grace_days: u32,
        key: &LicenceKey,
    ) -> Result<Arc<Terms>, SettingError> {
        let mut last = self.terms.borrow_mut();
        if let Some(terms) = &*last
            && terms.key() == key
            && terms.site() == site
        {
            return Ok(Arc::clone(terms));
        }
        let terms = Terms::read_knowing(&self.genuine, public_keys, site, grace_days, key)?;
        let terms = Arc::new(terms);
        *last = Some(Arc::clone(&terms));
        Ok(terms)
    }
}
