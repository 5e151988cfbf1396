//! That a user has to enrol, as an account keeps it, and that everybody has to, as an account is told; the rules are in
//! [`super::required`].

use super::factor::{Factor, FactorId};
use super::ids::RequirementId;
use crate::clock::{SKEW, UnixTime};

/// The longest time of grace, in seconds: a year.
pub const MOST_GRACE_SECONDS: u64 = 366 * 86_400;

/// That a user has to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequiredEnrolment {
    /// When it was required.
    pub(super) made: UnixTime,
    /// From when no sign-in ends without it.
    pub(super) due: UnixTime,
    /// What was enrolled when it was required, and was not enrolled once more since.
    pub(super) former: Vec<FactorId>,
}

impl RequiredEnrolment {
    /// What a clock required that was ahead is due at once, as what is required of everybody: nobody knows how much of
    /// its grace is over, and it may have had none.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        if self.made > now.plus(SKEW) {
            (self.made, self.due) = (now, now);
        }
    }

    pub(super) fn is_former(&self, factor: &Factor) -> bool {
        self.former.contains(&factor.id)
    }
}

/// What is required of everybody, as it stands beside an account. No account keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OfEverybody {
    pub(super) id: RequirementId,
    /// From when no sign-in ends without it.
    pub(super) due: UnixTime,
}
