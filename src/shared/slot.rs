//! A shared row in the hands of a rule.

use crate::clock::UnixTime;

/// How long a row is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// For good.
    Always,
    /// Until then, at least.
    Until(UnixTime),
}

/// One row: what it says, and what it is to say.
#[derive(Debug)]
pub struct Slot<R> {
    stored: Option<R>,
    pub(super) change: Option<Change<R>>,
}

/// What becomes of a row.
#[derive(Debug)]
pub(super) enum Change<R> {
    /// It says this.
    Put(R, Keep),
    /// It is worth nothing any more.
    End,
}

impl<R> Slot<R> {
    pub(super) const fn new(stored: Option<R>) -> Self {
        Self {
            stored,
            change: None,
        }
    }

    /// What the row says; `None` where there is none, or it has ended.
    #[must_use]
    pub const fn row(&self) -> Option<&R> {
        self.stored.as_ref()
    }

    /// Takes the row out, to change it and put it back.
    pub const fn take(&mut self) -> Option<R> {
        self.stored.take()
    }

    /// What it is to say. Nothing is written where that is what it says already.
    pub fn put(&mut self, row: R, keep: Keep) {
        self.change = Some(Change::Put(row, keep));
    }

    /// Ends it: it is read as one that is not there, and goes in its time.
    pub fn end(&mut self) {
        self.change = Some(Change::End);
    }
}
