//! Who may act on others: what a proof of one's own is worth there, and from when.
//!
//! ```text
//!   first factor, from a session that a password opened ──▶ NEW ── a day, or confirmed by an operator ──▶ TRUSTED
//!                          ▲                                 │                                             │
//!                          └──── enrolled anew ◀── NONE ◀────┴──────── last factor removed, reset ─────────┘
//! ```
//!
//! A thief who knows an administrator's password can enrol a factor, too, as long as there is none. So
//! the first one proves at once whose settings may be changed, but whom else it may reset only after a
//! day: long enough for somebody to notice. Factors that are added later were added with a grant, and
//! are worth what the account is.

use super::context::RuleContext;
use super::denied::Denied;
use super::ids::GrantId;
use super::lockout::Failures;
use super::network::Known;
use super::spent::SpentCodes;
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::types::{Purpose, Requester};

/// How long a first factor is too new to act on others, in seconds.
pub const TRUST_SECONDS: u64 = 24 * 60 * 60;

impl Account {
    /// Whether its user has just proven a factor of their own.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], also without a factor.
    pub fn has_proven(&self, grant: Option<&GrantId>, now: UnixTime) -> Result<(), Denied> {
        if !self.is_enrolled() {
            return Err(Denied::StepUpRequired);
        }
        self.may_act(grant, now)
    }

    /// Seconds until its user may act on others; 0 when they may.
    #[must_use]
    pub fn trusted_in(&self, now: UnixTime) -> u64 {
        now.until(self.trusted_from)
    }

    /// From when its user may act on others; `None` without a factor.
    #[must_use]
    pub fn trusted_from(&self) -> Option<UnixTime> {
        self.is_enrolled().then_some(self.trusted_from)
    }

    /// What stands behind an operator who acts on this account. Where there is no factor, nobody's is
    /// taken away: that needs nothing.
    pub(super) fn permit(
        &self,
        authority: Result<Authority, Denied>,
    ) -> Result<Option<Authority>, Denied> {
        match authority {
            Ok(authority) => Ok(Some(authority)),
            Err(denied) if self.is_enrolled() => Err(denied),
            Err(_) => Ok(None),
        }
    }

    /// An operator vouches for its user. `false` without a factor: there is nothing to vouch for; and by an
    /// authority that a thief of a password could have, too.
    pub fn confirm_operator(
        &mut self,
        authority: Authority,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> bool {
        if !self.is_enrolled() || authority.is_unproven() {
            return false;
        }
        self.trusted_from = self.trusted_from.min(context.now);
        context.note(
            Event::new(EventKind::OperatorConfirmed, Requester::Operator)
                .by(by, why)
                .authority(Some(authority)),
        );
        true
    }

    /// The first factor: it came from a session that a password opened. And one that came of a proof that is too weak for
    /// the site's policy, or whose user was given more to decide.
    pub(super) fn begin_trust(&mut self, now: UnixTime) {
        self.trusted_from = now.plus(TRUST_SECONDS);
    }

    /// Ends a wait that is longer than any: the clock was ahead when it began. `latest` is by that of the clocks
    /// that was furthest ahead: too long a wait is safe, one that a clock that is behind has shortened is not.
    pub(super) fn limit_trust_wait(&mut self, latest: UnixTime) {
        self.trusted_from = self.trusted_from.min(latest.plus(TRUST_SECONDS));
    }

    /// Ends every challenge, grant, pending set-up and sign-in; returns the new epoch. A host does so when the password was
    /// changed, so nobody is asked for another one any more.
    pub fn end_sign_ins(&mut self, by: &str, why: &str, context: &mut RuleContext<'_>) -> u64 {
        self.end_sign_ins_for(None, by, why, context)
    }

    /// The same of somebody who has just been given more to decide, and not by anybody who could have decided that: their
    /// factor acts on others from a day later on, as a new one. Whoever may give permissions could else give themselves any.
    pub fn end_sign_ins_and_trust(
        &mut self,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> u64 {
        if self.is_enrolled() {
            self.begin_trust(context.now);
        }
        self.end_sign_ins(by, why, context)
    }

    /// The same, for that purpose.
    pub(super) fn end_sign_ins_for(
        &mut self,
        purpose: Option<Purpose>,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> u64 {
        self.raise_epoch(None, context.now);
        self.guesses.password_due = None;
        let mut event = Event::new(EventKind::EpochRaised, Requester::Operator).by(by, why);
        event.purpose = purpose;
        context.note(event);
        self.epoch
    }

    /// Ends the blocks. What is disabled stays so, and the failures of the last weeks still count; not those of
    /// resets, which anybody can cause.
    ///
    /// # Errors
    /// [`Denied`] of whoever may not act on an account with a factor; nothing is done then.
    pub fn unlock(
        &mut self,
        authority: Result<Authority, Denied>,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        for (_, failures) in &mut self.failures {
            failures.unblock();
        }
        self.reset_failures = Failures::default();
        self.known_failures = Failures::default();
        self.guesses.forget_counts();
        let event = Event::new(EventKind::Unlocked, Requester::Operator).by(by, why);
        context.note(event.authority(authority));
        Ok(())
    }

    /// Removes every factor. The audit chain and the epoch go on.
    ///
    /// # Errors
    /// As [`Account::unlock`].
    pub fn reset(
        &mut self,
        authority: Result<Authority, Denied>,
        by: &str,
        why: &str,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        let authority = self.permit(authority)?;
        self.clear(context.now);
        let event = Event::new(EventKind::Reset, Requester::Operator).by(by, why);
        context.note(event.authority(authority));
        Ok(())
    }

    fn clear(&mut self, now: UnixTime) {
        self.factors.clear();
        self.spent = SpentCodes::NONE;
        self.telephone = None;
        self.former_phone = None;
        self.primary = None;
        self.last_verified = None;
        self.trusted_from = UnixTime::START;
        self.failures.clear();
        self.reset_failures = Failures::default();
        self.known_failures = Failures::default();
        self.known = Known::NONE;
        self.guesses.forget_counts();
        self.forget_import();
        self.raise_epoch(None, now);
    }
}
