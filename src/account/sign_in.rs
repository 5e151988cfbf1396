//! Signing in and stepping up: a challenge is opened, a proof spends it, what is wrong is charged.
//!
//! ```text
//!                    begin_login                          verify
//!   password right ──────────────▶ challenge open ─────────────────▶ proof accepted: challenge spent
//!          │ no factor               │   │  ▲                │
//!          ▼                         │   │  └── wrong ───────┘ failure charged, block perhaps
//!       Allowed                      │   └───── sixth challenge: the oldest of whoever opened most is closed
//!                                    └───────── epoch rises (factor, password, role): all are closed
//! ```

use std::ops::Range;

use super::challenge_token::ChallengeToken;
use super::context::{AuditBuffer, RuleContext};
use super::demand::Demand;
use super::denied::Denied;
use super::factor::FactorId;
use super::ids::{ChallengeId, GrantId};
use super::lockout::{Charged, Failures};
use super::network::{NetworkId, Opener};
use super::open_checks::OpenCheck;
use super::password_reset::PasswordResetProof;
use super::replay::Tried;
use super::spent::{Found, ShownFrom};
use super::state::Account;
use crate::audit::{Event, EventKind, Unusual};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::recovery_code;
use crate::types::{Method, Network, Purpose, Strength};

/// A day, in seconds.
const DAY: u64 = 86_400;

/// What [`Account::verify`] says when it says yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// For what.
    pub purpose: Purpose,
    /// The epoch it was accepted in.
    pub epoch: u64,
    /// Backup codes left; `None` when there are none kept.
    pub backup_codes_left: Option<usize>,
    /// Recovery codes left; `None` when the account has none.
    pub recovery_codes_left: Option<usize>,
    /// It was the last recovery code: the account has no factor any more.
    pub switched_off: bool,
    /// The grant was recorded (step-up only).
    pub granted: bool,
    /// No sign-in and no grant yet: a set-up has to follow, by the same challenge.
    pub must_enrol: bool,
    /// What the password may be set anew by (reset only).
    pub reset: Option<PasswordResetProof>,
    /// Somebody else seems to know the password: its user is to be asked for a new one.
    pub must_change_password: bool,
}

impl Accepted {
    /// Whether what is to be told of the account goes with the answer: one that asks for a set-up is an exception, and has no
    /// room for it; and of a reset it is not said whether there was anybody.
    #[must_use]
    pub fn tells(&self) -> bool {
        !self.must_enrol && self.purpose != Purpose::ResetPassword
    }
}

impl Account {
    /// Opens a challenge. When there is no room for it, the oldest of whoever opened most is closed.
    ///
    /// # Errors
    /// [`Denied::Throttled`]: too many were opened from that network and not proven.
    pub fn open_challenge(
        &mut self,
        id: ChallengeId,
        purpose: Purpose,
        context: &mut RuleContext<'_>,
    ) -> Result<Vec<Method>, Denied> {
        self.open_challenge_under(id, purpose, None, context)
    }

    /// The same, where the site has a policy, which asks for that.
    ///
    /// # Errors
    /// As [`Account::open_challenge`]
    pub fn open_challenge_under(
        &mut self,
        id: ChallengeId,
        purpose: Purpose,
        demand: Option<Demand>,
        context: &mut RuleContext<'_>,
    ) -> Result<Vec<Method>, Denied> {
        let opener = self.opener(context.audit);
        let needs = demand.as_ref().and_then(|it| it.needs(context.now));
        self.list_mut(purpose)
            .open(id, purpose, opener, demand, context.now)?;
        context.note(Event::about(purpose, EventKind::ChallengeOpened));
        Ok(self.proving(purpose, needs))
    }

    /// What proves a challenge of that purpose that asks for this: what is disabled does not, nor what is too weak beside
    /// something stronger.
    #[must_use]
    pub fn proving(&self, purpose: Purpose, needs: Option<Strength>) -> Vec<Method> {
        let mut methods = self.methods_for(purpose);
        methods.retain(|method| {
            !self.is_disabled(purpose, *method) && self.is_asked_for(purpose, needs, *method)
        });
        methods
    }

    /// The name of a network in this account.
    pub(super) fn name_of(&self, network: Option<Network>) -> NetworkId {
        self.last_named.name(&self.key, network)
    }

    /// Who opens what the request with these events asks for.
    pub(super) fn opener(&self, audit: &AuditBuffer) -> Opener {
        let site = audit.site();
        let from = self.name_of(site);
        let is_known = self.is_known(audit.network());
        Opener { from, is_known }
    }

    /// Whether one of the last proofs came from that network.
    #[must_use]
    pub fn is_known(&self, network: Option<Network>) -> bool {
        network.is_some() && self.known.holds(self.name_of(network))
    }

    /// A proof came from where this request comes from.
    pub(super) fn remember_network(&mut self, audit: &AuditBuffer) {
        if let Some(network) = audit.network() {
            let name = self.name_of(Some(network));
            self.known.remember(name);
        }
    }

    /// Decides on a proof, and charges it if it is wrong. Without an open challenge nothing moves:
    /// whoever does not know the password cannot lock anybody out. A step-up that succeeds is
    /// remembered as `grant`.
    ///
    /// # Errors
    /// [`Denied`]; the account is then to be stored all the same.
    pub fn verify(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        proof: &str,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Result<Accepted, Denied> {
        let (now, policy) = (context.now, context.policy);
        if method == Method::TemporaryCode {
            return self.spend_temporary_code(token, proof, context);
        }
        let counters = self.failures.len();
        self.admit(token, method, now, policy)?;
        let from = self.shown_from(context);
        // While changes are on hold the last recovery code takes no factor away, and whoever needs it goes on with it.
        let is_held = self.held_since().is_some();
        let keeps_last = is_held || self.ends_in_set_up(token, Some(method), now);
        let mut range = None;
        let tried = match method {
            Method::Totp => self.try_app_code(token, proof, context),
            Method::BackupCode => self.try_backup_code(proof),
            Method::Email | Method::Sms | Method::Voice | Method::WhatsApp => {
                self.try_sent_code(token, method, proof, now, policy)
            }
            Method::RecoveryCode => {
                let Some(typed) = recovery_code::read(proof) else {
                    // Nothing is kept of it, not even that it was the first attempt.
                    self.failures.truncate(counters);
                    return Err(Denied::Mistyped);
                };
                let (tried, spent) = self.try_recovery_code(&typed, keeps_last, context);
                range = spent;
                tried
            }
            // Not enrolled, hence refused above; here so that a new method cannot be forgotten.
            Method::Passkey | Method::TemporaryCode => Tried::nothing(),
        };
        let Some(used) = tried.used else {
            self.charge(token, method, &tried.found, from, context);
            if method == Method::BackupCode {
                self.count_wrong_imported(context);
            }
            return Err(Denied::Rejected);
        };
        self.spent.remember(method, &tried.spent, from, now);
        let failures = self.counter_for(token, method).succeed();
        let accepted = self.accept(token, used, failures, grant, context);
        Ok(match range {
            Some((spent, count)) => self.after_recovery(accepted, spent, count, grant, context),
            None => accepted,
        })
    }

    /// A recovery code was right, and with it all before it are spent: with the last one the second factor is off.
    fn after_recovery(
        &mut self,
        accepted: Accepted,
        spent: Range<u8>,
        count: u8,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Accepted {
        let about = |kind| Event::about(accepted.purpose, kind).method(Method::RecoveryCode);
        let number = spent.end;
        if !spent.is_empty() {
            context.note(about(EventKind::RecoverySpent).because(&format!("{number}/{count}")));
        }
        if number < count || self.held_since().is_some() {
            return accepted;
        }
        self.switch_off(grant.as_ref().filter(|_| accepted.granted), context);
        context.note(about(EventKind::SwitchedOff));
        Accepted {
            epoch: self.epoch,
            switched_off: true,
            ..accepted
        }
    }

    /// The factor of a method that has one at most.
    pub(super) fn only(&self, method: Method) -> Option<FactorId> {
        let mut factors = self.factors.iter();
        let factor = factors.find(|factor| factor.method() == method)?;
        Some(factor.id)
    }

    /// Whether a proof for a challenge may be looked at.
    pub(super) fn admit(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        now: UnixTime,
        policy: &Policy,
    ) -> Result<(), Denied> {
        if !self.list(token.purpose).is_open(token, now, policy) {
            return Err(Denied::ChallengeClosed);
        }
        // What is not enrolled, or not asked for, cannot be guessed, so there is nothing to charge.
        if !self.methods_for(token.purpose).contains(&method) || !self.may_prove(token, method, now)
        {
            return Err(Denied::Rejected);
        }
        if self.is_disabled(token.purpose, method) {
            return Err(Denied::LockedOut {
                retry_after: 0,
                disabled: true,
            });
        }
        self.counter_for(token, method).admit(now)
    }

    /// What failed too often to sign in proves nothing else, either, until it is enrolled anew (NIST
    /// SP 800-63B-4 section 3.2.2); what failed too often without a password says nothing of those who
    /// have it.
    fn is_disabled(&self, purpose: Purpose, method: Method) -> bool {
        let reset = purpose == Purpose::ResetPassword && self.reset_failures.disabled();
        reset || self.disabled().contains(&method)
    }

    /// Counts a failure, and notes it and what it led to. `found`: what is known of the code that was shown `from` there.
    pub(super) fn charge(
        &mut self,
        token: &ChallengeToken,
        method: Method,
        found: &Found,
        from: ShownFrom,
        context: &mut RuleContext<'_>,
    ) {
        // A code that nobody can guess is slowed down and no more: whoever has the password must not be able to
        // take it from its user, and it is what repairs everything else.
        let disable_after = if method.is_lookup() {
            0
        } else {
            context.policy.disable_after
        };
        let policy = &Policy {
            disable_after,
            ..*context.policy
        };
        let purpose = token.purpose;
        let counter = self.counter_for(token, method);
        let charged = counter.charge(context.now, policy);
        let led_to = Self::led_to(counter, charged, purpose, method);
        let failures = counter.consecutive;
        let event = Event::about(purpose, EventKind::Rejected).method(method);
        let event = self.judged(event, found, from);
        context.note(event.unusual(Unusual {
            failures,
            ..Unusual::default()
        }));
        if let Some(event) = led_to {
            context.note(event);
        }
    }

    /// What a failure led to, as long as that stands.
    pub(super) fn led_to(
        counter: &Failures,
        charged: Charged,
        purpose: Purpose,
        method: Method,
    ) -> Option<Event> {
        let kind = match charged {
            Charged::Blocked if counter.blocked_until().is_some() => EventKind::Blocked,
            Charged::Disabled if counter.disabled() => EventKind::Disabled,
            Charged::Free | Charged::Blocked | Charged::Disabled => return None,
        };
        Some(Event::about(purpose, kind).method(method))
    }

    /// Notes the checks by providers whose request ended before the answer: their attempts stay charged. To be
    /// called before every change.
    pub fn note_interrupted(&mut self, context: &mut RuleContext<'_>) {
        for check in self.checks.interrupted(context.now) {
            self.note_unsettled(check, context.audit);
        }
    }

    /// What of `events` is to be written with a change: of what people without a proof can cause again and
    /// again, a number. To be called once before each write.
    #[must_use]
    pub fn condense(&mut self, events: Vec<Event>, now: UnixTime) -> Vec<Event> {
        self.repeats.condense(events, now)
    }

    pub(super) fn note_unsettled(&mut self, check: OpenCheck, audit: &mut AuditBuffer) {
        let OpenCheck {
            purpose,
            method,
            charged,
            asked,
            provider,
            ip,
            ..
        } = check;
        let event = Event::about(purpose, EventKind::CheckInterrupted)
            .method(method)
            .provider(&provider)
            .since(asked);
        audit.note_from(ip.clone(), event);
        let counter = self.counter(purpose, method);
        if let Some(event) = Self::led_to(counter, charged, purpose, method) {
            audit.note_from(ip, event);
        }
    }

    /// What was unusual about a proof that is right, after so many in a row that were not. To be asked before it changes
    /// anything.
    fn unusual(&self, failures: u32, context: &RuleContext<'_>) -> Unusual {
        let network = context.audit.network();
        let Self {
            known,
            last_verified,
            devices,
            ..
        } = self;
        let last = last_verified.map(|at| at.max(devices.latest).min(context.now));
        let idle = last.map_or(0, |at| at.until(context.now) / DAY);
        Unusual {
            unknown_network: network.is_some() && !known.0.is_empty() && !self.is_known(network),
            failures,
            idle_days: u32::try_from(idle).unwrap_or(u32::MAX),
        }
    }

    /// A proof of that factor was right, after so many in a row that were not: the challenge is spent.
    pub(super) fn accept(
        &mut self,
        token: &ChallengeToken,
        used: FactorId,
        failures: u32,
        grant: Option<GrantId>,
        context: &mut RuleContext<'_>,
    ) -> Accepted {
        let purpose = token.purpose;
        let by = self.factor_mut(&used).map(|factor| factor.method());
        let must_enrol = self.ends_in_set_up(token, by, context.now);
        let policy = self.list(purpose).demand(&token.id).map(|it| it.policy);
        if must_enrol {
            self.list_mut(purpose).prove(token, by, context.now);
        } else {
            self.list_mut(purpose).close(token);
        }
        if purpose == Purpose::Login {
            // Who can prove something needs no code from anybody.
            self.temporary_code = None;
        }
        let unusual = self.unusual(failures, context);
        self.remember_network(context.audit);
        self.forgive_guesses(context);
        self.last_verified = Some(context.now);
        let mut method = None;
        if let Some(factor) = self.factor_mut(&used) {
            factor.last_used_at = Some(context.now);
            method = Some(factor.method());
            let event = Event::about(purpose, EventKind::Accepted).unusual(unusual);
            context.note(factor.event(event));
            if factor.method() == Method::BackupCode {
                context.note(factor.event(Event::about(purpose, EventKind::BackupSpent)));
            }
        }
        if let Some(method) = method {
            self.note_reached(method);
        }
        if let Some(phone) = self
            .telephone
            .as_mut()
            .filter(|_| method == Some(Method::Sms))
        {
            phone.unanswered.typed_back();
        }
        let is_granted = purpose == Purpose::StepUp && !must_enrol;
        let grant = grant.zip(method).filter(|_| is_granted);
        if let Some((grant, by)) = grant {
            self.grants.give(grant, by, policy, context.now);
        }
        Accepted {
            purpose,
            epoch: self.epoch,
            backup_codes_left: self.backup_codes_left(),
            recovery_codes_left: self.recovery_codes_left(),
            switched_off: false,
            granted: grant.is_some(),
            must_enrol,
            reset: (purpose == Purpose::ResetPassword)
                .then(|| self.password_reset_proof(context.now)),
            must_change_password: self.must_change_password(),
        }
    }
}
