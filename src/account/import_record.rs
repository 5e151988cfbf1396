//! That an account was taken over from other software, as it keeps it; the rules are in [`super::import`].

use super::factor::FactorId;
use crate::clock::UnixTime;

/// How long backup codes are good that other software made, in seconds: thirty days.
pub const IMPORTED_CODES_SECONDS: u64 = 30 * 86_400;

/// Wrong codes, all together, after which those that other software made count no more. They may have as few as 32 bits:
/// ten tries at ten of them find one in forty million cases.
pub(super) const MOST_WRONG: u8 = 10;

/// That an account was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImportRecord {
    /// When.
    pub(super) at: UnixTime,
    /// The numbers and addresses that nobody has proven here yet to be reached at.
    pub(super) unproven: Vec<FactorId>,
    /// What holds of the backup codes, as long as they are those that were taken over.
    pub(super) codes: Option<ImportedCodes>,
}

/// How long backup codes of other software are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImportedCodes {
    /// They end then.
    pub(super) until: UnixTime,
    /// How often a code was wrong.
    pub(super) wrong: u8,
}

impl ImportRecord {
    /// No more than one for each way to be reached.
    pub(super) fn is_possible(&self) -> bool {
        self.unproven.len() <= 2 && self.codes.is_none_or(|codes| codes.wrong < MOST_WRONG)
    }

    /// What a clock that was ahead has put into the future lasts no longer than it would have.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.at = self.at.min(now);
        if let Some(codes) = &mut self.codes {
            codes.until = codes.until.min(now.plus(IMPORTED_CODES_SECONDS));
        }
    }
}
