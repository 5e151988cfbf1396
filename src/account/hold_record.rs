//! What an account keeps of the links of its notices: which are used, and what is on hold.

use crate::clock::UnixTime;

/// How long the link of a notice is good, in seconds: seven days.
pub(super) const LINK_SECONDS: u64 = 7 * 86_400;

/// What was said by links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repudiation {
    /// Links of notices up to that number are used.
    pub(super) used: u32,
    /// What is on hold now.
    pub(super) hold: Option<Hold>,
}

/// Changes of factors are on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) since: UnixTime,
    /// Codes of a set that is older end it.
    pub(super) codes_before: UnixTime,
}

impl Hold {
    /// A clock that is behind calls codes older than they are: what they are compared with goes back with them.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.since = self.since.min(now);
        self.codes_before = self.codes_before.min(now.minus(LINK_SECONDS));
    }
}
