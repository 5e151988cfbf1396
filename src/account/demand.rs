//! What an account keeps of what a site's policy asks; the rules over it are in [`super::under_policy`].

use super::ids::RequirementId;
use crate::clock::{SKEW, UnixTime};
use crate::types::Strength;

/// What a policy asks of one challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Which policy.
    pub policy: RequirementId,
    /// How strong its proof has to be, and from when: what is due is judged when it is proven.
    pub asks: Vec<(Strength, UnixTime)>,
    /// Until when it holds; `None`: as long as its policy. Where nobody could say what that asks.
    pub until: Option<UnixTime>,
}

impl Demand {
    /// How strong a proof has to be now; `None`: it asks for nothing by now.
    #[must_use]
    pub fn needs(&self, now: UnixTime) -> Option<Strength> {
        let due = self.asks.iter().filter(|(_, due)| *due <= now);
        due.map(|(strength, _)| *strength).max()
    }

    /// Of a clock that was ahead: what it gave is due at once, as [`Due::put_right`] has it.
    pub(super) fn come_due(&mut self, now: UnixTime) {
        for (_, due) in &mut self.asks {
            *due = (*due).min(now);
        }
    }
}

/// The policy of a site, as it is kept: bytes that mean nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPolicy {
    /// Another one with every change.
    pub id: RequirementId,
    /// What it says.
    pub text: String,
}

/// From when a strength is asked of a user: the earliest day that they were ever given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) strength: Strength,
    /// When that day was set.
    pub(super) made: UnixTime,
    pub(super) due: UnixTime,
}

/// What a policy asked of a user when they last signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Asked {
    pub(super) sign_in: Option<Strength>,
    pub(super) step_up: Option<Strength>,
}

impl Due {
    /// What a clock gave that was ahead is due at once, as in [`super::requirement`].
    pub(super) fn put_right(&mut self, now: UnixTime) {
        if self.made > now.plus(SKEW) {
            (self.made, self.due) = (now, now);
        }
    }
}
