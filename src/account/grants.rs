//! Grants: fresh proofs, each good for changes of settings for a few minutes, under the policy that they were given under.

use super::ids::{GrantId, RequirementId};
use crate::clock::{SKEW, UnixTime};
use crate::types::{Method, Strength};

/// Kept at once: as many as there are step-ups open.
const MOST_KEPT: usize = 5;
/// How long a grant is good for, in seconds.
pub const GRANT_SECONDS: u64 = 300;

#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) id: GrantId,
    pub(super) given: UnixTime,
    /// What was proven.
    pub(super) by: Method,
    /// The site's policy when it was; `None`: there was none.
    pub(super) policy: Option<RequirementId>,
}

/// Fresh proofs, the oldest first.
#[derive(Debug, Clone)]
pub(super) struct Grants(pub(super) Vec<Grant>);

impl Grants {
    pub(super) const NONE: Self = Self(Vec::new());

    pub(super) fn give(
        &mut self,
        id: GrantId,
        by: Method,
        policy: Option<RequirementId>,
        now: UnixTime,
    ) {
        self.0.retain(|g| g.id != id && fresh(g, now));
        while self.0.len() >= MOST_KEPT {
            self.0.remove(0);
        }
        self.0.push(Grant {
            id,
            given: now,
            by,
            policy,
        });
    }

    /// Ends what was given under another policy than that: what this one asks of a proof was not asked of it.
    pub(super) fn end_other(&mut self, policy: Option<RequirementId>) {
        self.0.retain(|g| g.policy == policy);
    }

    /// Ends those that came of a proof which is weaker than that.
    pub(super) fn end_weak(&mut self, least: Strength) {
        self.0.retain(|g| least.admits(g.by));
    }

    /// Ends those that a clock gave which was ahead: they would be good when their time comes.
    pub(super) fn put_right(&mut self, now: UnixTime) {
        self.0.retain(|g| g.given <= now.plus(SKEW));
    }

    /// After a change: the one that it was made with, if any, is good for the rest of its time, and no other.
    pub(super) fn keep_only(&mut self, id: Option<&GrantId>) {
        self.0.retain(|g| Some(&g.id) == id);
    }

    /// Whether one was given so lately that a set-up may be open which was begun with it, or with an earlier one.
    pub(super) fn any_since(&self, seconds: u64, now: UnixTime) -> bool {
        let mut all = self.0.iter();
        all.any(|g| now < g.given.plus(seconds))
    }

    pub(super) fn holds(&self, id: &GrantId, now: UnixTime) -> bool {
        self.until(id, now).is_some()
    }

    /// What was proven for a grant; `None` if it is not good now.
    pub(super) fn proven_by(&self, id: &GrantId, now: UnixTime) -> Option<Method> {
        let grant = self.0.iter().find(|g| g.id == *id && fresh(g, now))?;
        Some(grant.by)
    }

    /// Until when a grant is good; `None` if it is not now.
    pub(super) fn until(&self, id: &GrantId, now: UnixTime) -> Option<UnixTime> {
        let grant = self.0.iter().find(|g| g.id == *id && fresh(g, now))?;
        Some(grant.given.plus(GRANT_SECONDS))
    }
}

/// Not too old, and not from a future that a clock set back has left behind: further ahead than the clocks of two
/// servers may be apart.
fn fresh(grant: &Grant, now: UnixTime) -> bool {
    grant.given <= now.plus(SKEW) && now < grant.given.plus(GRANT_SECONDS)
}
