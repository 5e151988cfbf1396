//! Required enrolment: a user who has to enrol, or to enrol anew, before a sign-in ends.
//!
//! ```text
//!                        due later                 due
//!   no factor:           ALLOWED                   password right ──────────▶ ENROL ── set-up confirmed ──▶ VERIFIED
//!   the old one works:   CHALLENGE ──▶ VERIFIED    CHALLENGE ── its proof ──▶ ENROL ── set-up confirmed ──▶ VERIFIED
//!   done:                as without a requirement
//! ```
//!
//! An operator requires it; and so does the last recovery code, which takes every factor away.
//!
//! ENROL is the challenge of the sign-in: it is good for set-ups and for nothing else, so whoever has the password
//! alone enrols only where there is nothing to prove. A factor that is enrolled is asked for whether it is blocked or
//! disabled: or a thief of the password would disable it first.
//!
//! It is done when something was enrolled since, and no app, backup code or recovery code from before is left: what
//! their secrets were made of may be known to somebody. A telephone and a mailbox hold no secret of ours and stay. What
//! is confirmed by such a challenge takes the place of all these at once (one that a policy alone asks for stands beside
//! them: [`super::under_policy`]). Until then all of it counts, the last recovery
//! code among it ([`super::recovery`]): who leaves the set-up proves the same once more, and the password alone is never
//! enough in between.
//!
//! What is required of everybody ([`super::everybody`]) stands beside the account. It concerns who has a factor, is done
//! in the same way, and what was enrolled since is told by the id that each factor bears. Of both the earlier one is due.

use super::context::RuleContext;
use super::denied::Denied;
use super::everybody::{EnrolmentOfEverybody, Requirements};
use super::factor::{Factor, FactorId};
use super::permit::Permit;
use super::requirement::{OfEverybody, RequiredEnrolment};
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::types::{Method, Purpose, Requester, SecretMode};

impl Account {
    /// Until when sign-ins end without an enrolment that is required; `None` if none is.
    #[must_use]
    pub fn enrolment_due(&self) -> Option<UnixTime> {
        let own = self.required.as_ref().map(|required| required.due);
        let of_everybody = self.concerning_everybody().map(|it| it.due);
        own.into_iter().chain(of_everybody).min()
    }

    /// What is required of everybody, and of this user as long as nothing else is enrolled.
    fn concerning_everybody(&self) -> Option<OfEverybody> {
        let required = self.of_everybody.filter(|_| self.is_enrolled())?;
        let is_former = |factor: &Factor| factor.under != Some(required.id);
        (!self.is_enrolled_anew(is_former)).then_some(required)
    }

    /// The account is told what the site requires of its users.
    pub(super) fn stand_under_all(&mut self, all: Option<&Requirements>, now: UnixTime) {
        self.stand_under(all.and_then(|all| all.everybody.as_ref()), now);
        let policy = all.and_then(|all| all.policy.as_ref());
        self.stand_under_policy(policy.map(|policy| policy.id));
    }

    /// The account is told what is required of everybody.
    pub(super) fn stand_under(&mut self, required: Option<&EnrolmentOfEverybody>, now: UnixTime) {
        self.of_everybody = required.map(|required| required.at(now));
    }

    /// Whether no sign-in ends without an enrolment now.
    #[must_use]
    pub fn must_enrol(&self, now: UnixTime) -> bool {
        self.enrolment_due().is_some_and(|due| due <= now)
    }

    /// An operator requires that its user enrols, anew if something is enrolled: from `due` on no sign-in ends
    /// without it.
    pub fn require_enrolment(
        &mut self,
        due: UnixTime,
        authority: Authority,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) {
        self.require_anew(due, context.now);
        let event = Event::new(EventKind::EnrolmentRequired, Requester::Operator).by(by, why);
        context.note(event.authority(Some(authority)));
    }

    pub(super) fn require_anew(&mut self, due: UnixTime, now: UnixTime) {
        self.required = Some(RequiredEnrolment {
            made: now,
            due: due.max(now),
            former: self.factors.iter().map(|factor| factor.id).collect(),
        });
    }

    /// An operator takes that back, and excuses the user from what is required of everybody. `false` when nothing is
    /// required.
    pub fn waive_enrolment(
        &mut self,
        authority: Authority,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> bool {
        let of_everybody = self.concerning_everybody();
        if self.required.take().is_none() && of_everybody.is_none() {
            return false;
        }
        for factor in &mut self.factors {
            factor.under = of_everybody.map(|it| it.id).or(factor.under);
        }
        let event = Event::new(EventKind::EnrolmentWaived, Requester::Operator).by(by, why);
        context.note(event.authority(Some(authority)));
        true
    }

    /// Whether a set-up may be begun or confirmed with that: as [`Account::allow_change`], or by the challenge of a
    /// sign-in that needs one, once whatever is enrolled was proven for it.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::ChallengeClosed`], [`Denied::OnHold`]
    pub fn allow_set_up(
        &self,
        permit: &Permit,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<(), Denied> {
        self.allow_held_set_up(permit)?;
        let needs = self.set_up_needs(permit, now);
        let challenge = match permit {
            Permit::Login(challenge) => challenge,
            Permit::StepUp(challenge) => {
                let proven = self.step_ups.proof(challenge, now, policy).flatten();
                let is_proven = needs.is_some()
                    && proven.is_some()
                    && self.was_asked_for(Purpose::StepUp, challenge, now);
                return is_proven.then_some(()).ok_or(Denied::StepUpRequired);
            }
            Permit::Password(grant) if self.takes_password(grant, now) => return Ok(()),
            Permit::None | Permit::Password(_) if self.is_under_strict_profile() => {
                return Err(Denied::StepUpRequired);
            }
            Permit::None | Permit::Password(_) | Permit::Grant(_) => {
                return self.allow_change(permit.grant(), now);
            }
        };
        let proven = self.challenges.proof(challenge, now, policy);
        let is_due = || self.must_enrol(now) || self.is_by_temporary_code(permit);
        match proven.filter(|_| needs.is_some() || is_due()) {
            None => Err(Denied::ChallengeClosed),
            Some(None) if self.is_enrolled() => Err(Denied::StepUpRequired),
            Some(_) if !self.was_asked_for(Purpose::Login, challenge, now) => {
                Err(Denied::ChallengeClosed)
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether what is set up by that takes the place of the apps and codes that there are: where it is required anew, or
    /// was proven by such a code. Where it comes of a proof that is too weak it stands beside them: what is too weak must
    /// not take what is strong enough. Where it comes of a temporary code the apps are suspended: they may be found.
    pub(super) fn takes_the_place(&self, permit: &Permit, now: UnixTime) -> bool {
        let Permit::Login(id) = permit else {
            return false;
        };
        let proven_by = self.challenges.proven_by(id);
        let is_own_code = |method: Method| method.is_lookup() && method != Method::TemporaryCode;
        self.must_enrol(now)
            || proven_by.is_some_and(is_own_code)
            || self.replaces_disabled(proven_by)
    }

    /// The same of an app with a secret of that kind: also where a temporary code leads to it and there is no room.
    pub(super) fn replaces_apps(&self, permit: &Permit, mode: SecretMode, now: UnixTime) -> bool {
        self.takes_the_place(permit, now)
            || self.is_by_temporary_code(permit) && !self.takes_app(mode)
    }

    /// Whether a set-up is of a sign-in for which something was proven, beside the password.
    #[must_use]
    pub fn was_proven_for(&self, permit: &Permit) -> bool {
        let Permit::Login(challenge) = permit else {
            return false;
        };
        let mut open = self.challenges.open.iter();
        open.any(|it| it.id == *challenge && it.proven.is_some())
    }

    /// That factor is enrolled, once more if it was before.
    pub(super) fn note_enrolled(&mut self, id: &FactorId) {
        if let Some(required) = &mut self.required {
            required.former.retain(|former| former != id);
        }
        let under = self.of_everybody.map(|required| required.id);
        if let Some(factor) = self.factor_mut(id) {
            factor.under = under;
        }
    }

    /// Ends the requirement once it is done.
    pub(super) fn settle_requirement(&mut self) {
        let required = self.required.as_ref();
        if required.is_some_and(|it| self.is_enrolled_anew(|factor| it.is_former(factor))) {
            self.required = None;
        }
    }

    /// Whether something was enrolled since, and no secret from before is left.
    fn is_enrolled_anew(&self, is_former: impl Fn(&Factor) -> bool) -> bool {
        let holds_secret = |it: &Factor| it.method() == Method::Totp || it.method().is_lookup();
        let mut factors = self.factors.iter();
        let is_left = factors.any(|it| holds_secret(it) && is_former(it));
        let mut factors = self.factors.iter();
        let is_new = factors.any(|it| !it.method().is_lookup() && !is_former(it));
        is_new && !is_left
    }

    /// The apps make place for what is being confirmed.
    pub(super) fn remove_apps(&mut self, changer: Requester, context: &mut RuleContext<'_>) {
        self.factors.retain(|factor| {
            let goes = factor.method() == Method::Totp;
            if goes {
                context.note(factor.event(Event::new(EventKind::Removed, changer)));
            }
            !goes
        });
    }

    /// A set-up was confirmed by a sign-in's challenge: that is its proof.
    pub(super) fn sign_in_by(&mut self, id: &FactorId, context: &mut RuleContext<'_>) {
        self.last_verified = Some(context.now);
        if let Some(factor) = self.factor_mut(id) {
            factor.last_used_at = Some(context.now);
            context.note(factor.event(Event::about(Purpose::Login, EventKind::Accepted)));
        }
    }
}
