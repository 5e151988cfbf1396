//! Factors that are suspended: lost, or perhaps in somebody else's hands (NIST SP 800-63B-4 section 4.3).
//!
//! ```text
//!   COUNTS ── its user, by another proof · a look-up code at the sign-in: all on the telephone · an operator · ──▶ SUSPENDED
//!     ▲       a set-up that a temporary code led to: all others                                                       │ │
//!     └── its user, by a proof of another factor · an operator · proven once more, by a set-up ──────────────────────┘ │
//!                                                                                     removed, reset, replaced ◀───────┘
//! ```
//!
//! One that is suspended proves nothing, is offered to nobody and is sent nothing: as if it were not there. But it is
//! enrolled. An account of which everything is suspended asks for a proof that nobody can give, and never looks like one
//! without a second factor; what is asked for by its strength is not asked for any less because of it. Nobody suspends
//! anything with a password alone.

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::enrol::FactorError;
use super::factor::{Factor, FactorId};
use super::grants::GRANT_SECONDS;
use super::ids::GrantId;
use super::sign_in::Accepted;
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::Requester;

/// Who suspends or resumes a factor.
#[derive(Debug, Clone, Copy)]
pub enum SuspendedBy<'a> {
    /// Its user, who has proven another one.
    Owner {
        /// With that grant.
        grant: GrantId,
        /// Why.
        why: &'a str,
    },
    /// Somebody else.
    Operator {
        /// Who.
        by: &'a str,
        /// Why.
        why: &'a str,
        /// What stood behind them.
        authority: Authority,
    },
}

impl SuspendedBy<'_> {
    fn event(&self, kind: EventKind) -> Event {
        match self {
            Self::Owner { why, .. } => Event::new(kind, Requester::Proven).because(why),
            Self::Operator { by, why, authority } => Event::new(kind, Requester::Operator)
                .by(by, why)
                .authority(Some(*authority)),
        }
    }
}

impl Account {
    /// The ids of those that are suspended, in the order of the factors.
    pub(super) fn suspended(&self) -> Vec<FactorId> {
        let factors = self.factors.iter();
        let suspended = factors.filter(|factor| factor.is_suspended());
        suspended.map(|factor| factor.id).collect()
    }

    /// Those of these ids are, as it was written.
    pub(super) fn mark_suspended(&mut self, ids: &[FactorId]) {
        for factor in &mut self.factors {
            factor.is_suspended = ids.contains(&factor.id);
        }
    }

    /// Whether that factor is known to the account, and suspended.
    fn is_suspended(&self, id: &FactorId) -> Result<bool, FactorError> {
        let factor = self.factors.iter().find(|factor| factor.id == *id);
        factor.map(Factor::is_suspended).ok_or(FactorError::Unknown)
    }

    /// Suspends a factor: it proves nothing from now on. Every sign-in ends, and every grant that it may have given; nothing
    /// happens where it is suspended already.
    ///
    /// # Errors
    /// [`FactorError::Unknown`]; [`FactorError::Last`]: its user could prove nothing any more
    pub fn suspend_factor(
        &mut self,
        id: &FactorId,
        by: SuspendedBy<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), FactorError> {
        if self.is_suspended(id)? {
            return Ok(());
        }
        let is_owner = matches!(by, SuspendedBy::Owner { .. });
        if is_owner && !self.is_provable_without(id) {
            return Err(FactorError::Last);
        }
        let kept = self.kept_grant(id, by, context.now);
        if let Some(factor) = self.factor_mut(id) {
            factor.is_suspended = true;
            context.note(factor.event(by.event(EventKind::Suspended)));
        }
        self.end_for_suspension(by, kept.as_ref(), context.now);
        Ok(())
    }

    /// A factor that is suspended counts again. Nothing happens where it is not.
    ///
    /// # Errors
    /// [`FactorError::Unknown`]
    pub fn resume_factor(
        &mut self,
        id: &FactorId,
        by: SuspendedBy<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<(), FactorError> {
        if !self.is_suspended(id)? {
            return Ok(());
        }
        let kept = self.kept_grant(id, by, context.now);
        if let Some(factor) = self.factor_mut(id) {
            factor.is_suspended = false;
            context.note(factor.event(by.event(EventKind::Resumed)));
        }
        let mut methods = self.methods().into_iter();
        self.primary = self
            .primary
            .or_else(|| methods.find(|method| !method.is_lookup()));
        self.end_for_suspension(by, kept.as_ref(), context.now);
        Ok(())
    }

    /// The grant that goes on: none that this very factor gave. What is suspended is not resumed by its own proof.
    fn kept_grant(&self, id: &FactorId, by: SuspendedBy<'_>, now: UnixTime) -> Option<GrantId> {
        let SuspendedBy::Owner { grant, .. } = by else {
            return None;
        };
        let factor = self.factors.iter().find(|factor| factor.id == *id)?;
        let proven_by = self.grants.proven_by(&grant, now)?;
        // A grant knows of a kind and a time; used since, too, it may have been this one.
        let given = self.grants.until(&grant, now)?.minus(GRANT_SECONDS);
        let may_be_its =
            proven_by == factor.method() && factor.last_used_at.is_none_or(|used| used >= given);
        (!may_be_its).then_some(grant)
    }

    /// As every change of factors; but what an operator issued a moment before is good for what it was issued for.
    fn end_for_suspension(&mut self, by: SuspendedBy<'_>, kept: Option<&GrantId>, now: UnixTime) {
        let issued = match by {
            SuspendedBy::Operator { .. } => self.temporary_code.take(),
            SuspendedBy::Owner { .. } => None,
        };
        self.raise_epoch(kept, now);
        self.temporary_code = issued;
    }

    /// Whether anything but that factor could be proven: blocks end, what is disabled stays so.
    fn is_provable_without(&self, id: &FactorId) -> bool {
        let disabled = self.disabled();
        let mut others = self.factors().filter(|factor| factor.id != *id);
        others.any(|factor| !factor.is_suspended && !disabled.contains(&factor.method()))
    }

    /// A sign-in was proven by a look-up code, and its user says that their telephone is lost: the apps on it and the ways to
    /// it are suspended. The sign-in goes on in the epoch that begins with it. Nothing is suspended while changes are on hold:
    /// the codes may be those of whoever took the account over.
    #[must_use]
    pub fn suspend_phone(
        &mut self,
        token: &ChallengeToken,
        accepted: Accepted,
        context: &mut RuleContext<'_>,
    ) -> Accepted {
        let is_meant = |factor: &Factor| factor.method().is_on_phone();
        if self.assert_not_held().is_err() || !self.suspend_where(is_meant, context) {
            return accepted;
        }
        // Where a set-up has to follow, it is begun by this challenge.
        let proven = self.challenges.take(&token.id);
        self.raise_epoch(None, context.now);
        if accepted.must_enrol {
            self.challenges.open.extend(proven);
        }
        Accepted {
            epoch: self.epoch,
            ..accepted
        }
    }

    /// Suspends all but that factor and look-up codes: whoever set it up had nothing else any more.
    pub(super) fn suspend_others(&mut self, kept: &FactorId, context: &mut RuleContext<'_>) {
        let is_meant = |factor: &Factor| factor.id != *kept && !factor.method().is_lookup();
        self.suspend_where(is_meant, context);
    }

    /// Whether there was one that was not suspended.
    fn suspend_where(
        &mut self,
        is_meant: impl Fn(&Factor) -> bool,
        context: &mut RuleContext<'_>,
    ) -> bool {
        let mut is_any = false;
        for factor in &mut self.factors {
            if factor.is_suspended || !is_meant(factor) {
                continue;
            }
            factor.is_suspended = true;
            is_any = true;
            let event = Event::new(EventKind::Suspended, Requester::Proven);
            context.note(factor.event(event));
        }
        is_any
    }
}
