//! What a process has seen of the licence.

use std::cell::Cell;
use std::sync::Arc;

use crate::premium::licence::{Genuine, Kept, Remembered};

/// The latest row of the licence that this process has seen, and what it has found genuine.
#[derive(Debug)]
pub(crate) struct Seen {
    remembered: Cell<Remembered>,
    genuine: Arc<Genuine>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            remembered: Cell::new(Remembered::NOTHING),
            genuine: Arc::default(),
        }
    }
}

impl Seen {
    /// What was seen before; from now on this, unless it is older.
    pub(super) fn then_see(&self, kept: Option<&Kept>) -> Remembered {
        let before = self.remembered.get();
        if let Some(kept) = kept {
            self.remembered.set(before.max(kept.remember()));
        }
        before
    }

    /// What need not be checked again.
    pub(super) const fn genuine(&self) -> &Arc<Genuine> {
        &self.genuine
    }
}
