//! That a user has to enrol, as an account keeps it; the rules are in [`super::required`].

use super::factor::{Factor, FactorId};
use crate::clock::UnixTime;

/// The longest time of grace, in seconds: a year.
pub const MOST_GRACE_SECONDS: u64 = 366 * 86_400;

/// That a user has to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequiredEnrolment {
    /// From when no sign-in ends without it.
    pub(super) due: UnixTime,
    /// What was enrolled when it was required, and was not enrolled once more since.
    pub(super) former: Vec<FactorId>,
}

impl RequiredEnrolment {
    /// A grace that a clock gave which was ahead is no longer than the longest.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.due = self.due.min(now.plus(MOST_GRACE_SECONDS));
    }

    pub(super) fn is_former(&self, factor: &Factor) -> bool {
        self.former.contains(&factor.id)
    }
}
