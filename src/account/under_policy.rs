//! What a site's policy asks of its users, as far as an account knows of it: how strong the proof of a challenge has to
//! be, since when more is asked of its user, and that they were reminded.
//!
//! ```text
//!                        nothing of that strength enrolled            something is
//!   a proof too weak:    right ──▶ ENROL, by the same challenge       refused: it was not asked for
//!   strong enough:       ─                                            VERIFIED
//! ```
//!
//! Whom a policy asks for what is not decided here ([`Demand`](super::Demand) comes with the challenge), and what it says is bytes that
//! `premium` alone reads ([`KeptPolicy`](super::KeptPolicy)). Here is what holds without it: what is due is judged at the moment of the
//! proof and of the set-up, however long ago the challenge was opened; what is too weak signs nobody in and gives no
//! grant; what is set up by such a proof stands beside what there is, look-up codes among it, and makes no operator for a
//! day; where something stronger is enrolled it proves nothing at all, or whoever has a telephone number of somebody
//! could put an app of their own in the place of theirs; a challenge is over when another policy takes the place of the
//! one it was opened under; and a day from which more is asked never moves to a later one.

use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::demand::{Asked, Due};
use super::denied::Denied;
use super::enrol::FactorError;
use super::ids::{ChallengeId, GrantId, RequirementId};
use super::permit::Permit;
use super::state::Account;
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::types::{Method, Purpose, Requester, Strength};

impl Account {
    /// Whether a factor of that strength is enrolled, blocked, disabled and suspended ones included: or a thief of the
    /// password would disable it first, and whoever has the number of somebody who lost the app would set up their own.
    #[must_use]
    pub fn has_strength(&self, strength: Strength) -> bool {
        let mut methods = self.factors.iter().map(|factor| factor.method());
        methods.any(|method| !method.is_lookup() && strength.admits(method))
    }

    /// Whether a grant came of a proof of that strength: of its own proof, whatever else was proven since.
    #[must_use]
    pub fn has_shown(&self, strength: Strength, grant: &GrantId, now: UnixTime) -> bool {
        let proven_by = self.grants.proven_by(grant, now);
        proven_by.is_some_and(|method| strength.admits(method))
    }

    /// What a policy asked of its user when they last signed in or stepped up, the strongest.
    #[must_use]
    pub fn last_asked(&self) -> Option<Strength> {
        self.asked.sign_in.max(self.asked.step_up)
    }

    /// The policy that this account stands under; challenges that were opened under another one are closed, and grants
    /// that were given under one are over.
    pub fn stand_under_policy(&mut self, policy: Option<RequirementId>) {
        self.challenges.close_other(policy);
        self.step_ups.close_other(policy);
        self.grants.end_other(policy);
    }

    /// From when a strength is asked of its user, for each that was ever asked.
    pub fn dues(&self) -> impl Iterator<Item = (Strength, UnixTime)> {
        self.dues.iter().map(|it| (it.strength, it.due))
    }

    /// Keeps such days, where they are earlier than those that are kept: nothing makes one later.
    pub fn note_dues(&mut self, dues: &[(Strength, UnixTime)], now: UnixTime) {
        for (strength, due) in dues.iter().copied() {
            let new = Due {
                strength,
                made: now,
                due,
            };
            match self.dues.iter_mut().find(|it| it.strength == strength) {
                Some(kept) if due < kept.due => *kept = new,
                Some(_) => {}
                None => self.dues.push(new),
            }
        }
    }

    /// What a policy asks of its user now, for when nobody can say any more what it asks for.
    pub const fn note_asked(&mut self, sign_in: Option<Strength>, step_up: Option<Strength>) {
        self.asked = Asked { sign_in, step_up };
    }

    /// What goes on being asked for where nobody can say what a policy asks for: what was, as far as it is enrolled.
    #[must_use]
    pub fn still_asked(&self, purpose: Purpose) -> Option<Strength> {
        let asked = match purpose {
            Purpose::Login => self.asked.sign_in,
            Purpose::StepUp => self.asked.step_up,
            Purpose::VerifyPhone | Purpose::ResetPassword => None,
        };
        asked.filter(|strength| self.has_strength(*strength))
    }

    /// When its user last put off what the site encourages.
    #[must_use]
    pub const fn put_off(&self) -> Option<UnixTime> {
        self.put_off
    }

    /// Its user puts off what the site encourages.
    pub fn put_off_encouragement(&mut self, context: &mut RuleContext<'_>) {
        self.put_off = Some(context.now);
        context.note(Event::new(EventKind::EncouragementPutOff, self.signed_in()));
    }

    /// What stands behind somebody who is signed in.
    fn signed_in(&self) -> Requester {
        if self.is_enrolled() {
            Requester::Proven
        } else {
            Requester::Password
        }
    }

    /// How strong the proof of a challenge has to be now. A day that the account was given meanwhile counts as well.
    fn needs_of(&self, purpose: Purpose, id: &ChallengeId, now: UnixTime) -> Option<Strength> {
        let asks = &self.list(purpose).demand(id)?.asks;
        let is_due = |strength: Strength, due: UnixTime| {
            let mut dues = self.dues.iter();
            due <= now || dues.any(|it| it.strength >= strength && it.due <= now)
        };
        let due = asks
            .iter()
            .filter(|(strength, due)| is_due(*strength, *due));
        due.map(|(strength, _)| *strength).max()
    }

    /// What a challenge asks for and nothing that is enrolled gives, or a proof of that method does not: it leads to a
    /// set-up.
    fn lacks(
        &self,
        purpose: Purpose,
        id: &ChallengeId,
        by: Option<Method>,
        now: UnixTime,
    ) -> Option<Strength> {
        let asked = self.needs_of(purpose, id, now);
        let by_policy = asked.filter(|needs| !self.has_strength(*needs));
        by_policy.max(self.profile_lacks(purpose, by))
    }

    /// The same for a challenge, by what it was proven by.
    fn still_lacks(&self, purpose: Purpose, id: &ChallengeId, now: UnixTime) -> Option<Strength> {
        self.lacks(purpose, id, self.list(purpose).proven_by(id), now)
    }

    /// Whether a proof of that method is looked at for a challenge of that purpose that asks for this.
    pub(super) fn is_asked_for(
        &self,
        purpose: Purpose,
        needs: Option<Strength>,
        method: Method,
    ) -> bool {
        needs.is_none_or(|needs| needs.admits(method) || !self.has_strength(needs))
            && self.profile_admits(purpose, method)
    }

    /// The same for a challenge that is open.
    pub(super) fn may_prove(&self, token: &ChallengeToken, method: Method, now: UnixTime) -> bool {
        let needs = self.needs_of(token.purpose, &token.id, now);
        self.is_asked_for(token.purpose, needs, method)
    }

    /// Whether what a challenge was proven by is looked at for it now: a day may have come since.
    pub(super) fn was_asked_for(&self, purpose: Purpose, id: &ChallengeId, now: UnixTime) -> bool {
        let proven_by = self.list(purpose).proven_by(id);
        let needs = self.needs_of(purpose, id, now);
        proven_by.is_none_or(|method| self.is_asked_for(purpose, needs, method))
    }

    /// Whether a right proof of that challenge by that method leads to a set-up, and to nothing else.
    pub(super) fn ends_in_set_up(
        &self,
        token: &ChallengeToken,
        by: Option<Method>,
        now: UnixTime,
    ) -> bool {
        token.purpose == Purpose::Login && self.must_enrol(now)
            || self.lacks(token.purpose, &token.id, by, now).is_some()
    }

    /// Whether a set-up comes of a proof that is too weak for what is asked now.
    pub(super) fn comes_of_too_weak(&self, permit: &Permit, now: UnixTime) -> bool {
        let (purpose, id) = match permit {
            Permit::Login(id) => (Purpose::Login, id),
            Permit::StepUp(id) => (Purpose::StepUp, id),
            Permit::None | Permit::Password(_) | Permit::Grant(_) => return false,
        };
        let proven_by = self.list(purpose).proven_by(id);
        let needs = self.needs_of(purpose, id, now).max(self.least);
        proven_by
            .zip(needs)
            .is_some_and(|(method, needs)| !needs.admits(method))
    }

    /// What a set-up has to give that is begun with that.
    #[must_use]
    pub fn set_up_needs(&self, permit: &Permit, now: UnixTime) -> Option<Strength> {
        match permit {
            // What was enrolled before is suspended with it, however strong it is.
            Permit::Login(id) if self.is_by_temporary_code(permit) => {
                self.needs_of(Purpose::Login, id, now).max(self.least)
            }
            Permit::Login(id) => self.still_lacks(Purpose::Login, id, now),
            Permit::StepUp(id) => self.still_lacks(Purpose::StepUp, id, now),
            Permit::None | Permit::Password(_) | Permit::Grant(_) => None,
        }
    }

    /// Whether a set-up of that method, begun with that, would do.
    ///
    /// # Errors
    /// [`FactorError::TooWeak`]
    pub fn would_do(
        &self,
        permit: &Permit,
        method: Method,
        now: UnixTime,
    ) -> Result<(), FactorError> {
        let needs = self.set_up_needs(permit, now).max(self.profile_needs());
        if needs.is_none_or(|needs| needs.admits(method)) {
            Ok(())
        } else {
            Err(FactorError::TooWeak)
        }
    }

    /// Whether a set-up may go on that was begun with that: by a challenge that is still good for it, and of something
    /// that the site's profile still takes. While changes are on hold none does, but one that an administrator's code led to.
    pub(super) fn goes_on(
        &self,
        permit: &Permit,
        method: Method,
        context: &RuleContext<'_>,
    ) -> Result<(), Denied> {
        self.allow_held_set_up(permit)?;
        if matches!(
            permit,
            Permit::None | Permit::Password(_) | Permit::Grant(_)
        ) {
            let would_do = self.would_do(permit, method, context.now);
            return would_do.map_err(|_| Denied::Rejected);
        }
        // It waits no longer than the challenge does.
        self.allow_set_up(permit, context.now, context.policy)?;
        self.would_do(permit, method, context.now)
            .map_err(|_| Denied::EnrolmentRequired)
    }
}
