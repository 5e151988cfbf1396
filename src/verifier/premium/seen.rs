//! What a process has seen of the licence.

use std::cell::Cell;

use crate::premium::licence::{Kept, Remembered};

/// The latest row of the licence that this process has seen.
#[derive(Debug)]
pub(crate) struct Seen(Cell<Remembered>);

impl Default for Seen {
    fn default() -> Self {
        Self(Cell::new(Remembered::NOTHING))
    }
}

impl Seen {
    /// What was seen before; from now on this, unless it is older.
    pub(super) fn then_see(&self, kept: Option<&Kept>) -> Remembered {
        let before = self.0.get();
        if let Some(kept) = kept {
            self.0.set(before.max(kept.remember()));
        }
        before
    }
}
